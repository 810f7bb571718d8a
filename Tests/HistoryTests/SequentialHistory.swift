import Foundation
import ObjectStorage
import TestSupport
import TollgateCore

@testable import Ledger
@testable import TollgateServer

/// One call after the other, at any of several gateways, some of which die in the middle: after each, rows, counters
/// and objects are exactly the model's.
struct SequentialHistory {
    private let world: World
    private var random: SeededGenerator
    private var services: [HistoryServices]
    private var identities: [Identity] = []
    private var tenants: [ModelTenant] = []
    private var uploads: [ModelUpload] = []
    private var log: [String] = []

    private init(seed: UInt64, in world: World) {
        self.world = world
        random = SeededGenerator(seed: seed)
        services = world.gateways.map(world.services)
    }

    /// - Throws: ``HistoryFailure`` with all that happened before.
    static func run(seed: UInt64, in world: World) async throws {
        var history = SequentialHistory(seed: seed, in: world)
        do {
            try await history.run()
        } catch {
            throw HistoryFailure("\(error)\n" + history.log.joined(separator: "\n"))
        }
    }

    private mutating func run() async throws {
        // Some of them cross the end of a month.
        let monthEnd = Date(timeIntervalSince1970: 1_796_083_200)  // 2026-12-01T00:00:00Z
        world.set(random.chance(0.4) ? monthEnd - TimeInterval(random.number(1...3_000)) : World.firstMoment)
        for _ in 0..<random.number(1...2) {
            let limits = try TenantLimits.random(by: &random)
            identities.append(try await world.makeTenant(limits))
            tenants.append(ModelTenant(limits: limits))
        }
        for _ in 0..<random.number(10...22) {
            passTime()
            try await step()
        }
        try await settle()
    }

    private mutating func passTime() {
        let now = world.now
        if random.chance(0.5) { return }
        if random.chance(0.4) { return world.set(now + TimeInterval(random.number(1...60))) }
        // To where something ends, or a second beside it.
        let upload = uploads.randomElement(using: &random)
        let ends = upload.map { [$0.expiresAt, $0.endOfGrace, $0.endOfWindow, $0.nextLook ?? now] } ?? []
        let end = (ends.randomElement(using: &random) ?? now) + TimeInterval(random.number(-1...1))
        if end > now { world.set(end) }
    }

    private mutating func step() async throws {
        let gateway = random.number(0...world.gateways.count - 1)
        let disturbance = Disturbance.random(0.25, by: &random)
        switch random.number(0...99) {
        case ..<26: try await start(gateway, disturbance)
        case ..<46: try await put()
        case ..<64: try await finish(gateway, disturbance)
        case ..<74: try await remove(gateway, disturbance)
        case ..<80: try await renew(gateway, disturbance)
        case ..<92: try await sweep(gateway, disturbance)
        case ..<96: try await changeLimits()
        default: try await vanish()
        }
        if case .crash = disturbance { services[gateway] = world.services(of: world.gateways[gateway]) }
    }

    private mutating func note(_ text: String) { log.append("\(world.now.short): \(text)") }

    // MARK: Calls

    private mutating func start(_ gateway: Int, _ disturbance: Disturbance) async throws {
        let tenant = random.number(0...tenants.count - 1)
        let start = try HistoryStart(tenants[tenant].limits, by: &random)
        let refusal = tenants[tenant].refusal(of: start.range.upperBound, ofTenant(tenant), at: world.now)
        note(
            "start at \(gateway) tenant \(tenant) \(start.range)\(start.declared == nil ? "" : " checksum")\(disturbance)"
        )
        let outcome = try await performCall(disturbance, at: world.gateways[gateway]) {
            [uploads = services[gateway].uploads, identity = identities[tenant]] in
            try await uploads.start(start.request, by: identity).upload
        }
        let observation = try await observe()
        let known = Set(uploads.map(\.id))
        let new = observation.rows.values.filter { !known.contains($0.id) }
        switch outcome {
        case .value(let upload):
            guard refusal == nil, new.map(\.id) == [upload.id] else { throw HistoryFailure("a start too many") }
        case .refused(let answer):
            guard let refusal, answer == .refused(refusal) else {
                throw HistoryFailure("refused with \(answer), not \(refusal.map { "\($0)" } ?? "admitted")")
            }
        case .cutOff:
            guard new.isEmpty || refusal == nil && new.count == 1 else { throw HistoryFailure("a start too many") }
        }
        if let row = new.first, let key = ObjectKey(row.key) {
            uploads.append(
                ModelUpload(
                    tenant: tenant, id: row.id, key: key, range: start.range, isDeclared: start.isDeclared,
                    declared: start.declared, expiresAt: world.now + TimeInterval(start.lifetimeSeconds)
                ).started())
            tenants[tenant].uploaded(0, at: world.now)
        }
        try await require(observation)
    }

