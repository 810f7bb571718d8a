/// What a request says of its own signature, in order but not yet verified.
struct SignatureClaim: Sendable {
    let credential: Credential
    /// `20130524T000000Z`, as received.
    let date: String
    /// Names in lower case, in the order signed.
    let signedHeaders: [String]
    let signature: String
    /// The digest of the body, or the word for none.
    let payload: String

    /// `host;x-amz-date` as a list.
    static func headerNames(_ list: String) -> [String] {
        list.split(separator: ";").map { FormFields.lowercased(String($0)) }
    }
}

/// A request's headers, by names in lower case, values as a signature covers them.
struct RequestHeaders: Sendable {
    private let fields: [PostForm.Field]

    init(_ fields: [PostForm.Field]) {
        self.fields = fields.map { .init(name: FormFields.lowercased($0.name), value: Self.trimmed($0.value)) }
    }

    /// The header's values, in order, with commas in between; nil when it is not there.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }

    /// The headers that a signature must cover wherever they are sent, and does not.
    ///
    /// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header", CanonicalHeaders: the
    /// host and all `x-amz-*`. Without it a stranger could add `x-amz-*` headers to a request that another signed.
    func unsigned(besides signed: [String]) -> [String] {
        var names: [String] = []
        for field in fields where field.name == "host" || field.name.utf8.starts(with: "x-amz-".utf8) {
            if !signed.contains(field.name), !names.contains(field.name) { names.append(field.name) }
        }
        return names
    }

    /// Without spaces around it, and with one for every run of spaces in it.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
