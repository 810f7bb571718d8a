import Argon2
import Hummingbird
import Ledger
import ObjectStorage
import Postgres
import TollgateCore

extension Problem {
    /// What the client is told of an error of any layer. The one place that knows both.
    ///
    /// An error that nobody planned for becomes a bare 500: its text stays in the log.
    init(_ error: any Error) {
        self =
            switch error {
            case let problem as Problem: problem
            case let refusal as UploadRefusal: Self.of(refusal)
            case let invalid as InvalidMembers: .invalid(invalid.problems)
            case let excess as ExcessiveGrant: Self.of(excess)
            case let quota as QuotaExceeded: Self.of(quota)
            case is IdempotencyKeyReused:
                Problem(.idempotencyKeyReused, "This Idempotency-Key came before with another request.")
            case let error as UploadError: Self.of(error)
            case let error as MultipartError: Self.of(error)
            case let error as ObjectStorageError: Self.of(error)
            case is CredentialsError: .unavailable("The store's credentials cannot be had at the moment.")
            case let error as PostgresError: Self.of(error)
            case let error as LedgerError: Self.of(error)
            case let error as Argon2Error: Self.of(error)
            case let error as HTTPError: Self.of(error)
            case is CancellationError: .unavailable("The request was cancelled.")
            default: .internalError
            }
    }

    private static var internalError: Problem {
        Problem(.internalError, "The gateway failed. The request_id finds the cause in its log.")
    }

    private static func of(_ refusal: UploadRefusal) -> Problem {
        switch refusal {
        case .invalid(let members): .invalid(members)
        case .fileTooLarge(let declared, let maximum):
            Problem(.fileTooLarge, "The file has \(declared) bytes; at most \(maximum) are allowed.")
        case .fileTooSmall(let declared, let minimum):
            .invalid([
                MemberProblem(
                    pointer: "/file_size",
                    detail: "must be at least \(minimum) bytes, the smallest allowed file, "
                        + "not \(declared)")
            ])
        case .noSizeAllowed(let minimum, let maximum):
            Problem(
                .fileTooLarge,
                "No size is allowed: the tenant asks for at least \(minimum) bytes, the key allows \(maximum).")
        case .typeNotAllowed(let type, let allowed):
            Problem(
                .typeNotAllowed,
                "Files of type \(type) are not allowed; allowed are "
                    + allowed.map(\.description).joined(separator: ", ") + ".")
        }
    }

    private static func of(_ excess: ExcessiveGrant) -> Problem {
        Problem(
            .forbidden,
            "A key cannot give what it does not have: "
                + excess.problems.map { "\($0.pointer) \($0.detail)" }.joined(separator: "; ") + ".",
            excess.problems)
    }

    private static func of(_ exceeded: QuotaExceeded) -> Problem {
        var problem = Problem(
            .quotaExceeded,
            "The quota \(exceeded.name.rawValue) allows \(exceeded.limit): \(exceeded.used) used, "
                + "\(exceeded.reserved) reserved, \(exceeded.requested) requested.")
        problem.quota = exceeded
        return problem
    }

    private static func of(_ error: UploadError) -> Problem {
        switch error {
        case .notFound: return .notFound
        case .invalidState(let status):
            return Problem(.invalidState, "The upload is \(status.rawValue).")
        case .objectMissing:
            return Problem(.objectMissing, "The store has no object of this upload yet: send the form first.")
        case .sizeNotDeclared:
            return Problem(
                .invalidState, "The upload declared no size, and the store takes only those that did: start a new one.")
        case .notForTokens:
            return Problem(.forbidden, "An upload token can abort an upload; a finished one is deleted with a key.")
        case .rejected(let rejection):
            return .rejected(rejection?.reason, rejection?.detail ?? "The stored object broke its declaration.")
        }
    }

    private static func of(_ error: MultipartError) -> Problem {
        switch error {
        case .notMultipart:
            Problem(.unsupportedMediaType, "The body must be sent as Content-Type: multipart/form-data.")
        case .invalidBoundary:
            Problem(.malformedRequest, "The boundary parameter of multipart/form-data is missing or not valid.")
        case .malformed(let reason): Problem(.malformedRequest, "The form cannot be read: \(reason).")
        case .headersTooLarge(let maximum):
            Problem(.requestTooLarge, "The headers of a part have more than \(maximum) bytes.")
        case .fieldsTooLarge(let maximum):
            Problem(.requestTooLarge, "What is not the file has more than \(maximum) bytes.")
        case .tooManyFields(let maximum):
            Problem(.requestTooLarge, "The form has more than \(maximum) fields.")
        case .truncated: Problem(.malformedRequest, "The form ends before its closing boundary.")
        }
    }

    private static func of(_ error: ObjectStorageError) -> Problem {
        switch error {
        case .invalidKey: .internalError
        case .tooLarge(let maximum): Problem(.fileTooLarge, "The file has more than \(maximum) bytes.")
        case .tooSmall(let minimum):
            .rejected(.sizeMismatch, "The file has fewer than \(minimum) bytes.")
        case .checksumMismatch:
            .rejected(.checksumMismatch, "The bytes are not those whose SHA-256 was declared.")
        case .unavailable: .unavailable("The store is out of reach.")
        case .refused, .notDeleted: .unavailable("The store refuses the gateway.")
        }
    }

    /// Statements that the server refused are our mistake, but for those that only say "not now".
    private static func of(_ error: PostgresError) -> Problem {
        switch error {
        case .connectionFailed, .connectionLost, .outcomeUnknown, .poolTimeout, .poolClosed:
            return .unavailable("The database is out of reach.")
        case .server(let error):
            let passing: Set<SQLState> = [
                .serializationFailure, .deadlockDetected, .tooManyConnections, .lockNotAvailable, .queryCanceled,
                .adminShutdown,
            ]
            // 53: insufficient resources, 57: operator intervention (PostgreSQL, Appendix A).
            let isPassing =
                passing.contains(error.sqlState) || ["53", "57"].contains(error.sqlState.conditionClass)
            return isPassing ? .unavailable("The database cannot do this at the moment.") : .internalError
        case .invalidURL, .transactionAborted, .invalidStatement:
            return .internalError
        }
    }

    private static func of(_ error: LedgerError) -> Problem {
        switch error {
        case .slugTaken:
            Problem(
                .conflict, "Another tenant has this slug.",
                [MemberProblem(pointer: "/slug", detail: "is another tenant's already")])
        case .lastAdminKey:
            Problem(
                .invalidState,
                "This is the tenant's last valid key with the scope keys:manage. Make another one first, or rotate it.")
        case .keyEnded: Problem(.invalidState, "The key is revoked or has expired.")
        case .actorEnded: .unauthenticated
        case .overloaded: .unavailable("Too many changes wait for the database.")
        case .corrupt: .internalError
        }
    }

    private static func of(_ error: Argon2Error) -> Problem {
        switch error {
        case .overloaded, .stopped: .unavailable("Too many new keys wait for verification.")
        case .parameters, .malformedHash, .library: .internalError
        }
    }

    /// Hummingbird's own: an unknown path, a path that cannot be read, a body that is too large.
    private static func of(_ error: HTTPError) -> Problem {
        switch error.status {
        case .notFound: .notFound
        case .contentTooLarge: Problem(.requestTooLarge, "The body is too large.")
        case .badRequest: Problem(.malformedRequest, "The request cannot be read.")
        default: .internalError
        }
    }
}
