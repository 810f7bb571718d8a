import NIOCore
import NIOHTTP1

/// Closes a connection on which nothing comes for too long, be it between two requests or within one. A client that
/// waits for its answer has nothing to send, and is left alone.
final class IdleConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let timeout: TimeAmount
    private var lastSign = NIODeadline.now()
    /// Requests whose answer is not written in full.
    private var openCount = 0
    /// A request's head came, its end did not.
    private var isArriving = false
    private var check: Scheduled<Void>?

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastSign = .now()
        switch unwrapInboundIn(data) {
        case .head:
            openCount += 1
            isArriving = true
        case .body: break
        case .end: isArriving = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { noteAnswer() }
        context.write(data, promise: promise)
    }

    /// A request was answered in full, by a handler whose answers do not come by here.
    func noteAnswer() {
        openCount -= 1
        lastSign = .now()
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard check == nil else { return }
        lastSign = .now()
        watch(context, until: lastSign + timeout)
    }

    private func watch(_ context: ChannelHandlerContext, until time: NIODeadline) {
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let now = NIODeadline.now()
        let isAwaited = openCount > 0 && !isArriving
        let due = isAwaited ? now + timeout : lastSign + timeout
        guard due <= now else { return watch(context, until: due) }
        context.close(promise: nil)
    }
}
