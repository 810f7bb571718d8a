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
        let bytes = Array(key.rawValue.utf8)
        let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            if let reason = Self.objection(to: component) { throw .invalidKey(reason: reason) }
        }
        let names = components.map { String(decoding: $0, as: UTF8.self) }
        directories = Array(names.dropLast())
        name = names.last ?? ""
        digest = Hex.encode(SHA256.hash(bytes))
    }

    /// For reading and deleting: what no file can be called is simply not there.
    init?(lookingFor key: ObjectKey) {
        do { try self.init(key) } catch { return nil }
    }

    private static func objection(to component: ArraySlice<UInt8>) -> String? {
        if component.isEmpty { return "a key in this store cannot begin or end with '/' or hold '//'" }
        if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
            return "a key in this store cannot hold '.' or '..' between slashes"
        }
        if component.count > 255 { return "a key in this store cannot hold more than 255 bytes between slashes" }
        if component.contains(0) { return "a key in this store cannot hold a NUL character" }
        return nil
    }
}
