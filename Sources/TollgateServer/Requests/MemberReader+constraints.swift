import TollgateCore

extension MemberReader {
    /// A member `{"max_file_bytes"?, "allowed_types"?}`: what a key or a token narrows. Nothing where it is absent, or
    /// wrong: then its problems are recorded.
    mutating func constraints(_ name: String) -> KeyConstraints {
        guard let object = object(name) else { return .none }
        var members = MemberReader(object, path: "/\(name)")
        let bytes = members.integer("max_file_bytes")
        let types = members.texts("allowed_types")
        members.refuseUnknown()
        add(members.problems)
        do throws(InvalidMembers) {
            return try KeyConstraints(maximumFileBytes: bytes, allowedTypes: types)
        } catch {
            add(error.under("/\(name)").problems)
            return .none
        }
    }
}
