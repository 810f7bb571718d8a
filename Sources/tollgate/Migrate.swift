import ArgumentParser
import Ledger
import Migrations
import Postgres
import TollgateServer

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to this program's schema.",
        discussion: "Safe to run at any time and from several machines at once: an advisory lock lets one work.")

    @Flag(help: "Only list what would be applied.")
    var dryRun = false
    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        try await reportingFailures {
            let settings = try configuration.load()
            try await DatabaseCommand.withPool(settings) { pool in
                let migrator = Migrator(pool: pool)
                let migrations = dryRun ? try await migrator.pending() : try await migrator.migrate()
                for migration in migrations {
                    say("\(dryRun ? "would apply" : "applied") \(migration.fileName)")
                }
                if migrations.isEmpty { say("The schema is up to date.") }
            }
        }
    }
}