    private mutating func finish(_ gateway: Int, _ disturbance: Disturbance) async throws {
        guard let index = uploads.indices.randomElement(using: &random) else { return }
        let upload = uploads[index]
        note("finish \(index) at \(gateway)\(disturbance)")
        let outcome = try await performCall(disturbance, at: world.gateways[gateway]) {
            [uploads = services[gateway].uploads, identity = identities[upload.tenant]] in
            try await uploads.finish(upload.id, by: identity)
        }
        if case .value(let finished) = outcome, finished.status != UploadStatus.finished {
            throw HistoryFailure("answered as finished: \(finished.status)")
        }
        try await follow([index: upload.finish(at: world.now)], outcome.answer, disturbance)
    }

    private mutating func remove(_ gateway: Int, _ disturbance: Disturbance) async throws {
        guard let index = uploads.indices.randomElement(using: &random) else { return }
        let upload = uploads[index]
        note("remove \(index) at \(gateway)\(disturbance)")
        let outcome = try await performCall(disturbance, at: world.gateways[gateway]) {
            [uploads = services[gateway].uploads, identity = identities[upload.tenant]] in
            try await uploads.remove(upload.id, by: identity)
        }
        try await follow([index: upload.remove(at: world.now)], outcome.answer, disturbance)
    }

    private mutating func renew(_ gateway: Int, _ disturbance: Disturbance) async throws {
        guard let index = uploads.indices.randomElement(using: &random) else { return }
        let upload = uploads[index]
        note("renew \(index) at \(gateway)\(disturbance)")
        let outcome = try await performCall(disturbance, at: world.gateways[gateway]) {
            [uploads = services[gateway].uploads, identity = identities[upload.tenant]] in
            try await uploads.renew(upload.id, by: identity).upload
        }
        let limits = tenants[upload.tenant].limits
        let lifetime = upload.isDeclared ? limits.urlExpirySeconds : limits.undeclaredURLExpirySeconds
        try await follow(
            [index: upload.renew(at: world.now, lifetimeSeconds: lifetime)], outcome.answer, disturbance)
    }

    private mutating func sweep(_ gateway: Int, _ disturbance: Disturbance) async throws {
        note("sweep at \(gateway)\(disturbance)")
        let outcome = try await performCall(disturbance, at: world.gateways[gateway]) {
            [sweeper = services[gateway].sweeper] in
            try await sweeper.sweep()
        }
        var expected: [Int: ModelSteps] = [:]
        for (index, upload) in uploads.enumerated() {
            expected[index] = upload.sweep(at: world.now, unfinished: tenants[upload.tenant].limits.unfinished)
        }
        // What is rejected on the way is nothing that the sweeper answers, and what failed on it is left for another time.
        try await follow(
            expected.mapValues { ModelSteps($0.states) }, disturbance.isNone ? outcome.answer : nil, disturbance)
    }

    // MARK: What happens beside the gateways

    /// The form is used, or somebody else writes to the bucket; neither is asked for once the last look is over.
    private mutating func put() async throws {
        let open = uploads.indices.filter { world.now < uploads[$0].endOfWindow }
        guard let index = open.randomElement(using: &random) else { return }
        let upload = uploads[index]
        let isForm = upload.nextLook == nil || random.chance(0.85)
        var bytes = Content.make(random.number(Content.sizes), isPNG: random.chance(0.85), by: &random)
        if let declared = upload.declared, isForm || random.chance(0.3) {
            bytes = declared
        } else if upload.range.lowerBound == upload.range.upperBound, isForm {
            bytes = Content.make(Int(upload.range.lowerBound), isPNG: random.chance(0.85), by: &random)
        }
        // A store that is held to the checksum, and to the size, takes nothing else.
        guard !isForm || upload.range.contains(Int64(bytes.count)) else { return }
        let checksum = isForm ? try upload.declared.map(Content.checksum) : nil
        note(
            "\(isForm ? "form" : "stranger") puts \(bytes.count) bytes\(Content.isPNG(bytes) ? "" : " of PDF") to \(index)"
        )
        let object = try await world.put(bytes, upload.key, checksum: checksum)
        uploads[index].object = ModelObject(
            bytes: bytes, etag: object.etag, hasChecksum: object.checksumSHA256 != nil)
        try await require(try await observe())
    }

