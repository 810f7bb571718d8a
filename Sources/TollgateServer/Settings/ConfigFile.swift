import Configuration
import Foundation
import Synchronization

/// The configuration file, read whole and parsed once.
struct ConfigFile: Sendable {
    let path: String
    /// Every key that has a value or an empty one, words joined by dots.
    let names: [String]
    private let snapshot: YAMLSnapshot?

    /// What stands under a key.
    enum Content: Sendable, Equatable {
        case nothing
        case scalar(String)
        case list([String])
    }

    /// Such files are written by hand; a larger one is something else.
    private static let maximumBytes = 1 << 20

    /// Collects the names while the file is parsed: the provider asks for each key whether it is a secret, and has no
    /// other way to list what it holds. The answer is always yes, so that nothing of the file can be printed.
    private final class SeenNames: Sendable {
        let names = Mutex<[String]>([])

        func record(_ name: String) -> Bool {
            names.withLock { $0.append(name) }
            return true
        }
    }

    /// Reads and parses the file.
    /// - Throws: a problem that names the file and, for broken YAML, the place in it; never what stands there.
    init(path: String) throws(SettingsProblem) {
        let data = try Self.read(path)
        self.path = path
        if Self.holdsOnlyComments(data) {
            names = []
            snapshot = nil
            return
        }
        let seen = SeenNames()
        do {
            snapshot = try YAMLSnapshot(
                data: data.bytes, providerName: path,
                parsingOptions: .init(secretsSpecifier: .dynamic { name, _ in seen.record(name) }))
        } catch {
            throw Self.problem(path, "this is not the YAML expected: \(Self.withoutContent(error))")
        }
        names = seen.names.withLock { $0 }.sorted()
    }

    /// What stands under a dotted path; an empty scalar, `null` and `[]` are nothing.
    func content(at path: String) -> Content {
        guard let snapshot else { return .nothing }
        let key = AbsoluteConfigKey(path.split(separator: ".").map(String.init))
        // The provider tells a scalar from a list only by refusing the other, so a refusal is an answer here.
        for type in [ConfigType.string, .stringArray] {
            guard case .success(let result) = Result(catching: { try snapshot.value(forKey: key, type: type) }),
                let value = result.value
            else { continue }
            switch value.content {
            case .string(let text) where ["", "~", "null", "Null", "NULL"].contains(text): return .nothing
            case .string(let text): return .scalar(text)
            case .stringArray(let items): return items.isEmpty ? .nothing : .list(items)
            default: return .nothing
            }
        }
        return .nothing
    }

    private static func read(_ path: String) throws(SettingsProblem) -> Data {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { handle.closeFile() }
            let data = try handle.read(upToCount: maximumBytes + 1) ?? Data()
            guard data.count <= maximumBytes else { throw problem(path, "the file is larger than 1 MiB") }
            return data
        } catch let problem as SettingsProblem {
            throw problem
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
            throw problem(path, "the file cannot be read: \(cause.localizedDescription)")
        }
    }

    private static func holdsOnlyComments(_ data: Data) -> Bool {
        String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).allSatisfy { line in
            let text = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{FEFF}" }
            return text.isEmpty || text.first == "#" || text.allSatisfy { $0 == "-" }
        }
    }

    /// A YAML error's first line says where and what; those below it quote the file, which may hold a secret.
    private static func withoutContent(_ error: any Error) -> String {
        let line = String(describing: error).prefix { !$0.isNewline }
        return String(line.prefix(200))
    }

    private static func problem(_ path: String, _ message: String) -> SettingsProblem {
        SettingsProblem(name: "", source: .file(path), message: message)
    }
}
