import NIOCore
import Testing

@testable import TollgateServer

@Suite("Clients behind proxies")
struct TrustedProxiesTests {
    @Test(
        "the client is the last address that no trusted proxy has",
        arguments: [
            // Nobody is trusted, or not this peer.
            ("", "192.0.2.1", ["203.0.113.7"], "192.0.2.1"),
            ("192.0.2.2", "192.0.2.1", ["203.0.113.7"], "192.0.2.1"),
            ("192.0.2.1", "192.0.2.1", ["203.0.113.7"], "203.0.113.7"),
            ("192.0.2.1", "192.0.2.1", [], "192.0.2.1"),
            // What the client wrote itself stands before what the proxy added.
            ("192.0.2.1", "192.0.2.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            ("192.0.2.1", "192.0.2.1", ["198.51.100.1", " 203.0.113.7\t"], "203.0.113.7"),
            ("192.0.2.1,10.0.0.0/8", "192.0.2.1", ["203.0.113.7,10.1.2.3, 10.200.0.1"], "203.0.113.7"),
            ("10.0.0.0/8", "10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
            ("10.0.0.0/8", "10.0.0.1", ["203.0.113.7, unknown, 10.0.0.3"], "10.0.0.3"),
            ("10.0.0.0/8", "10.0.0.1", ["unknown"], "10.0.0.1"),
            ("10.0.0.0/8", "10.0.0.1", [""], "10.0.0.1"),
            ("192.0.2.128/25", "192.0.2.127", ["203.0.113.7"], "192.0.2.127"),
            ("192.0.2.128/25", "192.0.2.128", ["203.0.113.7"], "203.0.113.7"),
            ("0.0.0.0/0", "2001:db8::1", ["203.0.113.7"], "2001:db8::1"),
            ("2001:db8::/33", "2001:db8:7fff::1", ["2001:db8:8000::1"], "2001:db8:8000::1"),
            ("192.0.2.1", "::ffff:192.0.2.1", ["203.0.113.7"], "203.0.113.7"),
        ])
    func client(_ trusted: String, _ peer: String, _ lists: [String], _ client: String) throws {
        let proxies = try #require(TrustedProxies(trusted))
        let address = try SocketAddress(ipAddress: peer, port: 4711)
        #expect(proxies.client(of: address, forwardedFor: lists)?.ipAddress == client)
    }

    @Test("a list is shown as it was written, without blanks")
    func description() {
        #expect(TrustedProxies(" 10.0.0.0/8 , 2001:db8::1,")?.description == "10.0.0.0/8,2001:db8::1")
        #expect(TrustedProxies("") == TrustedProxies.none)
    }
}
