internal import AsyncHTTPClient
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
internal import TollgateCore

/// Sends calls to one bucket of an S3 API: signs, waits no longer than allowed, tries again where that is harmless,
/// and leaves a store that is down alone.
final class S3Client: Sendable {
    private let endpoint: S3Endpoint
    private let httpClient: HTTPClient
    private let signer: @Sendable (Date) async throws -> S3Signer
    private let now: @Sendable () -> Date
    private let options: S3Options
    private let logger: Logger
    private let timing: S3Timing
    private let breaker: Mutex<S3CircuitBreaker>

    /// A list of 1,000 objects has at most 4 MiB: each key 1,024 bytes, which encoding makes three times as long.
    private static let largestAnswer = 8 << 20

    init(
        endpoint: S3Endpoint, httpClient: HTTPClient, signer: @escaping @Sendable (Date) async throws -> S3Signer,
        now: @escaping @Sendable () -> Date, options: S3Options, logger: Logger, timing: S3Timing
    ) {
        self.endpoint = endpoint
        self.httpClient = httpClient
        self.signer = signer
        self.now = now
        self.options = options
        self.logger = logger
        self.timing = timing
        breaker = Mutex(S3CircuitBreaker(options.breaker))
    }

    /// Makes a small call, and reads its whole answer.
    /// - Parameters:
    ///   - call: what to ask.
    ///   - read: what is wanted of the answer, which is a success by its status.
    /// - Returns: what `read` made of it.
    /// - Throws: ``S3Failure``, `CancellationError`, or ``ObjectStorageError`` when there are no credentials.
    func send<Value: Sendable>(
        _ call: S3Call, reading read: @escaping @Sendable (S3Answer) throws(S3Failure) -> Value
    ) async throws -> Value {
        try await retrying(call) { client, request, deadline in
            let response = try await client.execute(request, deadline: deadline)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            let answer = S3Answer(
                status: Int(response.status.code), headers: response.headers, body: Array(body.readableBytesView))
            guard (200..<300).contains(answer.status) else { throw S3Failure.refused(answer.refusal) }
            return try read(answer)
        }
    }

    /// Makes a call whose answer is read as it comes. Only its head has come when this returns.
    /// - Throws: as ``send(_:reading:)``.
    func open(_ call: S3Call) async throws -> HTTPClientResponse {
        try await retrying(call) { client, request, deadline in
            let response = try await client.execute(request, deadline: deadline)
            let status = Int(response.status.code)
            guard (200..<300).contains(status) else {
                let body = try await response.body.collect(upTo: Self.largestAnswer)
                throw S3Failure.refused(
                    S3Answer(status: status, headers: response.headers, body: Array(body.readableBytesView)).refusal)
            }
            return response
        }
    }
}

extension S3Client {
    private typealias Attempt<Value> =
        @Sendable (_ client: HTTPClient, _ request: HTTPClientRequest, _ deadline: NIODeadline) async throws -> Value

    private func retrying<Value: Sendable>(_ call: S3Call, _ attempt: @escaping Attempt<Value>) async throws -> Value {
        let payload = call.payload
        let start = timing.now()
        var number = 1
        while true {
            do {
                return try await guarded(call, payload, attempt)
            } catch let failure as S3Failure {
                let mayTryAgain = failure.isTransient && call.isIdempotent
                guard mayTryAgain,
                    let pause = options.retries.pause(
                        after: number, elapsed: start.duration(to: timing.now()), jitter: timing.jitter())
                else {
                    report(failure, of: call, attempt: number)
                    throw failure
                }
                logger.debug("the store failed; trying again", metadata: metadata(failure, of: call, attempt: number))
                try await timing.sleep(pause)
                number += 1
            }
        }
    }

