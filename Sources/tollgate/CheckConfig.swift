import ArgumentParser
import Foundation
import TollgateServer

struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every setting, its value and where it came from; secrets hidden.",
        discussion: "Exit status 1 when a value is malformed or serve would refuse to start.")

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let report = SettingsReport(
            environment: ProcessInfo.processInfo.environment, configFile: configuration.config)
        var servingProblems: [SettingsProblem] = []
        do {
            _ = try report.settings.serving()
        } catch {
            servingProblems = error.problems
        }
        say(report.render(servingProblems: servingProblems), terminator: "")
        guard report.problems.isEmpty, servingProblems.isEmpty else { throw ExitCode.failure }
    }
}
