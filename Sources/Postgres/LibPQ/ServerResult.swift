import CLibPQ

/// A result of libpq: what is needed is copied out, then it is freed. Its pointer stays in here.
struct ServerResult: ~Copyable {
    enum Status {
        case success
        case failure
        case copy
    }

    private let pointer: OpaquePointer

    /// The next result of the statement that runs on `connection`; nil after the last.
    init?(nextOf connection: OpaquePointer) {
        guard let pointer = PQgetResult(connection) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: Status {
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: .success
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: .copy
        default: .failure
        }
    }

    /// The command as the server names it when it is complete, such as `ROLLBACK` for a `COMMIT` that could not be.
    var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    private var affectedRowCount: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// Source: PostgreSQL, "Error and Notice Message Fields"; the field codes are those of `postgres_ext.h`.
    var error: ServerError {
        let state = SQLState(rawValue: field("C") ?? "")
        return ServerError(
            severity: field("V") ?? "ERROR", sqlState: state,
            message: field("M").flatMap { SafeMessage.kept(of: $0, for: state) },
            position: field("P").flatMap { Int($0) },
            schema: field("s"), table: field("t"), column: field("c"), constraint: field("n"))
    }

    private func field(_ code: Unicode.Scalar) -> String? {
        PQresultErrorField(pointer, Int32(code.value)).map { String(cString: $0) }
    }

    /// Copies all rows. `known` is taken as their description where it still is the right one.
    func rows(describedBy known: RowDescription?) -> PostgresRows {
        let rowCount = Int(PQntuples(pointer))
        let columnCount = Int(PQnfields(pointer))
        var cells: [RowStorage.Cell] = []
        cells.reserveCapacity(rowCount * columnCount)
        var size = 0
        for row in 0..<Int32(rowCount) {
            for column in 0..<Int32(columnCount) {
                let isNull = PQgetisnull(pointer, row, column) != 0
                let length = isNull ? RowStorage.Cell.null : PQgetlength(pointer, row, column)
                cells.append(RowStorage.Cell(offset: size, length: length))
                size += Int(max(0, length))
            }
        }
        return PostgresRows(
            storage: RowStorage(
                description: description(orKnown: known), rowCount: rowCount, cells: cells,
                bytes: copy(of: cells, columnCount: columnCount, size: size)),
            affectedRowCount: affectedRowCount)
    }

    private func copy(of cells: [RowStorage.Cell], columnCount: Int, size: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for (index, cell) in cells.enumerated() where cell.length > 0 {
                let (row, column) = index.quotientAndRemainder(dividingBy: columnCount)
                guard let value = PQgetvalue(pointer, Int32(row), Int32(column)) else { continue }
                UnsafeMutableRawBufferPointer(buffer).baseAddress?.advanced(by: cell.offset)
                    .copyMemory(from: value, byteCount: Int(cell.length))
            }
            count = size
        }
    }

    private func description(orKnown known: RowDescription?) -> RowDescription {
        if let known, hasTypes(of: known) { return known }
        var columns: [PostgresColumn] = []
        for column in 0..<PQnfields(pointer) {
            let name = PQfname(pointer, column).map { String(cString: $0) } ?? ""
            columns.append(PostgresColumn(name: name, type: PostgresType(rawValue: PQftype(pointer, column))))
        }
        return RowDescription(columns: columns)
    }

    private func hasTypes(of description: RowDescription) -> Bool {
        guard Int(PQnfields(pointer)) == description.columns.count else { return false }
        for (index, column) in description.columns.enumerated()
        where PQftype(pointer, Int32(index)) != column.type.rawValue { return false }
        return true
    }
}
