import Foundation
import TestSupport
import Testing

@testable import TollgateCore

struct UUIDTextTests {
    @Test(
        "refuses every form but the usual one",
        arguments: [
            "", "0198c0de00007000800000000000abcd", "{0198c0de-0000-7000-8000-00000000abcd}",
            "urn:uuid:0198c0de-0000-7000-8000-00000000abcd", "0198c0de-0000-7000-8000-00000000abc",
            "0198c0de-0000-7000-8000-00000000abcde", " 198c0de-0000-7000-8000-00000000abcd",
            "0198c0de-0000-7000-8000-00000000abcg", "0198c0de00-00-7000-8000-00000000abcd",
            "0198c0de-0000-7000-8000_00000000abcd", "0198c0de-0000-7000-8000-0000000abcé",
            "../../../../../../../../../../../../",
        ])
    func refuses(_ text: String) {
        #expect(UploadID(text) == nil)
    }

    @Test(
        "reads both cases and writes lower case",
        arguments: ["0198c0de-0123-7fff-8abc-0123456789ab", "0198C0DE-0123-7FFF-8ABC-0123456789AB"])
    func reads(_ text: String) throws {
        let id = try #require(UploadID(text))
        #expect(id.description == "0198c0de-0123-7fff-8abc-0123456789ab")
        #expect(id.rawValue == UUID(uuidString: text))
    }

    @Test("agrees with Foundation on random ids, both ways")
    func agreesWithFoundation() throws {
        var random = SeededGenerator()
        for _ in 0..<1_000 {
            let uuid = UUID(high: random.next(), low: random.next())
            #expect(UUIDText.format(uuid) == uuid.uuidString.lowercased())
            #expect(UUIDText.parse(uuid.uuidString) == uuid)
        }
    }

    @Test("orders ids by their bytes, as PostgreSQL does")
    func ordersByBytes() throws {
        let texts = [
            "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-8000-000000000000",
            "7fffffff-0000-0000-0000-000000000000", "80000000-0000-0000-0000-000000000000",
        ]
        let ids = try texts.reversed().map { try #require(TenantID($0)) }
        #expect(ids.sorted().map(\.description) == texts)
    }
}
