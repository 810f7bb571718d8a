internal import Dispatch
internal import Synchronization

/// A bounded queue of jobs between tasks that ask and threads that work. Values and bookkeeping only: it starts
/// nothing.
///
/// The semaphore counts the calls for a worker: one for each job, and one for each worker at the end. A job that was
/// cancelled while it waited leaves its call behind; the worker that it wakes finds nothing to do and waits again.
final class JobQueue: Sendable {
    struct Job: Sendable {
        let id: UInt64
        /// Does the work on the calling thread. What comes back, when called, answers whoever waits.
        let run: @Sendable () -> @Sendable () -> Void
        /// Answers whoever waits, without the work.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        /// Ids given out whose job has not come yet. Cancelling one takes its id away.
        var expected: Set<UInt64> = []
        var lastID: UInt64 = 0
        var running = 0
        var done: UInt64 = 0
        var refused: UInt64 = 0
        var stopped = false
        var workers: Int
        var onEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let calls = DispatchSemaphore(value: 0)
    private let workerCount: Int
    private let maximumWaiting: Int

    init(workerCount: Int, maximumWaiting: Int) {
        self.workerCount = workerCount
        self.maximumWaiting = maximumWaiting
        state = Mutex(State(workers: workerCount))
    }

    /// How many jobs run and how many wait.
    var load: (running: Int, waiting: Int) {
        state.withLock { ($0.running, $0.waiting.count) }
    }

    /// How many jobs have run to their end.
    var done: UInt64 { state.withLock { $0.done } }

    /// How many jobs found no place to wait in.
    var refused: UInt64 { state.withLock { $0.refused } }
}

extension JobQueue {
    /// The id of a job to come, so that it can be cancelled before it is there.
    func expect() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            state.expected.insert(state.lastID)
            return state.lastID
        }
    }

    /// Adds a job, or refuses it at once: the queue is full, stopped, or the job was cancelled before it came.
    func add(_ job: Job) {
        let refusal: (any Error)? = state.withLock { state in
            guard state.expected.remove(job.id) != nil else { return CancellationError() }
            guard !state.stopped else { return Argon2Error.stopped }
            // A free worker takes a job at once, so that only jobs beyond the free workers wait.
            guard hasRoom(&state) else { return Argon2Error.overloaded }
            state.waiting.append(job)
            return nil
        }
        if let refusal { job.refuse(refusal) } else { calls.signal() }
    }

    /// Whether a job that came now would find a place. No counts as a refusal: whoever asks goes away.
    func hasRoom() -> Bool { state.withLock { hasRoom(&$0) } }

    private func hasRoom(_ state: inout State) -> Bool {
        guard state.waiting.count + state.running >= workerCount + maximumWaiting else { return true }
        state.refused += 1
        return false
    }

    /// Takes a waiting job out of the queue. One that runs already is left to end.
    func cancel(_ id: UInt64) {
        let job: Job? = state.withLock { state in
            state.expected.remove(id)
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        job?.refuse(CancellationError())
    }

    /// Takes no more jobs, refuses those that wait, and lets those that run end.
    func stop() {
        let (refused, wasRunning): ([Job], Bool) = state.withLock { state in
            defer { (state.waiting, state.stopped) = ([], true) }
            return (state.waiting, !state.stopped)
        }
        for job in refused { job.refuse(Argon2Error.stopped) }
        guard wasRunning else { return }
        for _ in 0..<workerCount { calls.signal() }
    }

    /// Returns when every worker has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if state.workers > 0 { state.onEnd.append(continuation) }
                return state.workers == 0
            }
            if ended { continuation.resume() }
        }
    }
}

extension JobQueue {
    /// What a worker thread does from its start to its end.
    func work() {
        while let job = next() {
            let answer = job.run()
            // The place is free before the answer is given, so that whoever gets it can ask again at once.
            state.withLock { state in
                state.running -= 1
                state.done += 1
            }
            answer()
        }
        let waiters = state.withLock { state in
            state.workers -= 1
            guard state.workers == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.onEnd = [] }
            return state.onEnd
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Blocks the thread until there is a job. nil when the queue was stopped.
    private func next() -> Job? {
        while true {
            calls.wait()
            let (job, stopped): (Job?, Bool) = state.withLock { state in
                guard !state.waiting.isEmpty else { return (nil, state.stopped) }
                state.running += 1
                return (state.waiting.removeFirst(), false)
            }
            if let job { return job }
            if stopped { return nil }
        }
    }
}
