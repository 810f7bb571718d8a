import HTTPTypes
import Hummingbird
import TollgateCore

/// The query of a list of uploads: `status`, `uploaded_by`, `limit` (1 to 200, 50), `cursor`.
struct UploadPage {
    let status: UploadStatus?
    let uploadedBy: String?
    let limit: Int
    let before: UploadID?

    /// - Throws: ``Problem`` 400 that names the parameter.
    init(_ request: Request) throws {
        let query = try QueryReader(request, known: ["status", "uploaded_by", "limit", "cursor"])
        status = try query.value("status", "one of \(UploadStatus.allCases.map(\.rawValue).joined(separator: ", "))") {
            UploadStatus(rawValue: $0)
        }
        uploadedBy = try query.value("uploaded_by", "1 to 255 characters without control characters") { text in
            do throws(PlainTextProblem) { return try UploaderName(text).rawValue } catch { return nil }
        }
        limit =
            try query.value("limit", "a whole number, 1 to 200") { text in
                Int(text).flatMap { (1...200).contains($0) ? $0 : nil }
            } ?? 50
        // A cursor says only where to go on; which rows may be seen is the tenant's business alone.
        before = try query.value("cursor", "the next_cursor of the page before") { UploadID($0) }
    }
}
