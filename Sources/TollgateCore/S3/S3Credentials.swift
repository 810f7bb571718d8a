package import Foundation

/// A key pair for an S3 API, temporary when it carries a session token.
///
/// Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
package struct S3Credentials: Sendable, Equatable {
    package let accessKeyID: String
    package let secretAccessKey: String
    /// Set for temporary credentials; every form and URL then carries it.
    package let sessionToken: String?
    /// When temporary credentials end, and with them whatever they signed.
    package let expiresAt: Date?

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Date? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key id is a name; secret and token never show.
    package var description: String { "S3Credentials(\(accessKeyID))" }

    package var debugDescription: String { description }

    /// Keeps `dump` and other reflection from printing the secret.
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
