import Foundation
import Hummingbird
import Ledger
import ObjectStorage
import TollgateCore

/// How a download link shall behave: the query of `GET /v1/uploads/{id}/url`.
struct DownloadOptions: Sendable {
    let disposition: ContentDisposition
    /// Life of the link in seconds, at most the seven days of Signature Version 4.
    let expiresInSeconds: Int

    /// - Throws: ``Problem`` 400 that names the parameter.
    init(_ request: Request) throws {
        let query = try QueryReader(request, known: ["disposition", "expires_in"])
        disposition =
            try query.value("disposition", "inline or attachment", ContentDisposition.init(rawValue:)) ?? .attachment
        expiresInSeconds =
            try query.value("expires_in", "a whole number of seconds, 1 to 604800") { text in
                Int(text).flatMap { (1...604_800).contains($0) ? $0 : nil }
            } ?? 900
    }
}

/// Hands out links to finished uploads: the CDN's where there is one, else the store's own.
struct DownloadService: Sendable {
    let ledger: Ledger
    let storage: any ObjectStorage
    let cdn: CDN?
    let now: @Sendable () -> Date

    /// - Throws: ``UploadError``: not found, or not finished.
    func url(for id: UploadID, of tenant: TenantID, _ options: DownloadOptions) async throws -> DownloadLink {
        guard let upload = try await ledger.upload(id, of: tenant) else { throw UploadError.notFound }
        guard upload.status == .finished else { throw UploadError.invalidState(upload.status) }
        let overrides = ResponseOverrides(
            contentDisposition: options.disposition.header(fileName: upload.fileName),
            contentType: upload.fileType.description)
        if let cdn {
            let link = try cdn.link(
                to: upload.key, query: overrides.query, expiresIn: options.expiresInSeconds, now: now())
            return DownloadLink(url: link.url, expiresAt: link.expiresAt)
        }
        let signed = try await storage.presignedGet(
            upload.key, expiresIn: options.expiresInSeconds, overriding: overrides, at: now())
        return DownloadLink(url: signed.url, expiresAt: signed.expiresAt)
    }
}
