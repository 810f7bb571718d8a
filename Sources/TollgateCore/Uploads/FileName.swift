/// Why a text cannot be the name of a file.
package enum FileNameProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case text(PlainTextProblem)
    case path

    package var description: String {
        switch self {
        case .text(let problem): problem.description
        case .path: "must be a file name, not a path"
        }
    }
}

/// The name of an uploaded file, as its user sees it: 1 to 255 characters (Unicode scalars), no control characters, no
/// path.
///
/// Safe in a header once it is encoded (RFC 6266, `filename*`), and as a name in a folder. It never becomes an object
/// key.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// - Throws: ``FileNameProblem`` for the first rule that the text breaks.
    package init(_ text: String) throws(FileNameProblem) {
        do throws(PlainTextProblem) { try PlainText.check(text) } catch { throw .text(error) }
        // Bytes, not characters: a slash with a combining mark after it is another character, but still a slash on
        // disk.
        let separators = text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        guard !separators, text != ".", text != ".." else { throw .path }
        rawValue = text
    }

    package var description: String { rawValue }

    /// What follows the last dot, in lower case, when it is fit for an object key.
    ///
    /// - Returns: nil when there is none, when the name only begins with a dot (`.profile`), or when what follows is no
    ///   extension but text (`Mr. Smith's photos`).
    package var fileExtension: FileExtension? {
        lastExtension.flatMap { FileExtension($0) }
    }

    /// What follows the last dot, as it is.
    var lastExtension: Substring? { suffix(after: lastDot(before: rawValue.utf8.endIndex)) }

    /// What follows the last dot but one, such as `tar.gz`, as it is.
    var lastTwoExtensions: Substring? {
        lastDot(before: rawValue.utf8.endIndex).flatMap { suffix(after: lastDot(before: $0)) }
    }

    private func suffix(after dot: String.Index?) -> Substring? {
        guard let dot else { return nil }
        return rawValue[rawValue.utf8.index(after: dot)...]
    }

    private func lastDot(before end: String.Index) -> String.Index? {
        let dot = rawValue.utf8[..<end].lastIndex(of: UInt8(ascii: "."))
        return dot == rawValue.utf8.startIndex ? nil : dot
    }
}
