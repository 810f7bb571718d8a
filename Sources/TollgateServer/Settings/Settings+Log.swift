package import Logging

extension Settings {
    package struct Log: Sendable {
        package let level: Logger.Level
        package let format: LogFormat

        init(from reader: inout SettingsReader) {
            level = reader.read(
                "log.level", .logLevel, default: .info,
                "Least severe level that is logged: trace, debug, info, notice, warning, error or critical")
            (format, _) = reader.read(
                "log.format", .choice, else: .json, described: "`json`; `text` under `dev`",
                "`json` (an object a line) or `text` (for people)")
        }
    }
}
