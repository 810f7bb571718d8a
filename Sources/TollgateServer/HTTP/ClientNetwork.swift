import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// Whom an address belongs to, as far as it tells: one IPv4 address, or the /64 that an IPv6 host chooses its addresses
/// from (RFC 4291, section 2.5.4).
enum ClientNetwork: Hashable, Sendable {
    case ipv4(UInt32)
    case ipv6(UInt64)
    /// A UNIX socket, or a peer that is gone.
    case unknown

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address): self = .ipv4(UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            var bytes = address.address.sin6_addr
            self = withUnsafeBytes(of: &bytes) { bytes -> ClientNetwork in
                // An IPv4 client of a socket for both (RFC 4291, section 2.5.5.2).
                if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
                    return .ipv4(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
                }
                return .ipv6(UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
            }
        case .unixDomainSocket, nil: self = .unknown
        }
    }
}
