internal import Foundation
internal import NIOPosix

/// Reads the small files that credentials lie in, off the threads that tasks run on.
enum CredentialsFiles {
    /// What a file cannot be larger than to be taken for one of these.
    private static let maximumBytes = 1 << 20

    struct Unreadable: Error {
        let reason: String
    }

    /// The file's bytes; nil when there is no such file.
    static func read(_ path: String) async throws(Unreadable) -> [UInt8]? {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                let handle = try FileHandle(forReadingFrom: URL(filePath: path))
                defer { handle.closeFile() }
                return try handle.read(upToCount: maximumBytes + 1).map(Array.init) ?? []
            }.checked(maximumBytes)
        } catch let error as Unreadable {
            throw error
        } catch let error as CocoaError {
            switch error.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: return nil
            case .fileReadNoPermission: throw Unreadable(reason: "permission denied")
            default: throw Unreadable(reason: "code \(error.code.rawValue)")
            }
        } catch {
            throw Unreadable(reason: "\(type(of: error))")
        }
    }

    /// The one line of a token's file, without the line's end.
    static func token(_ path: String, source: String) async throws(CredentialsError) -> String {
        let bytes: [UInt8]?
        do {
            bytes = try await read(path)
        } catch {
            throw CredentialsError(source: source, .unreadable(file: path, error.reason))
        }
        guard let bytes else { throw CredentialsError(source: source, .unreadable(file: path, "no such file")) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CredentialsError(source: source, .unreadable(file: path, "not UTF-8"))
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw CredentialsError(source: source, .unreadable(file: path, "it is empty")) }
        return token
    }
}

extension [UInt8] {
    fileprivate func checked(_ maximumBytes: Int) throws(CredentialsFiles.Unreadable) -> [UInt8] {
        guard count <= maximumBytes else { throw .init(reason: "larger than \(maximumBytes) bytes") }
        return self
    }
}
