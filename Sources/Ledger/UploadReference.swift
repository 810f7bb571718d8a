import TollgateCore

/// Which row of `uploads`: an id alone says nothing without its tenant.
struct UploadReference: Hashable, Sendable {
    let tenant: TenantID
    let id: UploadID
}

extension UploadReference {
    init(_ upload: Upload) {
        self.init(tenant: upload.tenantID, id: upload.id)
    }
}
