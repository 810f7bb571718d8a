import Foundation
import TollgateCore

/// An object in the store, as the model has it.
struct ModelObject: Equatable, Sendable {
    let bytes: [UInt8]
    let etag: String
    /// Whether the store knows its SHA-256.
    let hasChecksum: Bool

    var size: Int64 { Int64(bytes.count) }
}

/// An upload by the tables of the data design alone (statuses; holding and settling), beside its object.
struct ModelUpload: Equatable, Sendable {
    let tenant: Int
    let id: UploadID
    let key: ObjectKey
    let range: ClosedRange<Int64>
    let isDeclared: Bool
    /// The bytes whose checksum was declared.
    let declared: [UInt8]?
    var expiresAt: Date
    var status = UploadStatus.pending
    /// The object that counts as used, while finished.
    var counted: ModelObject?
    var reservedBytes: Int64 = 0
    var reservedObjects: Int64 = 0
    var nextLook: Date?
    var object: ModelObject?
    /// What the month's upload bytes have grown by in the step that led here.
    var uploadedBytes: Int64 = 0

    var endOfGrace: Date { expiresAt + 60 }
    var endOfWindow: Date { endOfGrace + 3_600 }
    private var hasOneSize: Bool { range.lowerBound == range.upperBound }

    /// Whether an object keeps to the declaration: its size, its checksum, and its leading bytes.
    func accepts(_ object: ModelObject) -> Bool {
        range.contains(object.size) && (declared == nil || declared == object.bytes) && Content.isPNG(object.bytes)
    }

    private func holding(_ bytes: Int64, _ objects: Int64, until nextLook: Date?) -> ModelUpload {
        var next = self
        (next.reservedBytes, next.reservedObjects, next.nextLook) = (bytes, objects, nextLook)
        return next
    }

    func started() -> ModelUpload { holding(range.upperBound, 1, until: endOfWindow) }

    private func finished(_ object: ModelObject, at now: Date) -> ModelUpload {
        var next: ModelUpload
        if now >= endOfWindow || hasOneSize && declared != nil && object.hasChecksum {
            next = holding(0, 0, until: nil)
        } else if hasOneSize || now >= endOfGrace {
            next = holding(0, 0, until: endOfWindow)
        } else {
            next = holding(range.upperBound - object.size, 0, until: endOfGrace)
        }
        next.status = .finished
        next.counted = object
        return next
    }

    /// The row moves first, then the object goes: two steps.
    private func withdrawn(to status: UploadStatus, at now: Date) -> [ModelUpload] {
        var next = now < endOfGrace ? holding(range.upperBound, 1, until: now) : holding(0, 0, until: now)
        next.status = status
        next.counted = nil
        return [next, next.without()]
    }

    private func without() -> ModelUpload {
        var next = self
        next.object = nil
        return next
    }
}

/// What a call answers, as far as the model says.
enum ModelAnswer: Equatable, Sendable {
    case done
    case refused(QuotaExceeded.Name)
    case rejected
    case invalidState(UploadStatus)
    case objectMissing
}

/// The steps that a call takes, the state before it first. Whoever dies on the way leaves one of them.
struct ModelSteps: Sendable {
    let states: [ModelUpload]
    let answer: ModelAnswer

    init(_ states: [ModelUpload], _ answer: ModelAnswer = .done) {
        (self.states, self.answer) = (states, answer)
    }
}

extension ModelUpload {
    func finish(at now: Date) -> ModelSteps {
        switch status {
        case .finished: return ModelSteps([self])
        case .rejected: return ModelSteps([self], .rejected)
        case .aborted, .expired, .deleted: return ModelSteps([self], .invalidState(status))
        case .pending: break
        }
        guard let object else { return ModelSteps([self], .objectMissing) }
        guard accepts(object) else { return ModelSteps([self] + withdrawn(to: .rejected, at: now), .rejected) }
        var next = finished(object, at: now)
        next.uploadedBytes = object.size
        return ModelSteps([self, next])
    }

    func remove(at now: Date) -> ModelSteps {
        switch status {
        case .pending: ModelSteps([self] + withdrawn(to: .aborted, at: now))
        case .finished: ModelSteps([self] + withdrawn(to: .deleted, at: now))
        case .aborted, .expired, .rejected, .deleted: ModelSteps([self, without()])
        }
    }

    func renew(at now: Date, lifetimeSeconds: Int) -> ModelSteps {
        guard status == .pending else { return ModelSteps([self], .invalidState(status)) }
        var next = self
        next.expiresAt = max(expiresAt, now + TimeInterval(lifetimeSeconds))
        next.nextLook = max(nextLook ?? .distantPast, next.endOfWindow)
        return ModelSteps([self, next])
    }

