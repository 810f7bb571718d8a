package import Logging

/// Writes each event as one line, in JSON or as text.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let sink: LogSink
    private let now: @Sendable () -> LogTime

    /// Lines carry the time of `now`: the system's clock unless a test says otherwise.
    package init(
        label: String, level: Logger.Level, format: LogFormat, sink: LogSink,
        metadataProvider: Logger.MetadataProvider? = nil, now: @escaping @Sendable () -> LogTime = LogTime.now
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.sink = sink
        self.metadataProvider = metadataProvider
        self.now = now
    }

    /// What `LoggingSystem.bootstrap` takes, once, at the start of the process.
    package static func factory(
        _ settings: Settings.Log, sink: LogSink
    ) -> @Sendable (_ label: String, _ provider: Logger.MetadataProvider?) -> any LogHandler {
        { label, provider in
            LineLogHandler(
                label: label, level: settings.level, format: settings.format, sink: sink, metadataProvider: provider)
        }
    }

    package func log(event: LogEvent) {
        let record = LogRecord(
            time: now(), level: event.level, label: label, message: event.message.description,
            pairs: LogValue.flattened(sources(event), reserved: LogLine.reservedNames))
        sink.write(LogLine(record, as: format).bytes)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Where the event's metadata come from, the weightiest first: what is said with it, its error, the provider, the
    /// logger's own, as in swift-log's handlers.
    private func sources(_ event: LogEvent) -> [Logger.Metadata] {
        var sources: [Logger.Metadata] = []
        if let own = event.metadata { sources.append(own) }
        if let error = event.error {
            sources.append([
                LogKeys.error: .string(String(describing: error)),
                LogKeys.errorType: .string(String(describing: type(of: error))),
            ])
        }
        if let provided = metadataProvider?.get() { sources.append(provided) }
        if !metadata.isEmpty { sources.append(metadata) }
        return sources
    }
}
