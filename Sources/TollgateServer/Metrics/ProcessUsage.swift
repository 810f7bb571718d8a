import Foundation
import Prometheus

/// What the process takes of its machine, under the names that Prometheus' client libraries share.
struct ProcessUsage: Sendable {
    let startedAt: Date

    func write(to page: inout MetricsPage) {
        page.family("process_start_time_seconds", .gauge, "When the gateway was started, in seconds since 1970")
        page.sample("process_start_time_seconds", startedAt.timeIntervalSince1970)
        page.family("process_cpu_seconds_total", .counter, "Processor time used")
        page.sample("process_cpu_seconds_total", Self.processorSeconds)
        guard let residentBytes = Self.residentBytes else { return }
        page.family("process_resident_memory_bytes", .gauge, "Memory in use, as the system counts it")
        page.sample("process_resident_memory_bytes", residentBytes)
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    /// The second number of `/proc/self/statm`, in pages (proc(5)); nil on a system without it.
    private static var residentBytes: Int? {
        guard let numbers = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return numbers.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * pageBytes }
    }

    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
}
