package import FoundationEssentials

/// `timestamptz`: whole microseconds since 2000-01-01 00:00 UTC, rounded to the nearest.
///
/// A `timestamp` without time zone is refused, as it names no instant.
/// Source: PostgreSQL, "Date/Time Types"; `timestamptz_send` in `timestamp.c`.
extension Date: PostgresScalar {
    /// From the epoch of `Date` (2001-01-01) back to PostgreSQL's: the leap year 2000.
    private static let secondsBetweenEpochs = 366.0 * 86_400
    private static let microsecondsBetweenEpochs: Int64 = 366 * 86_400 * 1_000_000

    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }
    package static func accepts(_ type: PostgresType) -> Bool { type == .timestamptz }

    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: postgresMicroseconds) }

    /// What does not fit becomes a number that the server refuses as out of range (22008): the two extreme numbers
    /// themselves would mean `infinity`.
    private var postgresMicroseconds: Int64 {
        let microseconds = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        guard let whole = Int64(exactly: microseconds) else { return microseconds < 0 ? .min + 1 : .max - 1 }
        let (sum, overflow) = whole.addingReportingOverflow(Self.microsecondsBetweenEpochs)
        return overflow ? .max - 1 : sum
    }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        let microseconds = try bytes.wholeBigEndian(Int64.self)
        guard microseconds != .max, microseconds != .min else { throw .outOfRange }
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        self.init(
            timeIntervalSinceReferenceDate: Double(seconds) - Self.secondsBetweenEpochs + Double(rest) / 1_000_000)
    }
}
