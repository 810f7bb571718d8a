import Testing

@testable import Postgres

@Suite("StatementCache")
struct StatementCacheTests {
    private func key(_ text: String) -> StatementCache.Key { StatementCache.Key(text: text, types: [20]) }

    @Test("the least recently used statement gives way")
    func evictsOldest() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.evictIfFull() == nil)
        _ = cache.insert(key("a"), name: "1")
        _ = cache.insert(key("b"), name: "2")
        #expect(cache.find(key("a"))?.name == "1")
        #expect(cache.evictIfFull() == "2")
        _ = cache.insert(key("c"), name: "3")
        #expect(cache.find(key("b")) == nil)
        #expect(cache.find(key("a"))?.name == "1")
        #expect(cache.count == 2)
    }

    @Test("the same text with other types is not found")
    func types() {
        var cache = StatementCache(capacity: 2)
        _ = cache.insert(key("a"), name: "1")
        #expect(cache.find(StatementCache.Key(text: "a", types: [25])) == nil)
    }

    @Test("a statement is worn after as many executions as a plan may have, until it is prepared anew")
    func wears() {
        var cache = StatementCache(capacity: 2, executionsPerPlan: 3)
        for name in ["1", "2"] {
            #expect(!cache.insert(key("a"), name: name).isWorn)
            #expect((2...5).map { _ in cache.find(key("a"))?.isWorn } == [false, false, true, true])
            #expect(cache.find(key("a"))?.name == name)
        }
    }

    @Test("no name is given twice")
    func names() {
        var cache = StatementCache(capacity: 1)
        #expect(Set((0..<100).map { _ in cache.nextName() }).count == 100)
    }
}
