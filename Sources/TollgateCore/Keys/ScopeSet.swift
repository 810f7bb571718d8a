/// A set of scopes in one byte.
package struct ScopeSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let uploadsWrite = ScopeSet(.uploadsWrite)
    package static let uploadsRead = ScopeSet(.uploadsRead)
    package static let uploadsDelete = ScopeSet(.uploadsDelete)
    package static let usageRead = ScopeSet(.usageRead)
    package static let keysManage = ScopeSet(.keysManage)
    package static let platformOperator = ScopeSet(.platformOperator)

    /// All that a tenant's admin can do.
    package static let tenantAdmin: ScopeSet = [.uploadsWrite, .uploadsRead, .uploadsDelete, .usageRead, .keysManage]

    package init(_ scope: Scope) {
        rawValue =
            switch scope {
            case .uploadsWrite: 1 << 0
            case .uploadsRead: 1 << 1
            case .uploadsDelete: 1 << 2
            case .usageRead: 1 << 3
            case .keysManage: 1 << 4
            case .platformOperator: 1 << 5
            }
    }

    /// - Throws: ``UnknownScope`` for the first name that is none.
    package init(names: some Sequence<String>) throws(UnknownScope) {
        self = []
        for (index, name) in names.enumerated() {
            guard let scope = Scope(rawValue: name) else { throw UnknownScope(index: index) }
            insert(ScopeSet(scope))
        }
    }

    package func contains(_ scope: Scope) -> Bool { isSuperset(of: ScopeSet(scope)) }

    /// In the order of ``Scope``.
    package var scopes: [Scope] { Scope.allCases.filter(contains) }

    /// In the order of ``Scope``.
    package var names: [String] { scopes.map(\.rawValue) }
}

/// A name in a list of scopes that is no scope.
package struct UnknownScope: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its place in the list, from 0.
    package let index: Int

    package var description: String {
        "a scope must be one of " + Scope.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
