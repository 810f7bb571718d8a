/// The prepared statements of one session, at most `capacity`, the least recently used one giving way.
struct StatementCache {
    /// The same text with other parameter types is another statement.
    struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    struct Statement {
        let name: String
        /// Known after the first execution.
        var description: RowDescription?
        fileprivate var lastUse: UInt64
        fileprivate var remainingExecutions: Int

        /// It was executed as often as it may be, and is to be prepared anew.
        var isWorn: Bool { remainingExecutions < 0 }
    }

    /// A statement is prepared anew after so many executions. PostgreSQL keeps the plan that it made when the tables were
    /// small until they are analysed, however much they grow meanwhile; a plan made anew sees how large they are
    /// (PostgreSQL, PREPARE, "Notes"; "Statistics Used by the Planner").
    static let executionsPerPlan = 1000

    private let capacity: Int
    private let executionsPerPlan: Int
    private var statements: [Key: Statement] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0

    init(capacity: Int, executionsPerPlan: Int = Self.executionsPerPlan) {
        self.capacity = capacity
        self.executionsPerPlan = executionsPerPlan
        statements.reserveCapacity(capacity)
    }

    var count: Int { statements.count }

    /// The statement of that key, marked as used: for one execution, unless it is worn.
    mutating func find(_ key: Key) -> Statement? {
        uses += 1
        guard let index = statements.index(forKey: key) else { return nil }
        statements.values[index].lastUse = uses
        statements.values[index].remainingExecutions -= 1
        return statements.values[index]
    }

    /// A name that no statement of the session has had.
    mutating func nextName() -> String {
        names += 1
        return "tollgate_\(names)"
    }

    mutating func insert(_ key: Key, name: String) -> Statement {
        uses += 1
        let statement = Statement(
            name: name, description: nil, lastUse: uses, remainingExecutions: executionsPerPlan - 1)
        statements[key] = statement
        return statement
    }

    mutating func describe(_ key: Key, as description: RowDescription) {
        statements[key]?.description = description
    }

    mutating func remove(_ key: Key) {
        statements[key] = nil
    }

    /// Makes room for one more.
    ///
    /// - Returns: The name of the statement that gave way, for the session to deallocate.
    mutating func evictIfFull() -> String? {
        guard statements.count >= capacity,
            let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return nil }
        statements[oldest.key] = nil
        return oldest.value.name
    }
}
