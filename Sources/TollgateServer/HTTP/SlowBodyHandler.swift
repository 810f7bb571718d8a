import NIOCore
import NIOHTTP1

/// Closes a connection whose request comes too slowly as a whole, though never so slowly that a read times out.
///
/// From its head on, a request has its time, and one second more for every KiB that arrived: a file may take as long as
/// it needs, a client that sends a byte now and then holds the connection no longer than one that sends nothing.
final class SlowBodyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let time: TimeAmount
    private var deadline: NIODeadline?
    private var receivedBytes = 0
    private var check: Scheduled<Void>?

    init(time: TimeAmount) {
        self.time = time
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            begin()
        case .body(let bytes):
            receivedBytes += bytes.readableBytes
        case .end:
            end()
        }
        context.fireChannelRead(data)
    }

    /// Most requests come in one read, and need no watch.
    func channelReadComplete(context: ChannelHandlerContext) {
        if let deadline, check == nil { watch(context, until: deadline) }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func begin() {
        receivedBytes = 0
        deadline = NIODeadline.now() + time
    }

    private func end() {
        check?.cancel()
        check = nil
        deadline = nil
    }

    private func watch(_ context: ChannelHandlerContext, until time: NIODeadline) {
        check = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard let deadline else { return }
        let extended = deadline + .seconds(Int64(receivedBytes / 1024))
        guard extended <= .now() else { return watch(context, until: extended) }
        end()
        context.close(promise: nil)
    }
}
