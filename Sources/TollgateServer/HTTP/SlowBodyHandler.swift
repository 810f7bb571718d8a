import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose request body comes too slowly as a whole, though never so slowly that a read times out.
///
/// A body has its time, and one second more for every KiB that arrived: a file may take as long as it needs, a client
/// that sends a byte now and then holds the connection no longer than one that sends nothing.
final class SlowBodyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let time: TimeAmount
    private var deadline: NIODeadline?
    private var receivedBytes = 0
    private var check: Scheduled<Void>?

    init(time: TimeAmount) {
        self.time = time
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            let fields = request.headerFields
            if fields[.transferEncoding] != nil || (fields[.contentLength] ?? "0") != "0" { begin() }
        case .body(let bytes):
            receivedBytes += bytes.readableBytes
        case .end:
            end()
        }
        context.fireChannelRead(data)
    }

    /// Most bodies come in the same read as their head, and need no watch.
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
