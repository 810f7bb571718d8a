import Foundation
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// A TCP port that is ours before the server listens on it, so that URLs can name it from the start.
///
/// The socket is bound and does not listen. On Linux a second socket may then be bound to the same port and listen,
/// as long as both ask for SO_REUSEADDR (socket(7), ip(7)); the system gives the port to nobody else meanwhile.
final class ReservedPort: Sendable {
    let number: Int
    private let descriptor: CInt

    /// Port 0 lets the system choose.
    /// - Throws: ``PortUnavailable`` when the address is taken or is not this machine's.
    init(host: String, port: Int) throws {
        let address: SocketAddress
        do {
            address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch {
            throw PortUnavailable(host: host, port: port, reason: "the host cannot be resolved")
        }
        let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw PortUnavailable(host: host, port: port, reason: Self.reason(errno)) }
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        let bound = address.withSockAddr { pointer, size in bind(descriptor, pointer, socklen_t(size)) }
        guard bound == 0 else {
            let reason = Self.reason(errno)
            close(descriptor)
            throw PortUnavailable(host: host, port: port, reason: reason)
        }
        self.descriptor = descriptor
        number = Self.localPort(descriptor) ?? port
    }

    /// Lets the port go, once the server listens on it. Call it once.
    func release() {
        close(descriptor)
    }

    private static func localPort(_ descriptor: CInt) -> Int? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard result == 0 else { return nil }
        // The port stands behind the family, in both families' addresses and in network order (ip(7), ipv6(7)).
        return withUnsafeBytes(of: &storage) { bytes in
            Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}

/// The server cannot listen where it was told to.
struct PortUnavailable: Error, CustomStringConvertible {
    let host: String
    let port: Int
    let reason: String

    var description: String { "cannot listen on \(host) port \(port): \(reason)" }
}
