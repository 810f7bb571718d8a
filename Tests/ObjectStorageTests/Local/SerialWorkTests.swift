import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing
import TollgateCore

@testable import ObjectStorage

@Suite("Work in line", .timeLimit(.minutes(1)))
struct SerialWorkTests {
    private func withThreads(_ count: Int, _ body: (BlockingWork) async throws -> Void) async throws {
        let threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
        try await body(BlockingWork(threads: threads))
        try await threads.shutdownGracefully()
    }

    @Test("is done one after the other, in its order, whatever fails")
    func order() async throws {
        try await withThreads(4) { work in
            let line = SerialWork(work)
            let done = Mutex<[Int]>([])
            let started = (0..<100).map { number in
                line.start {
                    done.withLock { $0.append(number) }
                    if number % 3 == 0 { throw ObjectStorageError.unavailable(reason: "\(number)") }
                }
            }
            for (number, piece) in started.enumerated() {
                if number % 3 == 0 {
                    await #expect(throws: ObjectStorageError.unavailable(reason: "\(number)")) {
                        try await piece.value()
                    }
                } else {
                    try await piece.value()
                }
            }
            #expect(done.withLock { $0 } == Array(0..<100))
        }
    }

    @Test("lets others have their turn on the only thread")
    func fairness() async throws {
        try await withThreads(1) { work in
            let line = SerialWork(work)
            let gate = DispatchSemaphore(value: 0)
            let done = Mutex(0)
            let blocked = line.start { gate.wait() }
            let started = (0..<50).map { _ in line.start { done.withLock { $0 += 1 } } }
            let other = work.start { done.withLock { $0 } }
            gate.signal()
            #expect(try await other.value() == SerialWork.turn - 1, "the one that waited was of the same turn")
            try await blocked.value()
            for piece in started { try await piece.value() }
            #expect(done.withLock { $0 } == 50)
        }
    }

    @Test("of a closed store is refused")
    func closed() async throws {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        try await threads.shutdownGracefully()
        let piece = SerialWork(BlockingWork(threads: threads)).start { 1 }
        await #expect(throws: ObjectStorageError.self) { try await piece.value() }
    }

    @Test("an upload gives back its places, whole or not", arguments: [true, false])
    func uploadsPlaces(_ isWhole: Bool) async throws {
        let scratch = try await Scratch()
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        let work = BlockingWork(threads: threads, room: 2)
        var upload = try LocalUpload(
            Scratch.key("a/b"), ObjectAttributes(contentType: "text/plain"),
            tree: try LocalTree(directory: scratch.directory, bucket: "uploads"), work: work)
        for _ in 0..<20 { try await upload.write(ByteBuffer(repeating: 7, count: 300 << 10)) }
        if isWhole { #expect(try await upload.commit().size == 20 * 300 << 10) } else { try await upload.discard() }
        #expect([work.room.take(), work.room.take(), work.room.take()] == [true, true, false])
        try await threads.shutdownGracefully()
    }

    @Test("a place is there as often as it was given back")
    func room() {
        let room = BlockingWork.Room(2)
        #expect([room.take(), room.take(), room.take()] == [true, true, false])
        room.giveBack(1)
        #expect([room.take(), room.take()] == [true, false])
    }
}
