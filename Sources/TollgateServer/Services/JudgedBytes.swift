import NIOCore
import TollgateCore

/// A body whose leading bytes are judged before the first of them is handed on, so that a store never keeps what is
/// refused.
struct JudgedBytes<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == ByteBuffer {
    let base: Base
    let declared: MediaType
    let content: ContentVerification

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: Base.AsyncIterator
        fileprivate let declared: MediaType
        fileprivate let content: ContentVerification
        private var isJudged: Bool

        fileprivate init(_ bytes: JudgedBytes) {
            base = bytes.base.makeAsyncIterator()
            declared = bytes.declared
            content = bytes.content
            isJudged = content == .off
        }

        /// - Throws: ``UploadError/rejected(_:)``; what the body throws.
        mutating func next() async throws -> ByteBuffer? {
            guard !isJudged else { return try await base.next() }
            var leading = ByteBuffer()
            while leading.readableBytes < ContentDetector.maximumBytes, let bytes = try await base.next() {
                leading.writeImmutableBuffer(bytes)
            }
            isJudged = true
            let seen = Array(leading.readableBytesView.prefix(ContentDetector.maximumBytes))
            // All that decides by size is whether there is anything.
            let rejection = ContentJudge.judge(
                declared: declared, leading: seen, size: Int64(leading.readableBytes), mode: content)
            if let rejection { throw UploadError.rejected(rejection) }
            return leading.readableBytes > 0 ? leading : nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
