import Foundation
import Testing

@testable import TollgateCore

/// Rules 6 and 7: the document itself, and its end.
@Suite("Form: policy document")
struct PolicyDocumentTests {
    // Rule 6. Amazon S3 API Reference, "Error responses", InvalidPolicyDocument; the texts are S3's recorded answers.
    @Test(
        "refuses a document that is not in order",
        arguments: [
            ("[]", "Invalid JSON."), ("{", "Invalid JSON."), ("\"x\"", "Invalid JSON."),
            ("{\"a\":01}", "Invalid JSON."),
            ("{\"expiration\":\"x\",\"expiration\":\"x\",\"conditions\":[]}", "Invalid JSON."),
            ("{'expiration':'2015-12-30T12:00:00Z','conditions':[]}", "Invalid JSON."),
            ("{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":[]} x", "Invalid JSON."),
            ("{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":[],\"extra\":1}", "Unexpected: \"extra\""),
            ("{\"Expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":[]}", "Unexpected: \"Expiration\""),
            ("{\"expiration\":\"2015-12-30T12:00:00Z\",\"CONDITIONS\":[]}", "Unexpected: \"CONDITIONS\""),
            ("{\"conditions\":[]}", "Policy missing expiration."),
            ("{\"expiration\":\"2015-12-30T12:00:00Z\"}", "Policy missing conditions."),
            ("{\"expiration\":1451476800,\"conditions\":[]}", "Invalid JSON."),
            ("{\"expiration\":null,\"conditions\":[]}", "Invalid JSON."),
            ("{\"expiration\":\"tomorrow\",\"conditions\":[]}", "Invalid 'expiration' value: 'tomorrow'"),
            (
                "{\"expiration\":\"2015-12-30T12:00:00+00:00\",\"conditions\":[]}",
                "Invalid 'expiration' value: '2015-12-30T12:00:00+00:00'"
            ),
            (
                "{\"expiration\":\"2015-12-30T12:00:00+01:00\",\"conditions\":[]}",
                "Invalid 'expiration' value: '2015-12-30T12:00:00+01:00'"
            ),
            (
                "{\"expiration\":\"2015-12-30 12:00:00\",\"conditions\":[]}",
                "Invalid 'expiration' value: '2015-12-30 12:00:00'"
            ),
            (
                "{\"expiration\":\"2015-02-30T12:00:00Z\",\"conditions\":[]}",
                "Invalid 'expiration' value: '2015-02-30T12:00:00Z'"
            ),
            (
                "{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":{}}",
                "Invalid 'conditions' value: must be a List."
            ),
        ])
    func refusesDocument(_ document: String, _ fault: String) {
        var form = SignedForm()
        form.document = document
        #expect(form.refusal()?.summary == "400 InvalidPolicyDocument: Invalid Policy: \(fault)")
    }

    // Rule 6.
    @Test(
        "refuses conditions that are none",
        arguments: [
            ("\"bucket\"", "Invalid condition test: must be a List or Object."),
            ("null", "Invalid condition test: must be a List or Object."),
            ("{}", "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
            (
                "{\"acl\":\"private\",\"key\":\"k\"}",
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
            ),
            ("{\"acl\":1}", "Invalid Simple-Condition: value must be a string."),
            ("{\"acl\":[\"private\"]}", "Invalid Simple-Condition: value must be a string."),
            ("[]", "Invalid Condition: missing operation identifier."), ("[1,\"$key\",\"a\"]", "Invalid JSON."),
            ("[\"ends-with\",\"$key\",\"a\"]", "Invalid Condition: unknown operation 'ends-with'."),
            ("[\"eq\",\"$key\"]", "Invalid eq: wrong number of arguments."),
            ("[\"starts-with\",\"$key\",\"a\",\"b\"]", "Invalid starts-with: wrong number of arguments."),
            ("[\"eq\",\"$key\",1]", "Invalid JSON."), ("[\"eq\",true,\"a\"]", "Invalid JSON."),
            ("[\"starts-with\",\"$key\",null]", "Invalid JSON."),
            ("[\"content-length-range\",1]", "Invalid content-length-range: wrong number of arguments."),
            ("[\"content-length-range\",1,2,3]", "Invalid content-length-range: wrong number of arguments."),
            ("[\"content-length-range\",1,2.0]", "Invalid JSON."),
            ("[\"content-length-range\",1,1e3]", "Invalid JSON."),
            ("[\"content-length-range\",\"1.5\",2]", "Invalid JSON."),
            ("[\"content-length-range\",-1,2]", "Invalid JSON."),
            ("[\"content-length-range\",\"\",2]", "Invalid JSON."),
            ("[\"content-length-range\",\"+1\",2]", "Invalid JSON."),
            ("[\"content-length-range\",0,9223372036854775808]", "Invalid JSON."),
            ("[\"content-length-range\",0,null]", "Invalid JSON."),
        ])
    func refusesCondition(_ condition: String, _ fault: String) {
        var form = SignedForm()
        form.conditions = [condition]
        #expect(form.refusal()?.summary == "400 InvalidPolicyDocument: Invalid Policy: \(fault)")
    }

    // Rule 6.
    @Test(
        "refuses a policy field that holds no document",
        arguments: [
            ("", "Expecting '{' but found End-of-Input"), ("\r\n", "Expecting '{' but found End-of-Input"),
            ("{\"expiration\"}", "invalid Base64 encoding."), ("e30", "Policy missing expiration."),
            ("_-8=", "invalid Base64 encoding."), ("//8=", "Invalid JSON."),
        ])
    func refusesEncoding(_ policy: String, _ fault: String) {
        var form = SignedForm()
        form.policy = policy
        #expect(form.refusal()?.summary == "400 InvalidPolicyDocument: Invalid Policy: \(fault)")
    }

    // Rule 7. S3's recorded answer.
    @Test("holds until the instant that it names", arguments: [-0.001, 0, 0.001, 86_400])
    func expiration(_ offset: Double) {
        let end = Example.now.addingTimeInterval(3_600)
        let refusal = SignedForm().refusal(at: end.addingTimeInterval(offset))
        #expect(
            refusal?.summary
                == (offset < 0 ? nil : "403 AccessDenied: Invalid according to Policy: Policy expired."))
    }

    @Test("an expired policy is refused for that, whatever else it breaks")
    func expiredComesFirst() {
        var form = SignedForm().with("acl", "private", conditions: "{\"acl\": \"public-read\"}")
        form.uncovered.insert("bucket")
        #expect(
            form.refusal(at: Example.now.addingTimeInterval(3_600))?.message
                == "Invalid according to Policy: Policy expired.")
    }

    @Test("reads expirations with fractions of a second")
    func fractions() throws {
        var form = SignedForm()
        form.expiration = "\"2015-12-29T00:00:00.500Z\""
        #expect(try form.grant(at: Example.now.addingTimeInterval(0.25)).key.rawValue == "a/b.png")
        #expect(form.refusal(at: Example.now.addingTimeInterval(0.75)) != nil)
    }
}
