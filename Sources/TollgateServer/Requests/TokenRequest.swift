import Foundation
import TollgateCore

/// The body of `POST /v1/tokens`.
struct TokenRequest {
    let uploadedBy: UploaderName
    let lifetimeSeconds: Int64
    let constraints: KeyConstraints

    /// Where `expires_in` is not said: an hour.
    private static let standardLifetimeSeconds: Int64 = 3_600

    /// - Throws: ``Problem`` 422 that names every member that is wrong.
    init(_ object: JSONObject) throws {
        var members = MemberReader(object)
        let uploader = members.string("uploaded_by", required: true)
        let expiresIn = members.integer("expires_in")
        let constraints = members.object("constraints")
        members.refuseUnknown()
        var problems = members.problems
        if let expiresIn, !UploadToken.lifetimeSeconds.contains(expiresIn) {
            let range = UploadToken.lifetimeSeconds
            problems.append(
                MemberProblem(
                    pointer: "/expires_in", detail: "must be \(range.lowerBound) to \(range.upperBound) seconds"))
        }
        var name: UploaderName?
        if let uploader {
            do throws(PlainTextProblem) {
                name = try UploaderName(uploader)
            } catch {
                problems.append(MemberProblem(pointer: "/uploaded_by", detail: "\(error)"))
            }
        }
        let parsed = constraints.map { KeyConstraints.parse($0, at: "/constraints") } ?? (.none, [])
        problems += parsed.problems
        guard problems.isEmpty, let name else { throw Problem.invalid(problems) }
        uploadedBy = name
        lifetimeSeconds = expiresIn ?? Self.standardLifetimeSeconds
        self.constraints = parsed.constraints
    }
}

extension KeyConstraints {
    /// Reads `{"max_file_bytes", "allowed_types"}`, which stands at `path` of a body.
    fileprivate static func parse(
        _ object: JSONObject, at path: String
    ) -> (constraints: KeyConstraints, problems: [MemberProblem]) {
        var members = MemberReader(object, path: path)
        let maximum = members.integer("max_file_bytes")
        let types = members.texts("allowed_types")
        members.refuseUnknown()
        guard members.problems.isEmpty else { return (.none, members.problems) }
        do throws(InvalidMembers) {
            return (try KeyConstraints(maximumFileBytes: maximum, allowedTypes: types), [])
        } catch {
            return (
                .none, error.problems.map { MemberProblem(pointer: path + $0.pointer, detail: $0.detail) }
            )
        }
    }
}
