import Testing

@testable import TollgateCore

/// RFC 6266 and RFC 8187.
@Suite("Content-Disposition")
struct ContentDispositionTests {
    @Test(
        "names the file for every client",
        arguments: [
            ("photo.jpg", "filename=\"photo.jpg\""),
            ("a b;c=d, e'f.txt", "filename=\"a b;c=d, e'f.txt\""),
            ("", "filename=\"\""),
            ("100%.txt", "filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
            ("%41.txt", "filename=\"_41.txt\"; filename*=UTF-8''%2541.txt"),
            ("a\"b\\c", "filename=\"a_b_c\"; filename*=UTF-8''a%22b%5Cc"),
            ("€ rates", "filename=\"_ rates\"; filename*=UTF-8''%E2%82%AC%20rates"),
            ("e\u{301}.png", "filename=\"e_.png\"; filename*=UTF-8''e%CC%81.png"),
            ("👩‍🚀", "filename=\"___\"; filename*=UTF-8''%F0%9F%91%A9%E2%80%8D%F0%9F%9A%80"),
            ("\u{37E}\u{212A}", "filename=\"__\"; filename*=UTF-8''%CD%BE%E2%84%AA"),
            ("a\r\nSet-Cookie: b", "filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a__Set-Cookie%3A%20b"),
            ("a\u{0}\u{7F}\u{85}b", "filename=\"a___b\"; filename*=UTF-8''a___b"),
        ])
    func header(_ name: String, _ expected: String) {
        #expect(ContentDisposition.attachment.header(fileName: name) == "attachment; \(expected)")
        #expect(ContentDisposition.inline.header(fileName: name) == "inline; \(expected)")
    }

    @Test("is printable ASCII, and fits a URL of 8 KiB when a query carries it", arguments: ["a", "é", "€", "😀", "%"])
    func longest(_ character: String) throws {
        let header = ContentDisposition.attachment.header(fileName: String(repeating: character, count: 255))
        #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(URIEncoding.encode(header, keepingSlash: false).utf8.count < 6 * 1_024)
    }
}
