import Testing

@testable import Postgres

@Suite("ArrayWire")
struct ArrayWireTests {
    private func decode(_ words: [Int32]) throws(PostgresDecodingError.Reason) -> [Int32] {
        var bytes: [UInt8] = []
        for word in words { bytes.append(bigEndian: word) }
        return try ArrayWire.decode(bytes.span.bytes, type: .int4Array)
    }

    @Test(
        "refuses what is no array of integers",
        arguments: [
            [], [1], [1, 0, 23], [1, 0, 23, 1], [1, 0, 23, 1, 1], [1, 0, 23, 1, 1, 4], [1, 0, 23, 1, 1, 2, 0],
            [1, 0, 25, 1, 1, 4, 7], [1, 0, 23, -1, 1], [1, 0, 23, .max, 1, 4, 7], [1, 0, 23, 1, 1, .max, 7],
            [1, 0, 23, 1, 1, 4, 7, 9],
        ] as [[Int32]])
    func malformed(_ words: [Int32]) {
        #expect(throws: PostgresDecodingError.Reason.malformed) { try decode(words) }
    }

    @Test("refuses more than one dimension")
    func dimensions() {
        #expect(throws: PostgresDecodingError.Reason.dimensions(2)) { try decode([2, 0, 23, 1, 1, 1, 1, 4, 7]) }
    }

    @Test("reads the elements, whatever the lower bound")
    func reads() throws {
        #expect(try decode([1, 0, 23, 2, -5, 4, 7, 4, -7]) == [7, -7])
        #expect(try decode([0, 0, 23]) == [])
    }
}
