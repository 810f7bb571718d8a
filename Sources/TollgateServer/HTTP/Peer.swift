import NIOCore

/// The other end of a connection. It never changes, and costs a system call or two to be told.
struct Peer {
    let address: SocketAddress?
    /// Without its port; nil on a UNIX socket.
    let text: String?

    init(_ address: SocketAddress?) {
        self.address = address
        text = address?.ipAddress
    }
}
