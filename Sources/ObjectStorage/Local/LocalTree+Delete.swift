extension LocalTree {
    /// Removes an object, its attributes, and the directories that it leaves empty. A missing one is no error.
    func delete(_ key: LocalKey) throws {
        let stripe = try stripe(of: key, create: true)
        if let path = try existingPath(to: key), let parent = path.last {
            let removed = try stripe.withLock {
                guard try parent.regularFile(key.name) != nil else { return false }
                try parent.remove(key.name)
                return true
            }
            if removed { try parent.sync() }
            try prune(path, of: key)
        }
        // Only now: as long as a crash could bring the object back, it keeps its attributes.
        try stripe.withLock {
            guard try version(of: key) == nil else { return }
            try removeOldAttributes(for: key, stripe: stripe, current: nil)
        }
    }

    private func existingPath(to key: LocalKey) throws(SystemError) -> [OpenFile]? {
        do {
            return try path(to: key)
        } catch {
            guard error.isMissing || error.isNoDirectory || error.isNameTooLong else { throw error }
            return nil
        }
    }

    /// rmdir(2) refuses a directory that holds anything, and a put whose directory went away makes it again.
    private func prune(_ path: [OpenFile], of key: LocalKey) throws(SystemError) {
        for (parent, name) in zip(path.dropLast(), key.directories).reversed() {
            do {
                try parent.removeDirectory(name)
            } catch {
                guard error.isMissing || error.isOccupied || error.isNoDirectory else { throw error }
                return
            }
        }
    }
}
