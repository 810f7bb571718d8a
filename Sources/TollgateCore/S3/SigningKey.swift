package import Foundation
internal import OpenSSL

/// What a signing key is good for: one day, one region and one service.
///
/// Source: AWS General Reference, "Create a signed AWS API request", credential scope.
package struct CredentialScope: Sendable, Equatable {
    /// `20151229`, in UTC.
    package let day: String
    package let region: String
    /// `s3`, unless a role is asked for at `sts`.
    package let service: String

    package init(day: String, region: String, service: String = "s3") {
        self.day = day
        self.region = region
        self.service = service
    }

    package init(at now: Date, region: String, service: String = "s3") {
        self.init(day: String(ISO8601Basic.format(now).prefix(8)), region: region, service: service)
    }

    /// `20151229/us-east-1/s3/aws4_request`
    package var text: String { "\(day)/\(region)/\(service)/aws4_request" }
}

/// The key that signs for one ``CredentialScope``: derived from the secret once, good for every signature of that day.
///
/// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
package struct SigningKey: Sendable {
    package let scope: CredentialScope
    private let bytes: [UInt8]

    /// Four HMACs: a microsecond or two each, the reason to keep the key for the day.
    package init(secretAccessKey: String, scope: CredentialScope) {
        self.scope = scope
        var key = Array("AWS4\(secretAccessKey)".utf8)
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = HMACSHA256.authenticate(part, key: key)
        }
        bytes = key
    }

    /// The signature of a string to sign, in lower-case hexadecimal.
    package func signature(of text: String) -> String {
        Hex.encode(HMACSHA256.authenticate(text, key: bytes))
    }

    /// For the vectors of the tests alone: the key itself.
    var hexadecimal: String { Hex.encode(bytes) }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    package var description: String { "SigningKey(\(scope.text))" }

    package var customMirror: Mirror { Mirror(self, children: ["scope": scope]) }
}

/// Credentials for one region with the signing key of a day: a value that is passed to everything that signs.
///
/// It is right on every day; on its key's own day it is also quick. A holder that lives long keeps ``renewed(at:)``.
package struct S3Signer: Sendable {
    package let credentials: S3Credentials
    package let region: String
    private let key: SigningKey
    private let credential: String

    package init(credentials: S3Credentials, region: String, at now: Date) {
        self.credentials = credentials
        self.region = region
        key = SigningKey(
            secretAccessKey: credentials.secretAccessKey, scope: CredentialScope(at: now, region: region))
        credential = Self.credential(credentials, key)
    }

    private static func credential(_ credentials: S3Credentials, _ key: SigningKey) -> String {
        "\(credentials.accessKeyID)/\(key.scope.text)"
    }

    /// The same signer with the key of the instant's day; itself when the day is still the same.
    package func renewed(at now: Date) -> S3Signer {
        CredentialScope(at: now, region: region) == key.scope
            ? self : S3Signer(credentials: credentials, region: region, at: now)
    }

    /// The key of a day given as `20151229`.
    func key(day: String) -> SigningKey {
        if key.scope.day == day { return key }
        return SigningKey(
            secretAccessKey: credentials.secretAccessKey, scope: CredentialScope(day: day, region: region))
    }

    /// What names a key of ``key(day:)`` in a signed request: `AKIA.../20151229/us-east-1/s3/aws4_request`.
    func credential(of key: SigningKey) -> String {
        key.scope.day == self.key.scope.day ? credential : Self.credential(credentials, key)
    }
}
