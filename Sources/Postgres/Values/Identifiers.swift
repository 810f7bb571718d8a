package import FoundationEssentials

extension UUID: PostgresScalar {
    package static var postgresType: PostgresType { .uuid }
    package static var postgresArrayType: PostgresType { .uuidArray }
    package static func accepts(_ type: PostgresType) -> Bool { type == .uuid }

    package func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
    }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        guard bytes.byteCount == MemoryLayout<uuid_t>.size else { throw .malformed }
        self.init(uuid: bytes.unsafeLoadUnaligned(as: uuid_t.self))
    }
}
