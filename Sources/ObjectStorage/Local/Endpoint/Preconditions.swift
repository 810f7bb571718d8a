internal import Foundation
internal import TollgateCore

/// The conditions of a GET or HEAD on the object's present state.
///
/// Source: RFC 9110 section 13.1 and, for their precedence, section 13.2.2.
struct Preconditions {
    var ifMatch: String?
    var ifNoneMatch: String?
    var ifModifiedSince: String?
    var ifUnmodifiedSince: String?
    var ifRange: String?

    enum Outcome: Equatable {
        case proceed
        case notModified
        /// The header that did not hold.
        case failed(String)
    }

    func evaluate(_ object: StoredObject) -> Outcome {
        // HTTP's dates have whole seconds.
        let modified = object.lastModified.timeIntervalSince1970.rounded(.down)
        if let ifMatch {
            guard Self.tags(ifMatch, contain: object.etag, weakly: false) else { return .failed("If-Match") }
        } else if let date = Self.seconds(ifUnmodifiedSince), modified > date {
            return .failed("If-Unmodified-Since")
        }
        if let ifNoneMatch {
            if Self.tags(ifNoneMatch, contain: object.etag, weakly: true) { return .notModified }
        } else if let date = Self.seconds(ifModifiedSince), modified <= date {
            return .notModified
        }
        return .proceed
    }

    /// Whether a Range header counts (RFC 9110 section 13.1.5).
    func allowsRange(_ object: StoredObject) -> Bool {
        guard let ifRange else { return true }
        if let date = Self.seconds(ifRange) {
            return date == object.lastModified.timeIntervalSince1970.rounded(.down)
        }
        return Self.tags(ifRange, contain: object.etag, weakly: false)
    }

    private static func seconds(_ header: String?) -> Double? {
        header.flatMap { HTTPDate.parse($0) }?.timeIntervalSince1970
    }

    /// S3 takes an entity tag without its quotation marks too.
    private static func tags(_ list: String, contain etag: String, weakly: Bool) -> Bool {
        list.split(separator: ",").contains { entry in
            var tag = String(entry).trimmingBlanks()
            if tag == "*" { return true }
            if tag.hasPrefix("W/") {
                guard weakly else { return false }
                tag.removeFirst(2)
            }
            return tag == etag || tag == "\"\(etag)\""
        }
    }
}
