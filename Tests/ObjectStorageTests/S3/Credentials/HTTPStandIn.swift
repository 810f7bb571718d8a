import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Stands in for instance metadata, container endpoints and STS, which cannot be had on every machine.
final class HTTPStandIn: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: HTTPHeaders
        let body: String
    }

    struct Answer: Sendable {
        var status = 200
        var body = ""
        var headers: [(String, String)] = []
    }

    let url: String
    private let channel: any Channel
    private let received: Recorder

    var requests: [Request] { received.all.withLock { $0 } }

    static func serve<Value>(
        _ respond: @escaping @Sendable (Request) -> Answer,
        _ test: (HTTPStandIn) async throws -> Value
    ) async throws -> Value {
        let recorder = Recorder()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Responder(recorder: recorder, respond: respond))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let standIn = HTTPStandIn(channel, recorder)
        do {
            let value = try await test(standIn)
            try await channel.close()
            return value
        } catch {
            try await channel.close()
            throw error
        }
    }

    private init(_ channel: any Channel, _ recorder: Recorder) {
        self.channel = channel
        received = recorder
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }
}

private final class Recorder: Sendable {
    let all = Mutex<[HTTPStandIn.Request]>([])
}

private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let recorder: Recorder
    private let respond: @Sendable (HTTPStandIn.Request) -> HTTPStandIn.Answer
    private var head: HTTPRequestHead?
    private var body = ""

    init(recorder: Recorder, respond: @escaping @Sendable (HTTPStandIn.Request) -> HTTPStandIn.Answer) {
        self.recorder = recorder
        self.respond = respond
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ""
        case .body(let bytes): body += String(buffer: bytes)
        case .end:
            guard let head else { return }
            let request = HTTPStandIn.Request(
                method: head.method.rawValue, path: head.uri, headers: head.headers, body: body)
            recorder.all.withLock { $0.append(request) }
            let answer = respond(request)
            var headers = HTTPHeaders(answer.headers)
            headers.add(name: "content-length", value: "\(answer.body.utf8.count)")
            let status = HTTPResponseStatus(statusCode: answer.status)
            context.write(
                wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
