import NIOCore

/// Whom an address belongs to, as far as it tells: one IPv4 address, or the /64 that an IPv6 host chooses its addresses
/// from (RFC 4291, section 2.5.4).
enum ClientNetwork: Hashable, Sendable {
    case ipv4(UInt32)
    case ipv6(UInt64)
    /// A UNIX socket, or a peer that is gone.
    case unknown

    init(_ address: SocketAddress?) {
        self =
            address?.withSockAddr { socket, length in
                Self(UnsafeRawBufferPointer(start: socket, count: length), address)
            } ?? .unknown
    }

    /// Where the address lies in `sockaddr_in` and `sockaddr_in6`, in network byte order. Source: ip(7), ipv6(7).
    private init(_ socket: UnsafeRawBufferPointer, _ address: SocketAddress?) {
        switch address {
        case .v4:
            self = .ipv4(UInt32(bigEndian: socket.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case .v6:
            let bytes = UnsafeRawBufferPointer(rebasing: socket[8..<24])
            // An IPv4 client of a socket for both (RFC 4291, section 2.5.5.2).
            if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                self = .ipv4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
            } else {
                self = .ipv6(UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
            }
        case .unixDomainSocket, nil:
            self = .unknown
        }
    }
}
