import Foundation
import Testing

@testable import TollgateCore
@testable import TollgateServer

@Suite("A ticket")
struct TicketTests {
    static let now = Date(timeIntervalSince1970: 1_451_347_200)

    private func ticket(
        _ sign: (UploadForm, S3Endpoint, S3Signer) throws -> SignedUpload
    ) throws -> (JSONObject, SignedUpload) {
        let key = try #require(ObjectKey("acme/a.png"))
        let form = UploadForm(
            key: key, contentType: "image/png", length: 7...7, expiresAt: Self.now.addingTimeInterval(900))
        let signed = try sign(
            form, S3Endpoint(url: "https://r2.example", bucket: "b", style: .path),
            S3Signer(
                credentials: S3Credentials(accessKeyID: "AK", secretAccessKey: "secret"), region: "auto", at: Self.now))
        let id = "01a20f39-2add-7b70-b773-4db5944ad5ae"
        let upload = Upload(
            id: try #require(UploadID(id)), tenantID: try #require(TenantID(id)), status: .pending, fileName: "a.png",
            fileType: try MediaType("image/png"), key: key, declaredBytes: 7, allowedBytes: 7...7, storedBytes: nil,
            checksum: nil, etag: nil, uploadedBy: nil, apiKeyID: try #require(APIKeyID(id)), reservedBytes: 7,
            metadata: [:], byForm: true, rejection: nil, createdAt: Self.now, expiresAt: signed.expiresAt,
            finishedAt: nil, deletedAt: nil)
        let usage = TenantUsage(usage: QuotaUsage(), limits: QuotaLimits())
        var json = JSONWriter()
        json.object { Ticket(upload: upload, signed: signed, usage: usage).write(to: &$0) }
        return (try #require(JSONParser.parse(json.bytes).object), signed)
    }

    @Test("for a PUT has the headers to send, and no fields")
    func put() throws {
        let (json, signed) = try ticket { .put(try PresignedPut.sign($0, to: $1, with: $2, at: Self.now)) }
        guard case .put(let request) = signed else {
            Issue.record("no PUT")
            return
        }
        #expect(json["method"]?.string == "PUT" && json["url"]?.string == request.url)
        #expect(json["fields"] == nil)
        let headers = try #require(json["headers"]?.object).members
        #expect(headers.map(\.name) == ["Content-Type", "Content-Length"])
        #expect(headers.map(\.value.string) == ["image/png", "7"])
        #expect(json["expires_at"]?.string == "2015-12-29T00:15:00.000Z")
    }

    @Test("for a form has its fields, and no headers")
    func post() throws {
        let (json, _) = try ticket { .post(PresignedPost.sign($0, to: $1, with: $2, at: Self.now)) }
        #expect(json["method"]?.string == "POST" && json["url"]?.string == "https://r2.example/b")
        #expect(json["headers"] == nil)
        #expect(json["fields"]?.object?.members.first?.name == "key")
    }
}
