import Argon2
import AsyncAlgorithms
import DequeModule
import Foundation
import Ledger
import Logging
import OpenSSL
import ServiceLifecycle
import Synchronization
import TollgateCore

/// What verification leaves for later: it writes down when keys were used, proves keys in use again before their proof
/// ends, and gives keys whose hash has other costs than the configured ones a new hash.
///
/// Neither is worth a request's time, nor the loss of one: what a crash takes away comes again with the key's next use.
final class KeyUpkeep: Service {
    /// A key, whole, that waits for a new hash.
    private struct Rehash {
        let secret: APIKey
        let stored: StoredAPIKey
    }

    /// A key, whole, whose proof ends soon.
    private struct Renewal {
        let secret: APIKey
        let stored: StoredAPIKey
        let tag: HMACSHA256.Tag
        /// When it was asked for: the new proof counts from there.
        let askedAt: Date
    }

    private struct Pending {
        var uses: [APIKeyID: Date] = [:]
        var renewals: Deque<Renewal> = []
        var rehashes: Deque<Rehash> = []
    }

    /// Pause between two batches.
    private static let interval = Duration.seconds(10)
    /// Keys that may wait for a new hash, and so get one in an interval: after the costs were raised, a few per cent of a
    /// processor go into new hashes, not all of it. Others are asked for again at their next verification.
    private static let maximumRehashes = 16
    /// Keys that may wait for a new proof; others are proven when theirs has ended, by the request that needs it.
    private static let maximumRenewals = 1024

    private let ledger: Ledger
    private let argon2: Argon2Pool
    private let cache: KeyCache
    private let logger: Logger
    private let pending = Mutex(Pending())
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(ledger: Ledger, argon2: Argon2Pool, cache: KeyCache, logger: Logger) {
        self.ledger = ledger
        self.argon2 = argon2
        self.cache = cache
        self.logger = logger
    }

    func noteUse(of key: APIKeyID, at now: Date) {
        pending.withLock { $0.uses[key] = now }
    }

    /// Has a key proven again that its proof still stands for; to be called once a proof.
    func renew(_ secret: APIKey, _ stored: StoredAPIKey, _ tag: HMACSHA256.Tag, at now: Date) {
        pending.withLock { pending in
            guard pending.renewals.count < Self.maximumRenewals else { return }
            pending.renewals.append(Renewal(secret: secret, stored: stored, tag: tag, askedAt: now))
        }
        wake.continuation.yield()
    }

    /// To be called with a key that was just proven against the stored hash.
    func rehashIfNeeded(_ secret: APIKey, _ stored: StoredAPIKey) {
        guard PHCString.needsRehash(stored.hash, wanted: argon2.parameters) else { return }
        pending.withLock { pending in
            guard pending.rehashes.count < Self.maximumRehashes,
                !pending.rehashes.contains(where: { $0.stored.id == stored.id })
            else { return }
            pending.rehashes.append(Rehash(secret: secret, stored: stored))
        }
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                for await _ in wake.stream.cancelOnGracefulShutdown() { await renewProofs() }
            }
            group.addTask { [self] in await writeAndRehash() }
        }
        await writeUses()
    }

    private func writeAndRehash() async {
        for await _ in AsyncTimerSequence(interval: Self.interval, clock: .continuous).cancelOnGracefulShutdown() {
            await writeUses()
            await rehash()
        }
    }

    /// Proves the keys that wait for it, one after the other, against the hash that their proof is of. A key that was
    /// revoked or changed meanwhile gains nothing: a proof says whose a secret is, the rows say whether the key holds.
    func renewProofs() async {
        while !Task.isShuttingDownGracefully, let next = pending.withLock({ $0.renewals.popFirst() }) {
            do {
                guard try await argon2.verify(Array(next.secret.reveal().utf8), encoded: next.stored.hash) else {
                    cache.forgetProof(of: next.stored.publicID, next.tag)
                    continue
                }
                cache.renewProof(of: next.stored, next.tag, at: next.askedAt)
                noteUse(of: next.stored.id, at: next.askedAt)
                rehashIfNeeded(next.secret, next.stored)
            } catch is CancellationError {
                return
            } catch Argon2Error.overloaded, Argon2Error.stopped {
                // The proof ends, and the key's next request proves it.
                continue
            } catch {
                logger.warning(
                    "a key was not proven again before its proof ended",
                    metadata: [LogKeys.keyID: "\(next.stored.id)", LogKeys.error: "\(error)"])
            }
        }
    }

    /// Writes all that was noted, in one statement. What could not be written is kept for the next time.
    func writeUses() async {
        let uses = pending.withLock { pending in
            defer { pending.uses = [:] }
            return pending.uses
        }
        guard !uses.isEmpty else { return }
        do {
            try await ledger.noteUse(uses)
        } catch {
            pending.withLock { $0.uses.merge(uses) { newer, _ in newer } }
            guard !(error is CancellationError) else { return }
            logger.warning(
                "the last use of keys was not written; the next time it is",
                metadata: [LogKeys.count: "\(uses.count)", LogKeys.error: "\(error)"])
        }
    }

    /// Gives new hashes to the keys that wait for one, one after the other, so that they never take more than one place
    /// of the pool from those who wait for an answer.
    func rehash() async {
        while !Task.isShuttingDownGracefully, let next = pending.withLock({ $0.rehashes.popFirst() }) {
            do {
                try await rehash(next.secret, next.stored)
            } catch is CancellationError {
                return
            } catch Argon2Error.overloaded, Argon2Error.stopped {
                // The key's next verification asks again.
                continue
            } catch {
                logger.warning(
                    "a key was given no new hash",
                    metadata: [LogKeys.keyID: "\(next.stored.id)", LogKeys.error: "\(error)"])
            }
        }
    }

    private func rehash(_ secret: APIKey, _ stored: StoredAPIKey) async throws {
        let hash = try await argon2.hash(Array(secret.reveal().utf8), salt: try RandomBytes.generate(16))
        // Known before it can be read, so that no request of this gateway proves again what was proven for this.
        cache.expect(hash, inPlaceOf: stored.hash, of: stored.publicID)
        if try await ledger.replaceHash(of: stored.id, stored.hash, with: hash) {
            logger.info("a key was given a new hash", metadata: [LogKeys.keyID: "\(stored.id)"])
        }
    }
}
