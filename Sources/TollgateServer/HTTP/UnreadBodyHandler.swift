import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends a connection whose client was answered before its request was there in full, unless little is to come.
///
/// The server would otherwise read what is left, however much, to find the next request. Closing at once would reset
/// the connection under an answer that the client has not read yet (RFC 9112, section 9.6): what it still sends is read
/// and dropped for a moment.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A request whose answer is not written in full.
    private struct Pending {
        var hasArrived = false
        /// What is left of it can be read for the sake of the connection.
        let isShort: Bool
        var ends = false
    }

    /// So long an answered client may go on sending.
    private static let lingering: TimeAmount = .seconds(2)

    private var pending = CircularBuffer<Pending>()
    private var isDropping = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDropping else { return }
        switch unwrapInboundIn(data) {
        case .head(let request):
            let length = request.headerFields[.contentLength].flatMap { Int($0) }
            pending.append(Pending(isShort: length.map { $0 <= 64 * 1024 } ?? false))
        case .body:
            break
        case .end:
            if !pending.isEmpty { pending[pending.index(before: pending.endIndex)].hasArrived = true }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var response) where response.status.kind != .informational:
            guard let first = pending.first, !first.hasArrived, !first.isShort else { break }
            pending[pending.startIndex].ends = true
            response.headerFields[.connection] = "close"
            return context.write(wrapOutboundOut(.head(response)), promise: promise)
        case .end:
            guard let first = pending.popFirst(), first.ends else { break }
            isDropping = true
            let written = promise ?? context.eventLoop.makePromise()
            let channel = context.channel
            written.futureResult.whenSuccess {
                channel.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
            }
            return context.write(data, promise: written)
        default:
            break
        }
        context.write(data, promise: promise)
    }
}
