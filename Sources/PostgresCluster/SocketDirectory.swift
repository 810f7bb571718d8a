import Foundation

/// Where the server's socket lies.
///
/// A socket's path may have 107 bytes (`sun_path` in unix(7)), and PostgreSQL reads its setting as a list with commas
/// and quotes. The server's own folder is taken when its path is short and plain, otherwise a new folder in `/tmp`.
enum SocketDirectory {
    private static let temporaryPrefix = "/tmp/tollgate-pg-"
    private static let socketName = ".s.PGSQL.\(ServerHome.port)"

    static func fits(_ path: String) -> Bool {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                return true
            default: return false
            }
        }
        return plain && path.utf8.count + 1 + socketName.utf8.count <= 107
    }

    /// The folder for a server's socket; 0700 and the server's in either case.
    static func choose(for home: ServerHome) throws -> String {
        if fits(home.path) { return home.path }
        var template = Array((temporaryPrefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw systemFailure("create a folder in", "/tmp") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try give(path, to: home.account)
        return path
    }

    static func isTemporary(_ path: String) -> Bool {
        path.hasPrefix(temporaryPrefix) && !path.dropFirst(temporaryPrefix.count).contains("/")
    }

    /// Deletes the socket and its lock file, if a killed server left them.
    static func removeSockets(in folder: String) throws {
        try removeFile("\(folder)/\(socketName)")
        try removeFile("\(folder)/\(socketName).lock")
    }

    /// Deletes a folder that ``choose(for:)`` made; any other is left alone.
    static func removeTemporary(_ path: String) throws {
        guard isTemporary(path), try FileStatus.at(path)?.kind == .directory else { return }
        try removeSockets(in: path)
        guard rmdir(path) == 0 || errno == ENOENT else { throw systemFailure("delete", path) }
    }
}
