import ArgumentParser
import Foundation
import Ledger
import Postgres
import TollgateCore
import TollgateServer

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that counters, ledger, uploads and store agree; tell and repair where they do not.",
        discussion: """
            A line each: the number of the invariant that is broken (docs/operations.md has them), the tenant, and \
            what disagrees; "note" is nothing broken. Gateways may go on: rows are read in one snapshot, and what \
            moves while the store is looked at is looked at again.

            With --repair, tenants in which rows disagree are put right one after the other, each under its lock: the \
            finished uploads and what uploads hold are the truth, counters are set, and the ledger gets entries of the \
            kind correction. What was written stays. "done" says what was done, "left" what people have to decide.

            Exit status 0: no discrepancy, or none that is left; 1: there are; 2: it could not be found out; 130: \
            interrupted.
            """)

    @Flag(help: "Also compare every finished upload with its object, and every object with its upload.")
    var store = false
    @Flag(help: "Put right what can be decided.")
    var repair = false
    @Flag(
        help: ArgumentHelp(
            "With --store --repair: remove objects that no upload speaks of.",
            discussion: """
                Only those that are older than any upload can take. Make sure that the database is no older copy, and \
                that nothing else keeps objects below the key prefix.
                """))
    var removeOrphans = false
    @Option(help: ArgumentHelp("Look at this tenant alone.", valueName: "slug"))
    var tenant: String?
    @Option(help: "How to print: text or json.")
    var format = AuditFormat.text
    @OptionGroup var configuration: ConfigurationOptions

    func validate() throws {
        guard !removeOrphans || store && repair else {
            throw ValidationError("--remove-orphans needs --store and --repair.")
        }
    }

    func run() async throws {
        let progress = TerminalProgress()
        let output = AuditOutput(format, progress: progress)
        do {
            let summary = try await reportingFailures(as: ExitCode(2)) {
                let settings = try configuration.load()
                let (serving, slug, repairs, removesOrphans) = (
                    store ? try settings.serving() : nil, try tenant.map(Slug.init(checked:)), repair, removeOrphans
                )
                return try await untilInterrupted {
                    try await DatabaseCommand.withPool(settings) { pool in
                        try await Migrator(pool: pool).requireCurrentSchema()
                        return try await Self.audit(
                            Ledger(pool: pool), slug, serving, settings.uploads.holding, repairs: repairs,
                            removesOrphans: removesOrphans, output,
                            progress)
                    }
                }
            }
            await output.end(summary, repaired: repair)
            if !summary.isClean { throw ExitCode.failure }
        } catch is Interrupted {
            throw ExitCode(130)
        }
    }

    private static func audit(
        _ ledger: Ledger, _ slug: Slug?, _ serving: ServingSettings?, _ holding: Holding, repairs: Bool,
        removesOrphans: Bool,
        _ output: AuditOutput, _ progress: TerminalProgress
    ) async throws -> AuditSummary {
        var tenant: Tenant?
        if let slug {
            tenant = try await ledger.tenant(slug: slug)
            guard tenant != nil else { throw Failure("There is no tenant \(slug).") }
        }
        let scope = tenant
        @Sendable func run(_ objects: ObjectAudit?) async throws -> AuditSummary {
            await output.begin()
            return try await Audit(
                ledger: ledger, tenant: scope, objects: objects, repairs: repairs, holding: holding,
                report: { await output.show($0) }, progress: { progress.show($0) }
            ).run()
        }
        guard let serving else { return try await run(nil) }
        return try await ObjectAudit.with(serving, ledger: ledger, removesOrphans: removesOrphans) { try await run($0) }
    }
}
