import ArgumentParser
import Foundation
import Ledger
import Logging
import Postgres
import PostgresCluster
import TollgateCore
import TollgateServer

struct Dev: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run everything on this machine: a private PostgreSQL, a local store, a tenant to try.",
        discussion: """
            Keeps its data in --data and finds it again at the next start. Writes <data>/dev.env when it is ready: \
            addresses and keys, fit for `. <data>/dev.env` in a shell. Settings given for serve hold here too. \
            Ctrl-C or SIGTERM stops all of it.
            """)

    @Option(help: ArgumentHelp("Where everything is kept.", valueName: "directory"))
    var data = ".tollgate"
    @OptionGroup var listening: ListeningOptions
    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        try await reportingFailures {
            let directory = try DevDirectory(path: data)
            let secrets = try directory.loadOrMakeSecrets()
            var settings = try load(secrets, directory, databaseURL: nil)
            let logger = bootstrapLogging(settings)
            guard settings.database.url == nil else {
                return try await serve(settings, as: settings, directory, logger)
            }
            let cluster = try await PostgresCluster.start(directory: directory.postgres)
            do {
                try await cluster.createDatabase("tollgate")
                let url = cluster.url(database: "tollgate")
                settings = try load(secrets, directory, databaseURL: url)
                // The server sets the role as each session begins (PostgreSQL, "Client Connection Defaults").
                let lesser = try load(
                    secrets, directory, databaseURL: "\(url)&options=-c%20role%3D\(Self.servingRole)")
                try await serve(settings, as: lesser, servingRole: Self.servingRole, directory, logger)
            } catch {
                await cluster.stop()
                throw error
            }
            await cluster.stop()
        }
    }

    /// The gateway of `dev` has the privileges of one in production, so that what they forbid shows here first.
    private static let servingRole = "tollgate_gateway"

    /// The settings with what `dev` makes for itself below what the user gave.
    private func load(_ secrets: DevSecrets, _ directory: DevDirectory, databaseURL: String?) throws -> Settings {
        var generated = [
            "secret": secrets.tokenSecret,
            "server.cors_origins": "*",
            "storage.local.directory": directory.objects.path,
            "storage.local.access_key_id": secrets.accessKeyID,
            "storage.local.secret_access_key": secrets.secretAccessKey,
            "log.format": "text",
        ]
        generated["database.url"] = databaseURL
        return try configuration.load(
            flags: listening.flags, generated: generated)
    }

    /// - Parameters:
    ///   - owner: the settings with the database's owner, for migrating and for the commands of whoever runs this.
    ///   - gateway: the settings that the gateway serves with.
    ///   - servingRole: the role of its sessions; nil: the owner's.
    ///   - directory: where the keys and addresses are written.
    ///   - logger: the gateway's.
    /// - Throws: what keeps the gateway from starting.
    private func serve(
        _ owner: Settings, as gateway: Settings, servingRole: String? = nil, _ directory: DevDirectory, _ logger: Logger
    ) async throws {
        let serving = try owner.serving()
        let keys = try await DatabaseCommand.withPool(owner) { pool in
            _ = try await Migrator(pool: pool).migrate(servingRole: servingRole)
            let ledger = Ledger(pool: pool)
            let keyService = try KeyService(ledger: ledger, settings: owner.keys)
            return try await DemoTenant(
                tenants: TenantService(ledger: ledger, keys: keyService), keys: keyService, ledger: ledger
            ).prepare(directory)
        }
        try await Gateway(settings: try gateway.serving(), logger: logger).run { publicURL in
            let environment = DevEnvironment(url: publicURL, keys: keys, settings: serving)
            try directory.write(environment)
            say(environment.greeting(file: directory.environmentFile.path))
        }
    }
}
