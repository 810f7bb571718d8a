/// What a running server writes into `postmaster.pid`.
///
/// Source: PostgreSQL, `src/include/utils/pidfile.h`: process, data directory, start time, port, socket directory,
/// listen address, shared memory key, status, a line each; later lines may still be missing.
struct PostmasterFile: Equatable {
    let processID: Int32
    let socketDirectory: String?
    let isReady: Bool

    /// - Returns: nil for a text that does not begin with a process number, such as a file that is only just made.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A server without a terminal of its own (single-user mode) writes its number negated.
        guard let first = lines.first, let number = Int32(first), number != 0, number != Int32.min else { return nil }
        processID = abs(number)
        socketDirectory = lines.count > 4 && !lines[4].isEmpty ? String(lines[4]) : nil
        isReady = lines.count > 7 && lines[7].prefix { $0 != " " } == "ready"
    }
}
