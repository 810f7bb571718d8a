import TollgateCore

extension AuditEntry: Answer {
    func write(to json: inout JSONWriter) {
        json.member("id", id.description)
        json.member("at", at)
        json.object("actor") { origin.actor.write(to: &$0) }
        json.member("action", change.action.rawValue)
        json.object("target") { change.target.write(to: &$0) }
        json.member("before", change.before.map(JSONValue.object) ?? .null)
        json.member("after", change.after.map(JSONValue.object) ?? .null)
        json.member("request_id", origin.requestID)
        json.member("address", origin.address)
    }
}

extension AuditActor: Answer {
    func write(to json: inout JSONWriter) {
        switch self {
        case .key(let id):
            json.member("kind", "key")
            json.member("key_id", id.description)
        case .platformOperator(let id):
            json.member("kind", "operator")
            json.member("key_id", id.description)
        case .console(let user):
            json.member("kind", "cli")
            json.member("user", user)
        }
    }
}

extension AuditTarget: Answer {
    func write(to json: inout JSONWriter) {
        switch self {
        case .tenant(let id):
            json.member("kind", "tenant")
            json.member("id", id.description)
        case .key(let id):
            json.member("kind", "key")
            json.member("id", id.description)
        }
    }
}

/// A page of the audit log.
struct AuditPage: Answer {
    let entries: [AuditEntry]
    /// The cursor of the next page: the id of this page's last entry.
    let next: AuditEntryID?

    func write(to json: inout JSONWriter) {
        json.array("data") { list in
            for entry in entries { list.object { entry.write(to: &$0) } }
        }
        json.member("next_cursor", next?.description)
    }
}
