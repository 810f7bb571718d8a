/// A credential as forms, headers and queries carry it: `AKID/20151229/us-east-1/s3/aws4_request`.
///
/// Source: AWS General Reference, "Elements of an AWS API request signature".
struct Credential: Sendable {
    let accessKeyID: String
    let scope: CredentialScope

    /// What is wrong with a credential, in S3's words.
    struct Fault: Error {
        let message: String
        /// S3 adds the region that it expects as an element of its own.
        var region: String?

        var elements: [S3Error.Element] { region.map { [S3Error.Element("Region", $0)] } ?? [] }
    }

    /// - Parameters:
    ///   - text: as received.
    ///   - region: the only one that is right.
    /// - Throws: the first fault in S3's order: the five parts, the region, the service, the terminal, the day.
    init(_ text: String, region: String) throws(Fault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, !parts[0].isEmpty else {
            throw Fault(
                message: "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
            )
        }
        guard !parts[2].isEmpty else {
            throw Fault(message: "a non-empty region must be provided in the credential.")
        }
        guard parts[2] == region else {
            throw Fault(message: "the region '\(parts[2])' is wrong; expecting '\(region)'", region: region)
        }
        guard parts[3] == "s3" else {
            throw Fault(message: "incorrect service \"\(parts[3])\". This endpoint belongs to \"s3\".")
        }
        guard parts[4] == "aws4_request" else {
            throw Fault(message: "incorrect terminal \"\(parts[4])\". This endpoint uses \"aws4_request\".")
        }
        let day = parts[1]
        guard day.utf8.count == 8, day.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw Fault(
                message: "incorrect date format \"\(day)\". This date in the credential must be in the format "
                    + "\"yyyyMMdd\".")
        }
        accessKeyID = parts[0]
        scope = CredentialScope(day: day, region: region)
    }
}
