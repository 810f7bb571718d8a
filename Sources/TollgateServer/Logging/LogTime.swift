#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A moment of UTC in whole milliseconds, and its RFC 3339 spelling (`2026-11-22T10:00:00.000Z`).
package struct LogTime: Sendable {
    package let millisecondsSinceEpoch: Int64

    package init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// The system's clock. Source: POSIX, `clock_gettime`.
    package static func now() -> LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Appends the 24 bytes of the RFC 3339 form (years 0 to 9999).
    ///
    /// The date comes from the count of days by the Gregorian calendar's 400-year cycle, with years that begin in
    /// March so that the leap day is the last one.
    func append(to bytes: inout [UInt8]) {
        let (days, time) = millisecondsSinceEpoch.floored(by: 86_400_000)
        let (era, dayOfEra) = (days + 719_468).floored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        Self.append(year, digits: 4, before: "-", to: &bytes)
        Self.append(month, digits: 2, before: "-", to: &bytes)
        Self.append(day, digits: 2, before: "T", to: &bytes)
        Self.append(time / 3_600_000, digits: 2, before: ":", to: &bytes)
        Self.append(time / 60_000 % 60, digits: 2, before: ":", to: &bytes)
        Self.append(time / 1000 % 60, digits: 2, before: ".", to: &bytes)
        Self.append(time % 1000, digits: 3, before: "Z", to: &bytes)
    }

    private static func append(
        _ number: Int64, digits: Int, before separator: Unicode.Scalar, to bytes: inout [UInt8]
    ) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
        bytes.append(UInt8(ascii: separator))
    }
}

extension Int64 {
    /// Quotient and remainder with the remainder never negative.
    fileprivate func floored(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
