import Testing

@testable import Argon2

/// A password, a salt, the costs, and the hash that Python's argon2-cffi 25.1 made of them.
struct KnownAnswer: Sendable, CustomTestStringConvertible {
    let password: [UInt8]
    let salt: String
    let encoded: String

    var testDescription: String { encoded }

    init(_ password: String, _ salt: String, _ encoded: String) {
        self.init(Array(password.utf8), salt, encoded)
    }

    init(_ password: [UInt8], _ salt: String, _ encoded: String) {
        (self.password, self.salt, self.encoded) = (password, salt, encoded)
    }

    static let all = [
        KnownAnswer(
            "password", "somesalt",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
        KnownAnswer(
            "password", "somesalt",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
        KnownAnswer(
            "password", "somesalt",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
        KnownAnswer(
            "differentpassword", "somesalt",
            "$argon2id$v=19$m=1024,t=2,p=1$c29tZXNhbHQ$aXGAFrv10Ak4OYQdb2IG0noBw8igKXHkEsXwMOCgMTM"),
        KnownAnswer(
            "password", "diffsalt",
            "$argon2id$v=19$m=1024,t=3,p=1$ZGlmZnNhbHQ$wAcJi0iVLcbv9rk1hbIRXhqmgrrqXUa1XG+CjHUKCIQ"),
        KnownAnswer(
            "", "0123456789abcdef",
            "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$1EDrpniG35PWQ9y4ppsCr2jBbShM1vaGWVU+JFv578A"),
        KnownAnswer(
            Array(0...255), "0123456789abcdef",
            "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$OAs9Z51JQ6v96WgGo0BVt0+fqRj7JCOvOFcq8F+Ivjk"),
        KnownAnswer(
            "pässwörd", "0123456789abcdef",
            "$argon2id$v=19$m=64,t=1,p=4$MDEyMzQ1Njc4OWFiY2RlZg$ELOiK1nvNd+L3Lto4CoBVUzadbKZanlgrQFwe8QRQc4"),
    ]
}

struct Argon2idTests {
    @Test("makes the hashes of the reference, and verifies them", arguments: KnownAnswer.all)
    func agrees(_ answer: KnownAnswer) throws {
        let parameters = try PHCString(answer.encoded).parameters
        let encoded = try Argon2id.hash(answer.password, salt: Array(answer.salt.utf8), parameters: parameters)
        #expect(encoded == answer.encoded)
        #expect(try Argon2id.verify(answer.password, encoded: answer.encoded))
    }

    @Test("does not verify another password", arguments: KnownAnswer.all)
    func refusesAnother(_ answer: KnownAnswer) throws {
        #expect(try !Argon2id.verify(answer.password + [0], encoded: answer.encoded))
        #expect(try !Argon2id.verify([UInt8]("tg_".utf8), encoded: answer.encoded))
    }

    @Test("does not verify against a hash with one character changed")
    func refusesChangedHash() throws {
        let answer = KnownAnswer.all[0]
        #expect(try !Argon2id.verify(answer.password, encoded: answer.encoded.replacing("nf65", with: "nf66")))
    }

    @Test("refuses a salt under 8 bytes, with the library's own words")
    func refusesShortSalt() throws {
        let error = #expect(throws: Argon2Error.self) {
            try Argon2id.hash(
                [1], salt: [1, 2, 3], parameters: Argon2Parameters(memoryKiB: 8, iterations: 1, parallelism: 1))
        }
        #expect(error == .library(code: -6, reason: "Salt is too short"))
    }
}

struct PHCStringTests {
    static let malformed = [
        "", "$", "password", "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$t=2,m=256,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=0256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=+256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=99999999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1,k=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ=$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR",
        " $argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$",
    ]

    @Test("refuses another form, variant or version", arguments: malformed)
    func refuses(_ text: String) {
        #expect(throws: Argon2Error.malformedHash) { try PHCString(text) }
        #expect(throws: Argon2Error.malformedHash) { try Argon2id.verify([], encoded: text) }
        #expect(PHCString.needsRehash(text, wanted: .recommended))
    }

    @Test(
        "refuses costs that would take the whole machine, or none",
        arguments: ["m=4194304,t=2,p=1", "m=19456,t=1000,p=1", "m=7,t=1,p=1", "m=15,t=1,p=2", "m=19456,t=2,p=255"])
    func refusesCosts(costs: String) {
        let text = "$argon2id$v=19$\(costs)$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
        #expect(throws: Argon2Error.parameters) { try Argon2id.verify([], encoded: text) }
    }

    @Test("wants a new hash for other costs, a short salt or a short hash")
    func needsRehash() throws {
        let wanted = try Argon2Parameters(memoryKiB: 256, iterations: 2, parallelism: 1)
        let good = try Argon2id.hash([1], salt: Array(0..<16), parameters: wanted)
        #expect(!PHCString.needsRehash(good, wanted: wanted))
        #expect(PHCString.needsRehash(good, wanted: .recommended))
        // The 8-byte salt and the 16-byte hash of the same costs.
        #expect(PHCString.needsRehash(KnownAnswer.all[0].encoded, wanted: wanted))
        #expect(
            PHCString.needsRehash(
                "$argon2id$v=19$m=256,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$4k32S5d0K+RTKTAK6uHKNQ", wanted: wanted))
    }

    @Test("the hash that no password has is well formed, and costs what a real one does")
    func impossible() throws {
        let text = PHCString.impossible(.recommended)
        #expect(text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(!PHCString.needsRehash(text, wanted: .recommended))
        #expect(try !Argon2id.verify(Array("password".utf8), encoded: text))
    }
}
