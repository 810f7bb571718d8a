import HTTPTypes
import TollgateCore

extension Problem {
    /// The answer `application/problem+json` (RFC 9457, section 3).
    func response(requestID: String) -> WholeResponse {
        WholeResponse(code.status, "application/problem+json", headers: headers) {
            write(to: &$0, requestID: requestID)
        }
    }

    /// The members of this problem, also for the answer of a check.
    func write(to json: inout JSONWriter, requestID: String?) {
        json.member("type", "/problems/\(code.rawValue)")
        json.member("title", code.title)
        json.member("status", code.status.code)
        json.member("detail", detail)
        json.member("code", code.rawValue)
        if let requestID { json.member("request_id", requestID) }
        if !members.isEmpty {
            json.array("errors") { list in
                for member in members {
                    list.object {
                        $0.member("pointer", member.pointer)
                        $0.member("detail", member.detail)
                    }
                }
            }
        }
        if let quota {
            json.object("quota") {
                $0.member("name", quota.name.rawValue)
                $0.member("limit", quota.limit)
                $0.member("used", quota.used)
                $0.member("reserved", quota.reserved)
                $0.member("requested", quota.requested)
            }
        }
        if let reason { json.member("reason", reason.rawValue) }
    }
}
