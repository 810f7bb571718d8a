import Glibc
import Testing

@testable import Postgres

@Suite("Interrupt")
struct InterruptTests {
    private func isReadable(_ interrupt: Interrupt) -> Bool {
        var descriptor = pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    @Test("a request for a statement that has ended does nothing to the next")
    func late() throws {
        let interrupt = try Interrupt()
        let first = interrupt.begin()
        interrupt.end()
        let second = interrupt.begin()
        interrupt.cancel(first)
        #expect(interrupt.pending == nil)
        #expect(!isReadable(interrupt))
        interrupt.cancel(second)
        #expect(interrupt.pending == .cancelled)
        #expect(isReadable(interrupt))
    }

    @Test("the end of a statement clears its request, however often it was made")
    func cleared() throws {
        let interrupt = try Interrupt()
        for _ in 0..<3 {
            let statement = interrupt.begin()
            for _ in 0..<5 { interrupt.cancel(statement) }
            interrupt.end()
            #expect(interrupt.pending == nil)
            #expect(!isReadable(interrupt))
        }
    }

    @Test("closing outlasts every statement")
    func closed() throws {
        let interrupt = try Interrupt()
        interrupt.cancel(interrupt.begin())
        interrupt.close()
        interrupt.end()
        #expect(interrupt.pending == .closed)
        #expect(isReadable(interrupt))
    }
}