    /// One attempt, if the circuit lets it pass.
    private func guarded<Value: Sendable>(
        _ call: S3Call, _ payload: AuthorizedRequest.Payload, _ attempt: @escaping Attempt<Value>
    ) async throws -> Value {
        // Credentials come from elsewhere: what they take, or lack, is not the store's fault.
        let request = try await sign(call, payload)
        guard let permit = breaker.withLock({ $0.admit(at: timing.now()) }) else { throw S3Failure.circuitOpen }
        do {
            let value = try await limited(
                request, to: options.timeouts.limit(sending: call.body.readableBytes), attempt)
            settle(permit, as: .answered)
            return value
        } catch let failure as S3Failure {
            settle(permit, as: failure.countsAgainstStore ? .failed : .answered)
            throw failure
        } catch {
            settle(permit, as: .abandoned)
            throw error
        }
    }

    private func settle(_ permit: S3CircuitBreaker.Permit, as outcome: S3CircuitBreaker.Outcome) {
        breaker.withLock { $0.settle(permit, as: outcome, at: timing.now()) }
    }

    private func sign(_ call: S3Call, _ payload: AuthorizedRequest.Payload) async throws -> HTTPClientRequest {
        let now = now()
        let signer: S3Signer
        do {
            signer = try await self.signer(now)
        } catch let error where !(error is CancellationError || error is ObjectStorageError) {
            throw ObjectStorageError.unavailable(reason: "no credentials for the store: \(error)")
        }
        let signed = AuthorizedRequest.sign(
            call.method, call.resource, at: endpoint, query: call.query, headers: call.headers, payload: payload,
            with: signer, now: now)
        var request = HTTPClientRequest(url: signed.url)
        request.method = HTTPMethod(rawValue: signed.method)
        for header in signed.headers { request.headers.add(name: header.name, value: header.value) }
        // As it was signed: the library would name a default port that was given.
        request.headers.replaceOrAdd(name: "Host", value: endpoint.host)
        if call.body.readableBytes > 0 || ["PUT", "POST"].contains(call.method) { request.body = .bytes(call.body) }
        return request
    }

    /// Ends the attempt when its time is over. The deadline of the library ends with the answer's head.
    private func limited<Value: Sendable>(
        _ request: HTTPClientRequest, to limit: Duration, _ attempt: @escaping Attempt<Value>
    ) async throws -> Value {
        do {
            return try await withThrowingTaskGroup(of: Value.self) { [httpClient] group in
                group.addTask { try await attempt(httpClient, request, .now() + TimeAmount(limit)) }
                group.addTask {
                    try await Task.sleep(for: limit)
                    throw S3Failure.timedOut
                }
                defer { group.cancelAll() }
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : S3Failure(failed: error)
        }
    }

    private func report(_ failure: S3Failure, of call: S3Call, attempt: Int) {
        switch failure {
        // Both were told of before, or are answers like another.
        case .circuitOpen: return
        case .refused(let refusal) where refusal.status == 404: return
        default: logger.warning("the store failed", metadata: metadata(failure, of: call, attempt: attempt))
        }
    }

    private func metadata(_ failure: S3Failure, of call: S3Call, attempt: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            S3LogKeys.operation: .string(call.operation), S3LogKeys.attempt: .stringConvertible(attempt),
        ]
        if case .refused(let refusal) = failure {
            metadata[S3LogKeys.status] = .stringConvertible(refusal.status)
            metadata[S3LogKeys.code] = .string(refusal.code)
            if let requestID = refusal.requestID { metadata[S3LogKeys.requestID] = .string(requestID) }
        } else {
            metadata[S3LogKeys.error] = .string("\(failure.storageError)")
        }
        return metadata
    }
}

extension S3Failure {
    /// What the HTTP library reports.
    init(failed error: any Error) {
        switch error {
        case let failure as S3Failure: self = failure
        case let error as HTTPClientError:
            let timeouts: [HTTPClientError] = [
                .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
                .getConnectionFromPoolTimeout,
            ]
            self = timeouts.contains(error) ? .timedOut : .connection(reason: error.shortDescription)
        case is NIOTooManyBytesError: self = .malformed(reason: "it is too long")
        default: self = .connection(reason: "\(error)")
        }
    }
}

/// The clock, the pauses and the dice of a client: real ones but in tests.
struct S3Timing: Sendable {
    var now: @Sendable () -> ContinuousClock.Instant = { .now }
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// 0 to 1, drawn anew each time.
    var jitter: @Sendable () -> Double = { .random(in: 0...1) }
}