    /// nil: it is not due.
    func sweep(at now: Date, unfinished: UnfinishedUploads) -> ModelSteps? {
        guard isDue(at: now) else { return nil }
        var states = [self, taken(at: now)]
        states += states[1].settled(at: now, unfinished)
        // What a look has ended is due at once, for the removals of the same round: also where the look died on its way.
        if !isOver {
            for ended in states where ended.isOver && ended.isDue(at: now) {
                states.append(ended.taken(at: now))
                states += ended.taken(at: now).settled(at: now, unfinished)
            }
        }
        return ModelSteps(states)
    }

    private var isOver: Bool { status != .pending && status != .finished }

    private func isDue(at now: Date) -> Bool { nextLook.map { $0 <= now } ?? false }

    private func taken(at now: Date) -> ModelUpload {
        var next = self
        next.nextLook = now + 300
        return next
    }

    private func settled(at now: Date, _ unfinished: UnfinishedUploads) -> [ModelUpload] {
        switch status {
        case .pending:
            if unfinished == .finish, object != nil { return Array(finish(at: now).states.dropFirst()) }
            var next = holding(0, 0, until: now)
            next.status = .expired
            return [next]
        case .aborted, .expired, .rejected, .deleted:
            let (bytes, objects, look) =
                now < endOfGrace ? (range.upperBound, Int64(1), endOfGrace) : (0, 0, endOfWindow)
            return [
                without(),
                without().holding(
                    min(reservedBytes, bytes), min(reservedObjects, objects), until: look > now ? look : nil),
            ]
        case .finished:
            return lookedAtAgain(at: now)
        }
    }

    private func lookedAtAgain(at now: Date) -> [ModelUpload] {
        guard let object, let counted else { return Array(withdrawn(to: .rejected, at: now).prefix(1)) }
        var next = finished(object, at: now)
        if object.etag == counted.etag {
            next.reservedBytes = min(reservedBytes, next.reservedBytes)
            return [next]
        }
        let growth = object.size - counted.size
        guard accepts(object), growth + next.reservedBytes <= reservedBytes else {
            return Array(withdrawn(to: .rejected, at: now).prefix(1))
        }
        next.uploadedBytes = max(0, growth)
        return [next]
    }
}

/// Bytes for objects that are declared as PNG.
enum Content {
    static let sizes = 8...40

    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let pdf = Array("%PDF-1.7".utf8)

    static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: png) }

    /// `size` bytes that are a PNG's, or in their stead another type's.
    static func make(_ size: Int, isPNG: Bool = true, by random: inout some RandomNumberGenerator) -> [UInt8] {
        (isPNG ? png : pdf) + (0..<max(0, size - 8)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}

/// A tenant's counters by its uploads alone; only the month's bytes have a memory.
struct ModelTenant: Sendable {
    var limits: TenantLimits
    private var month = UsageMonth(.distantPast)
    private var uploadedBytes: Int64 = 0

    init(limits: TenantLimits) { self.limits = limits }

    mutating func uploaded(_ bytes: Int64, at now: Date) {
        if UsageMonth(now) != month { (month, uploadedBytes) = (UsageMonth(now), 0) }
        uploadedBytes += bytes
    }

    func usage(_ uploads: [ModelUpload], at now: Date) -> QuotaUsage {
        QuotaUsage(
            usedBytes: uploads.reduce(0) { $0 + ($1.counted?.size ?? 0) },
            reservedBytes: uploads.reduce(0) { $0 + $1.reservedBytes },
            usedObjects: Int64(uploads.count { $0.status == .finished }),
            reservedObjects: uploads.reduce(0) { $0 + $1.reservedObjects },
            pendingUploads: Int64(uploads.count { $0.status == .pending }),
            monthlyUploadBytes: UsageMonth(now) == month ? uploadedBytes : 0)
    }

    /// The first quota without room for one more upload of at most `bytes` bytes.
    func refusal(of bytes: Int64, _ uploads: [ModelUpload], at now: Date) -> QuotaExceeded.Name? {
        let usage = usage(uploads, at: now)
        func exceeds(_ sum: Int64, _ quota: Int64?) -> Bool { quota.map { sum > $0 } ?? false }
        if exceeds(usage.usedBytes + usage.reservedBytes + bytes, limits.storageQuotaBytes) { return .storageBytes }
        if exceeds(usage.usedObjects + usage.reservedObjects + 1, limits.objectQuota) { return .objects }
        if exceeds(usage.pendingUploads + 1, limits.maximumPendingUploads) { return .pendingUploads }
        if exceeds(usage.monthlyUploadBytes + usage.reservedBytes + bytes, limits.monthlyUploadQuotaBytes) {
            return .monthlyUploadBytes
        }
        return nil
    }
}
