import Foundation

/// The system's refusal of the call that was just made; reads `errno`, so it must directly follow the call.
func systemFailure(_ operation: String, _ path: String) -> PostgresClusterError {
    systemFailure(operation, path, code: errno)
}

/// The refusal that an error number stands for.
func systemFailure(_ operation: String, _ path: String, code: Int32) -> PostgresClusterError {
    .system(operation: operation, path: path, message: String(cString: strerror(code)))
}
