import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// A connection: Hummingbird's own for HTTP/1.1, and what stands between it and the socket.
struct GatewayChannel: ServerChildChannel {
    let http: HTTP1Channel
    let writeTimeout: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(WriteTimeoutHandler(timeout: writeTimeout))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return http.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
