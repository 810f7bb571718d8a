import NIOCore
import NIOHTTP1

/// Gathers the starts of a connection that the ``StartLane`` takes, and answers them; everything else passes on to the
/// server behind.
///
/// It stands right behind the parser. Its answers go to the socket as bytes, past the encoder.
///
/// A connection's requests are answered in their order, whoever answers them: none is taken while the server behind owes
/// an answer, and whatever comes while an answer is owed here waits for it. No more is read once something waits. Nor is
/// a start taken from a client that leaves its answers unread: the server behind waits with the next request until there
/// is room for its answer.
final class StartHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case passing
        case gathering(StartLane.Accepted, ByteBuffer?)
        case answering
    }

    /// What came behind a start that is being answered.
    private enum Held {
        case part(HTTPServerRequestPart)
        case event(Any)
        case error(any Error)
    }

    private let lane: StartLane
    private let idle: IdleConnectionHandler
    /// Let go of with the connection, which holds this handler.
    private var encoder: ChannelHandlerContext?
    private var state = State.passing
    /// Requests that passed on and are not answered in full.
    private var passedCount = 0
    /// The server behind may end the connection after a request that passed on, by the request's wish or its own: what
    /// follows is its matter.
    private var isLast = false
    private var held = CircularBuffer<Held>()
    private var isReleasing = false
    private var holdsRead = false
    private var peer: Peer?

    /// - Parameters:
    ///   - lane: takes and answers the starts.
    ///   - idle: stands before this handler, and is told of its answers.
    ///   - encoder: the place of the encoder, behind which bytes go to the socket.
    init(_ lane: StartLane, idle: IdleConnectionHandler, encoder: ChannelHandlerContext) {
        self.lane = lane
        self.idle = idle
        self.encoder = encoder
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isHolding { held.append(.part(part)) } else { take(part, context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isHolding { held.append(.error(error)) } else { pass(error, context) }
    }

    /// That the client will send no more, for one: the server behind then ends the connection.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isHolding { held.append(.event(event)) } else { pass(event, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        encoder = nil
        held.removeAll()
    }

    func read(context: ChannelHandlerContext) {
        if held.isEmpty { context.read() } else { holdsRead = true }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response):
            if !StartHead.keepsConnection(response.headers) { isLast = true }
        case .body: break
        case .end: passedCount -= 1
        }
        context.write(data, promise: promise)
    }

    private var isAnswering: Bool {
        if case .answering = state { return true }
        return false
    }

    private var isHolding: Bool { isAnswering || isReleasing }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.passing, .head(let request)):
            if passedCount == 0, !isLast, context.channel.isWritable, let start = lane.accept(request) {
                state = .gathering(start, nil)
            } else {
                passedCount += 1
                if !StartHead.keepsConnection(request.headers) { isLast = true }
                context.fireChannelRead(wrapInboundOut(part))
            }
        case (.gathering(let start, var gathered), .body(var bytes)):
            // The state gives up its share of the buffer, which would be copied to be written to.
            state = .passing
            if gathered?.writeBuffer(&bytes) == nil { gathered = bytes }
            state = .gathering(start, gathered)
        case (.gathering(let start, let gathered), .end):
            begin(start, gathered, part, context)
        default:
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func begin(
        _ start: StartLane.Accepted, _ body: ByteBuffer?, _ end: HTTPServerRequestPart, _ context: ChannelHandlerContext
    ) {
        guard let begun = lane.begin(start, body ?? ByteBuffer(), on: context.eventLoop) else {
            passGathered(context)
            context.fireChannelRead(wrapInboundOut(end))
            return
        }
        state = .answering
        let peer = peer ?? Peer(context.remoteAddress)
        self.peer = peer
        begun.ticket.assumeIsolated().whenComplete { result in
            self.write(self.lane.answer(begun, result, on: context.channel, peer: peer))
            self.state = .passing
            self.release(context)
        }
    }

    private func write(_ response: WholeResponse) {
        idle.noteAnswer()
        encoder?.writeAndFlush(NIOAny(IOData.byteBuffer(response.serialized())), promise: nil)
    }

    /// Goes on with what came meanwhile, up to the next start that is answered here.
    private func release(_ context: ChannelHandlerContext) {
        guard !isReleasing, !held.isEmpty else { return }
        guard context.channel.isActive else { return held.removeAll() }
        isReleasing = true
        while !held.isEmpty, !isAnswering {
            switch held.removeFirst() {
            case .part(let part): take(part, context)
            case .event(let event): pass(event, context)
            case .error(let error): pass(error, context)
            }
        }
        isReleasing = false
        // The server behind looks at what it was given when it is told that this is all for now.
        context.fireChannelReadComplete()
        guard holdsRead, held.isEmpty else { return }
        holdsRead = false
        context.read()
    }

    private func pass(_ error: any Error, _ context: ChannelHandlerContext) {
        passGathered(context)
        context.fireErrorCaught(error)
    }

    private func pass(_ event: Any, _ context: ChannelHandlerContext) {
        passGathered(context)
        context.fireUserInboundEventTriggered(event)
    }

    /// A request that breaks off is the matter of the server behind.
    private func passGathered(_ context: ChannelHandlerContext) {
        guard case .gathering(let start, let bytes) = state else { return }
        state = .passing
        passedCount += 1
        context.fireChannelRead(wrapInboundOut(.head(start.head.request)))
        if let bytes { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
    }
}
