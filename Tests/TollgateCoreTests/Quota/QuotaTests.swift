import TestSupport
import Testing

@testable import TollgateCore

struct QuotaTests {
    private func demand(_ bytes: Int64) throws -> QuotaDemand { try #require(QuotaDemand(bytes: bytes)) }

    @Test("there is no negative demand")
    func refusesNegative() {
        #expect(QuotaDemand(bytes: -1) == nil)
        #expect(QuotaDemand(bytes: 1, objects: -1) == nil)
        #expect(QuotaDemand(bytes: 1, pendingUploads: -1) == nil)
    }

    static let full: [(QuotaLimits, QuotaExceeded)] = [
        (
            QuotaLimits(storageBytes: 109),
            QuotaExceeded(name: .storageBytes, limit: 109, used: 70, reserved: 30, requested: 10)
        ),
        (QuotaLimits(objects: 10), QuotaExceeded(name: .objects, limit: 10, used: 7, reserved: 3, requested: 1)),
        (
            QuotaLimits(pendingUploads: 3),
            QuotaExceeded(name: .pendingUploads, limit: 3, used: 3, reserved: 0, requested: 1)
        ),
        (
            QuotaLimits(monthlyUploadBytes: 539),
            QuotaExceeded(name: .monthlyUploadBytes, limit: 539, used: 500, reserved: 30, requested: 10)
        ),
        (
            QuotaLimits(storageBytes: 0, objects: 0, pendingUploads: 0, monthlyUploadBytes: 0),
            QuotaExceeded(name: .storageBytes, limit: 0, used: 70, reserved: 30, requested: 10)
        ),
    ]

    @Test("refuses one byte too many, by the first quota without room", arguments: full)
    func refuses(limits: QuotaLimits, expected: QuotaExceeded) throws {
        let usage = QuotaUsage(
            usedBytes: 70, reservedBytes: 30, usedObjects: 7, reservedObjects: 3, pendingUploads: 3,
            monthlyUploadBytes: 500)
        let demand = try demand(10)
        #expect(throws: expected) { try usage.admit(demand, limits: limits) }
    }

    @Test("admits up to the limit itself")
    func admits() throws {
        let usage = QuotaUsage(
            usedBytes: 70, reservedBytes: 30, usedObjects: 7, reservedObjects: 3, pendingUploads: 3,
            monthlyUploadBytes: 500)
        let limits = QuotaLimits(storageBytes: 110, objects: 11, pendingUploads: 4, monthlyUploadBytes: 540)
        let after = try usage.admit(demand(10), limits: limits)
        #expect(
            after
                == QuotaUsage(
                    usedBytes: 70, reservedBytes: 40, usedObjects: 7, reservedObjects: 4, pendingUploads: 4,
                    monthlyUploadBytes: 500))
    }

    @Test(
        "lets no sum that overflows through, limited or not",
        arguments: [
            (Int64.max, 0 as Int64, 1 as Int64), (.max, 1, 1), (0, .max, 1), (1, 1, .max), (.max, .max, .max),
            (-5, .max, 1),
        ])
    func refusesOverflow(used: Int64, reserved: Int64, requested: Int64) throws {
        let (usage, demand) = (QuotaUsage(usedBytes: used, reservedBytes: reserved), try demand(requested))
        for limit in [nil, Int64.max] {
            let expected = QuotaExceeded(
                name: .storageBytes, limit: .max, used: used, reserved: reserved, requested: requested)
            #expect(throws: expected) { try usage.admit(demand, limits: QuotaLimits(storageBytes: limit)) }
        }
    }

    @Test("refuses nothing that asks for nothing, even after a quota was lowered")
    func admitsNothing() throws {
        let usage = QuotaUsage(usedBytes: 10, usedObjects: 2, pendingUploads: 2, monthlyUploadBytes: 10)
        let nothing = try #require(QuotaDemand(bytes: 0, objects: 0, pendingUploads: 0))
        let limits = QuotaLimits(storageBytes: 5, objects: 1, pendingUploads: 1, monthlyUploadBytes: 1)
        #expect(try usage.admit(nothing, limits: limits) == usage)
    }

    @Test(
        "never holds more than the quota, whatever is asked for in whatever order", arguments: 0..<20 as Range<UInt64>)
    func neverExceeds(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let limits = QuotaLimits(
            storageBytes: .random(in: 0...10_000, using: &random), objects: .random(in: 0...50, using: &random),
            pendingUploads: .random(in: 0...50, using: &random),
            monthlyUploadBytes: .random(in: 0...20_000, using: &random))
        var usage = QuotaUsage()
        for _ in 0..<500 {
            let demand = try demand(.random(in: 0...1_000, using: &random))
            let fits =
                usage.usedBytes + usage.reservedBytes + demand.bytes <= limits.storageBytes ?? .max
                && usage.reservedObjects < limits.objects ?? .max
                && usage.pendingUploads < limits.pendingUploads ?? .max
                && usage.reservedBytes + demand.bytes <= limits.monthlyUploadBytes ?? .max
            let before = usage
            do throws(QuotaExceeded) {
                usage = try usage.admit(demand, limits: limits)
                #expect(fits)
            } catch {
                #expect(!fits)
                #expect(usage == before)
            }
            #expect(usage.usedBytes + usage.reservedBytes <= limits.storageBytes ?? .max)
        }
    }

    static let figures: [(QuotaFigures, Int64?)] = [
        (QuotaFigures(limit: nil, used: 5, reserved: 5), nil), (QuotaFigures(limit: 10, used: 5, reserved: 5), 0),
        (QuotaFigures(limit: 10, used: 8, reserved: 5), 0), (QuotaFigures(limit: 10, used: 1, reserved: 2), 7),
        (QuotaFigures(limit: .max, used: .max, reserved: .max), 0), (QuotaFigures(limit: 0, used: 0, reserved: 0), 0),
        (QuotaFigures(limit: .max, used: -1, reserved: 0), .max),
    ]

    @Test("shows what is left, never less than nothing", arguments: figures)
    func showsAvailable(figures: QuotaFigures, expected: Int64?) {
        #expect(figures.available == expected)
    }
}
