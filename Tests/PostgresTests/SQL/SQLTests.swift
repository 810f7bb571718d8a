import Testing

@testable import Postgres

@Suite("SQL")
struct SQLTests {
    @Test("binds what is interpolated, whatever it looks like")
    func binds() {
        let hostile = "'; DROP TABLE tenants; --"
        let statement: SQL = "SELECT \(hostile), \(7), \(Int32?.none) FROM t WHERE id = ANY(\([Int64(1)]))"
        #expect(statement.text == "SELECT $1, $2, $3 FROM t WHERE id = ANY($4)")
        #expect(statement.parameters.types == [25, 20, 23, 1016])
    }

    @Test(
        "doubles quotation marks in an identifier",
        arguments: [("plain", "\"plain\""), ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""), ("", "\"\"")])
    func identifiers(_ name: String, _ quoted: String) {
        let statement: SQL = "\(identifier: name)"
        #expect(statement.text == quoted)
        #expect(statement.parameters.count == 0)
    }

    @Test("renumbers the parameters of a statement inside another, and nothing that only looks like one")
    func nests() {
        let inner: SQL = "a = \(1) AND b = '$1' AND c IN (\(2), \(3))"
        let outer: SQL = "SELECT \("x") WHERE \(inner) OR \(inner) LIMIT \(4)"
        let expected = """
            SELECT $1 WHERE a = $2 AND b = '$1' AND c IN ($3, $4) \
            OR a = $5 AND b = '$1' AND c IN ($6, $7) LIMIT $8
            """
        #expect(outer.text == expected)
        #expect(outer.parameters.count == 8)
        let twice: SQL = "\(outer) UNION \(outer)"
        #expect(twice.text.hasSuffix("IN ($14, $15) LIMIT $16"))
    }

    @Test("keeps text beyond ASCII in its place when it renumbers")
    func unicode() {
        let inner: SQL = "é = \(1) AND 日本 = \(2)é"
        let outer: SQL = "\(0) \(inner)"
        #expect(outer.text == "$1 é = $2 AND 日本 = $3é")
    }

    @Test("joins parts with a separator between them")
    func joins() {
        #expect(SQL.joined([], separator: ", ").text == "")
        #expect(SQL.joined(["\(1)", "x", "\(2)"], separator: ", ").text == "$1, x, $2")
    }
}
