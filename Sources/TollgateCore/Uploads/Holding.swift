package import Foundation

/// How long an upload holds its reservation, and when the store is asked about its object.
///
/// A form cannot be called back: whoever holds it can use it until it expires, even after a finish, an abort or a
/// delete, and a request that began in time may end much later on a slow line. Hence three spans, one after the
/// other: the form's life (`expiresAt`), a short grace, and the upload window.
package struct Holding: Sendable, Equatable {
    /// Seconds after the form's expiry in which a request that began in time is expected to show.
    package let graceSeconds: Int
    /// Seconds after the grace in which a slow upload may still end.
    package let windowSeconds: Int

    package init(graceSeconds: Int, windowSeconds: Int) {
        self.graceSeconds = graceSeconds
        self.windowSeconds = windowSeconds
    }

    /// What an upload keeps of the tenant's quota and when it is looked at again.
    package struct Terms: Sendable, Equatable {
        package let reservedBytes: Int64
        /// 1 while the object it may leave is not counted as used.
        package let reservedObjects: Int
        /// nil: never again.
        package let nextLookAt: Date?
    }

    /// How long a request that brings a file may take. One that began while its form lived, and keeps to this, has ended
    /// before the last look.
    package var slowestUpload: Duration { .seconds(windowSeconds) }

    package func endOfGrace(_ expiresAt: Date) -> Date {
        expiresAt.addingTimeInterval(TimeInterval(graceSeconds))
    }

    package func endOfWindow(_ expiresAt: Date) -> Date {
        endOfGrace(expiresAt).addingTimeInterval(TimeInterval(windowSeconds))
    }

    /// Pending: the most that the form allows, until the end of the window.
    package func pending(allowedBytes: ClosedRange<Int64>, expiresAt: Date) -> Terms {
        Terms(reservedBytes: allowedBytes.upperBound, reservedObjects: 1, nextLookAt: endOfWindow(expiresAt))
    }

    /// Aborted, rejected or deleted: what the form could still bring, until the grace is over; whatever arrived is
    /// removed now, after the grace, and at the end of the window.
    package func withdrawn(allowedBytes: ClosedRange<Int64>, expiresAt: Date, at now: Date) -> Terms {
        if now < endOfGrace(expiresAt) {
            return Terms(
                reservedBytes: allowedBytes.upperBound, reservedObjects: 1, nextLookAt: endOfGrace(expiresAt))
        }
        let last = endOfWindow(expiresAt)
        return Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: now < last ? last : nil)
    }

    /// Finished: nothing more where size and checksum hold, since the form can only bring the same object
    /// again; one more look at the end of the window where the size was; else the rest of the range until the grace
    /// is over.
    package func finished(
        storedBytes: Int64, allowedBytes: ClosedRange<Int64>, checksumDeclared: Bool, expiresAt: Date, at now: Date
    ) -> Terms {
        let sizeDeclared = allowedBytes.lowerBound == allowedBytes.upperBound
        let last = endOfWindow(expiresAt)
        if now >= last || (sizeDeclared && checksumDeclared) {
            return Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: nil)
        }
        if sizeDeclared || now >= endOfGrace(expiresAt) {
            return Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: last)
        }
        return Terms(
            reservedBytes: max(0, allowedBytes.upperBound - storedBytes), reservedObjects: 0,
            nextLookAt: endOfGrace(expiresAt))
    }
}

extension Holding {
    /// What an upload that is aborted, rejected or deleted now still holds. It is due at once: whoever ends it removes
    /// its object next, and may not get to it.
    ///
    /// A file that passes through the gateway can arrive until it is finished, as with a form; afterwards never more.
    package func withdrawn(_ upload: Upload, at now: Date) -> Terms {
        guard upload.byForm || upload.status == .pending else { return over(at: now) }
        let terms = removed(upload, at: now)
        return Terms(reservedBytes: terms.reservedBytes, reservedObjects: terms.reservedObjects, nextLookAt: now)
    }

    /// Nothing can arrive any more; what is there is to be removed.
    package func over(at now: Date) -> Terms { Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: now) }

    /// What is still held, at the most, once its object was removed.
    package func removed(_ upload: Upload, at now: Date) -> Terms {
        withdrawn(allowedBytes: upload.allowedBytes, expiresAt: upload.expiresAt, at: now)
    }

    /// What an upload that is finished now, with an object of this size, still holds.
    ///
    /// A declared checksum makes the object immutable only where the store itself holds the form to it
    /// (`storeVerifiesChecksums`): one that keeps no checksums takes other bytes of the same size.
    package func finished(
        _ upload: Upload, storedBytes: Int64, storeVerifiesChecksums: Bool, at now: Date
    ) -> Terms {
        guard upload.byForm else { return Terms(reservedBytes: 0, reservedObjects: 0, nextLookAt: nil) }
        return finished(
            storedBytes: storedBytes, allowedBytes: upload.allowedBytes,
            checksumDeclared: upload.checksum != nil && storeVerifiesChecksums,
            expiresAt: upload.expiresAt, at: now)
    }
}

extension QuotaDemand {
    /// What a new upload on these terms asks for.
    package init(_ terms: Holding.Terms) {
        bytes = terms.reservedBytes
        objects = Int64(terms.reservedObjects)
        pendingUploads = 1
    }
}
