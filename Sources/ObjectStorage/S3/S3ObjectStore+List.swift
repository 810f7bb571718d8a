internal import Foundation
package import TollgateCore

extension S3ObjectStore {
    package func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        var query = [
            HeaderField(name: "list-type", value: "2"), HeaderField(name: "encoding-type", value: "url"),
            HeaderField(name: "max-keys", value: String(limit)), HeaderField(name: "prefix", value: prefix),
        ]
        if let after { query.append(HeaderField(name: "start-after", value: after.rawValue)) }
        return try await mapped {
            try await client.send(S3Call(operation: "ListObjectsV2", method: "GET", query: query)) {
                answer throws(S3Failure) in
                try S3Listing(answer.document(), root: "ListBucketResult").page()
            }
        }
    }
}

/// A list in a store's answer, whose keys are encoded where it says so.
///
/// Source: Amazon S3 API Reference, "ListObjectsV2" and "ListMultipartUploads", `encoding-type`.
struct S3Listing {
    private let tree: XMLTree

    init(_ tree: XMLTree, root: String) throws(S3Failure) {
        guard tree.name == root else { throw .malformed(reason: "it is no \(root)") }
        self.tree = tree
    }

    var isTruncated: Bool { tree.text("IsTruncated") == "true" }

    func page() throws(S3Failure) -> ObjectPage {
        var entries: [ObjectPage.Entry] = []
        for item in tree.all("Contents") { entries.append(try entry(item)) }
        return ObjectPage(entries: entries, isTruncated: isTruncated)
    }

    private func entry(_ item: XMLTree) throws(S3Failure) -> ObjectPage.Entry {
        guard let size = item.text("Size").flatMap({ Int64($0) }), let etag = item.text("ETag") else {
            throw .malformed(reason: "an object in a list has no size or ETag")
        }
        return ObjectPage.Entry(
            key: try key(item), size: size, etag: S3ObjectHeaders.unquoted(etag),
            lastModified: try date(item, "LastModified"))
    }

    func leftovers() throws(S3Failure) -> [S3Leftover] {
        var leftovers: [S3Leftover] = []
        for item in tree.all("Upload") {
            guard let uploadID = item.text("UploadId") else { throw .malformed(reason: "an upload has no id") }
            leftovers.append(
                S3Leftover(key: try key(item), uploadID: uploadID, startedAt: try date(item, "Initiated")))
        }
        return leftovers
    }

    private func key(_ item: XMLTree) throws(S3Failure) -> ObjectKey {
        let text = item.text("Key").map(decoded)
        guard let key = text.flatMap(ObjectKey.init) else { throw .malformed(reason: "a key in a list is none") }
        return key
    }

    /// A text of the list itself, a marker for one.
    func text(_ name: String) -> String? { tree.text(name).map(decoded) }

    private func decoded(_ text: String) -> String {
        guard tree.text("EncodingType") == "url" else { return text }
        return String(decoding: URIEncoding.decode(text, plusIsSpace: true), as: UTF8.self)
    }

    private func date(_ item: XMLTree, _ name: String) throws(S3Failure) -> Date {
        guard let date = item.text(name).flatMap({ RFC3339.parse($0) }) else {
            throw .malformed(reason: "a date in a list cannot be read")
        }
        return date
    }
}
