internal import Foundation

/// Holds one form against its policy.
///
/// Source: Amazon S3 API Reference, "POST Policy" (sigv4-HTTPPOSTConstructPolicy): "Each form field that you specify
/// in a form (except x-amz-signature, file, policy, and field names that have an x-ignore- prefix) must appear in the
/// list of conditions."
struct PostPolicyEvaluator {
    let policy: PolicyDocument
    let bucket: String

    /// - Parameters:
    ///   - fields: with `${filename}` expanded, since conditions look at what will be stored.
    ///   - now: the instant to judge at.
    /// - Throws: 403 AccessDenied: expired, then fields without a condition, then the first condition that fails.
    func evaluate(_ fields: FormFields, at now: Date) throws(S3Error) {
        guard now < policy.expiresAt else { throw .policyViolation("Policy expired.") }
        let extra = uncovered(fields)
        guard extra.isEmpty else {
            throw .policyViolation("Extra input fields: \(extra.joined(separator: ","))")
        }
        for condition in policy.conditions {
            // The bucket is the one that was posted to, whatever a field of that name says.
            let actual = condition.field == "bucket" ? bucket : fields[condition.field]
            guard condition.holds(for: actual) else {
                throw .policyViolation("Policy Condition failed: \(condition.shown)")
            }
        }
    }

    /// In the order of the form; the bucket, which every form has without naming it, comes last.
    private func uncovered(_ fields: FormFields) -> [String] {
        let covered = Set(policy.conditions.map(\.field))
        var names = fields.fields.map(\.name)
        if !names.contains("bucket") { names.append("bucket") }
        return names.filter { !covered.contains($0) && !Self.isExempt($0) }
    }

    private static func isExempt(_ name: String) -> Bool {
        ["x-amz-signature", "file", "policy"].contains(name) || name.utf8.starts(with: "x-ignore-".utf8)
    }
}
