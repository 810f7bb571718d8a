/// A place in a binary value that moves from its start to its end; every step checks what is left.
struct WireCursor {
    private(set) var offset = 0

    func remaining(in bytes: RawSpan) -> Int { bytes.byteCount - offset }

    mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, from bytes: RawSpan
    ) throws(PostgresDecodingError.Reason) -> T {
        guard remaining(in: bytes) >= MemoryLayout<T>.size else { throw .malformed }
        defer { offset += MemoryLayout<T>.size }
        return T(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Steps over `count` bytes and says where they lie.
    mutating func advance(
        by count: Int, in bytes: RawSpan
    ) throws(PostgresDecodingError.Reason) -> Range<Int> {
        guard count >= 0, remaining(in: bytes) >= count else { throw .malformed }
        defer { offset += count }
        return offset..<offset + count
    }
}
