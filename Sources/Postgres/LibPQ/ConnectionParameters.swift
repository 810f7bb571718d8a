import CLibPQ

/// The keywords and values that a session is opened with.
///
/// libpq lets a later keyword override an earlier one, and the URL stands among them as `dbname`: what is before it are
/// defaults that the URL may change, what is after it holds in any case.
/// Source: PostgreSQL, "Parameter Key Words" and `PQconnectdbParams`.
struct ConnectionParameters {
    private let entries: [(keyword: String, value: String)]

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let urlOptions = try Self.options(in: configuration.url)
        let settings = [
            ("TimeZone", "UTC"),
            ("statement_timeout", Self.milliseconds(configuration.statementTimeout)),
            ("lock_timeout", Self.milliseconds(configuration.lockTimeout)),
            ("idle_in_transaction_session_timeout", Self.milliseconds(configuration.idleInTransactionTimeout)),
        ]
        let options = settings.map { "-c \($0)=\($1)" }.joined(separator: " ")
        entries = [
            ("connect_timeout", String(max(2, Self.wholeSeconds(configuration.connectTimeout)))),
            ("fallback_application_name", configuration.applicationName),
            ("keepalives", "1"),
            ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", Self.milliseconds(configuration.unacknowledgedTimeout)),
            ("dbname", configuration.url),
            ("client_encoding", "UTF8"),
            ("options", urlOptions.map { "\($0) \(options)" } ?? options),
        ]
    }

    /// A session that libpq has tried to open; nil without memory. To be closed by the caller.
    func connect() -> OpaquePointer? {
        Self.withCStrings(entries.map(\.keyword)) { keywords in
            Self.withCStrings(entries.map(\.value)) { values in
                PQconnectdbParams(keywords, values, 1)
            }
        }
    }

    /// The URL's own `options`, nil without any. libpq's reason for refusing a URL quotes it, so it is not passed on.
    private static func options(in url: String) throws(PostgresError) -> String? {
        var reason: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(reason) }
        guard !url.utf8.contains(0), let parsed = PQconninfoParse(url, &reason) else { throw .invalidURL }
        defer { PQconninfoFree(parsed) }
        var entry = parsed
        while let keyword = entry.pointee.keyword {
            if String(cString: keyword) == "options", let value = entry.pointee.val { return String(cString: value) }
            entry += 1
        }
        return nil
    }

    /// 0 turns a time-out off, so a short one is rounded up.
    private static func milliseconds(_ duration: Duration?) -> String {
        guard let duration else { return "0" }
        let (seconds, attoseconds) = duration.components
        let rounded = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return String(min(max(1, rounded), Int64(Int32.max)))
    }

    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds + (attoseconds > 0 ? 1 : 0)
    }

    /// Lends `strings` as an array of C strings that ends with NULL, as libpq wants it.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        var buffer: [CChar] = []
        let starts = strings.map { string in
            defer { buffer += string.utf8CString }
            return buffer.count
        }
        return buffer.withUnsafeBufferPointer { characters in
            body(starts.map { characters.baseAddress?.advanced(by: $0) } + [nil])
        }
    }
}
