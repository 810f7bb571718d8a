package import Foundation
internal import OpenSSL

extension S3Judge {
    /// Verifies who asks: a presigned URL's parameters, or a signed Authorization header.
    ///
    /// For requests without a body, GET and HEAD: a signed digest must be that of no bytes.
    ///
    /// Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)"
    /// and "Using the Authorization Header"; the order of the checks is the one that S3 shows.
    /// - Throws: ``S3Error``, the answer to give.
    package func authenticate(_ request: SignedRequest, at now: Date) throws(S3Error) {
        let query = S3Query(raw: request.query)
        let headers = RequestHeaders(request.headers)
        let presigned = query["X-Amz-Algorithm"] != nil
        guard let authorization = headers["authorization"] else {
            guard presigned else { throw .accessDenied }
            let claim = try PresignedClaim(query, region: region, at: now)
            return try verify(claim.claim, of: request, query: query, headers: headers)
        }
        guard !presigned else {
            throw .invalidArgument(
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                    + "parameter or the Authorization header should be specified",
                name: "Authorization", value: "")
        }
        let claim = try HeaderClaim(authorization, headers: headers, region: region, at: now)
        try verify(claim.claim, of: request, query: query, headers: headers)
        // The signature proves that the digest is the sender's; these requests carry no bytes for another one.
        guard [SigV4.unsignedPayload, SigV4.emptyPayload].contains(claim.claim.payload) else {
            throw S3Error(
                status: 400, code: "XAmzContentSHA256Mismatch",
                message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
                elements: [
                    .init("ClientComputedContentSHA256", claim.claim.payload),
                    .init("S3ComputedContentSHA256", SigV4.emptyPayload),
                ])
        }
    }

    private func verify(
        _ claim: SignatureClaim, of request: SignedRequest, query: S3Query, headers: RequestHeaders
    ) throws(S3Error) {
        let accessKeyID = claim.credential.accessKeyID
        guard let secret = secretAccessKey(accessKeyID) else { throw .invalidAccessKeyID(accessKeyID) }
        if let token = query["X-Amz-Security-Token"] ?? headers["x-amz-security-token"] { throw .invalidToken(token) }
        let unsigned = headers.unsigned(besides: claim.signedHeaders)
        guard unsigned.isEmpty else {
            throw .accessDenied(
                "There were headers present in the request which were not signed",
                [.init("HeadersNotSigned", unsigned.joined(separator: ", "))])
        }
        let canonicalRequest = SigV4.canonicalRequest(
            method: request.method,
            path: URIEncoding.encode(URIEncoding.decode(request.path, plusIsSpace: false), keepingSlash: true),
            query: S3Query(items: query.items.filter { $0.name != "X-Amz-Signature" }).canonical,
            headers: claim.signedHeaders.map { PostForm.Field(name: $0, value: headers[$0] ?? "") },
            payload: claim.payload)
        let text = SigV4.stringToSign(
            canonicalRequest: canonicalRequest, date: claim.date, scope: claim.credential.scope)
        let expected = SigningKey(secretAccessKey: secret, scope: claim.credential.scope).signature(of: text)
        guard constantTimeEquals(expected.utf8, claim.signature.utf8) else {
            throw .signatureDoesNotMatch(
                accessKeyID: accessKeyID, stringToSign: text, provided: claim.signature,
                canonicalRequest: canonicalRequest)
        }
    }
}
