import Foundation
import Testing

@testable import TollgateCore

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "RFC 3339: refuses other offsets, other forms and times that do not exist",
        arguments: [
            "", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00+00:00",
            "2026-11-22t10:00:00z", "2026-11-22T10:00Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00,5Z",
            "2026-11-22T10:00:00.1234567890Z", "2026-11-22T24:00:00Z", "2026-11-22T10:60:00Z", "2026-11-22T10:00:60Z",
            "2026-02-29T10:00:00Z", "1900-02-29T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-22T10:00:00Z ", " 2026-11-22T10:00:00Z",
            "+026-11-22T10:00:00Z", "2026-11-22T-1:00:00Z", "٢٠٢٦-11-22T10:00:00Z",
        ])
    func refusesRFC3339(_ text: String) {
        #expect(RFC3339.parse(text) == nil)
    }

    @Test(
        "RFC 3339: reads what exists",
        arguments: [
            ("1970-01-01T00:00:00Z", 0.0), ("1969-12-31T23:59:59.5Z", -0.5), ("2000-02-29T12:34:56Z", 951_827_696),
            ("2026-11-22T10:00:00.000Z", 1_795_341_600), ("2026-11-22T10:00:00.123456789Z", 1_795_341_600.123456),
            ("0000-03-01T00:00:00Z", -62_162_035_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
        ])
    func readsRFC3339(_ text: String, _ seconds: Double) {
        #expect(RFC3339.parse(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test("RFC 3339: writes milliseconds, cut off, and survives the binary fractions of Date")
    func writesRFC3339() {
        #expect(RFC3339.format(Date(timeIntervalSince1970: 1_795_341_600)) == "2026-11-22T10:00:00.000Z")
        #expect(RFC3339.format(Date(timeIntervalSince1970: 1_795_341_600.9999)) == "2026-11-22T10:00:00.999Z")
        #expect(RFC3339.format(Date(timeIntervalSince1970: -0.001)) == "1969-12-31T23:59:59.999Z")
        #expect(RFC3339.formatSeconds(Date(timeIntervalSince1970: 1_795_341_600.9)) == "2026-11-22T10:00:00Z")
        for milliseconds in 0..<1_000 {
            let digits = String(1_000 + milliseconds).dropFirst()
            let text = "2026-11-22T10:00:00.\(digits)Z"
            #expect(RFC3339.parse(text).map(RFC3339.format) == text)
        }
    }

    @Test("agree with Foundation's calendar on every day of eight centuries")
    func agreesWithCalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // Prime steps visit every day of the week, month and cycle; from 1600 on the two calendars are the same.
        for day in stride(from: -135_140, to: 157_054, by: 37) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 43_199)
            let time = CivilTime(date)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
            #expect(time.year == parts.year && time.month == parts.month && time.day == parts.day)
            #expect(time.hour == parts.hour && time.minute == parts.minute && time.second == parts.second)
            #expect(time.weekday + 1 == parts.weekday)
            #expect(time.date == date)
        }
    }

    @Test("do not stumble over dates that are none")
    func extremes() {
        #expect(!RFC3339.format(Date(timeIntervalSince1970: .infinity)).isEmpty)
        #expect(!RFC3339.format(Date(timeIntervalSince1970: -.infinity)).isEmpty)
        #expect(!RFC3339.format(Date(timeIntervalSince1970: .nan)).isEmpty)
        #expect(RFC3339.format(.distantFuture) == "4001-01-01T00:00:00.000Z")
    }

    @Test(
        "ISO 8601 basic: refuses everything but its one form",
        arguments: [
            "", "20151229", "20151229T000000", "2015-12-29T00:00:00Z", "20151229T000000.0Z", "20151229t000000Z",
            "20151232T000000Z", "20151229T240000Z", "20151229T000000ZZ", "2015122 T000000Z",
        ])
    func refusesBasic(_ text: String) {
        #expect(ISO8601Basic.parse(text) == nil)
    }

    @Test("ISO 8601 basic: reads what it writes")
    func basic() {
        let date = Date(timeIntervalSince1970: 1_451_347_200)
        #expect(ISO8601Basic.format(date.addingTimeInterval(0.75)) == "20151229T000000Z")
        #expect(ISO8601Basic.parse("20151229T000000Z") == date)
    }

    @Test(
        "HTTP date: refuses obsolete forms, wrong weekdays and other zones (RFC 9110, section 5.6.7)",
        arguments: [
            "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT", "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 GMT.",
        ])
    func refusesHTTPDate(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    @Test("HTTP date: reads and writes the RFC's example")
    func httpDate() {
        let date = Date(timeIntervalSince1970: 784_111_777)
        #expect(HTTPDate.format(date) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT") == date)
    }
}
