/// A file of AWS's tools, as sections of named values.
///
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files: Format of the config file".
/// Names of values count in any case. A section or value given twice is merged, the later value wins. `#` and `;`
/// begin a comment at a line's beginning and behind white space. Indented lines belong to the value above them.
struct INIFile: Sendable, Equatable {
    /// By the text between the brackets, white space in it made single spaces, quotes taken off.
    private(set) var sections: [String: [String: String]] = [:]

    /// - Parameters:
    ///   - bytes: the file's content.
    ///   - path: for errors.
    /// - Throws: the first line that cannot be read. Its text is not shown: it may hold a secret.
    init(_ bytes: [UInt8], path: String) throws(INIError) {
        var section: String?
        var property: String?
        var number = 0
        for raw in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var bytes = raw
            if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw INIError(path: path, line: number, .invalidUTF8)
            }
            let text = line.trimmed
            if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                guard let section, let property else {
                    throw INIError(path: path, line: number, .unexpectedIndentation)
                }
                sections[section]?[property]?.append("\n\(text)")
            } else if text.hasPrefix("[") {
                guard let name = Self.sectionName(text) else {
                    throw INIError(path: path, line: number, .malformedSection)
                }
                section = name
                property = nil
                if sections[name] == nil { sections[name] = [:] }
            } else {
                guard let section else { throw INIError(path: path, line: number, .valueOutsideSection) }
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = parts[0].trimmed.lowercased()
                guard parts.count == 2, !name.isEmpty else {
                    throw INIError(path: path, line: number, .missingEqualsSign)
                }
                sections[section]?[name] = Self.withoutComment(parts[1])
                property = name
            }
        }
    }

    private static func sectionName(_ text: Substring) -> String? {
        guard let end = text.firstIndex(of: "]") else { return nil }
        let rest = text[text.index(after: end)...].trimmed
        guard rest.isEmpty || rest.hasPrefix("#") || rest.hasPrefix(";") else { return nil }
        var name = text[text.index(after: text.startIndex)..<end].trimmed
        guard !name.isEmpty else { return nil }
        var kind: Substring = ""
        if let space = name.firstIndex(where: { $0 == " " || $0 == "\t" }) {
            kind = name[..<space]
            name = name[space...].trimmed
        }
        if name.count >= 2, let quote = name.first, quote == "\"" || quote == "'", name.last == quote {
            name = name.dropFirst().dropLast()
        }
        return kind.isEmpty ? String(name) : "\(kind) \(name)"
    }

    private static func withoutComment(_ value: Substring) -> String {
        var previous: Character = " "
        var end = value.endIndex
        for index in value.indices {
            let character = value[index]
            if character == "#" || character == ";", previous == " " || previous == "\t" {
                end = index
                break
            }
            previous = character
        }
        return String(value[..<end].trimmed)
    }
}

/// A line of a file that cannot be read.
package struct INIError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case invalidUTF8 = "not UTF-8"
        case unexpectedIndentation = "indented, but there is no value above that it could belong to"
        case malformedSection = "a section must be written [name]"
        case valueOutsideSection = "a value before the first section"
        case missingEqualsSign = "neither a section nor a value of the form name = value"
    }

    package let path: String
    /// Counted from 1.
    package let line: Int
    package let reason: Reason

    init(path: String, line: Int, _ reason: Reason) {
        self.path = path
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(path), line \(line): \(reason.rawValue)" }
}

extension StringProtocol where SubSequence == Substring {
    /// Without blanks, tabs and carriage returns at both ends.
    fileprivate var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let head = drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return head[head.endIndex...] }
        return head[...last]
    }
}
