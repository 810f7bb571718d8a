import Foundation
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("What the doctor sends as a browser")
struct TrialRequestTests {
    private let key = ObjectKey("a/0123")
    private let other = ObjectKey("a/4567")

    @Test("A form is changed in one thing alone", arguments: UploadTrial.allCases)
    func form(trial: UploadTrial) throws {
        let key = try #require(key)
        let form = PresignedPost.sign(
            UploadForm(key: key, contentType: UploadTrial.signedType, length: 1_000...1_000, expiresAt: .now + 60),
            to: try S3Endpoint(url: "http://127.0.0.1", bucket: "b", style: .path), with: signer, at: .now)
        let request = trial.request(.post(form), key: key, other: try #require(other))
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(request.url == "http://127.0.0.1/b" && request.method == "POST")
        #expect(body.contains(String(repeating: "t", count: 1_001)) == (trial == .excess))
        #expect(body.contains("name=\"key\"\r\n\r\na/4567\r\n") == (trial == .key))
        #expect(body.contains("name=\"Content-Type\"\r\n\r\nimage/png\r\n") == (trial != .contentType))
    }

    @Test("A PUT is changed in one thing alone", arguments: UploadTrial.allCases)
    func put(trial: UploadTrial) throws {
        let key = try #require(key)
        let put = try PresignedPut.sign(
            UploadForm(key: key, contentType: UploadTrial.signedType, length: 1_000...1_000, expiresAt: .now + 60),
            to: try S3Endpoint(url: "http://127.0.0.1", bucket: "b", style: .path), with: signer, at: .now)
        let request = trial.request(.put(put), key: key, other: try #require(other))
        #expect(request.url.hasPrefix("http://127.0.0.1/b/a/\(trial == .key ? "4567" : "0123")?"))
        #expect(request.body.count == (trial == .excess ? 1_001 : 1_000))
        #expect(request.headers.map(\.name) == ["Content-Type"])
        #expect((request.headers.first?.value == "image/png") == (trial != .contentType))
    }

    private var signer: S3Signer {
        S3Signer(
            credentials: S3Credentials(accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret"),
            region: "us-east-1", at: .now)
    }
}
