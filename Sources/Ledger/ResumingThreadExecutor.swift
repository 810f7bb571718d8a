/// Runs a task on whichever thread has what it waits for: after a statement on the connection's, without a change to the
/// shared pool that would wake another thread for a moment's work.
///
/// For tasks that never hold up a thread, as committing a batch does not: it hands the next statement to a connection
/// and its answers to others. It needs no state, and no queue that a job could be lost in.
///
/// The price: the runtime takes a task with an executor of its own for a stranger on an actor's, so that each of its
/// steps on a connection is one more turn of that connection's queue (``PostgresConnection``), though on the same thread.
final class ResumingThreadExecutor: TaskExecutor {
    static let shared = ResumingThreadExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
    }
}
