import Testing

@testable import TollgateCore

@Suite("JSON parser")
struct JSONParserTests {
    private func fault(_ bytes: [UInt8]) -> JSONError? {
        do {
            _ = try JSONParser.parse(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "refuses what RFC 8259 does not allow, and says where",
        arguments: [
            ("", 0, JSONError.Reason.unexpectedEnd), ("  ", 2, .unexpectedEnd), ("{", 1, .unexpectedEnd),
            ("[1,", 3, .unexpectedEnd), ("{\"a\"", 4, .unexpectedEnd), ("\"abc", 4, .unexpectedEnd),
            ("\"\\", 2, .unexpectedEnd), ("\"\\u12", 5, .unexpectedEnd),
            ("[1,]", 3, .unexpectedByte), ("{\"a\":1,}", 7, .unexpectedByte), ("{,}", 1, .unexpectedByte),
            ("[,1]", 1, .unexpectedByte), ("[1 2]", 3, .unexpectedByte), ("{\"a\" 1}", 5, .unexpectedByte),
            ("{a:1}", 1, .unexpectedByte), ("{1:1}", 1, .unexpectedByte), ("'a'", 0, .unexpectedByte),
            ("+1", 0, .unexpectedByte), (".5", 0, .unexpectedByte), ("NaN", 0, .unexpectedByte),
            ("{\"a\":}", 5, .unexpectedByte), ("]", 0, .unexpectedByte), ("// x\n1", 0, .unexpectedByte),
            ("1 1", 2, .trailingBytes), ("{}}", 2, .trailingBytes), ("01", 0, .invalidNumber),
            ("-01", 0, .invalidNumber), ("00", 0, .invalidNumber), ("1.", 0, .invalidNumber),
            ("1.e5", 0, .invalidNumber), ("1e", 0, .invalidNumber), ("1e+", 0, .invalidNumber),
            ("-", 0, .invalidNumber),
            ("-a", 0, .invalidNumber), ("[0x1]", 2, .unexpectedByte), ("truE", 0, .invalidLiteral),
            ("nul", 0, .invalidLiteral), ("falsehood", 5, .trailingBytes), ("\"a\nb\"", 2, .controlCharacter),
            ("\"\\n\u{1}\"", 3, .controlCharacter), ("\"\u{0}\"", 1, .controlCharacter),
            ("\"\\x41\"", 1, .invalidEscape), ("\"\\u00G0\"", 1, .invalidEscape), ("\"a\\U0041\"", 2, .invalidEscape),
            ("\"\\ud800\"", 1, .loneSurrogate), ("\"\\udc00\"", 1, .loneSurrogate),
            ("\"\\ud83d\\u0041\"", 1, .loneSurrogate), ("\"\\ud83dx\"", 1, .loneSurrogate),
            ("\"\\ude00\\ud83d\"", 1, .loneSurrogate), ("{\"a\":1,\"a\":2}", 7, .duplicateName),
            ("{\"a\":1,\"\\u0061\":2}", 7, .duplicateName), ("\u{FEFF}{}", 0, .unexpectedByte),
            ("\u{A0}1", 0, .unexpectedByte),
        ])
    func refuses(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
        #expect(fault(Array(text.utf8)) == JSONError(offset: offset, reason: reason))
    }

    /// Unicode Standard, table 3-7: stray and missing continuation bytes, overlong forms, surrogates, beyond U+10FFFF.
    @Test(
        "refuses bytes that are no UTF-8",
        arguments: [
            [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(fault([quote] + bytes + [quote])?.reason == .invalidUTF8)
        #expect(fault(Array("\"\\n".utf8) + bytes + [quote])?.reason == .invalidUTF8)
        #expect(fault(bytes)?.reason == .unexpectedByte)
    }

    @Test("refuses a name that occurs twice in a large object too, in bounded time")
    func refusesDuplicateInLargeObject() throws {
        let members = (0..<20_000).map { "\"m\($0)\":0" }.joined(separator: ",")
        #expect(fault(Array("{\(members)}".utf8)) == nil)
        #expect(fault(Array("{\(members),\"m19999\":1}".utf8))?.reason == .duplicateName)
        #expect(fault(Array("{\(members),\"m3\":1}".utf8))?.reason == .duplicateName)
    }

    @Test("tells a composed letter from a decomposed one in names")
    func namesAreBytes() throws {
        let object = try #require(try JSONParser.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)).object)
        #expect(object.members.count == 2)
        #expect(object["\u{E9}"] == .number("1"))
        #expect(object["e\u{301}"] == .number("2"))
    }

    @Test("counts the depth of arrays and objects together")
    func depth() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(fault(Array(deep.utf8)) == nil)
        #expect(fault(Array("[\(deep)]".utf8)) == JSONError(offset: 64, reason: .tooDeep))
        #expect(throws: JSONError(offset: 5, reason: .tooDeep)) {
            _ = try JSONParser.parse(Array("{\"a\":[1]}".utf8), maximumDepth: 1)
        }
        // Depth is left again: many shallow arrays are not deep.
        #expect(fault(Array("[\(String(repeating: "[],", count: 200))1]".utf8)) == nil)
    }

    @Test(
        "keeps numbers as written",
        arguments: ["0", "-0", "10", "-1.50", "1e400", "1E-2", "0.1e+7", "123456789012345678901234567890"])
    func numbers(_ literal: String) throws {
        #expect(try JSONParser.parse(Array(literal.utf8)) == .number(literal))
    }

    @Test("reads integers that 64 bits hold, and no others")
    func integers() {
        #expect(JSONValue.number("9223372036854775807").integer == .max)
        #expect(JSONValue.number("-9223372036854775808").integer == .min)
        #expect(JSONValue.number("9223372036854775808").integer == nil)
        #expect(JSONValue.number("1.0").integer == nil)
        #expect(JSONValue.number("1e3").integer == nil)
        #expect(JSONValue.string("1").integer == nil)
    }

    @Test("unescapes everything that can be escaped")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00\u0000x""#
        #expect(try JSONParser.parse(Array(text.utf8)).string == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}€😀\u{0}x")
    }

    @Test("reads a whole document with white space everywhere")
    func document() throws {
        let text = " \t\r\n{ \"file_size\" : 48213 , \"tags\" : [ true , false , null , { } , [ ] ] , \"\" : \"é\" } \n"
        let object = try #require(try JSONParser.parse(Array(text.utf8)).object)
        #expect(object.members.map(\.name) == ["file_size", "tags", ""])
        #expect(object["file_size"]?.integer == 48_213)
        #expect(
            object["tags"]?.array == [.bool(true), .bool(false), .null, .object(JSONObject(members: [])), .array([])])
        #expect(object[""]?.string == "é")
        #expect(object["missing"] == nil)
    }

    @Test("says nothing of the text in its error")
    func errorIsSafe() {
        let error = fault(Array("{\"secret\":hunter2}".utf8))
        #expect(error?.description == "JSON at byte 10: a value, name or punctuation mark of JSON is expected here")
    }
}
