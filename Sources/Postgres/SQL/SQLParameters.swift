/// Encoded parameters, end to end in one buffer: a statement with many values costs few allocations.
struct SQLParameters: Sendable {
    /// What the protocol's Bind message can count.
    static let maximumCount = 65_535

    private var bytes: [UInt8] = []
    /// Where each value lies in `bytes`; nil for NULL.
    private var places: [Range<Int>?] = []
    private(set) var types: [UInt32] = []
    private var formats: [Int32] = []

    var count: Int { types.count }

    mutating func append<Value: PostgresEncodable>(_ value: Value) {
        types.append(Value.postgresType.rawValue)
        formats.append(Value.postgresFormat.rawValue)
        guard !value.isPostgresNull else {
            places.append(nil)
            return
        }
        let start = bytes.count
        value.encode(into: &bytes)
        places.append(start..<bytes.count)
        // libpq reads a parameter in text format up to a NUL.
        bytes.append(0)
    }

    mutating func append(contentsOf other: SQLParameters) {
        let start = bytes.count
        bytes += other.bytes
        places += other.places.map { $0.map { start + $0.lowerBound..<start + $0.upperBound } }
        types += other.types
        formats += other.formats
    }

    /// Lends the values, their lengths in bytes and their formats in the shape of libpq's arrays.
    func withArguments<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { raw in
            let start = raw.bindMemory(to: CChar.self).baseAddress
            let values = places.map { place in place.flatMap { start?.advanced(by: $0.lowerBound) } }
            let lengths = places.map { Int32(clamping: $0?.count ?? 0) }
            return body(values, lengths, formats)
        }
    }
}
