extension Bool: PostgresScalar {
    package static var postgresType: PostgresType { .bool }
    package static var postgresArrayType: PostgresType { .boolArray }
    package static func accepts(_ type: PostgresType) -> Bool { type == .bool }
    package func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = try bytes.wholeBigEndian(UInt8.self) != 0
    }
}

extension Int16: PostgresScalar {
    package static var postgresType: PostgresType { .int2 }
    package static var postgresArrayType: PostgresType { .int2Array }
    package static func accepts(_ type: PostgresType) -> Bool { type == .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = try bytes.wholeBigEndian(Int16.self)
    }
}

extension Int32: PostgresScalar {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }
    package static func accepts(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = type == .int2 ? Int32(try bytes.wholeBigEndian(Int16.self)) : try bytes.wholeBigEndian(Int32.self)
    }
}

extension Int64: PostgresScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package static func accepts(_ type: PostgresType) -> Bool { type == .int8 || type == .int4 || type == .int2 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        switch type {
        case .int2: self = Int64(try bytes.wholeBigEndian(Int16.self))
        case .int4: self = Int64(try bytes.wholeBigEndian(Int32.self))
        default: self = try bytes.wholeBigEndian(Int64.self)
        }
    }
}

/// Always a `bigint`, as `Int` has 64 bits on every platform that the gateway runs on.
extension Int: PostgresScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package static func accepts(_ type: PostgresType) -> Bool { Int64.accepts(type) }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        self = Int(try Int64(decoding: bytes, type: type))
    }
}

extension Double: PostgresScalar {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    package static func accepts(_ type: PostgresType) -> Bool { type == .float8 || type == .float4 }
    package func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        if type == .float4 {
            self = Double(Float(bitPattern: try bytes.wholeBigEndian(UInt32.self)))
        } else {
            self = Double(bitPattern: try bytes.wholeBigEndian(UInt64.self))
        }
    }
}
