package import Foundation
package import Ledger
package import TollgateCore

/// Proves the invariants of the data, and puts right what can be decided.
///
/// The rows are held against each other in one snapshot. A tenant in which that found something is repaired by itself,
/// under its lock, from what is there then; afterwards it is looked at again, and what is still wrong is left to people.
package actor Audit {
    private let ledger: Ledger
    /// nil: all.
    private let tenant: Tenant?
    private let objects: ObjectAudit?
    private let repairs: Bool
    private let holding: Holding
    private let now: @Sendable () -> Date
    private let report: @Sendable (AuditEvent) async throws -> Void
    private let progress: @Sendable (String) -> Void

    private var summary = AuditSummary()
    /// Tenants in which the rows disagree.
    private var wrong: [TenantID: String] = [:]

    /// - Parameters:
    ///   - ledger: what is proven.
    ///   - tenant: nil for all tenants.
    ///   - objects: looks at the store; nil: the store is not asked.
    ///   - repairs: whether something is done about what is found.
    ///   - holding: how long uploads are held, by the gateway's settings.
    ///   - now: the time of corrections.
    ///   - report: given each event, in order.
    ///   - progress: told in a few words what goes on.
    package init(
        ledger: Ledger, tenant: Tenant?, objects: ObjectAudit?, repairs: Bool, holding: Holding,
        now: @escaping @Sendable () -> Date = { Date() },
        report: @escaping @Sendable (AuditEvent) async throws -> Void,
        progress: @escaping @Sendable (String) -> Void
    ) {
        self.ledger = ledger
        self.tenant = tenant
        self.objects = objects
        self.repairs = repairs
        self.holding = holding
        self.now = now
        self.report = report
        self.progress = progress
    }

    /// Runs once.
    /// - Throws: what keeps it from an answer: `PostgresError`, `ObjectStorageError`, `CancellationError`.
    package func run() async throws -> AuditSummary {
        progress("adding up uploads and ledger")
        try await ledger.audit(of: tenant?.id) { try await self.take($0) }
        if repairs { try await repair() }
        if let objects {
            try await objects.run(tenant, repairs: repairs, progress: progress, report: { try await self.pass(on: $0) })
        }
        return summary
    }

    private func take(_ discrepancy: Discrepancy) async throws {
        if discrepancy.check.isNote {
            summary.noted += 1
            return try await report(.noted(discrepancy))
        }
        summary.found += 1
        if repairs {
            wrong[discrepancy.tenantID] = discrepancy.slug
        } else {
            summary.left += 1
        }
        try await report(.found(discrepancy))
    }

    private func repair() async throws {
        for (tenant, slug) in wrong.sorted(by: { $0.value < $1.value }) {
            progress("repairing \(slug)")
            for what in try await ledger.repair(tenant, holding: holding, at: now()).words {
                summary.repaired += 1
                try await report(.repaired(slug: slug, what: what))
            }
            try await ledger.audit(of: tenant) { try await self.leave($0) }
        }
    }

    private func leave(_ discrepancy: Discrepancy) async throws {
        guard !discrepancy.check.isNote else { return }
        summary.left += 1
        try await report(.left(discrepancy))
    }

    private func pass(on event: AuditEvent) async throws {
        switch event {
        case .found(let discrepancy), .noted(let discrepancy):
            if discrepancy.check.isNote { summary.noted += 1 } else { summary.found += 1 }
            if !repairs, !discrepancy.check.isNote { summary.left += 1 }
        case .repaired: summary.repaired += 1
        case .left: summary.left += 1
        }
        try await report(event)
    }
}
