import Foundation
import Testing

@testable import TollgateCore

@Suite("Presigned PUT")
struct PresignedPutTests {
    struct Case: Sendable {
        let endpoint: String
        let style: S3Endpoint.Style
        let key: String
        let type: String
        let bytes: Int64
        var checksum: [UInt8]?
        var further: [PostForm.Field] = []
        let seconds: Double
        var token: String?
        let names: [String]
        let signature: String
    }

    /// botocore 1.44.5, `generate_presigned_url("put_object", ...)` for the same input, clock frozen at
    /// 2015-12-29T00:00:00Z, `request_checksum_calculation="when_required"`.
    static let botocore: [Case] = [
        Case(
            endpoint: "https://s3.example.com:443/storage", style: .path, key: "acme/é 1+(2)'*!.png",
            type: "image/png", bytes: 48_213, seconds: 900, token: "to/k+en=",
            names: ["Content-Type", "Content-Length"],
            signature: "ccb43286fbf4dec2255abcb7465454abf9bb4173f7a7083d31a11ca8c436a7f9"),
        Case(
            endpoint: "https://s3.eu-central-1.amazonaws.com", style: .virtualHosted, key: "a/b~c",
            type: "text/plain; charset=utf-8", bytes: 0, checksum: Array(0..<32),
            further: [
                .init(name: "acl", value: "private"), .init(name: "success_action_status", value: "201"),
                .init(name: "x-amz-server-side-encryption", value: "AES256"),
                .init(name: "x-amz-storage-class", value: "STANDARD_IA"),
            ], seconds: 3_600,
            names: [
                "Content-Type", "Content-Length", "x-amz-checksum-sha256", "x-amz-acl",
                "x-amz-server-side-encryption", "x-amz-storage-class",
            ],
            signature: "e1c104cbf86de817d88ab6efd726aeda65c929b63fff2ac3e871de167997654a"),
    ]

    private func form(
        _ key: String, type: String = "image/png", length: ClosedRange<Int64> = 1...1, seconds: Double = 900,
        checksum: [UInt8]? = nil, further: [PostForm.Field] = []
    ) throws -> UploadForm {
        UploadForm(
            key: try #require(ObjectKey(key)), contentType: type, length: length,
            expiresAt: Example.now.addingTimeInterval(seconds), checksumSHA256: checksum, furtherFields: further)
    }

    @Test("has the signature of botocore, and names every header that it covers", arguments: botocore)
    func likeBotocore(_ example: Case) throws {
        let put = try PresignedPut.sign(
            form(
                example.key, type: example.type, length: example.bytes...example.bytes, seconds: example.seconds,
                checksum: example.checksum, further: example.further),
            to: try S3Endpoint(url: example.endpoint, bucket: Example.bucket, style: example.style),
            with: Example.signer(region: "eu-central-1", token: example.token), at: Example.now)
        #expect(put.url.hasSuffix("&X-Amz-Signature=\(example.signature)"))
        #expect(put.headers.map(\.name) == example.names)
        let signed = (example.names.map { $0.lowercased() } + ["host"]).sorted().joined(separator: "%3B")
        #expect(put.url.contains("&X-Amz-SignedHeaders=\(signed)&"))
        #expect(put.expiresAt == Example.now.addingTimeInterval(example.seconds))
    }

    @Test("cannot be signed for a range of sizes")
    func range() throws {
        let endpoint = try S3Endpoint(url: "https://h", bucket: Example.bucket, style: .path)
        let form = try form("k", length: 1...2)
        #expect(throws: PresignedPut.SizeNotDeclared()) {
            try PresignedPut.sign(form, to: endpoint, with: Example.signer(), at: Example.now)
        }
    }

    @Test(
        "ends with the permission in whole seconds, or with its credentials",
        arguments: [(900, nil, 900), (900.9, nil, 900), (-5, nil, 1), (900, 30.9, 30)] as [(Double, Double?, Double)])
    func life(_ seconds: Double, _ credentialsEndIn: Double?, _ expected: Double) throws {
        let end = credentialsEndIn.map { Example.now.addingTimeInterval($0) }
        let put = try PresignedPut.sign(
            form("k", seconds: seconds), to: S3Endpoint(url: "https://h", bucket: Example.bucket, style: .path),
            with: Example.signer(token: end.map { _ in "t" }, expiresAt: end), at: Example.now)
        #expect(put.url.contains("X-Amz-Expires=\(Int(expected))&"))
        #expect(put.expiresAt == Example.now.addingTimeInterval(expected))
        #expect(SignedUpload.put(put).expiresAt == put.expiresAt)
    }
}
