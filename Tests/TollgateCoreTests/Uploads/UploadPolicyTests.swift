import Testing

@testable import TollgateCore

struct UploadPolicyTests {
    private func policy(
        key: KeyConstraints = .none, _ change: (inout TenantLimitsDraft) -> Void = { _ in }
    ) throws -> UploadPolicy {
        var draft = TenantLimitsDraft()
        change(&draft)
        return UploadPolicy(limits: try TenantLimits(draft), constraints: key)
    }

    private func refusal(_ policy: UploadPolicy, _ draft: UploadDraft) -> UploadRefusal? {
        do throws(UploadRefusal) { _ = try policy.plan(draft) } catch { return error }
        return nil
    }

    static let wrong: [(String, UploadDraft)] = [
        ("/file_name", UploadDraft(fileName: nil)), ("/file_name", UploadDraft(fileName: "")),
        ("/file_name", UploadDraft(fileName: "../a")), ("/file_type", UploadDraft(fileName: "a", fileType: "")),
        ("/file_type", UploadDraft(fileName: "a", fileType: "image/png,text/html")),
        ("/file_type", UploadDraft(fileName: "a", fileType: "image/*")),
        ("/file_size", UploadDraft(fileName: "a", fileSize: -1)),
        ("/checksum_sha256", UploadDraft(fileName: "a", checksumSHA256: "x")),
        ("/uploaded_by", UploadDraft(fileName: "a", uploadedBy: "")),
        ("/uploaded_by", UploadDraft(fileName: "a", uploadedBy: "a\u{0}")),
        ("/metadata", UploadDraft(fileName: "a", metadata: ["": "x"])),
        ("/expires_in", UploadDraft(fileName: "a", expiresIn: 9)),
        ("/expires_in", UploadDraft(fileName: "a", expiresIn: 3_601)),
        ("/expires_in", UploadDraft(fileName: "a", expiresIn: .max)),
        ("/expires_in", UploadDraft(fileName: "a", expiresIn: 901)),
    ]

    @Test("names the member that is wrong, in a start and in a check", arguments: wrong)
    func namesTheMember(pointer: String, draft: UploadDraft) throws {
        let policy = try policy()
        guard case .invalid(let problems) = refusal(policy, draft) else {
            Issue.record("not refused as invalid")
            return
        }
        #expect(problems.map(\.pointer) == [pointer])
        #expect(policy.refusals(draft) == [.invalid(problems)])
    }

    @Test("asks for the size where the store can be held to one size only")
    func requiresSize() throws {
        let policy = try policy().sending(by: .put)
        let missing = UploadRefusal.invalid([
            MemberProblem(
                pointer: "/file_size", detail: "is required: the store takes uploads of a declared size only")
        ])
        #expect(refusal(policy, UploadDraft(fileName: "a")) == missing)
        #expect(policy.refusals(UploadDraft(fileName: "a")) == [missing])
        #expect(try policy.plan(UploadDraft(fileName: "a", fileSize: 7)).1.sizeRange == 7...7)
        // What is wrong with a size that was sent is told alone.
        guard case .invalid(let problems)? = policy.refusals(UploadDraft(fileName: "a", fileSize: -1)).first else {
            Issue.record("not refused as invalid")
            return
        }
        #expect(problems.count == 1)
        #expect(refusal(policy.sending(by: .post), UploadDraft(fileName: "a")) == nil)
    }

