import ArgumentParser
import Foundation
import TollgateServer

/// Where the settings come from.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file.", discussion: "Default: config/tollgate.yaml if it exists."))
    var config: String?

    /// - Throws: `SettingsError` with every problem there is.
    func load(flags: [String: String] = [:], generated: [String: String] = [:]) throws -> Settings {
        try Settings.load(
            flags: flags, environment: ProcessInfo.processInfo.environment, configFile: config, generated: generated)
    }
}

/// Where a gateway listens; what is not given comes from the other settings.
struct ListeningOptions: ParsableArguments {
    @Option(help: "Address to listen on (default: 127.0.0.1).")
    var host: String?
    @Option(help: "Port to listen on; 0 picks a free one (default: 8080).")
    var port: Int?

    /// By the settings' names.
    var flags: [String: String] {
        var flags: [String: String] = [:]
        flags["server.host"] = host
        flags["server.port"] = port.map(String.init)
        return flags
    }
}

/// How a command prints its answer.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}

struct OutputOptions: ParsableArguments {
    @Option(help: "How to print: table or json.")
    var format = OutputFormat.table
}

/// A number of bytes with a unit, or `unlimited`.
struct ByteLimit: ExpressibleByArgument {
    /// nil: unlimited.
    let bytes: Int64?

    /// Decimal units (kB, MB, GB, TB: powers of 1,000) and binary ones (KiB, MiB, GiB, TiB), in any case.
    init?(argument: String) {
        let text = argument.lowercased()
        if text == "unlimited" {
            bytes = nil
            return
        }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
        let factors: [String: Int64] = [
            "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
            "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
        ]
        guard let number = Int64(digits), let factor = factors[unit] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        bytes = product
    }

    var defaultValueDescription: String { bytes.map(String.init) ?? "unlimited" }
}

/// A whole number, or `unlimited`.
struct CountLimit: ExpressibleByArgument {
    /// nil: unlimited.
    let count: Int64?

    init?(argument: String) {
        if argument.lowercased() == "unlimited" {
            count = nil
            return
        }
        guard let number = Int64(argument), number >= 0 else { return nil }
        count = number
    }
}
