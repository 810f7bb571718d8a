import NIOHTTP1
import TollgateCore

/// The question a browser asks before a page of another origin may upload.
///
/// Source: Fetch Standard, "CORS-preflight fetch".
struct Preflight: Sendable {
    let origin: String
    let method: UploadMethod
    /// Of the upload, in lower case.
    let headers: [String]

    var name: String { "CORS \(origin)" }

    private var verb: String { method == .post ? "POST" : "PUT" }

    func request(_ url: String) -> BrowserRequest {
        var fields: [PostForm.Field] = [
            .init(name: "Origin", value: origin), .init(name: "Access-Control-Request-Method", value: verb),
        ]
        if !headers.isEmpty {
            fields.append(.init(name: "Access-Control-Request-Headers", value: headers.joined(separator: ",")))
        }
        return BrowserRequest(method: "OPTIONS", url: url, headers: fields)
    }

    func finding(_ answer: BrowserAnswer) -> Finding {
        guard answer.isSuccess else { return failed("the store answered \(answer.status) to the preflight") }
        guard let allowed = answer.headers.first(name: "Access-Control-Allow-Origin") else {
            return failed("the store's answer allows no origin")
        }
        guard allowed == "*" || allowed == origin else { return failed("the store allows another origin alone") }
        // POST needs no leave of its own.
        let methods = answer.headers[canonicalForm: "Access-Control-Allow-Methods"]
        guard method == .post || methods.contains("*") || methods.contains(Substring(verb)) else {
            return failed("the store does not allow \(verb)")
        }
        let fields = answer.headers[canonicalForm: "Access-Control-Allow-Headers"].map { $0.lowercased() }
        if !fields.contains("*"), let missing = headers.first(where: { !fields.contains($0) }) {
            return failed("the store does not allow the header \(missing)")
        }
        return .ok(name, "pages of this origin may \(verb)")
    }

    private func failed(_ seen: String) -> Finding {
        let rule = "AllowedOrigin \(origin), AllowedMethod \(verb)" + (headers.isEmpty ? "" : ", AllowedHeader *")
        return .failed(name, seen, advice: "give the bucket a CORS rule (PutBucketCors): \(rule), ExposeHeader ETag")
    }
}
