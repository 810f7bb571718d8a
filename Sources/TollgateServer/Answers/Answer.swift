import HTTPTypes
import Hummingbird
import NIOCore
import TollgateCore

/// What a route answers as a JSON object: the value writes its members itself, without reflection or a tree between.
protocol Answer: Sendable {
    func write(to json: inout JSONWriter)
}

extension Response {
    /// An answer as `application/json`. Answers hold permissions and states of the moment: nothing may store them.
    static func json(_ answer: some Answer, status: HTTPResponse.Status = .ok) -> Response {
        var json = JSONWriter(reservingCapacity: 2048)
        json.object { answer.write(to: &$0) }
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
