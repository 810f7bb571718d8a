import Foundation
import NIOCore
import NIOHTTP1
import ObjectStorage
import TollgateCore

extension Checkup {
    /// The Date of whatever the store answers to a stranger.
    func clock(_ store: StoreComposition) async -> Finding {
        let name = "clock"
        guard let address = store.ownAddress else { return .skipped(name, "the local store has this machine's clock") }
        do throws(NoAnswer) {
            let asked = now()
            let answer = try await browser.send(BrowserRequest(method: "GET", url: address.bucketURL))
            guard let date = answer.headers.first(name: "Date").flatMap({ HTTPDate.parse($0) }) else {
                return .skipped(name, "the store's answers carry no Date")
            }
            // Cut to whole seconds, as theirs is; a slow answer is no skew.
            let skews = [asked, now()].map { ClockSkew(store: date, here: $0) }
            let skew = skews.min { abs($0.seconds) < abs($1.seconds) }
            return skew?.finding(name) ?? .skipped(name, "the store's answers carry no Date")
        } catch {
            return .skipped(name, "the store does not answer: \(error)")
        }
    }

    /// Put, head, get, list and delete of one object.
    func objects(_ storage: any ObjectStorage, _ folder: ProbeFolder) async -> [Finding] {
        let key = folder.object
        let content = Array("tollgate doctor".utf8)
        let size = Int64(content.count)
        let type = UploadTrial.signedType
        let put = await attempt("store put", permission: "s3:PutObject") {
            let body = AsyncStream { continuation in
                continuation.yield(ByteBuffer(bytes: content))
                continuation.finish()
            }
            let stored = try await storage.put(
                key, ObjectAttributes(contentType: type), length: size...size, body: body)
            return stored.size == size ? nil : "the store holds \(stored.size) bytes of \(size)"
        }
        guard put.verdict == .ok else {
            return [put]
                + ["store head", "store get", "store list", "store delete"].map { .skipped($0, "nothing was stored") }
        }
        let head = await attempt("store head", permission: "s3:GetObject and s3:ListBucket") {
            guard let found = try await storage.head(key) else { return "the object just stored is not there" }
            guard found.size == size, found.contentType == type else {
                return "\(found.size) bytes of another type were stored as \(size) of \(type)"
            }
            return nil
        }
        let get = await attempt("store get", permission: "s3:GetObject") {
            guard let found = try await storage.read(key, range: nil) else { return "the object is not there" }
            var bytes: [UInt8] = []
            for try await piece in found.bytes { bytes += piece.readableBytesView }
            return bytes == content ? nil : "other bytes came back than were stored"
        }
        let list = await attempt("store list", permission: "s3:ListBucket") {
            let page = try await storage.list(prefix: key.rawValue, after: nil, limit: 1)
            return page.entries.map(\.key) == [key] ? nil : "the object just stored is not in the list"
        }
        let delete = await attempt("store delete", permission: "s3:DeleteObject") {
            try await storage.delete([key])
            return try await storage.head(key) == nil ? nil : "the object is still there"
        }
        return [put, head, get, list, delete]
    }

    /// Does one piece of work, which says what was odd about it. It needs a permission, by S3's name.
    private func attempt(_ name: String, permission: String, _ work: () async throws -> String?) async -> Finding {
        do {
            guard let odd = try await work() else { return .ok(name, "as it should be") }
            return .failed(name, odd, advice: "the store does not keep what it was given: look into its own log")
        } catch {
            let trouble = trouble(error, permission: permission)
            return .failed(name, trouble.seen, advice: trouble.advice)
        }
    }
    /// What a call's failure means for this store.
    func trouble(_ error: any Error, permission: String) -> StoreTrouble {
        switch (serving.store, error) {
        case (.local, ObjectStorageError.unavailable(let reason)): StoreTrouble(seen: reason, advice: storeAdvice)
        default: StoreTrouble(error, permission: permission)
        }
    }
}