    @Test("refuses a declared size outside the tightest bounds")
    func refusesSize() throws {
        let key = try KeyConstraints(maximumFileBytes: 50, allowedTypes: nil)
        let tight = try policy(key: key) { ($0.minimumFileBytes, $0.maximumFileBytes) = (10, 100) }
        #expect(
            refusal(tight, UploadDraft(fileName: "a", fileSize: 51))
                == .fileTooLarge(declaredBytes: 51, maximumBytes: 50))
        #expect(
            refusal(tight, UploadDraft(fileName: "a", fileSize: 9)) == .fileTooSmall(declaredBytes: 9, minimumBytes: 10)
        )
        let unlimited = try policy { $0.maximumFileBytes = nil }
        #expect(
            refusal(unlimited, UploadDraft(fileName: "a", fileSize: 5_368_709_121))
                == .fileTooLarge(declaredBytes: 5_368_709_121, maximumBytes: 5_368_709_120))
        #expect(refusal(unlimited, UploadDraft(fileName: "a", fileSize: 5_368_709_120)) == nil)
        #expect(
            refusal(unlimited, UploadDraft(fileName: "a", fileSize: .max))
                == .fileTooLarge(declaredBytes: .max, maximumBytes: 5_368_709_120))
        let empty = try policy(key: key) { $0.minimumFileBytes = 51 }
        #expect(refusal(empty, UploadDraft(fileName: "a")) == .noSizeAllowed(minimumBytes: 51, maximumBytes: 50))
    }

    @Test("refuses a type that the tenant or the key does not allow, declared or inferred")
    func refusesType() throws {
        let images = try MediaTypePattern("image/*")
        let tenant = try policy { $0.allowedTypes = ["image/*"] }
        let key = try policy(key: KeyConstraints(maximumFileBytes: nil, allowedTypes: ["image/*"]))
        for policy in [tenant, key] {
            #expect(
                refusal(policy, UploadDraft(fileName: "a.png", fileType: "text/html"))
                    == .typeNotAllowed(try MediaType("text/html"), allowed: [images]))
            #expect(
                refusal(policy, UploadDraft(fileName: "a.html"))
                    == .typeNotAllowed(try MediaType("text/html"), allowed: [images]))
            #expect(refusal(policy, UploadDraft(fileName: "a")) == .typeNotAllowed(.octetStream, allowed: [images]))
            #expect(refusal(policy, UploadDraft(fileName: "a.png")) == nil)
        }
    }

    @Test("gathers everything that stands against a start")
    func gathersAll() throws {
        let policy = try policy {
            $0.maximumFileBytes = 10
            $0.allowedTypes = ["image/*"]
        }
        let draft = UploadDraft(
            fileName: "../a", fileType: "text/html", fileSize: 11, uploadedBy: "", expiresIn: 1_000)
        let found = policy.refusals(draft)
        #expect(found.count == 3)
        guard case .invalid(let problems) = found.first else {
            Issue.record("the members come first")
            return
        }
        #expect(problems.map(\.pointer) == ["/file_name", "/uploaded_by", "/expires_in"])
        #expect(found[1] == .fileTooLarge(declaredBytes: 11, maximumBytes: 10))
        #expect(policy.refusals(UploadDraft(fileName: "a.png", fileSize: 10)) == [])
    }

    @Test("plans exactly the declared size, and lives as long as the tenant says")
    func plansDeclared() throws {
        let policy = try policy()
        let (request, plan) = try policy.plan(
            UploadDraft(fileName: "logo.png", fileSize: 48_213, uploadedBy: "user-42", metadata: ["album": "7"]))
        #expect(request.uploadedBy?.rawValue == "user-42")
        #expect(request.metadata["album"] == "7")
        #expect(plan.contentType.description == "image/png")
        #expect(plan.sizeRange == 48_213...48_213)
        #expect(plan.reservedBytes == 48_213)
        #expect(plan.lifetimeSeconds == 900)
        #expect(try policy.plan(UploadDraft(fileName: "a", fileSize: 1, expiresIn: 10)).1.lifetimeSeconds == 10)
        #expect(try policy.plan(UploadDraft(fileName: "a", fileSize: 1, expiresIn: 900)).1.lifetimeSeconds == 900)
    }

    @Test("plans the whole range where no size is declared, and lives shorter")
    func plansUndeclared() throws {
        let key = try KeyConstraints(maximumFileBytes: 50, allowedTypes: nil)
        let plan = try policy(key: key).plan(UploadDraft(fileName: "a")).1
        #expect(plan.sizeRange == 1...50)
        #expect(plan.reservedBytes == 50)
        #expect(plan.lifetimeSeconds == 120)
        let unlimited = try policy { $0.maximumFileBytes = nil }
        #expect(try unlimited.plan(UploadDraft(fileName: "a")).1.maximumBytes == 5_368_709_120)
        #expect(try unlimited.plan(UploadDraft(fileName: "a", expiresIn: 600)).1.lifetimeSeconds == 600)
        let short = try policy { $0.urlExpirySeconds = 60 }
        #expect(try short.plan(UploadDraft(fileName: "a")).1.lifetimeSeconds == 60)
    }

    @Test("allows an empty file only where the tenant does")
    func emptyFiles() throws {
        let draft = UploadDraft(fileName: "a", fileSize: 0)
        #expect(refusal(try policy(), draft) == .fileTooSmall(declaredBytes: 0, minimumBytes: 1))
        #expect(try policy { $0.minimumFileBytes = 0 }.plan(draft).1.sizeRange == 0...0)
    }
}
