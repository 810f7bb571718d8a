package import Foundation

/// Makes UUIDs of version 7: 48 bits of Unix milliseconds, 12 bits of the fraction of a millisecond, 62 random bits.
///
/// Ids from one sequence always increase, so that rows of one gateway are inserted at the right edge of their index.
/// Source: RFC 9562, sections 5.7 and 6.2 (method 3: sub-millisecond time in `rand_a`).
package struct UUIDv7Sequence: Sendable {
    /// The 60 bits of time of the newest id: milliseconds times 4,096.
    private var newest: UInt64 = 0

    /// How far the clock may step back before the sequence follows it: 1 s, in 4,096ths of a millisecond.
    private static let toleratedStepBack: UInt64 = 1_000 << 12

    package init() {}

    /// The next id: at `now`, or the smallest step after the newest id when the clock stood still or stepped back a
    /// little. A clock that was set back further is followed, since ids far ahead of the time would be the worse fault.
    package mutating func next(now: Date, using random: inout some RandomNumberGenerator) -> UUID {
        var ticks = Self.ticks(of: now)
        if ticks <= newest, newest - ticks < Self.toleratedStepBack { ticks = newest + 1 }
        newest = ticks
        let milliseconds = ticks >> 12
        return UUID(
            high: milliseconds << 16 | 0x7000 | ticks & 0xFFF,
            low: random.next() >> 2 | 1 << 63
        )
    }

    /// Times before 1970 count as 1970, times after the year 10889 as the last moment that 48 bits can hold.
    private static func ticks(of time: Date) -> UInt64 {
        let exact = time.timeIntervalSince1970 * 1_000 * 4_096
        guard exact > 0 else { return 0 }
        let last: UInt64 = 1 << 60 - 1
        return exact < Double(last) ? UInt64(exact) : last
    }
}

extension UUID {
    /// When a UUID of version 7 was made, to the millisecond.
    ///
    /// - Returns: nil for other versions.
    package var version7Time: Date? {
        let (high, _) = halves
        guard high >> 12 & 0xF == 7 else { return nil }
        return Date(timeIntervalSince1970: Double(high >> 16) / 1_000)
    }
}
