import HTTPTypes
import Hummingbird
import TollgateCore

/// What a route answers as a JSON object: the value writes its members itself, without reflection or a tree between.
protocol Answer: Sendable {
    func write(to json: inout JSONWriter)
}

extension Response {
    /// An answer as `application/json`.
    static func json(_ answer: some Answer, status: HTTPResponse.Status = .ok) -> Response {
        Response(WholeResponse.json(answer, status: status))
    }
}
