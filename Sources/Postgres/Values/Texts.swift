/// `text`, `varchar`, `char(n)` and `name`. An enumeration or `citext` column is read with `::text`.
extension String: PostgresScalar {
    package static var postgresType: PostgresType { .text }
    package static var postgresArrayType: PostgresType { .textArray }

    package static func accepts(_ type: PostgresType) -> Bool {
        type == .text || type == .varchar || type == .name || type == .bpchar
    }

    package func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        let text = bytes.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
        guard let text else { throw .malformed }
        self = text
    }
}

/// A JSON document as text: bound as `jsonb`, read from `jsonb` or `json`.
package struct JSONText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension JSONText: PostgresScalar {
    /// The version byte that opens the binary form of `jsonb` (`jsonb_send` in `jsonb.c`).
    private static let version: UInt8 = 1

    package static var postgresType: PostgresType { .jsonb }
    package static var postgresArrayType: PostgresType { .jsonbArray }
    package static func accepts(_ type: PostgresType) -> Bool { type == .jsonb || type == .json }

    package func encode(into bytes: inout [UInt8]) {
        bytes.append(Self.version)
        bytes.append(contentsOf: text.utf8)
    }

    package init(decoding bytes: RawSpan, type: PostgresType) throws(PostgresDecodingError.Reason) {
        guard type == .jsonb else {
            self.init(try String(decoding: bytes, type: .text))
            return
        }
        guard bytes.byteCount > 0, bytes.unsafeLoad(as: UInt8.self) == Self.version else { throw .malformed }
        self.init(try String(decoding: bytes.extracting(droppingFirst: 1), type: .text))
    }
}
