/// The Range header of a request.
///
/// Source: RFC 9110 section 14.1.2, 14.2; Amazon S3 API Reference, "GetObject" (one range a request).
enum ByteRange: Equatable {
    /// No range, or none that is understood: the whole object.
    case whole
    case part(Range<Int64>)
    /// Nothing of the object lies in it.
    case unsatisfiable

    /// Several ranges in one header are answered with the whole object, as RFC 9110 allows.
    init(_ header: String?, size: Int64) {
        guard let header, let equals = header.firstIndex(of: "="),
            header[..<equals].lowercased() == "bytes"
        else {
            self = .whole
            return
        }
        let bounds = String(header[header.index(after: equals)...]).trimmingBlanks()
            .split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            self = .whole
            return
        }
        switch (Self.number(bounds[0]), Self.number(bounds[1])) {
        case (nil, nil): self = .whole
        case (nil, let suffix?):
            self = suffix == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - suffix)..<size)
        case (let first?, nil):
            self = first >= size ? .unsatisfiable : .part(first..<size)
        case (let first?, let last?):
            if last < first {
                self = .whole
            } else {
                self = first >= size ? .unsatisfiable : .part(first..<(min(last, size - 1) + 1))
            }
        }
    }

    /// Numbers beyond 64 bits are beyond every object too.
    private static func number(_ digits: Substring) -> Int64? {
        digits.isEmpty ? nil : Int64(digits) ?? .max
    }
}
