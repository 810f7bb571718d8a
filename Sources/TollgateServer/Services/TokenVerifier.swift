import Foundation
import Ledger
import TollgateCore

/// Decides whether a presented upload token is genuine and its key still holds.
///
/// The signature is checked first, so that nothing is looked up for what this platform did not sign. The key's rows are
/// then remembered as those of proven keys are, in a cache of their own: the token stands for its key's id, not its
/// secret. So a token needs neither argon2 nor, once its key is known, the database; nor does the token of a key that has
/// ended.
struct TokenVerifier: Sendable {
    let signer: UploadTokenSigner
    let ledger: Ledger
    let cache: KeyCache

    /// - Returns: the token with its key and the key's tenant; nothing for whatever is not a valid token.
    /// - Throws: ``Problem`` 429 where this client has sent too much that nobody signed; the database's errors.
    func verify(
        _ presented: String, _ attempt: AuthenticationAttempt, at now: Date
    ) async throws -> (token: UploadToken?, found: KeyRows?) {
        guard let token = signer.verify(presented, at: now) else {
            try attempt.countUnreadable()
            return (nil, nil)
        }
        let tag = cache.tag(of: token.key.rawValue)
        if let rows = cache.rows(of: token.key, tag, at: now) {
            return (token, rows.key.isValid(at: now) ? rows : nil)
        }
        // Before the rows are read: a change that comes in between must not be lost.
        let generation = cache.generation
        let read = try await ledger.apiKey(publicID: token.key).map(KeyRows.init)
        guard let found = read else { return (token, nil) }
        if !cache.isProven(found.key, tag, at: now) { cache.rememberProof(of: found.key, tag, at: now) }
        cache.rememberRows(found, tag, readIn: generation, at: now)
        return (token, found.key.isValid(at: now) ? found : nil)
    }

    /// The same where nothing has to be waited for: a genuine token whose key is known, and holds.
    /// - Returns: nil where it is not so, whatever the reason.
    func verifyAtOnce(_ presented: String, at now: Date) -> (token: UploadToken, found: KeyRows)? {
        guard let token = signer.verify(presented, at: now),
            let rows = cache.rowsAtHand(of: token.key, cache.tag(of: token.key.rawValue), at: now),
            rows.key.isValid(at: now)
        else { return nil }
        return (token, rows)
    }
}
