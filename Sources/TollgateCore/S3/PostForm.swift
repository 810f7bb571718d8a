/// A browser form's fields before the file, in the order received, and the file part's filename.
///
/// Source: Amazon S3 API Reference, "Creating an HTML form" (sigv4-HTTPPOSTForms).
package struct PostForm: Sendable, Equatable {
    package var fields: [Field]
    /// nil: the file part had no filename parameter.
    package var filename: String?

    /// One field: its name as sent, in whatever case, and its value.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(fields: [Field], filename: String?) {
        self.fields = fields
        self.filename = filename
    }
}
