import Testing

@testable import TollgateCore

@Suite("S3 errors")
struct S3ErrorTests {
    /// Amazon S3 API Reference, "REST error responses"; XML 1.0, sections 2.2, 2.4 and 2.11.
    @Test("escape what they show, and replace what XML cannot hold")
    func escapes() {
        let error = S3Error(
            status: 400, code: "InvalidArgument", message: "a<b>&\"c'",
            elements: [
                .init("ArgumentName", "x\u{0}\u{8}\u{B}\u{1F}\u{FFFE}\u{FFFF}y"), .init("ArgumentValue", "\t\n\r]]>😀"),
            ])
        #expect(
            error.xml(requestID: "7<") == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>InvalidArgument</Code><Message>a&lt;b&gt;&amp;&quot;c'</Message>\
                <ArgumentName>x\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}y</ArgumentName>\
                <ArgumentValue>\t\n&#13;]]&gt;😀</ArgumentValue>\
                <RequestId>7&lt;</RequestId><HostId>7&lt;</HostId></Error>
                """)
    }

    @Test("keep empty elements and the order of the others")
    func order() {
        let text = S3Error.missingField("key").xml(requestID: "R")
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>InvalidArgument</Code><Message>Bucket POST must contain a field named 'key'.  If it is \
                specified, please check the order of the fields.</Message><ArgumentName>key</ArgumentName>\
                <ArgumentValue></ArgumentValue><RequestId>R</RequestId><HostId>R</HostId></Error>
                """)
    }

    @Test("say nothing of a client's values in their description")
    func description() {
        let error = S3Error.signatureDoesNotMatch(
            accessKeyID: "AKID", stringToSign: "signed-text", provided: "deadbeef")
        #expect("\(error)" == "S3Error(403 SignatureDoesNotMatch)")
        #expect(!String(reflecting: error).contains("deadbeef"))
    }
}
