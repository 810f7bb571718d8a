import Foundation
import ObjectStorage
import Postgres
import Synchronization
import TestSupport
import TollgateCore

@testable import Ledger
@testable import TollgateServer

/// Many calls at once over several gateways, which die and lose their connections meanwhile. What each of them did is
/// nobody's to foresee; what must hold whatever they did is checked whenever they are all over, and in the database
/// itself at every change (``Watch``).
struct ConcurrentHistory {
    private let world: World
    private var random: SeededGenerator
    private var identities: [Identity] = []
    private let record = HistoryRecord()

    private init(seed: UInt64, in world: World) {
        self.world = world
        random = SeededGenerator(seed: seed)
    }

    /// - Throws: ``HistoryFailure`` with all that happened before.
    static func run(seed: UInt64, in world: World) async throws {
        var history = ConcurrentHistory(seed: seed, in: world)
        do {
            try await history.run()
        } catch {
            throw HistoryFailure("\(error)\n" + history.record.log.joined(separator: "\n"))
        }
    }

    private mutating func run() async throws {
        world.set(World.firstMoment)
        for _ in 0..<random.number(1...2) {
            identities.append(try await world.makeTenant(try TenantLimits.random(by: &random)))
        }
        for _ in 0..<random.number(2...4) {
            try await phase()
            try await check()
            passTime()
        }
        try await settle()
    }

    /// Several clients and sweepers at once.
    private mutating func phase() async throws {
        let services = world.gateways.map(world.services)
        var plans = (0..<random.number(3...6)).map { _ in
            (0..<random.number(2...5)).map { _ in ConcurrentStep(by: &random, gateways: services.count) }
        }
        if random.chance(0.3) { plans.append([ConcurrentStep(.loseConnections, gateway: 0, pick: 0)]) }
        if random.chance(0.3) {
            world.gateways[random.number(0...services.count - 1)].storage.crash(afterEdges: random.number(0...12))
        }
        let limits = try random.chance(0.25) ? TenantLimits.random(by: &random) : nil
        try await withThrowingTaskGroup(of: Void.self) { [world, identities, record] group in
            for (number, plan) in plans.enumerated() {
                let actor = HistoryClient(
                    number: number, world: world, services: services, identities: identities, record: record)
                group.addTask { for step in plan { try await actor.take(step) } }
            }
            if let limits, let tenant = identities.first?.tenant.id {
                group.addTask { _ = try await Ledger(pool: world.pool).setLimits(limits, of: tenant) }
            }
            try await group.waitForAll()
        }
        if let limits { identities[0] = identities[0].with(limits) }
        for gateway in world.gateways { gateway.storage.restart() }
    }

    private mutating func passTime() {
        let spans: [ClosedRange<Int>] = [0...0, 1...100, 100...200, 800...1_100, 3_500...5_000]
        let span = spans.randomElement(using: &random) ?? 0...0
        world.set(world.now + TimeInterval(random.number(span)))
    }

    private func check() async throws {
        let tenants = identities.map(\.tenant)
        try await Observation.requireExactCounters(of: tenants, in: world)
        let observation = try await Observation(of: tenants, in: world)
        try observation.requireHeld(record.forms, at: world.now)
        try record.requireKept(in: observation)
    }

    private func settle() async throws {
        // Of the gateway that keeps its connections: a session that was just ended may show only at its next use.
        let sweeper = world.services(of: world.gateways[1]).sweeper
        var rounds = 0
        while true {
            let observation = try await Observation(of: identities.map(\.tenant), in: world)
            guard let next = observation.rows.values.compactMap(\.nextLook).min() else { break }
            rounds += 1
            guard rounds < 60 else { throw HistoryFailure("it never settles") }
            world.set(max(world.now, next))
            try await sweeper.sweep()
        }
        try await check()
        try await Observation(of: identities.map(\.tenant), in: world).requireSettled()
    }
}

/// One thing that a client does; which upload it is about is chosen when its turn comes.
struct ConcurrentStep: Sendable {
    enum Kind: Sendable {
        case start, put, finish, remove, renew, sweep, loseConnections
    }

