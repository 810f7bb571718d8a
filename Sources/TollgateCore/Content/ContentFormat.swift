/// What a file can be by its leading bytes. Formats that begin alike are one: Word, EPUB and a JAR are all `zip`.
package enum ContentFormat: String, Hashable, Sendable, CaseIterable {
    case png, jpeg, gif, webp, bmp, tiff, icon, avif, heif, jxl, psd, jp2
    case pdf, postscript, rtf
    case zip, ole, gzip, bzip2, xz, zstd, sevenZip, rar, tar
    case id3, mpegAudio, flac, ogg, wav, aiff, midi, adts
    case isoMedia, quicktime, matroska, avi, mpegProgram, mpegTransport, flv, asf
    case woff, woff2, trueType, openType, fontCollection
    case elf, windowsExecutable, machO, javaClass, wasm, script
    case html, xml, svg
    case sqlite, parquet

    /// Runs, or makes a browser run something: never what an image, a sound, a film, a font or a PDF begins with.
    package var isActive: Bool {
        switch self {
        case .elf, .windowsExecutable, .machO, .javaClass, .wasm, .script, .html, .xml, .svg: true
        default: false
        }
    }

    /// Many formats are made of it, more than any table knows.
    var isContainer: Bool {
        switch self {
        case .zip, .ole, .gzip, .bzip2, .xz, .zstd, .sevenZip, .rar, .tar, .sqlite, .isoMedia: true
        default: false
        }
    }
}
