package import Ledger

extension Discrepancy {
    /// The discrepancy as a sentence for the operator, without the tenant.
    package var words: String {
        let recorded = recorded ?? "nothing"
        let actual = actual ?? "nothing"
        let upload = uploadID.map { "upload \($0)" } ?? "no upload"
        let object = objectKey.map { "object \($0)" } ?? "no object"
        return switch check {
        case .usedBytes: "the counter says \(recorded) bytes used, finished uploads have \(actual)"
        case .usedObjects: "the counter says \(recorded) objects used, \(actual) uploads are finished"
        case .ledgerBytes: "the ledger adds up to \(recorded) bytes, finished uploads have \(actual)"
        case .ledgerObjects: "the ledger adds up to \(recorded) objects, \(actual) uploads are finished"
        case .uploadBytes: "the ledger has \(recorded) bytes for \(upload), which uses \(actual)"
        case .uploadObjects: "the ledger has \(recorded) objects for \(upload), which uses \(actual)"
        case .reservedBytes: "the counter says \(recorded) bytes reserved, uploads hold \(actual)"
        case .reservedObjects: "the counter says \(recorded) objects reserved, uploads hold \(actual)"
        case .pendingUploads: "the counter says \(recorded) uploads pending, \(actual) are"
        case .heldForever: "\(upload) holds \(recorded) bytes, and no time is set to look at it"
        case .lastEntry: "the counter says that the last ledger entry is \(recorded), the newest is \(actual)"
        case .missingEntries: "the ledger lacks all entries between \(recorded) and \(actual)"
        case .negativeBytes: "ledger entry \(recorded) brings the sum of bytes to \(actual)"
        case .negativeObjects: "ledger entry \(recorded) brings the sum of objects to \(actual)"
        case .overStorageQuota:
            "\(actual) bytes are used and reserved of a quota of \(recorded): it was lowered since they were admitted"
        case .overObjectQuota:
            "\(actual) objects are used and reserved of a quota of \(recorded): it was lowered since they were admitted"
        case .missingUpload: "the ledger has entries of \(upload), which has no row"
        case .history: "\(upload) is \(recorded), but its ledger has \(actual)"
        case .dates: "\(upload) is \(recorded), but has \(actual)"
        case .objectWithoutUpload: "\(object) of \(actual) bytes belongs to no upload"
        case .objectLeftBehind:
            "\(object) is still there though \(upload) is \(recorded), and no time is set to remove it"
        case .objectMissing: "\(upload) is finished with \(recorded) bytes, but there is no \(object)"
        case .objectChanged: "\(upload) is finished with \(recorded), but its \(object) has \(actual)"
        case .objectUnsettled:
            "\(upload) was finished with \(recorded), its \(object) has \(actual) now: the sweeper will decide"
        }
    }
}

extension Repair {
    /// What was changed, a sentence each.
    package var words: [String] {
        var words: [String] = []
        if released > 0 {
            words.append("\(released) uploads that hold room are due now: the sweeper looks at them next")
        }
        if corrections > 0 {
            words.append("\(corrections) corrections were written to the ledger: \(bytes) bytes, \(objects) objects")
        }
        return words + counters.map { "the counter \($0.name) was \($0.before) and is \($0.after)" }
    }
}
