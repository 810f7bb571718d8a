internal import Glibc

extension OpenFile {
    /// Writes all bytes at the file's position.
    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var rest = bytes
        while rest.count > 0 {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                let error = SystemError.current("write")
                guard error.code == EINTR else { throw error }
            } else {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Reads until the buffer is full or the file ends.
    /// - Returns: how many bytes were read.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
            if count < 0 {
                let error = SystemError.current("pread")
                guard error.code == EINTR else { throw error }
            } else if count == 0 {
                break
            } else {
                filled += count
            }
        }
        return filled
    }

    /// The whole of a small file.
    func contents(maximumBytes: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        let outcome = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SystemError) in try read(at: 0, into: buffer) }
        }
        return try Array(bytes.prefix(outcome.get()))
    }

    /// Names in this directory, without `.` and `..`.
    func names() throws(SystemError) -> [String] {
        // A descriptor of its own: closedir(3) closes it, and reading moves its position.
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw .current("openat directory") }
        guard let stream = fdopendir(copy) else {
            let error = SystemError.current("fdopendir")
            close(copy)
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw .current("readdir") }
        return names
    }
}