    let kind: Kind
    let gateway: Int
    let pick: Int
    var disturbance = Disturbance.none
    private var seed: UInt64 = 0

    init(_ kind: Kind, gateway: Int, pick: Int) { (self.kind, self.gateway, self.pick) = (kind, gateway, pick) }

    init(by random: inout SeededGenerator, gateways: Int) {
        let kinds: [(Kind, Int)] = [(.start, 30), (.put, 20), (.finish, 22), (.remove, 10), (.renew, 8), (.sweep, 10)]
        var number = random.number(0...99)
        kind =
            kinds.first { _, share in
                number -= share
                return number < 0
            }?.0 ?? .start
        gateway = random.number(0...gateways - 1)
        pick = random.number(0...1_000)
        disturbance = random.chance(0.15) ? .cancel(yields: random.number(0...30)) : .none
        seed = random.next()
    }

    /// Numbers of this step's own, the same in every run.
    var random: SeededGenerator { SeededGenerator(seed: seed) }
}

/// What clients were told, and so what must hold for ever.
final class HistoryRecord: Sendable {
    struct Form: Sendable {
        let upload: Upload
        let tenant: Int
        let declared: [UInt8]?
    }

    private struct State {
        var started: [Form] = []
        var forms: [UploadID: Date] = [:]
        var finished: Set<UploadID> = []
        var removed: Set<UploadID> = []
        var log: [String] = []
    }

    private let state = Mutex(State())

    var log: [String] { state.withLock { $0.log } }
    var forms: [UploadID: Date] { state.withLock { $0.forms } }

    func note(_ text: String) { state.withLock { $0.log.append(text) } }

    func started(_ form: Form) {
        state.withLock {
            $0.started.append(form)
            $0.forms[form.upload.id] = form.upload.expiresAt
        }
    }

    func renewed(_ upload: Upload) {
        state.withLock { $0.forms[upload.id] = max($0.forms[upload.id] ?? .distantPast, upload.expiresAt) }
    }

    func finished(_ id: UploadID) { state.withLock { _ = $0.finished.insert(id) } }
    func removed(_ id: UploadID) { state.withLock { _ = $0.removed.insert(id) } }

    func pick(_ number: Int) -> (index: Int, form: Form, expiresAt: Date)? {
        state.withLock { state in
            guard !state.started.isEmpty else { return nil }
            let index = number % state.started.count
            let form = state.started[index]
            return (index, form, state.forms[form.upload.id] ?? form.upload.expiresAt)
        }
    }

    /// What was answered is what the database says, now and later.
    func requireKept(in observation: Observation) throws {
        let (started, finished, removed) = state.withLock { ($0.started, $0.finished, $0.removed) }
        for form in started where observation.rows[form.upload.id] == nil {
            throw HistoryFailure("a ticket was handed out and forgotten")
        }
        for id in finished where ![.finished, .deleted, .rejected].contains(observation.rows[id]?.status) {
            throw HistoryFailure("answered as finished: \(observation.told(id))")
        }
        for id in removed where [.pending, .finished].contains(observation.rows[id]?.status) {
            throw HistoryFailure("answered as removed: \(observation.told(id))")
        }
    }
}

/// Takes steps one after the other, beside others that do the same.
struct HistoryClient: Sendable {
    let number: Int
    let world: World
    let services: [HistoryServices]
    let identities: [Identity]
    let record: HistoryRecord

    func take(_ step: ConcurrentStep) async throws {
        do {
            try await perform(step)
        } catch let error as PostgresError where Self.isLoss(error) {
            record.note("client \(number): \(error)")
        } catch ObjectStorageError.unavailable(let reason) {
            // The object was changed whenever it was looked at.
            record.note("client \(number): \(reason)")
        }
    }

    /// The connection died, in a history where connections do: what was asked for may have happened or not.
    private static func isLoss(_ error: PostgresError) -> Bool {
        switch error {
        case .connectionLost, .outcomeUnknown: true
        // 57P01: admin_shutdown, what pg_terminate_backend does.
        default: error.sqlState?.rawValue == "57P01"
        }
    }

