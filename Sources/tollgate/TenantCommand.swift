import ArgumentParser
import Foundation
import TollgateCore
import TollgateServer

struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Create, list and change tenants.",
        subcommands: [Create.self, List.self, Show.self, SetLimits.self, Suspend.self, Resume.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a tenant and print its first admin key, this once.")

        @Argument(help: "Short name, 3 to 40 of a-z, 0-9 and -; the prefix of its object keys; never changed.")
        var slug: String
        @Option(help: "Name for people.")
        var name: String
        @OptionGroup(title: "Limits") var limits: LimitOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let (tenant, key) = try await database.tenants.create(
                    slug: try Slug(checked: slug), name: try TenantName(name), limits: try limits.applied(),
                    by: .console, at: Date())
                Output(output.format).show(
                    TenantReport(tenant: tenant, usage: nil, key: key.secret.reveal()))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all tenants.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                var all: [Tenant] = []
                while true {
                    let page = try await database.tenants.list(after: all.last?.slug, limit: 500)
                    all += page
                    if page.count < 500 { break }
                }
                Output(output.format).show(
                    all.map { TenantReport(tenant: $0, usage: nil, key: nil) },
                    columns: ["slug", "name", "id", "suspended"])
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a tenant with its limits and usage.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let tenant = try await database.tenant(slug)
                let usage = try await database.tenants.usage(of: tenant.id, at: Date())
                Output(output.format).show(TenantReport(tenant: tenant, usage: usage, key: nil))
            }
        }
    }

    struct SetLimits: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-limits", abstract: "Change the limits that are given; the others stay.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @OptionGroup(title: "Limits") var limits: LimitOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                let tenant = try await database.tenant(slug)
                let limits = limits
                let changed = try await database.tenants.change(
                    tenant.id, by: .console, at: Date(), TenantChange(limits: { try limits.applied(to: $0) }))
                Output(output.format).show(TenantReport(tenant: changed ?? tenant, usage: nil, key: nil))
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse all calls of a tenant's keys. Nothing is lost; forms already handed out still work.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                try await database.suspend(slug, true)
                say("\(slug) is suspended.")
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a tenant's suspension.")

        @Argument(help: "The tenant's slug.")
        var slug: String
        @OptionGroup var configuration: ConfigurationOptions

        func run() async throws {
            try await DatabaseCommand.run(configuration) { database in
                try await database.suspend(slug, false)
                say("\(slug) is active.")
            }
        }
    }
}

extension DatabaseCommand {
    fileprivate func suspend(_ slug: String, _ suspended: Bool) async throws {
        _ = try await tenants.change(
            try await tenant(slug).id, by: .console, at: Date(), TenantChange(suspended: suspended))
    }

    /// - Throws: ``Failure`` where no tenant has this slug.
    func tenant(_ slug: String) async throws -> Tenant {
        guard let tenant = try await tenants.find(try Slug(checked: slug)) else {
            throw Failure("There is no tenant \(slug).")
        }
        return tenant
    }
}

extension Slug {
    /// - Throws: ``Failure`` that says what a slug is.
    init(checked text: String) throws {
        guard let slug = Slug(text) else {
            throw Failure("A slug has 3 to 40 characters of a-z, 0-9 and -, and neither begins nor ends with -.")
        }
        self = slug
    }
}
