import Foundation
import Testing

@testable import TollgateCore

struct KeyGrantTests {
    static let end = Date(timeIntervalSince1970: 1_795_000_000)

    static func grant(
        _ scopes: ScopeSet = .uploadsRead, bytes: Int64? = nil, types: [String]? = nil, until expiresAt: Date? = nil
    ) throws -> KeyGrant {
        KeyGrant(
            scopes: scopes, constraints: try KeyConstraints(maximumFileBytes: bytes, allowedTypes: types),
            expiresAt: expiresAt)
    }

    @Test("a key gives what it has, exactly")
    func givesItsOwn() throws {
        let own = try Self.grant(.tenantAdmin, bytes: 10, types: ["image/*"], until: Self.end)
        #expect(own.excess(over: own).isEmpty)
        let nothing = try Self.grant(.tenantAdmin)
        #expect(nothing.inheriting(from: own) == own)
        #expect(nothing.excess(over: nothing).isEmpty)
        #expect(own.excess(over: nothing).isEmpty)
    }

    @Test("all that goes beyond is named, each by its member")
    func namesExcess() throws {
        let own = try Self.grant([.keysManage, .uploadsRead], bytes: 10, types: ["image/*"], until: Self.end)
        let wanted = try Self.grant(
            [.uploadsRead, .uploadsWrite], bytes: 11, types: ["image/png", "text/plain"],
            until: Self.end.addingTimeInterval(1))
        let everything = ["/scopes", "/constraints/max_file_bytes", "/constraints/allowed_types", "/expires_at"]
        #expect(wanted.excess(over: own).map(\.pointer) == everything)
        // What says nothing of a constraint has none.
        #expect(try Self.grant(.uploadsRead).excess(over: own).map(\.pointer) == Array(everything.dropFirst()))
    }

    @Test("what is said goes before what is inherited")
    func inherits() throws {
        let own = try Self.grant(.tenantAdmin, bytes: 10, types: ["image/*"], until: Self.end)
        let wanted = try Self.grant(bytes: 5, types: ["image/png"], until: Self.end.addingTimeInterval(-1))
        #expect(wanted.inheriting(from: own) == wanted)
    }

    @Test("a tenant's admin cannot make an operator")
    func noOperator() throws {
        let excess = try Self.grant(.platformOperator).excess(over: Self.grant(.tenantAdmin))
        #expect(excess.map(\.pointer) == ["/scopes"])
    }
}
