import Foundation

/// What lies at a path.
struct FileStatus: Equatable {
    enum Kind { case directory, link, other }

    let kind: Kind
    let owner: uid_t
    /// Names the very file, whatever path leads to it.
    let device: dev_t
    let inode: ino_t

    /// Of the path itself; a link is not followed.
    ///
    /// - Returns: nil when nothing is there.
    static func at(_ path: String) throws -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw systemFailure("look at", path) }
            return nil
        }
        return FileStatus(status)
    }

    /// Of what a path leads to in the end; nil also when we may not look.
    static func following(_ path: String) -> FileStatus? {
        var status = stat()
        return stat(path, &status) == 0 ? FileStatus(status) : nil
    }

    private init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        owner = status.st_uid
        device = status.st_dev
        inode = status.st_ino
    }

    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }
}
