import Foundation

/// Runs a program to its end and keeps what it printed.
enum Tool {
    struct Outcome {
        /// nil when it was killed because it took too long.
        let status: Int32?
        /// Both output streams, as they came.
        let output: String

        /// The last lines, fit for an error.
        var tail: String { lastLines(output) }
    }

    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - input: what it reads from standard input.
    ///   - environment: added to ``baseEnvironment``.
    ///   - limit: after this long it is killed.
    /// - Returns: how it ended, also when it failed.
    /// - Throws: ``PostgresClusterError/system(operation:path:message:)`` when it cannot be started.
    static func run(
        _ command: [String], input: String = "", environment: [String: String] = [:], limit: Duration = .seconds(60)
    ) throws -> Outcome {
        // Files instead of pipes: nothing to pump, so no dead-lock, and no SIGPIPE from a program that
        // does not read.
        let inputFile = try UnnamedFile(content: input)
        let outputFile = try UnnamedFile(content: "")
        let child = try ChildProcess(
            command, environment: baseEnvironment.merging(environment) { $1 },
            input: inputFile.descriptor, output: outputFile.descriptor)
        let status = child.waitForExit(upTo: limit)
        return Outcome(status: status, output: try outputFile.content())
    }

    /// What programs see of the environment: none of the PG... variables that a person may have set for other servers.
    static let baseEnvironment = [
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
    ]

    static func lastLines(_ text: String, count: Int = 20) -> String {
        text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }
}
