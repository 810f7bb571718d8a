package import Foundation
package import TollgateCore

/// Some of a bucket's objects, in the order of their keys' bytes.
package struct ObjectPage: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let key: ObjectKey
        /// Bytes.
        package let size: Int64
        /// Without quotation marks.
        package let etag: String
        package let lastModified: Date

        package init(key: ObjectKey, size: Int64, etag: String, lastModified: Date) {
            self.key = key
            self.size = size
            self.etag = etag
            self.lastModified = lastModified
        }
    }

    package let entries: [Entry]
    /// Whether there are objects behind the last one.
    package let isTruncated: Bool

    package init(entries: [Entry], isTruncated: Bool) {
        self.entries = entries
        self.isTruncated = isTruncated
    }
}
