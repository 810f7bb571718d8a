internal import Foundation
internal import TollgateCore

/// Credentials in JSON, as the container endpoint, instance metadata and a `credential_process` write them.
///
/// Source: AWS SDKs and Tools Reference Guide, "Container credential provider" and "Process credential provider";
/// Amazon EC2 User Guide, "Retrieve security credentials from instance metadata".
enum CredentialsDocument {
    /// - Parameters:
    ///   - bytes: the document.
    ///   - tokenMember: `Token`, or `SessionToken` for a process.
    ///   - isTemporary: whether token and expiration have to be there.
    /// - Returns: the credentials.
    /// - Throws: what is wrong; values are not quoted.
    static func parse(
        _ bytes: [UInt8], tokenMember: String, isTemporary: Bool
    ) throws(CredentialsError.Reason) -> S3Credentials {
        let object = try object(bytes)
        if let code = object["Code"]?.string, code.lowercased() != "success" {
            throw .malformedAnswer("has the code \(word(code)) in the place of credentials")
        }
        guard let identifier = object["AccessKeyId"]?.string, !identifier.isEmpty else {
            throw .malformedAnswer("has no AccessKeyId")
        }
        guard let secret = object["SecretAccessKey"]?.string, !secret.isEmpty else {
            throw .malformedAnswer("has no SecretAccessKey")
        }
        let token = object[tokenMember]?.string
        guard token?.isEmpty == false || !isTemporary else { throw .malformedAnswer("has no \(tokenMember)") }
        var expiresAt: Date?
        if let expiration = object["Expiration"], !expiration.isNull {
            guard let instant = expiration.string.flatMap(instant) else {
                throw .malformedAnswer("has an Expiration that is no time of RFC 3339")
            }
            expiresAt = instant
        }
        guard expiresAt != nil || !isTemporary else { throw .malformedAnswer("has no Expiration") }
        return S3Credentials(
            accessKeyID: identifier, secretAccessKey: secret, sessionToken: token, expiresAt: expiresAt)
    }

    static func object(_ bytes: [UInt8]) throws(CredentialsError.Reason) -> JSONObject {
        do {
            guard let object = try JSONParser.parse(bytes).object else {
                throw CredentialsError.Reason.malformedAnswer("is no JSON object")
            }
            return object
        } catch {
            throw .malformedAnswer("is no JSON object")
        }
    }

    /// AWS's services write UTC; a process may write its own offset, `2026-11-24T10:00:00+01:00`.
    static func instant(_ text: String) -> Date? {
        if let instant = RFC3339.parse(text) { return instant }
        let bytes = Array(text.utf8)
        guard bytes.count > 6, let sign = text.dropLast(5).last, sign == "+" || sign == "-",
            let local = RFC3339.parse("\(text.dropLast(6))Z")
        else { return nil }
        let parts = text.suffix(5).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = Int(parts[0]), let minutes = Int(parts[1]), (0..<24).contains(hours),
            (0..<60).contains(minutes)
        else { return nil }
        let offset = Double(hours * 3_600 + minutes * 60)
        return local.addingTimeInterval(sign == "+" ? -offset : offset)
    }

    /// A service's error code, if it looks like one: nothing else of an answer is shown.
    static func word(_ code: String) -> String {
        let isWord = (1...64).contains(code.utf8.count) && code.allSatisfy { $0.isASCII && ($0.isLetter || $0 == ".") }
        return isWord ? code : "(unreadable)"
    }
}

extension CredentialsError.Reason: Error {}
