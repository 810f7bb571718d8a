/// Keeps callers from waiting for a store that is down: after enough failures in a row they are refused at once, and
/// after a while a single one may try.
///
/// A pure state machine. A call asks for a permit and gives it back with its outcome; what comes back from before the
/// last change of state is out of date and changes nothing.
package struct S3CircuitBreaker: Sendable {
    package struct Limits: Sendable, Equatable {
        /// Failures in a row that open the circuit.
        package var failures: Int
        /// How long it stays open before one call may try.
        package var openFor: Duration

        package init(failures: Int = 10, openFor: Duration = .seconds(5)) {
            self.failures = failures
            self.openFor = openFor
        }
    }

    struct Permit: Sendable, Equatable {
        fileprivate let generation: Int
    }

    enum Outcome: Sendable {
        /// The store answered, whatever it said.
        case answered
        case failed
        /// The caller went away before there was an answer.
        case abandoned
    }

    private enum State {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant)
        case probing
    }

    private let limits: Limits
    private var state = State.closed(failures: 0)
    private var generation = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// - Returns: nil while the circuit is open.
    mutating func admit(at now: ContinuousClock.Instant) -> Permit? {
        switch state {
        case .closed: return Permit(generation: generation)
        case .open(let end) where end <= now:
            change(to: .probing)
            return Permit(generation: generation)
        case .open, .probing: return nil
        }
    }

    mutating func settle(_ permit: Permit, as outcome: Outcome, at now: ContinuousClock.Instant) {
        guard permit.generation == generation else { return }
        switch (state, outcome) {
        case (.closed, .answered): state = .closed(failures: 0)
        case (.closed(let failures), .failed):
            if failures + 1 >= limits.failures {
                change(to: .open(until: now + limits.openFor))
            } else {
                state = .closed(failures: failures + 1)
            }
        case (.probing, .answered): change(to: .closed(failures: 0))
        case (.probing, .failed): change(to: .open(until: now + limits.openFor))
        // Nothing was learnt: the next call is the probe.
        case (.probing, .abandoned): change(to: .open(until: now))
        case (.closed, .abandoned), (.open, _): break
        }
    }

    private mutating func change(to new: State) {
        state = new
        generation += 1
    }
}
