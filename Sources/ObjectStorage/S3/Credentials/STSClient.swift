internal import AsyncHTTPClient
internal import Foundation
internal import NIOHTTP1
internal import TollgateCore

#if canImport(FoundationXML)
internal import FoundationXML
#endif

/// Asks the Security Token Service for the credentials of a role.
///
/// Source: AWS STS API Reference, "AssumeRole" and "AssumeRoleWithWebIdentity".
struct STSClient: Sendable {
    let http: CredentialsHTTP
    let region: String
    /// AWS_ENDPOINT_URL_STS; nil: AWS's own, by region.
    let endpoint: String?
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - parameters: those of the action, without its version.
    ///   - credentials: who asks, where the action is signed.
    ///   - source: for errors.
    /// - Returns: temporary credentials.
    /// - Throws: ``CredentialsError`` with the service's error code; its message is left out.
    func ask(
        _ parameters: [(String, String)], as credentials: S3Credentials?, source: String
    ) async throws(CredentialsError) -> S3Credentials {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let address = endpoint ?? "https://sts.\(region).\(suffix)"
        let url: S3Endpoint
        do {
            url = try S3Endpoint(url: address, bucket: "sts", style: .path)
        } catch {
            throw CredentialsError(source: source, .invalid(setting: "AWS_ENDPOINT_URL_STS", "is no URL"))
        }
        let root = String(url.formURL.dropLast("sts".count))
        let body = (parameters + [("Version", "2011-06-15")])
            .map { "\($0.0)=\(URIEncoding.encode($0.1, keepingSlash: false))" }.joined(separator: "&")
        var headers = [PostForm.Field(name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8")]
        if let credentials {
            let now = now()
            let date = ISO8601Basic.format(now)
            headers.append(.init(name: "host", value: url.host))
            headers.append(.init(name: "x-amz-date", value: date))
            if let token = credentials.sessionToken {
                headers.append(.init(name: "x-amz-security-token", value: token))
            }
            let path = root.firstRange(of: url.host).map { root[$0.upperBound...] } ?? "/"
            headers.append(
                .init(
                    name: "authorization",
                    value: ServiceSignature.authorization(
                        method: "POST", path: String(path), headers: headers, body: body, credentials: credentials,
                        scope: CredentialScope(at: now, region: region, service: "sts"), date: date)))
        }
        var request = HTTPClientRequest(url: root)
        request.method = .POST
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.body = .bytes(Array(body.utf8))
        let answer = try await http.send(request, host: url.host, source: source)
        let elements = STSAnswer.elements(answer.body)
        guard answer.isSuccess else {
            throw CredentialsError(
                source: source,
                .refused(status: answer.status, code: elements["Code"].map(CredentialsDocument.word)))
        }
        guard let identifier = elements["AccessKeyId"], let secret = elements["SecretAccessKey"],
            let token = elements["SessionToken"], let end = elements["Expiration"].flatMap(CredentialsDocument.instant)
        else { throw CredentialsError(source: source, .malformedAnswer("holds no credentials")) }
        return S3Credentials(accessKeyID: identifier, secretAccessKey: secret, sessionToken: token, expiresAt: end)
    }
}

/// The texts of the service's XML by the names of their elements, which no answer uses twice.
private final class STSAnswer: NSObject, XMLParserDelegate {
    private var elements: [String: String] = [:]
    private var text = ""

    static func elements(_ bytes: [UInt8]) -> [String: String] {
        let answer = STSAnswer()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = answer
        return parser.parse() ? answer.elements : [:]
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        elements[name] = text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