    private mutating func vanish() async throws {
        let open = uploads.indices.filter { uploads[$0].nextLook != nil && uploads[$0].object != nil }
        guard let index = open.randomElement(using: &random) else { return }
        note("the object of \(index) vanishes")
        try await world.store.delete([uploads[index].key])
        uploads[index].object = nil
    }

    private mutating func changeLimits() async throws {
        let tenant = random.number(0...tenants.count - 1)
        let limits = try TenantLimits.random(by: &random)
        note("limits of \(tenant): \(limits.quota) \(limits.unfinished)")
        try await world.setLimits(limits, of: identities[tenant].tenant.id)
        tenants[tenant].limits = limits
        identities[tenant] = identities[tenant].with(limits)
    }

    // MARK: The model beside it

    private func ofTenant(_ tenant: Int) -> [ModelUpload] { uploads.filter { $0.tenant == tenant } }

    private func observe() async throws -> Observation {
        try await Observation(of: identities.map(\.tenant), in: world)
    }

    /// Moves the model along the steps that were expected: to the end of them, or, where the call was cut off, to the
    /// one that is found.
    private mutating func follow(
        _ expected: [Int: ModelSteps], _ answer: ModelAnswer?, _ disturbance: Disturbance
    ) async throws {
        let observation = try await observe()
        for (index, steps) in expected {
            if let answer, answer != steps.answer { throw HistoryFailure("answered \(answer), not \(steps.answer)") }
            let reached = answer == nil ? steps.states : Array(steps.states.suffix(1))
            guard let state = reached.last(where: observation.shows) else {
                throw HistoryFailure(
                    "upload \(index) is \(observation.told(uploads[index].id)), not one of\n"
                        + reached.map(\.told).joined(separator: "\n"))
            }
            uploads[index] = state
            uploads[index].uploadedBytes = 0
            if state.uploadedBytes != 0 { tenants[state.tenant].uploaded(state.uploadedBytes, at: world.now) }
        }
        if answer == nil, disturbance.isNone { throw HistoryFailure("cut off by nobody") }
        try await require(observation)
    }

    private func require(_ observation: Observation) async throws {
        guard observation.rows.count == uploads.count else { throw HistoryFailure("a row too many or too few") }
        for (index, upload) in uploads.enumerated() where !observation.shows(upload) {
            throw HistoryFailure("upload \(index) is \(observation.told(upload.id)), not \(upload.told)")
        }
        for (tenant, identity) in identities.enumerated() {
            let usage = try await services[0].ledger.usage(of: identity.tenant.id, at: world.now).usage
            let expected = tenants[tenant].usage(ofTenant(tenant), at: world.now)
            guard usage == expected else { throw HistoryFailure("tenant \(tenant) has \(usage), not \(expected)") }
        }
    }

    /// Until nothing is due any more; then nothing is held, and the store has what the rows say.
    private mutating func settle() async throws {
        var rounds = 0
        while let next = uploads.compactMap(\.nextLook).min() {
            rounds += 1
            guard rounds < 60 else { throw HistoryFailure("it never settles") }
            world.set(max(world.now, next))
            try await sweep(rounds % world.gateways.count, .none)
        }
        try await observe().requireSettled()
        try await Observation.requireExactCounters(of: identities.map(\.tenant), in: world)
    }
}

extension ModelUpload {
    var told: String {
        "\(status) counted \(counted.map { "\($0.size) \($0.etag)" } ?? "-") reserved \(reservedBytes)/"
            + "\(reservedObjects) expires \(expiresAt.short) look \(nextLook?.short ?? "-") object "
            + (object.map { "\($0.size) \($0.etag)" } ?? "-")
    }
}
