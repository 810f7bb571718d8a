package import Foundation

/// Times as the API shows them: `2026-11-22T10:00:00.000Z`.
///
/// Source: RFC 3339, section 5.6. Always UTC, always upper-case `T` and `Z`.
package enum RFC3339 {
    /// With milliseconds, cut off rather than rounded, so that a time never shows as later than it is.
    package static func format(_ date: Date) -> String {
        let time = CivilTime(date)
        return text(20 + 4) { digits in
            digits.dateAndTime(time)
            digits.byte(".")
            digits.number(time.microsecond / 1_000, width: 3)
            digits.byte("Z")
        }
    }

    /// Without a fraction, cut off: `2015-12-30T12:00:00Z`, the form in which S3 and its SDKs write instants.
    package static func formatSeconds(_ date: Date) -> String {
        let time = CivilTime(date)
        return text(20) { digits in
            digits.dateAndTime(time)
            digits.byte("Z")
        }
    }

    /// Reads a UTC time with or without a fraction of a second of one to nine digits.
    ///
    /// - Returns: nil for any other offset than `Z`, another length, or a time that does not exist.
    package static func parse(_ text: String) -> Date? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T"), let hour = scanner.number(2), scanner.skip(":"),
            let minute = scanner.number(2), scanner.skip(":"), let second = scanner.number(2)
        else { return nil }
        var microsecond = 0
        if scanner.skip(".") {
            guard let fraction = scanner.fraction() else { return nil }
            microsecond = fraction
        }
        guard scanner.skip("Z"), scanner.isAtEnd else { return nil }
        return CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, microsecond: microsecond
        )?.date
    }
}

/// Times as Signature Version 4 writes them: `20151229T000000Z`, the basic format of ISO 8601.
///
/// Source: AWS General Reference, "Elements of an AWS API request signature".
package enum ISO8601Basic {
    /// Fractions of a second are cut off.
    package static func format(_ date: Date) -> String {
        let time = CivilTime(date)
        return text(16) { digits in
            digits.number(time.year, width: 4)
            digits.number(time.month, width: 2)
            digits.number(time.day, width: 2)
            digits.byte("T")
            digits.number(time.hour, width: 2)
            digits.number(time.minute, width: 2)
            digits.number(time.second, width: 2)
            digits.byte("Z")
        }
    }

    /// - Returns: nil unless the text has exactly this form and names a time that exists.
    package static func parse(_ text: String) -> Date? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), let month = scanner.number(2), let day = scanner.number(2),
            scanner.skip("T"), let hour = scanner.number(2), let minute = scanner.number(2),
            let second = scanner.number(2), scanner.skip("Z"), scanner.isAtEnd
        else { return nil }
        return CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)?.date
    }
}

/// Times as HTTP headers write them: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// Source: RFC 9110, section 5.6.7, IMF-fixdate. The two obsolete forms are not read: a condition whose date cannot
/// be read is ignored by the rules of section 13, which costs a full answer and nothing else.
package enum HTTPDate {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Fractions of a second are cut off.
    package static func format(_ date: Date) -> String {
        let time = CivilTime(date)
        return text(29) { digits in
            digits.ascii(weekdays[time.weekday])
            digits.ascii(", ")
            digits.number(time.day, width: 2)
            digits.ascii(" ")
            digits.ascii(months[time.month - 1])
            digits.ascii(" ")
            digits.number(time.year, width: 4)
            digits.ascii(" ")
            digits.timeOfDay(time)
            digits.ascii(" GMT")
        }
    }

    /// - Returns: nil unless the text has exactly this form, and its weekday is that of its date.
    package static func parse(_ text: String) -> Date? {
        var scanner = DigitScanner(text)
        guard let weekday = scanner.word(of: weekdays), scanner.skip(","), scanner.skip(" "),
            let day = scanner.number(2), scanner.skip(" "), let month = scanner.word(of: months), scanner.skip(" "),
            let year = scanner.number(4), scanner.skip(" "), let hour = scanner.number(2), scanner.skip(":"),
            let minute = scanner.number(2), scanner.skip(":"), let second = scanner.number(2), scanner.skip(" "),
            scanner.word(of: ["GMT"]) != nil, scanner.isAtEnd,
            let time = CivilTime(
                year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second),
            time.weekday == weekday
        else { return nil }
        return time.date
    }
}

/// Builds a short ASCII text of known length without intermediate strings.
private func text(_ capacity: Int, _ build: (inout DigitWriter) -> Void) -> String {
    var digits = DigitWriter(capacity: capacity)
    build(&digits)
    return String(decoding: digits.bytes, as: UTF8.self)
}
