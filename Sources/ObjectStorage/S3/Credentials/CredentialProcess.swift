internal import Foundation
internal import NIOPosix
internal import TollgateCore

/// Runs a profile's `credential_process` and reads what it prints. Its standard error may hold anything and is dropped.
///
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
enum CredentialProcess {
    /// - Parameters:
    ///   - command: split at spaces outside of quotes; no shell is involved.
    ///   - timeout: then the process is killed.
    /// - Returns: the credentials.
    /// - Throws: `processFailed` or `malformedAnswer`.
    static func run(_ command: String, timeout: Duration = .seconds(30)) async throws(CredentialsError.Reason)
        -> S3Credentials
    {
        guard let words = words(command), let program = words.first else {
            throw .processFailed("is empty or has an open quote")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["--", program] + words.dropFirst()
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let bytes: [UInt8]
        do {
            try process.run()
            bytes = try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask {
                    try await withTaskCancellationHandler {
                        try await NIOThreadPool.singleton.runIfActive {
                            let data = try output.fileHandleForReading.readToEnd() ?? Data()
                            process.waitUntilExit()
                            return Array(data)
                        }
                    } onCancel: {
                        // Not SIGTERM: a process that ignores it would hold up a shutdown.
                        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
                    }
                }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let bytes = first else {
                    throw CredentialsError.Reason.processFailed("took longer than \(timeout)")
                }
                return bytes
            }
        } catch let reason as CredentialsError.Reason {
            throw reason
        } catch {
            throw .processFailed("did not run: \(type(of: error))")
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .processFailed("ended with status \(process.terminationStatus)")
        }
        let version = try CredentialsDocument.object(bytes)["Version"]?.integer
        guard version == 1 else { throw .malformedAnswer("is not of Version 1") }
        return try CredentialsDocument.parse(bytes, tokenMember: "SessionToken", isTemporary: false)
    }

    /// - Returns: nil for a quote that is not closed.
    static func words(_ command: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in command {
            if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil ? words : nil
    }
}
