/// The columns of a result and where to find each by name.
///
/// A prepared statement keeps its description, so that looking up names costs one dictionary for all its executions.
final class RowDescription: Sendable {
    let columns: [PostgresColumn]
    /// The column of each name; nil for a name that several columns have.
    private let indices: [String: Int?]

    init(columns: [PostgresColumn]) {
        self.columns = columns
        indices = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, _ in nil })
    }

    func index(of name: String) throws(PostgresDecodingError) -> Int {
        guard let index = indices[name] else { throw PostgresDecodingError(column: name, reason: .noSuchColumn) }
        guard let index else { throw PostgresDecodingError(column: name, reason: .ambiguousColumn) }
        return index
    }
}

/// A column of a result.
package struct PostgresColumn: Hashable, Sendable {
    package let name: String
    package let type: PostgresType
}
