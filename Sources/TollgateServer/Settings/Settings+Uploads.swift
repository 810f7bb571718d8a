extension Settings {
    package struct Uploads: Sendable {
        package let grace: Duration
        package let window: Duration
        package let sweepInterval: Duration
        let warnings: [String]

        init(from reader: inout SettingsReader) {
            grace = reader.read(
                "uploads.grace_seconds", .seconds(0...86_400), default: .seconds(60),
                "How long a reservation outlives its form, for clocks that differ")
            window = reader.read(
                "uploads.window_seconds", .seconds(1...604_800), default: .seconds(3600),
                "How long an upload that began in time may take; then the store is asked a last time")
            sweepInterval = reader.read(
                "uploads.sweep_interval_seconds", .seconds(1...86_400), default: .seconds(10),
                "Pause between two looks for uploads that are due")
            warnings =
                window < grace
                ? ["TOLLGATE_UPLOADS_WINDOW_SECONDS is shorter than TOLLGATE_UPLOADS_GRACE_SECONDS"] : []
        }
    }
}
