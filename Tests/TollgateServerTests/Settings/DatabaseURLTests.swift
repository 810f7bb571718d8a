import Testing

@testable import TollgateServer

@Suite("DatabaseURL")
struct DatabaseURLTests {
    @Test(
        "is refused where a piece of a password could be taken for something else",
        arguments: [
            "", "postgresql://", "hunter2", "http://a/b", "postgresql:hunter2", "POSTGRESQL://a/b",
            "postgresql://u:hun@ter2@h/d", "postgresql://u:hun/ter2@h/d", "postgresql://u:hun?ter2@h/d",
            "postgresql://u:hunter2", "postgresql://u:1@h:hunter2/d", "postgresql://u@h/d?user=a@hunter2",
            "postgresql://u:p@h/d e", "postgresql://u:p@h/d\n",
        ])
    func refused(_ text: String) {
        #expect(DatabaseURL(text) == nil)
    }

    @Test(
        "is shown without passwords",
        arguments: [
            ("postgresql://h/d", "postgresql://h/d"), ("postgres://h", "postgresql://h"),
            ("postgresql://u@h/d", "postgresql://u@h/d"),
            ("postgresql://u:hunter2@h:5432/d", "postgresql://u:(hidden)@h:5432/d"),
            ("postgresql://u:hun:ter2@h/d", "postgresql://u:(hidden)@h/d"),
            ("postgresql://:hunter2@h/d", "postgresql://:(hidden)@h/d"),
            (
                "postgresql://u:hunter2@a:1,[::1]:2/d?sslmode=require",
                "postgresql://u:(hidden)@a:1,[::1]:2/d?sslmode=require"
            ),
            ("postgresql:///d?host=/run/pg&port=5433&user=x", "postgresql:///d?host=/run/pg&port=5433&user=x"),
            ("postgresql://%2Frun%2Fpg/d", "postgresql://%2Frun%2Fpg/d"),
            ("postgresql://h/d?password=hunter2&port=1", "postgresql://h/d?password=(hidden)&port=1"),
            ("postgresql://h/d?%70assword=hunter2", "postgresql://h/d?%70assword=(hidden)"),
        ])
    func shown(_ text: String, _ expected: String) throws {
        let url = try #require(DatabaseURL(text))
        #expect(url.description == expected)
        #expect(url.connectionString == text)
        #expect(printings(of: url).allSatisfy { !$0.contains("hunter2") })
    }
}
