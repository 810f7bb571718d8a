package import NIOCore

/// The events of a multipart/form-data body, read as they are asked for: nothing is taken from the body before.
package struct MultipartEvents<Body: AsyncSequence>: AsyncSequence where Body.Element == ByteBuffer {
    package typealias Element = MultipartEvent

    private let body: Body
    private let reader: MultipartReader

    package init(_ body: Body, reader: MultipartReader) {
        self.body = body
        self.reader = reader
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private var body: Body.AsyncIterator
        /// Where the reading stands.
        package private(set) var reader: MultipartReader
        /// Bytes taken from the body so far.
        package private(set) var receivedBytes: Int64 = 0

        init(_ body: Body.AsyncIterator, reader: MultipartReader) {
            self.body = body
            self.reader = reader
        }

        /// The next event; nil when the body is at its end, whatever follows the closing boundary included.
        /// - Throws: ``MultipartError``, or the body's own error.
        package mutating func next() async throws -> MultipartEvent? {
            while true {
                if let event = try reader.next() { return event }
                guard let bytes = try await body.next() else {
                    try reader.finish()
                    return nil
                }
                receivedBytes += Int64(bytes.readableBytes)
                reader.feed(bytes)
            }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body.makeAsyncIterator(), reader: reader)
    }
}
