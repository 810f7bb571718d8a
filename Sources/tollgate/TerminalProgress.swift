import Foundation

/// What a command is at, on one line of standard error where that is a terminal; elsewhere nothing.
struct TerminalProgress: Sendable {
    private let isShown = isatty(FileHandle.standardError.fileDescriptor) == 1

    func show(_ text: String) {
        if isShown { write("\r\u{1B}[K\(text) ...") }
    }

    /// Makes room for a line of the command's answer.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
