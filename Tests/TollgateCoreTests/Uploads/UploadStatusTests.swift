import Testing

@testable import TollgateCore

struct UploadStatusTests {
    /// Every way there is; all others are refused.
    static let ways: [UploadStatus: Set<UploadStatus>] = [
        .pending: [.finished, .aborted, .expired, .rejected],
        .finished: [.deleted, .rejected],
    ]

    @Test("moves along the known ways only", arguments: UploadStatus.allCases, UploadStatus.allCases)
    func moves(from: UploadStatus, to: UploadStatus) throws {
        if from == to {
            #expect(try from.move(to: to) == .alreadyThere)
        } else if Self.ways[from, default: []].contains(to) {
            #expect(try from.move(to: to) == .moves(to: to))
        } else {
            #expect(throws: UploadTransitionRefused(from: from, to: to)) { try from.move(to: to) }
        }
    }

    @Test(
        "a removal aborts, deletes, or finds nothing to do",
        arguments: [
            (UploadStatus.pending, UploadMove.moves(to: .aborted)), (.finished, .moves(to: .deleted)),
            (.aborted, .alreadyThere), (.expired, .alreadyThere), (.rejected, .alreadyThere), (.deleted, .alreadyThere),
        ])
    func removes(from: UploadStatus, expected: UploadMove) {
        #expect(from.moveOnRemoval == expected)
    }
}

struct StoredObjectCheckTests {
    private let hello = ChecksumSHA256(base64: "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")
    private let hullo = ChecksumSHA256(base64: "eDUGahRXUEIXaIyPXQaQnGWR4Mp4wlTM8XRQ0NmZyrA=")

    private func verdict(
        _ range: ClosedRange<Int64>, stored size: Int64, type: String? = "image/png", declared: ChecksumSHA256? = nil,
        checksum: ChecksumSHA256? = nil
    ) throws -> StoredObjectCheck.Verdict {
        StoredObjectCheck.compare(
            DeclaredUpload(sizeRange: range, contentType: try MediaType("image/png"), checksum: declared),
            with: StoredFacts(sizeBytes: size, contentType: type, checksum: checksum))
    }

    private func reason(_ verdict: StoredObjectCheck.Verdict) -> UploadRejection.Reason? {
        guard case .rejected(let rejection) = verdict else { return nil }
        return rejection.reason
    }

    @Test(
        "rejects another size", arguments: [(5 as Int64, 5 as Int64, 4 as Int64), (5, 5, 6), (1, 10, 0), (1, 10, 11)])
    func rejectsSize(minimum: Int64, maximum: Int64, stored: Int64) throws {
        #expect(reason(try verdict(minimum...maximum, stored: stored)) == .sizeMismatch)
    }

    @Test(
        "rejects another type, none, and a list",
        arguments: [nil, "", "image/gif", "binary/octet-stream", "image/png,text/html", "image/png; charset=x"])
    func rejectsType(type: String?) throws {
        #expect(reason(try verdict(5...5, stored: 5, type: type)) == .typeMismatch)
    }

    @Test("rejects another checksum, and asks for the bytes where the store keeps none")
    func rejectsChecksum() throws {
        let (hello, hullo) = (try #require(hello), try #require(hullo))
        #expect(reason(try verdict(5...5, stored: 5, declared: hello, checksum: hullo)) == .checksumMismatch)
        #expect(try verdict(5...5, stored: 5, declared: hello) == .needsChecksum(hello))
        #expect(try verdict(5...5, stored: 5, declared: hello, checksum: hello) == .matches)
        #expect(StoredObjectCheck.compare(hello, with: hello) == .matches)
        #expect(reason(StoredObjectCheck.compare(hello, with: hullo)) == .checksumMismatch)
    }

    @Test("accepts the bounds, and a type written another way")
    func accepts() throws {
        #expect(try verdict(1...10, stored: 1) == .matches)
        #expect(try verdict(1...10, stored: 10, type: "Image/PNG") == .matches)
        #expect(try verdict(5...5, stored: 5, checksum: hullo) == .matches)
    }
}
