internal import Foundation
internal import Glibc

/// What identifies one version of a file.
struct FileStatus: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
    let links: UInt64
    let size: Int64
    let modified: FileTime
    let isRegular: Bool
    let isDirectory: Bool

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        size = Int64(status.st_size)
        modified = FileTime(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether both describe one file with one content.
    func isSameVersion(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode && size == other.size && modified == other.modified
    }
}

/// A time stamp of the file system, to the nanosecond where it keeps them.
struct FileTime: Sendable, Equatable {
    var seconds: Int
    var nanoseconds: Int

    /// The system's wall clock (clock_gettime(2), CLOCK_REALTIME).
    static func now() -> FileTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return FileTime(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    func advanced(byNanoseconds count: Int) -> FileTime {
        let sum = nanoseconds + count
        return FileTime(seconds: seconds + sum / 1_000_000_000, nanoseconds: sum % 1_000_000_000)
    }

    /// Whole nanoseconds since 1970 in decimal digits, made as text because far dates outgrow 64 bits.
    var decimalNanoseconds: String {
        let fraction = String(nanoseconds)
        return String(seconds) + String(repeating: "0", count: max(0, 9 - fraction.utf8.count)) + fraction
    }

    var date: Date {
        Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1_000_000_000)
    }
}
