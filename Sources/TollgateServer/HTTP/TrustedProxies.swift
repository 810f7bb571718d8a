import NIOCore

/// The proxies before the gateway whose word on a client's address is taken.
///
/// Everybody may send `X-Forwarded-For`, and a proxy adds the address that it sees at the end. So the list is believed
/// from its end, as far as trusted proxies wrote it.
package struct TrustedProxies: Sendable, Equatable {
    private let networks: [AddressBlock]

    /// Nobody's word: the peer is the client.
    package static let none = TrustedProxies(networks: [])

    private init(networks: [AddressBlock]) {
        self.networks = networks
    }

    /// Parses a comma list of IP addresses and of networks in CIDR notation (RFC 4632, section 3.1); nil where an entry
    /// is neither.
    package init?(_ text: String) {
        var networks: [AddressBlock] = []
        for entry in Self.entries(text) where !entry.isEmpty {
            guard let network = AddressBlock(entry) else { return nil }
            networks.append(network)
        }
        self.networks = networks
    }

    var isEmpty: Bool { networks.isEmpty }

    /// Who sent a request: the last address that no trusted proxy has; where all have one, the first.
    ///
    /// - Parameters:
    ///   - peer: the other end of the connection.
    ///   - lists: the values of `X-Forwarded-For`, in their order.
    /// - Returns: an address; the peer's where it is no trusted proxy, or says nothing that is an address.
    func client(of peer: SocketAddress?, forwardedFor lists: [String]) -> SocketAddress? {
        guard var client = peer, contains(client) else { return peer }
        for entry in lists.flatMap(Self.entries).reversed() {
            guard let address = SocketAddress(ip: entry) else { break }
            client = address
            guard contains(address) else { break }
        }
        return client
    }

    private func contains(_ address: SocketAddress) -> Bool {
        guard let bytes = address.ipv6Bytes else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    private static func entries(_ list: String) -> [Substring] {
        list.split(separator: ",").map { entry in
            let rest = entry.drop { $0 == " " || $0 == "\t" }
            return rest[..<(rest.lastIndex { $0 != " " && $0 != "\t" }.map(rest.index(after:)) ?? rest.endIndex)]
        }
    }
}

extension TrustedProxies: CustomStringConvertible {
    package var description: String { networks.map(\.text).joined(separator: ",") }
}

/// The addresses that begin with the same bits. IPv4 ones as IPv6 writes them (RFC 4291, section 2.5.5.2), so that a
/// client of a socket for both is found.
private struct AddressBlock: Sendable, Equatable {
    let text: String
    private let address: [UInt8]
    private let bits: Int

    init?(_ text: Substring) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = SocketAddress(ip: first), let bytes = address.ipv6Bytes else {
            return nil
        }
        let isIPv4 = address.protocol == .inet
        let longest = isIPv4 ? 32 : 128
        var length = longest
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let given = Int(parts[1]),
                given <= longest
            else { return nil }
            length = given
        }
        self.text = String(text)
        self.address = bytes
        bits = isIPv4 ? length + 96 : length
    }

    func contains(_ other: [UInt8]) -> Bool {
        let (whole, rest) = (bits / 8, bits % 8)
        guard address.prefix(whole) == other.prefix(whole) else { return false }
        return rest == 0 || (address[whole] ^ other[whole]) >> (8 - rest) == 0
    }
}

extension SocketAddress {
    /// An address alone, without a port; nil for anything else.
    fileprivate init?(ip text: Substring) {
        do {
            self = try SocketAddress(ipAddress: String(text), port: 0)
        } catch {
            return nil
        }
    }

    /// 16 bytes; nil on a UNIX socket. Where they lie in `sockaddr_in` and `sockaddr_in6`: ip(7), ipv6(7).
    fileprivate var ipv6Bytes: [UInt8]? {
        withSockAddr { socket, length -> [UInt8]? in
            let bytes = UnsafeRawBufferPointer(start: socket, count: length)
            return switch self {
            case .v4: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes[4..<8]
            case .v6: Array(bytes[8..<24])
            case .unixDomainSocket: nil
            }
        }
    }
}
