import Foundation
import NIOCore
import ObjectStorage
import Synchronization
import TollgateCore

/// What a gateway that has crashed does with everything it was about to do.
struct Crash: Error {}

/// The real store as one gateway reaches it, until that gateway crashes: before or after a call, so that what was
/// begun stays half done. No code of the gateway's own sees more of a crash than an error that it does not know.
final class CrashingStorage: ObjectStorage {
    private struct State {
        var isDead = false
        var edgesLeft: Int?
    }

    private let base: LocalObjectStore
    private let state = Mutex(State())

    init(_ base: LocalObjectStore) { self.base = base }

    /// Crashes when the store has been called, or has answered, this many times more.
    func crash(afterEdges edges: Int) { state.withLock { $0.edgesLeft = edges } }

    /// Starts again after a crash, or takes back one that has not come.
    func restart() { state.withLock { $0 = State() } }

    private func edge() throws {
        let isDead = state.withLock { state in
            if let left = state.edgesLeft {
                state.edgesLeft = left > 0 ? left - 1 : nil
                if left == 0 { state.isDead = true }
            }
            return state.isDead
        }
        if isDead { throw Crash() }
    }

    private func between<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
        try edge()
        let answer = try await call()
        try edge()
        return answer
    }

    var uploadMethod: UploadMethod { base.uploadMethod }

    func presignedUploadAtOnce(for permission: UploadPermission, at now: Date) throws -> SignedUpload? { nil }

    func presignedUpload(for permission: UploadPermission, at now: Date) async throws -> SignedUpload {
        try await between { try await base.presignedUpload(for: permission, at: now) }
    }

    func presignedGet(
        _ key: ObjectKey, expiresIn: Int, overriding overrides: ResponseOverrides, at now: Date
    ) async throws -> PresignedURL {
        try await between { try await base.presignedGet(key, expiresIn: expiresIn, overriding: overrides, at: now) }
    }

    func head(_ key: ObjectKey) async throws -> StoredObject? { try await between { try await base.head(key) } }

    func read(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectContent? {
        try await between { try await base.read(key, range: range) }
    }

    func put<Body: AsyncSequence & Sendable>(
        _ key: ObjectKey, _ attributes: ObjectAttributes, length: ClosedRange<Int64>, body: Body
    ) async throws -> StoredObject where Body.Element == ByteBuffer {
        try await between { try await base.put(key, attributes, length: length, body: body) }
    }

    func delete(_ keys: [ObjectKey]) async throws { try await between { try await base.delete(keys) } }

    func list(prefix: String, after: ObjectKey?, limit: Int) async throws -> ObjectPage {
        try await between { try await base.list(prefix: prefix, after: after, limit: limit) }
    }

    func check() async throws { try await between { try await base.check() } }
}
