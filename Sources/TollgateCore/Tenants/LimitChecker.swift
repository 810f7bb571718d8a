/// Gathers what is wrong with a set of limits.
struct LimitChecker {
    private(set) var problems: [MemberProblem] = []

    mutating func refuse(_ pointer: String, _ detail: String) {
        problems.append(MemberProblem(pointer: pointer, detail: detail))
    }

    /// nil is unlimited, and always in range.
    mutating func require(_ value: Int64?, in range: ClosedRange<Int64>, at pointer: String) {
        guard let value, !range.contains(value) else { return }
        let upper = range.upperBound == .max ? " or more" : " to \(range.upperBound)"
        refuse(pointer, "must be \(range.lowerBound)\(upper)")
    }

    mutating func choose<Choice: RawRepresentable<String> & CaseIterable>(
        _: Choice.Type, _ text: String, at pointer: String
    ) -> Choice? {
        if let choice = Choice(rawValue: text) { return choice }
        refuse(pointer, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        return nil
    }

    /// - Returns: nothing when an entry is wrong.
    mutating func patterns(_ texts: [String], at pointer: String) -> [MediaTypePattern] {
        do throws(InvalidMembers) {
            return try [MediaTypePattern](parsing: texts, at: pointer)
        } catch {
            problems += error.problems
            return []
        }
    }
}
