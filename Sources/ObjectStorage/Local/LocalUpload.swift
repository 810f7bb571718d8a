internal import NIOCore
internal import OpenSSL
internal import TollgateCore

/// An object on its way into the store. Small pieces are gathered, so that a thread is troubled once for many of them,
/// and a small object's whole way to the disk is one visit. Pieces are written and, on another thread, hashed, both in
/// their order, while more are received; a few may wait, so that no thread has to.
struct LocalUpload {
    private let tree: LocalTree
    private let work: BlockingWork
    private let key: LocalKey
    private let name: ObjectKey
    private let attributes: ObjectAttributes
    private let writing: SerialWork
    private let hashing: SerialWork
    private var gathered = ByteBuffer()
    private var file: IncomingFile?
    /// The oldest first.
    private var inFlight: [Piece] = []
    private var syncing: StartedWork<Void>?
    private var syncedSize: Int64 = 0

    /// Bytes taken so far.
    private(set) var size: Int64 = 0

    private struct Piece {
        let bytes: ByteBuffer
        /// Whether it has one of the places that all uploads share; the first in flight needs none.
        let isExtra: Bool
        let works: [StartedWork<Void>]
    }

    /// Bytes that one visit to a thread writes.
    private static let pieceBytes = 256 << 10
    /// Pieces that are written and hashed or wait for it, at most; one more is being gathered.
    private static let piecesInFlight = 8
    /// Every so many bytes, or as soon as it is done with those before, the disk is sent what it has, beside the receiving:
    /// at the end little is left to wait for.
    private static let syncBytes: Int64 = 2 << 20

    init(_ name: ObjectKey, _ attributes: ObjectAttributes, tree: LocalTree, work: BlockingWork) throws {
        self.tree = tree
        self.work = work
        self.name = name
        self.attributes = attributes
        (writing, hashing) = (SerialWork(work), SerialWork(work))
        key = try LocalKey(name)
    }

    /// Takes the next bytes. It returns when there is room for more: that is the back-pressure.
    mutating func write(_ bytes: ByteBuffer) async throws {
        size += Int64(bytes.readableBytes)
        var rest = bytes
        while let part = rest.readSlice(length: min(rest.readableBytes, Self.pieceBytes - gathered.readableBytes)) {
            gathered.writeImmutableBuffer(part)
            if gathered.readableBytes < Self.pieceBytes { return }
            try await flush()
        }
    }

    private mutating func flush() async throws {
        let file = try await opened()
        let piece = gathered
        // What is done gives its memory to the next, and its place back.
        gathered = ByteBuffer()
        while let oldest = inFlight.first, oldest.works.allSatisfy(\.isDone) {
            gathered = try await settleOldest()
        }
        while !inFlight.isEmpty, inFlight.count >= Self.piecesInFlight || !work.room.take() {
            gathered = try await settleOldest()
        }
        let isExtra = !inFlight.isEmpty
        gathered.clear(minimumCapacity: Self.pieceBytes)
        inFlight.append(
            Piece(
                bytes: piece, isExtra: isExtra,
                works: [writing.start { try file.write(piece) }, hashing.start { file.hash(piece) }]))
        if size - syncedSize >= Self.syncBytes, syncing?.isDone ?? true {
            let earlier = syncing
            syncing = nil
            try await earlier?.value()
            syncedSize = size
            syncing = work.start { try file.syncData() }
        }
    }

    private mutating func opened() async throws -> IncomingFile {
        if let file { return file }
        let opened = try await work.run { [tree, key, hashes = attributes.checksum != .none] in
            try tree.receive(key, hashesSHA256: hashes)
        }
        file = opened
        return opened
    }

    /// Waits for the oldest of the pieces in flight, and gives its place back.
    private mutating func settleOldest() async throws -> ByteBuffer {
        let oldest = inFlight.removeFirst()
        defer { if oldest.isExtra { work.room.giveBack(1) } }
        try await Self.settle(oldest.works)
        return oldest.bytes
    }

    /// Waits for all pieces, and for the disk too: an error of an early fsync(2) is told to that call alone.
    private mutating func settleAll() async throws {
        let pieces = inFlight
        let started = pieces.flatMap(\.works) + (syncing.map { [$0] } ?? [])
        (inFlight, syncing) = ([], nil)
        defer { work.room.giveBack(pieces.count(where: \.isExtra)) }
        try await Self.settle(started)
    }

    /// Waits for all of it, whatever becomes of the first.
    private static func settle(_ started: [StartedWork<Void>]) async throws {
        var outcomes: [Result<Void, any Error>] = []
        for work in started {
            do { outcomes.append(.success(try await work.value())) } catch { outcomes.append(.failure(error)) }
        }
        for outcome in outcomes { try outcome.get() }
    }

    /// Makes what was written the object. On an error nothing of it remains, and ``discard()`` is still due.
    mutating func commit() async throws -> StoredObject {
        try await settleAll()
        let (open, piece) = (file, gathered)
        gathered = ByteBuffer()
        let file = try await work.run { [tree, key, hashes = attributes.checksum != .none] in
            let file = try open ?? tree.receive(key, hashesSHA256: hashes)
            do {
                try file.write(piece)
            } catch {
                if open == nil { try file.discard() }
                throw error
            }
            file.hash(piece)
            return file
        }
        self.file = file
        return try await work.run { [tree, key, name, attributes] in
            try tree.commit(file, as: key, Self.attributes(file.finish(), name, attributes))
        }
    }

    /// Removes what was written; to be called after a failure.
    mutating func discard() async throws {
        do { try await settleAll() } catch {
            // What failed to be written goes away with the rest; the first failure is the one being told.
        }
        guard let file else { return }
        try await work.run { try file.discard() }
    }

    private static func attributes(
        _ result: IncomingFile.Result, _ key: ObjectKey, _ attributes: ObjectAttributes
    ) throws(ObjectStorageError) -> LocalAttributes {
        if case .verify(let expected) = attributes.checksum, result.sha256 != expected { throw .checksumMismatch }
        return LocalAttributes(
            key: key.rawValue, contentType: attributes.contentType, etag: Hex.encode(result.md5),
            checksumSHA256: result.sha256.map { Hex.encode($0) },
            headers: attributes.headers.map { [$0.name, $0.value] })
    }
}
