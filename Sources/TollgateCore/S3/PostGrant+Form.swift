extension PostGrant {
    /// User-defined metadata may have so many bytes, names and values together (Amazon S3 User Guide, "Working with
    /// object metadata").
    private static let maximumMetadataBytes = 2_048
    private static let metadataPrefix = "x-amz-meta-"
    /// The fields that become headers of the object (Amazon S3 API Reference, "POST Object").
    private static let headerNames: Set<String> = [
        "cache-control", "content-disposition", "content-encoding", "content-language", "expires",
    ]

    /// What a form that its policy accepts says of its object.
    ///
    /// - Throws: refusals of values that no object can have.
    init(_ fields: FormFields, size: SizeRule?) throws(S3Error) {
        let written = fields["key"] ?? ""
        guard !written.isEmpty else {
            throw .invalidArgument("User key must have a length greater than 0.", name: "key")
        }
        guard let key = ObjectKey(written) else { throw .keyTooLong(written.utf8.count) }

        let contentType = fields["content-type"] ?? ""
        try Self.requireHeaderValue(contentType, name: "Content-Type")
        try Self.requireKnownWords(fields)
        self.init(
            key: key, contentType: contentType.isEmpty ? "binary/octet-stream" : contentType,
            headers: try Self.headers(of: fields), size: size, checksumSHA256: try Self.checksum(of: fields),
            success: try Self.success(of: fields))
    }

    /// The local store has no ACLs, classes or encryption of its own, but a value that S3 would refuse is refused.
    private static func requireKnownWords(_ fields: FormFields) throws(S3Error) {
        if let acl = fields["acl"], !acl.isEmpty, !ObjectVocabulary.cannedACLs.contains(acl) {
            // The text is our own: no recorded answer of S3 was found.
            throw .invalidArgument("Invalid canned ACL.", name: "acl", value: acl)
        }
        if let storageClass = fields["x-amz-storage-class"], !ObjectVocabulary.storageClasses.contains(storageClass) {
            throw .invalidStorageClass(storageClass)
        }
        if let encryption = fields["x-amz-server-side-encryption"], !ObjectVocabulary.encryptions.contains(encryption) {
            throw .invalidEncryptionAlgorithm
        }
    }

    private static func headers(of fields: FormFields) throws(S3Error) -> [PostForm.Field] {
        var headers: [PostForm.Field] = []
        var metadataBytes = 0
        for field in fields.fields {
            let isMetadata = field.name.utf8.starts(with: metadataPrefix.utf8)
            guard isMetadata || headerNames.contains(field.name) else { continue }
            try requireHeaderValue(field.value, name: field.name)
            if isMetadata {
                guard field.name.utf8.allSatisfy(isTokenCharacter), field.name.utf8.count > metadataPrefix.utf8.count
                else {
                    throw .invalidArgument("The name of a metadata field is not a header name.", name: field.name)
                }
                metadataBytes += field.name.utf8.count - metadataPrefix.utf8.count + field.value.utf8.count
            }
            headers.append(field)
        }
        guard metadataBytes <= maximumMetadataBytes else {
            throw .metadataTooLarge(metadataBytes, maximum: maximumMetadataBytes)
        }
        return headers
    }

    /// A value that becomes a header must not end it, or begin another one.
    private static func requireHeaderValue(_ value: String, name: String) throws(S3Error) {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidArgument("A header value must not contain control characters.", name: name)
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Source: Amazon S3 User Guide, "Checking object integrity". Only SHA-256 is verified here; another checksum is
    /// refused rather than left unverified.
    private static func checksum(of fields: FormFields) throws(S3Error) -> [UInt8]? {
        let algorithms: Set<String> = ["x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm"]
        for field in fields.fields where algorithms.contains(field.name) {
            guard FormFields.lowercased(field.value) == "sha256" else { throw .notImplemented(header: field.name) }
        }
        let values = fields.fields.filter {
            $0.name.utf8.starts(with: "x-amz-checksum-".utf8) && !algorithms.contains($0.name)
        }
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            throw .invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        guard value.name == "x-amz-checksum-sha256" else { throw .notImplemented(header: value.name) }
        guard let digest = Base64.decode(value.value), digest.count == 32 else {
            throw .invalidRequest("Value for x-amz-checksum-sha256 header is invalid.")
        }
        return digest
    }

    /// A redirect that is no absolute URL counts for nothing, as if it were not there.
    private static func success(of fields: FormFields) throws(S3Error) -> Success {
        // `redirect` is the field's old name, which S3 still reads.
        if let url = fields["success_action_redirect"] ?? fields["redirect"] {
            try requireHeaderValue(url, name: "success_action_redirect")
            if RedirectURL.isAbsolute(url) { return .redirect(url) }
        }
        switch fields["success_action_status"] {
        case "200": return .ok
        case "201": return .created
        default: return .noContent
        }
    }
}
