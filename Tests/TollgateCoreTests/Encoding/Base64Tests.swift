import Testing

@testable import TollgateCore

@Suite("Base64")
struct Base64Tests {
    /// RFC 4648, section 3.5 for the bits behind the last byte; sections 3.2 and 3.3 for padding and strangers.
    @Test(
        "refuses strangers, missing or misplaced padding, and loose bits",
        arguments: [
            "Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "=Zg=", "Zg==Zg==", "Zm9v ", "Zm\n9", "Zm9-", "====", "Zé=",
        ])
    func refuses(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    /// RFC 4648, section 10.
    @Test(
        "reads and writes the published vectors",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("gives every byte back, in every length")
    func roundTrip() {
        let all = (0...255).map(UInt8.init)
        for count in 0...256 {
            let bytes = Array(all.prefix(count))
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}
