internal import Foundation
internal import NIOHTTP1
internal import TollgateCore

/// What the headers of an answer say of an object.
///
/// Source: Amazon S3 API Reference, "HeadObject" and "GetObject".
struct S3ObjectHeaders {
    private let headers: HTTPHeaders

    init(_ headers: HTTPHeaders) {
        self.headers = headers
    }

    /// The object of an answer to HEAD.
    /// - Throws: ``S3Failure/malformed(reason:)`` without size, ETag or date.
    func object() throws(S3Failure) -> StoredObject {
        guard let size = headers.first(name: "Content-Length").flatMap({ Int64($0) }), size >= 0 else {
            throw .malformed(reason: "it names no size")
        }
        return try object(size: size)
    }

    /// The object of an answer to GET, and which of its bytes the answer holds.
    /// - Throws: as ``object()``.
    func part() throws(S3Failure) -> (StoredObject, Range<Int64>) {
        guard let text = headers.first(name: "Content-Range") else {
            let whole = try object()
            return (whole, 0..<whole.size)
        }
        guard let (range, size) = Self.contentRange(text) else {
            throw .malformed(reason: "its Content-Range cannot be read")
        }
        return (try object(size: size), range)
    }

    /// `bytes 2-4/10` (RFC 9110, section 14.4).
    private static func contentRange(_ text: String) -> (Range<Int64>, size: Int64)? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split { $0 == "-" || $0 == "/" }.compactMap { Int64($0) }
        guard parts.count == 3, parts[0] >= 0, parts[0] <= parts[1], parts[1] < parts[2] else { return nil }
        return (parts[0]..<(parts[1] + 1), parts[2])
    }

    private func object(size: Int64) throws(S3Failure) -> StoredObject {
        guard let etag = headers.first(name: "ETag") else { throw .malformed(reason: "it names no ETag") }
        guard let modified = headers.first(name: "Last-Modified").flatMap({ HTTPDate.parse($0) }) else {
            throw .malformed(reason: "it names no date")
        }
        return StoredObject(
            size: size, contentType: headers.first(name: "Content-Type") ?? "binary/octet-stream",
            etag: Self.unquoted(etag), checksumSHA256: checksum, lastModified: modified, version: version,
            headers: further)
    }

    /// The object's SHA-256. A composite one is that of its parts' digests, which is another thing; it has `-` and
    /// their number at its end.
    ///
    /// Source: Amazon S3 User Guide, "Checking object integrity".
    private var checksum: [UInt8]? {
        guard headers.first(name: "x-amz-checksum-type") != "COMPOSITE",
            let bytes = headers.first(name: "x-amz-checksum-sha256").flatMap({ Base64.decode($0) }), bytes.count == 32
        else { return nil }
        return bytes
    }

    /// `null` stands for none: the bucket kept no versions when the object came.
    var version: String? {
        headers.first(name: "x-amz-version-id").flatMap { $0 == "null" ? nil : $0 }
    }

    private static let kept = ["cache-control", "content-disposition", "content-encoding", "expires"]

    private var further: [HeaderField] {
        headers.compactMap { name, value in
            let name = name.lowercased()
            guard Self.kept.contains(name) || name.hasPrefix("x-amz-meta-") else { return nil }
            return HeaderField(name: name, value: value)
        }
    }

    /// An ETag without its quotation marks.
    static func unquoted(_ etag: String) -> String {
        etag.count >= 2 && etag.hasPrefix("\"") && etag.hasSuffix("\"") ? String(etag.dropFirst().dropLast()) : etag
    }
}
