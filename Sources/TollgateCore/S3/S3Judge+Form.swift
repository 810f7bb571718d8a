package import Foundation
internal import OpenSSL

extension S3Judge {
    /// Judges a browser form by all that stands before its file, in S3's order: the fields themselves, who signed
    /// them, the policy, and what they say of the object.
    ///
    /// Source: Amazon S3 API Reference, "POST Object", "POST Policy" and "Authenticating Requests in Browser-Based
    /// Uploads Using POST".
    /// - Throws: ``S3Error``, the answer to give; nothing may be stored then.
    package func judge(_ form: PostForm, at now: Date) throws(S3Error) -> PostGrant {
        let fields = try FormFields(form)
        guard fields["key"] != nil else { throw .missingField("key") }
        let encodedPolicy = try verifiedPolicy(of: fields)
        let policy = try PolicyDocument(base64: encodedPolicy)
        let expanded = fields.expanded(filename: form.filename)
        try PostPolicyEvaluator(policy: policy, bucket: bucket).evaluate(expanded, at: now)
        return try PostGrant(expanded, size: policy.size)
    }

    /// The fields that a signed form has all of, as S3 spells them where one is missing.
    private static let signatureFields = ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"]

    /// Answers the `policy` field once its signature holds.
    private func verifiedPolicy(of fields: FormFields) throws(S3Error) -> String {
        let missing = Self.signatureFields.filter { fields[FormFields.lowercased($0)] == nil }
        if missing.count == Self.signatureFields.count {
            try refuseSignatureVersion2(fields)
            // A policy that nobody signed makes a form no less anonymous.
            throw .accessDenied
        }
        if let name = missing.first { throw .missingField(name) }
        guard let policy = fields["policy"] else { throw .missingField("policy") }
        guard let signature = fields["x-amz-signature"], let algorithm = fields["x-amz-algorithm"],
            let credentialText = fields["x-amz-credential"], let date = fields["x-amz-date"]
        else { throw .accessDenied }

        guard algorithm == SigV4.algorithm else {
            throw .invalidArgument("Only AWS4-HMAC-SHA256 is supported", name: "X-Amz-Algorithm", value: algorithm)
        }
        guard ISO8601Basic.parse(date) != nil else {
            throw .invalidArgument(
                "X-Amz-Date must be formated via ISO8601 Long format", name: "X-Amz-Date", value: date)
        }
        let credential = try credential(credentialText, date: date)
        guard let secret = secretAccessKey(credential.accessKeyID) else {
            throw .invalidAccessKeyID(credential.accessKeyID)
        }
        if let token = fields["x-amz-security-token"] { throw .invalidToken(token) }
        let expected = SigningKey(secretAccessKey: secret, scope: credential.scope).signature(of: policy)
        guard constantTimeEquals(expected.utf8, signature.utf8) else {
            throw .signatureDoesNotMatch(
                accessKeyID: credential.accessKeyID, stringToSign: policy, provided: signature)
        }
        return policy
    }

    private func credential(_ text: String, date: String) throws(S3Error) -> Credential {
        let credential: Credential
        do { credential = try Credential(text, region: region) } catch {
            throw S3Error(
                status: 400, code: "InvalidArgument", message: error.message,
                elements: [.init("ArgumentName", "X-Amz-Credential"), .init("ArgumentValue", text)] + error.elements)
        }
        guard date.utf8.starts(with: credential.scope.day.utf8) else {
            throw .invalidArgument(
                "Invalid credential date \"\(credential.scope.day)\". This date is not the same as X-Amz-Date: "
                    + "\"\(date.prefix(8))\".", name: "X-Amz-Credential", value: text)
        }
        return credential
    }

    /// Forms of the signature before this one, which regions opened since 2014 refuse.
    private func refuseSignatureVersion2(_ fields: FormFields) throws(S3Error) {
        switch (fields["awsaccesskeyid"], fields["signature"]) {
        case (nil, nil): return
        case (nil, _): throw .missingField("AWSAccessKeyId")
        case (_, nil): throw .missingField("Signature")
        default:
            throw .invalidRequest(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
        }
    }
}
