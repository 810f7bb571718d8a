import Foundation
import Postgres
import Synchronization
package import TollgateCore

/// Ids of audit entries, increasing over the whole process.
final class AuditEntryIDs: Sendable {
    private let sequence = Mutex(UUIDv7Sequence())

    func next(at now: Date) -> AuditEntryID {
        var random = SystemRandomNumberGenerator()
        return AuditEntryID(sequence.withLock { $0.next(now: now, using: &random) })
    }
}

extension Ledger {
    /// Writes changes into the audit log, within the transaction that makes them.
    func record(
        _ changes: [AuditedChange], by origin: ChangeOrigin, at now: Date, _ connection: isolated PostgresConnection
    ) async throws {
        for change in changes {
            let actor = origin.actor.columns
            let target = change.target.columns
            _ = try await connection.query(
                """
                INSERT INTO audit_entries (
                    id, tenant_id, at, actor_kind, actor_key_id, actor_user, action, target_kind, target_id, before,
                    after, request_id, address)
                VALUES (
                    \(auditIDs.next(at: now).rawValue), \(orNull: change.tenantID?.rawValue), \(now),
                    \(actor.kind), \(orNull: actor.keyID?.rawValue), \(orNull: actor.user),
                    \(change.action.rawValue), \(target.kind), \(target.id),
                    \(orNull: change.before.map(JSONText.init(object:))),
                    \(orNull: change.after.map(JSONText.init(object:))),
                    \(orNull: origin.requestID), \(orNull: origin.address))
                """)
        }
    }

    /// A page of a tenant's audit log, newest first.
    /// - Parameters:
    ///   - tenant: whose log.
    ///   - before: the last id of the page before; nil for the first page.
    ///   - limit: how many at most.
    /// - Returns: at most `limit` entries; fewer at the end.
    /// - Throws: `PostgresError`.
    package func auditEntries(of tenant: TenantID, before: AuditEntryID?, limit: Int) async throws -> [AuditEntry] {
        try await read(
            for: tenant,
            """
            SELECT id, tenant_id, at, actor_kind, actor_key_id, actor_user, action, target_kind, target_id, before,
                after, request_id, address
            FROM audit_entries
            WHERE tenant_id = \(tenant.rawValue)
                AND (\(orNull: before?.rawValue)::uuid IS NULL OR id < \(orNull: before?.rawValue)::uuid)
            ORDER BY id DESC
            LIMIT \(Int64(limit))
            """
        ).map(AuditEntry.init(row:))
    }
}

extension AuditActor {
    fileprivate var columns: (kind: String, keyID: APIKeyID?, user: String?) {
        switch self {
        case .key(let id): ("key", id, nil)
        case .platformOperator(let id): ("operator", id, nil)
        case .console(let user): ("cli", nil, user)
        }
    }

    fileprivate init(row: PostgresRow) throws {
        let key = try row.decode("actor_key_id", as: UUID?.self).map(APIKeyID.init(_:))
        switch (try row.decode("actor_kind", as: String.self), key) {
        case ("key", let key?): self = .key(key)
        case ("operator", let key?): self = .platformOperator(key)
        case ("cli", nil): self = .console(user: try row.decode("actor_user", as: String?.self))
        default: throw LedgerError.corrupt(table: "audit_entries", column: "actor_kind")
        }
    }
}

extension AuditTarget {
    fileprivate var columns: (kind: String, id: UUID) {
        switch self {
        case .tenant(let id): ("tenant", id.rawValue)
        case .key(let id): ("key", id.rawValue)
        }
    }

    fileprivate init(row: PostgresRow) throws {
        let id = try row.decode("target_id", as: UUID.self)
        switch try row.decode("target_kind", as: String.self) {
        case "tenant": self = .tenant(TenantID(id))
        case "key": self = .key(APIKeyID(id))
        default: throw LedgerError.corrupt(table: "audit_entries", column: "target_kind")
        }
    }
}

extension AuditEntry {
    fileprivate init(row: PostgresRow) throws {
        guard let action = AuditAction(rawValue: try row.decode("action", as: String.self)) else {
            throw LedgerError.corrupt(table: "audit_entries", column: "action")
        }
        self.init(
            id: AuditEntryID(try row.decode("id", as: UUID.self)), at: try row.decode("at", as: Date.self),
            origin: ChangeOrigin(
                actor: try AuditActor(row: row), requestID: try row.decode("request_id", as: String?.self),
                address: try row.decode("address", as: String?.self)),
            change: AuditedChange(
                tenantID: try row.decode("tenant_id", as: UUID?.self).map(TenantID.init(_:)), action: action,
                target: try AuditTarget(row: row),
                before: try row.decode("before", as: JSONText?.self)?.object(),
                after: try row.decode("after", as: JSONText?.self)?.object()))
    }
}

extension JSONText {
    fileprivate init(object: JSONObject) {
        var json = JSONWriter()
        json.value(.object(object))
        self.init(json.text)
    }

    fileprivate func object() throws -> JSONObject {
        guard case .object(let object) = try JSONParser.parse(Array(text.utf8)) else {
            throw LedgerError.corrupt(table: "audit_entries", column: "before, after")
        }
        return object
    }
}
