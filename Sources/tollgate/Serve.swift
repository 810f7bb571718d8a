import ArgumentParser
import Logging
import TollgateServer

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one gateway on a database and a store that are there already.",
        discussion: "The database must have this program's schema: run tollgate migrate first.")

    @OptionGroup var listening: ListeningOptions
    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        try await reportingFailures {
            let settings = try configuration.load(flags: listening.flags)
            let serving = try settings.serving()
            let logger = bootstrapLogging(settings)
            try await Gateway(settings: serving, logger: logger).run { _ in }
        }
    }
}

/// Starts logging as the settings say, and logs what is odd about them. Once a process.
func bootstrapLogging(_ settings: Settings) -> Logger {
    LoggingSystem.bootstrap(LineLogHandler.factory(settings.log, sink: .standardError), metadataProvider: nil)
    let logger = Logger(label: "tollgate")
    for warning in settings.warnings { logger.warning("settings", metadata: [LogKeys.setting: .string(warning)]) }
    return logger
}
