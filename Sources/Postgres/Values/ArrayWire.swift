/// The binary form of one-dimensional arrays: dimensions, a flag for NULLs, the element type, then for each dimension
/// its length and lower bound, then each element after its length, which is -1 for NULL.
///
/// Source: PostgreSQL, `array_send` and `array_recv` in `src/backend/utils/adt/arrayfuncs.c`.
enum ArrayWire {
    static func encode<Element: PostgresEncodable>(_ elements: [Element], into bytes: inout [UInt8]) {
        guard !elements.isEmpty else {
            append(header: 0, hasNull: false, of: Element.postgresType, to: &bytes)
            return
        }
        append(header: 1, hasNull: elements.contains(where: \.isPostgresNull), of: Element.postgresType, to: &bytes)
        bytes.append(bigEndian: Int32(clamping: elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let lengthAt = bytes.count
            bytes.append(bigEndian: Int32(-1))
            guard !element.isPostgresNull else { continue }
            element.encode(into: &bytes)
            let length = Int32(clamping: bytes.count - lengthAt - 4)
            bytes.withUnsafeMutableBytes { $0.storeBytes(of: length.bigEndian, toByteOffset: lengthAt, as: Int32.self) }
        }
    }

    private static func append(header dimensions: Int32, hasNull: Bool, of type: PostgresType, to bytes: inout [UInt8])
    {
        bytes.append(bigEndian: dimensions)
        bytes.append(bigEndian: Int32(hasNull ? 1 : 0))
        bytes.append(bigEndian: type.rawValue)
    }

    static func decode<Element: PostgresDecodable>(
        _ bytes: RawSpan, type: PostgresType
    ) throws(PostgresDecodingError.Reason) -> [Element] {
        var cursor = WireCursor()
        let dimensions = try cursor.read(Int32.self, from: bytes)
        _ = try cursor.read(Int32.self, from: bytes)
        let elementType = PostgresType(rawValue: try cursor.read(UInt32.self, from: bytes))
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else { throw .dimensions(Int(dimensions)) }
        guard elementType == type.element else { throw .malformed }
        let count = Int(try cursor.read(Int32.self, from: bytes))
        _ = try cursor.read(Int32.self, from: bytes)
        // Each element takes four bytes or more, so a false count cannot make the reservation large.
        guard count >= 0, count <= cursor.remaining(in: bytes) / 4 else { throw .malformed }

        var elements: [Element] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            let length = Int(try cursor.read(Int32.self, from: bytes))
            guard length >= 0 else {
                guard let null = Element.valueOfNull else { throw .nullElement(index) }
                elements.append(null)
                continue
            }
            let place = try cursor.advance(by: length, in: bytes)
            elements.append(try Element(decoding: bytes.extracting(place), type: elementType))
        }
        guard cursor.remaining(in: bytes) == 0 else { throw .malformed }
        return elements
    }
}
