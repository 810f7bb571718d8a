/// What stands before every tenant's prefix in a bucket that is shared with others: nothing, or a path that ends in
/// `/`.
package struct ObjectKeyPrefix: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package static let none = ObjectKeyPrefix(checked: "")

    private init(checked rawValue: String) { self.rawValue = rawValue }

    /// Adds the slash at the end where it is missing: without it `uploads` would also match `uploads-old/`.
    ///
    /// - Returns: nil when a segment is empty, `.` or `..`, when a character is not one of S3's safe ones
    ///   (`0-9a-zA-Z!-_.*'()`), or beyond 512 bytes. Source: Amazon S3 User Guide, "Naming Amazon S3 objects".
    package init?(_ text: String) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        let path = text.hasSuffix("/") ? String(text.dropLast()) : text
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let safe = segments.allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".." && segment.utf8.allSatisfy(Self.isSafe)
        }
        guard safe, path.utf8.count < 512 else { return nil }
        rawValue = path + "/"
    }

    package var description: String { rawValue }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!-_.*'()".utf8.contains(byte)
        }
    }
}

extension ObjectKeyPrefix {
    /// What every key of a tenant begins with: `slug/` after this prefix.
    package func of(_ slug: Slug) -> ObjectKeyPrefix { ObjectKeyPrefix(checked: "\(rawValue)\(slug)/") }
}

extension ObjectKey {
    /// The key of an upload: `slug/uuidv7.ext`. The user's file name has no part in it but the extension.
    ///
    /// Always within S3's 1,024 bytes: a prefix has at most 512, the rest at most 94.
    package static func make(
        prefix: ObjectKeyPrefix = .none, slug: Slug, uploadID: UploadID, extension: FileExtension?
    ) -> ObjectKey {
        let suffix = `extension`.map { ".\($0)" } ?? ""
        return ObjectKey(checked: "\(prefix)\(slug)/\(uploadID)\(suffix)")
    }

    private init(checked rawValue: String) { self.rawValue = rawValue }
}
