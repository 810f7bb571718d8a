import HTTPTypes
import Ledger
import Testing

@testable import TollgateServer

@Suite("Overload")
struct OverloadTests {
    @Test("a full queue is answered 503 with the seconds after which to come again")
    func fullQueue() throws {
        let problem = Problem(LedgerError.overloaded)
        #expect(problem.code.status.code == 503)
        let seconds = try #require(problem.headers[.retryAfter].flatMap { Int($0) })
        #expect(seconds >= 1)
    }
}
