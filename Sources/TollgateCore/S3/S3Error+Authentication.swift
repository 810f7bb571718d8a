internal import Foundation

// The answers to requests and forms whose signature does not hold.
//
// Source: Amazon S3 API Reference, "Error responses"; the texts and elements are those that S3 itself answers.
extension S3Error {
    /// Anonymous, where nothing is public.
    package static let accessDenied = S3Error(status: 403, code: "AccessDenied", message: "Access Denied")

    static func accessDenied(_ message: String, _ elements: [Element] = []) -> S3Error {
        S3Error(status: 403, code: "AccessDenied", message: message, elements: elements)
    }

    static func invalidAccessKeyID(_ accessKeyID: String) -> S3Error {
        S3Error(
            status: 403, code: "InvalidAccessKeyId",
            message: "The AWS Access Key Id you provided does not exist in our records.",
            elements: [.init("AWSAccessKeyId", accessKeyID)])
    }

    /// A session token with a key pair that has none.
    static func invalidToken(_ token: String) -> S3Error {
        S3Error(
            status: 400, code: "InvalidToken", message: "The provided token is malformed or otherwise invalid.",
            elements: [.init("Token-0", token)])
    }

    /// Shows what was signed here, so that the other side can compare; a form has no canonical request.
    static func signatureDoesNotMatch(
        accessKeyID: String, stringToSign: String, provided: String, canonicalRequest: String? = nil
    ) -> S3Error {
        var elements: [Element] = [
            .init("AWSAccessKeyId", accessKeyID), .init("StringToSign", stringToSign),
            .init("SignatureProvided", provided), .init("StringToSignBytes", hexadecimalBytes(stringToSign)),
        ]
        if let canonicalRequest {
            elements.append(.init("CanonicalRequest", canonicalRequest))
            elements.append(.init("CanonicalRequestBytes", hexadecimalBytes(canonicalRequest)))
        }
        return S3Error(
            status: 403, code: "SignatureDoesNotMatch",
            message: "The request signature we calculated does not match the signature you provided. "
                + "Check your key and signing method.", elements: elements)
    }

    static func authorizationHeaderMalformed(_ fault: String, _ elements: [Element] = []) -> S3Error {
        S3Error(
            status: 400, code: "AuthorizationHeaderMalformed",
            message: "The authorization header is malformed; \(fault)", elements: elements)
    }

    static func authorizationQueryParameters(_ message: String, _ elements: [Element] = []) -> S3Error {
        S3Error(status: 400, code: "AuthorizationQueryParametersError", message: message, elements: elements)
    }

    static func requestTimeTooSkewed(requestTime: String, now: Date) -> S3Error {
        S3Error(
            status: 403, code: "RequestTimeTooSkewed",
            message: "The difference between the request time and the current time is too large.",
            elements: [
                .init("RequestTime", requestTime), .init("ServerTime", RFC3339.formatSeconds(now)),
                .init("MaxAllowedSkewMilliseconds", "900000"),
            ])
    }

    /// The bytes of a text as S3 shows them: `41 57 53`.
    private static func hexadecimalBytes(_ text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var shown: [UInt8] = []
        shown.reserveCapacity(text.utf8.count * 3)
        for byte in text.utf8 {
            if !shown.isEmpty { shown.append(UInt8(ascii: " ")) }
            shown.append(digits[Int(byte >> 4)])
            shown.append(digits[Int(byte & 15)])
        }
        return String(decoding: shown, as: UTF8.self)
    }
}
