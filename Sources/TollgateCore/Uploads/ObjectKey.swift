/// The name of an object in its bucket: 1 to 1,024 bytes of UTF-8.
///
/// Source: Amazon S3 User Guide, "Naming Amazon S3 objects".
package struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Returns: nil when the text is empty or longer than 1,024 bytes.
    package init?(_ rawValue: String) {
        guard (1...1024).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
