/// The rows that a statement returned, copied out of libpq: they need no connection.
package struct PostgresRows: Sendable {
    let storage: RowStorage
    /// Rows inserted, updated, deleted or selected. Source: PostgreSQL, "Message Formats", CommandComplete.
    package let affectedRowCount: Int

    package var columns: [PostgresColumn] { storage.description.columns }
}

extension PostgresRows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { storage.rowCount }

    package subscript(position: Int) -> PostgresRow {
        precondition(indices.contains(position), "there is no row \(position)")
        return PostgresRow(storage: storage, index: position)
    }
}

/// All values of a result in one buffer.
final class RowStorage: Sendable {
    /// Where a value lies in the buffer.
    struct Cell: Sendable {
        /// The length of SQL NULL.
        static let null: Int32 = -1

        let offset: Int
        let length: Int32
    }

    let description: RowDescription
    let rowCount: Int
    /// Row by row.
    private let cells: [Cell]
    private let bytes: [UInt8]

    init(description: RowDescription, rowCount: Int, cells: [Cell], bytes: [UInt8]) {
        self.description = description
        self.rowCount = rowCount
        self.cells = cells
        self.bytes = bytes
    }

    func decode<T: PostgresDecodable>(
        _ type: T.Type, row: Int, column index: Int
    ) throws(PostgresDecodingError.Reason) -> T {
        let column = description.columns[index]
        guard T.accepts(column.type) else { throw .type(column.type, wanted: "\(T.self)") }
        let cell = cells[row * description.columns.count + index]
        guard cell.length != Cell.null else {
            guard let null = T.valueOfNull else { throw .null }
            return null
        }
        let bytes = bytes
        let value = bytes.span.bytes.extracting(cell.offset..<cell.offset + Int(cell.length))
        return try T(decoding: value, type: column.type)
    }
}
