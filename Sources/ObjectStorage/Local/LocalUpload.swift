internal import NIOCore
internal import OpenSSL
internal import TollgateCore

/// An object on its way into the store. Small pieces are gathered, so that a thread is troubled once for many of them,
/// and a small object's whole way to the disk is one visit. While one gathered piece is written and, on another
/// thread, hashed, the next is gathered: at most two are held.
struct LocalUpload {
    private let tree: LocalTree
    private let work: BlockingWork
    private let key: LocalKey
    private let name: ObjectKey
    private let attributes: ObjectAttributes
    private var gathered = ByteBuffer()
    private var written = ByteBuffer()
    private var file: IncomingFile?
    private var inFlight: [StartedWork<Void>] = []
    private var syncing: StartedWork<Void>?
    private var syncedSize: Int64 = 0

    /// Bytes taken so far.
    private(set) var size: Int64 = 0

    /// Bytes that one visit to a thread writes.
    private static let pieceBytes = 256 << 10
    /// Every so many bytes, or as soon as it is done with those before, the disk is sent what it has, beside the receiving:
    /// at the end little is left to wait for.
    private static let syncBytes: Int64 = 2 << 20

    init(_ name: ObjectKey, _ attributes: ObjectAttributes, tree: LocalTree, work: BlockingWork) throws {
        self.tree = tree
        self.work = work
        self.name = name
        self.attributes = attributes
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
        try await settle()
        let file = try await opened()
        let piece = gathered
        // The two take turns, so that their memory is asked for once.
        swap(&gathered, &written)
        gathered.clear(minimumCapacity: Self.pieceBytes)
        inFlight = [work.start { try file.write(piece) }, work.start { file.hash(piece) }]
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

    /// Waits for the piece that is being written, and in the end for the disk too: an error of an early fsync(2) is
    /// told to that call alone.
    private mutating func settle(syncing isLast: Bool = false) async throws {
        var started = inFlight
        inFlight = []
        if isLast, let syncing {
            started.append(syncing)
            self.syncing = nil
        }
        var outcomes: [Result<Void, any Error>] = []
        for work in started {
            do { outcomes.append(.success(try await work.value())) } catch { outcomes.append(.failure(error)) }
        }
        for outcome in outcomes { try outcome.get() }
    }

    /// Makes what was written the object. On an error nothing of it remains, and ``discard()`` is still due.
    mutating func commit() async throws -> StoredObject {
        try await settle(syncing: true)
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
        do { try await settle(syncing: true) } catch {
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
