internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Calls of the services that hand out credentials: small answers, short time-outs, few attempts.
struct CredentialsHTTP: Sendable {
    let client: HTTPClient
    /// Of one attempt.
    let timeout: TimeAmount
    /// All attempts: no answer and 5xx are worth another one.
    let attempts: Int

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]

        var isSuccess: Bool { status == 200 }
    }

    private static let maximumBytes = 256 * 1024

    /// - Parameters:
    ///   - request: sent as it is; no redirect is followed where the client is configured as the chain says.
    ///   - host: for errors, which do not show the URL.
    ///   - source: for errors.
    /// - Returns: the answer of the last attempt, whatever its status.
    /// - Throws: `unreachable` when no attempt was answered.
    func send(
        _ request: HTTPClientRequest, host: String, source: String
    ) async throws(CredentialsError) -> Answer {
        var attempt = 1
        while true {
            do {
                let response = try await client.execute(request, timeout: timeout)
                let body = try await response.body.collect(upTo: Self.maximumBytes)
                let answer = Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
                if answer.status < 500 || attempt >= attempts { return answer }
            } catch {
                // The description of this library's errors has neither URL nor header; others are named by type alone.
                let reason = (error as? HTTPClientError).map { "\($0)" } ?? "\(type(of: error))"
                if attempt >= attempts || Task.isCancelled {
                    throw CredentialsError(source: source, .unreachable(host: host, reason))
                }
            }
            attempt += 1
        }
    }
}
