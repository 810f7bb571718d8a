package import Foundation

/// A calendar month in UTC, the span of the monthly upload quota and of a bill.
package struct UsageMonth: Sendable, Hashable {
    package let year: Int
    /// 1 to 12.
    package let month: Int

    /// The month in which a moment lies.
    package init(_ moment: Date) {
        let time = CivilTime(moment)
        year = time.year
        month = time.month
    }

    /// `2026-11-01`.
    package var firstDay: String {
        let year = String(year)
        let month = String(month)
        return String(repeating: "0", count: max(0, 4 - year.count)) + year + (month.count == 1 ? "-0" : "-") + month
            + "-01"
    }
}
