/// What the store answers to a form that it has kept.
///
/// Source: Amazon S3 API Reference, "POST Object", "Response elements", and "Creating an HTML form",
/// success_action_redirect and success_action_status.
package struct PostAnswer: Sendable, Equatable {
    package let status: Int
    /// Location, ETag and, with a body, Content-Type.
    package let headers: [PostForm.Field]
    /// XML, or empty.
    package let body: String
}

extension PostGrant {
    /// The answer once the file is stored.
    ///
    /// - Parameters:
    ///   - location: the object's absolute URL.
    ///   - bucket: the bucket's name.
    ///   - etag: the object's ETag with its quotation marks.
    /// - Returns: status, headers and body as the form wants its success told.
    package func answer(location: String, bucket: String, etag: String) -> PostAnswer {
        let told = [PostForm.Field(name: "Location", value: location), .init(name: "ETag", value: etag)]
        switch success {
        case .noContent: return PostAnswer(status: 204, headers: told, body: "")
        case .ok: return PostAnswer(status: 200, headers: told, body: "")
        case .created:
            var document = XMLText()
            document.open("PostResponse")
            document.element("Location", location)
            document.element("Bucket", bucket)
            document.element("Key", key.rawValue)
            document.element("ETag", etag)
            document.close("PostResponse")
            let headers = told + [PostForm.Field(name: "Content-Type", value: "application/xml")]
            return PostAnswer(status: 201, headers: headers, body: document.text)
        case .redirect(let url):
            let target = RedirectURL.appending(
                [
                    .init(name: "bucket", value: bucket), .init(name: "key", value: key.rawValue),
                    .init(name: "etag", value: etag),
                ], to: url)
            return PostAnswer(
                status: 303, headers: [.init(name: "Location", value: target), .init(name: "ETag", value: etag)],
                body: "")
        }
    }
}
