import ArgumentParser
import Foundation
import Ledger
import TollgateCore
import TollgateServer

enum AuditFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// Prints an audit's events as they come: a line each, or the items of one JSON object.
actor AuditOutput {
    private let format: AuditFormat
    private let progress: TerminalProgress
    private var isFirst = true

    init(_ format: AuditFormat, progress: TerminalProgress) {
        self.format = format
        self.progress = progress
    }

    func begin() {
        if format == .json { say("{\"data\":[", terminator: "") }
    }

    func show(_ event: AuditEvent) {
        progress.clear()
        switch format {
        case .text: say(Self.line(event))
        case .json:
            say(isFirst ? "" : ",", terminator: "")
            say(Self.json(event), terminator: "")
        }
        isFirst = false
    }

    func end(_ summary: AuditSummary, repaired: Bool) {
        progress.clear()
        switch format {
        case .text:
            let notes = summary.noted == 0 ? "" : ", \(summary.noted) to note"
            let repairs = repaired ? ", \(summary.repaired) repairs made, \(summary.left) left" : ""
            say(summary.found == 0 ? "No discrepancies\(notes)." : "\(summary.found) discrepancies\(notes)\(repairs).")
        case .json:
            say(
                "],\"discrepancies\":\(summary.found),\"notes\":\(summary.noted),\"repairs\":\(summary.repaired)"
                    + ",\"left\":\(summary.left)}")
        }
    }

    private static func line(_ event: AuditEvent) -> String {
        switch event {
        case .found(let found): plain("\(found.check.invariant)     \(found.slug)  \(found.words)")
        case .noted(let found): plain("note  \(found.slug)  \(found.words)")
        case .left(let found): plain("left  \(found.slug)  \(found.words)")
        case .repaired(let slug, let what): plain("done  \(slug)  \(what)")
        }
    }

    /// Keys in a bucket may hold what moves a terminal's cursor.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }

    private static func json(_ event: AuditEvent) -> String {
        var json = JSONWriter()
        json.object { object in
            switch event {
            case .found(let discrepancy): write(discrepancy, "found", &object)
            case .noted(let discrepancy): write(discrepancy, "note", &object)
            case .left(let discrepancy): write(discrepancy, "left", &object)
            case .repaired(let slug, let what):
                object.member("event", "repaired")
                object.member("tenant", slug)
                object.member("text", what)
            }
        }
        return json.text
    }

    private static func write(_ discrepancy: Discrepancy, _ event: String, _ object: inout JSONWriter) {
        object.member("event", event)
        object.member("invariant", discrepancy.check.invariant)
        object.member("check", discrepancy.check.rawValue)
        object.member("tenant", discrepancy.slug)
        object.member("tenant_id", discrepancy.tenantID.description)
        object.member("upload_id", discrepancy.uploadID?.description)
        object.member("object_key", discrepancy.objectKey?.rawValue)
        object.member("recorded", discrepancy.recorded)
        object.member("actual", discrepancy.actual)
        object.member("text", discrepancy.words)
    }
}
