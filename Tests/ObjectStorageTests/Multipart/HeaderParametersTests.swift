import Testing

@testable import ObjectStorage

@Suite("Header parameters of forms")
struct HeaderParametersTests {
    @Test(
        "refuses a boundary that RFC 2046 does not allow",
        arguments: [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=a\u{7}b", "multipart/form-data; boundary=\"a \"",
            "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "multipart/form-data; charset=utf-8",
        ])
    func refusesBoundary(_ contentType: String) {
        #expect(throws: MultipartError.invalidBoundary) { try MultipartBoundary(contentType: contentType) }
    }

    @Test(
        "tells another media type from a bad boundary",
        arguments: [
            nil, "", "application/x-www-form-urlencoded", "multipart/mixed; boundary=a",
            "multipart/form-datax; boundary=a",
        ])
    func refusesMediaType(_ contentType: String?) {
        #expect(throws: MultipartError.notMultipart) { try MultipartBoundary(contentType: contentType) }
    }

    @Test(
        "takes a boundary as clients write it",
        arguments: [
            ("multipart/form-data; boundary=----WebKitFormBoundary7MA4", "----WebKitFormBoundary7MA4"),
            ("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b=?c\"", "a b=?c"),
            ("multipart/form-data; boundary=a=b:c ; x=y", "a=b:c"),
            ("multipart/form-data; boundary=" + String(repeating: "b", count: 70), String(repeating: "b", count: 70)),
        ])
    func takesBoundary(_ contentType: String, _ boundary: String) throws {
        #expect(try MultipartBoundary(contentType: contentType).bytes == Array(boundary.utf8))
    }

    @Test(
        "reads file names as browsers and older clients escape them",
        arguments: [
            (#""a.png""#, "a.png"), (#""""#, ""), (#""a%22b.png""#, "a\"b.png"), (#""a%0D%0ab""#, "a\r\nb"),
            (#""a%41%2""#, "a%41%2"), (#""a\"b.png""#, "a\"b.png"), (#""a\\b.png""#, "a\\b.png"),
            (#""C:\dir\b.png""#, "C:\\dir\\b.png"), (#""a\""#, "a\\"), (#""a\" ; x="y""#, "a\\"), ("a.png", "a.png"),
            (#""日本 ü.png""#, "日本 ü.png"), (#""a;b=c""#, "a;b=c"),
            (#""plain.png"; filename*=UTF-8''other.png"#, "plain.png"),
        ])
    func readsFilename(_ raw: String, _ filename: String) throws {
        let block = "content-disposition:form-data; name=file; FileName=\(raw)\r\nX-Other: 1"
        #expect(try PartHeader(Array(block.utf8)).filename == filename)
    }

    @Test("a part with filename* alone has no filename")
    func ignoresExtendedFilename() throws {
        let block = "Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''a.png"
        #expect(
            try PartHeader(Array(block.utf8)) == PartHeader(Array("Content-Disposition: form-data; name=file".utf8)))
    }
}
