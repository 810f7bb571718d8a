import Foundation
import Testing

@testable import TollgateCore

/// Rules 8 to 10: which fields a policy covers, and what it demands of them.
@Suite("Form: coverage and conditions")
struct PolicyEvaluationTests {
    private static func extra(_ names: String) -> String {
        "403 AccessDenied: Invalid according to Policy: Extra input fields: \(names)"
    }

    private static func failed(_ condition: String) -> String {
        "403 AccessDenied: Invalid according to Policy: Policy Condition failed: \(condition)"
    }

    // Rule 8. Amazon S3 API Reference, "POST Policy": "Each form field that you specify in a form (except
    // x-amz-signature, file, policy, and field names that have an x-ignore- prefix) must appear in the list of
    // conditions."
    @Test(
        "refuses fields without a condition, the signature's own and the bucket included",
        arguments: [
            "key", "bucket", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "Content-Type", "submit", "x-ignored",
        ])
    func uncovered(_ name: String) {
        var form = SignedForm()
        if !["key", "bucket"].contains(name), !name.hasPrefix("x-amz-") { form = form.with(name, "v") }
        form.uncovered.insert(name)
        #expect(form.refusal()?.summary == Self.extra(name.lowercased()))
    }

    @Test("names all of them, in the order of the form, the bucket last")
    func severalUncovered() {
        var form = SignedForm().with("Tagging", "t").with("acl", "private")
        form.uncovered = ["acl", "Tagging", "bucket"]
        #expect(form.refusal()?.summary == Self.extra("tagging,acl,bucket"))
    }

    @Test("coverage comes before conditions")
    func coverageComesFirst() {
        var form = SignedForm().with("acl", "private", conditions: "{\"acl\": \"public-read\"}").with("x", "y")
        form.uncovered.insert("x")
        #expect(form.refusal()?.summary == Self.extra("x"))
    }

    @Test("lets x-ignore- fields, the policy and the signature go without", arguments: ["x-ignore-me", "X-Ignore-"])
    func exempt(_ name: String) throws {
        var form = SignedForm().with(name, "anything")
        form.uncovered.insert(name)
        #expect(try form.grant().headers.isEmpty)
    }

