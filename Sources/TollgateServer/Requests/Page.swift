import HTTPTypes
import Hummingbird

/// The query of a list: `limit` (1 to 200, 50), `cursor`.
struct Page<Cursor: Sendable>: Sendable {
    let limit: Int
    /// Where the page before ended; nil for the first one.
    let after: Cursor?

    /// - Throws: ``Problem`` 400 that names the parameter.
    init(_ request: Request, _ parse: (String) -> Cursor?) throws {
        let query = try QueryReader(request, known: ["limit", "cursor"])
        limit =
            try query.value("limit", "a whole number, 1 to 200") { text in
                Int(text).flatMap { (1...200).contains($0) ? $0 : nil }
            } ?? 50
        after = try query.value("cursor", "the next_cursor of the page before", parse)
    }
}
