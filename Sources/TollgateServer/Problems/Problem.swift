import HTTPTypes
import TollgateCore

/// An error as the client sees it: RFC 9457, "Problem Details for HTTP APIs".
///
/// Throwing one answers the request with it. It holds nothing secret: what is in it goes out.
struct Problem: Error, Equatable {
    let code: ProblemCode
    /// For people; specific to this occurrence.
    var detail: String
    /// What is wrong with which member of the request.
    var members: [MemberProblem] = []
    var quota: QuotaExceeded?
    /// Why a finish refused the stored object.
    var reason: UploadRejection.Reason?
    var headers: HTTPFields = [:]

    init(_ code: ProblemCode, _ detail: String, _ members: [MemberProblem] = []) {
        self.code = code
        self.detail = detail
        self.members = members
    }
}

extension Problem {
    /// One and the same answer whatever is wrong with the credentials, so that nobody learns which part was right.
    static var unauthenticated: Problem {
        var problem = Problem(.unauthenticated, "A valid API key is needed: Authorization: Bearer <key>.")
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }

    static func methodNotAllowed(allow: String) -> Problem {
        var problem = Problem(.methodNotAllowed, "This path answers \(allow).")
        problem.headers[.allow] = allow
        return problem
    }

    static var notFound: Problem { Problem(.notFound, "There is nothing here, or it is not yours.") }

    static func unavailable(_ detail: String, retryAfterSeconds: Int = 1) -> Problem {
        var problem = Problem(.unavailable, detail)
        problem.headers[.retryAfter] = String(retryAfterSeconds)
        return problem
    }

    static func rateLimited(retryAfterSeconds: Int) -> Problem {
        var problem = Problem(.rateLimited, "Too many requests: wait \(retryAfterSeconds) s.")
        problem.headers[.retryAfter] = String(retryAfterSeconds)
        return problem
    }

    /// The bytes are not what was declared.
    static func rejected(_ reason: UploadRejection.Reason?, _ detail: String) -> Problem {
        var problem = Problem(.uploadRejected, detail)
        problem.reason = reason
        return problem
    }

    static func invalid(_ members: [MemberProblem]) -> Problem {
        var problem = Problem(
            .invalidRequest,
            members.map { "\($0.pointer): \($0.detail)" }.joined(separator: "; ") + ".")
        problem.members = members
        return problem
    }
}
