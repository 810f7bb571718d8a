import Foundation

/// A program started by us, in a session of its own.
///
/// A session of its own keeps Ctrl-C in our terminal away from it. It gets the three standard descriptors that are
/// named here and no other, and the default action for every signal. Foundation's `Process` makes no session.
struct ChildProcess {
    let processID: pid_t

    /// - Throws: ``PostgresClusterError/system(operation:path:message:)`` when it cannot be started.
    init(_ command: [String], environment: [String: String], input: Int32, output: Int32) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        for descriptor in try Self.otherDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = Self.newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }

        var started = pid_t()
        let failure = posix_spawn(&started, command[0], &actions, &attributes, &arguments, &variables)
        guard failure == 0 else { throw systemFailure("start", command[0], code: failure) }
        processID = started
    }

    // POSIX_SPAWN_SETSID of glibc's <spawn.h>, in POSIX since 2024; the header shows it to GNU C alone.
    private static let newSession: Int32 = 0x80

    // Everything past the standard three, with room for what other threads open meanwhile. To close one that is not
    // open is no error below the process's limit.
    private static func otherDescriptors() throws -> Range<Int32> {
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        return 3..<max(3, min((open.max() ?? 2) + 64, limit > 0 ? Int32(clamping: limit) : Int32.max))
    }

    /// The status that it exited with, 128 and the signal's number when a signal ended it, nil while it runs.
    ///
    /// To be asked no more after it answered: the number may then belong to another process.
    func exitStatus() -> Int32? {
        var status: Int32 = 0
        let result = waitpid(processID, &status, WNOHANG)
        // ECHILD: whoever embeds us ignores SIGCHLD, so the system reaped it; it is gone all the same.
        if result == -1 && errno == ECHILD { return 127 }
        guard result == processID else { return nil }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Waits for its end; kills its whole session's process group when the time is over.
    ///
    /// - Returns: the status, or nil when it had to be killed.
    func waitForExit(upTo limit: Duration) -> Int32? {
        var status: Int32?
        let ended = wait(upTo: limit) {
            status = exitStatus()
            return status != nil
        }
        if ended { return status }
        kill(-processID, SIGKILL)
        var ignored: Int32 = 0
        waitpid(processID, &ignored, 0)
        return nil
    }
}
