package import Foundation
package import TollgateCore

/// A multipart upload that was begun and neither completed nor aborted. Its parts are stored, and paid for.
package struct S3Leftover: Sendable, Equatable {
    package let key: ObjectKey
    package let uploadID: String
    package let startedAt: Date
}

extension S3ObjectStore {
    /// All multipart uploads in progress whose keys begin with `prefix`.
    package func leftovers(prefix: String) async throws -> [S3Leftover] {
        var found: [S3Leftover] = []
        var marker: [HeaderField] = []
        while true {
            // Keys are not asked for URL-encoded: SeaweedFS 4.48 says that they are and sends them plain, Ceph 16 encodes
            // them and does not say so. What XML cannot carry is in no key of the gateway's.
            let query =
                [HeaderField(name: "uploads", value: ""), HeaderField(name: "prefix", value: prefix)] + marker
            let (page, next) = try await mapped {
                try await client.send(S3Call(operation: "ListMultipartUploads", method: "GET", query: query)) {
                    answer throws(S3Failure) in
                    let listing = try S3Listing(answer.document(), root: "ListMultipartUploadsResult")
                    return (try listing.leftovers(), listing.nextUploadMarker)
                }
            }
            found += page
            // A marker that does not move would be followed forever.
            guard let next, next != marker else { return found }
            marker = next
        }
    }

    /// Aborts the multipart uploads below `prefix` that began before an instant: those that a gateway lost hold of.
    /// - Returns: how many.
    package func abortLeftovers(prefix: String, startedBefore instant: Date) async throws -> Int {
        let lost = try await leftovers(prefix: prefix).filter { $0.startedAt < instant }
        for leftover in lost {
            try await mapped { try await abort(leftover.key, uploadID: leftover.uploadID) }
        }
        return lost.count
    }

    /// One that is over already is no error.
    /// - Throws: ``S3Failure``.
    func abort(_ key: ObjectKey, uploadID: String) async throws {
        let call = S3Call(
            operation: "AbortMultipartUpload", method: "DELETE", resource: .object(key),
            query: [HeaderField(name: "uploadId", value: uploadID)])
        do {
            try await client.send(call) { _ throws(S3Failure) in }
        } catch S3Failure.refused(let refusal) where refusal.status == 404 {
            // Completed or aborted before.
        }
    }
}

extension S3Listing {
    /// Where the next page of uploads begins; nil on the last.
    var nextUploadMarker: [HeaderField]? {
        guard isTruncated, let key = text("NextKeyMarker"), let uploadID = text("NextUploadIdMarker") else {
            return nil
        }
        return [HeaderField(name: "key-marker", value: key), HeaderField(name: "upload-id-marker", value: uploadID)]
    }
}
