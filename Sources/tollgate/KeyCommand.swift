import ArgumentParser
import Foundation
import TollgateCore
import TollgateServer

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Create, list and revoke a tenant's API keys.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a key and print it, this once.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @Option(help: "What the key is for.")
        var name: String
        @Option(
            name: .customLong("scope"), parsing: .singleValue,
            help: ArgumentHelp(
                "uploads:write, uploads:read, uploads:delete, usage:read or keys:manage; may be repeated.",
                valueName: "scope"))
        var scopes: [String]
        @Option(help: ArgumentHelp("Days until the key expires; without it, never.", valueName: "days"))
        var expiresInDays: Int?
        @Option(help: ArgumentHelp("Largest file that the key may upload.", valueName: "bytes"))
        var maxFileBytes: ByteLimit?
        @Option(
            name: .customLong("allowed-type"),
            help: ArgumentHelp("Media type that the key may upload; may be repeated.", valueName: "type"))
        var allowedTypes: [String] = []
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func validate() throws {
            guard !scopes.isEmpty else { throw ValidationError("At least one --scope is needed.") }
            if let expiresInDays, !(1...36_500).contains(expiresInDays) {
                throw ValidationError("--expires-in-days must be 1 to 36500.")
            }
        }

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let now = Date()
                let scopes = try ScopeSet(names: scopes)
                guard !scopes.contains(Scope.platformOperator) else {
                    throw Failure("A tenant's key cannot be the operator's. See: tollgate operator-key create")
                }
                let key = try await database.keys.create(
                    tenant: try await database.tenant(slug).id, name: try APIKeyName(name), scopes: scopes,
                    constraints: try KeyConstraints(
                        maximumFileBytes: maxFileBytes?.bytes, allowedTypes: allowedTypes.isEmpty ? nil : allowedTypes),
                    expiresAt: expiresInDays.map { now.addingTimeInterval(TimeInterval($0) * 86_400) }, by: .console,
                    at: now)
                Output(output.format).show(KeyReport(key: key.stored, secret: key.secret.reveal()))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a tenant's keys, newest first.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let keys = try await database.keys.list(of: try await database.tenant(slug).id)
                Output(output.format).show(
                    keys.map { KeyReport(key: $0, secret: nil) }, columns: KeyReport.columns)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key. It is refused at once, for good.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @Argument(help: "The key's id, or its hint tg_<12 characters>.")
        var key: String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let tenant = try await database.tenant(slug)
                guard let revoked = try await database.revoke(key, of: tenant.id) else {
                    throw Failure("\(slug) has no key \(key).")
                }
                say("\(revoked.publicID.hint) is revoked.")
            }
        }
    }
}

struct OperatorKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator-key", abstract: "Keys of the platform's operator.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create an operator key and print it, this once.")

        @Option(help: "What the key is for.")
        var name: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let key = try await database.keys.create(
                    tenant: nil, name: try APIKeyName(name), scopes: .platformOperator, by: .console, at: Date())
                Output(output.format).show(KeyReport(key: key.stored, secret: key.secret.reveal()))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the operator's keys, newest first.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let keys = try await database.keys.list(of: nil)
                Output(output.format).show(
                    keys.map { KeyReport(key: $0, secret: nil) }, columns: KeyReport.columns)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke an operator key. It is refused at once, for good.")

        @Argument(help: "The key's id, or its hint tg_<12 characters>.")
        var key: String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                guard let revoked = try await database.revoke(key, of: nil) else {
                    throw Failure("The operator has no key \(key).")
                }
                say("\(revoked.publicID.hint) is revoked.")
            }
        }
    }
}

extension DatabaseCommand {
    /// - Parameters:
    ///   - key: an id, or a hint.
    ///   - tenant: whose; nil: the operator's.
    /// - Returns: nil where there is no such key.
    /// - Throws: `PostgresError`.
    fileprivate func revoke(_ key: String, of tenant: TenantID?) async throws -> StoredAPIKey? {
        let found = try await keys.list(of: tenant).first { $0.id.description == key || $0.publicID.hint == key }
        guard let found else { return nil }
        return try await keys.revoke(found.id, of: tenant, by: .console, at: Date())
    }
}
