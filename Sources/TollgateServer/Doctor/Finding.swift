/// What one check of `tollgate doctor` found.
package struct Finding: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case ok
        case failed = "FAIL"
        /// Nothing to look at, or nothing that can be seen before something else is put right.
        case skipped = "skip"
    }

    package let check: String
    package let verdict: Verdict
    package let seen: String
    /// What to do about it; there where it failed.
    package let advice: String?

    static func ok(_ check: String, _ seen: String) -> Finding {
        Finding(check: check, verdict: .ok, seen: seen, advice: nil)
    }

    static func failed(_ check: String, _ seen: String, advice: String) -> Finding {
        Finding(check: check, verdict: .failed, seen: seen, advice: advice)
    }

    static func skipped(_ check: String, _ reason: String) -> Finding {
        Finding(check: check, verdict: .skipped, seen: reason, advice: nil)
    }
}

extension [Finding] {
    package var holdsFailure: Bool { contains { $0.verdict == .failed } }

    /// A line each: the verdict, the check, what was seen and what to do.
    package var text: String {
        let width = map(\.check.count).max() ?? 0
        return map { finding in
            let verdict = Self.pad(finding.verdict.rawValue, to: 4)
            let advice = finding.advice.map { "; \($0)" } ?? ""
            return Self.line("\(verdict)  \(Self.pad(finding.check, to: width))  ", finding.seen + advice)
        }.joined(separator: "\n")
    }

    /// What libraries and stores say may have lines of its own, or what moves a terminal's cursor.
    private static func line(_ start: String, _ text: String) -> String {
        let words = text.split { $0.unicodeScalars.contains { $0.value < 0x21 || (0x7F..<0xA0).contains($0.value) } }
        return start + words.joined(separator: " ")
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: Swift.max(0, width - text.count))
    }
}
