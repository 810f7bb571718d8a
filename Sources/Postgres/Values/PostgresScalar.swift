/// A value of a type that has an array type as well, so that `[Self]` and `[Self?]` can be bound and read.
package protocol PostgresScalar: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    /// These two have one implementation for all. They are requirements so that the compiler makes a copy of it for each
    /// conforming type: without, the generic code takes a hundred times as long for each element.
    static func encodeArray(ofOptionals elements: [Self?], into bytes: inout [UInt8])
    static func decodeArray(
        ofOptionals bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Self?]
}

extension PostgresScalar {
    package static func encodeArray(ofOptionals elements: [Self?], into bytes: inout [UInt8]) {
        ArrayWire.encode(elements, into: &bytes)
    }

    package static func decodeArray(
        ofOptionals bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Self?] {
        try ArrayWire.decode(bytes, type: type)
    }
}

/// What a Swift array of this type is in SQL.
///
/// It is a protocol of its own because `[UInt8]` is no array in SQL but one `bytea`.
package protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func acceptsArray(_ type: PostgresType) -> Bool
    static func encodeArray(_ elements: [Self], into bytes: inout [UInt8])
    static func decodeArray(
        _ bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Self]
}

extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    package static func acceptsArray(_ type: PostgresType) -> Bool {
        guard let element = type.element else { return false }
        return accepts(element)
    }

    package static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        ArrayWire.encode(elements, into: &bytes)
    }

    package static func decodeArray(
        _ bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Self] {
        try ArrayWire.decode(bytes, type: type)
    }
}

extension PostgresArrayElement where Self: RawRepresentable, RawValue: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { RawValue.postgresArrayType }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }

    package static func encodeArray(_ elements: [Self], into bytes: inout [UInt8]) {
        Wrapped.encodeArray(ofOptionals: elements, into: &bytes)
    }

    package static func decodeArray(
        _ bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Self] {
        try Wrapped.decodeArray(ofOptionals: bytes, type: type)
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func encode(into bytes: inout [UInt8]) { Element.encodeArray(self, into: &bytes) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func accepts(_ type: PostgresType) -> Bool { Element.acceptsArray(type) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = try Element.decodeArray(bytes, type: type)
    }
}
