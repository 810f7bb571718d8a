import Foundation
import NIOCore
import Testing

@testable import ObjectStorage
@testable import TollgateCore

/// An endpoint over a store of its own, and the clients' side: forms and URLs really signed.
struct EndpointScratch {
    let scratch: Scratch
    let endpoint: LocalStoreEndpoint
    let now = Scratch.now

    init(slowestUpload: Duration = .seconds(60)) async throws {
        scratch = try await Scratch()
        let judge = S3Judge(bucket: "uploads", region: Scratch.region) { id in
            id == Scratch.credentials.accessKeyID ? Scratch.credentials.secretAccessKey : nil
        }
        endpoint = LocalStoreEndpoint(
            store: scratch.store, judge: judge, address: scratch.endpoint, slowestUpload: slowestUpload)
    }

    static let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

    func fields(
        _ key: String, type: String = "text/plain", _ length: ClosedRange<Int64> = 0...1_000,
        checksum: [UInt8]? = nil, further: [HeaderField] = []
    ) -> [HeaderField] {
        let form = UploadForm(
            key: Scratch.key(key), contentType: type, length: length, expiresAt: now + 900,
            checksumSHA256: checksum, furtherFields: further)
        let signer = S3Signer(credentials: Scratch.credentials, region: Scratch.region, at: now)
        return PresignedPost.sign(form, to: scratch.endpoint, with: signer, at: now).fields
    }

    static func part(_ name: String, _ value: String) -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }

    static func head(_ fields: [HeaderField], filename: String? = "a.txt") -> String {
        let filename = filename.map { "; filename=\"\($0)\"" } ?? ""
        return fields.map { part($0.name, $0.value) }.joined()
            + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"\(filename)\r\n"
            + "Content-Type: text/html\r\n\r\n"
    }

    static func form(_ fields: [HeaderField], _ content: String, trailer: String = "") -> String {
        "\(head(fields))\(content)\r\n\(trailer)--\(boundary)--\r\n"
    }

    func post<Body: AsyncSequence>(
        _ body: Body, length: Int?, contentType: String = "multipart/form-data; boundary=\(boundary)",
        bucket: String = "uploads"
    ) async throws -> LocalStoreResponse where Body.Element == ByteBuffer {
        var headers = [HeaderField(name: "Content-Type", value: contentType), .init(name: "Host", value: "localhost")]
        if let length { headers.append(HeaderField(name: "Content-Length", value: String(length))) }
        return try await endpoint.respond(
            to: LocalStoreRequest(
                method: "POST", bucket: bucket, path: "", query: "", headers: headers, body: body, requestID: "R1"),
            at: now)
    }

    func post(_ text: String, cut: Int = .max) async throws -> LocalStoreResponse {
        try await post(Pieces(text, cut: cut), length: text.utf8.count)
    }

    func get(
        _ key: String, _ method: PresignedURL.Method = .get, query: [HeaderField] = [], headers: [HeaderField] = [],
        at instant: Date? = nil
    ) async throws -> LocalStoreResponse {
        let signer = S3Signer(credentials: Scratch.credentials, region: Scratch.region, at: now)
        let url = PresignedURL.sign(
            method, Scratch.key(key), at: scratch.endpoint, query: query, expiresIn: 60, with: signer, now: now
        ).url
        let parts = try #require(url.split(separator: "?", maxSplits: 1).map(String.init) as [String]?)
        return try await request(
            method.rawValue, path: String(parts[0].dropFirst(scratch.endpoint.formURL.count)), query: parts[1],
            headers: headers, at: instant ?? now)
    }

    /// A GET as SDKs send it: signed in its Authorization header, and asking for the checksum.
    func getWithHeader(_ path: String) async throws -> LocalStoreResponse {
        let scope = CredentialScope(at: now, region: Scratch.region)
        let date = ISO8601Basic.format(now)
        let signed = [
            HeaderField(name: "host", value: "localhost:8080"), .init(name: "x-amz-checksum-mode", value: "ENABLED"),
            .init(name: "x-amz-content-sha256", value: SigV4.unsignedPayload), .init(name: "x-amz-date", value: date),
        ]
        let canonical = SigV4.canonicalRequest(
            method: "GET", path: "/storage/uploads\(path)", query: "", headers: signed, payload: SigV4.unsignedPayload)
        let signature = SigningKey(secretAccessKey: Scratch.credentials.secretAccessKey, scope: scope)
            .signature(of: SigV4.stringToSign(canonicalRequest: canonical, date: date, scope: scope))
        let authorization =
            "\(SigV4.algorithm) Credential=\(Scratch.credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(signed.map(\.name).joined(separator: ";")), Signature=\(signature)"
        return try await request(
            "GET", path: path, headers: signed.dropFirst() + [.init(name: "Authorization", value: authorization)])
    }

    func request(
        _ method: String, bucket: String = "uploads", path: String, query: String = "", headers: [HeaderField] = [],
        at instant: Date? = nil
    ) async throws -> LocalStoreResponse {
        try await endpoint.respond(
            to: LocalStoreRequest(
                method: method, bucket: bucket, path: path, query: query,
                headers: [HeaderField(name: "Host", value: "localhost:8080")] + headers,
                body: Pieces([]), requestID: "R1"),
            at: instant ?? now)
    }
}

extension LocalStoreResponse {
    var text: String {
        get async throws {
            switch body {
            case .none: ""
            case .text(let text): text
            case .object(let content): String(decoding: try await collect(content.bytes), as: UTF8.self)
            }
        }
    }

    /// The text of an XML answer's element.
    func element(_ name: String) async throws -> String? {
        let text = try await text
        guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>") else {
            return nil
        }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
