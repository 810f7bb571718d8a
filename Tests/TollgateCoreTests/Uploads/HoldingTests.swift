import Foundation
import Testing

@testable import TollgateCore

@Suite("How long an upload holds its room")
struct HoldingTests {
    private static let holding = Holding(graceSeconds: 60, windowSeconds: 3_600)
    private static let expiresAt = Date(timeIntervalSince1970: 1_800_000_000)
    private static let endOfGrace = expiresAt + 60
    private static let endOfWindow = expiresAt + 3_660
    /// While the form lives, in the grace, in the window, after all of it.
    private static let moments = [expiresAt - 1, endOfGrace - 1, endOfWindow - 1, endOfWindow]

    private static func terms(_ bytes: Int64, _ objects: Int, _ look: Date?) -> [AnyHashable?] {
        [bytes, objects, look]
    }

    private static func terms(_ terms: Holding.Terms) -> [AnyHashable?] {
        self.terms(terms.reservedBytes, terms.reservedObjects, terms.nextLookAt)
    }

    @Test("pending: the most that the form allows, to the end of the window")
    func pending() {
        let terms = Self.holding.pending(allowedBytes: 1...100, expiresAt: Self.expiresAt)
        #expect(Self.terms(terms) == Self.terms(100, 1, Self.endOfWindow))
    }

    @Test("withdrawn: held to the end of the grace, looked at then and at the end of the window")
    func withdrawn() {
        let found = Self.moments.map { now in
            Self.terms(Self.holding.withdrawn(allowedBytes: 1...100, expiresAt: Self.expiresAt, at: now))
        }
        let held = Self.terms(100, 1, Self.endOfGrace)
        #expect(found == [held, held, Self.terms(0, 0, Self.endOfWindow), Self.terms(0, 0, nil)])
    }

    @Test("finished, size and checksum hold: nothing more, ever")
    func finishedImmutable() {
        for now in Self.moments {
            let terms = Self.holding.finished(
                storedBytes: 100, allowedBytes: 100...100, checksumDeclared: true, expiresAt: Self.expiresAt, at: now)
            #expect(Self.terms(terms) == Self.terms(0, 0, nil))
        }
    }

    @Test("finished, size declared: nothing held, one look at the end of the window")
    func finishedWithSize() {
        let found = Self.moments.map { now in
            Self.terms(
                Self.holding.finished(
                    storedBytes: 100, allowedBytes: 100...100, checksumDeclared: false, expiresAt: Self.expiresAt,
                    at: now))
        }
        let look = Self.terms(0, 0, Self.endOfWindow)
        #expect(found == [look, look, look, Self.terms(0, 0, nil)])
    }

    @Test("finished, nothing declared: the rest of the range to the end of the grace, then one more look")
    func finishedWithoutSize() {
        let found = Self.moments.map { now in
            Self.terms(
                Self.holding.finished(
                    storedBytes: 30, allowedBytes: 1...100, checksumDeclared: true, expiresAt: Self.expiresAt, at: now))
        }
        let held = Self.terms(70, 0, Self.endOfGrace)
        #expect(found == [held, held, Self.terms(0, 0, Self.endOfWindow), Self.terms(0, 0, nil)])
    }
}
