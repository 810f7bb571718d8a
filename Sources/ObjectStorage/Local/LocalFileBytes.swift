internal import NIOCore

/// Bytes of a file, read 256 KiB at a time when they are asked for. The file stays open for as long as this is held,
/// so that a replaced or deleted object is still read whole.
struct LocalFileBytes: AsyncSequence, Sendable {
    let file: OpenFile
    let range: Range<Int64>
    let work: BlockingWork

    private static let pieceBytes: Int64 = 256 << 10

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: OpenFile
        let work: BlockingWork
        var rest: Range<Int64>

        /// - Throws: ``ObjectStorageError/unavailable(reason:)`` when the file ends early, which only a hand at work
        ///   in the directory can cause.
        mutating func next() async throws -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            try Task.checkCancellation()
            let (offset, count) = (rest.lowerBound, Int(Swift.min(Int64(rest.count), LocalFileBytes.pieceBytes)))
            let buffer = try await work.run { [file] in
                var buffer = ByteBufferAllocator().buffer(capacity: count)
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
                    try file.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]))
                }
                return buffer
            }
            guard buffer.readableBytes == count else {
                throw ObjectStorageError.unavailable(reason: "a file was cut while it was read")
            }
            rest = (offset + Int64(count))..<rest.upperBound
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(file: file, work: work, rest: range)
    }
}
