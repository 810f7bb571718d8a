extension Settings {
    package struct Server: Sendable {
        package let host: String
        /// 0 lets the system choose.
        package let port: Int
        package let maximumConnections: Int
        package let corsOrigins: CORSOrigins
        /// Who may say in `X-Forwarded-For` whose request it passes on.
        package let trustedProxies: TrustedProxies
        /// How long an unfinished request may send nothing.
        package let readTimeout: Duration
        /// How long a client may take nothing of its answer.
        package let writeTimeout: Duration
        /// How long a stop waits for requests in progress.
        package let shutdownTimeout: Duration
        /// The public URL if one was given.
        let givenPublicURL: HTTPURL?
        private let standardPublicURL: HTTPURL

        /// What clients reach the gateway by: the setting, else `http://host:port`, where `boundPort` is the port
        /// that was really bound when the setting says 0.
        package func publicURL(boundPort: Int? = nil) -> HTTPURL {
            givenPublicURL ?? HTTPURL(listeningOn: host, port: boundPort ?? port) ?? standardPublicURL
        }

        init(from reader: inout SettingsReader) {
            host = reader.read(
                "server.host", .host, default: "127.0.0.1", "Address to listen on; `0.0.0.0` for all IPv4 ones")
            port = reader.read(
                "server.port", .integer(0...65535), default: 8080, "Port to listen on; 0 lets the system choose")
            (standardPublicURL, givenPublicURL) = Self.readPublicURL(from: &reader, host: host, port: port)
            maximumConnections = reader.read(
                "server.max_connections", .integer(1...1_000_000), default: 4096,
                "Connections held at once; further ones wait until one closes")
            corsOrigins = reader.read(
                "server.cors_origins", .origins, default: .only([]),
                "Web origins whose pages may call the gateway and the local store; `*` for all")
            trustedProxies = reader.read(
                "server.trusted_proxies", .proxies, default: .none,
                "Proxies whose `X-Forwarded-For` names the client, for limits and logs: addresses or networks")
            readTimeout = reader.read(
                "server.read_timeout_seconds", .seconds(1...3600), default: .seconds(30),
                "A connection that sends nothing for so long within a request is closed")
            writeTimeout = reader.read(
                "server.write_timeout_seconds", .seconds(1...3600), default: .seconds(30),
                "A connection that takes nothing of its answer for so long is closed")
            shutdownTimeout = reader.read(
                "server.shutdown_seconds", .seconds(0...3600), default: .seconds(30),
                "At a stop, requests in progress have so long to end")
        }

        private static func readPublicURL(
            from reader: inout SettingsReader, host: String, port: Int
        ) -> (standard: HTTPURL, given: HTTPURL?) {
            // A host that passed its own rule always makes a URL; the parts below cannot be malformed.
            let standard = HTTPURL(listeningOn: host, port: port) ?? .localhost
            let (value, isGiven) = reader.read(
                "server.public_url", .httpURL, else: standard, described: "`http://<host>:<port>`",
                "URL by which clients reach the gateway, when a proxy stands before it")
            return (standard, isGiven ? value : nil)
        }
    }
}
