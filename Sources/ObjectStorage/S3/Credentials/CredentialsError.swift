/// Why no credentials could be had. Names sources, settings, files and profiles; never holds a secret.
package struct CredentialsError: Error, Sendable, Equatable {
    /// Where credentials were looked for: `web identity (environment)`, `profile "uploads"`.
    package let source: String
    package let reason: Reason

    package init(source: String, _ reason: Reason) {
        self.source = source
        self.reason = reason
    }

    package enum Reason: Sendable, Equatable {
        /// A setting that goes with one that is there.
        case missing(setting: String)
        /// A setting whose value cannot be used; what is said about it does not quote secrets.
        case invalid(setting: String, String)
        case unreadable(file: String, String)
        case malformed(INIError)
        /// The profile was named and is in neither file.
        case noSuchProfile
        /// The profile asks for something that this program does not do.
        case unsupported(String)
        /// Profiles that take their credentials from each other.
        case cycle([String])
        case unreachable(host: String, String)
        /// An answer other than 200; the code is the service's own word for it, `AccessDenied` for one.
        case refused(status: Int, code: String?)
        case malformedAnswer(String)
        case processFailed(String)
        /// Every source that was asked, and why it has nothing.
        case nothingFound([Absence])
        case closed
    }

    /// A source that is not configured.
    package struct Absence: Sendable, Equatable {
        package let source: String
        package let reason: String
    }
}

extension CredentialsError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .nothingFound(let absences):
            "no credentials for S3 were found: "
                + absences.map { "\($0.source): \($0.reason)" }.joined(separator: "; ")
        default: "credentials from \(source): \(reason)"
        }
    }
}

extension CredentialsError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let setting): "\(setting) is not set"
        case .invalid(let setting, let problem): "\(setting) \(problem)"
        case .unreadable(let file, let problem): "\(file) cannot be read: \(problem)"
        case .malformed(let error): "\(error)"
        case .noSuchProfile: "there is no such profile"
        case .unsupported(let what): "\(what) is not supported"
        case .cycle(let profiles): "source_profile goes in a circle: \(profiles.joined(separator: ", "))"
        case .unreachable(let host, let problem): "\(host) did not answer: \(problem)"
        case .refused(let status, let code): "answered \(status)" + (code.map { " (\($0))" } ?? "")
        case .malformedAnswer(let problem): "the answer \(problem)"
        case .processFailed(let problem): "credential_process \(problem)"
        case .nothingFound(let absences): "nothing in \(absences.count) sources"
        case .closed: "the store is shutting down"
        }
    }
}
