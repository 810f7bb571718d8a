import Foundation
import Ledger
import Postgres
import TollgateCore
import TollgateServer

/// What the commands on a database share: a small pool, a schema that is this program's, services.
struct DatabaseCommand {
    let ledger: Ledger
    let keys: KeyService
    let tenants: TenantService

    /// Opens the database of the settings, does the work and closes it.
    static func run<Result>(
        _ options: ConfigurationOptions, _ work: (DatabaseCommand) async throws -> Result
    ) async throws -> Result {
        try await reportingFailures {
            let settings = try options.load()
            return try await withPool(settings) { pool in
                try await Migrator(pool: pool).requireCurrentSchema()
                let ledger = Ledger(pool: pool)
                let keys = try KeyService(ledger: ledger, settings: settings.keys)
                return try await work(
                    DatabaseCommand(ledger: ledger, keys: keys, tenants: TenantService(ledger: ledger, keys: keys)))
            }
        }
    }

    /// A pool for a short command, closed when the work ends.
    static func withPool<Result>(
        _ settings: Settings, _ work: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = try PostgresPool(configuration: settings.postgresConfiguration(maximumConnections: 2))
        do {
            let result = try await work(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }
}

extension ChangeOrigin {
    /// This command, in the audit log.
    static var console: ChangeOrigin { ChangeOrigin(actor: .console(user: NSUserName())) }
}
