import Foundation
import Synchronization

/// A running server, and the small shell between us and it.
///
/// The shell waits for the end of a pipe whose other end only we hold. The kernel closes it when we die, also when we
/// are killed, and the shell then stops the server. So the server never outlives us.
struct Supervisor: Sendable {
    private let child: ChildProcess
    private let lifeline: Lifeline
    private let messages: UnnamedFile
    private let home: ServerHome
    private let socketDirectory: String

    /// Runs as the server's account: `sh -c <script> sh <postgres> <home> <temporary socket folder or ""> <arguments>`.
    ///
    /// The signal is repeated, because a server that has only just been started may not listen to it yet.
    private static let script = """
        cd /
        umask 077
        postgres=$1 home=$2 sockets=$3
        shift 3
        exec 3<&0 </dev/null
        if [ -s "$home/log" ]; then mv -f "$home/log" "$home/log.1"; fi
        "$postgres" -D "$home/data" "$@" >>"$home/log" 2>&1 3<&- &
        server=$!
        trap 'kill -INT "$server"' INT TERM HUP
        (
            trap - INT TERM HUP
            read -r ignored <&3
            while kill -INT "$server" 2>/dev/null; do sleep 0.5; done
        ) &
        watcher=$!
        exec 3<&-
        while :; do
            wait "$server"
            status=$?
            kill -0 "$server" 2>/dev/null || break
        done
        kill "$watcher" 2>/dev/null
        if [ -n "$sockets" ]; then
            rm -f "$sockets"/.s.PGSQL.*
            rmdir "$sockets"
        fi
        exit "$status"
        """

    /// Starts the server; it is not ready yet.
    init(installation: PostgresInstallation, home: ServerHome, socketDirectory: String, settings: [String]) throws {
        var ends: [Int32] = [-1, -1]
        // Closed from the first moment in every other program that this process starts, or those would keep the
        // server alive after us. Only a socket pair can be made so in one call that Swift sees; it serves as a pipe.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw systemFailure("create", "a socket pair") }
        defer { close(ends[0]) }
        lifeline = Lifeline(descriptor: ends[1])
        messages = try UnnamedFile(content: "")
        let temporary = SocketDirectory.isTemporary(socketDirectory) ? socketDirectory : ""
        let all = settings + ["unix_socket_directories=\(socketDirectory)"]
        child = try ChildProcess(
            home.account.prefix + ["/bin/sh", "-c", Self.script, "sh", installation.postgres, home.path, temporary]
                + all.flatMap { ["-c", $0] },
            environment: Tool.baseEnvironment, input: ends[0], output: messages.descriptor)
        self.home = home
        self.socketDirectory = socketDirectory
    }

    /// Waits until the server accepts connections.
    ///
    /// - Throws: `serverFailed` when it ends, `serverNotReady` when the time is over, `CancellationError`.
    func waitUntilReady(upTo limit: Duration, cancellation: Cancellation) throws {
        let ready = try wait(upTo: limit) {
            try cancellation.check()
            if child.exitStatus() != nil {
                throw PostgresClusterError.serverFailed(log: home.log, logTail: try logTail())
            }
            return try readText(home.postmasterFile).flatMap { PostmasterFile($0) }?.isReady ?? false
        }
        guard ready else {
            throw PostgresClusterError.serverNotReady(after: limit, log: home.log, logTail: try logTail())
        }
    }

    /// Stops the server cleanly, after the limit hard; returns when it is gone.
    func stop(within limit: Duration) {
        lifeline.close()
        if !wait(upTo: limit, until: { child.exitStatus() != nil }) {
            // Whatever holds it up, the server's data survive this, and the shell ends with the server.
            LeftoverServer(data: home.data).processIDs().forEach { kill($0, SIGQUIT) }
            _ = child.waitForExit(upTo: .seconds(5))
        }
        do {
            // Mostly nothing is left to do; if the shell was killed, this is what ends the server.
            try LeftoverServer(data: home.data).end(within: limit)
            try SocketDirectory.removeTemporary(socketDirectory)
        } catch {
            // The next start looks at the same places again, and reports what it cannot clear away.
        }
    }

    private func logTail() throws -> String {
        Tool.lastLines((try readText(home.log) ?? "") + (try messages.content()))
    }
}

/// Our end of the pipe that keeps the server alive.
private final class Lifeline: Sendable {
    private let descriptor: Mutex<Int32?>

    init(descriptor: Int32) {
        self.descriptor = Mutex(descriptor)
    }

    deinit { close() }

    func close() {
        descriptor.withLock { descriptor in
            if let open = descriptor { _ = Foundation.close(open) }
            descriptor = nil
        }
    }
}
