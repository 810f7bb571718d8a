extension ContentFormat {
    /// The media types that files of this format go by, without the `x-` of unregistered ones.
    ///
    /// Source: IANA, "Media Types", and the names that browsers and systems use beside them.
    var mediaTypes: Set<String> { Self.table[self] ?? [] }

    /// Families of types whose names follow a rule, so that a list would never be whole.
    func isFamily(of type: String, _ subtype: String) -> Bool {
        switch self {
        case .zip:
            // RFC 6839, section 3.6; ECMA-376; OpenDocument 1.3, part 2. Excel's macro formats are OOXML too.
            subtype.hasSuffix("+zip") || subtype.hasPrefix("vnd.openxmlformats-officedocument.")
                || subtype.hasPrefix("vnd.oasis.opendocument.") || subtype.hasPrefix("vnd.ms-visio.")
                || subtype.contains(".macroenabled") || Self.oldOffice.contains("\(type)/\(subtype)")
        case .ole:
            // An encrypted OOXML file is an OLE2 file ([MS-OFFCRYPTO], section 2.3.2).
            subtype.hasPrefix("vnd.openxmlformats-officedocument.") || subtype.contains(".macroenabled")
        case .gzip:
            subtype.hasSuffix("+gzip")
        case .xml:
            // RFC 7303, section 4.2.
            subtype.hasSuffix("+xml")
        case .sqlite:
            subtype.hasSuffix("+sqlite3")
        default:
            false
        }
    }

    /// What files of the old Office formats hold in practice: OLE2, but also OOXML, RTF, HTML and CSV.
    static let oldOffice: Set<String> = [
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    ]

    /// Every type that ``mediaTypes`` names.
    static let listedTypes: Set<String> = table.values.reduce(into: []) { $0.formUnion($1) }

    private static let table: [ContentFormat: Set<String>] = [
        .png: ["image/png", "image/apng", "image/vnd.mozilla.apng"],
        .jpeg: ["image/jpeg", "image/jpg", "image/pjpeg", "image/jfif", "image/mpo"],
        .gif: ["image/gif"],
        .webp: ["image/webp"],
        .bmp: ["image/bmp", "image/ms-bmp", "image/windows-bmp"],
        .tiff: ["image/tiff", "image/tif", "image/tiff-fx", "image/adobe-dng", "image/dng"],
        .icon: ["image/vnd.microsoft.icon", "image/icon", "image/ico"],
        .avif: ["image/avif", "image/avif-sequence", "image/heif", "image/heif-sequence"],
        .heif: [
            "image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif",
            "image/avif-sequence",
        ],
        .jxl: ["image/jxl"],
        .psd: ["image/vnd.adobe.photoshop", "image/psd", "image/photoshop", "application/photoshop"],
        .jp2: ["image/jp2", "image/jpx", "image/jpm", "image/jpeg2000", "image/jpeg2000-image", "video/mj2"],
        .pdf: [
            "application/pdf", "application/illustrator", "application/vnd.adobe.illustrator",
            // Illustrator's files have been PDF for long; Debian calls them PostScript.
            "application/postscript",
        ],
        .postscript: ["application/postscript", "application/eps", "image/eps", "application/illustrator"],
        .rtf: ["application/rtf", "text/rtf", "text/richtext", "application/msword"],
        .zip: [
            "application/zip", "application/zip-compressed", "application/java-archive", "application/jar",
            "application/vnd.android.package-archive", "application/xpinstall", "application/vnd.google-earth.kmz",
            "application/vnd.apple.keynote", "application/vnd.apple.pages", "application/vnd.apple.numbers",
            "application/vnd.visio", "application/vnd.comicbook+zip", "application/cbz",
            "application/vnd.ms-xpsdocument", "application/oxps", "image/openraster", "model/3mf",
            "application/vnd.sun.xml.writer", "application/vnd.sun.xml.calc", "application/vnd.sun.xml.impress",
            "application/wheel+zip", "application/appx", "application/msix",
        ],
        .ole: [
            "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook", "application/vnd.visio", "application/vnd.ms-project", "application/msi",
            "application/ole-storage", "application/vnd.ms-works", "application/mspublisher",
        ],
        .gzip: [
            "application/gzip", "application/gunzip", "application/gzip-compressed", "application/tgz",
            "application/gtar", "application/gtar-compressed", "application/compressed-tar", "application/tar",
        ],
        .bzip2: [
            "application/bzip", "application/bzip2", "application/bzip-compressed-tar", "application/tar",
        ],
        .xz: ["application/xz", "application/xz-compressed-tar", "application/tar"],
        .zstd: ["application/zstd", "application/zstd-compressed-tar", "application/tar"],
        .sevenZip: ["application/7z-compressed"],
        .rar: [
            "application/vnd.rar", "application/rar", "application/rar-compressed", "application/vnd.comicbook-rar",
            "application/cbr",
        ],
        .tar: ["application/tar", "application/gtar", "application/ustar"],
        .id3: ["audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/mpg", "audio/aac", "audio/flac", "audio/aiff"],
        .mpegAudio: ["audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/mpg", "audio/mpa", "audio/mp2"],
        .flac: ["audio/flac"],
        .ogg: [
            "application/ogg", "audio/ogg", "video/ogg", "audio/opus", "audio/vorbis", "audio/speex", "audio/flac",
            "video/theora",
        ],
        .wav: ["audio/wav", "audio/wave", "audio/vnd.wave", "audio/pn-wav"],
        .aiff: ["audio/aiff", "audio/aif", "audio/aifc"],
        .midi: ["audio/midi", "audio/mid", "audio/sp-midi", "application/midi"],
        .adts: ["audio/aac", "audio/aacp", "audio/hx-aac-adts"],
        .isoMedia: isoMediaTypes,
        .quicktime: isoMediaTypes,
        .matroska: [
            "video/webm", "audio/webm", "video/matroska", "audio/matroska", "video/matroska-3d",
            "application/matroska",
        ],
        .avi: ["video/avi", "video/vnd.avi", "video/msvideo", "video/divx"],
        .mpegProgram: ["video/mpeg", "video/mp1s", "video/mp2p", "video/mpg", "video/mpeg2", "video/dvd"],
        .mpegTransport: ["video/mp2t", "video/mpeg", "video/mts", "video/m2ts"],
        .flv: ["video/flv"],
        .asf: [
            "video/ms-wmv", "audio/ms-wma", "video/ms-asf", "application/vnd.ms-asf", "video/ms-wm",
            "video/ms-wvx",
        ],
        .woff: ["font/woff", "application/font-woff"],
        .woff2: ["font/woff2", "application/font-woff2"],
        .trueType: sfntTypes,
        .openType: sfntTypes,
        .fontCollection: sfntTypes.union(["font/collection"]),
        .elf: ["application/executable", "application/sharedlib", "application/elf", "application/object"],
        .windowsExecutable: [
            "application/vnd.microsoft.portable-executable", "application/msdownload", "application/msdos-program",
            "application/dosexec", "application/exe", "application/ms-dos-executable",
        ],
        .machO: ["application/mach-binary", "application/mach-o"],
        .javaClass: ["application/java", "application/java-vm", "application/java-class"],
        .wasm: ["application/wasm"],
        // An executable JAR begins with the script that starts it.
        .script: [
            "application/sh", "application/shellscript", "application/php", "application/httpd-php",
            "application/executable", "application/java-archive",
        ],
        .html: ["text/html", "application/xhtml+xml"],
        .xml: ["application/xml", "text/xml"],
        .svg: ["image/svg+xml", "application/xml", "text/xml"],
        .sqlite: [
            "application/sqlite3", "application/vnd.sqlite3", "application/sqlite", "application/geopackage+sqlite3",
        ],
        .parquet: ["application/vnd.apache.parquet", "application/parquet"],
    ]

    private static let sfntTypes: Set<String> = [
        "font/ttf", "font/otf", "font/sfnt", "application/font-ttf", "application/font-otf", "application/font-sfnt",
        "application/font-truetype", "application/font-opentype", "application/vnd.ms-opentype",
    ]

    /// One container, whichever of sound and film is in it.
    private static let isoMediaTypes: Set<String> = [
        "video/mp4", "audio/mp4", "application/mp4", "audio/m4a", "video/m4v", "audio/m4b", "audio/mp4a-latm",
        "video/quicktime", "video/3gpp", "audio/3gpp", "video/3gpp2", "audio/3gpp2", "audio/aac", "video/f4v",
        "video/iso.segment", "audio/alac",
    ]
}
