/// One refusal in S3's own terms: what its XML error shows, and the HTTP status it travels with.
///
/// Source: Amazon S3 API Reference, "Error responses". It never holds a secret key; a signature that a client
/// sent stands in ``elements``, where S3 shows it, and must not be logged.
package struct S3Error: Error, Sendable, Equatable {
    /// The HTTP status, 403 for one.
    package let status: Int
    /// S3's own word, `AccessDenied` for one.
    package let code: String
    package let message: String
    /// Further XML elements, in order: `<ArgumentName>key</ArgumentName>`.
    package let elements: [Element]

    /// A further element of the XML answer: its name and its text, not yet escaped.
    package struct Element: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(status: Int, code: String, message: String, elements: [Element] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.elements = elements
    }

    /// The body of the answer, values escaped.
    ///
    /// Source: Amazon S3 API Reference, "REST error responses".
    package func xml(requestID: String) -> String {
        var document = XMLText()
        document.open("Error")
        document.element("Code", code)
        document.element("Message", message)
        for element in elements { document.element(element.name, element.value) }
        document.element("RequestId", requestID)
        // S3's second trace id names a host. One process has none to tell apart, so the first stands for both.
        document.element("HostId", requestID)
        document.close("Error")
        return document.text
    }
}

extension S3Error: CustomStringConvertible {
    /// Status and code alone: messages and elements repeat what a client sent, signatures included.
    package var description: String { "S3Error(\(status) \(code))" }
}
