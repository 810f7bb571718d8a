import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers `Expect: 100-continue` (RFC 9110, section 10.1.1), so that clients with a body to send do not wait.
///
/// The word is held back while an earlier answer of the connection is on its way: in its midst it would be taken for a
/// part of its body. A body that will be refused costs what arrives until the refusal: the routes answer before reading
/// on.
final class ContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// One for each request without a whole answer, oldest first: whether its client waits for the word.
    private var waiting = CircularBuffer<Bool>()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            waiting.append(request.headerFields[.expect]?.lowercased() == "100-continue")
            answerFirst(context)
        case .body, .end:
            // Whoever sends does not wait, or not any more.
            if !waiting.isEmpty { waiting[waiting.index(before: waiting.endIndex)] = false }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        guard case .end = part else { return }
        _ = waiting.popFirst()
        answerFirst(context)
    }

    private func answerFirst(_ context: ChannelHandlerContext) {
        guard let isWaiting = waiting.first, isWaiting else { return }
        waiting[waiting.startIndex] = false
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
}
