import TollgateCore

/// What waits to be done for tenants, of whom none may have more than its share in work: a slow one holds up itself.
struct FairQueue<Work> {
    /// Pieces of work of one tenant that go on at a time.
    let share: Int
    private var waiting: [(tenant: TenantID, work: Work)] = []
    private var working: [TenantID: Int] = [:]

    init(share: Int) {
        self.share = share
    }

    /// Tenants with as much waiting as they can have in work: more of theirs would only wait longer.
    var saturated: [TenantID] {
        var counts: [TenantID: Int] = [:]
        for item in waiting { counts[item.tenant, default: 0] += 1 }
        return counts.filter { $0.value >= share }.map(\.key)
    }

    mutating func append(_ work: Work, of tenant: TenantID) {
        waiting.append((tenant, work))
    }

    /// The first piece of a tenant that has not its share in work; nil where there is none.
    mutating func next() -> (tenant: TenantID, work: Work)? {
        guard let index = waiting.firstIndex(where: { working[$0.tenant, default: 0] < share }) else { return nil }
        let item = waiting.remove(at: index)
        working[item.tenant, default: 0] += 1
        return item
    }

    /// A piece of work of this tenant has ended.
    mutating func end(_ tenant: TenantID) {
        guard let count = working[tenant] else { return }
        working[tenant] = count > 1 ? count - 1 : nil
    }
}
