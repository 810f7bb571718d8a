internal import Foundation
internal import OpenSSL
internal import TollgateCore

/// The attributes file of one version of an object.
struct LocalAttributes: Codable, Sendable, Equatable {
    /// For people who look: the file's place says it too, as a digest.
    let key: String
    let contentType: String
    /// Without quotation marks.
    let etag: String
    /// Hexadecimal.
    let checksumSHA256: String?
    /// Names and values.
    let headers: [[String]]

    /// An attributes file is at most this long: a form's 20 KB, twice, as JSON may escape.
    static let maximumBytes = 131_072

    /// The file's name: version of the data file, in whole nanoseconds and bytes.
    static func fileName(for status: FileStatus) -> String {
        "\(status.modified.decimalNanoseconds)-\(status.size).json"
    }

    func object(for status: FileStatus) -> StoredObject {
        StoredObject(
            size: status.size, contentType: contentType, etag: etag,
            checksumSHA256: checksumSHA256.flatMap { Hex.decode($0) }, lastModified: status.modified.date,
            headers: headers.compactMap { $0.count == 2 ? HeaderField(name: $0[0], value: $0[1]) : nil })
    }
}
