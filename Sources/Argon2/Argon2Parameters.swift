/// What a hash costs.
///
/// Source: RFC 9106, section 3.1. The upper bounds are ours, so that no stored text can make a verification take the
/// whole machine.
package struct Argon2Parameters: Hashable, Sendable {
    package let memoryKiB: UInt32
    package let iterations: UInt32
    package let parallelism: UInt32

    /// 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet, "Argon2id".
    package static let recommended = Argon2Parameters(memoryKiB: 19_456, iterations: 2)

    private init(memoryKiB: UInt32, iterations: UInt32) {
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        parallelism = 1
    }

    /// - Throws: ``Argon2Error/parameters`` outside 8 KiB a lane to 1 GiB, 1 to 64 passes, 1 to 16 lanes.
    package init(memoryKiB: UInt32, iterations: UInt32, parallelism: UInt32) throws(Argon2Error) {
        guard (1...16).contains(parallelism), (8 * parallelism...1 << 20).contains(memoryKiB),
            (1...64).contains(iterations)
        else { throw .parameters }
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.parallelism = parallelism
    }
}
