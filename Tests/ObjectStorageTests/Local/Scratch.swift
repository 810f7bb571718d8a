import Foundation
import NIOCore
import NIOPosix
import TollgateCore

@testable import ObjectStorage

/// A store of its own in a directory that goes away with it.
final class Scratch: Sendable {
    static let credentials = S3Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let now = Date(timeIntervalSince1970: 1_451_347_200)  // 2015-12-29T00:00:00Z
    static let region = "us-east-1"

    let directory: String
    let store: LocalObjectStore
    let endpoint: S3Endpoint

    init(directory: String? = nil) async throws {
        self.directory =
            directory ?? FileManager.default.temporaryDirectory.appending(path: "tollgate-\(UUID())").path()
        endpoint = try S3Endpoint(url: "http://localhost:8080/storage", bucket: "uploads", style: .path)
        store = try await LocalObjectStore(
            directory: self.directory, endpoint: endpoint,
            signer: S3Signer(credentials: Self.credentials, region: Self.region, at: Self.now), threads: .singleton)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("\(directory) stays: \(error)") }
    }

    func path(_ key: String) -> String { "\(directory)/uploads/\(key)" }

    /// All files beneath a directory, relative to it; directories end in a slash.
    func files(_ folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: "\(directory)/\(folder)")?.compactMap { $0 as? String } ?? []
        return names.sorted()
    }

    /// Nothing received, nothing kept.
    var attributeFiles: [String] { files(".attributes").filter { $0.hasSuffix(".json") } }

    func put(
        _ key: String, _ bytes: [UInt8], _ attributes: ObjectAttributes = ObjectAttributes(contentType: "text/plain")
    ) async throws -> StoredObject {
        try await store.put(
            Self.key(key), attributes, length: 0...Int64.max, body: Pieces([ByteBuffer(bytes: bytes)]))
    }

    func get(_ key: String) async throws -> (StoredObject, [UInt8])? {
        guard let content = try await store.read(Self.key(key), range: nil) else { return nil }
        return (content.object, try await collect(content.bytes))
    }

    static func key(_ text: String) -> ObjectKey { ObjectKey(text) ?? .placeholder }
}

extension ObjectKey {
    fileprivate static let placeholder: ObjectKey = {
        guard let key = ObjectKey("placeholder") else { preconditionFailure("a plain key is a key") }
        return key
    }()
}

func collect(_ bytes: any AsyncSequence<ByteBuffer, any Error> & Sendable) async throws -> [UInt8] {
    var all: [UInt8] = []
    for try await piece in bytes { all += piece.readableBytesView }
    return all
}

/// A body that is given out piece by piece, and may fail in the end as a lost client does.
struct Pieces: AsyncSequence, Sendable {
    struct Lost: Error {}

    let pieces: [ByteBuffer]
    let isLost: Bool

    init(_ pieces: [ByteBuffer], isLost: Bool = false) {
        self.pieces = pieces
        self.isLost = isLost
    }

    init(_ text: String, cut size: Int = .max, isLost: Bool = false) {
        let bytes = Array(text.utf8)
        let starts = stride(from: 0, to: bytes.count, by: Swift.min(size, Swift.max(bytes.count, 1)))
        let pieces = starts.map {
            ByteBuffer(bytes: bytes[$0..<Swift.min($0 + Swift.min(size, bytes.count), bytes.count)])
        }
        self.init(pieces, isLost: isLost)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<ByteBuffer>
        let isLost: Bool

        mutating func next() async throws -> ByteBuffer? {
            if rest.isEmpty && isLost { throw Lost() }
            return rest.popFirst()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: pieces[...], isLost: isLost) }
}
