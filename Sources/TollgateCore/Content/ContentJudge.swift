/// Holds an object's leading bytes against the type that its upload declared.
package enum ContentJudge {
    /// - Parameters:
    ///   - declared: the upload's type.
    ///   - leading: the object's first bytes, ``ContentDetector/maximumBytes`` or all it has.
    ///   - size: the object's size in bytes.
    ///   - mode: the tenant's.
    /// - Returns: nil where the object may stay.
    package static func judge(
        declared: MediaType, leading: [UInt8], size: Int64, mode: ContentVerification
    ) -> UploadRejection? {
        let type = DeclaredType(declared)
        guard mode != .off, !type.saysNothing else { return nil }
        if size == 0 || leading.isEmpty {
            guard mode == .strict, !type.isPlainText else { return nil }
            return reject("declared: \(declared.essence); the object is empty, so nothing confirms it")
        }
        let found = ContentDetector.detect(leading)
        if contradicts(found, type) {
            return reject("declared: \(declared.essence); the leading bytes are \(name(found, type))")
        }
        guard mode == .strict, !confirms(found, type) else { return nil }
        return reject(
            type.isKnown
                ? "declared: \(declared.essence); the leading bytes do not confirm it"
                : "declared: \(declared.essence); no signature of this type is known, so nothing confirms it")
    }

    /// Whether the bytes are something that the type is not. What nobody recognises contradicts nothing.
    private static func contradicts(_ found: DetectedContent, _ type: DeclaredType) -> Bool {
        if type.isXMLMedia { return !found.isXMLMedia }
        if type.isPassive, found.formats.contains(where: \.isActive) { return true }
        // Text may speak of anything, whatever its first letters look like.
        if type.isText, found.isText { return false }
        guard !found.formats.isEmpty, !found.formats.contains(where: type.isConfirmed(by:)) else { return false }
        if type.isKnown { return true }
        // Of a type that is not in the table only the kind is known, and a container may hold any kind.
        return type.isPassive && !found.formats.contains { $0.isContainer || type.sharesKind(with: $0) }
    }

    private static func confirms(_ found: DetectedContent, _ type: DeclaredType) -> Bool {
        if found.formats.union(found.possible).contains(where: type.isConfirmed(by:)) { return true }
        if type.isXMLMedia { return true }
        if type.isJSON { return found.mayBeJSON }
        if type.isXML { return found.mayBeXML }
        return type.isPlainText && found.isText
    }

    private static func name(_ found: DetectedContent, _ type: DeclaredType) -> String {
        guard !found.formats.isEmpty else { return type.isXMLMedia ? "no XML" : "something else" }
        return "those of " + found.formats.map(\.rawValue).sorted().joined(separator: " or ")
    }

    private static func reject(_ detail: String) -> UploadRejection {
        UploadRejection(reason: .contentMismatch, detail: detail)
    }
}

extension DetectedContent {
    /// SVG, or other XML: its first tag may stand behind what was read.
    fileprivate var isXMLMedia: Bool { isText && (formats == [.svg] || formats == [.xml]) }
}
