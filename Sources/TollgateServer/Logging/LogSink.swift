import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where log lines go: a file descriptor that stays open as long as the process.
///
/// A line is one `write(2)`. The lock keeps lines apart where the kernel does not: POSIX promises that of pipes only up
/// to `PIPE_BUF` (4,096 bytes on Linux), and a write may be cut short. Source: POSIX, `write`.
/// A process that logs into a pipe ignores `SIGPIPE`, or a reader that goes away would end it.
package final class LogSink: Sendable {
    package static let standardOutput = LogSink(fileDescriptor: STDOUT_FILENO)
    package static let standardError = LogSink(fileDescriptor: STDERR_FILENO)

    private let fileDescriptor: Int32
    /// Guards the descriptor; its value counts the lines that were lost.
    private let writer = Mutex<UInt64>(0)

    /// - Parameter fileDescriptor: open for writing; the sink does not close it.
    package init(fileDescriptor: Int32) {
        self.fileDescriptor = fileDescriptor
    }

    /// How many lines could not be written, because the disk was full or the reader had gone.
    package var lostLineCount: UInt64 { writer.withLock { $0 } }

    /// Writes one whole line, its newline included.
    ///
    /// A log that cannot be written has nowhere to say so and must not stop the gateway: the line is counted as lost.
    func write(_ line: [UInt8]) {
        writer.withLock { lost in
            if !Self.writeAll(line, to: fileDescriptor) { lost += 1 }
        }
    }

    private static func writeAll(_ line: [UInt8], to fileDescriptor: Int32) -> Bool {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = systemWrite(fileDescriptor, UnsafeRawBufferPointer(rebasing: rest))
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    waitUntilWritable(fileDescriptor)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    private static func systemWrite(_ fileDescriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(fileDescriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(fileDescriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Darwin)
        Darwin.write(fileDescriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// Another process may have made the shared descriptor non-blocking.
    private static func waitUntilWritable(_ fileDescriptor: Int32) {
        var request = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
    }
}
