/// How a log line is written.
package enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// `time LEVEL logger: message key=value`, for people.
    case text
}
