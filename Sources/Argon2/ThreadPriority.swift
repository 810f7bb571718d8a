internal import Glibc

/// How a pool's threads compete for the processors. Hashing is long, and whoever must be proven waits anyway; nobody else
/// shall wait for it.
package enum ThreadPriority: Sendable {
    /// A tenth of the weight of an ordinary thread: it gives way, and is not starved.
    case low
    /// Only what nobody else has a use for. Where the processors are never idle, next to nothing.
    case idle

    /// Where it is not allowed, hashing costs the others more and is right all the same.
    ///
    /// On Linux nice values and policies are a thread's own (setpriority(2), "C library/kernel differences"; sched(7)). A
    /// thread that is to wake takes the processor from an idle one at once, but from one of low priority, on kernels that
    /// do not preempt in the middle of a slice, at the next tick of the clock: up to 4 ms later.
    func applyToThisThread() {
        switch self {
        case .low: _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        case .idle:
            var parameters = sched_param()
            _ = sched_setscheduler(0, Self.idlePolicy, &parameters)
        }
    }

    private static let niceness: Int32 = 10
    /// SCHED_IDLE of linux/sched.h, which the C library shows with _GNU_SOURCE alone.
    private static let idlePolicy: Int32 = 5
}
