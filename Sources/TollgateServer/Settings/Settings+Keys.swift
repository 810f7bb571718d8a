extension Settings {
    package struct Keys: Sendable {
        /// Cost of hashing an API key. Source: RFC 9106, section 3.1.
        package let argon2MemoryKiB: Int
        package let argon2Iterations: Int
        package let argon2Parallelism: Int
        /// How long a proven key is remembered; zero proves each request anew. Changes end it in any case.
        package let cacheLifetime: Duration

        init(from reader: inout SettingsReader) {
            argon2MemoryKiB = reader.read(
                "keys.argon2.memory_kib", .integer(8...4_194_304, unit: "KiB"), default: 19_456,
                "Memory of one argon2id hash; at least 8 for each lane")
            argon2Iterations = reader.read(
                "keys.argon2.iterations", .integer(1...1000), default: 2,
                "Passes of one argon2id hash over its memory")
            argon2Parallelism = reader.read(
                "keys.argon2.parallelism", .integer(1...64), default: 1, "Lanes of one argon2id hash")
            cacheLifetime = reader.read(
                "keys.cache_seconds", .seconds(0...60), default: .seconds(60),
                "How long a verified API key is remembered at most; a change of the key or its tenant ends it at once")
            if argon2MemoryKiB < 8 * argon2Parallelism {
                reader.refuse("keys.argon2.memory_kib", "must be at least 8 KiB for each lane of argon2.parallelism")
            }
        }
    }
}
