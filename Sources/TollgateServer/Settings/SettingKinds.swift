import Logging

extension SettingKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>, unit: String? = nil) -> Self {
        SettingKind(
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)", unit: unit,
            parse: { text in
                guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
                return range.contains(number) ? number : nil
            },
            show: { String($0) })
    }
}

extension SettingKind where Value == Duration {
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        let integer = SettingKind<Int>.integer(range)
        return SettingKind(
            expectation: "\(integer.expectation) (seconds)", unit: "seconds",
            parse: { text in integer.parse(text).map { .seconds($0) } },
            show: { String($0.components.seconds) })
    }
}

extension SettingKind where Value == Bool {
    static var boolean: Self {
        SettingKind(
            expectation: "true or false (or yes, no, on, off, 1, 0)",
            parse: { text in
                switch text.lowercased() {
                case "true", "yes", "on", "1": true
                case "false", "no", "off", "0": false
                default: nil
                }
            },
            show: { $0 ? "true" : "false" })
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: Self {
        let words = Value.allCases.map(\.rawValue)
        return SettingKind(
            expectation: words.count == 2 ? words.joined(separator: " or ") : "one of " + words.joined(separator: ", "),
            parse: { Value(rawValue: $0) },
            show: \.rawValue)
    }
}

extension SettingKind where Value == String {
    /// Text that satisfies a rule; the rule may also rewrite it.
    static func text(_ expectation: String, _ rule: @escaping @Sendable (String) -> String?) -> Self {
        SettingKind(
            expectation: expectation,
            parse: { text in text.unicodeScalars.allSatisfy(\.isPrintable) ? rule(text) : nil },
            show: { $0 })
    }

    /// ASCII letters, digits and the given others, so many of them.
    static func word(_ what: String, _ length: ClosedRange<Int>, and others: String) -> Self {
        let spelled = others.map(String.init).joined(separator: " ")
        return text("\(what): \(length.lowerBound) to \(length.upperBound) letters, digits or \(spelled)") { text in
            let isFit = text.unicodeScalars.allSatisfy {
                $0.isASCIIAlphanumeric || others.unicodeScalars.contains($0)
            }
            return isFit && length.contains(text.utf8.count) ? text : nil
        }
    }
}

extension SettingKind where Value == Secret {
    /// A newline or a blank at an end is nearly always an accident of the shell that would cost hours to find.
    static func secret(_ what: String) -> Self {
        SettingKind(
            expectation: "\(what), without control characters and without blanks around it", disclosure: .never,
            parse: { text in
                let ends = [text.unicodeScalars.first, text.unicodeScalars.last].compactMap(\.self)
                let isFit = text.unicodeScalars.allSatisfy(\.isPrintable)
                return isFit && !ends.contains(where: \.properties.isWhitespace) ? Secret(text) : nil
            },
            show: { _ in Secret.placeholder })
    }
}

extension SettingKind where Value == DatabaseURL {
    static var databaseURL: Self {
        SettingKind(
            expectation: "a PostgreSQL URL, postgresql://user:password@host/database"
                + " (in a password, @ : / ? % are written %40 %3A %2F %3F %25)",
            disclosure: .parsedOnly,
            parse: { DatabaseURL($0) }, show: \.description)
    }
}

extension SettingKind where Value == HTTPURL {
    static var httpURL: Self {
        SettingKind(
            expectation: "an absolute http or https URL without query, fragment and credentials",
            disclosure: .parsedOnly,
            parse: { HTTPURL($0) }, show: \.description)
    }
}

extension SettingKind where Value == CORSOrigins {
    static var origins: Self {
        SettingKind(
            expectation: "a list of origins such as https://app.example (no path, no slash at the end), or * alone",
            disclosure: .parsedOnly, isList: true,
            parse: { CORSOrigins($0) }, show: \.description)
    }
}

extension SettingKind where Value == TrustedProxies {
    static var proxies: Self {
        SettingKind(
            expectation: "a list of IP addresses and networks such as 192.0.2.10 or 10.0.0.0/8", isList: true,
            parse: { TrustedProxies($0) }, show: \.description)
    }
}

extension SettingKind where Value == Logger.Level {
    static var logLevel: Self {
        let words = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        return SettingKind(
            expectation: "one of \(words)",
            parse: { Logger.Level(rawValue: $0.lowercased()) }, show: \.rawValue)
    }
}
