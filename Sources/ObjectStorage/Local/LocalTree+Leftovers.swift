internal import OpenSSL

extension LocalTree {
    /// Removes what a crash left in `.incoming/`, with the attributes of commits that were cut short. Files that a
    /// process is writing are locked, and stay.
    func removeLeftovers() throws {
        let incoming = try incoming()
        for name in try incoming.names() {
            do {
                let file = try incoming.file(name)
                let status = try file.status()
                // Still there under the lock: else it was committed meanwhile, and its attributes are in use.
                guard status.isRegular, try file.lockIfFree(),
                    try incoming.regularFile(name)?.inode == status.inode
                else { continue }
                try removeAttributes(of: file.status(), digest: String(name.prefix { $0 != "." }))
                try incoming.remove(name)
            } catch {
                guard error.isMissing else { throw error }
            }
        }
    }

    private func removeAttributes(of status: FileStatus, digest: String) throws(SystemError) {
        do {
            let stripe = try attributes().directory(String(digest.prefix(2)))
            let directory = try stripe.directory(digest)
            try directory.remove(LocalAttributes.fileName(for: status))
            try stripe.removeDirectory(digest)
        } catch {
            guard error.isMissing || error.isOccupied else { throw error }
        }
    }

    /// Makes a file and removes it again: the directory is there, writable, and not full.
    func check() throws {
        let incoming = try incoming()
        let name = "check.\(Hex.encode(try RandomBytes.generate(8)))"
        let file = try incoming.create(name)
        try file.lock()
        try incoming.remove(name)
        _ = try objects()
        _ = try attributes()
    }
}
