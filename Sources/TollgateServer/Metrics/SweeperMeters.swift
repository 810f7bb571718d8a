import Prometheus

/// What the sweeper of this gateway has done.
struct SweeperMeters: Sendable {
    let looks = Counter()
    let failedLooks = Counter()
    let removals = Counter()
    /// Objects that the store would not remove.
    let failedRemovals = Counter()
    let failedSweeps = Counter()

    func write(to page: inout MetricsPage) {
        page.family(
            "tollgate_sweeper_looks_total", .counter, "Unfinished and finished uploads that were looked at again")
        page.sample("tollgate_sweeper_looks_total", looks.value, ["outcome": "done"])
        page.sample("tollgate_sweeper_looks_total", failedLooks.value, ["outcome": "failed"])
        page.family("tollgate_sweeper_removals_total", .counter, "Removals of objects of uploads that are over")
        page.sample("tollgate_sweeper_removals_total", removals.value, ["outcome": "done"])
        page.sample("tollgate_sweeper_removals_total", failedRemovals.value, ["outcome": "failed"])
        page.family("tollgate_sweeper_failed_sweeps_total", .counter, "Sweeps that ended with an error")
        page.sample("tollgate_sweeper_failed_sweeps_total", failedSweeps.value)
    }
}
