import Testing

@testable import TollgateCore

struct MediaTypeTests {
    static let wrong: [(String, MediaTypeProblem)] = [
        ("", .notTypeSlashSubtype), ("image", .notTypeSlashSubtype), ("image/", .notTypeSlashSubtype),
        ("/png", .notTypeSlashSubtype), ("image /png", .notTypeSlashSubtype), ("image/ png", .notTypeSlashSubtype),
        (" image/png", .notTypeSlashSubtype), ("image/png ", .notTypeSlashSubtype),
        ("image/png,text/html", .notTypeSlashSubtype), ("image/png, text/html", .notTypeSlashSubtype),
        ("image/png/x", .notTypeSlashSubtype), ("image/png\r\nX-Evil: 1", .notTypeSlashSubtype),
        ("image/pñg", .notTypeSlashSubtype), ("image/png\u{0}", .notTypeSlashSubtype),
        ("*/*", .wildcard), ("image/*", .wildcard), ("image/p*g", .wildcard),
        ("text/plain; charset", .parameter), ("text/plain; =utf-8", .notTypeSlashSubtype),
        ("text/plain; charset =utf-8", .parameter), ("text/plain; charset= utf-8", .parameter),
        ("text/plain; charset=\"utf-8", .parameter), ("text/plain; a=\"x\\", .parameter),
        ("text/plain; a=\"x\ny\"", .parameter), ("text/plain; a=\"ü\"", .parameter), ("text/plain; a=b,c", .parameter),
        ("text/plain; a=1; A=2", .repeatedParameter("a")),
        ("text/" + String(repeating: "x", count: 251), .tooLong),
        ("text/plain; a=\"" + String(repeating: "x", count: 300) + "\"", .tooLong),
    ]

    @Test("refuses what is not exactly one media type", arguments: wrong)
    func refuses(text: String, problem: MediaTypeProblem) {
        #expect(throws: problem) { try MediaType(text) }
    }

    static let right: [(String, String)] = [
        ("image/png", "image/png"), ("IMAGE/PNG", "image/png"),
        ("text/plain;charset=UTF-8", "text/plain; charset=utf-8"),
        ("text/plain ;\tCharset=\"utf-8\"", "text/plain; charset=utf-8"), ("text/plain;", "text/plain"),
        ("text/plain; ; a=b", "text/plain; a=b"), ("multipart/mixed; boundary=AbC", "multipart/mixed; boundary=AbC"),
        ("video/mp4; codecs=\"avc1, mp4a\"", "video/mp4; codecs=\"avc1, mp4a\""),
        ("a/b; c=\"d\\\"e\\\\f\\g\"", "a/b; c=\"d\\\"e\\\\fg\""), ("a/b; c=\"\"", "a/b; c=\"\""),
        ("application/vnd.api+json", "application/vnd.api+json"),
        ("text/" + String(repeating: "x", count: 250), "text/" + String(repeating: "x", count: 250)),
    ]

    @Test("writes one canonical form, which it reads as the same type", arguments: right)
    func canonical(text: String, expected: String) throws {
        let mediaType = try MediaType(text)
        #expect(mediaType.description == expected)
        #expect(try MediaType(expected) == mediaType)
    }
}

struct MediaTypePatternTests {
    @Test(
        "refuses what is no pattern",
        arguments: [
            "", "*", "*/png", "image*", "image/p*", "image/**", "*/*;q=1", "image/png; a=b", "image/*, text/*", "/*",
            " */*", "image/* ", "text/plain; a=b/*",
        ])
    func refuses(_ text: String) {
        #expect(throws: MediaTypeProblem.self) { try MediaTypePattern(text) }
    }

    static let matches: [(String, String, Bool)] = [
        ("*/*", "image/png", true), ("image/*", "image/png", true), ("image/*", "imagex/png", false),
        ("image/*", "text/html", false), ("image/png", "image/png", true), ("image/png", "image/png2", false),
        ("Image/PNG", "image/png; a=b", true), ("text/*", "TEXT/html; charset=x", true),
        ("text/html", "text/plain", false),
    ]

    @Test("matches by type and subtype, whatever the parameters", arguments: matches)
    func matchesTypes(pattern: String, mediaType: String, expected: Bool) throws {
        #expect(try MediaTypePattern(pattern).matches(MediaType(mediaType)) == expected)
    }

    static let covers: [(String, String, Bool)] = [
        ("*/*", "*/*", true), ("*/*", "image/*", true), ("*/*", "image/png", true), ("image/*", "*/*", false),
        ("image/*", "image/*", true), ("image/*", "text/*", false), ("image/*", "image/png", true),
        ("image/png", "image/*", false), ("image/png", "*/*", false), ("image/png", "image/png", true),
        ("image/png", "image/gif", false),
    ]

    @Test("covers what matches no more than it does itself", arguments: covers)
    func coversPatterns(pattern: String, other: String, expected: Bool) throws {
        #expect(try MediaTypePattern(pattern).covers(MediaTypePattern(other)) == expected)
    }
}
