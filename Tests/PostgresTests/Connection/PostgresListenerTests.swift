import Foundation
import Glibc
import PostgresCluster
import Testing

@testable import Postgres

@Suite("Listening", .timeLimit(.minutes(2)))
struct PostgresListenerTests {
    @Test("notifications arrive in the order of their commits, from the channels that were asked for")
    func notifications() async throws {
        let url = try await TestDatabase.url()
        try await TestDatabase.withPool { pool in
            let events = try await Self.listening(on: url, ["one \"quoted\"", "two"], until: 4) {
                try await pool.execute("SELECT pg_notify('three', 'not for us')")
                try await pool.execute("SELECT pg_notify('two', 'a')")
                try await pool.execute("SELECT pg_notify('one \"quoted\"', 'é ''b''')")
                try await pool.withTransaction { connection in
                    try await connection.execute("NOTIFY two")
                    try await connection.execute("NOTIFY two")
                }
            }
            #expect(
                events == [
                    .listening,
                    .notification(PostgresNotification(channel: "two", payload: "a")),
                    .notification(PostgresNotification(channel: "one \"quoted\"", payload: "é 'b'")),
                    .notification(PostgresNotification(channel: "two", payload: "")),
                ])
        }
    }

    @Test("a session that is ended is opened anew, and hears again")
    func terminatedSession() async throws {
        let url = try await TestDatabase.url()
        try await TestDatabase.withPool { pool in
            let channel = "terminated_\(UUID().uuidString.prefix(8))"
            let events = try await Self.listening(on: url, [channel], until: 4) { events in
                let ended = try await pool.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = \("\(channel) listener")
                    """)
                #expect(ended.count == 1)
                try await until { events.value.count == 3 }
                try await pool.execute("SELECT pg_notify(\(channel), 'again')")
            }
            #expect(events[0] == .listening)
            guard case .down(.connectionLost) = events[1] else {
                Issue.record("the loss was not told: \(events)")
                return
            }
            #expect(events[2] == .listening)
            #expect(events[3] == .notification(PostgresNotification(channel: channel, payload: "again")))
        }
    }

    @Test("a server that is killed and started again is heard again")
    func killedServer() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tollgate-listen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await PostgresCluster.start(directory: folder, options: .throwaway)
        let url = first.url(database: "postgres")
        let events = try await Self.listening(on: url, ["news"], until: nil) { events in
            kill(try await Self.postmaster(of: url), SIGKILL)
            try await until { events.value.count > 1 }
            await first.stop()
            let second = try await PostgresCluster.start(directory: folder, options: .throwaway)
            do {
                try await until { events.value.last == .listening }
                try await Self.notify("news", "back", url)
                try await until {
                    events.value.last == .notification(PostgresNotification(channel: "news", payload: "back"))
                }
            } catch {
                await second.stop()
                throw error
            }
            await second.stop()
        }
        #expect(events.first == .listening)
        guard case .down = events[1] else {
            Issue.record("the loss was not told: \(events)")
            return
        }
    }

    @Test("a server that does not answer is given up")
    func silentServer() async throws {
        let url = try await TestDatabase.url()
        let channel = "silent_\(UUID().uuidString.prefix(8))"
        try await TestDatabase.withPool { pool in
            let events = try await Self.listening(on: url, [channel], until: nil) { events in
                let pid: Int32 = try await pool.query(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = \("\(channel) listener")"
                )[0].decode("pid")
                // Stopped, its session stays open and says nothing.
                kill(pid, SIGSTOP)
                defer { kill(pid, SIGCONT) }
                try await until { events.value.count > 2 }
            }
            #expect(events[1] == .down(.connectionLost(nil)))
            #expect(events[2] == .listening)
        }
    }

    @Test("no server is no end: it goes on trying until it is told to stop")
    func noServer() async throws {
        let events = try await Self.listening(on: "postgresql://127.0.0.1:1/nothing", ["x"], until: nil) { events in
            try await until { events.value.count > 2 }
        }
        for event in events {
            guard case .down(.connectionFailed) = event else {
                Issue.record("\(event)")
                return
            }
        }
    }

    @Test("when it ends, so does its session")
    func closes() async throws {
        let url = try await TestDatabase.url()
        let channel = "closed_\(UUID().uuidString.prefix(8))"
        try await TestDatabase.withPool { pool in
            func sessions() async throws -> Int {
                try await pool.query(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = \("\(channel) listener")"
                ).count
            }
            let events = try await Self.listening(on: url, [channel], until: 1) {
                let open = try await sessions()
                #expect(open == 1)
            }
            try await until { try await sessions() == 0 }
            #expect(events == [.listening], "an end that was asked for is no loss")
        }
    }

    /// Listens, as the application named like the first channel, while `body` runs and until `count` events have come;
    /// nil asks `body` alone.
    private static func listening(
        on url: String, _ channels: [String], until count: Int?,
        _ body: (Shared<[PostgresListener.Event]>) async throws -> Void
    ) async throws -> [PostgresListener.Event] {
        let configuration = PostgresConfiguration(
            url: url, connectTimeout: .seconds(2), applicationName: channels[0])
        let listener = try PostgresListener(configuration: configuration, channels: channels)
        let events = Shared<[PostgresListener.Event]>([])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await listener.run { event in events.change { $0.append(event) } }
            }
            try await until { !events.value.isEmpty }
            try await body(events)
            if let count { try await until { events.value.count >= count } }
            group.cancelAll()
            try await group.waitForAll()
            return events.value
        }
    }

    private static func listening(
        on url: String, _ channels: [String], until count: Int, _ body: () async throws -> Void
    ) async throws -> [PostgresListener.Event] {
        try await listening(on: url, channels, until: count) { _ in try await body() }
    }

    private static func postmaster(of url: String) async throws -> pid_t {
        try await withConnection(to: url) { connection in
            let file: String = try await connection.query("SELECT pg_read_file('postmaster.pid') AS file")[0]
                .decode("file")
            return try #require(file.split(separator: "\n").first.flatMap { pid_t($0) })
        }
    }

    private static func notify(_ channel: String, _ payload: String, _ url: String) async throws {
        try await withConnection(to: url) { connection in
            _ = try await connection.execute("SELECT pg_notify(\(channel), \(payload))")
        }
    }

    private static func withConnection<Result: Sendable>(
        to url: String, _ body: @Sendable (isolated PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: url, maximumConnections: 1))
        do {
            let result = try await pool.withConnection(body)
            await pool.shutdown(within: .seconds(1))
            return result
        } catch {
            await pool.shutdown(within: .seconds(1))
            throw error
        }
    }
}
