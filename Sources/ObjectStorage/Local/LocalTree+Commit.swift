extension LocalTree {
    /// Makes a received file the object at its key: whole and with its attributes, or not at all.
    ///
    /// Data, then attributes reach the disk; then one rename commits; then the directory reaches the disk; then the
    /// attributes of earlier versions go. The rename and every removal of attributes happen under the stripe's lock,
    /// so that nobody judges attributes by a version that is no longer the key's.
    /// - Throws: ``ObjectStorageError/invalidKey(reason:)`` when another object's key is in the way.
    func commit(_ incoming: IncomingFile, as key: LocalKey, _ attributes: LocalAttributes) throws -> StoredObject {
        let (attributesFile, status) = try storeAttributes(attributes, of: incoming.file, for: key)
        let stripe = try stripe(of: key)
        let parent: OpenFile
        do {
            parent = try rename(incoming, to: key, stripe: stripe)
        } catch {
            try forgetAttributes(of: status, for: key, stripe: stripe)
            throw error
        }
        try parent.sync()
        try withExtendedLifetime(attributesFile) {
            try stripe.withLock {
                // A commit that came later tidies up itself, once it is on the disk.
                guard try version(of: key)?.isSameVersion(as: status) == true else { return }
                try removeOldAttributes(for: key, stripe: stripe, current: status)
            }
        }
        return attributes.object(for: status)
    }

    /// - Returns: the directory that now holds the file.
    private func rename(_ incoming: IncomingFile, to key: LocalKey, stripe: OpenFile) throws -> OpenFile {
        for _ in 0..<Self.maximumAttempts {
            do {
                guard let parent = try path(to: key, create: true).last else { continue }
                try stripe.withLock { try incoming.directory.rename(incoming.name, to: parent, key.name) }
                return parent
            } catch let error as SystemError {
                if let objection = Self.objection(error) { throw objection }
                // Missing: a delete has just pruned the directory as empty. If it is the received file that somebody
                // removed, this throws and ends the loop.
                guard error.isMissing else { throw error }
                _ = try incoming.directory.status(of: incoming.name)
            }
        }
        throw Self.noEnd
    }

    private static func objection(_ error: SystemError) -> ObjectStorageError? {
        if error.isNoDirectory {
            .invalidKey(reason: "this store cannot hold a key below the key of another object")
        } else if error.isOccupied {
            .invalidKey(reason: "this store cannot hold a key that other keys continue with '/'")
        } else if error.isNameTooLong {
            .invalidKey(reason: "a component of the key is too long for this store")
        } else {
            nil
        }
    }

    private func forgetAttributes(of status: FileStatus, for key: LocalKey, stripe: OpenFile) throws {
        do {
            try stripe.directory(key.digest).remove(LocalAttributes.fileName(for: status))
        } catch {
            guard error.isMissing else { throw error }
        }
    }
}

extension OpenFile {
    /// Runs with this directory's lock, through a descriptor of its own: two threads exclude each other too.
    func withLock<Result>(_ body: () throws -> Result) throws -> Result {
        let holder = try directory(".")
        try holder.lock()
        return try withExtendedLifetime(holder) { try body() }
    }

    /// The status of a plain file, or nil when there is none of that name.
    func regularFile(_ name: String) throws(SystemError) -> FileStatus? {
        do {
            let status = try status(of: name)
            return status.isRegular ? status : nil
        } catch {
            guard error.isMissing || error.isNoDirectory || error.isNameTooLong else { throw error }
            return nil
        }
    }
}

extension LocalTree {
    /// Begins to receive an object. It looks early whether its key could be a file at all, and leaves the certain
    /// answer to the commit.
    func receive(_ key: LocalKey, hashesSHA256: Bool) throws -> IncomingFile {
        do {
            _ = try path(to: key)
        } catch {
            guard error.isMissing else { throw Self.objection(error) ?? error }
        }
        return try IncomingFile(in: self, for: key, hashesSHA256: hashesSHA256)
    }
}
