import Testing

@testable import TollgateCore

struct ContentDetectorTests {
    @Test("every row's own bytes match it, and one byte fewer does not", arguments: FileSignatures.all.indices)
    func rowMatchesItself(_ index: Int) {
        let row = FileSignatures.all[index]
        let file = [UInt8](repeating: 0x20, count: row.offset) + row.bytes
        #expect(row.matches(file))
        #expect(!row.matches(file.dropLast()))
        #expect(row.bytes.count == row.mask.count)
        #expect(!row.source.isEmpty)
    }

    @Test("every format has types to go by", arguments: ContentFormat.allCases)
    func formatHasTypes(_ format: ContentFormat) {
        #expect(!format.mediaTypes.isEmpty)
        #expect(format.mediaTypes.allSatisfy { !$0.contains("/x-") && $0 == $0.lowercased() })
    }

    @Test(
        "reads HTML, SVG and XML behind white space, marks, comments and declarations",
        arguments: [
            ("<!DOCTYPE HTML>", ContentFormat.html), (" \n\t<html ", .html), ("<ScRiPt>", .html), ("<h1>", .html),
            ("<!-- x --><script>", .html), ("\u{FEFF}<body\n", .html), ("<svg/onload=x>", .svg),
            ("<?xml version='1.0'?>\n<svg>", .svg), ("<!-- a > b --><svg ", .svg), ("<s:svg ", .svg),
            ("<!DOCTYPE svg PUBLIC '-//W3C' [<!ENTITY a '>'>]>\n<svg>", .svg), ("<?xml version='1.0'?><note>", .xml),
            ("<?xml version='1.0'?><html>", .html), ("<?php system(", .script), ("#! /bin/sh", .script),
        ])
    func readsMarkup(text: String, format: ContentFormat) {
        #expect(ContentDetector.detect(Array(text.utf8)).formats == [format])
    }

    @Test(
        "takes nothing for markup that only looks alike",
        arguments: ["<htmlx>", "<", "< html>", "a<html>", "#!AMR\n", "#! x", "<abc>", "<pre", "MZ is a band", ""])
    func readsNoMarkup(_ text: String) {
        #expect(ContentDetector.detect(Array(text.utf8)).formats.isEmpty)
    }

    @Test("reads HTML in UTF-16", arguments: [true, false])
    func readsUTF16(bigEndian: Bool) {
        let units = "\u{FEFF}<script>".utf16
        let bytes = units.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
        let found = ContentDetector.detect(bytes)
        #expect(found.formats == [.html])
        #expect(found.isText)
    }

    @Test(
        "tells text from binary", arguments: [("caf\u{e9}\r\n\u{1B}[1m", true), ("a\u{0}b", false), ("\u{7}", false)])
    func tellsText(text: String, isText: Bool) {
        #expect(ContentDetector.detect(Array(text.utf8)).isText == isText)
    }
}
