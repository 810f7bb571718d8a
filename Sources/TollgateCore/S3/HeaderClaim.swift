internal import Foundation

/// The signature of an Authorization header, checked for all that needs no secret.
///
/// Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS Signature
/// Version 4)".
struct HeaderClaim {
    let claim: SignatureClaim

    /// How far the client's clock may be off, in seconds.
    private static let toleratedSkew = 900.0

    /// - Throws: 400 InvalidArgument or AuthorizationHeaderMalformed for what cannot be read, 403
    ///   RequestTimeTooSkewed, 400 InvalidRequest without `x-amz-content-sha256`.
    init(_ authorization: String, headers: RequestHeaders, region: String, at now: Date) throws(S3Error) {
        guard let space = authorization.firstIndex(of: " ") else {
            throw .invalidArgument(
                "Authorization header is invalid -- one and only one ' ' (space) required", name: "Authorization",
                value: "")
        }
        guard authorization[..<space].uppercased() == SigV4.algorithm else {
            // S3 shows the whole header. Here it may be an API key, sent to the wrong door: only its scheme is shown.
            throw .invalidArgument(
                "Unsupported Authorization Type", name: "Authorization", value: String(authorization[..<space]))
        }
        guard let date = headers["x-amz-date"], let requestTime = ISO8601Basic.parse(date) else {
            throw .accessDenied("AWS authentication requires a valid Date or x-amz-date header")
        }
        guard abs(requestTime.timeIntervalSince(now)) <= Self.toleratedSkew else {
            throw .requestTimeTooSkewed(requestTime: date, now: now)
        }
        let components = Self.components(authorization[space...])
        guard let credentialText = components["Credential"], let signedHeaders = components["SignedHeaders"],
            let signature = components["Signature"]
        else {
            throw .authorizationHeaderMalformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature.")
        }
        let credential: Credential
        do { credential = try Credential(credentialText, region: region) } catch {
            throw .authorizationHeaderMalformed(error.message, error.elements)
        }
        guard date.utf8.starts(with: credential.scope.day.utf8) else {
            throw .authorizationHeaderMalformed("Invalid credential date. Date is not the same as X-Amz-Date.")
        }
        claim = SignatureClaim(
            credential: credential, date: date, signedHeaders: SignatureClaim.headerNames(signedHeaders),
            signature: signature, payload: try Self.payload(headers))
    }

    /// `Credential=..., SignedHeaders=..., Signature=...`: commas, with spaces or without.
    private static func components(_ text: Substring) -> [String: String] {
        var components: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { components[String(pair[0])] = String(pair[1]) }
        }
        return components
    }

    private static func payload(_ headers: RequestHeaders) throws(S3Error) -> String {
        guard let payload = headers["x-amz-content-sha256"] else {
            throw .invalidRequest("Missing required header for this request: x-amz-content-sha256")
        }
        let isDigest =
            payload.utf8.count == 64
            && payload.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        guard isDigest || payload == SigV4.unsignedPayload else {
            throw .invalidArgument(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value.", name: "x-amz-content-sha256",
                value: payload)
        }
        return payload
    }
}
