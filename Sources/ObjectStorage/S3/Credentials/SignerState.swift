internal import Foundation
internal import TollgateCore

/// When credentials are used, renewed and waited for: the decisions of ``S3SignerCache`` without its lock and task.
struct SignerState {
    /// Before the end, in seconds: from here on one refresh runs, and the old credentials stay in use.
    static let advisoryWindow = 300.0
    /// From here on callers wait for the refresh.
    static let mandatoryWindow = 60.0
    static let longestPause = 60.0

    enum Answer {
        case use(S3Signer)
        case wait
        case fail(any Error)
    }

    struct Decision {
        let answer: Answer
        var startsRefresh = false
    }

    private(set) var signer: S3Signer?
    private(set) var isRefreshing = false
    private var failures = 0
    private var retryAt = Date.distantPast
    private var lastError: (any Error)?

    mutating func decide(at now: Date) -> Decision {
        let remaining = remaining(at: now)
        if let signer = current(at: now), remaining > 0 {
            if remaining > Self.advisoryWindow { return Decision(answer: .use(signer)) }
            let starts = begin(at: now)
            if remaining > Self.mandatoryWindow || !isRefreshing {
                return Decision(answer: .use(signer), startsRefresh: starts)
            }
            return Decision(answer: .wait, startsRefresh: starts)
        }
        let starts = begin(at: now)
        if !isRefreshing, let lastError { return Decision(answer: .fail(lastError)) }
        return Decision(answer: .wait, startsRefresh: starts)
    }

    /// - Returns: what those who waited get.
    mutating func finish(
        _ result: Result<S3Credentials, any Error>, region: String, at now: Date
    ) -> Result<S3Signer, any Error> {
        isRefreshing = false
        var failure: any Error
        switch result {
        case .success(let credentials):
            let life = credentials.expiresAt?.timeIntervalSince(now) ?? .infinity
            if life > 0 { signer = S3Signer(credentials: credentials, region: region, at: now) }
            if life > Self.advisoryWindow {
                failures = 0
                retryAt = .distantPast
                lastError = nil
                return current(at: now).map { .success($0) } ?? .failure(CancellationError())
            }
            // Some sources hand out what they have until shortly before its end. Not asked again at once.
            failure = CredentialsError(source: "the source", .malformedAnswer("holds expired credentials"))
        case .failure(let error): failure = error
        }
        failures += 1
        retryAt = now.addingTimeInterval(min(pow(2, Double(failures - 1)), Self.longestPause))
        lastError = failure
        if let signer = current(at: now), remaining(at: now) > 0 { return .success(signer) }
        return .failure(failure)
    }

    /// What holds without a refresh.
    mutating func afterClosing(at now: Date) -> S3Signer? {
        remaining(at: now) > 0 ? current(at: now) : nil
    }

    private func remaining(at now: Date) -> TimeInterval {
        signer?.credentials.expiresAt?.timeIntervalSince(now) ?? .infinity
    }

    private mutating func current(at now: Date) -> S3Signer? {
        signer = signer?.renewed(at: now)
        return signer
    }

    /// Whether a refresh is to begin now: none runs, and the pause after the last failure is over.
    private mutating func begin(at now: Date) -> Bool {
        guard !isRefreshing, now >= retryAt else { return false }
        isRefreshing = true
        return true
    }
}
