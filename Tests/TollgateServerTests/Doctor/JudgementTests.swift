import Foundation
import NIOHTTP1
import ObjectStorage
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("What the doctor makes of what it sees")
struct JudgementTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(
        "A clock is right up to a minute off",
        arguments: [(0, true), (60, true), (-60, true), (61, false), (-61, false), (1_200, false), (-1_200, false)])
    func clock(seconds: Int, isRight: Bool) {
        let skew = ClockSkew(store: Self.noon + Double(seconds), here: Self.noon)
        let finding = skew.finding("clock")
        #expect(finding.verdict == (isRight ? .ok : .failed))
        #expect((finding.advice?.contains("NTP") ?? false) == !isRight)
    }

    @Test(
        "An upload as signed must be taken and stored",
        arguments: [(204, true, true), (204, false, false), (403, false, false), (500, false, false)])
    func asSigned(status: Int, isStored: Bool, isRight: Bool) {
        let outcome = UploadTrial.Outcome(status: status, code: "", isStored: isStored)
        #expect((UploadTrial.asSigned.finding(outcome, .post).verdict == .ok) == isRight)
    }

    @Test("An upload with a change must be refused and not be stored", arguments: UploadTrial.allCases.dropFirst())
    func changed(trial: UploadTrial) {
        for method in UploadMethod.allCases {
            let refused = UploadTrial.Outcome(status: 403, code: "AccessDenied", isStored: false)
            #expect(trial.finding(refused, method).verdict == .ok)
            let kept = UploadTrial.Outcome(status: 403, code: "AccessDenied", isStored: true)
            #expect(trial.finding(kept, method).verdict == .failed)
            let taken = UploadTrial.Outcome(status: 204, code: "", isStored: true)
            #expect(trial.finding(taken, method).verdict == .failed)
            let broken = UploadTrial.Outcome(status: 503, code: "SlowDown", isStored: false)
            #expect(trial.finding(broken, method).verdict == .failed)
        }
    }

    @Test("A store that takes a byte too many is named as what it is")
    func excess() {
        let finding = UploadTrial.excess.finding(.init(status: 204, code: "", isStored: true), .post)
        #expect(finding.seen.hasPrefix("the store took a file of one byte more than the form allows"))
        #expect(finding.advice?.hasPrefix("quotas can be overrun") == true)
    }

    @Test(
        "Each refusal has its advice",
        arguments: [
            (403, "SignatureDoesNotMatch", "SECRET_ACCESS_KEY"), (403, "InvalidAccessKeyId", "ACCESS_KEY_ID"),
            (404, "NoSuchBucket", "S3_BUCKET"), (404, "HTTP404", "S3_BUCKET"),
            (403, "AccessDenied", "s3:PutObject"), (403, "HTTP403", "s3:PutObject"),
            (403, "RequestTimeTooSkewed", "NTP"), (301, "PermanentRedirect", "S3_REGION"),
            (400, "AccessControlListNotSupported", "S3_ACL"), (501, "NotImplemented", "UPLOAD_METHOD=put"),
            (418, "Teapot", "Teapot"),
        ])
    func refusal(status: Int, code: String, word: String) {
        let trouble = StoreTrouble(
            ObjectStorageError.refused(status: status, code: code), permission: "s3:PutObject")
        #expect(trouble.seen.contains("\(status)"))
        #expect(trouble.advice.contains(word))
    }

    @Test(
        "A preflight passes where the origin, the method and the header are allowed",
        arguments: [
            (UploadMethod.post, 200, "*", "", "", true), (.post, 204, "https://app.example", "POST", "", true),
            (.post, 403, "*", "POST", "*", false), (.post, 200, "https://other.example", "POST", "", false),
            (.put, 200, "*", "GET, PUT", "Content-Type", true), (.put, 200, "*", "*", "*", true),
            (.put, 200, "*", "GET", "*", false), (.put, 200, "*", "PUT", "", false),
        ])
    func preflight(
        method: UploadMethod, status: Int, origin: String, methods: String, headers: String, isRight: Bool
    ) {
        let answer = BrowserAnswer(
            status: status,
            headers: [
                "access-control-allow-origin": origin, "access-control-allow-methods": methods,
                "access-control-allow-headers": headers,
            ], body: [])
        let preflight = Preflight(
            origin: "https://app.example", method: method, headers: method == .put ? ["content-type"] : [])
        #expect((preflight.finding(answer).verdict == .ok) == isRight)
    }

    @Test("A store's word is read from its XML, and nothing else of it reaches a terminal")
    func code() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>Access\u{1B}[2JDenied</Code></Error>"
        #expect(BrowserAnswer(status: 403, headers: [:], body: Array(xml.utf8)).code == "AccessJDenied")
        #expect(BrowserAnswer(status: 403, headers: [:], body: Array("<html>".utf8)).code.isEmpty)
    }

    @Test("Findings are a line each")
    func text() {
        let findings: [Finding] = [
            .ok("clock", "agrees"), .skipped("CORS", "none"), .failed("store put", "it\n\tfailed", advice: "try"),
        ]
        #expect(findings.text == "ok    clock      agrees\nskip  CORS       none\nFAIL  store put  it failed; try")
        #expect(findings.holdsFailure && !findings.dropLast().map { $0 }.holdsFailure)
    }
}
