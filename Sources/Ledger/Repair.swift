/// What a repair of one tenant has changed.
package struct Repair: Sendable, Equatable {
    /// A counter that was put right.
    package struct Counter: Sendable, Equatable {
        package let name: String
        package let before: Int64
        package let after: Int64
    }

    /// Entries of the kind `correction` that were written.
    package let corrections: Int
    /// Their sum, a whole number: bytes.
    package let bytes: String
    /// Their sum, a whole number.
    package let objects: String
    package let counters: [Counter]
    /// Uploads that the sweeper will look at, so that what they hold is given back.
    package let released: Int

    package var isEmpty: Bool { corrections == 0 && counters.isEmpty && released == 0 }
}
