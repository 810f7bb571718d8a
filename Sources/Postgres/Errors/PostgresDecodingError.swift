/// A column whose content is not what the reader asked for; names the column, never shows the value.
package struct PostgresDecodingError: Error, Hashable, Sendable {
    package enum Reason: Error, Hashable, Sendable {
        /// The result has no column of that name.
        case noSuchColumn
        /// The result has several columns of that name: give them aliases.
        case ambiguousColumn
        /// SQL NULL, and the type has no place for it.
        case null
        /// An element of the array is NULL, and the element type has no place for it; counted from 0.
        case nullElement(Int)
        /// The column's type is another one than the Swift type reads.
        case type(PostgresType, wanted: String)
        /// The bytes are not the type's binary form.
        case malformed
        /// An array of more than one dimension.
        case dimensions(Int)
        /// A value that the Swift type cannot hold, such as `infinity` for a date.
        case outOfRange
        /// A raw value that the enumeration does not know.
        case unknownRawValue
    }

    /// The column's name in the result, or its number from 0 where it was read by number.
    package let column: String
    package let reason: Reason
}

extension PostgresDecodingError: CustomStringConvertible {
    package var description: String { "column \(column): \(reason)" }
}

extension PostgresDecodingError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSuchColumn: "the result has no such column"
        case .ambiguousColumn: "the result has several columns of this name"
        case .null: "is NULL"
        case .nullElement(let index): "element \(index) is NULL"
        case .type(let found, let wanted): "is of type \(found), which \(wanted) does not read"
        case .malformed: "is not in the binary form of its type"
        case .dimensions(let count): "is an array of \(count) dimensions"
        case .outOfRange: "is out of the range of the Swift type"
        case .unknownRawValue: "holds a value that the Swift type does not know"
        }
    }
}
