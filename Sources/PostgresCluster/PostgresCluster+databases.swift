extension PostgresCluster {
    /// Makes a database, unless there is one of that name.
    ///
    /// - Parameters:
    ///   - name: any name of 1 to 63 bytes.
    ///   - template: the database to copy; nobody may be connected to it meanwhile.
    /// - Returns: whether it was made now.
    /// - Throws: ``PostgresClusterError``.
    @discardableResult
    package func createDatabase(_ name: String, template: String? = nil) async throws -> Bool {
        let name = try DatabaseName(name)
        let template = try template.map { try DatabaseName($0) }
        return try await blocking { _ in
            let made = try self.execute(
                #"""
                SELECT format('CREATE DATABASE %I TEMPLATE %I', :'name', :'template')
                WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name')
                \gexec
                """#, variables: ["name": name.text, "template": template?.text ?? "template1"])
            return made.contains("CREATE DATABASE")
        }
    }

    /// Deletes a database, and cuts off who is connected to it; it is no matter when there is none.
    ///
    /// - Throws: ``PostgresClusterError``.
    package func dropDatabase(_ name: String) async throws {
        let name = try DatabaseName(name)
        try await blocking { _ in
            _ = try self.execute(
                #"DROP DATABASE IF EXISTS :"name" WITH (FORCE)"#, variables: ["name": name.text])
        }
    }
}
