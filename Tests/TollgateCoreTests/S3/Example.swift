import Foundation
import OpenSSL
import Testing

@testable import TollgateCore

/// AWS's example credentials, and a judge who knows them.
enum Example {
    static let credentials = S3Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let bucket = "examplebucket"
    static let region = "us-east-1"
    /// 2015-12-29T00:00:00Z
    static let now = Date(timeIntervalSince1970: 1_451_347_200)

    static func judge(bucket: String = bucket, region: String = region) -> S3Judge {
        S3Judge(bucket: bucket, region: region) { accessKeyID in
            accessKeyID == credentials.accessKeyID ? credentials.secretAccessKey : nil
        }
    }

    static func signer(
        region: String = region, token: String? = nil, expiresAt: Date? = nil, at now: Date = now
    ) -> S3Signer {
        S3Signer(
            credentials: S3Credentials(
                accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
                sessionToken: token, expiresAt: expiresAt),
            region: region, at: now)
    }

    /// What a call throws, or nil.
    static func refusal<Value>(_ call: () throws(S3Error) -> Value) -> S3Error? {
        do {
            _ = try call()
            return nil
        } catch {
            return error
        }
    }
}

/// A signed form that a test bends in one place. Every field gets an exact condition unless it is told otherwise.
struct SignedForm: Sendable {
    var fields: [PostForm.Field] = [.init(name: "key", value: "a/b.png")]
    var filename: String? = "photo.jpg"
    /// Fields, or `bucket`, without a condition.
    var uncovered: Set<String> = []
    /// Further conditions, as JSON.
    var conditions: [String] = []
    var expiration = "\"2015-12-29T01:00:00Z\""
    /// The whole document in place of the one made of expiration and conditions.
    var document: String?
    /// The `policy` field in place of the document's Base64; signed as it is.
    var policy: String?
    var algorithm = "AWS4-HMAC-SHA256"
    var credential = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"
    var date = "20151229T000000Z"
    var secret = Example.credentials.secretAccessKey
    /// Applied to the finished form, behind the signature's back.
    var tamper: @Sendable (inout PostForm) -> Void = { _ in }

    func with(_ name: String, _ value: String) -> SignedForm {
        var copy = self
        copy.fields.removeAll { $0.name == name }
        copy.fields.append(.init(name: name, value: value))
        return copy
    }

    /// The field is sent, and only the given conditions speak of it.
    func with(_ name: String, _ value: String, conditions: String...) -> SignedForm {
        var copy = with(name, value)
        copy.uncovered.insert(name)
        copy.conditions += conditions
        return copy
    }

    func form() -> PostForm {
        var sent = fields
        sent.append(.init(name: "x-amz-algorithm", value: algorithm))
        sent.append(.init(name: "x-amz-credential", value: credential))
        sent.append(.init(name: "x-amz-date", value: date))
        var list = uncovered.contains("bucket") ? [] : ["{\"bucket\": \"\(Example.bucket)\"}"]
        for field in sent where !uncovered.contains(field.name) {
            var json = JSONWriter()
            json.object { $0.member(field.name, field.value) }
            list.append(json.text)
        }
        list += conditions
        let whole = document ?? "{\"expiration\": \(expiration), \"conditions\": [\(list.joined(separator: ", "))]}"
        let encoded = policy ?? Base64.encode(Array(whole.utf8))
        let parts = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let scope = CredentialScope(day: parts.count > 1 ? parts[1] : "", region: parts.count > 2 ? parts[2] : "")
        sent.append(.init(name: "policy", value: encoded))
        sent.append(
            .init(
                name: "x-amz-signature",
                value: SigningKey(secretAccessKey: secret, scope: scope).signature(of: encoded)))
        var form = PostForm(fields: sent, filename: filename)
        tamper(&form)
        return form
    }

    func refusal(at now: Date = Example.now) -> S3Error? {
        let form = form()
        return Example.refusal { () throws(S3Error) in try Example.judge().judge(form, at: now) }
    }

    func grant(at now: Date = Example.now) throws -> PostGrant {
        try Example.judge().judge(form(), at: now)
    }
}

extension PostForm {
    mutating func remove(_ name: String) { fields.removeAll { $0.name == name } }

    mutating func set(_ name: String, _ value: String) {
        guard let index = fields.firstIndex(where: { $0.name == name }) else {
            fields.append(.init(name: name, value: value))
            return
        }
        fields[index] = .init(name: name, value: value)
    }
}

extension S3Error {
    /// `403 AccessDenied: Access Denied`, for expectations that read well.
    var summary: String { "\(status) \(code): \(message)" }
}
