internal import Foundation

/// The directories of a local store:
///
///     <directory>/<bucket>/<key>                                           objects
///     <directory>/.attributes/<bucket>/<2 hex>/<SHA-256 of key>/<version>.json   what is known of them
///     <directory>/.incoming/<SHA-256 of key>.<random>                      objects being received
///
/// A version is a data file's modification time and size. The rename of the data file is the only commit: whoever
/// has opened a data file knows which attributes belong to exactly that file.
struct LocalTree: Sendable {
    private let directory: String
    let bucket: String
    private let isDurable: Bool

    /// Makes the directories that are missing. Unless it is durable nothing waits for the disk.
    /// - Throws: ``ObjectStorageError/invalidKey(reason:)`` for a bucket whose name is no plain directory name.
    init(directory: String, bucket: String, isDurable: Bool = true) throws {
        guard !bucket.isEmpty, bucket.utf8.count <= 255, !bucket.hasPrefix("."),
            !bucket.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
        else { throw ObjectStorageError.invalidKey(reason: "the bucket's name cannot be a directory's") }
        self.directory = directory
        self.bucket = bucket
        self.isDurable = isDurable
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        do {
            let root = try root()
            for name in [".incoming", ".attributes", bucket] { _ = try root.subdirectory(name, create: true) }
            _ = try root.directory(".attributes").subdirectory(bucket, create: true)
            try root.sync()
        } catch {
            throw ObjectStorageError.unavailable(reason: error.description)
        }
    }

    /// Turns of a loop that ends when nobody else happens to be at work on the same key: more than any crowd needs,
    /// fewer than for ever, should an operator have taken a directory away.
    static let maximumAttempts = 1_000
    static let noEnd = ObjectStorageError.unavailable(reason: "the directory of the store changes too often")

    // Opened anew for every call: a directory that the operator moved away and back, or restored, is seen at once.

    func root() throws(SystemError) -> OpenFile { try .directory(path: directory, syncs: isDurable) }

    func objects() throws(SystemError) -> OpenFile { try root().directory(bucket) }

    func incoming() throws(SystemError) -> OpenFile { try root().directory(".incoming") }

    func attributes() throws(SystemError) -> OpenFile { try root().directory(".attributes").directory(bucket) }

    /// The directories from the bucket's down to the one that holds the key's file, outermost first. With `create`,
    /// those that are missing are made, and each new name is on the disk when this returns.
    func path(to key: LocalKey, create: Bool = false) throws(SystemError) -> [OpenFile] {
        var current = try objects()
        var path = [current]
        for name in key.directories {
            current = try current.subdirectory(name, create: create)
            path.append(current)
        }
        return path
    }

    /// The version of the object that stands at the key now; nil when there is none.
    func version(of key: LocalKey) throws(SystemError) -> FileStatus? {
        do {
            return try path(to: key).last?.regularFile(key.name)
        } catch {
            guard error.isMissing || error.isNoDirectory || error.isNameTooLong else { throw error }
            return nil
        }
    }

    /// Opens the directory whose lock orders the commits of a key; ``OpenFile/lock()`` is up to the caller.
    func stripe(of key: LocalKey, create: Bool = false) throws(SystemError) -> OpenFile {
        try attributes().subdirectory(key.stripe, create: create)
    }
}

extension OpenFile {
    /// Opens the directory that lies below this one by these names; this one itself where there are none.
    func descendant(_ names: [String]) throws(SystemError) -> OpenFile {
        var current = self
        for name in names { current = try current.directory(name) }
        return current
    }

    /// Opens a directory, making it first where it is missing.
    func subdirectory(_ name: String, create: Bool) throws(SystemError) -> OpenFile {
        do {
            return try directory(name)
        } catch {
            guard create, error.isMissing else { throw error }
        }
        do {
            try makeDirectory(name)
        } catch {
            guard error.isPresent else { throw error }
        }
        let made = try directory(name)
        try sync()
        return made
    }
}
