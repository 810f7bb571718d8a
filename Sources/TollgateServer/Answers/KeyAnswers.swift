import TollgateCore

extension StoredAPIKey: Answer {
    func write(to json: inout JSONWriter) {
        for member in self.json.members { json.member(member.name, member.value) }
    }
}

extension IssuedKey: Answer {
    /// The key with its whole secret, the one time it can be shown.
    func write(to json: inout JSONWriter) {
        stored.write(to: &json)
        json.member("key", secret.reveal())
    }
}

/// A page of keys.
struct KeyList: Answer {
    let keys: [StoredAPIKey]
    /// The cursor of the next page: the id of this page's last key.
    let next: APIKeyID?

    func write(to json: inout JSONWriter) {
        json.array("data") { list in
            for key in keys { list.object { key.write(to: &$0) } }
        }
        json.member("next_cursor", next?.description)
    }
}
