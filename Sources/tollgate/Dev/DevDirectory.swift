import Foundation
import OpenSSL

/// What `dev` keeps between its runs, and where.
struct DevDirectory: Sendable {
    let root: URL

    var postgres: URL { root.appending(path: "postgres", directoryHint: .isDirectory) }
    var objects: URL { root.appending(path: "objects", directoryHint: .isDirectory) }
    var environmentFile: URL { root.appending(path: "dev.env") }
    private var secretsFile: URL { root.appending(path: "secrets.json") }
    private var keysFile: URL { root.appending(path: "keys.json") }

    /// Makes the directory where it is missing. Others may pass through and see nothing: under root, PostgreSQL runs
    /// as another user, and its data lie below. What is in it is closed by itself.
    init(path: String) throws {
        root = URL(filePath: path, directoryHint: .isDirectory).absoluteURL
        try Self.make(root, 0o711)
        try Self.make(objects, 0o700)
    }

    private static func make(_ folder: URL, _ permissions: Int) throws {
        guard !FileManager.default.fileExists(atPath: folder.path) else { return }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: permissions])
    }

    /// The secrets of an earlier run, or new ones.
    func loadOrMakeSecrets() throws -> DevSecrets {
        if let secrets: DevSecrets = try read(secretsFile) { return secrets }
        let secrets = DevSecrets(
            tokenSecret: Hex.encode(try RandomBytes.generate(32)),
            accessKeyID: "TGDEV" + Hex.encode(try RandomBytes.generate(8)).uppercased(),
            secretAccessKey: Hex.encode(try RandomBytes.generate(20)))
        try write(try JSONEncoder().encode(secrets), to: secretsFile)
        return secrets
    }

    /// The keys of an earlier run; nil where there was none.
    func loadKeys() throws -> DevKeys? { try read(keysFile) }

    func save(_ keys: DevKeys) throws {
        try write(try JSONEncoder().encode(keys), to: keysFile)
    }

    /// Says that a gateway is ready, and how to reach it.
    func write(_ environment: DevEnvironment) throws {
        try write(Data(environment.file.utf8), to: environmentFile)
    }

    /// What an earlier run said of itself does not hold any more.
    func removeEnvironment() throws {
        guard FileManager.default.fileExists(atPath: environmentFile.path) else { return }
        try FileManager.default.removeItem(at: environmentFile)
    }

    private func read<Value: Decodable>(_ file: URL) throws -> Value? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
    }

    /// Whole or not at all, and readable by its owner alone from the first byte on.
    private func write(_ data: Data, to file: URL) throws {
        let temporary = file.appendingPathExtension("new")
        if FileManager.default.fileExists(atPath: temporary.path) { try FileManager.default.removeItem(at: temporary) }
        guard
            FileManager.default.createFile(
                atPath: temporary.path, contents: data, attributes: [.posixPermissions: 0o600])
        else { throw Failure("cannot write \(temporary.path)") }
        guard rename(temporary.path, file.path) == 0 else {
            throw Failure("cannot write \(file.path): \(String(cString: strerror(errno)))")
        }
    }
}

/// What signs tokens, forms and URLs of a `dev` instance.
struct DevSecrets: Codable, Sendable {
    let tokenSecret: String
    let accessKeyID: String
    let secretAccessKey: String
}

/// The two keys that `dev` hands out, kept so that a restart does not change them.
struct DevKeys: Codable, Sendable {
    let demo: String
    let platformOperator: String
}
