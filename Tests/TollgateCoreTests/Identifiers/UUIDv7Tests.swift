import Foundation
import TestSupport
import Testing

@testable import TollgateCore

struct UUIDv7Tests {
    private let noon = Date(timeIntervalSince1970: 1_795_000_000.125)

    @Test("has version 7, the variant of RFC 9562 and the time to the millisecond")
    func hasVersionAndTime() {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        let id = sequence.next(now: noon, using: &random)
        let bytes = id.uuid
        #expect(bytes.6 >> 4 == 7)
        #expect(bytes.8 >> 6 == 0b10)
        #expect(id.version7Time == noon)
    }

    @Test("writes the example time of RFC 9562, appendix A.6")
    func writesTheExampleOfTheRFC() {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        let id = sequence.next(now: Date(timeIntervalSince1970: 1_645_557_742), using: &random)
        #expect(UUIDText.format(id).hasPrefix("017f22e2-79b0-7"))
    }

    @Test("always increases while the clock stands still")
    func increasesWithinOneInstant() {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        let ids = (0..<10_000).map { _ in UploadID(sequence.next(now: noon, using: &random)) }
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("always increases over instants and small steps back", arguments: [0.000_001, 0.5, -0.000_5, -0.9])
    func increasesOverTime(step: Double) {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        let first = UploadID(sequence.next(now: noon, using: &random))
        let second = UploadID(sequence.next(now: noon.addingTimeInterval(step), using: &random))
        #expect(first < second)
    }

    @Test("follows a clock that was set back by more than a second")
    func followsTheClockBack() {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        _ = sequence.next(now: noon.addingTimeInterval(86_400), using: &random)
        #expect(sequence.next(now: noon, using: &random).version7Time == noon)
    }

    @Test("keeps to 48 bits for times that no clock should show", arguments: [-1.0e12, -1, 0, 1.0e15, .infinity])
    func survivesStrangeTimes(time: Double) {
        var (sequence, random) = (UUIDv7Sequence(), SeededGenerator())
        let id = sequence.next(now: Date(timeIntervalSince1970: time), using: &random)
        #expect(id.uuid.6 >> 4 == 7)
    }

    @Test("does not repeat its random part")
    func randomPartsDiffer() {
        var (sequence, random) = (UUIDv7Sequence(), SystemRandomNumberGenerator())
        let parts = (0..<1_000).map { _ in sequence.next(now: noon, using: &random).halves.low }
        #expect(Set(parts).count == parts.count)
    }

    @Test("knows no time of an id of another version")
    func knowsNoTimeOfOthers() throws {
        #expect(try #require(UUID(uuidString: "017F22E2-79B0-4CC3-98C4-DC0C0C07398F")).version7Time == nil)
    }
}
