import ArgumentParser
import Foundation
import Ledger
import Postgres
import TollgateCore
import TollgateServer

/// A failure as the command line shows it: one message on standard error and exit status 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// An error of the layers below in words for the person at the terminal.
    init(_ error: any Error) {
        description =
            switch error {
            case let error as Failure: error.description
            case let error as InvalidMembers:
                error.problems.map { "\($0.pointer.dropFirst()) \($0.detail)" }.joined(separator: "\n")
            case LedgerError.slugTaken(let slug): "A tenant with the slug \(slug) exists already."
            default: String(describing: error)
            }
    }
}

/// Runs a command's work so that what fails is told in one line, not as a Swift value.
func reportingFailures<Result>(
    as status: ExitCode = .failure, _ work: () async throws -> Result
) async throws -> Result {
    do {
        return try await work()
    } catch let error as ExitCode {
        throw error
    } catch let error as Interrupted {
        throw error
    } catch {
        FileHandle.standardError.write(Data("Error: \(Failure(error).description)\n".utf8))
        throw status
    }
}
