import Foundation
import Synchronization
import TollgateCore

/// New upload ids, increasing over the whole process.
final class UploadIDs: Sendable {
    private let sequence = Mutex(UUIDv7Sequence())

    func next(at now: Date) -> UploadID {
        var random = SystemRandomNumberGenerator()
        return UploadID(sequence.withLock { $0.next(now: now, using: &random) })
    }
}
