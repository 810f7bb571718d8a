import HTTPTypes
import Hummingbird
import NIOCore
import TollgateCore

/// An answer with all of its bytes.
struct WholeResponse: Sendable {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: ByteBuffer

    /// An answer of the JSON object that `write` makes. Answers hold permissions and states of the moment: nothing may
    /// store them.
    init(
        _ status: HTTPResponse.Status, _ contentType: String, headers: HTTPFields = [:],
        write: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter(reservingCapacity: 2048)
        json.object(write)
        self.status = status
        self.headers = headers
        self.headers.append(HTTPField(name: .contentType, value: contentType))
        self.headers.append(HTTPField(name: .cacheControl, value: "no-store"))
        self.headers.append(HTTPField(name: .contentLength, value: json.bytes.count.description))
        body = ByteBuffer(bytes: json.bytes)
    }

    static func json(_ answer: some Answer, status: HTTPResponse.Status) -> WholeResponse {
        WholeResponse(status, "application/json") { answer.write(to: &$0) }
    }
}

extension WholeResponse {
    /// The answer as it is sent over HTTP/1.1 (RFC 9112, sections 4 and 5).
    func serialized() -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: 512 + body.readableBytes)
        bytes.writeString("HTTP/1.1 ")
        bytes.writeString(status.code.description)
        bytes.writeString(" ")
        bytes.writeString(status.reasonPhrase)
        bytes.writeString("\r\n")
        for field in headers {
            bytes.writeString(field.name.rawName)
            bytes.writeString(": ")
            bytes.writeString(field.value)
            bytes.writeString("\r\n")
        }
        bytes.writeString("\r\n")
        bytes.writeImmutableBuffer(body)
        return bytes
    }
}

extension Response {
    init(_ whole: WholeResponse) {
        self.init(status: whole.status, headers: whole.headers, body: ResponseBody(byteBuffer: whole.body))
    }
}
