import TollgateCore

/// One upload with a signed permission, as it is or with one thing changed.
enum UploadTrial: String, Sendable, CaseIterable {
    case asSigned
    case excess
    case contentType
    case key
    case expired

    static let bytes: Int64 = 1_000
    static let signedType = "image/png"
    private static let otherType = "text/html"
    private static let boundary = "tollgate-doctor-boundary"

    /// The check's name.
    func name(_ method: UploadMethod) -> String {
        let permission = method == .post ? "form" : "PUT"
        return switch self {
        case .asSigned: permission
        case .excess: "\(permission), one byte too many"
        case .contentType: "\(permission), another type"
        case .key: "\(permission), another key"
        case .expired: "\(permission), expired"
        }
    }

    /// What a browser would send. `other` takes the place of the key where the key is what changes; both keys are of
    /// one folder and end in plain letters and digits.
    func request(_ upload: SignedUpload, key: ObjectKey, other: ObjectKey) -> BrowserRequest {
        let file = [UInt8](repeating: UInt8(ascii: "t"), count: Int(Self.bytes) + (self == .excess ? 1 : 0))
        switch upload {
        case .post(let form):
            let fields = form.fields.map { changed($0, key: other) }
            return BrowserRequest(
                method: "POST", url: form.url,
                headers: [.init(name: "Content-Type", value: "multipart/form-data; boundary=\(Self.boundary)")],
                body: multipart(fields, file))
        case .put(let put):
            // The client of HTTP counts the bytes itself, as a browser does.
            let headers = put.headers.filter { $0.name.lowercased() != "content-length" }.map {
                changed($0, key: other)
            }
            let url = self == .key ? put.url.replacing(Self.name(of: key), with: Self.name(of: other)) : put.url
            return BrowserRequest(method: "PUT", url: url, headers: headers, body: file)
        }
    }

    private static func name(of key: ObjectKey) -> String {
        String(key.rawValue.split(separator: "/").last ?? "")
    }

    private func changed(_ field: PostForm.Field, key: ObjectKey) -> PostForm.Field {
        switch (self, field.name.lowercased()) {
        case (.contentType, "content-type"): .init(name: field.name, value: Self.otherType)
        case (.key, "key"): .init(name: field.name, value: key.rawValue)
        default: field
        }
    }

    private func multipart(_ fields: [PostForm.Field], _ file: [UInt8]) -> [UInt8] {
        var text = ""
        for field in fields {
            text +=
                "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(field.name)\"\r\n\r\n\(field.value)\r\n"
        }
        text += "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"doctor.png\"\r\n"
        text += "Content-Type: \(Self.signedType)\r\n\r\n"
        return Array(text.utf8) + file + Array("\r\n--\(Self.boundary)--\r\n".utf8)
    }
}

extension UploadTrial {
    /// What came of it: the answer, and whether there is an object now.
    struct Outcome: Sendable, Equatable {
        let status: Int
        let code: String
        let isStored: Bool

        var isTaken: Bool { (200..<300).contains(status) }
    }

    func finding(_ outcome: Outcome, _ method: UploadMethod) -> Finding {
        let name = name(method)
        switch (self, outcome.isTaken, outcome.isStored) {
        case (.asSigned, true, true):
            return .ok(name, "a file of \(Self.bytes) bytes was taken")
        case (.asSigned, true, false):
            return .failed(
                name, "the store answered \(outcome.status) and stored nothing",
                advice: "see what stands at the store's public address: it is not the bucket that the gateway reads")
        case (.asSigned, false, _):
            let trouble = StoreTrouble(status: outcome.status, code: outcome.code, permission: "s3:PutObject")
            // Ceph 16 says AccessDenied of a form whose signature is wrong, and SignatureDoesNotMatch of a put.
            let first = outcome.code == "AccessDenied" ? "where store put fails, put that right first; else " : ""
            return .failed(name, trouble.seen, advice: first + trouble.advice)
        case (_, true, _):
            return .failed(
                name, "the store took \(overstep(method)) (it answered \(outcome.status))", advice: harm(method))
        case (_, false, true):
            return .failed(
                name, "the store answered \(outcome.status) and yet stored \(overstep(method))", advice: harm(method))
        case (_, false, false) where (400..<500).contains(outcome.status):
            return .ok(
                name, "refused with \(outcome.status)" + (outcome.code.isEmpty ? "" : " \(outcome.code)"))
        case (_, false, false):
            return .failed(
                name, "the store answered \(outcome.status) in place of a refusal",
                advice: "look into the store's own log, and try again")
        }
    }

    private func overstep(_ method: UploadMethod) -> String {
        let permission = method == .post ? "the form" : "the signed PUT"
        return switch self {
        case .asSigned: "a file"
        case .excess: "a file of one byte more than \(permission) allows"
        case .contentType: "a file of another Content-Type than \(permission) allows"
        case .key: "a file under another key than \(permission) allows"
        case .expired: "a file after \(permission) had expired"
        }
    }

    private func harm(_ method: UploadMethod) -> String {
        let harm =
            switch self {
            case .asSigned: "it does not hold clients to what is signed"
            case .excess: "quotas can be overrun"
            case .contentType: "allowed types mean nothing"
            case .key: "a client can write over the files of others"
            case .expired: "a permission never ends"
            }
        let way =
            method == .post
            ? "try TOLLGATE_STORAGE_S3_UPLOAD_METHOD=put, else use another store" : "use another store"
        return "\(harm): \(way)"
    }
}
