import Foundation
import Testing
import TollgateCore

@testable import TollgateServer

@Suite("Work of many tenants")
struct FairQueueTests {
    private let slow = TenantID(UUID())
    private let quick = TenantID(UUID())

    /// Takes what may be begun.
    private func begin(_ queue: inout FairQueue<Int>) -> [Int] {
        var begun: [Int] = []
        while let (_, work) = queue.next() { begun.append(work) }
        return begun
    }

    @Test("a tenant with much to do holds up nobody else")
    func share() {
        var queue = FairQueue<Int>(share: 2)
        for number in 1...5 { queue.append(number, of: slow) }
        queue.append(6, of: quick)
        let first = begin(&queue)
        #expect(first == [1, 2, 6])
        queue.end(quick)
        let afterQuick = begin(&queue)
        #expect(afterQuick == [])
        queue.end(slow)
        let afterSlow = begin(&queue)
        #expect(afterSlow == [3])
    }

    @Test("no more is asked for of a tenant whose share waits already")
    func saturated() {
        var queue = FairQueue<Int>(share: 2)
        queue.append(1, of: slow)
        queue.append(2, of: quick)
        #expect(queue.saturated == [])
        queue.append(3, of: slow)
        #expect(queue.saturated == [slow])
        let begun = begin(&queue)
        #expect(begun == [1, 2, 3])
        #expect(queue.saturated == [])
    }
}
