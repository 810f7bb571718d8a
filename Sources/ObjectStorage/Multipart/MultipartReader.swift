package import NIOCore

/// Reads a multipart/form-data body piece by piece: a state machine that takes bytes and answers events. No I/O.
///
/// Feed it a piece, then take events until there are none; at the body's end call ``finish()``. It holds the bytes of
/// at most one field or header, and of the file none but a possible beginning of the boundary.
///
/// Source: RFC 7578; RFC 2046 section 5.1.1.
package struct MultipartReader: Sendable {
    /// What becomes of the parts behind the file.
    package enum Trailer: Sendable {
        /// They are skipped unread, as S3 does.
        case ignored
        /// They are fields like those in front of it.
        case read
    }

    private enum State {
        case preamble
        /// Behind a boundary, in the rest of its line.
        case boundaryLine
        case header
        case field(name: String)
        case file
        /// Behind the file, where its parts are ignored.
        case ignoredPart
        case epilogue
    }

    private let search: DelimiterSearch
    private let fileField: String
    private let limits: MultipartLimits
    private let trailer: Trailer
    private var state = State.preamble
    /// Bytes not yet consumed. It begins with a CR LF of its own, so that the first boundary is like the others.
    private var buffer = ByteBuffer(bytes: [0x0D, 0x0A])
    /// Where the search goes on: what lies before holds no boundary.
    private var searched = 0
    private var fieldCount = 0
    private var fileSeen = false

    /// Bytes consumed so far that are not the file's: at ``MultipartEvent/fileStart(_:)``, all that stood before it.
    package private(set) var overheadBytes = -2

    /// - Parameters:
    ///   - boundary: from the body's Content-Type.
    ///   - fileField: the name of the file's field, in any case.
    ///   - limits: what the form may cost.
    ///   - trailer: what becomes of the parts behind the file.
    package init(
        boundary: MultipartBoundary, fileField: String = "file", limits: MultipartLimits = .s3,
        trailer: Trailer = .ignored
    ) {
        search = DelimiterSearch(boundary)
        self.fileField = fileField.lowercased()
        self.limits = limits
        self.trailer = trailer
    }

    /// Length of the shortest possible end of a body behind the file's last byte, as clients write it:
    /// CR LF `--boundary--` CR LF.
    package var closingByteCount: Int { search.delimiter.count + 4 }

    /// Length of the shortest possible field: its boundary, its one header, no value.
    package var shortestFieldByteCount: Int {
        search.delimiter.count + "\r\nContent-Disposition:form-data;name=a\r\n\r\n".utf8.count
    }

    /// Adds the next bytes of the body.
    package mutating func feed(_ bytes: ByteBuffer) {
        if case .epilogue = state { return }
        guard buffer.readableBytes > 0 else {
            buffer = bytes
            return
        }
        // A buffer of its own: growing the old one would first copy it, as events still share its memory.
        var joined = ByteBuffer()
        joined.reserveCapacity(buffer.readableBytes + bytes.readableBytes)
        joined.writeImmutableBuffer(buffer)
        joined.writeImmutableBuffer(bytes)
        buffer = joined
    }

    /// The next event, or nil when more bytes are needed.
    package mutating func next() throws(MultipartError) -> MultipartEvent? {
        while true {
            let step: Step
            switch state {
            case .preamble: step = skip()
            case .boundaryLine: step = try boundaryLine()
            case .header: step = try header()
            case .field(let name): step = try field(name)
            case .file: step = file()
            case .ignoredPart: step = skip()
            case .epilogue: return nil
            }
            switch step {
            case .again: continue
            case .event(let event): return event
            case .starved:
                try checkOverhead(pending: isInFile ? 0 : buffer.readableBytes)
                return nil
            }
        }
    }

    /// Ends the body.
    /// - Throws: ``MultipartError/truncated`` when the closing boundary has not been read.
    package func finish() throws(MultipartError) {
        guard case .epilogue = state else { throw .truncated }
    }
}

extension MultipartReader {
    private enum Step {
        case again
        case event(MultipartEvent)
        case starved
    }

    private var isInFile: Bool {
        if case .file = state { true } else { false }
    }

    private var ignoresOverhead: Bool { fileSeen && trailer == .ignored }

    private func checkOverhead(pending: Int) throws(MultipartError) {
        guard !ignoresOverhead, overheadBytes + pending > limits.maximumFieldBytes else { return }
        if case .preamble = state { throw .malformed("its boundary does not come") }
        throw .fieldsTooLarge(maximumBytes: limits.maximumFieldBytes)
    }

