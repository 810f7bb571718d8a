import NIOCore

/// Closes a connection whose client takes nothing of what it was sent for too long. It stands next to the socket.
final class WriteTimeoutHandler: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let timeout: TimeAmount
    private var writtenBytes = 0
    private var takenBytes = 0
    private var lastProgress = NIODeadline.now()
    private var isWatching = false

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        writtenBytes += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard !isWatching, let buffered = bufferedBytes(context), buffered > 0 else { return }
        isWatching = true
        takenBytes = writtenBytes - buffered
        lastProgress = .now()
        watch(context)
    }

    /// Looks again and again while something waits to be sent: a connection ends a quarter of the time late at most.
    private func watch(_ context: ChannelHandlerContext) {
        let interval = TimeAmount.nanoseconds(timeout.nanoseconds / 4)
        context.eventLoop.assumeIsolated().scheduleTask(in: interval) { self.look(context) }
    }

    private func look(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, let buffered = bufferedBytes(context), buffered > 0 else {
            isWatching = false
            return
        }
        let taken = writtenBytes - buffered
        if taken != takenBytes {
            takenBytes = taken
            lastProgress = .now()
        } else if NIODeadline.now() - lastProgress >= timeout {
            context.close(promise: nil)
            return
        }
        watch(context)
    }

    /// What the socket has not taken; nil on a channel that cannot tell.
    private func bufferedBytes(_ context: ChannelHandlerContext) -> Int? {
        guard let options = context.channel.syncOptions else { return nil }
        do { return try options.getOption(.bufferedWritableBytes) } catch { return nil }
    }
}
