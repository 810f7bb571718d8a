/// What the server sends to those who listen. Source: PostgreSQL, "NOTIFY".
package struct PostgresNotification: Hashable, Sendable {
    package let channel: String
    /// At most 8,000 bytes; empty where the sender gave none.
    package let payload: String

    package init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

/// A session of its own, outside of any pool, that waits for notifications and is opened anew whenever it is lost.
///
/// Its thread sleeps in `poll` on the socket. Once a second it asks the server for an answer, so that a session that
/// died without a word is known to be lost after ``livenessInterval`` and ``livenessLimit``, not after TCP's minutes.
///
/// Notifications of a channel come in the order of their commits, each after its transaction can be seen. What is sent
/// while no session is open is lost. Source: PostgreSQL, "LISTEN" and "Asynchronous Notification".
package actor PostgresListener {
    package enum Event: Hashable, Sendable {
        /// A new session listens: whatever is committed from now on will be told.
        case listening
        case notification(PostgresNotification)
        /// The session was lost, or could not be had. Follows each ``listening``, and each attempt that failed.
        case down(PostgresError)
    }

    /// How long the server may be silent before it is asked whether it is there.
    static let livenessInterval = Duration.seconds(1)
    /// How long it may take to answer.
    static let livenessLimit = Duration.seconds(2)
    /// Pauses between attempts: doubled from the first to the second, half of each at random.
    private static let backoff = (first: Duration.milliseconds(100), longest: Duration.seconds(2))

    private let parameters: ConnectionParameters
    private let channels: [String]
    private let executor = ConnectionExecutor()
    private let interrupt: Interrupt

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A listener that has connected to nothing yet. `pg_stat_activity` shows it as the configuration's application
    /// name with ` listener` behind it.
    ///
    /// - Throws: ``PostgresError/invalidURL``.
    package init(configuration: PostgresConfiguration, channels: [String]) throws(PostgresError) {
        var configuration = configuration
        configuration.applicationName += " listener"
        parameters = try ConnectionParameters(configuration)
        self.channels = channels
        interrupt = try Interrupt()
    }

    /// Listens until the task is cancelled, then closes the session and returns. To be called once at a time.
    ///
    /// An attempt to connect is not cut short; it takes the connect time-out at most.
    /// - Parameter handle: called on the listener's thread, one event after the other; what comes meanwhile waits.
    package func run(_ handle: @Sendable (Event) -> Void) async {
        let run = interrupt.begin()
        defer { interrupt.end() }
        await withTaskCancellationHandler {
            self.assertIsolated()
            var pause = Self.backoff.first
            while !Task.isCancelled {
                do {
                    try listen {
                        if case .listening = $0 { pause = Self.backoff.first }
                        handle($0)
                    }
                } catch let error as PostgresError {
                    handle(.down(error))
                } catch is CancellationError {
                    // Its own sentence: the loop's condition ends it.
                } catch {
                    handle(.down(.connectionLost(nil)))
                }
                do {
                    try await Task.sleep(for: pause * Double.random(in: 0.5...1))
                } catch {
                    return
                }
                pause = min(pause * 2, Self.backoff.longest)
            }
        } onCancel: {
            interrupt.cancel(run)
        }
    }

    /// Opens a session and hands out what it tells, until it is lost or interrupted.
    private func listen(_ handle: (Event) -> Void) throws {
        let session = try Session(parameters, interrupt: interrupt)
        for channel in channels {
            let listen: SQL = "LISTEN \(identifier: channel)"
            _ = try session.run(listen.text, .untouched(within: Self.livenessLimit))
        }
        handle(.listening)
        var lastHeard = ContinuousClock.now
        while true {
            while let notification = session.nextNotification() { handle(.notification(notification)) }
            let silence = lastHeard.duration(to: .now)
            if silence < Self.livenessInterval {
                try session.waitForInput(upTo: Self.livenessInterval - silence)
            } else {
                _ = try session.run("", .untouched(within: Self.livenessLimit))
                lastHeard = .now
            }
        }
    }
}
