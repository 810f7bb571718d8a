import OpenSSL
import Synchronization

/// Verifies once for all who ask the same at the same time.
///
/// The work belongs to nobody who asks: one that is cancelled leaves the others their answer, and only when the last
/// has left is the work itself cancelled.
final class SharedVerifications: Sendable {
    /// Whether the key behind the tag is the one of the hash; with nil, the question that nobody can answer yes.
    struct Question: Hashable, Sendable {
        let tag: HMACSHA256.Tag
        let hash: String?
        /// Suspects wait for each other alone.
        let isSuspect: Bool
    }

    private struct Verification {
        let number: UInt64
        let task: Task<Bool, any Error>
        var waiting: Int
    }

    private struct State {
        var running: [Question: Verification] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How many wait for an answer.
    var waiting: Int { state.withLock { $0.running.values.reduce(0) { $0 + $1.waiting } } }

    /// Whether the key behind the tag is being verified.
    func isUnderWay(_ tag: HMACSHA256.Tag, isSuspect: Bool) -> Bool {
        state.withLock { $0.running.keys.contains { $0.tag == tag && $0.isSuspect == isSuspect } }
    }

    /// The answer of `work`, or of the same question's work that runs already.
    ///
    /// - Throws: what the work throws; `CancellationError`.
    func answer(_ question: Question, _ work: @escaping @Sendable () async throws -> Bool) async throws -> Bool {
        let (number, task) = join(question, work)
        let answer = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            leave(question, number)
        }
        try Task.checkCancellation()
        return answer
    }

    private func join(
        _ question: Question, _ work: @escaping @Sendable () async throws -> Bool
    ) -> (UInt64, Task<Bool, any Error>) {
        state.withLock { state in
            if let running = state.running[question] {
                state.running[question]?.waiting += 1
                return (running.number, running.task)
            }
            state.lastNumber += 1
            let number = state.lastNumber
            // Kept until it ends. It takes this lock at its end, so not before it is kept.
            let task = Task {
                defer { end(question, number) }
                return try await work()
            }
            state.running[question] = Verification(number: number, task: task, waiting: 1)
            return (number, task)
        }
    }

    private func leave(_ question: Question, _ number: UInt64) {
        let abandoned: Task<Bool, any Error>? = state.withLock { state in
            guard var verification = state.running[question], verification.number == number else { return nil }
            verification.waiting -= 1
            // Whoever comes now begins anew rather than join what is about to be cancelled.
            state.running[question] = verification.waiting > 0 ? verification : nil
            return verification.waiting > 0 ? nil : verification.task
        }
        abandoned?.cancel()
    }

    private func end(_ question: Question, _ number: UInt64) {
        state.withLock { state in
            if state.running[question]?.number == number { state.running[question] = nil }
        }
    }
}
