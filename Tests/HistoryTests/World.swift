import Foundation
import Logging
import NIOCore
import NIOPosix
import ObjectStorage
import Postgres
import Synchronization
import TestSupport
import Testing
import TollgateCore

@testable import Ledger
@testable import TollgateServer

/// What histories happen in: a real database, a real store on disk, a clock that tests set, and several gateways.
/// Histories follow each other in one world; each makes tenants of its own, and leaves nothing that is due.
final class World: Sendable {
    let pool: PostgresPool
    let store: LocalObjectStore
    let gateways: [HistoryGateway]
    private let clock: Mutex<Date>
    private let directory: URL

    static let holding = Holding(graceSeconds: 60, windowSeconds: 3_600)
    static let firstMoment = Date(timeIntervalSince1970: 1_795_000_000)

    /// Lends a world, and takes it down whatever happens.
    static func with<Result>(gateways: Int = 2, _ body: (World) async throws -> Result) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tollgate-history-\(UUID())")
        let world = try await World(directory: directory, gateways: gateways)
        do {
            let result = try await body(world)
            try await world.close()
            return result
        } catch {
            try await world.close()
            throw error
        }
    }

    private init(directory: URL, gateways: Int) async throws {
        let url = try await TestCluster.shared.newDatabase()
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: url, maximumConnections: 2))
        _ = try await Migrator(pool: pool).migrate()
        let store = try await LocalObjectStore(
            directory: directory.path(),
            endpoint: S3Endpoint(url: "http://localhost:8080/storage", bucket: "uploads", style: .path),
            signer: S3Signer(
                credentials: S3Credentials(accessKeyID: "HISTORY", secretAccessKey: "history"), region: "us-east-1",
                at: Self.firstMoment),
            threads: .singleton)
        self.pool = pool
        self.store = store
        self.directory = directory
        clock = Mutex(Self.firstMoment)
        var made: [HistoryGateway] = []
        for number in 0..<gateways {
            made.append(
                HistoryGateway(
                    name: "gateway-\(number)",
                    pool: try PostgresPool(
                        configuration: PostgresConfiguration(
                            url: url, maximumConnections: 3, applicationName: "gateway-\(number)")),
                    storage: CrashingStorage(store)))
        }
        self.gateways = made
        try await Watch.install(on: pool)
    }

    private func close() async throws {
        for gateway in gateways { await gateway.pool.shutdown() }
        await pool.shutdown()
        try FileManager.default.removeItem(at: directory)
    }

    var now: Date { clock.withLock { $0 } }

    func set(_ moment: Date) { clock.withLock { $0 = moment } }

    /// One gateway's services as they are after a start: they remember nothing.
    func services(of gateway: HistoryGateway) -> HistoryServices {
        gateway.storage.restart()
        let clock: @Sendable () -> Date = { [self] in now }
        let ledger = Ledger(pool: gateway.pool)
        let uploads = UploadService(
            ledger: ledger, storage: gateway.storage, holding: Self.holding, keyPrefix: .none, ids: UploadIDs(),
            now: clock)
        let sweeper = Sweeper(
            ledger: ledger, uploads: uploads, storage: gateway.storage, holding: Self.holding, interval: .seconds(1),
            now: clock, logger: Logger(label: "history") { _ in SwiftLogNoOpLogHandler() })
        return HistoryServices(ledger: ledger, uploads: uploads, sweeper: sweeper)
    }

    func makeTenant(_ limits: TenantLimits) async throws -> Identity {
        let id = TenantID(UUID())
        let slug = try #require(Slug("t" + id.description.filter { $0 != "-" }))
        let tenant = Tenant(
            id: id, slug: slug, name: try TenantName("history"), limits: limits, createdAt: now, suspendedAt: nil)
        var random = SystemRandomNumberGenerator()
        let key = APIKey.generate { count in (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let stored = StoredAPIKey(
            id: APIKeyID(UUID()), publicID: key.publicID, tenantID: id, name: "history", hash: "$argon2id$history",
            scopes: .tenantAdmin, constraints: .none, createdAt: now, createdBy: nil, expiresAt: nil, revokedAt: nil,
            lastUsedAt: nil)
        try await Ledger(pool: pool).createTenant(tenant, firstKey: stored, by: Self.operator)
        return Identity(key: stored, tenant: tenant)
    }

    func setLimits(_ limits: TenantLimits, of tenant: TenantID) async throws {
        _ = try await Ledger(pool: pool).changeTenant(tenant, by: Self.operator, at: now) { before in
            Tenant(
                id: before.id, slug: before.slug, name: before.name, limits: limits, createdAt: before.createdAt,
                suspendedAt: before.suspendedAt)
        }
    }

    private static let `operator` = ChangeOrigin(actor: .console(user: "history"))

    /// Puts an object as a form would, or, without a checksum, as anybody who can write to the bucket.
    func put(_ bytes: [UInt8], _ key: ObjectKey, checksum: ChecksumSHA256?) async throws -> StoredObject {
        try await store.put(
            key, ObjectAttributes(contentType: "image/png", checksum: checksum.map { .verify($0.bytes) } ?? .none),
            length: 0...Int64.max, body: OneBuffer(ByteBuffer(bytes: bytes)))
    }
}

struct HistoryGateway: Sendable {
    let name: String
    let pool: PostgresPool
    let storage: CrashingStorage
}

struct HistoryServices: Sendable {
    let ledger: Ledger
    let uploads: UploadService
    let sweeper: Sweeper
}

/// A body of one piece.
struct OneBuffer: AsyncSequence, Sendable {
    private let buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    struct AsyncIterator: AsyncIteratorProtocol {
        var buffer: ByteBuffer?

        mutating func next() async throws -> ByteBuffer? { buffer.take() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: buffer) }
}

extension Sweeper {
    /// One round of both kinds of its work: what expires is removed in the same round.
    func sweep() async throws {
        try await looks.sweep()
        try await removals.sweep()
    }
}

extension Identity {
    func with(_ limits: TenantLimits) -> Identity {
        Identity(
            key: key,
            tenant: Tenant(
                id: tenant.id, slug: tenant.slug, name: tenant.name, limits: limits, createdAt: tenant.createdAt,
                suspendedAt: nil))
    }
}
