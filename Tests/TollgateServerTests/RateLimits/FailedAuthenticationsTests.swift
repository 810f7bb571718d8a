import HTTPTypes
import NIOCore
import Testing

@testable import TollgateCore
@testable import TollgateServer

@Suite("Wrong credentials")
struct FailedAuthenticationsTests {
    private static func network(_ address: String) throws -> ClientNetwork {
        ClientNetwork(try SocketAddress(ipAddress: address, port: 1))
    }

    @Test(
        "are counted by address, of IPv6 by the /64",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true), ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true), ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ])
    func networks(_ first: String, _ second: String, _ isSame: Bool) throws {
        let (first, second) = (try Self.network(first), try Self.network(second))
        #expect((first == second) == isSame)
    }

    @Test("are let fail so many times, an attempt that succeeds not counted")
    func counts() throws {
        let failures = FailedAuthentications(limit: RateLimit(quota: 3, windowSeconds: 3600))
        let (client, other) = (try Self.network("192.0.2.1"), try Self.network("192.0.2.2"))
        for _ in 0..<10 {
            try failures.begin(client)
            failures.takeBack(client)
        }
        for _ in 0..<10 { try failures.requireRoom(client) }
        for _ in 0..<3 { try failures.begin(client) }
        #expect(throws: Problem.self) { try failures.requireRoom(client) }
        let problem = #expect(throws: Problem.self) { try failures.begin(client) }
        #expect(problem?.code == .rateLimited)
        #expect(problem?.headers[.retryAfter] == "1200")
        try failures.begin(other)
    }

    @Test("what is no credential at all is counted apart")
    func unreadable() throws {
        let failures = FailedAuthentications(limit: RateLimit(quota: 3, windowSeconds: 3600))
        let client = try Self.network("192.0.2.1")
        for _ in 0..<3 { try failures.countUnreadable(client) }
        #expect(throws: Problem.self) { try failures.countUnreadable(client) }
        for _ in 0..<3 { try failures.begin(client) }
        #expect(throws: Problem.self) { try failures.begin(client) }
    }
}

@Suite("Lines for refused requests")
struct RefusalWindowTests {
    @Test("are so many a minute; the others are counted, and told when it is over")
    func window() {
        let minute: Int64 = 60_000_000_000
        var window = RefusalWindow()
        var told = [window.turn(at: 5)]
        let admitted = (0..<150).filter { _ in window.admit() }
        #expect(admitted.count == RefusalWindow.lines)
        told.append(window.turn(at: 4 + minute))
        var isAdmitted = window.admit()
        #expect(!isAdmitted)
        told.append(window.turn(at: 5 + minute))
        isAdmitted = window.admit()
        #expect(isAdmitted)
        told.append(window.turn(at: 5 + 3 * minute))
        #expect(told == [nil, nil, 51, nil])
    }
}
