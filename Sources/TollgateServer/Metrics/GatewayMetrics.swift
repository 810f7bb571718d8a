import Ledger
import Postgres
import Prometheus
import TollgateCore

/// All that a gateway tells of its work: sums and levels of this process, since its start.
///
/// Labels are route templates and words of ours. Nothing here is of one tenant, key, upload or object, so that the page
/// needs no key.
struct GatewayMetrics: Sendable {
    let requests: RequestMeters
    let failures: FailedAuthentications
    let provers: KeyProvers
    let keyCaches: KeyValuePairs<String, KeyCache>
    let ledger: Ledger
    let pool: PostgresPool
    let sweeper: SweeperMeters
    let process: ProcessUsage

    func page() -> String {
        var page = MetricsPage()
        requests.write(to: &page)
        writeKeys(to: &page)
        writeLedger(to: &page)
        writeDatabase(to: &page)
        sweeper.write(to: &page)
        process.write(to: &page)
        return page.text
    }

    private func writeKeys(to page: inout MetricsPage) {
        page.family("tollgate_authentication_failures_total", .counter, "Requests with credentials that were refused")
        page.sample("tollgate_authentication_failures_total", failures.wrong.value, ["reason": "wrong"])
        page.sample("tollgate_authentication_failures_total", failures.limited.value, ["reason": "limited"])
        page.family("tollgate_argon2_jobs_running", .gauge, "Hashes that are being computed")
        page.sample("tollgate_argon2_jobs_running", provers.running)
        page.family("tollgate_argon2_jobs_waiting", .gauge, "Hashes that wait for a processor")
        page.sample("tollgate_argon2_jobs_waiting", provers.waiting)
        page.family("tollgate_argon2_jobs_total", .counter, "Hashes computed")
        page.sample("tollgate_argon2_jobs_total", provers.finishedJobs)
        page.family("tollgate_argon2_jobs_refused_total", .counter, "Hashes refused because too many waited")
        page.sample("tollgate_argon2_jobs_refused_total", provers.refusedJobs)
        page.family("tollgate_key_cache_keys", .gauge, "Keys that are remembered")
        for (name, cache) in keyCaches { page.sample("tollgate_key_cache_keys", cache.count, ["cache": name]) }
        page.family("tollgate_key_cache_lookups_total", .counter, "Credentials looked up in memory")
        for (name, cache) in keyCaches {
            let lookups = cache.lookups
            page.sample("tollgate_key_cache_lookups_total", lookups.hits, ["cache": name, "result": "hit"])
            page.sample("tollgate_key_cache_lookups_total", lookups.misses, ["cache": name, "result": "miss"])
        }
    }

    private func writeLedger(to page: inout MetricsPage) {
        let commits = ledger.commits
        page.family(
            "tollgate_commit_batch_size", .histogram,
            "Changes of uploads that were committed together; looks: rows read together")
        for commit in commits { page.sample("tollgate_commit_batch_size", commit.batchSizes, ["of": commit.name]) }
        page.family("tollgate_commit_waiting", .gauge, "Changes of uploads that wait for the commit before theirs")
        for commit in commits { page.sample("tollgate_commit_waiting", commit.waiting, ["of": commit.name]) }
        page.family("tollgate_held_tenants", .gauge, "Tenants whose counters somebody else holds for long")
        page.sample("tollgate_held_tenants", ledger.heldTenants)
        page.family("tollgate_quota_refusals_total", .counter, "Uploads refused by the quota named")
        for (quota, count) in ledger.quotaRefusals {
            page.sample("tollgate_quota_refusals_total", count, ["quota": quota.rawValue])
        }
    }

    private func writeDatabase(to page: inout MetricsPage) {
        let load = pool.load
        page.family("tollgate_database_connections_in_use", .gauge, "Connections to the database that are lent")
        page.sample("tollgate_database_connections_in_use", load.inUse)
        page.family("tollgate_database_connections_max", .gauge, "Connections to the database that there may be")
        page.sample("tollgate_database_connections_max", load.maximum)
        page.family("tollgate_database_connections_waited_for", .gauge, "Tasks that wait for a connection")
        page.sample("tollgate_database_connections_waited_for", load.waiting)
    }
}
