import Foundation
import Testing

@testable import ObjectStorage

@Suite("The IAM policy in config/")
struct IAMPolicyTests {
    private struct Policy: Decodable {
        struct Statement: Decodable {
            let actions: [String]

            enum CodingKeys: String, CodingKey { case actions = "Action" }
        }

        let statements: [Statement]

        enum CodingKeys: String, CodingKey { case statements = "Statement" }
    }

    /// What each operation needs, those that are signed for browsers included.
    ///
    /// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
    private static let actions: [String: String] = [
        "HeadBucket": "s3:ListBucket", "ListObjectsV2": "s3:ListBucket", "HeadObject": "s3:GetObject",
        "GetObject": "s3:GetObject", "PutObject": "s3:PutObject", "PostObject": "s3:PutObject",
        "CreateMultipartUpload": "s3:PutObject", "UploadPart": "s3:PutObject",
        "CompleteMultipartUpload": "s3:PutObject", "AbortMultipartUpload": "s3:AbortMultipartUpload",
        "DeleteObject": "s3:DeleteObject", "DeleteObjects": "s3:DeleteObject",
        "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    ]

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    /// The operations that the client names in its calls.
    private static func operations() throws -> Set<String> {
        let folder = root.appending(path: "Sources/ObjectStorage/S3")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "swift" }.reduce(into: []) { found, file in
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /operation: "([A-Za-z0-9]+)"/) { found.insert(String(match.output.1)) }
        }
    }

    @Test("allows the calls that the gateway makes and signs, and nothing else")
    func allowsWhatIsUsed() throws {
        let used = try Self.operations().union(["PostObject"])
        #expect(used.count > 5)
        let unknown = used.filter { Self.actions[$0] == nil }
        #expect(unknown.isEmpty, "say which action these need: \(unknown)")
        let text = try Data(contentsOf: Self.root.appending(path: "config/s3-iam-policy.json"))
        let allowed = try JSONDecoder().decode(Policy.self, from: text).statements.flatMap(\.actions)
        #expect(Set(allowed) == Set(used.compactMap { Self.actions[$0] }))
    }
}
