internal import Foundation
internal import FoundationXML

/// An XML element with its text and its children. Attributes are dropped, namespaces not looked at.
///
/// The one place that knows the parser: libxml2 behind Foundation's XMLParser, which resolves no external entities.
struct XMLTree: Sendable, Equatable {
    let name: String
    private(set) var text = ""
    private(set) var children: [XMLTree] = []

    /// The first child of a name.
    subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

    /// The text of the first child of a name.
    func text(_ name: String) -> String? { self[name]?.text }

    fileprivate init(name: String) {
        self.name = name
    }

    /// Reads a document.
    /// - Throws: ``S3Failure/malformed(reason:)`` for what is no XML, or nested deeper than any answer of S3.
    init(_ bytes: [UInt8]) throws(S3Failure) {
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        let builder = Builder()
        parser.delegate = builder
        guard parser.parse(), parser.parserError == nil, let root = builder.root else {
            throw .malformed(reason: "it is no XML document")
        }
        self = root
    }

    private final class Builder: NSObject, XMLParserDelegate {
        var root: XMLTree?
        private var open: [XMLTree] = []
        private static let deepest = 16

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            guard open.count < Self.deepest else { return parser.abortParsing() }
            open.append(XMLTree(name: name))
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            guard let ended = open.popLast() else { return }
            if open.isEmpty { root = ended } else { open[open.count - 1].children.append(ended) }
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if !open.isEmpty { open[open.count - 1].text += text }
        }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            if !open.isEmpty { open[open.count - 1].text += String(decoding: block, as: UTF8.self) }
        }
    }
}