    private mutating func consume(_ count: Int, ofFile: Bool = false) {
        buffer.moveReaderIndex(forwardBy: count)
        if !ofFile { overheadBytes += count }
        searched = 0
    }

    private mutating func findDelimiter() -> DelimiterSearch.Result {
        let result = buffer.withUnsafeReadableBytes { search.find(in: $0, from: searched) }
        switch result {
        case .found(let offset), .partial(let offset): searched = offset
        case .none: searched = buffer.readableBytes
        }
        return result
    }

    /// Preamble, or a part that nobody wants: everything up to the next boundary is dropped.
    private mutating func skip() -> Step {
        switch findDelimiter() {
        case .found(let offset):
            consume(offset + search.delimiter.count)
            state = .boundaryLine
            return .again
        case .partial(let offset):
            consume(offset)
        case .none:
            consume(buffer.readableBytes)
        }
        return .starved
    }

    /// `--` closes the body; else blanks ("transport padding") and CR LF.
    private mutating func boundaryLine() throws(MultipartError) -> Step {
        let bytes = buffer.readableBytesView
        if bytes.starts(with: "--".utf8) {
            consume(2)
            try checkOverhead(pending: 0)
            state = .epilogue
            buffer = ByteBuffer()
            return .event(.end)
        }
        if bytes.elementsEqual("-".utf8) { return .starved }
        let padding = bytes.prefix { $0 == 0x20 || $0 == 0x09 }.count
        let end = bytes.dropFirst(padding)
        if end.starts(with: [0x0D, 0x0A]) {
            consume(padding + 2)
            state = ignoresOverhead ? .ignoredPart : .header
            return .again
        }
        guard end.isEmpty || end.elementsEqual([0x0D]) else {
            throw .malformed("a boundary is followed by something else")
        }
        guard padding <= limits.maximumHeaderBytes else {
            throw .headersTooLarge(maximumBytes: limits.maximumHeaderBytes)
        }
        return .starved
    }

    private mutating func header() throws(MultipartError) -> Step {
        let bytes = buffer.readableBytesView
        if bytes.starts(with: [0x0D, 0x0A]) { throw .malformed("a part has no header") }
        let length = buffer.withUnsafeReadableBytes { Self.headerLength(in: $0, from: searched) }
        guard let length, length <= limits.maximumHeaderBytes else {
            guard length == nil, bytes.count <= limits.maximumHeaderBytes + 3 else {
                throw .headersTooLarge(maximumBytes: limits.maximumHeaderBytes)
            }
            searched = max(0, bytes.count - 3)
            return .starved
        }
        let part = try PartHeader(bytes.prefix(length))
        consume(length + 4)
        try checkOverhead(pending: 0)
        if part.name.lowercased() == fileField {
            fileSeen = true
            state = .file
            let file = MultipartFile(name: part.name, filename: part.filename, contentType: part.contentType)
            return .event(.fileStart(file))
        }
        fieldCount += 1
        guard fieldCount <= limits.maximumFields else { throw .tooManyFields(maximum: limits.maximumFields) }
        state = .field(name: part.name)
        return .again
    }

    /// Offset of CR LF CR LF, or nil.
    private static func headerLength(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start..<max(start, bytes.count - 3)).first { offset in
            bytes[offset] == 0x0D && bytes[offset + 1] == 0x0A && bytes[offset + 2] == 0x0D && bytes[offset + 3] == 0x0A
        }
    }

    private mutating func field(_ name: String) throws(MultipartError) -> Step {
        guard case .found(let offset) = findDelimiter() else { return .starved }
        guard let value = String(validating: buffer.readableBytesView.prefix(offset), as: UTF8.self) else {
            throw .malformed("a field is not UTF-8")
        }
        consume(offset + search.delimiter.count)
        try checkOverhead(pending: 0)
        state = .boundaryLine
        return .event(.field(name: name, value: value))
    }

    private mutating func file() -> Step {
        switch findDelimiter() {
        case .found(0):
            consume(search.delimiter.count)
            state = .boundaryLine
            return .event(.fileEnd)
        case .found(let count), .partial(let count):
            return fileBytes(count)
        case .none:
            return fileBytes(buffer.readableBytes)
        }
    }

    private mutating func fileBytes(_ count: Int) -> Step {
        guard count > 0, let slice = buffer.getSlice(at: buffer.readerIndex, length: count) else { return .starved }
        consume(count, ofFile: true)
        return .event(.fileBytes(slice))
    }
}