    private func note(_ text: String, _ step: ConcurrentStep, _ answer: String) {
        record.note("\(world.now.short) client \(number) at \(step.gateway): \(text)\(step.disturbance): \(answer)")
    }

    private func perform(_ step: ConcurrentStep) async throws {
        switch step.kind {
        case .start: return try await start(step)
        case .sweep:
            let outcome = try await call(step) { try await $0.sweeper.sweep() }
            return note("sweep", step, "\(outcome)")
        case .loseConnections: return try await loseConnections()
        case .put, .finish, .remove, .renew: break
        }
        guard let (index, form, expiresAt) = record.pick(step.pick) else { return }
        let (id, identity) = (form.upload.id, identities[form.tenant])
        switch step.kind {
        case .put:
            guard world.now < expiresAt + 60 + 3_600 else { return }
            try await put(step, index, form)
        case .finish:
            let outcome = try await call(step) { try await $0.uploads.finish(id, by: identity).status }
            if case .value = outcome { record.finished(id) }
            note("finish \(index)", step, "\(outcome)")
        case .remove:
            let outcome = try await call(step) { try await $0.uploads.remove(id, of: identity.tenant.id) }
            if case .value = outcome { record.removed(id) }
            note("remove \(index)", step, "\(outcome)")
        case .renew:
            let outcome = try await call(step) { try await $0.uploads.renew(id, by: identity).upload }
            if case .value(let upload) = outcome { record.renewed(upload) }
            note("renew \(index)", step, "\(outcome.answer.map { "\($0)" } ?? "cut off")")
        case .start, .sweep, .loseConnections: break
        }
    }

    private func call<Value: Sendable>(
        _ step: ConcurrentStep, _ body: @escaping @Sendable (HistoryServices) async throws -> Value
    ) async throws -> CallOutcome<Value> {
        let services = services[step.gateway]
        return try await performCall(step.disturbance, at: world.gateways[step.gateway]) {
            try await body(services)
        }
    }

    private func start(_ step: ConcurrentStep) async throws {
        var random = step.random
        let tenant = step.pick % identities.count
        let identity = identities[tenant]
        let start = try HistoryStart(identity.tenant.limits, by: &random)
        let outcome = try await call(step) { try await $0.uploads.start(start.request, by: identity) }
        if case .value(let ticket) = outcome {
            record.started(.init(upload: ticket.upload, tenant: tenant, declared: start.declared))
            // As the counters were with it, under the quota that it was held against.
            let (usage, limits) = (ticket.usage.usage, ticket.usage.limits)
            guard usage.usedBytes + usage.reservedBytes <= limits.storageBytes ?? .max,
                usage.usedObjects + usage.reservedObjects <= limits.objects ?? .max,
                usage.pendingUploads <= limits.pendingUploads ?? .max
            else { throw HistoryFailure("admitted over a quota: \(ticket.usage)") }
        }
        note("start \(start.range)", step, outcome.answer.map { "\($0)" } ?? "cut off")
    }

    private func put(_ step: ConcurrentStep, _ index: Int, _ form: HistoryRecord.Form) async throws {
        var random = step.random
        let range = form.upload.allowedBytes
        let size = random.number(Int(range.lowerBound)...Int(range.upperBound))
        let bytes = form.declared ?? Content.make(size, isPNG: random.chance(0.85), by: &random)
        guard range.contains(Int64(bytes.count)) else { return }
        _ = try await world.put(bytes, form.upload.key, checksum: try form.declared.map(Content.checksum))
        note("put \(bytes.count) bytes to \(index)", step, "done")
    }

    /// Ends every session of one gateway, wherever each of them is.
    private func loseConnections() async throws {
        _ = try await world.pool.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = \(world.gateways[0].name) AND datname = current_database()
            """)
        record.note("\(world.now.short) the connections of gateway 0 are ended")
    }
}
