import Foundation
import TollgateCore

/// The body of `POST /v1/keys`.
struct NewKeyRequest {
    let name: APIKeyName
    let grant: KeyGrant

    /// - Throws: `InvalidMembers` that names every member that is wrong.
    init(_ object: JSONObject, at now: Date) throws(InvalidMembers) {
        var members = MemberReader(object)
        let name = members.keyName("name", required: true)
        let scopes = members.scopes("scopes")
        let expiresAt = members.time("expires_at")
        if let expiresAt, expiresAt <= now { members.refuse("expires_at", "must be in the future") }
        let constraints = members.constraints("constraints")
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
        guard let name else { throw InvalidMembers(MemberProblem(pointer: "/name", detail: "is required")) }
        self.name = name
        grant = KeyGrant(scopes: scopes, constraints: constraints, expiresAt: expiresAt)
    }
}

/// The body of `POST /v1/keys/{id}/rotate`.
struct RotateRequest {
    /// How long the old key still holds.
    let overlap: TimeInterval

    private static let range: ClosedRange<Int64> = 0...604_800

    /// - Throws: `InvalidMembers`.
    init(_ object: JSONObject) throws(InvalidMembers) {
        var members = MemberReader(object)
        let seconds = members.integer("overlap_seconds") ?? 0
        if !Self.range.contains(seconds) {
            members.refuse("overlap_seconds", "must be \(Self.range.lowerBound) to \(Self.range.upperBound)")
        }
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
        overlap = TimeInterval(seconds)
    }
}

/// The body of `POST /v1/tenants/{id}/keys`: at most a name.
struct RecoveryKeyRequest {
    /// nil: `admin`.
    let name: APIKeyName?

    /// - Throws: `InvalidMembers`.
    init(_ object: JSONObject) throws(InvalidMembers) {
        var members = MemberReader(object)
        name = members.keyName("name", required: false)
        members.refuseUnknown()
        if let invalid = InvalidMembers(members.problems) { throw invalid }
    }
}

extension MemberReader {
    fileprivate mutating func keyName(_ name: String, required: Bool) -> APIKeyName? {
        guard let text = string(name, required: required) else { return nil }
        do throws(PlainTextProblem) {
            return try APIKeyName(text)
        } catch {
            refuse(name, error)
            return nil
        }
    }

    fileprivate mutating func scopes(_ name: String) -> ScopeSet {
        guard let names = texts(name, required: true) else { return [] }
        if names.isEmpty { refuse(name, "must name at least one scope") }
        var scopes: ScopeSet = []
        for (index, text) in names.enumerated() {
            do throws(UnknownScope) {
                scopes.formUnion(try ScopeSet(names: [text]))
            } catch {
                refuse("\(name)/\(index)", error)
            }
        }
        return scopes
    }
}
