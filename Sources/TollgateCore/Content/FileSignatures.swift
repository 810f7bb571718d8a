/// The table of file signatures, by kind.
package enum FileSignatures {
    package static let all = images + documents + archives + audio + video + fonts + executables + data

    private static let images: [FileSignature] = [
        FileSignature(.png, "89 50 4E 47 0D 0A 1A 0A", source: whatwgImages),
        FileSignature(.jpeg, "FF D8 FF", source: whatwgImages),
        FileSignature(.gif, text: "GIF87a", source: whatwgImages),
        FileSignature(.gif, text: "GIF89a", source: whatwgImages),
        FileSignature(.webp, "52 49 46 46 .. .. .. .. 57 45 42 50 56 50", source: whatwgImages),
        FileSignature(.bmp, text: "BM", isWeak: true, source: whatwgImages),
        // The reserved fields that follow the size are 0.
        FileSignature(
            .bmp, "42 4D .. .. .. .. 00 00 00 00 .. .. 00 00", source: "Microsoft, BITMAPFILEHEADER structure"),
        FileSignature(.icon, "00 00 01 00", source: whatwgImages),
        FileSignature(.icon, "00 00 02 00", source: whatwgImages),
        FileSignature(.tiff, "49 49 2A 00", source: "TIFF 6.0, section 2"),
        FileSignature(.tiff, "4D 4D 00 2A", source: "TIFF 6.0, section 2"),
        FileSignature(.tiff, "49 49 2B 00 08 00", source: "BigTIFF design, header"),
        FileSignature(.tiff, "4D 4D 00 2B 00 08", source: "BigTIFF design, header"),
        FileSignature(.jxl, "FF 0A", isWeak: true, source: "ISO/IEC 18181-2, codestream"),
        FileSignature(.jxl, "00 00 00 0C 4A 58 4C 20 0D 0A 87 0A", source: "ISO/IEC 18181-2, signature box"),
        FileSignature(.jp2, "00 00 00 0C 6A 50 20 20 0D 0A 87 0A", source: "ISO/IEC 15444-1, annex I.5.1"),
        FileSignature(.jp2, "FF 4F FF 51", source: "ISO/IEC 15444-1, annex A.4.1"),
        FileSignature(.psd, "38 42 50 53 00 01", source: "Adobe Photoshop File Formats Specification, header"),
        FileSignature(.psd, "38 42 50 53 00 02", source: "Adobe Photoshop File Formats Specification, header"),
    ]

    private static let documents: [FileSignature] = [
        FileSignature(.pdf, text: "%PDF-", source: "WHATWG MIME Sniffing, section 7.1"),
        FileSignature(.postscript, text: "%!PS-Adobe-", source: "WHATWG MIME Sniffing, section 7.1"),
        // DOS EPS with a preview.
        FileSignature(.postscript, "C5 D0 D3 C6", source: "Adobe EPSF 3.0, section 5.2"),
        FileSignature(.rtf, text: #"{\rtf"#, source: "Rich Text Format Specification 1.9.1, header"),
        FileSignature(.ole, "D0 CF 11 E0 A1 B1 1A E1", source: "[MS-CFB], section 2.2"),
    ]

    private static let archives: [FileSignature] = [
        FileSignature(.zip, "50 4B 03 04", source: "PKWARE APPNOTE 6.3.10, section 4.3.7"),
        FileSignature(.zip, "50 4B 05 06", source: "PKWARE APPNOTE 6.3.10, section 4.3.16 (empty archive)"),
        FileSignature(.zip, "50 4B 07 08", source: "PKWARE APPNOTE 6.3.10, section 8.5.3 (split archive)"),
        FileSignature(.gzip, "1F 8B 08", source: "RFC 1952, section 2.3.1"),
        FileSignature(
            .bzip2, "42 5A 68 .. 31 41 59 26 53 59", source: "Wikipedia, \"bzip2\", file format (no specification)"),
        FileSignature(.xz, "FD 37 7A 58 5A 00", source: "The .xz File Format 1.2.1, section 2.1.1.1"),
        FileSignature(.zstd, "28 B5 2F FD", source: "RFC 8878, section 3.1.1"),
        FileSignature(.sevenZip, "37 7A BC AF 27 1C", source: "7-Zip, 7zFormat.txt"),
        FileSignature(.rar, "52 61 72 21 1A 07", source: "RAR 5.0 archive format, general layout"),
        FileSignature(.tar, text: "ustar", at: 257, source: "POSIX.1-2017, pax, \"ustar Interchange Format\""),
    ]

    private static let audio: [FileSignature] = [
        // Version, revision and flags follow; the four bytes of the size have no high bit.
        FileSignature(
            .id3, "49 44 33 00 00 00 00 00 00 00",
            mask: [0xFF, 0xFF, 0xFF, 0xF8, 0, 0x0F, 0x80, 0x80, 0x80, 0x80],
            source: "ID3v2.4.0 main structure, section 3.1"),
        // Eleven sync bits, MPEG 1 or 2, layer III, II or I.
        FileSignature(
            .mpegAudio, "FF E2", mask: [0xFF, 0xE6], isWeak: true, source: "ISO/IEC 11172-3, section 2.4.1.3"),
        FileSignature(
            .mpegAudio, "FF E4", mask: [0xFF, 0xE6], isWeak: true, source: "ISO/IEC 11172-3, section 2.4.1.3"),
        FileSignature(
            .mpegAudio, "FF E6", mask: [0xFF, 0xE6], isWeak: true, source: "ISO/IEC 11172-3, section 2.4.1.3"),
        // Twelve sync bits, layer 0.
        FileSignature(.adts, "FF F0", mask: [0xFF, 0xF6], isWeak: true, source: "ISO/IEC 13818-7, section 6.2"),
        FileSignature(.flac, text: "fLaC", source: "RFC 9639, section 6"),
        FileSignature(.ogg, "4F 67 67 53 00", source: "RFC 3533, section 6"),
        FileSignature(.wav, "52 49 46 46 .. .. .. .. 57 41 56 45", source: "WHATWG MIME Sniffing, section 6.2"),
        FileSignature(.wav, "52 46 36 34 .. .. .. .. 57 41 56 45", source: "EBU Tech 3306 (RF64)"),
        FileSignature(.aiff, "46 4F 52 4D .. .. .. .. 41 49 46 46", source: "WHATWG MIME Sniffing, section 6.2"),
        FileSignature(.aiff, "46 4F 52 4D .. .. .. .. 41 49 46 43", source: "Apple AIFF-C, form type"),
        FileSignature(.midi, "4D 54 68 64 00 00 00 06", source: "WHATWG MIME Sniffing, section 6.2"),
    ]

    private static let video: [FileSignature] = [
        // Movies from before `ftyp` begin with another atom.
        FileSignature(.quicktime, text: "moov", at: 4, isWeak: true, source: quickTime),
        FileSignature(.quicktime, text: "mdat", at: 4, isWeak: true, source: quickTime),
        FileSignature(.quicktime, text: "wide", at: 4, isWeak: true, source: quickTime),
        FileSignature(.quicktime, text: "free", at: 4, isWeak: true, source: quickTime),
        FileSignature(.quicktime, text: "skip", at: 4, isWeak: true, source: quickTime),
        // Segments of a stream.
        FileSignature(.isoMedia, text: "styp", at: 4, isWeak: true, source: "ISO/IEC 14496-12, section 8.16.2"),
        FileSignature(.matroska, "1A 45 DF A3", source: "RFC 8794, section 11.2.1"),
        FileSignature(.avi, "52 49 46 46 .. .. .. .. 41 56 49 20", source: "WHATWG MIME Sniffing, section 6.2"),
        FileSignature(.mpegProgram, "00 00 01 BA", source: "ISO/IEC 13818-1, section 2.5.3.4"),
        FileSignature(.mpegProgram, "00 00 01 B3", source: "ISO/IEC 11172-2, section 2.4.2.3"),
        FileSignature(.flv, "46 4C 56 01", source: "Adobe Flash Video File Format 10.1, annex E.2"),
        FileSignature(
            .asf, "30 26 B2 75 8E 66 CF 11 A6 D9 00 AA 00 62 CE 6C", source: "ASF Specification, section 10.1"),
    ]

    private static let fonts: [FileSignature] = [
        FileSignature(.woff, text: "wOFF", source: "WHATWG MIME Sniffing, section 6.3"),
        FileSignature(.woff2, text: "wOF2", source: "WHATWG MIME Sniffing, section 6.3"),
        FileSignature(.trueType, "00 01 00 00 00", source: "WHATWG MIME Sniffing, section 6.3; at most 255 tables"),
        FileSignature(.trueType, "74 72 75 65 00", source: "Apple TrueType Reference Manual, font directory"),
        FileSignature(.openType, text: "OTTO", source: "WHATWG MIME Sniffing, section 6.3"),
        FileSignature(.fontCollection, text: "ttcf", source: "WHATWG MIME Sniffing, section 6.3"),
    ]

    private static let executables: [FileSignature] = [
        FileSignature(.elf, "7F 45 4C 46", source: "System V ABI, chapter 4, ELF identification"),
        FileSignature(.machO, "FE ED FA CE", source: machO),
        FileSignature(.machO, "FE ED FA CF", source: machO),
        FileSignature(.machO, "CE FA ED FE", source: machO),
        FileSignature(.machO, "CF FA ED FE", source: machO),
        // A universal binary and a class share their first bytes.
        FileSignature(.machO, "CA FE BA BE", source: "Apple, mach-o/fat.h"),
        FileSignature(.javaClass, "CA FE BA BE", source: "Java Virtual Machine Specification, section 4.1"),
        FileSignature(.wasm, "00 61 73 6D", source: "WebAssembly Core Specification, section 5.5.16"),
    ]

    private static let data: [FileSignature] = [
        FileSignature(.sqlite, "53 51 4C 69 74 65 20 66 6F 72 6D 61 74 20 33 00", source: "SQLite, file format, 1.3.1"),
        FileSignature(.parquet, text: "PAR1", source: "Apache Parquet, file format"),
    ]

    private static let whatwgImages = "WHATWG MIME Sniffing, section 6.1"
    private static let quickTime = "Apple QuickTime File Format, atoms"
    private static let machO = "Apple, mach-o/loader.h"
}
