import Foundation
internal import TollgateCore

extension LocalTree {
    /// A page of objects in the order of their keys' bytes. What stands between directories sorts with the slash behind
    /// them: `a-b` lies before `a/b`, since `-` is less than `/`.
    func list(prefix: String, after: ObjectKey?, limit: Int) throws -> ObjectPage {
        var walk = Walk(prefix: Array(prefix.utf8), after: after.map { Array($0.rawValue.utf8) }, limit: limit)
        // Beside the directories that the prefix names there may be those of thousands of tenants.
        let objects = try objects()
        if let names = LocalKey.directories(ofPrefix: prefix),
            let directory = try Self.existing({ () throws(SystemError) in try objects.descendant(names) })
        {
            try visit(directory, path: names.flatMap { Array($0.utf8) + [UInt8(ascii: "/")] }, &walk)
        }
        return ObjectPage(entries: Array(walk.found.prefix(limit)), isTruncated: walk.found.count > limit)
    }

    private struct Walk {
        let prefix: [UInt8]
        let after: [UInt8]?
        let limit: Int
        var found: [ObjectPage.Entry] = []

        /// One more than asked for tells whether there are others behind.
        var isComplete: Bool { found.count > limit }

        /// Whether a directory can hold keys of the page: its path ends in a slash.
        func mayHold(_ path: [UInt8]) -> Bool {
            guard path.starts(with: prefix) || prefix.starts(with: path) else { return false }
            guard let after else { return true }
            return !path.lexicographicallyPrecedes(after) || after.starts(with: path)
        }

        func wants(_ key: [UInt8]) -> Bool {
            key.starts(with: prefix) && after.map { $0.lexicographicallyPrecedes(key) } ?? true
        }
    }

    private func visit(_ directory: OpenFile, path: [UInt8], _ walk: inout Walk) throws {
        var names: [(sortedAs: [UInt8], name: String, isDirectory: Bool)] = []
        for name in try directory.names() {
            guard let status = try Self.existing({ () throws(SystemError) in try directory.status(of: name) }),
                status.isRegular || status.isDirectory
            else { continue }
            let slash = status.isDirectory ? [UInt8(ascii: "/")] : []
            names.append((path + Array(name.utf8) + slash, name, status.isDirectory))
        }
        names.sort { $0.sortedAs.lexicographicallyPrecedes($1.sortedAs) }
        for entry in names {
            if walk.isComplete { return }
            if entry.isDirectory {
                guard walk.mayHold(entry.sortedAs),
                    let below = try Self.existing({ () throws(SystemError) in try directory.directory(entry.name) })
                else { continue }
                try visit(below, path: entry.sortedAs, &walk)
            } else if walk.wants(entry.sortedAs), let key = ObjectKey(String(decoding: entry.sortedAs, as: UTF8.self)),
                let local = LocalKey(lookingFor: key), let object = try open(local)?.object
            {
                walk.found.append(
                    .init(key: key, size: object.size, etag: object.etag, lastModified: object.lastModified))
            }
        }
    }

    /// nil for what was removed since its name was read.
    private static func existing<Found>(_ look: () throws(SystemError) -> Found) throws(SystemError) -> Found? {
        do {
            return try look()
        } catch {
            guard error.isMissing || error.isNoDirectory else { throw error }
            return nil
        }
    }
}
