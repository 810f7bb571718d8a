import Foundation

/// The account that the server and its files belong to.
///
/// PostgreSQL refuses to run as root. When we are root, it runs as `postgres`, or as `nobody` where that is missing;
/// otherwise as ourselves.
struct ServerAccount: Equatable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// What precedes a command so that it runs as this account; empty when it is our own.
    let prefix: [String]

    /// - Parameters:
    ///   - path: named in errors.
    ///   - owner: the owner of files that exist already, whose server must run as that owner.
    /// - Returns: the account, and how to become it.
    /// - Throws: ``PostgresClusterError/serverUserMissing``, or `belongsToAnotherUser` for files that are not ours.
    static func choose(ownerOf path: String, owner: uid_t?) throws -> ServerAccount {
        let own = geteuid()
        guard own == 0 else {
            let account = entry(userID: own) ?? ("user \(own)", own, getegid())
            if let owner, owner != own {
                let name = entry(userID: owner)?.name ?? "user \(owner)"
                throw PostgresClusterError.belongsToAnotherUser(path: path, owner: name)
            }
            return ServerAccount(name: account.name, userID: account.userID, groupID: account.groupID, prefix: [])
        }
        let account: Entry?
        if let owner {
            account = owner == 0 ? nil : entry(userID: owner)
        } else {
            account = entry(name: "postgres") ?? entry(name: "nobody")
        }
        guard let account else { throw PostgresClusterError.serverUserMissing }
        return ServerAccount(
            name: account.name, userID: account.userID, groupID: account.groupID,
            prefix: try prefix(userID: account.userID, groupID: account.groupID))
    }

    private typealias Entry = (name: String, userID: uid_t, groupID: gid_t)

    private static func entry(userID: uid_t) -> Entry? {
        entry { getpwuid_r(userID, $0, $1, $2, $3) }
    }

    private static func entry(name: String) -> Entry? {
        entry { getpwnam_r(name, $0, $1, $2, $3) }
    }

    private typealias Buffer = UnsafeMutablePointer<CChar>
    private typealias Found = UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>

    // The entry's strings lie in the buffer, so they are copied before it goes.
    private static func entry(_ lookUp: (UnsafeMutablePointer<passwd>, Buffer, Int, Found) -> Int32) -> Entry? {
        var buffer = [CChar](repeating: 0, count: 16384)
        return buffer.withUnsafeMutableBufferPointer { buffer in
            var storage = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = buffer.baseAddress, lookUp(&storage, start, buffer.count, &found) == 0,
                let found, let name = found.pointee.pw_name
            else { return nil }
            return (String(cString: name), found.pointee.pw_uid, found.pointee.pw_gid)
        }
    }

    // setpriv becomes the program itself. su and runuser would stay in between and open a login session.
    private static func prefix(userID: uid_t, groupID: gid_t) throws -> [String] {
        let places = ["/usr/bin/setpriv", "/bin/setpriv"]
        guard let setpriv = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw PostgresClusterError.toolMissing(name: "setpriv", debianPackage: "util-linux")
        }
        return [setpriv, "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups", "--no-new-privs", "--"]
    }
}
