/// Why a text is no API key. It never carries the text.
package enum APIKeyProblem: Error, Hashable, Sendable {
    /// Not `tg_`, 12 digits, `_`, 49 digits.
    case shape
    /// Of that shape, but mistyped or cut and mended: the CRC-32 at the end does not fit.
    case checksum
}

extension APIKey {
    /// Parses a key. Being well formed proves nothing but that: the secret is still to be verified.
    ///
    /// - Throws: ``APIKeyProblem``, in a time that depends on nothing secret.
    package init(parsing text: String) throws(APIKeyProblem) {
        let utf8 = text.utf8
        guard utf8.count == Self.length, text.hasPrefix("tg_") else { throw .shape }
        let idStart = utf8.index(utf8.startIndex, offsetBy: 3)
        let idEnd = utf8.index(idStart, offsetBy: APIKeyPublicID.length)
        let secretStart = utf8.index(after: idEnd)
        guard utf8[idEnd] == UInt8(ascii: "_"), utf8[secretStart...].allSatisfy(Base62.isDigit),
            utf8[idStart..<idEnd].allSatisfy(Base62.isDigit), let publicID = APIKeyPublicID(text[idStart..<idEnd])
        else { throw .shape }
        let checksumStart = utf8.index(utf8.endIndex, offsetBy: -6)
        let checksum = CRC32.checksum(utf8[..<checksumStart])
        guard Base62.encode(checksum) == text[checksumStart...] else { throw .checksum }
        self.init(publicID: publicID, text: text)
    }
}
