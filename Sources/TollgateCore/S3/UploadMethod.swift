/// How clients bring a file to the store themselves.
package enum UploadMethod: String, Sendable, CaseIterable {
    /// A form with a policy: it may leave a range of sizes.
    case post
    /// A presigned PUT, for stores that know no POST policies: it is signed for one size.
    case put

    /// Whether a permission can be signed for one known size only.
    package var requiresDeclaredSize: Bool { self == .put }
}
