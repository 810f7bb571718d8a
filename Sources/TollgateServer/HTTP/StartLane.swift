import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Prometheus
import TollgateCore

/// The short way of a start: what `POST /v1/uploads` needs is at hand, and only the commit is waited for.
///
/// It runs on the connection's event loop, without router, middleware and tasks. It takes a start whose every answer
/// but success, a full quota and a failed commit can be told beforehand; any other is left alone, before anything has
/// happened, and goes the ordinary way, which has the same rules from the same places.
final class StartLane: Sendable {
    /// A longer body is parsed on another thread than the connections'.
    static let maximumBodyBytes = 16 * 1024

    let uploads: UploadService
    let authenticator: Authenticator
    let limits: RequestLimits
    let proxies: TrustedProxies
    let accessLog: AccessLog
    let meter: RouteMeter
    /// For metrics: starts that were begun here.
    let taken: Counter
    let serverName: String
    let logger: Logger

    init(
        uploads: UploadService, authenticator: Authenticator, limits: RequestLimits, proxies: TrustedProxies,
        accessLog: AccessLog, meter: RouteMeter, taken: Counter, serverName: String, logger: Logger
    ) {
        self.uploads = uploads
        self.authenticator = authenticator
        self.limits = limits
        self.proxies = proxies
        self.accessLog = accessLog
        self.meter = meter
        self.taken = taken
        self.serverName = serverName
        self.logger = logger
    }

    /// A start that may take this way once its body is there: it is known who starts.
    struct Accepted {
        let head: StartHead
        fileprivate let identity: Identity
        fileprivate let arrivedAt = ContinuousClock.now
    }

    /// One that waits for its commit.
    struct Begun {
        let ticket: EventLoopFuture<Ticket>
        fileprivate let start: Accepted
        fileprivate let requestID: String
    }

    /// Looks at a request's head as soon as it is there, as the ordinary way does.
    /// - Returns: nil where the request has to go the ordinary way.
    func accept(_ request: HTTPRequestHead) -> Accepted? {
        guard let head = StartHead(request),
            let identity = authenticator.authenticateAtOnce(
                head.authorization, access: .scope(UploadRoutes.startScope), tokens: true),
            !limits.areSet(for: identity)
        else { return nil }
        return Accepted(head: head, identity: identity)
    }

    /// - Returns: nil where this start has to go the ordinary way; then nothing has happened.
    func begin(_ start: Accepted, _ body: ByteBuffer, on loop: any EventLoop) -> Begun? {
        let identity = start.identity
        do {
            guard case .object(let object) = try JSONParser.parse(Array(buffer: body)) else { return nil }
            let request = try StartRequest(object).bound(to: identity.uploader).parse()
            guard let prepared = try uploads.prepareAtOnce(request, by: identity) else { return nil }
            authenticator.countHit(of: identity)
            taken.increment()
            let promise = loop.makePromise(of: Ticket.self)
            uploads.reserve(prepared) { promise.completeWith($0) }
            return Begun(ticket: promise.futureResult, start: start, requestID: GatewayContext.makeRequestID())
        } catch {
            // What is wrong with it is told the ordinary way.
            return nil
        }
    }

    /// The answer to a start, noted in the access log. `peer` is the other end of the connection.
    func answer(
        _ begun: Begun, _ result: Result<Ticket, any Error>, on channel: any Channel, peer: Peer
    ) -> WholeResponse {
        var details = Logger.Metadata(minimumCapacity: AnsweredRequest.usualDetails)
        details[LogKeys.requestID] = .string(begun.requestID)
        details[LogKeys.keyID] = .string(begun.start.identity.keyID.description)
        details[LogKeys.tenantID] = .string(begun.start.identity.tenant.id.description)
        var response: WholeResponse
        switch result {
        case .success(let ticket):
            details[LogKeys.uploadID] = .string(ticket.upload.id.description)
            response = .json(ticket, status: .created)
        case .failure(let error):
            let context = GatewayContext(
                source: ApplicationRequestContextSource(channel: channel, logger: logger), requestID: begun.requestID)
            response = ProblemMiddleware.answer(to: error, context)
            details.merge(context.trace.metadata) { $1 }
        }
        response.headers.append(HTTPField(name: .xRequestID, value: begun.requestID))
        response.headers.append(HTTPField(name: .date, value: HTTPDate.format(Date())))
        response.headers.append(HTTPField(name: .server, value: serverName))
        accessLog.note(
            AnsweredRequest(
                method: .post, route: UploadRoutes.startPath, status: response.status,
                duration: ContinuousClock.now - begun.start.arrivedAt, client: client(of: begun.start.head, peer),
                details: details),
            by: meter, to: logger)
        return response
    }

    private func client(of head: StartHead, _ peer: Peer) -> String? {
        guard !proxies.isEmpty else { return peer.text }
        return proxies.client(of: peer.address, forwardedFor: head.forwardedFor)?.ipAddress
    }
}
