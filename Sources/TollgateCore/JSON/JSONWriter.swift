package import Foundation

/// Writes JSON into one growing buffer (RFC 8259), in the order of the calls and without a tree in between.
///
///     var json = JSONWriter()
///     json.object {
///         $0.member("id", id)
///         $0.object("quota") { $0.member("limit", nil as Int64?) }
///         $0.array("data") { list in
///             for upload in uploads { list.object { upload.write(to: &$0) } }
///         }
///     }
///     return json.bytes
///
/// The writer places commas and escapes; that names differ and that a list holds no named member is for the caller
/// to see to.
package struct JSONWriter: Sendable {
    /// What was written so far, in UTF-8.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(reservingCapacity capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// What was written so far, as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

// MARK: Values: the whole text, or elements of an array

extension JSONWriter {
    package mutating func object<Failure: Error>(
        _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array<Failure: Error>(
        _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    package mutating func value(_ text: String?) {
        guard let text else { return null() }
        beginValue()
        appendString(text)
    }

    package mutating func value(_ number: Int64?) {
        guard let number else { return null() }
        beginValue()
        bytes.append(contentsOf: number.description.utf8)
    }

    package mutating func value(_ number: Int?) {
        value(number.map(Int64.init))
    }

    package mutating func value(_ truth: Bool?) {
        guard let truth else { return null() }
        word(truth ? "true" : "false")
    }

    /// A time as the API writes it, RFC 3339 in UTC with milliseconds.
    package mutating func value(_ time: Date?) {
        value(time.map(RFC3339.format))
    }

    /// A value that was read before; numbers keep their literals.
    package mutating func value(_ json: JSONValue) {
        switch json {
        case .null: null()
        case .bool(let truth): value(truth)
        case .number(let literal): word(literal)
        case .string(let text): value(text)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let object): self.object { for member in object.members { $0.member(member.name, member.value) } }
        }
    }

    package mutating func null() { word("null") }

    private mutating func word(_ word: String) {
        beginValue()
        bytes.append(contentsOf: word.utf8)
    }
}

// MARK: Members of an object

extension JSONWriter {
    package mutating func object<Failure: Error>(
        _ name: String, _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginMember(name)
        try object(members)
    }

    package mutating func array<Failure: Error>(
        _ name: String, _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginMember(name)
        try array(elements)
    }

    /// A list of strings.
    package mutating func array(_ name: String, of texts: some Sequence<String>) {
        array(name) { for text in texts { $0.value(text) } }
    }

    package mutating func member(_ name: String, _ text: String?) {
        beginMember(name)
        value(text)
    }

    package mutating func member(_ name: String, _ number: Int64?) {
        beginMember(name)
        value(number)
    }

    package mutating func member(_ name: String, _ number: Int?) {
        beginMember(name)
        value(number)
    }

    package mutating func member(_ name: String, _ truth: Bool?) {
        beginMember(name)
        value(truth)
    }

    package mutating func member(_ name: String, _ time: Date?) {
        beginMember(name)
        value(time)
    }

    package mutating func member(_ name: String, _ json: JSONValue) {
        beginMember(name)
        value(json)
    }

    package mutating func null(_ name: String) {
        beginMember(name)
        null()
    }
}

// MARK: Bytes

extension JSONWriter {
    private mutating func open(_ mark: UInt8) {
        beginValue()
        bytes.append(mark)
        needsComma = false
    }

    private mutating func close(_ mark: UInt8) {
        bytes.append(mark)
        needsComma = true
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func beginMember(_ name: String) {
        beginValue()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func appendString(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var rest = utf8[...]
            while let index = rest.firstIndex(where: JSONEscape.isNeeded) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<index]))
                JSONEscape.append(rest[index], to: &bytes)
                rest = rest[(index + 1)...]
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: rest))
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
