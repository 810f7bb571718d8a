/// One row of a result.
package struct PostgresRow: Sendable {
    let storage: RowStorage
    let index: Int

    /// The value of the column of that name.
    ///
    /// - Throws: ``PostgresDecodingError`` naming the column, where it is missing, NULL or of another type.
    package func decode<T: PostgresDecodable>(
        _ column: String, as type: T.Type = T.self
    ) throws(PostgresDecodingError) -> T {
        let index = try storage.description.index(of: column)
        do throws(PostgresDecodingError.Reason) {
            return try storage.decode(type, row: self.index, column: index)
        } catch {
            throw PostgresDecodingError(column: column, reason: error)
        }
    }

    /// The value of the column at `index`, counted from 0: for results of one column or where a loop is hot.
    ///
    /// - Throws: ``PostgresDecodingError`` naming the column, where it is missing, NULL or of another type.
    package func decode<T: PostgresDecodable>(
        at index: Int, as type: T.Type = T.self
    ) throws(PostgresDecodingError) -> T {
        let columns = storage.description.columns
        guard columns.indices.contains(index) else {
            throw PostgresDecodingError(column: String(index), reason: .noSuchColumn)
        }
        do throws(PostgresDecodingError.Reason) {
            return try storage.decode(type, row: self.index, column: index)
        } catch {
            throw PostgresDecodingError(column: columns[index].name, reason: error)
        }
    }
}
