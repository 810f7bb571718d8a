import Foundation

/// An instant as a calendar date and a time of day in UTC, proleptic Gregorian, without leap seconds.
///
/// The arithmetic is the usual one that counts days in 400-year cycles of years that begin in March, so that the
/// leap day comes last. It replaces `Calendar` and `DateFormatter`, which are slow and depend on the process's locale.
struct CivilTime: Equatable, Sendable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    /// 0 to 999,999.
    let microsecond: Int

    /// 0000-01-01T00:00:00Z, in seconds since 1970.
    private static let firstSecond = -62_167_219_200.0
    /// 9999-12-31T23:59:59Z.
    private static let lastSecond = 253_402_300_799.0
    private static let microsecondsPerDay: Int64 = 86_400_000_000
    /// Days from 0000-03-01, where the cycles begin, to 1970-01-01.
    private static let epochOffset = 719_468
    private static let daysPerCycle = 146_097

    /// A `Date` counts in binary fractions, so it is rounded to the microsecond first: 0.123 s must not show as 0.122.
    init(_ date: Date) {
        // No format here has room for a year beyond four digits; dates outside, infinities and NaN included, are
        // held to the first and the last (in this order of arguments `max` passes NaN over).
        let seconds = min(Self.lastSecond, max(Self.firstSecond, date.timeIntervalSince1970))
        let total = Int64((seconds * 1_000_000).rounded())
        let (days, rest) = Self.floorDivide(total, by: Self.microsecondsPerDay)
        (year, month, day) = Self.date(daysSinceEpoch: Int(days))
        hour = Int(rest / 3_600_000_000)
        minute = Int(rest / 60_000_000 % 60)
        second = Int(rest / 1_000_000 % 60)
        microsecond = Int(rest % 1_000_000)
    }

    /// - Returns: nil for a date or time of day that does not exist, 30 February or 24:00 for two.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, microsecond: Int = 0) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysIn(month: month, year: year), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second), (0...999_999).contains(microsecond)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
        self.microsecond = microsecond
    }

    var date: Date {
        let seconds = daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
        return Date(timeIntervalSince1970: Double(seconds) + Double(microsecond) / 1_000_000)
    }

    /// 0 is Sunday.
    var weekday: Int {
        // 1970-01-01 was a Thursday.
        let remainder = (daysSinceEpoch + 4) % 7
        return remainder < 0 ? remainder + 7 : remainder
    }

    private var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (cycle, yearOfCycle) = Self.floorDivide(shiftedYear, by: 400)
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * Self.daysPerCycle + dayOfCycle - Self.epochOffset
    }

    private static func date(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let (cycle, dayOfCycle) = floorDivide(daysSinceEpoch + epochOffset, by: daysPerCycle)
        // The day's number without the leap days of 4, 100 and 400 years before it, in whole years.
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: return 30
        case 2:
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            return isLeap ? 29 : 28
        default: return 31
        }
    }

    private static func floorDivide<Number: SignedInteger>(_ value: Number, by divisor: Number) -> (Number, Number) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
