import UnixSignals

/// The person at the terminal wants no more of it.
package struct Interrupted: Error, Sendable {
    package init() {}
}

/// Does a piece of work that Ctrl-C or SIGTERM cancels, so that it closes what it has open: the server is told to stop
/// what it runs for us.
/// - Throws: ``Interrupted`` once the work has ended; what the work throws.
package func untilInterrupted<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { throw Interrupted() }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
