import Foundation
import Hummingbird
import Ledger
import ObjectStorage
import TollgateCore

/// How a download link shall behave: the query of `GET /v1/uploads/{id}/url`.
struct DownloadOptions: Sendable {
    enum Disposition: String, Sendable, CaseIterable {
        case inline
        case attachment
    }

    let disposition: Disposition
    /// Life of the link in seconds, at most the seven days of Signature Version 4.
    let expiresInSeconds: Int

    /// - Throws: ``Problem`` 400 that names the parameter.
    init(_ request: Request) throws {
        let query = try QueryReader(request, known: ["disposition", "expires_in"])
        disposition = try query.value("disposition", "inline or attachment", Disposition.init(rawValue:)) ?? .attachment
        expiresInSeconds =
            try query.value("expires_in", "a whole number of seconds, 1 to 604800") { text in
                Int(text).flatMap { (1...604_800).contains($0) ? $0 : nil }
            } ?? 900
    }
}

/// Hands out presigned links to finished uploads.
struct DownloadService: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let now: @Sendable () -> Date

    /// - Throws: ``UploadError``: not found, or not finished.
    func url(for id: UploadID, of tenant: TenantID, _ options: DownloadOptions) async throws -> DownloadLink {
        guard let upload = try await ledger.upload(id, of: tenant) else { throw UploadError.notFound }
        guard upload.status == .finished else { throw UploadError.invalidState(upload.status) }
        let now = now()
        let signed = try await storage.presignedGet(
            upload.key, expiresIn: options.expiresInSeconds,
            overriding: ResponseOverrides(
                contentDisposition: ContentDisposition.header(
                    options.disposition.rawValue, fileName: upload.fileName),
                contentType: upload.fileType.description),
            at: now)
        return DownloadLink(url: signed.url, expiresAt: signed.expiresAt)
    }
}

/// The value of a Content-Disposition header (RFC 6266).
enum ContentDisposition {
    /// An ASCII name for old clients, and the real one percent-encoded where it has other characters (RFC 8187).
    static func header(_ type: String, fileName: String) -> String {
        let plain = fileName.unicodeScalars.map { scalar in
            (0x20...0x7e).contains(scalar.value) && scalar != "\"" && scalar != "\\" && scalar != "%"
                ? String(Character(scalar)) : "_"
        }.joined()
        let header = "\(type); filename=\"\(plain)\""
        guard plain != fileName else { return header }
        return header + "; filename*=UTF-8''" + percentEncode(fileName)
    }

    /// The characters that RFC 8187, section 3.2.1 leaves as they are (`attr-char`).
    private static let plainCharacters = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~".utf8)

    private static func percentEncode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if plainCharacters.contains(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
