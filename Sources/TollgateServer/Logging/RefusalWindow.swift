/// How many refused requests still get a line of the access log: so many in a minute, the rest are counted. A flood of
/// wrong keys then fills no disk.
struct RefusalWindow: Sendable {
    static let lines = 100
    private static let nanoseconds: Int64 = 60_000_000_000

    private var end: Int64 = .min
    private var logged = 0
    private var unlogged = 0

    /// Counts a refusal, at an instant in nanoseconds.
    /// - Returns: whether it gets a line.
    mutating func admit() -> Bool {
        guard logged < Self.lines else {
            unlogged += 1
            return false
        }
        logged += 1
        return true
    }

    /// Begins a new window where the last one is over.
    /// - Returns: how many got no line in that one; nil while it lasts, and where all got one.
    mutating func turn(at now: Int64) -> Int? {
        guard now >= end else { return nil }
        defer { (end, logged, unlogged) = (now + Self.nanoseconds, 0, 0) }
        return unlogged > 0 ? unlogged : nil
    }
}
