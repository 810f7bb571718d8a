import Testing

@testable import ObjectStorage

@Suite("XML of a store")
struct XMLTreeTests {
    @Test("is read with its escapes, namespaces and comments")
    func reads() throws {
        let tree = try XMLTree(
            Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <L xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><K>a&amp;&#233;<!-- x -->&lt;</K><K>ü</K><E/><C><![CDATA[<b>]]></C></L>
                """.utf8))
        #expect(tree.name == "L")
        #expect(tree.all("K").map(\.text) == ["a&é<", "ü"])
        #expect(tree.text("E") == "")
        #expect(tree.text("C") == "<b>")
        #expect(tree.text("none") == nil)
    }

    @Test(
        "is refused when it is none, or made to harm",
        arguments: [
            "", " ", "a", "<a>", "<a></b>", "<a/><b/>", "\u{0}", "<a>\u{1}</a>",
            String(repeating: "<a>", count: 100_000),
            String(repeating: "<a>", count: 17) + String(repeating: "</a>", count: 17),
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;",
        ])
    func refuses(_ text: String) {
        #expect(throws: S3Failure.self) { try XMLTree(Array(text.utf8)) }
    }

    @Test("reads no file and multiplies no text, whatever entities it declares")
    func entities() throws {
        let file = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>x&b;</a>"
        let bomb =
            "<!DOCTYPE a [<!ENTITY b \"bbbbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
            + "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]><a>x&d;</a>"
        for text in [file, bomb] {
            do throws(S3Failure) {
                #expect(try XMLTree(Array(text.utf8)).text.utf8.count < 100)
            } catch {
                #expect(error == .malformed(reason: "it is no XML document"))
            }
        }
    }
}
