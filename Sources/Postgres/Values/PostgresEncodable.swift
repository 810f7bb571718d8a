/// A value that can be bound to a parameter.
package protocol PostgresEncodable: Sendable {
    /// The type that the parameter is declared with. It is fixed, so that a statement's text means one plan.
    static var postgresType: PostgresType { get }
    /// The wire format of ``encode(into:)``; binary but for types that have no use for it.
    static var postgresFormat: PostgresFormat { get }
    /// SQL NULL: ``encode(into:)`` is then not called.
    var isPostgresNull: Bool { get }
    /// Appends the value in the type's wire form, in network byte order.
    func encode(into bytes: inout [UInt8])
}

/// How a parameter's bytes are to be read: the format codes of the protocol's Bind message.
package enum PostgresFormat: Int32, Sendable {
    case text = 0
    case binary = 1
}

extension PostgresEncodable {
    package static var postgresFormat: PostgresFormat { .binary }
    package var isPostgresNull: Bool { false }
}

/// Types of the program's own, such as ids and statuses, are bound as their raw value: conforming takes no code.
extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    package static var postgresType: PostgresType { RawValue.postgresType }
    package static var postgresFormat: PostgresFormat { RawValue.postgresFormat }
    package var isPostgresNull: Bool { rawValue.isPostgresNull }
    package func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package static var postgresFormat: PostgresFormat { Wrapped.postgresFormat }
    package var isPostgresNull: Bool { map(\.isPostgresNull) ?? true }
    package func encode(into bytes: inout [UInt8]) { self?.encode(into: &bytes) }
}

extension [UInt8] {
    /// Appends an integer in network byte order.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
