package import Foundation

/// What an upload token says: which key gave it, whose uploads it is for, and for how long. It is meant for a browser,
/// which is no place for a key.
package struct UploadToken: Hashable, Sendable {
    /// The public part of the key that gave it: the token ends with this key, whatever its own end is.
    package let key: APIKeyPublicID
    /// The only `uploaded_by` that it may start uploads for, and whose uploads it sees.
    package let uploadedBy: UploaderName
    /// What it narrows of its key's constraints; where it has none, the key's hold.
    package let constraints: KeyConstraints
    /// Whole seconds.
    package let expiresAt: Date

    /// How long a token may live, in seconds.
    package static let lifetimeSeconds: ClosedRange<Int64> = 1...86_400

    /// `expiresAt` is cut off to whole seconds, so that a token never outlives what was meant.
    package init(key: APIKeyPublicID, uploadedBy: UploaderName, constraints: KeyConstraints, expiresAt: Date) {
        self.key = key
        self.uploadedBy = uploadedBy
        self.constraints = constraints
        self.expiresAt = Date(timeIntervalSince1970: expiresAt.timeIntervalSince1970.rounded(.down))
    }
}

extension UploadToken {
    /// The token's content as JSON in UTF-8.
    var payload: [UInt8] {
        var json = JSONWriter(reservingCapacity: 256)
        json.object {
            $0.member("key", key.rawValue)
            $0.member("sub", uploadedBy.rawValue)
            $0.member("exp", Int64(expiresAt.timeIntervalSince1970))
            if let maximum = constraints.maximumFileBytes { $0.member("max_file_bytes", maximum) }
            if let types = constraints.allowedTypes { $0.array("allowed_types", of: types.map(\.description)) }
        }
        return json.bytes
    }

    /// Reads a content whose signature was verified; nil for what this program never signs.
    init?(payload: [UInt8]) {
        do {
            guard let json = try JSONParser.parse(payload).object,
                let key = json["key"]?.string.flatMap({ APIKeyPublicID($0) }),
                let uploader = json["sub"]?.string, let expiresAt = json["exp"]?.integer
            else { return nil }
            self.init(
                key: key, uploadedBy: try UploaderName(uploader),
                constraints: try KeyConstraints(
                    maximumFileBytes: json["max_file_bytes"]?.integer,
                    allowedTypes: json["allowed_types"]?.array.map { $0.compactMap(\.string) }),
                expiresAt: Date(timeIntervalSince1970: TimeInterval(expiresAt)))
        } catch {
            return nil
        }
    }
}
