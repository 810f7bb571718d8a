import TollgateCore

extension SettingKind where Value == String {
    /// What a socket can listen on.
    static var host: Self {
        text("a host name or an IP address (IPv6 without brackets)") { text in
            HostName.isValid(text) || HostName.isAddressV6(text[...]) ? text : nil
        }
    }

    static var path: Self {
        text("the path of a directory") { $0 }
    }

    static var file: Self {
        text("the path of a file") { $0 }
    }

    /// Source: Amazon S3 User Guide, "General purpose bucket naming rules"; upper case and underscores as old buckets
    /// and other stores have them.
    static var bucket: Self {
        let word = word("a bucket name", 3...63, and: ".-_")
        return text("\(word.expectation), the first one no sign, no two dots together") { text in
            guard let first = text.unicodeScalars.first, first.isASCIIAlphanumeric, !text.contains("..") else {
                return nil
            }
            return word.parse(text)
        }
    }

    static var region: Self { word("a region", 1...64, and: "-_") }

    /// An access key id stands in a credential between slashes, so it has none. A malformed one is not shown: it may
    /// be the secret in the wrong place.
    static var accessKeyID: Self {
        var kind = word("an access key id", 1...128, and: "-_.+=@:")
        kind.disclosure = .parsedOnly
        return kind
    }

    /// Characters that every store and every URL takes as they are, no empty or dot segments; a slash is added.
    static var keyPrefix: Self {
        text("a key prefix such as uploads/ (letters, digits and - _ . between single slashes; no leading slash)") {
            text in
            guard !text.isEmpty else { return "" }
            let segments = (text.hasSuffix("/") ? text.dropLast() : text[...])
                .split(separator: "/", omittingEmptySubsequences: false)
            let isFit = segments.allSatisfy { segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || "-_.".unicodeScalars.contains($0) }
            }
            return isFit && text.utf8.count <= 256 ? segments.joined(separator: "/") + "/" : nil
        }
    }

    static var cannedACL: Self { oneOf(ObjectVocabulary.cannedACLs) }

    static var serverSideEncryption: Self { oneOf(ObjectVocabulary.encryptions) }

    private static func oneOf(_ words: [String]) -> Self {
        text("one of " + words.joined(separator: ", ")) { words.contains($0) ? $0 : nil }
    }
}
