import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import TollgateCore

@testable import ObjectStorage

/// A server that answers as a test wants it, for faults that no real store can be made to show.
final class FaultServer: Sendable {
    struct Seen: Sendable, Equatable {
        let method: String
        /// Path and query.
        let target: String
    }

    enum Reply: Sendable {
        case answer(Int, [HeaderField] = [], String = "")
        /// The headers announce more bytes than come; then the connection ends.
        case truncated(String, announced: Int, [HeaderField] = [])
        /// The headers announce more bytes than come; then nothing happens.
        case stalled(String, announced: Int, [HeaderField] = [])
        case never
        case hangUp

        static let slowDown = Reply.answer(
            503, [HeaderField(name: "x-amz-request-id", value: "REQUEST-1")],
            "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")

        static let object = [
            HeaderField(name: "ETag", value: "\"e\""), .init(name: "Content-Type", value: "text/plain"),
            .init(name: "Last-Modified", value: "Tue, 29 Dec 2015 00:00:00 GMT"),
        ]
    }

    private let channel: any Channel

    /// The script makes the reply to a request; how many came before it is told too.
    init(_ script: @escaping @Sendable (Seen, _ index: Int) -> Reply) async throws {
        let requests = RequestLog()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(FaultHandler(requests, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.requests = requests
    }

    private let requests: RequestLog

    /// All requests whose bodies came to their ends, in order.
    var seen: [Seen] { requests.all }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    func close() async throws { try await channel.close() }
}

final class RequestLog: Sendable {
    private let entries = Mutex<[FaultServer.Seen]>([])

    var all: [FaultServer.Seen] { entries.withLock { $0 } }

    /// - Returns: how many came before.
    func add(_ seen: FaultServer.Seen) -> Int {
        entries.withLock { entries in
            entries.append(seen)
            return entries.count - 1
        }
    }
}

private final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let requests: RequestLog
    private let script: @Sendable (FaultServer.Seen, Int) -> FaultServer.Reply
    private var head: HTTPRequestHead?

    init(_ requests: RequestLog, _ script: @escaping @Sendable (FaultServer.Seen, Int) -> FaultServer.Reply) {
        self.requests = requests
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            let seen = FaultServer.Seen(method: head.method.rawValue, target: head.uri)
            reply(script(seen, requests.add(seen)), isHead: head.method == .HEAD, context)
        }
    }

    private func reply(_ reply: FaultServer.Reply, isHead: Bool, _ context: ChannelHandlerContext) {
        switch reply {
        case .never: break
        case .hangUp: context.close(promise: nil)
        case .answer(let status, let headers, let text):
            let hasLength = headers.contains { $0.name == "Content-Length" }
            write(status, headers, hasLength ? nil : text.utf8.count, isHead ? "" : text, context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .truncated(let text, let announced, let headers):
            write(200, headers, announced, text, context)
            context.close(promise: nil)
        case .stalled(let text, let announced, let headers):
            write(200, headers, announced, text, context)
        }
    }

    private func write(
        _ status: Int, _ headers: [HeaderField], _ length: Int?, _ text: String, _ context: ChannelHandlerContext
    ) {
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        for header in headers { head.headers.add(name: header.name, value: header.value) }
        if let length { head.headers.add(name: "Content-Length", value: String(length)) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    }
}

/// A clock that a test moves, and pauses that take no time but are written down.
final class TestTiming: Sendable {
    private let state = Mutex((now: ContinuousClock.now, pauses: [Duration]()))

    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(by duration: Duration) { state.withLock { $0.now += duration } }

    var timing: S3Timing {
        S3Timing(
            now: { self.state.withLock { $0.now } },
            sleep: { pause in
                self.state.withLock { state in
                    state.pauses.append(pause)
                    state.now += pause
                }
            },
            jitter: { 1 })
    }
}

/// Writes down what is logged.
struct CapturedLog: LogHandler, Sendable {
    final class Lines: Sendable {
        private let lines = Mutex<[(level: Logger.Level, message: String, metadata: Logger.Metadata)]>([])

        var warnings: [Logger.Metadata] { lines.withLock { $0.filter { $0.level >= .warning }.map(\.metadata) } }

        func add(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) {
            lines.withLock { $0.append((level, message, metadata)) }
        }
    }

    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add(event.level, "\(event.message)", event.metadata ?? [:])
    }
}

/// A store over a ``FaultServer``, with everything that a test looks at.
struct FaultyStore: Sendable {
    let server: FaultServer
    let store: S3ObjectStore
    let timing = TestTiming()
    let log = CapturedLog.Lines()

    static func run(
        options: S3Options = S3Options(), _ script: @escaping @Sendable (FaultServer.Seen, Int) -> FaultServer.Reply,
        _ test: (FaultyStore) async throws -> Void
    ) async throws {
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: options.timeouts.clientConfiguration)
        let server = try await FaultServer(script)
        do {
            try await test(FaultyStore(server, client, options))
        } catch {
            try await server.close()
            try await client.shutdown()
            throw error
        }
        try await server.close()
        try await client.shutdown()
    }

    private init(_ server: FaultServer, _ client: HTTPClient, _ options: S3Options) throws {
        self.server = server
        let lines = log
        store = S3ObjectStore(
            endpoint: try S3Endpoint(url: server.url, bucket: "uploads", style: .path), httpClient: client,
            signer: { S3Signer(credentials: Scratch.credentials, region: Scratch.region, at: $0) }, options: options,
            logger: Logger(label: "test") { _ in CapturedLog(lines: lines) }, timing: timing.timing)
    }
}
