import Testing

@testable import Postgres

@Suite("SafeMessage")
struct SafeMessageTests {
    @Test(
        "keeps nothing of messages that carry values",
        arguments: ["22P02", "22001", "23505", "23514", "P0001", "XX000", ""])
    func dropped(_ state: String) {
        #expect(SafeMessage.kept(of: "invalid: secret", for: SQLState(rawValue: state)) == nil)
    }

    @Test(
        "takes out all from the first quotation mark to the last",
        arguments: [
            ("relation \"secret\" does not exist", "relation \"…\" does not exist"),
            ("syntax error in tsquery: \"a \" secret \" b\"", "syntax error in tsquery: \"…\""),
            ("Relation »secret« existiert nicht", "Relation \"…\" existiert nicht"),
            ("la relation « secret » n'existe pas", "la relation \"…\"existe pas"),
            ("deadlock detected", "deadlock detected"), ("open \"secret", "open \"…\""),
        ])
    func stripped(_ message: String, _ expected: String) {
        #expect(SafeMessage.kept(of: message, for: .undefinedTable) == expected)
    }
}
