import ArgumentParser
import TollgateCore
import TollgateServer

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the database, the store and the addresses that a gateway is to serve on.",
        discussion: """
            A line each: ok, FAIL or skip, what was seen, and what to do about it. Objects that it stores below \
            <key prefix>.tollgate-doctor/ are removed again. Start the gateway first: its public URL is asked too. \
            Exit status 1 when a check fails.
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let findings = try await reportingFailures { try await Checkup.run(try configuration.load().serving()) }
        switch output.format {
        case .table: say(findings.text)
        case .json: Output(.json).show(findings.map(FindingReport.init), columns: [])
        }
        if findings.holdsFailure { throw ExitCode.failure }
    }
}

/// A finding, as programs read it.
struct FindingReport: Report {
    let finding: Finding

    var members: [(name: String, value: JSONValue)] {
        [
            ("check", .string(finding.check)), ("verdict", .string(finding.verdict.rawValue.lowercased())),
            ("seen", .string(finding.seen)), ("advice", .optional(finding.advice)),
        ]
    }
}
