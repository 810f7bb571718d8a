import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The first step of a stop: no connection that was made is closed before its request was read.
///
/// The system completes handshakes by itself, ahead of the server's accept, and resets what waits in that queue when
/// the listening socket is closed. A proxy that has sent a POST by then may not repeat it, and its client gets a 502.
/// So new handshakes end first, by a filter that drops SYN; those begun are completed, accepted and heard; then the
/// socket may close. A client whose SYN was dropped sends it again after a second (RFC 6298, section 2.1) and is
/// refused, which proxies take for a server to pass over.
final class ListenerDrain: Service {
    private let silent: SilentConnections
    private let logger: Logger
    private let listener = Mutex(nil as (any Channel)?)

    /// What a handshake under way needs to end, and its connection to be accepted.
    private static let settling = Duration.milliseconds(200)
    /// No connection is waited for longer: browsers open some that they may never use.
    private static let patience = Duration.seconds(2)

    init(silent: SilentConnections, logger: Logger) {
        self.silent = silent
        self.logger = logger
    }

    /// The server listens with this channel.
    func watch(_ channel: any Channel) {
        listener.withLock { $0 = channel }
    }

    func run() async throws {
        do {
            try await gracefulShutdown()
            guard let listener = listener.withLock({ $0 }) else { return }
            try await refuseHandshakes(of: listener)
            try await Task.sleep(for: Self.settling)
            let end = ContinuousClock.now + Self.patience
            while silent.count > 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
        } catch is CancellationError {
            // The gateway ends at once.
        } catch {
            logger.warning("new connections go on to the end", metadata: [LogKeys.error: .string("\(error)")])
        }
    }

    /// Drops every SYN that comes to the listening socket: socket(7), SO_ATTACH_FILTER; the program of the classic
    /// Berkeley Packet Filter sees a segment from its TCP header on, and the flags are its byte 13 (RFC 9293, section
    /// 3.1).
    private func refuseHandshakes(of listener: any Channel) async throws {
        guard let options = listener as? any SocketOptionProvider else { return }
        let program = UnsafeMutableBufferPointer<Instruction>.allocate(capacity: 4)
        defer { program.deallocate() }
        _ = program.initialize(from: [
            Instruction(code: 0x30, onTrue: 0, onFalse: 0, value: 13),  // load the byte
            Instruction(code: 0x45, onTrue: 0, onFalse: 1, value: 0x02),  // SYN?
            Instruction(code: 0x06, onTrue: 0, onFalse: 0, value: 0),  // drop
            Instruction(code: 0x06, onTrue: 0, onFalse: 0, value: .max),  // take it whole
        ])
        try await options.unsafeSetSocketOption(
            level: .init(SOL_SOCKET), name: .init(SO_ATTACH_FILTER),
            value: Program(length: UInt16(program.count), instructions: program.baseAddress)
        ).get()
    }

    /// `struct sock_filter` of linux/filter.h.
    private struct Instruction {
        let code: UInt16
        let onTrue: UInt8
        let onFalse: UInt8
        let value: UInt32
    }

    /// `struct sock_fprog` of linux/filter.h. Sendable without the compiler's word: the one who sends it waits for the
    /// call, during which the system copies the instructions, and frees them afterwards.
    private struct Program: @unchecked Sendable {
        let length: UInt16
        let instructions: UnsafeMutablePointer<Instruction>?
    }
}
