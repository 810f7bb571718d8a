import CLibPQ
import Glibc

/// One session with the server: owns libpq's connection and runs one statement at a time on it.
///
/// It belongs to one thread at a time (``PostgresConnection`` keeps it on its executor). A call blocks that thread in
/// `poll`, which watches the socket and the ``Interrupt``, so the thread that waits for a statement is also the one
/// that cancels it: a cancellation cannot hit a later statement.
///
/// Source: PostgreSQL, "Asynchronous Command Processing" and "Asynchronous Notification".
final class Session {
    private let connection: OpaquePointer
    private let interrupt: Interrupt

    /// Opens a session; blocks for the connect time-out at most.
    init(_ parameters: ConnectionParameters, interrupt: Interrupt) throws(PostgresError) {
        guard let connection = parameters.connect() else { throw .connectionFailed("out of memory") }
        guard PQstatus(connection) == CONNECTION_OK, PQsetnonblocking(connection, 1) == 0 else {
            defer { PQfinish(connection) }
            throw .connectionFailed(Self.reason(connection))
        }
        // By default libpq prints notices to standard error, values included.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        self.connection = connection
        self.interrupt = interrupt
    }

    deinit {
        PQfinish(connection)
    }

    var isLost: Bool { PQstatus(connection) != CONNECTION_OK }

    /// No transaction is open, so that another task can take over.
    var isOutsideTransaction: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }

    /// Whether the server has ended the idle session, as far as its bytes have got here. Sends nothing.
    func hasEnded() -> Bool {
        var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
        while poll(&descriptor, 1, 0) > 0 {
            guard PQconsumeInput(connection) == 1 else { return true }
        }
        return isLost
    }

    /// Runs `text` in the simple protocol: it may hold several statements, and has no parameters.
    ///
    /// - Returns: The tag of the last statement.
    func run(_ text: String, _ bounds: Exchange) throws -> String {
        var tag = ""
        try perform({ PQsendQuery(connection, text) }, bounds) { tag = $0.commandTag }
        return tag
    }

    /// Prepares `sql` under `name`.
    func prepare(_ sql: SQL, as name: String) throws {
        let types = sql.parameters.types
        try perform({ PQsendPrepare(connection, name, sql.text, Int32(types.count), types) }, .interruptible) { _ in }
    }

    /// Executes a prepared statement.
    func execute(
        _ name: String, _ parameters: SQLParameters, describedBy description: RowDescription?
    ) throws -> PostgresRows? {
        let send = {
            parameters.withArguments { values, lengths, formats in
                PQsendQueryPrepared(self.connection, name, Int32(parameters.count), values, lengths, formats, 1)
            }
        }
        var rows: PostgresRows?
        try perform(send, .interruptible) { rows = $0.rows(describedBy: description) }
        return rows
    }

    /// The next notification of those that have arrived; nil when there is none.
    func nextNotification() -> PostgresNotification? {
        guard let pointer = PQnotifies(connection) else { return nil }
        defer { PQfreemem(pointer) }
        return PostgresNotification(
            channel: pointer.pointee.relname.map { String(cString: $0) } ?? "",
            payload: pointer.pointee.extra.map { String(cString: $0) } ?? "")
    }

    /// Blocks an idle session until the server has sent something; `limit` is the longest.
    ///
    /// - Throws: ``PostgresError/connectionLost(_:)``; the interrupt's error where that came.
    func waitForInput(upTo limit: Duration) throws {
        var descriptors = [
            pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0),
            pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&descriptors, 2, Int32(clamping: Int64((limit / .milliseconds(1)).rounded(.up))))
        if descriptors[1].revents != 0, let reason = interrupt.pending { throw reason.error }
        guard ready > 0, descriptors[0].revents != 0 else { return }
        guard PQconsumeInput(connection) == 1, !isLost else { throw PostgresError.connectionLost(lastState()) }
    }

    /// Sends a statement and waits for all of its results.
    ///
    /// - Throws: ``PostgresError``, or `CancellationError` where the interrupt asked for it. After ``isLost`` or a
    ///   ``Unanswered`` the session is of no more use.
    private func perform(
        _ send: () -> Int32, _ bounds: Exchange, _ handle: (borrowing ServerResult) throws -> Void
    ) throws {
        guard send() == 1 else {
            throw isLost ? PostgresError.connectionLost(nil) : .invalidStatement("libpq does not take it")
        }
        var exchange = bounds
        var failure: ServerError?
        while true {
            let unsent = PQflush(connection)
            guard unsent >= 0 else { throw PostgresError.connectionLost(failure?.sqlState) }
            if unsent == 0, PQisBusy(connection) == 0 {
                guard let result = ServerResult(nextOf: connection) else { break }
                switch result.status {
                case .success: try handle(result)
                case .failure: failure = failure ?? result.error
                case .copy: throw Unanswered(cause: PostgresError.invalidStatement("COPY is not supported"))
                }
                continue
            }
            guard try waitForProgress(of: &exchange, hasUnsent: unsent > 0) else {
                throw PostgresError.connectionLost(failure?.sqlState ?? lastState())
            }
        }
        guard let failure else { return }
        if isLost || failure.isFatal { throw PostgresError.connectionLost(failure.sqlState) }
        if failure.sqlState == .queryCanceled, let reason = exchange.interruptedBy { throw reason.error }
        throw PostgresError.server(failure)
    }

    /// Blocks until there is something to read or to write, or the interrupt came; false when the connection is lost.
    private func waitForProgress(of exchange: inout Exchange, hasUnsent: Bool) throws -> Bool {
        let events = Int16(POLLIN) | (hasUnsent ? Int16(POLLOUT) : 0)
        // A negative descriptor is left out by poll(2).
        let watched = exchange.heedsInterrupt ? interrupt.descriptor : -1
        var descriptors = [
            pollfd(fd: PQsocket(connection), events: events, revents: 0),
            pollfd(fd: watched, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&descriptors, 2, exchange.pollMilliseconds)
        if ready < 0 { return errno == EINTR }
        if descriptors[0].revents != 0, PQconsumeInput(connection) == 0 { return false }
        if descriptors[0].revents == 0, exchange.isOver { throw Unanswered(cause: exchange.interruptedBy?.error) }
        if descriptors[1].revents != 0, let reason = interrupt.pending {
            // A server that is still reading a statement ignores a cancellation.
            if hasUnsent { throw Unanswered(cause: reason.error) }
            exchange.interrupted(by: reason)
            requestCancel()
        } else if ready == 0, exchange.interruptedBy != nil {
            requestCancel()
        }
        return true
    }

    /// Asks the server, on a connection of its own, to cancel what runs. Returns when the server has passed it on.
    /// Whether it had an effect shows in the statement's result alone, and it is sent again while there is none.
    private func requestCancel() {
        guard let cancel = PQgetCancel(connection) else { return }
        defer { PQfreeCancel(cancel) }
        var reason = [CChar](repeating: 0, count: 256)
        _ = PQcancel(cancel, &reason, Int32(reason.count))
    }

    /// What a lost connection had said before it ended.
    private func lastState() -> SQLState? {
        guard let result = ServerResult(nextOf: connection), result.status == .failure else { return nil }
        let state = result.error.sqlState
        return state.rawValue.isEmpty ? nil : state
    }

    /// libpq's reason in one line. It names hosts, databases and users; should it name the password, it is dropped.
    private static func reason(_ connection: OpaquePointer) -> String {
        let message = String(cString: PQerrorMessage(connection))
        let password = PQpass(connection).map { String(cString: $0) } ?? ""
        guard password.isEmpty || !message.contains(password) else { return "the reason is withheld" }
        return message.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
}
