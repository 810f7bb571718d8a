import ArgumentParser
import TollgateCore

/// A tenant's limits as flags. What is not given stays as it is.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Bytes a tenant may store: 10GB, 500MiB, unlimited.", valueName: "bytes"))
    var storageQuota: ByteLimit?

    @Option(help: ArgumentHelp("Objects a tenant may store, or unlimited.", valueName: "count"))
    var objectQuota: CountLimit?

    @Option(help: ArgumentHelp("Bytes a tenant may upload in a calendar month (UTC).", valueName: "bytes"))
    var monthlyUploadQuota: ByteLimit?

    @Option(help: ArgumentHelp("Uploads that may be started and not finished.", valueName: "count"))
    var maxPendingUploads: CountLimit?

    @Option(help: ArgumentHelp("Largest file.", valueName: "bytes"))
    var maxFileBytes: ByteLimit?

    @Option(help: ArgumentHelp("Smallest file.", valueName: "bytes"))
    var minFileBytes: ByteLimit?

    @Option(
        name: .customLong("allowed-type"),
        help: ArgumentHelp("Allowed media type: image/png, image/*; may be repeated.", valueName: "type"))
    var allowedTypes: [String] = []

    @Option(help: ArgumentHelp("Life of a form whose size was declared, 10 to 3600.", valueName: "seconds"))
    var urlExpirySeconds: Int64?

    @Option(help: ArgumentHelp("Life of a form without a declared size, 10 to 3600.", valueName: "seconds"))
    var undeclaredURLExpirySeconds: Int64?

    @Option(help: ArgumentHelp("Requests a second, or unlimited.", valueName: "count"))
    var requestsPerSecond: CountLimit?

    @Option(help: "What becomes of an object that was never finished: delete or finish.")
    var unfinished: String?

    @Option(help: "How leading bytes are held against the declared type: off, lenient or strict.")
    var verifyContent: String?

    /// These flags over limits that hold already.
    /// - Throws: `InvalidMembers` with every limit that is wrong.
    func applied(to limits: TenantLimits = .standard) throws -> TenantLimits {
        var draft = TenantLimitsDraft(limits)
        if let storageQuota { draft.storageQuotaBytes = storageQuota.bytes }
        if let objectQuota { draft.objectQuota = objectQuota.count }
        if let monthlyUploadQuota { draft.monthlyUploadQuotaBytes = monthlyUploadQuota.bytes }
        if let maxPendingUploads { draft.maximumPendingUploads = maxPendingUploads.count }
        if let maxFileBytes { draft.maximumFileBytes = maxFileBytes.bytes }
        if let minFileBytes { draft.minimumFileBytes = minFileBytes.bytes ?? 0 }
        if !allowedTypes.isEmpty { draft.allowedTypes = allowedTypes }
        if let urlExpirySeconds { draft.urlExpirySeconds = urlExpirySeconds }
        if let undeclaredURLExpirySeconds { draft.undeclaredURLExpirySeconds = undeclaredURLExpirySeconds }
        if let requestsPerSecond { draft.requestsPerSecond = requestsPerSecond.count }
        if let unfinished { draft.unfinished = unfinished }
        if let verifyContent { draft.verifyContent = verifyContent }
        return try TenantLimits(draft)
    }
}
