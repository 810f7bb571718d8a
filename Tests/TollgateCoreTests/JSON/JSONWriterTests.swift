import Foundation
import Testing

@testable import TollgateCore

@Suite("JSON writer")
struct JSONWriterTests {
    @Test(
        "escapes what must be escaped, and nothing else",
        arguments: [
            ("", "\"\""), ("a/b", "\"a/b\""), ("\"\\", #""\"\\""#), ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("é€😀", "\"é€😀\""),
            ("x\ny\"z", #""x\ny\"z""#),
        ])
    func strings(_ text: String, _ expected: String) throws {
        var json = JSONWriter()
        json.value(text)
        #expect(json.text == expected)
        #expect(try JSONParser.parse(json.bytes) == .string(text))
    }

    @Test("places commas in nested objects and arrays")
    func nesting() {
        var json = JSONWriter()
        json.object {
            $0.member("id", "x")
            $0.object("quota") {
                $0.member("limit", nil as Int64?)
                $0.member("used", Int64.min)
            }
            $0.object("empty") { _ in }
            $0.array("data") { list in
                for number in 1...2 { list.object { $0.member("n", number) } }
                list.array { $0.value(true) }
                list.null()
            }
            $0.array("types", of: ["a/b", "c/*"])
            $0.null("none")
            $0.member("ok", false)
            $0.member("at", Date(timeIntervalSince1970: 1_795_341_600))
            $0.member("text", nil as String?)
        }
        #expect(
            json.text == """
                {"id":"x","quota":{"limit":null,"used":-9223372036854775808},"empty":{},\
                "data":[{"n":1},{"n":2},[true],null],"types":["a/b","c/*"],"none":null,"ok":false,\
                "at":"2026-11-22T10:00:00.000Z","text":null}
                """)
    }

    @Test("writes a read value back as it was")
    func values() throws {
        let text = #"{"a":[1.50,-0,1e400,"\n",null,true],"b":{"é":{}}}"#
        var json = JSONWriter()
        json.value(try JSONParser.parse(Array(text.utf8)))
        #expect(json.text == text)
    }

    @Test("hands an error of its closures on")
    func errors() {
        struct Stop: Error {}
        var json = JSONWriter()
        #expect(throws: Stop.self) {
            try json.object { _ throws(Stop) in throw Stop() }
        }
    }
}
