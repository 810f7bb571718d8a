internal import OpenSSL
internal import TollgateCore

/// Reads a key from a request's path.
enum ObjectPath {
    /// Reads `/` and a percent-encoded key.
    ///
    /// - Parameter path: as on the wire.
    /// - Returns: the key.
    /// - Throws: ``S3Error`` InvalidURI for escapes that are none, or that are no UTF-8.
    static func key(_ path: String) throws(S3Error) -> ObjectKey {
        guard let bytes = decode(path.utf8.dropFirst()), let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidURI
        }
        guard let key = ObjectKey(text) else {
            throw S3Error(
                status: 400, code: "KeyTooLongError", message: "Your key is too long",
                elements: [.init("Size", String(bytes.count)), .init("MaxSizeAllowed", "1024")])
        }
        return key
    }

    private static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard let decoded = Hex.decode(String(decoding: digits, as: UTF8.self)), decoded.count == 1 else {
                return nil
            }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
