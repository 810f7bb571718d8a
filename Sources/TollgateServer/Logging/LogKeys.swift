/// The names of metadata in logs. Dotted, so that a log store nests them.
package enum LogKeys {
    package static let tenantID = "tenant.id"
    package static let tenantSlug = "tenant.slug"
    package static let uploadID = "upload.id"
    package static let uploadStatus = "upload.status"
    package static let keyID = "key.id"
    package static let requestID = "request.id"
    /// A line of `dev` or of a worker: which part speaks.
    package static let component = "component"

    package static let httpMethod = "http.method"
    /// The route's template, never the path: a path holds ids, a query may hold a signature.
    package static let httpRoute = "http.route"
    /// Who may call a route: a scope, `tenant`, `operator` or `open`.
    package static let httpRouteAccess = "http.route.access"
    package static let httpStatus = "http.status"
    package static let httpRequestBytes = "http.request.bytes"
    package static let httpResponseBytes = "http.response.bytes"
    package static let clientAddress = "client.address"
    package static let problemCode = "problem.code"

    /// Milliseconds.
    package static let duration = "duration.ms"
    package static let databaseState = "db.sqlstate"
    package static let databaseConstraint = "db.constraint"
    package static let storeOperation = "store.operation"
    package static let storeCode = "store.code"
    package static let storeStatus = "store.status"
    /// The store's own id of a request.
    package static let storeRequestID = "store.request_id"
    package static let attempt = "attempt"
    package static let count = "count"
    package static let bytes = "bytes"
    package static let schemaVersion = "schema.version"
    package static let serverHost = "server.host"
    package static let serverPort = "server.port"
    package static let serverURL = "server.url"
    package static let setting = "setting"
    package static let signal = "signal"
    package static let error = "error"
    package static let errorType = "error.type"
}
