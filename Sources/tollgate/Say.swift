import Foundation

/// Writes a line to standard output at once, also where that is a file or a pipe that somebody waits on.
func say(_ text: String, terminator: String = "\n") {
    FileHandle.standardOutput.write(Data((text + terminator).utf8))
}
