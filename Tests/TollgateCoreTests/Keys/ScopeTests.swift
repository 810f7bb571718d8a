import Testing

@testable import TollgateCore

struct ScopeTests {
    @Test("refuses names that are no scope", arguments: ["", "uploads", "Uploads:write", "uploads:*", "admin"])
    func refuses(_ name: String) {
        #expect(throws: UnknownScope(index: 1)) { try ScopeSet(names: ["uploads:read", name]) }
    }

    @Test("reads and writes names in one order, each once")
    func readsAndWrites() throws {
        let scopes = try ScopeSet(names: ["keys:manage", "uploads:write", "keys:manage"])
        #expect(scopes.names == ["uploads:write", "keys:manage"])
        #expect(scopes.contains(.keysManage) && !scopes.contains(.uploadsRead))
        #expect(try ScopeSet(names: Scope.allCases.map(\.rawValue)).scopes == Scope.allCases)
        #expect(try ScopeSet(names: []).isEmpty)
    }

    @Test("gives every scope a bit of its own", arguments: Scope.allCases)
    func bits(scope: Scope) {
        #expect(ScopeSet(scope).scopes == [scope])
        #expect(ScopeSet(scope).rawValue.nonzeroBitCount == 1)
    }

    @Test("gives a tenant's admin everything but the platform")
    func admin() {
        #expect(ScopeSet.tenantAdmin.scopes == Scope.allCases.filter { $0 != .platformOperator })
    }
}

struct KeyConstraintsTests {
    typealias Draft = (bytes: Int64?, types: [String]?)

    @Test("names the member that is wrong")
    func namesTheMember() {
        for (draft, pointer) in [
            ((0, nil), "/max_file_bytes"), ((nil, []), "/allowed_types"),
            ((nil, ["image/png", "x"]), "/allowed_types/1"),
        ] as [(Draft, String)] {
            do throws(InvalidMembers) {
                _ = try KeyConstraints(maximumFileBytes: draft.bytes, allowedTypes: draft.types)
                Issue.record("accepted \(draft)")
            } catch {
                #expect(error.problems.map(\.pointer) == [pointer])
            }
        }
    }

    static let pairs: [(Draft, Draft, Bool)] = [
        ((nil, nil), (nil, nil), true), ((10, nil), (nil, nil), true), ((nil, nil), (10, nil), false),
        ((10, nil), (10, nil), true), ((11, nil), (10, nil), false), ((9, nil), (10, nil), true),
        ((nil, ["image/png"]), (nil, ["image/*"]), true), ((nil, ["image/*"]), (nil, ["image/png"]), false),
        ((nil, nil), (nil, ["image/*"]), false), ((nil, ["*/*"]), (nil, ["image/*"]), false),
        ((nil, nil), (nil, ["*/*"]), false), ((nil, ["image/png", "text/html"]), (nil, ["image/*"]), false),
        ((nil, ["image/png", "text/html"]), (nil, ["text/*", "image/*"]), true),
        ((10, ["image/png"]), (9, ["image/*"]), false), ((9, ["image/png"]), (9, ["image/*"]), true),
    ]

    @Test("knows what is looser than a key's own", arguments: pairs)
    func compares(mine: Draft, theirs: Draft, expected: Bool) throws {
        let mine = try KeyConstraints(maximumFileBytes: mine.bytes, allowedTypes: mine.types)
        let theirs = try KeyConstraints(maximumFileBytes: theirs.bytes, allowedTypes: theirs.types)
        #expect(mine.isAtLeastAsTight(as: theirs) == expected)
        #expect(mine.isAtLeastAsTight(as: mine))
        #expect(KeyConstraints.none.inheriting(from: theirs) == theirs)
        #expect(mine.inheriting(from: .none) == mine)
    }
}
