/// A set of media types: `image/png`, `image/*` or `*/*`. Parameters play no part in matching.
package enum MediaTypePattern: Hashable, Sendable, CustomStringConvertible {
    case anything
    /// Every subtype of a type, named in lower case.
    case anySubtype(of: String)
    /// One type, without parameters.
    case exactly(MediaType)

    /// - Throws: ``MediaTypeProblem`` when the text is neither of the three forms; parameters are refused.
    package init(_ text: String) throws(MediaTypeProblem) {
        guard text != "*/*" else {
            self = .anything
            return
        }
        // What stands before `/*` is judged by the rules of a whole media type.
        let parsed = try MediaType(text.hasSuffix("/*") ? text.dropLast(1) + "x" : text)
        guard parsed.parameters.isEmpty else { throw .parameter }
        self = text.hasSuffix("/*") ? .anySubtype(of: parsed.type) : .exactly(parsed)
    }

    package func matches(_ mediaType: MediaType) -> Bool {
        switch self {
        case .anything: true
        case .anySubtype(let type): mediaType.type == type
        case .exactly(let exact): mediaType.type == exact.type && mediaType.subtype == exact.subtype
        }
    }

    /// Whether every type that `other` matches is matched by this one too.
    package func covers(_ other: MediaTypePattern) -> Bool {
        switch (self, other) {
        case (.anything, _): true
        case (_, .anything): false
        case (.anySubtype(let type), .anySubtype(let otherType)): type == otherType
        case (.exactly, .anySubtype): false
        case (_, .exactly(let mediaType)): matches(mediaType)
        }
    }

    package var description: String {
        switch self {
        case .anything: "*/*"
        case .anySubtype(let type): "\(type)/*"
        case .exactly(let mediaType): mediaType.description
        }
    }
}

extension Array where Element == MediaTypePattern {
    /// Parses a list of patterns; repeated ones are kept once.
    ///
    /// - Throws: ``InvalidMembers`` with a pointer to each entry that is no pattern, or to the list when it is empty or
    ///   longer than 100: an empty list would forbid everything, which nobody means.
    init(parsing texts: [String], at pointer: String) throws(InvalidMembers) {
        var patterns: [MediaTypePattern] = []
        var problems: [MemberProblem] = []
        if !(1...100).contains(texts.count) {
            problems.append(MemberProblem(pointer: pointer, detail: "must have 1 to 100 entries"))
        }
        for (index, text) in texts.prefix(100).enumerated() {
            do throws(MediaTypeProblem) {
                let pattern = try MediaTypePattern(text)
                if !patterns.contains(pattern) { patterns.append(pattern) }
            } catch {
                problems.append(MemberProblem(pointer: "\(pointer)/\(index)", detail: "\(error)"))
            }
        }
        if let invalid = InvalidMembers(problems) { throw invalid }
        self = patterns
    }
}
