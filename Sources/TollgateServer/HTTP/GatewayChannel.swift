import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// A connection: Hummingbird's own for HTTP/1.1, and what stands between it and the socket.
struct GatewayChannel: ServerChildChannel {
    let http: HTTP1Channel
    let starts: StartLane
    let writeTimeout: TimeAmount

    /// A client that sends fast is read in large pieces, each of which costs the same on its way to the disk; the size
    /// follows what reads bring, so that slow ones take no more memory.
    private static let receiveBuffers = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 128 * 1024)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(WriteTimeoutHandler(timeout: writeTimeout))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.setOption(.recvAllocator, value: Self.receiveBuffers).flatMap {
            http.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            // Behind what keeps the connection's state, so that idle time-outs and a graceful stop see the starts too.
            let state = try pipeline.handler(type: HTTPConnectionStateHandler.self)
            try pipeline.addHandler(StartHandler(starts), position: .after(state))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
