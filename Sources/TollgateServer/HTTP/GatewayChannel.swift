import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection: Hummingbird's own for HTTP/1.1, and what stands between it and the socket.
struct GatewayChannel: ServerChildChannel {
    let http: HTTP1Channel
    let starts: StartLane
    let silent: SilentConnections
    let readTimeout: TimeAmount
    let writeTimeout: TimeAmount

    /// A client that sends fast is read in large pieces, each of which costs the same on its way to the disk; the size
    /// follows what reads bring, so that slow ones take no more memory.
    private static let receiveBuffers = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 128 * 1024)

    /// What Hummingbird's part is told. It has no time-out of its own for idle connections, since it sees no short starts.
    static let configuration = HTTP1Channel.Configuration(
        additionalChannelHandlers: [ContinueHandler(), UnreadBodyHandler()],
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(WriteTimeoutHandler(timeout: writeTimeout))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.setOption(.recvAllocator, value: Self.receiveBuffers).flatMap {
            http.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            // Right behind the parser, so that a start passes nothing that it does not need.
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let idle = IdleConnectionHandler(timeout: readTimeout)
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self)
            try pipeline.addHandlers(
                [
                    FirstRequestHandler(silent), SlowBodyHandler(time: readTimeout * 2), idle,
                    StartHandler(starts, idle: idle, encoder: encoder),
                ], position: .after(parser))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
