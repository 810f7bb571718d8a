/// A start whose members are each right by themselves. Whether a tenant may do it is for ``UploadPolicy`` to say.
package struct UploadRequest: Hashable, Sendable {
    package let fileName: FileName
    /// As sent; nil where the name's extension decides.
    package let fileType: MediaType?
    /// Bytes, 0 or more.
    package let fileSize: Int64?
    package let checksum: ChecksumSHA256?
    package let uploadedBy: UploaderName?
    package let metadata: Metadata
    /// Seconds, 10 to 3,600.
    package let expiresInSeconds: Int?

    /// The type sent, else the one the extension promises, else `application/octet-stream`.
    package var effectiveType: MediaType {
        fileType ?? FileTypes.mediaType(forFileName: fileName) ?? .octetStream
    }

    /// - Throws: ``InvalidMembers`` with every member that is wrong.
    package init(_ draft: UploadDraft) throws(InvalidMembers) {
        var parser = UploadMemberParser()
        let members = parser.parse(draft)
        if let invalid = InvalidMembers(parser.problems) { throw invalid }
        guard let fileName = members.fileName else { throw InvalidMembers(UploadMemberParser.missingName) }
        self.init(fileName: fileName, members)
    }

    private init(fileName: FileName, _ members: UploadMembers) {
        self.fileName = fileName
        fileType = members.fileType
        fileSize = members.fileSize
        checksum = members.checksum
        uploadedBy = members.uploadedBy
        metadata = members.metadata
        expiresInSeconds = members.expiresInSeconds
    }
}
