/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
    /// Whether a column of this type can be read as `Self` without loss.
    static func accepts(_ type: PostgresType) -> Bool
    /// Reads the binary form of a type that ``accepts(_:)`` allowed.
    init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason)
    /// What SQL NULL is read as; nil where NULL is an error.
    static var valueOfNull: Self? { get }
}

extension PostgresDecodable {
    package static var valueOfNull: Self? { nil }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    package static func accepts(_ type: PostgresType) -> Bool { RawValue.accepts(type) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        guard let value = Self(rawValue: try RawValue(decoding: bytes, type: type)) else { throw .unknownRawValue }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func accepts(_ type: PostgresType) -> Bool { Wrapped.accepts(type) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = .some(try Wrapped(decoding: bytes, type: type))
    }

    package static var valueOfNull: Self? { .some(.none) }
}

extension RawSpan {
    /// An integer in network byte order that takes the whole span.
    func wholeBigEndian<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type
    ) throws(PostgresDecodingError.Reason) -> T {
        guard byteCount == MemoryLayout<T>.size else { throw .malformed }
        return T(bigEndian: unsafeLoadUnaligned(as: type))
    }
}
