/// A connection URL for a server that listens on a UNIX socket.
///
/// Source: PostgreSQL manual, "Connection URIs": a socket's folder goes into the parameter `host`, and everything
/// outside the unreserved characters is percent-encoded.
struct ConnectionURL {
    let user: String
    let password: String
    let socketDirectory: String
    let port: Int

    func text(database: String) -> String {
        let account = "\(Self.encode(user)):\(Self.encode(password))"
        return "postgresql://\(account)@/\(Self.encode(database))?host=\(Self.encode(socketDirectory))&port=\(port)"
    }

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
