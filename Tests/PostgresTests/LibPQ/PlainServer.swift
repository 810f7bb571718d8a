import Foundation
import Glibc

/// Answers one client as a PostgreSQL without TLS does: `N` to its SSLRequest, and nothing more.
///
/// Source: PostgreSQL, "Message Flow", section "SSL Session Encryption".
struct PlainServer {
    let port: UInt16

    struct Failed: Error { let code = errno }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failed() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard listens else { throw Failed() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            let client = accept(listener, nil, nil)
            var request = [UInt8](repeating: 0, count: 8)
            if recv(client, &request, request.count, Int32(MSG_WAITALL)) == request.count {
                send(client, "N", 1, 0)
            }
            close(client)
            close(listener)
        }
    }
}
