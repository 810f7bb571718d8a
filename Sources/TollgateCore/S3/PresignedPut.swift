package import Foundation

/// A PUT of one object, signed with its type and its size, for stores that know no POST policies.
///
/// Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" and
/// "PutObject".
package struct PresignedPut: Sendable, Equatable {
    package let url: String
    /// All to be sent as they are; the signature covers every one. HTTP clients set `Content-Length` themselves, by the
    /// body: one of another size does not match the signature.
    package let headers: [PostForm.Field]
    /// When the store begins to refuse the request; whole seconds.
    package let expiresAt: Date

    /// The size must be one number: a PUT cannot be signed for a range.
    package struct SizeNotDeclared: Error, Sendable, Equatable {
        package init() {}
    }

    /// Signs a PUT.
    ///
    /// - Parameters:
    ///   - form: what may be uploaded, as for a form. Of its further fields, `acl` is sent as `x-amz-acl`, those that
    ///     begin with `x-amz-` as they are, and others (`success_action_status`) mean nothing to a PUT.
    ///   - endpoint: the bucket's address.
    ///   - signer: quick when its key is of the day of `now`.
    ///   - now: the instant to sign for, `X-Amz-Date`.
    /// - Returns: the request, which holds from now on and cannot be revoked.
    /// - Throws: ``SizeNotDeclared`` where the form leaves a range of sizes.
    package static func sign(
        _ form: UploadForm, to endpoint: S3Endpoint, with signer: S3Signer, at now: Date
    ) throws(SizeNotDeclared) -> PresignedPut {
        guard form.length.lowerBound == form.length.upperBound else { throw SizeNotDeclared() }
        var headers = [
            PostForm.Field(name: "Content-Type", value: form.contentType),
            .init(name: "Content-Length", value: String(form.length.lowerBound)),
        ]
        if let checksum = form.checksumSHA256 {
            headers.append(.init(name: "x-amz-checksum-sha256", value: Base64.encode(checksum)))
        }
        for field in form.furtherFields {
            let name = FormFields.lowercased(field.name)
            if name == "acl" {
                headers.append(.init(name: "x-amz-acl", value: field.value))
            } else if name.hasPrefix("x-amz-") {
                headers.append(.init(name: name, value: field.value))
            }
        }
        let life = form.expiresAt.timeIntervalSince1970.rounded(.down) - now.timeIntervalSince1970.rounded(.down)
        let signed = PresignedURL.sign(
            "PUT", form.key, at: endpoint, query: [], headers: headers,
            expiresIn: Int(min(max(life, 1), Double(PresignedURL.longestLife))), with: signer, now: now)
        return PresignedPut(url: signed.url, headers: headers, expiresAt: signed.expiresAt)
    }
}
