import NIOCore
import NIOHTTP1
import Synchronization

/// How many connections were taken and have not asked for anything yet.
///
/// A server that stops closes connections without a request in progress. One that was just made has its first request
/// on the way, and its client cannot know that nobody read it: a proxy passes the loss on for what it must not repeat.
final class SilentConnections: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add() { number.add(1, ordering: .relaxed) }

    func remove() { number.subtract(1, ordering: .relaxed) }
}

/// Counts its connection among the silent ones until the first request's head arrived or it closed.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let connections: SilentConnections

    init(_ connections: SilentConnections) {
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.add()
    }

    /// Removed after the first head was passed on, or with the channel.
    func handlerRemoved(context: ChannelHandlerContext) {
        connections.remove()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
