internal import Foundation

extension LocalTree {
    /// Gives the data file a modification time that makes it a version of its own, and stores its attributes under
    /// that version, so that both are on the disk.
    ///
    /// - Returns: the attributes file, locked until it is released: as long as that, nobody takes it for a leftover,
    ///   though no data file of that version stands at the key yet.
    func storeAttributes(
        _ attributes: LocalAttributes, of file: OpenFile, for key: LocalKey
    ) throws -> (file: OpenFile, status: FileStatus) {
        let json = try JSONEncoder().encode(attributes)
        let stripe = try stripe(of: key, create: true)
        var time = FileTime.now()
        var step = 1
        for _ in 0..<Self.maximumAttempts {
            try file.setModified(time)
            // Asked back: not every file system keeps nanoseconds.
            let status = try file.status()
            do {
                let directory = try stripe.subdirectory(key.digest, create: true)
                let target = try directory.create(LocalAttributes.fileName(for: status))
                try target.lock()
                guard try target.status().links > 0 else { continue }
                try json.withUnsafeBytes { try target.write($0) }
                try file.sync()
                try target.sync()
                try directory.sync()
                return (target, status)
            } catch let error as SystemError {
                // Missing: the key's last object was deleted just now, and its directory with it.
                guard error.isPresent || error.isMissing else { throw error }
            }
            time = time.advanced(byNanoseconds: step)
            // Grows to a second or two, for file systems that count in seconds.
            step = min(step * 10, 1_000_000_000)
        }
        throw Self.noEnd
    }

    /// The attributes of exactly this version, or nil when there are none.
    func loadAttributes(of status: FileStatus, for key: LocalKey) throws -> LocalAttributes? {
        let bytes: [UInt8]
        do {
            let directory = try stripe(of: key).directory(key.digest)
            let file = try directory.file(LocalAttributes.fileName(for: status))
            bytes = try file.contents(maximumBytes: LocalAttributes.maximumBytes)
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
        do {
            return try JSONDecoder().decode(LocalAttributes.self, from: Data(bytes))
        } catch {
            throw ObjectStorageError.unavailable(reason: "an attributes file is damaged")
        }
    }

    /// Removes the attributes of the key's earlier versions, and of commits that a crash cut short.
    ///
    /// The caller holds the stripe's lock. What a commit in flight has made is locked and stays. `current` is the
    /// version at the key now; nil when there is no object.
    func removeOldAttributes(for key: LocalKey, stripe: OpenFile, current: FileStatus?) throws(SystemError) {
        let directory: OpenFile
        do {
            directory = try stripe.directory(key.digest)
        } catch {
            guard error.isMissing else { throw error }
            return
        }
        let kept = current.map(LocalAttributes.fileName(for:))
        for name in try directory.names() where name != kept {
            let file: OpenFile
            do { file = try directory.file(name) } catch {
                guard error.isMissing else { throw error }
                continue
            }
            if try file.lockIfFree() { try directory.remove(name) }
        }
        guard current == nil else { return }
        do { try stripe.removeDirectory(key.digest) } catch {
            guard error.isMissing || error.isOccupied else { throw error }
        }
    }
}
