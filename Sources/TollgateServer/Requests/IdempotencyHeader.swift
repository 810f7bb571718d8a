import HTTPTypes
import Hummingbird
import Ledger
import OpenSSL
import TollgateCore

extension Request {
    /// The value of `Idempotency-Key`; nil without one. Any text of 1 to 255 characters is one: it is taken as it is,
    /// quotation marks included.
    /// - Throws: ``Problem`` 400 for one that is empty, too long or there twice.
    func idempotencyKey() throws -> String? {
        let values = headers[values: .idempotencyKey]
        guard let value = values.first else { return nil }
        guard values.count == 1, (1...255).contains(value.unicodeScalars.count) else {
            throw Problem(.malformedRequest, "Idempotency-Key must be there once, with 1 to 255 characters.")
        }
        return value
    }
}

extension IdempotencyKey {
    /// A key means what it meant to the same credentials only: the API key, and of an upload token also whom it is for.
    /// So nobody can ask for a ticket of somebody else by guessing.
    init(_ text: String, for request: UploadRequest, by identity: Identity) {
        var owned = JSONWriter()
        owned.array {
            $0.value(identity.keyID.description)
            $0.value(identity.uploader?.rawValue)
            $0.value(text)
        }
        var members = JSONWriter()
        members.object { request.write(to: &$0) }
        self.init(digest: SHA256.hash(owned.bytes), requestDigest: SHA256.hash(members.bytes))
    }
}

extension UploadRequest {
    /// The request in one spelling: the order of the members, blanks and escapes of what was sent play no part.
    fileprivate func write(to json: inout JSONWriter) {
        json.member("file_name", fileName.rawValue)
        json.member("file_type", fileType?.description)
        json.member("file_size", fileSize)
        json.member("checksum_sha256", checksum?.base64)
        json.member("uploaded_by", uploadedBy?.rawValue)
        json.object("metadata") { members in
            for (name, value) in metadata.dictionary.sorted(by: { $0.key < $1.key }) { members.member(name, value) }
        }
        json.member("expires_in", expiresInSeconds)
    }
}

extension HTTPField.Name {
    static let idempotencyKey: Self = .known("Idempotency-Key")
}
