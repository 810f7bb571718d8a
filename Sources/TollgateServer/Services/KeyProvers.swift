import Argon2

/// The threads that prove keys, in two pools, so that whoever tries keys holds up nobody else.
struct KeyProvers: Sendable {
    /// For all but suspects.
    let ordinary: Argon2Pool
    /// For clients that have sent many wrong keys lately (``FailedAuthentications/isSuspect(_:)``): they wait behind each
    /// other alone, and are examined when the processors have nothing else to do.
    let suspects: Argon2Pool

    func pool(isSuspect: Bool) -> Argon2Pool { isSuspect ? suspects : ordinary }

    private var pools: [Argon2Pool] { [ordinary, suspects] }

    // MARK: For metrics

    var running: Int { pools.reduce(0) { $0 + $1.load.running } }
    var waiting: Int { pools.reduce(0) { $0 + $1.load.waiting } }
    var finishedJobs: UInt64 { pools.reduce(0) { $0 + $1.finishedJobs } }
    var refusedJobs: UInt64 { pools.reduce(0) { $0 + $1.refusedJobs } }

    func shutdown() async {
        for pool in pools { await pool.shutdown() }
    }
}
