import Foundation
import TollgateCore

extension Upload: Answer {
    func write(to json: inout JSONWriter) {
        json.member("id", id.description)
        json.member("status", status.rawValue)
        json.member("file_name", fileName)
        json.member("file_type", fileType.description)
        json.member("key", key.rawValue)
        json.member("declared_size", declaredBytes)
        json.member("size", storedBytes)
        json.member("checksum_sha256", checksum?.base64)
        json.member("etag", etag)
        json.member("uploaded_by", uploadedBy)
        json.member("api_key_id", apiKeyID.description)
        json.object("metadata") { members in
            for (name, value) in metadata.sorted(by: { $0.key < $1.key }) { members.member(name, value) }
        }
        if let rejection {
            json.object("rejection") {
                $0.member("reason", rejection.reason.rawValue)
                $0.member("detail", rejection.detail)
            }
        } else {
            json.null("rejection")
        }
        json.member("created_at", createdAt)
        json.member("expires_at", expiresAt)
        json.member("finished_at", finishedAt)
        json.member("deleted_at", deletedAt)
    }
}

extension Ticket: Answer {
    func write(to json: inout JSONWriter) {
        json.member("id", upload.id.description)
        json.member("status", upload.status.rawValue)
        switch signed {
        case .post(let form):
            json.member("method", "POST")
            json.member("url", form.url)
            json.object("fields") { fields in
                for field in form.fields { fields.member(field.name, field.value) }
            }
        case .put(let request):
            json.member("method", "PUT")
            json.member("url", request.url)
            json.object("headers") { headers in
                for header in request.headers { headers.member(header.name, header.value) }
            }
        }
        json.member("key", upload.key.rawValue)
        json.member("min_bytes", upload.allowedBytes.lowerBound)
        json.member("max_bytes", upload.allowedBytes.upperBound)
        json.member("expires_at", signed.expiresAt)
        json.object("quota") { usage.write(to: &$0) }
    }
}

extension TenantUsage: Answer {
    /// The `quota` object of a ticket: storage bytes and objects.
    func write(to json: inout JSONWriter) {
        json.object("storage_bytes") { storageBytes.write(to: &$0) }
        json.object("objects") { objects.write(to: &$0) }
    }
}

extension QuotaFigures: Answer {
    func write(to json: inout JSONWriter) {
        json.member("limit", limit)
        json.member("used", used)
        json.member("reserved", reserved)
        json.member("available", available)
    }
}

/// A page of uploads.
struct UploadList: Answer {
    let uploads: [Upload]
    /// The cursor of the next page: the id of this page's last upload.
    let next: UploadID?

    func write(to json: inout JSONWriter) {
        json.array("data") { list in
            for upload in uploads { list.object { upload.write(to: &$0) } }
        }
        json.member("next_cursor", next?.description)
    }
}

/// What a check found: nothing, or all that stands against the upload.
struct CheckAnswer: Answer {
    let problems: [Problem]

    func write(to json: inout JSONWriter) {
        json.member("accepted", problems.isEmpty)
        json.array("problems") { list in
            for problem in problems { list.object { problem.write(to: &$0, requestID: nil) } }
        }
    }
}

/// Where a file is downloaded from.
struct DownloadLink: Answer {
    let url: String
    /// nil: the link does not end.
    let expiresAt: Date?

    func write(to json: inout JSONWriter) {
        json.member("url", url)
        json.member("expires_at", expiresAt)
    }
}
