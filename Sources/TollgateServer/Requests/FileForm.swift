import AsyncAlgorithms
import Hummingbird
import NIOCore
import ObjectStorage
import TollgateCore

/// A multipart/form-data body with one file, read as it arrives: the fields before the file first, then the file's
/// bytes, handed on no faster than they are taken, then the fields behind it.
struct FileForm {
    /// The fields so far, by name.
    private(set) var fields: [String: String]
    let file: MultipartFile
    /// The most that the file can have by the request's Content-Length; nil without one.
    let maximumBytes: Int64?

    /// The fields that a form may have, beside the file.
    private let known: Set<String>?
    private var reader: MultipartReader
    private var body: RequestBody.AsyncIterator

    /// Reads up to the file's first byte.
    ///
    /// `known` are the fields that the form may have, beside the file; nil lets any pass.
    /// - Throws: `MultipartError`; ``Problem`` 422 where the form has no file, an unknown field or one twice.
    init(_ request: Request, fields known: Set<String>?) async throws {
        let boundary = try MultipartBoundary(contentType: request.headers[.contentType])
        var reader = MultipartReader(
            boundary: boundary, limits: MultipartLimits(maximumFieldBytes: Request.maximumBodyBytes), trailer: .read)
        var body = request.body.makeAsyncIterator()
        var fields: [String: String] = [:]
        file = try await Self.readToFile(&reader, &body, &fields, known)
        let overhead = Int64(reader.overheadBytes + reader.closingByteCount)
        maximumBytes = request.headers[.contentLength].flatMap { Int64($0) }.map { max(0, $0 - overhead) }
        self.reader = reader
        self.body = body
        self.fields = fields
        self.known = known
    }

    /// Whether the file may have so few bytes, by what is known before it is read: what else of the body is announced
    /// can be fields behind the file, which have a length of their own.
    func fileMayHave(_ bytes: Int64) -> Bool {
        guard let maximumBytes, maximumBytes > bytes else { return true }
        return (Int64(reader.shortestFieldByteCount)...Int64(Request.maximumBodyBytes)).contains(maximumBytes - bytes)
    }

    private static func readToFile(
        _ reader: inout MultipartReader, _ body: inout RequestBody.AsyncIterator, _ fields: inout [String: String],
        _ known: Set<String>?
    ) async throws -> MultipartFile {
        while let event = try await next(&reader, &body) {
            switch event {
            case .field(let name, let value): try add(name, value, to: &fields, known)
            case .fileStart(let file): return file
            case .end: throw Self.problem("file", "is required")
            case .fileBytes, .fileEnd: throw MultipartError.malformed("a file's bytes stand outside of a file")
            }
        }
        throw MultipartError.truncated
    }

    /// Passes the file's bytes to `consume` and returns what it made of them, once the whole form has been read.
    ///
    /// - Parameters:
    ///   - maximumBytes: a longer file is refused as soon as it is seen to be longer.
    ///   - duration: a request that takes longer is given up.
    ///   - consume: takes the bytes to their end.
    /// - Returns: what `consume` returned.
    /// - Throws: `ObjectStorageError.tooLarge`; `MultipartError`, for a client that went away `truncated`; what
    ///   `consume` throws. In each case `consume` has ended, and it has never seen the end of the file.
    mutating func pass<Result: Sendable>(
        maximumBytes: Int64, within duration: Duration,
        to consume: @escaping @Sendable (FileBytes) async throws -> Result
    ) async throws -> Result {
        let channel = FileBytes()
        let consumer = Task {
            do {
                let result = try await consume(channel)
                channel.finish()
                return result
            } catch {
                // Whoever waits to hand over bytes must not wait for ever.
                channel.finish()
                throw error
            }
        }
        do {
            try await pump(into: channel, maximumBytes: maximumBytes, until: .now + duration)
        } catch {
            channel.fail(error)
            _ = await consumer.result
            throw error
        }
        return try await consumer.value
    }

    private mutating func pump(
        into channel: FileBytes, maximumBytes: Int64, until end: ContinuousClock.Instant
    ) async throws {
        var size: Int64 = 0
        while let event = try await Self.next(&reader, &body) {
            guard .now < end else { throw MultipartError.malformed("it took too long to arrive") }
            switch event {
            case .fileBytes(let bytes):
                size += Int64(bytes.readableBytes)
                if let bound = self.maximumBytes, size > bound {
                    throw MultipartError.malformed("a closing boundary and CR LF must follow the file")
                }
                guard size <= maximumBytes else { throw ObjectStorageError.tooLarge(maximumBytes: maximumBytes) }
                await channel.send(bytes)
            case .fileEnd:
                continue
            case .field(let name, let value):
                try Self.add(name, value, to: &fields, known)
            case .fileStart:
                throw Self.problem("file", "must be one file")
            case .end:
                channel.finish()
                return
            }
        }
        throw MultipartError.truncated
    }

    private static func add(
        _ name: String, _ value: String, to fields: inout [String: String], _ known: Set<String>?
    ) throws {
        if let known, !known.contains(name) { throw problem(name, "is not a field of this form") }
        guard fields.updateValue(value, forKey: name) == nil else { throw problem(name, "must be sent once") }
    }

    private static func problem(_ field: String, _ detail: String) -> Problem {
        .invalid([MemberProblem(pointer: "/" + MemberReader.escape(field), detail: detail)])
    }

    /// The next event; nil where the body ends before the form does.
    private static func next(
        _ reader: inout MultipartReader, _ body: inout RequestBody.AsyncIterator
    ) async throws -> MultipartEvent? {
        while true {
            if let event = try reader.next() { return event }
            guard let bytes = try await body.next() else { return nil }
            reader.feed(bytes)
        }
    }
}

/// A file's bytes on their way from the request to the store, one piece at a time.
typealias FileBytes = AsyncThrowingChannel<ByteBuffer, any Error>
