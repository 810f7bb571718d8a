import ArgumentParser
import Ledger
import Migrations
import Postgres
import TollgateServer

struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to this program's schema.",
        discussion: """
            Safe to run at any time and from several machines at once: an advisory lock lets one work. With \
            --serving-role the role that gateways log in as, another than this one, gets what serving takes and no more: \
            name it every time, for new tables are its only then.
            """)

    @Flag(help: "Only list what would be applied.")
    var dryRun = false
    @Option(
        help: ArgumentHelp("Role that gateways serve under; made, without login, where missing.", valueName: "name"))
    var servingRole: String?
    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        try await reportingFailures {
            let settings = try configuration.load()
            try await DatabaseCommand.withPool(settings) { pool in
                let migrator = Migrator(pool: pool)
                let migrations =
                    dryRun ? try await migrator.pending() : try await migrator.migrate(servingRole: servingRole)
                for migration in migrations {
                    say("\(dryRun ? "would apply" : "applied") \(migration.fileName)")
                }
                if migrations.isEmpty { say("The schema is up to date.") }
                if let servingRole { say("\(dryRun ? "would let" : "let") \(servingRole) serve") }
            }
        }
    }
}
