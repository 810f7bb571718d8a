package import Foundation
package import NIOCore
package import TollgateCore

/// A name and a value, as HTTP and forms carry them.
package typealias HeaderField = PostForm.Field

/// What a store says of an object.
package struct StoredObject: Sendable, Equatable {
    /// Bytes.
    package let size: Int64
    package let contentType: String
    /// Without quotation marks.
    package let etag: String
    /// 32 bytes, where the store knows it.
    package let checksumSHA256: [UInt8]?
    package let lastModified: Date
    /// The version's id, in a bucket that keeps versions.
    package let version: String?
    /// Cache-Control, Content-Disposition, Content-Encoding, Expires, x-amz-meta-*; names in lower case.
    package let headers: [HeaderField]

    package init(
        size: Int64, contentType: String, etag: String, checksumSHA256: [UInt8]?, lastModified: Date,
        version: String? = nil, headers: [HeaderField] = []
    ) {
        self.size = size
        self.contentType = contentType
        self.etag = etag
        self.checksumSHA256 = checksumSHA256
        self.lastModified = lastModified
        self.version = version
        self.headers = headers
    }
}

/// What a new object is given besides its bytes.
package struct ObjectAttributes: Sendable, Equatable {
    package var contentType: String
    /// As in ``StoredObject/headers``.
    package var headers: [HeaderField]
    package var checksum: Checksum

    /// What happens with the bytes' SHA-256.
    package enum Checksum: Sendable, Equatable {
        /// It is not computed.
        case none
        /// It is computed and kept.
        case compute
        /// It must be these 32 bytes, else nothing is stored.
        case verify([UInt8])
    }

    package init(contentType: String, headers: [HeaderField] = [], checksum: Checksum = .none) {
        self.contentType = contentType
        self.headers = headers
        self.checksum = checksum
    }
}

/// An object and some of its bytes, which come as they are asked for.
package struct ObjectContent: Sendable {
    package let object: StoredObject
    /// Which of the object's bytes ``bytes`` holds.
    package let range: Range<Int64>
    package let bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable

    package init(object: StoredObject, range: Range<Int64>, bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable)
    {
        self.object = object
        self.range = range
        self.bytes = bytes
    }
}
