extension Unicode.Scalar {
    /// Whether the scalar shows itself and nothing else: not a control, and none of the invisible ones that turn the
    /// direction of what follows, by which a log line could be made to look like another.
    ///
    /// Source: Unicode Standard Annex 9, "Explicit Directional Embedding, Override and Isolate Formatting Characters".
    var isPrintable: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: false
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }

    /// The scalar as it may stand in a JSON string (RFC 8259, section 7): itself, or its escape; `asASCII` escapes as
    /// well what is not ASCII.
    func escaped(asASCII: Bool = false) -> String {
        switch self {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: isPrintable && (isASCII || !asASCII) ? String(self) : utf16Escapes
        }
    }

    /// The scalar itself, or its escape where it would not show.
    var escapedControl: String { isPrintable ? String(self) : utf16Escapes }

    private var utf16Escapes: String {
        UTF16.encode(self)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }
}
