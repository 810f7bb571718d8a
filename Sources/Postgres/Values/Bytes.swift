/// `[UInt8]` is one `bytea`, not an array.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }
    package static func acceptsArray(_ type: PostgresType) -> Bool { type == .bytea }
    package static func encodeArray(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }

    package static func decodeArray(
        _ bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [UInt8] {
        bytes.withUnsafeBytes { Array($0) }
    }
}

/// `[[UInt8]]` is `bytea[]`.
extension Array: PostgresArrayElement where Element == UInt8 {
    package static var postgresArrayType: PostgresType { .byteaArray }
}

extension Array: PostgresScalar where Element == UInt8 {}
