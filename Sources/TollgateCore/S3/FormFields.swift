/// The fields of one form by name, each at most once.
///
/// Names are compared without regard to the case of ASCII letters, values always byte by byte: `==` of strings would
/// take different bytes for the same letter, and so another key for the signed one.
struct FormFields: Sendable {
    /// Names in lower case, in the order received.
    private(set) var fields: [PostForm.Field]

    /// - Throws: the refusal of a field that is there twice. Which of two values is meant nobody can tell, and a
    ///   policy that judged one while the store used the other would guard nothing.
    init(_ form: PostForm) throws(S3Error) {
        fields = []
        fields.reserveCapacity(form.fields.count)
        for field in form.fields {
            let name = Self.lowercased(field.name)
            guard self[name] == nil else { throw .repeatedField(name) }
            fields.append(PostForm.Field(name: name, value: field.value))
        }
    }

    /// - Parameter name: in lower case.
    subscript(name: String) -> String? {
        for field in fields where field.name.hasSameBytes(as: name) { return field.value }
        return nil
    }

    /// The same fields with `${filename}` replaced in every value by the file's name without its folders.
    ///
    /// Source: Amazon S3 API Reference, "Creating an HTML form", key. Without a filename the text stays as it is.
    func expanded(filename: String?) -> FormFields {
        guard let filename else { return self }
        let separator = filename.utf8.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
        let name = filename[(separator.map(filename.utf8.index(after:)) ?? filename.startIndex)...].utf8
        var copy = self
        copy.fields = fields.map { field in
            PostForm.Field(name: field.name, value: Self.replacing(in: field.value, with: name))
        }
        return copy
    }

    private static let placeholder = Array("${filename}".utf8)

    private static func replacing(in value: String, with name: Substring.UTF8View) -> String {
        // Most values hold no dollar sign at all, and those are copied no further.
        guard value.utf8.contains(placeholder[0]) else { return value }
        let written = Array(value.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < written.count {
            if written[index] == placeholder[0], written[index...].starts(with: placeholder) {
                result.append(contentsOf: name)
                index += placeholder.count
            } else {
                result.append(written[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// ASCII letters alone: field names are ASCII wherever they mean something to S3.
    static func lowercased(_ name: String) -> String {
        guard name.utf8.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else { return name }
        let bytes = name.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }
}