    // Rule 9. Amazon S3 API Reference, "POST Policy", "Condition Matching"; S3's recorded answers.
    @Test(
        "refuses what a condition does not hold for, and quotes the condition",
        arguments: [
            (SignedForm().with("key", "b", conditions: "{\"key\": \"a\"}"), #"["eq", "$key", "a"]"#),
            (SignedForm().with("key", "b", conditions: "[\"eq\",\"$key\",\"a\"]"), #"["eq", "$key", "a"]"#),
            // Values are case-sensitive.
            (SignedForm().with("key", "A", conditions: "{\"Key\": \"a\"}"), #"["eq", "$Key", "a"]"#),
            (
                SignedForm().with("key", "Ab", conditions: "[\"StArTs-WiTh\", \"$key\", \"a\"]"),
                #"["starts-with", "$key", "a"]"#
            ),
            // Not a prefix of characters or of canonical equivalents, but of bytes.
            (
                SignedForm().with("key", "e\u{301}", conditions: "{\"key\": \"\u{E9}\"}"),
                "[\"eq\", \"$key\", \"\u{E9}\"]"
            ),
            (
                SignedForm().with("key", "e\u{301}x", conditions: "[\"starts-with\", \"$key\", \"\u{E9}\"]"),
                "[\"starts-with\", \"$key\", \"\u{E9}\"]"
            ),
            // A field that is absent satisfies nothing.
            (SignedForm().requiring("{\"acl\": \"private\"}"), #"["eq", "$acl", "private"]"#),
            (SignedForm().requiring("[\"starts-with\", \"$acl\", \"\"]"), #"["starts-with", "$acl", ""]"#),
            (
                SignedForm().requiring("[\"starts-with\", \"$Content-Length\", \"\"]"),
                #"["starts-with", "$Content-Length", ""]"#
            ),
            (SignedForm().requiring("[\"starts-with\", \"$file\", \"\"]"), #"["starts-with", "$file", ""]"#),
            // Without its dollar sign a reference names nothing.
            (SignedForm().requiring("[\"eq\", \"key\", \"a/b.png\"]"), #"["eq", "key", "a/b.png"]"#),
            (SignedForm().with("acl", "x", conditions: "[\"eq\", \"acl\", \"x\"]"), #"["eq", "acl", "x"]"#),
            (SignedForm().requiring("{\"$key\": \"a/b.png\"}"), #"["eq", "$$key", "a/b.png"]"#),
            // Another bucket.
            (SignedForm().requiring("{\"bucket\": \"other\"}"), #"["eq", "$bucket", "other"]"#),
            (
                SignedForm().with("bucket", "other").requiring("[\"eq\", \"$bucket\", \"other\"]"),
                #"["eq", "$bucket", "other"]"#
            ),
            // Several conditions on one field must all hold.
            (
                SignedForm().requiring("[\"starts-with\", \"$key\", \"a/\"]", "[\"starts-with\", \"$key\", \"b/\"]"),
                #"["starts-with", "$key", "b/"]"#
            ),
            // The first that fails is named.
            (SignedForm().requiring("{\"acl\": \"1\"}", "{\"acl\": \"2\"}"), #"["eq", "$acl", "1"]"#),
            // A value that must be escaped.
            (SignedForm().with("key", "x", conditions: #"{"key": "\"\\\n"}"#), #"["eq", "$key", "\"\\\n"]"#),
        ])
    func conditionFails(_ form: SignedForm, _ condition: String) {
        #expect(form.refusal()?.summary == Self.failed(condition))
    }

    // Rule 9. "POST Policy": Content-Type under starts-with is a list, "every value must match".
    @Test(
        "reads Content-Type as a list where a prefix is demanded",
        arguments: [
            ("image/png", true), ("image/png,image/gif", true), ("image/png, image/gif", true), ("image/", true),
            ("text/plain", false), ("image/png,text/plain", false), ("text/plain,image/png", false),
            ("image/png,", false), (",image/png", false), ("Image/png", false), ("", false), (" image/png", true),
        ])
    func contentTypeList(_ value: String, _ accepted: Bool) {
        let condition = #"["starts-with", "$Content-Type", "image/"]"#
        let form = SignedForm().with("Content-Type", value, conditions: condition)
        #expect(form.refusal()?.summary == (accepted ? nil : Self.failed(condition)))
    }

    @Test("reads every other field as plain text")
    func otherFieldsArePlain() {
        let form = SignedForm().with("key", "a/1,b/2", conditions: "[\"starts-with\", \"$key\", \"a/\"]")
        #expect(form.refusal() == nil)
        let exact = SignedForm().with(
            "Content-Type", "image/png,image/gif", conditions: "{\"Content-Type\": \"image/png\"}")
        #expect(exact.refusal()?.code == "AccessDenied")
    }

    // Rule 9: names without regard to case, an empty prefix for every value.
    @Test(
        "accepts what holds",
        arguments: [
            SignedForm().with("key", "a/b", conditions: "[\"StArTs-WiTh\", \"$KeY\", \"a/\"]"),
            SignedForm().with("acl", "private", conditions: "{\"ACL\": \"private\"}"),
            SignedForm().with("acl", "private", conditions: "[\"EQ\", \"$Acl\", \"private\"]"),
            SignedForm().with("x-amz-meta-TEST", "1", conditions: "[\"eq\", \"$x-amz-meta-test\", \"1\"]"),
            SignedForm().with("acl", "", conditions: "[\"starts-with\", \"$acl\", \"\"]"),
            SignedForm().requiring("{\"bUcKeT\": \"examplebucket\"}"),
            SignedForm().requiring("[\"starts-with\", \"$bucket\", \"example\"]"),
            SignedForm().requiring("[\"starts-with\", \"$policy\", \"\"]"),
            SignedForm().with("key", "a/b", conditions: "[\"starts-with\", \"$key\", \"a\"]", "{\"key\": \"a/b\"}"),
        ])
    func conditionHolds(_ form: SignedForm) {
        #expect(form.refusal() == nil)
    }

    // Rule 10. Amazon S3 API Reference, "Creating an HTML form", ${filename}; S3's recorded answers.
    @Test(
        "expands ${filename} to what follows the last slash or backslash",
        arguments: [
            ("report.pdf", "in/report.pdf"), ("a/b\\c.txt", "in/c.txt"), ("C:\\x\\photo.jpg", "in/photo.jpg"),
            ("a\\b/c", "in/c"), ("folder/", "in/"), ("", "in/"), ("é 1.png", "in/é 1.png"),
            ("${filename}", "in/${filename}"), (nil, "in/${filename}"),
        ] as [(String?, String)])
    func expandsFilename(_ filename: String?, _ key: String) throws {
        var form = SignedForm().with("key", "in/${filename}", conditions: "{\"key\": \"\(key)\"}")
            .with(
                "x-amz-meta-names", "${filename},${filename}",
                conditions: "[\"starts-with\", \"$x-amz-meta-names\", \"\"]")
        form.filename = filename
        let grant = try form.grant()
        #expect(grant.key.rawValue == key)
        let name = String(key.dropFirst(3))
        #expect(grant.headers == [.init(name: "x-amz-meta-names", value: "\(name),\(name)")])
    }

    @Test("matches the expanded value, not the written one")
    func matchesExpanded() {
        let literal = SignedForm().with("key", "in/${filename}", conditions: "{\"key\": \"in/${filename}\"}")
        #expect(literal.refusal()?.summary == Self.failed(#"["eq", "$key", "in/${filename}"]"#))
        var outside = SignedForm().with("key", "${filename}", conditions: "[\"starts-with\", \"$key\", \"in/\"]")
        outside.filename = "in/x"
        #expect(outside.refusal()?.summary == Self.failed(#"["starts-with", "$key", "in/"]"#))
    }
}

extension SignedForm {
    /// Further conditions on fields that have theirs already, or that are not there.
    func requiring(_ conditions: String...) -> SignedForm {
        var copy = self
        copy.conditions += conditions
        return copy
    }
}
