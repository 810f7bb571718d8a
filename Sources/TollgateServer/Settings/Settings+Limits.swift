extension Settings {
    /// What holds callers back, beyond the limits of their tenants.
    package struct Limits: Sendable {
        /// nil: a key may do as much as its tenant.
        package let keyRequestsPerSecond: Int?
        /// How many times one client address may fail to authenticate within the window.
        package let failedAuthentications: Int
        package let failedAuthenticationWindow: Duration

        init(from reader: inout SettingsReader) {
            keyRequestsPerSecond = reader.readIfPresent(
                "limits.key_requests_per_second", .integer(1...1_000_000),
                "Requests a second that one key may make on one gateway; empty: as many as its tenant")
            failedAuthentications = reader.read(
                "limits.failed_authentications", .integer(1...1_000_000), default: 300,
                "So often may one client address (for IPv6, one /64) send wrong credentials within the window")
            failedAuthenticationWindow = reader.read(
                "limits.failed_authentication_window_seconds", .seconds(1...86_400), default: .seconds(60),
                "The window of that")
        }
    }
}
