import Argon2
import Foundation
import Ledger
import Logging
import Postgres
import TestSupport
import Testing
import TollgateCore

@testable import TollgateServer

/// One gateway's verification of keys on a migrated database of its own, with a tenant and its first key.
struct KeyFixture {
    let url: String
    let pool: PostgresPool
    let ledger: Ledger
    let argon2: Argon2Pool
    let cache: KeyCache
    let upkeep: KeyUpkeep
    let verifier: KeyVerifier
    let tenant: Tenant
    let key: IssuedKey

    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    static func with(
        cacheSeconds: Int = 60, capacity: Int = 100, maximumWaiting: Int = 200, parameters: Argon2Parameters? = nil,
        suspects: Argon2Pool? = nil,
        _ body: (KeyFixture) async throws -> Void
    ) async throws {
        let url = try await TestCluster.shared.newDatabase()
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: url, maximumConnections: 4))
        let cheap = try Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1)
        let argon2 = Argon2Pool(workers: 2, maximumWaiting: maximumWaiting, parameters: parameters ?? cheap)
        do {
            _ = try await Migrator(pool: pool).migrate()
            let ledger = Ledger(pool: pool)
            let cache = try KeyCache(lifetimeSeconds: cacheSeconds, capacity: capacity)
            let upkeep = KeyUpkeep(ledger: ledger, argon2: argon2, cache: cache, logger: Logger(label: "test"))
            let tenant = Tenant(
                id: TenantID(UUID()), slug: try #require(Slug("acme")), name: try TenantName("Acme"), limits: .standard,
                createdAt: now, suspendedAt: nil)
            let key = try await issue(of: tenant.id)
            try await ledger.createTenant(tenant, firstKey: key.stored)
            try await body(
                KeyFixture(
                    url: url, pool: pool, ledger: ledger, argon2: argon2, cache: cache, upkeep: upkeep,
                    verifier: KeyVerifier(
                        ledger: ledger, provers: KeyProvers(ordinary: argon2, suspects: suspects ?? argon2),
                        cache: cache, upkeep: upkeep),
                    tenant: tenant, key: key))
            await pool.shutdown()
            await argon2.shutdown()
        } catch {
            await pool.shutdown()
            await argon2.shutdown()
            throw error
        }
    }

    /// A key with the cheapest hash, not stored.
    static func issue(of tenant: TenantID?, expiresAt: Date? = nil) async throws -> IssuedKey {
        let secret = APIKey.generate { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }
        let hash = try Argon2id.hash(
            Array(secret.reveal().utf8), salt: (0..<16).map { _ in UInt8.random(in: 0...255) },
            parameters: try Argon2Parameters(memoryKiB: 64, iterations: 1, parallelism: 1))
        return IssuedKey(
            secret: secret,
            stored: StoredAPIKey(
                id: APIKeyID(UUID()), publicID: secret.publicID, tenantID: tenant, name: "test", hash: hash,
                scopes: tenant == nil ? .platformOperator : .tenantAdmin, constraints: .none, createdAt: now,
                createdBy: nil, expiresAt: expiresAt, revokedAt: nil, lastUsedAt: nil))
    }

    func newKey(of tenant: TenantID?, expiresAt: Date? = nil) async throws -> IssuedKey {
        let key = try await Self.issue(of: tenant, expiresAt: expiresAt)
        try await ledger.insert(key.stored)
        return key
    }

    func verify(_ key: IssuedKey, at seconds: TimeInterval = 0) async throws -> KeyRows? {
        try await verifier.verify(key.secret.reveal(), at: Self.now.addingTimeInterval(seconds))
    }

    func isValid(_ key: IssuedKey, at seconds: TimeInterval = 0) async throws -> Bool {
        try await verify(key, at: seconds) != nil
    }

    /// Well formed, of the same public id, with another secret.
    static func forged(_ key: IssuedKey) throws -> String {
        let text = key.secret.reveal()
        let body = String(text.dropLast(7)) + (text.dropLast(6).last == "a" ? "b" : "a")
        return body + Base62.encode(CRC32.checksum(body.utf8))
    }

    /// Runs `body` while the gateway hears of changes.
    func listening(_ body: () async throws -> Void) async throws {
        let listener = try IdentityListener(
            database: PostgresConfiguration(url: url), caches: [cache], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            try await until { cache.isListening }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// Asks until `condition` holds; the time limit of the suite ends it.
nonisolated(nonsending) func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
