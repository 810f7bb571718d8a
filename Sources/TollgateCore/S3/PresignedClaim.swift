internal import Foundation

/// The signature of a presigned URL, read from its query and checked for all that needs no secret.
///
/// Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
struct PresignedClaim {
    let claim: SignatureClaim

    /// How far a URL's date may lie in the future, in seconds.
    private static let toleratedSkew = 900.0

    /// - Throws: 400 AuthorizationQueryParametersError for what cannot be read, 403 AccessDenied before and after the
    ///   URL's life.
    init(_ query: S3Query, region: String, at now: Date) throws(S3Error) {
        guard query["X-Amz-Algorithm"] == SigV4.algorithm else {
            throw .authorizationQueryParameters(
                "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
        }
        guard let credentialText = query["X-Amz-Credential"], let signature = query["X-Amz-Signature"],
            let date = query["X-Amz-Date"], let signedHeaders = query["X-Amz-SignedHeaders"],
            let lifeText = query["X-Amz-Expires"]
        else {
            throw .authorizationQueryParameters(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                    + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
        }
        guard let signedAt = ISO8601Basic.parse(date) else {
            throw .authorizationQueryParameters(
                "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        try Self.requireLife(lifeText, from: signedAt, at: now)
        let credential = try Self.credential(credentialText, region: region, date: date)
        claim = SignatureClaim(
            credential: credential, date: date, signedHeaders: SignatureClaim.headerNames(signedHeaders),
            signature: signature, payload: SigV4.unsignedPayload)
    }

    private static func requireLife(_ text: String, from signedAt: Date, at now: Date) throws(S3Error) {
        guard let life = Int(text) else { throw .authorizationQueryParameters("X-Amz-Expires should be a number") }
        guard life >= 0 else { throw .authorizationQueryParameters("X-Amz-Expires must be non-negative") }
        guard life <= PresignedURL.longestLife else {
            throw .authorizationQueryParameters(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                    + "than 604800 seconds")
        }
        let end = signedAt.addingTimeInterval(Double(life))
        let times = [
            S3Error.Element("Expires", RFC3339.formatSeconds(end)), .init("ServerTime", RFC3339.formatSeconds(now)),
        ]
        guard signedAt.timeIntervalSince(now) <= toleratedSkew else {
            let milliseconds = Int64(signedAt.timeIntervalSince1970) * 1_000
            throw .accessDenied("Request is not yet valid", [.init("X-Amz-Date", String(milliseconds))] + times)
        }
        guard now < end else { throw .accessDenied("Request has expired", [.init("X-Amz-Expires", text)] + times) }
    }

    private static func credential(_ text: String, region: String, date: String) throws(S3Error) -> Credential {
        let credential: Credential
        do { credential = try Credential(text, region: region) } catch {
            throw .authorizationQueryParameters(
                "Error parsing the X-Amz-Credential parameter; \(error.message)", error.elements)
        }
        guard date.utf8.starts(with: credential.scope.day.utf8) else {
            throw .authorizationQueryParameters(
                "Invalid credential date \"\(credential.scope.day)\". This date is not the same as X-Amz-Date: "
                    + "\"\(date.prefix(8))\".")
        }
        return credential
    }
}
