import Argon2
import Foundation
import Ledger
import OpenSSL
import TollgateCore

/// Decides whether a presented key is a known, valid one.
///
/// The key's shape and CRC are checked first. A key that this gateway has proven lately is then found in memory, rows
/// and all, without asking the database (``KeyCache``); ``IdentityListener`` sees to it that the rows are the newest.
/// Any other key costs a read, and argon2id where its secret is not proven.
///
/// The rows are read for each request alone, so that none is answered by what was true before it came; argon2id is
/// done once for all requests that need the same proof at the same time. An unknown id costs the same work as a wrong
/// secret, so that neither answer nor time tells them apart.
struct KeyVerifier: Sendable {
    private let ledger: Ledger
    private let provers: KeyProvers
    let cache: KeyCache
    private let upkeep: KeyUpkeep
    let verifications = SharedVerifications()

    init(ledger: Ledger, provers: KeyProvers, cache: KeyCache, upkeep: KeyUpkeep) {
        self.ledger = ledger
        self.provers = provers
        self.cache = cache
        self.upkeep = upkeep
    }

    /// - Returns: the key and, but for the operator's, its tenant; nil for whatever is not a valid key: one answer for
    ///   all reasons.
    /// - Throws: `Argon2Error.overloaded` where too many keys wait for verification; the database's errors.
    ///   ``Problem`` 429 where `attempt` may fail no more, unless this very key was proven before.
    func verify(_ presented: String, _ attempt: AuthenticationAttempt? = nil, at now: Date) async throws -> KeyRows? {
        let parsed: APIKey
        do {
            parsed = try APIKey(parsing: presented)
        } catch {
            try attempt?.countUnreadable()
            return nil
        }
        let tag = cache.tag(of: presented)
        if let rows = cache.rows(of: parsed.publicID, tag, at: now) {
            guard rows.key.isValid(at: now) else { return nil }
            renewIfDue(parsed, rows, tag, at: now)
            return rows
        }
        guard !cache.wasProven(parsed.publicID, tag) else { return try await look(for: parsed, tag, at: now) }
        try attempt?.requireRoom()
        // Before the row is read: a flood of keys that nobody can examine shall not keep the database from the others.
        let isSuspect = attempt?.isSuspect ?? false
        if !verifications.isUnderWay(tag, isSuspect: isSuspect) {
            try provers.pool(isSuspect: isSuspect).requireRoom()
        }
        return try await look(for: parsed, tag, attempt, isSuspect: isSuspect, at: now)
    }

    /// The same where nothing has to be waited for: a key that was proven lately, and is valid.
    /// - Returns: nil where it is not so, whatever the reason.
    func verifyAtOnce(_ presented: String, at now: Date) -> KeyRows? {
        let parsed: APIKey
        do {
            parsed = try APIKey(parsing: presented)
        } catch {
            return nil
        }
        let tag = cache.tag(of: presented)
        guard let rows = cache.rowsAtHand(of: parsed.publicID, tag, at: now), rows.key.isValid(at: now) else {
            return nil
        }
        renewIfDue(parsed, rows, tag, at: now)
        return rows
    }

    /// Has a proof that ends soon renewed in the background, so that a key in use never waits for one.
    private func renewIfDue(_ parsed: APIKey, _ rows: KeyRows, _ tag: HMACSHA256.Tag, at now: Date) {
        guard cache.claimRenewal(of: parsed.publicID, tag, at: now) else { return }
        upkeep.renew(parsed, rows.key, tag, at: now)
    }

    private func look(
        for parsed: APIKey, _ tag: HMACSHA256.Tag, _ attempt: AuthenticationAttempt? = nil, isSuspect: Bool = false,
        at now: Date
    ) async throws -> KeyRows? {
        // Before the rows are read: a change that comes in between must not be lost.
        let generation = cache.generation
        let rows = try await ledger.apiKey(publicID: parsed.publicID).map(KeyRows.init)
        let question = SharedVerifications.Question(tag: tag, hash: rows?.key.hash, isSuspect: isSuspect)
        let isKnown = try await isProven(parsed, question, rows, attempt, at: now)
        guard isKnown, let rows else { return nil }
        cache.rememberRows(rows, tag, readIn: generation, at: now)
        return rows.key.isValid(at: now) ? rows : nil
    }

    /// The rows are nil for an id that nobody has.
    private func isProven(
        _ presented: APIKey, _ question: SharedVerifications.Question, _ rows: KeyRows?,
        _ attempt: AuthenticationAttempt?, at now: Date
    ) async throws -> Bool {
        if let rows, cache.isProven(rows.key, question.tag, at: now) {
            if rows.key.isValid(at: now) { renewIfDue(presented, rows, question.tag, at: now) }
            return true
        }
        let isProven = try await verifications.answer(question) {
            try await prove(presented, question, rows, attempt, at: now)
        }
        // A proof stands for a minute at most, so that noting its beginning notes a key's use to the minute.
        if isProven, let rows, rows.key.isValid(at: now) { upkeep.noteUse(of: rows.key.id, at: now) }
        return isProven
    }

    /// By argon2id, unless another request's proof has ended since this one looked for it.
    private func prove(
        _ presented: APIKey, _ question: SharedVerifications.Question, _ rows: KeyRows?,
        _ attempt: AuthenticationAttempt?, at now: Date
    ) async throws -> Bool {
        if let rows, cache.isProven(rows.key, question.tag, at: now) { return true }
        let argon2 = provers.pool(isSuspect: question.isSuspect)
        return try await Self.counted(by: attempt) {
            try await compare(presented, question.tag, rows?.key, on: argon2, at: now)
        }
    }

    private func compare(
        _ presented: APIKey, _ tag: HMACSHA256.Tag, _ key: StoredAPIKey?, on argon2: Argon2Pool, at now: Date
    ) async throws -> Finding {
        let secret = Array(presented.reveal().utf8)
        guard let key else {
            try await argon2.verifyAgainstNothing(secret)
            return .wrong
        }
        guard try await argon2.verify(secret, encoded: key.hash) else {
            cache.forgetProof(of: key.publicID, tag)
            return .wrong
        }
        cache.rememberProof(of: key, tag, at: now)
        guard key.isValid(at: now) else { return .ended }
        upkeep.rehashIfNeeded(presented, key)
        return .right
    }

    /// What argon2 and the row say of a secret.
    private enum Finding {
        case right
        /// The key's secret; the key does not hold any more.
        case ended
        case wrong
    }

    /// One attempt for all who wait for the same answer. Where there is none, for want of a place or because they have
    /// left, nothing was found out about the key, and nothing counts.
    /// - Returns: whether the secret is the key's.
    private static func counted(
        by attempt: AuthenticationAttempt?, _ work: () async throws -> Finding
    ) async throws -> Bool {
        try attempt?.begin()
        do {
            let finding = try await work()
            if finding == .right { attempt?.takeBack() }
            return finding != .wrong
        } catch {
            attempt?.takeBack()
            throw error
        }
    }
}
