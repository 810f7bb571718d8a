internal import Glibc

/// Finds CR LF `--boundary` in a stream of bytes.
///
/// A boundary holds no CR, so the delimiter has one, in front: memchr(3) leaps from CR to CR, and no byte is compared
/// twice, whatever the sender wrote.
struct DelimiterSearch {
    /// CR LF `--` and the boundary.
    let delimiter: [UInt8]

    enum Result: Equatable {
        /// The delimiter begins at this offset.
        case found(Int)
        /// The bytes end with what may be the delimiter's beginning, at this offset.
        case partial(Int)
        case none
    }

    init(_ boundary: MultipartBoundary) {
        delimiter = Array("\r\n--".utf8) + boundary.bytes
    }

    func find(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Result {
        delimiter.withUnsafeBytes { delimiter in
            guard let base = bytes.baseAddress, let pattern = delimiter.baseAddress else { return .none }
            var offset = start
            while offset < bytes.count, let hit = memchr(base + offset, 0x0D, bytes.count - offset) {
                let position = UnsafeRawPointer(hit) - base
                let available = min(delimiter.count, bytes.count - position)
                if memcmp(hit, pattern, available) == 0 {
                    return available == delimiter.count ? .found(position) : .partial(position)
                }
                offset = position + 1
            }
            return .none
        }
    }
}
