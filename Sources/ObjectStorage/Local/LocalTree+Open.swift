internal import OpenSSL

extension LocalTree {
    /// Opens an object with the attributes of exactly the file that was opened; nil when there is none.
    func open(_ key: LocalKey) throws -> (file: OpenFile, object: StoredObject)? {
        for _ in 0..<Self.maximumAttempts {
            guard let (parent, file) = try openFile(key) else { return nil }
            let status = try file.status()
            guard status.isRegular else { return nil }
            if let attributes = try loadAttributes(of: status, for: key) {
                return (file, attributes.object(for: status))
            }
            // Either the object was replaced since the file was opened, then the next turn sees the newer one; or
            // somebody put the file there by hand.
            guard try parent.regularFile(key.name)?.isSameVersion(as: status) == true else { continue }
            return (file, try derived(file, status))
        }
        throw Self.noEnd
    }

    private func openFile(_ key: LocalKey) throws(SystemError) -> (parent: OpenFile, file: OpenFile)? {
        do {
            guard let parent = try path(to: key).last else { return nil }
            return (parent, try parent.file(key.name))
        } catch {
            guard error.isMissing || error.isNoDirectory || error.isNameTooLong else { throw error }
            return nil
        }
    }

    /// What S3 would have said of a file that came without attributes.
    private func derived(_ file: OpenFile, _ status: FileStatus) throws -> StoredObject {
        var digest = try Digest(.md5)
        var offset: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(at: offset, into: buffer)
            if count == 0 { break }
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
        }
        return StoredObject(
            size: status.size, contentType: "binary/octet-stream", etag: Hex.encode(digest.finish()),
            checksumSHA256: nil, lastModified: status.modified.date)
    }
}
