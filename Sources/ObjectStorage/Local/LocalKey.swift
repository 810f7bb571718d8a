internal import OpenSSL
internal import TollgateCore

/// An object key as a path beneath the bucket's directory, and the place of its attributes.
struct LocalKey: Sendable, Equatable {
    /// The directories from the bucket down to the file.
    let directories: [String]
    /// The file's name.
    let name: String
    /// SHA-256 of the key in hexadecimal: 64 characters, whatever the key is made of.
    let digest: String

    /// Directory of the attributes that shares its lock with 1/256 of all keys.
    var stripe: String { String(digest.prefix(2)) }

    /// - Throws: ``ObjectStorageError/invalidKey(reason:)`` for a key that no file can have.
    init(_ key: ObjectKey) throws(ObjectStorageError) {
        try Self.check(key)
        let names = key.rawValue.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        directories = Array(names.dropLast())
        name = names.last ?? ""
        digest = Hex.encode(SHA256.hash(Array(key.rawValue.utf8)))
    }

    /// - Throws: ``ObjectStorageError/invalidKey(reason:)`` for a key that no file can have.
    static func check(_ key: ObjectKey) throws(ObjectStorageError) {
        var rest = key.rawValue.utf8[...]
        while true {
            let component = rest.prefix { $0 != UInt8(ascii: "/") }
            if let reason = Self.objection(to: component) { throw .invalidKey(reason: reason) }
            guard component.endIndex < rest.endIndex else { return }
            rest = rest[rest.index(after: component.endIndex)...]
        }
    }

    /// For reading and deleting: what no file can be called is simply not there.
    init?(lookingFor key: ObjectKey) {
        do { try self.init(key) } catch { return nil }
    }

    /// The directories that every key with this prefix lies in, from the bucket down; nil where no key can have it.
    static func directories(ofPrefix prefix: String) -> [String]? {
        let names = prefix.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropLast()
        guard names.allSatisfy({ objection(to: $0) == nil }) else { return nil }
        return names.map { String(Substring($0)) }
    }

    private static func objection(to component: Substring.UTF8View) -> String? {
        if component.isEmpty { return "a key in this store cannot begin or end with '/' or hold '//'" }
        if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
            return "a key in this store cannot hold '.' or '..' between slashes"
        }
        if component.count > 255 { return "a key in this store cannot hold more than 255 bytes between slashes" }
        if component.contains(0) { return "a key in this store cannot hold a NUL character" }
        return nil
    }
}
