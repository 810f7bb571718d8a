import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TollgateCore

/// A request as a browser, or any other client without credentials, sends it.
struct BrowserRequest: Sendable, Equatable {
    var method: String
    var url: String
    var headers: [PostForm.Field] = []
    var body: [UInt8] = []
}

/// What came back.
struct BrowserAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    /// Its beginning.
    let body: [UInt8]

    var isSuccess: Bool { (200..<300).contains(status) }

    /// S3's word for a refusal, empty where there is none.
    var code: String {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "<Code>"),
            let end = text[start.upperBound...].firstRange(of: "</Code>")
        else { return "" }
        // What a stranger sent goes to a terminal: S3's words are letters.
        return String(text[start.upperBound..<end.lowerBound].prefix(64).filter { $0.isASCII && $0.isLetter })
    }
}

/// There was no answer; the reason tells no more than host and port.
struct NoAnswer: Error, CustomStringConvertible {
    let description: String
}

/// Sends requests that carry no credentials but those signed into them.
struct Browser: Sendable {
    let client: HTTPClient
    let timeout: Duration

    private static let longestBody = 64 << 10

    func send(_ request: BrowserRequest) async throws(NoAnswer) -> BrowserAnswer {
        var sent = HTTPClientRequest(url: request.url)
        sent.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { sent.headers.add(name: header.name, value: header.value) }
        if ["PUT", "POST"].contains(request.method) { sent.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let response = try await client.execute(sent, deadline: .now() + TimeAmount(timeout))
            var body: [UInt8] = []
            for try await piece in response.body {
                body += piece.readableBytesView
                guard body.count < Self.longestBody else { break }
            }
            return BrowserAnswer(status: Int(response.status.code), headers: response.headers, body: body)
        } catch let error as HTTPClientError {
            throw NoAnswer(description: error.shortDescription)
        } catch {
            throw NoAnswer(description: String(describing: error))
        }
    }
}
