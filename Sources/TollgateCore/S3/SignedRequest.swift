/// The parts of an HTTP request that a signature covers, as received.
package struct SignedRequest: Sendable {
    package var method: String
    /// Percent-encoded as on the wire, without the query.
    package var path: String
    /// Raw, without the "?".
    package var query: String
    /// In the order received, names in any case.
    package var headers: [PostForm.Field]

    package init(method: String, path: String, query: String, headers: [PostForm.Field]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }
}
