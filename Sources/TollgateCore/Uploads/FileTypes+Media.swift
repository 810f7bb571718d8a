// Written by scripts/generate-file-types from Debian's list of media types. Change it there.

extension FileTypes {
    /// Everything that is not `application/...`.
    static let tableMedia: [(type: String, subtypes: String)] = [
        (
            "audio",
            """
            32kadpcm 726;aac aac adts ass;ac3 ac3;amr amr;amr-wb awb;annodex axa;asc acn;atrac-advanced-lossless aal;
            atrac-x atx;atrac3 aa3 at3 omg;basic au snd;csound csd sco;dls dls;evrc evc;evrc-qcp qcp;evrcb evb;
            evrcnw enw;evrcwb evw;flac flac;ilbc lbc;l16 l16;mhas mhas;midi kar mid midi;mobile-xmf mxmf;mp4 m4a;
            mpeg mp1 mp2 mp3 mpega mpga;mpegurl m3u;ogg oga ogg opus spx;prs.sid psid sid;smv smv;sofa sofa;
            usac loas xhe;vnd.audiokoz koz;vnd.dece.audio uva uvva;vnd.digital-winds eol;vnd.dolby.mlp mlp;
            vnd.dts dts;vnd.dts.hd dtshd;vnd.everad.plj plj;vnd.lucent.voice lvp;vnd.ms-playready.media.pya pya;
            vnd.nortel.vbk vbk;vnd.nuera.ecelp4800 ecelp4800;vnd.nuera.ecelp7470 ecelp7470;
            vnd.nuera.ecelp9600 ecelp9600;vnd.presonus.multitrack multitrack;vnd.rip rip;
            vnd.sealedmedia.softseal.mpeg s1m smp smp3;wav wav;webm weba;x-aiff aif aifc aiff;x-gsm gsm;
            x-matroska mka;x-ms-wax wax;x-ms-wma wma;x-musepack mpc;x-pn-realaudio ra ram rm;x-scpls pls;x-sd2 sd2;
            """
        ),
        (
            "chemical",
            """
            x-alchemy alc;x-cache cac cache;x-cache-csf csf;x-cactvs-binary cascii cbin ctab;x-cdx cdx;x-chem3d c3d;
            x-cif cif;x-cmdf cmdf;x-cml cml;x-compass cpa;x-crossfire bsd;x-csml csm csml;x-ctx ctx;x-cxf cef cxf;
            x-embl-dl-nucleotide emb embl;x-galactic-spc spc;x-gamess-input gam gamin inp;
            x-gaussian-checkpoint fch fchk;x-gaussian-cube cub;x-gaussian-input gau gjc gjf;x-gaussian-log gal;
            x-gcg8-sequence gcg;x-genbank gen;x-hin hin;x-isostar ist istr;x-jcamp-dx dx jdx;x-kinemage kin;
            x-macmolecule mcm;x-macromodel-input mmod;x-mdl-molfile mol;x-mdl-rdfile rd;x-mdl-rxnfile rxn;
            x-mdl-sdfile sd sdf;x-mdl-tgf tgf;x-mmcif mcif;x-molconn-z b;x-mopac-graph gpt;
            x-mopac-input mop mopcrt zmt;x-mopac-out moo;x-mopac-vib mvb;x-ncbi-asn1 asn;x-ncbi-asn1-ascii prt;
            x-ncbi-asn1-binary val;x-pdb pdb;x-rosdal ros;x-swissprot sw;x-vamas-iso14976 vms;x-vmd vmd;x-xtel xtel;
            x-xyz xyz;
            """
        ),
        (
            "font",
            """
            collection ttc;otf otf;ttf ttf;woff woff;woff2 woff2;
            """
        ),
        (
            "image",
            """
            aces exr;apng apng;avci avci;avcs avcs;avif avif hif;bmp bmp;cgm cgm;dicom-rle drle;dpx dpx;emf emf;
            fits fit fits fts;gif gif;heic heic;heic-sequence heics;heif heif;heif-sequence heifs;hej2k hej2;
            hsj2 hsj2;ief ief;jls jls;jp2 jp2 jpg2;jpeg jfif jpe jpeg jpg;jph jph;jphc jhc jphc;jpm jpgm jpm;
            jpx jpf jpx;jxl jxl;jxr jxr;jxra jxra;jxrs jxrs;jxs jxs;jxsc jxsc;jxsi jxsi;jxss jxss;ktx ktx;ktx2 ktx2;
            png png;prs.btif btf btif;prs.pti pti;qoi qoi;svg+xml svg svgz;tiff tif tiff;tiff-fx tfx;
            vnd.adobe.photoshop psd;vnd.airzip.accelerator.azv azv;vnd.dece.graphic uvg uvi uvvg uvvi;
            vnd.djvu djv djvu;vnd.dwg dwg;vnd.dxf dxf;vnd.fastbidsheet fbs;vnd.fpx fpx;vnd.fst fst;
            vnd.fujixerox.edmics-mmr mmr;vnd.fujixerox.edmics-rlc rlc;vnd.globalgraphics.pgb pgb;
            vnd.microsoft.icon ico;vnd.ms-modi mdi;vnd.pco.b16 b16;vnd.radiance hdr rgbe xyze;
            vnd.sealed.png s1n spn spng;vnd.sealedmedia.softseal.gif s1g sgi sgif;
            vnd.sealedmedia.softseal.jpg s1j sjp sjpg;vnd.tencent.tap tap;vnd.valve.source.texture vtf;
            vnd.wap.wbmp wbmp;vnd.xiff xif;vnd.zbrush.pcx pcx;webp webp;wmf wmf;x-adobe-dng dng;x-canon-cr2 cr2;
            x-canon-cr3 cr3;x-canon-crw crw;x-cmu-raster ras;x-coreldraw cdr;x-coreldrawpattern pat;
            x-coreldrawtemplate cdt;x-epson-erf erf;x-fuji-raf raf;x-jg art;x-jng jng;x-nikon-nef nef;
            x-olympus-orf orf;x-panasonic-rw2 rw2;x-portable-anymap pnm;x-portable-bitmap pbm;x-portable-graymap pgm;
            x-portable-pixmap ppm;x-rgb rgb;x-sony-arw arw;x-xbitmap xbm;x-xcf xcf;x-xpixmap xpm;x-xwindowdump xwd;
            """
        ),
        (
            "message",
            """
            global u8msg;global-delivery-status u8dsn;global-disposition-notification u8mdn;global-headers u8hdr;
            rfc822 eml mail;
            """
        ),
        (
            "model",
            """
            gltf+json gltf;gltf-binary glb;iges iges igs;jt jt;mesh mesh msh silo;mtl mtl;obj obj;ply ply;prc prc;
            step step stp;step+xml stpx;step+zip stpz;step-xml+zip stpxz;stl stl;u3d u3d;vnd.cld cld;
            vnd.collada+xml dae;vnd.dwf dwf;vnd.gdl dor gdl ism lmp msm rsm win;vnd.gtw gtw;vnd.moml+xml moml;
            vnd.opengex ogex;vnd.parasolid.transmit.binary x_b xmt_bin;vnd.parasolid.transmit.text x_t xmt_txt;
            vnd.pytha.pyox pyox;vnd.sap.vds vds;vnd.usda usda;vnd.usdz+zip usdz;vnd.valve.source.compiled-map bsp;
            vnd.vtu vtu;vrml vrm vrml wrl;x3d+fastinfoset x3db;x3d+xml x3d x3dz;x3d-vrml x3dv x3dvz;
            """
        ),
        (
            "multipart",
            """
            vnd.bint.med-plus bmed;voice-message vpm;
            """
        ),
        (
            "text",
            """
            cache-manifest appcache manifest;calendar ics ifb;cql cql;css css;csv csv;csv-schema csvs;dns soa zone;
            gff3 gff3;html htm html shtml;javascript es js mjs;jcr-cnd cnd;jsx jsx;markdown markdown md;mdx mdx;
            mizar miz;n3 n3;plain brf cfg conf ini log pot ps1 text txt;provenance-notation provn;
            prs.fallenstein.rst rst;prs.lines.tag dsc tag;sgml sgm sgml;shaclc shaclc shc;shex shex;spdx spdx;
            tab-separated-values tsv;texmacs tm;troff roff t tr;tsx tsx;turtle ttl;uri-list uri uris;vcard vcard vcf;
            vnd.a a;vnd.abc abc;vnd.ascii-art ascii;vnd.curl curl;vnd.debian.copyright copyright;
            vnd.dmclientscript dms;vnd.esmertec.theme-descriptor jtd;vnd.exchangeable vfk;vnd.familysearch.gedcom ged;
            vnd.ficlab.flt flt;vnd.fly fly;vnd.fmi.flexstor flx;vnd.graphviz dot gv;vnd.hans hans;vnd.hgl hgl;
            vnd.in3d.3dml 3dm 3dml;vnd.in3d.spot spo spot;vnd.ms-mediapackage mpf;
            vnd.net2phone.commcenter.command ccc;vnd.senx.warpscript mc2;vnd.sosi sos;vnd.sun.j2me.app-descriptor jad;
            vnd.wap.si si;vnd.wap.sl sl;vnd.wap.wml wml;vnd.wap.wmlscript wmls;vtt vtt;wgsl wgsl;x-bibtex bib;
            x-boo boo;x-c++hdr h++ hh hpp hxx;x-c++src c++ cc cpp cxx;x-chdr h;x-component htc;x-csrc c;
            x-diff diff patch;x-dsrc d;x-go go;x-haskell hs;x-java java;x-kotlin kt;x-lilypond ly;
            x-literate-haskell lhs;x-lua lua;x-moc moc;x-pascal p pas;x-pcs-gcd gcd;x-perl pl pm;x-protobuf proto;
            x-python py;x-rust rs;x-scala scala;x-setext etx;x-sfv sfv;x-swift swift;x-tcl tk;x-tex cls ltx sty tex;
            x-vcalendar vcs;x-vue vue;
            """
        ),
        (
            "video",
            """
            3gpp 3gp;3gpp2 3g2;annodex axv;dv dif dv;fli fli;gl gl;iso.segment m4s;mj2 mj2 mjp2;mp2t m2ts mts ts;
            mp4 mp4 mpg4;mpeg m1v m2v mpe mpeg mpg;ogg ogv;quicktime mov qt;vnd.dece.hd uvh uvvh;
            vnd.dece.mobile uvm uvvm;vnd.dece.mp4 uvu uvvu;vnd.dece.pd uvp uvvp;vnd.dece.sd uvs uvvs;
            vnd.dece.video uvv uvvv;vnd.dvb.file dvb;vnd.fvt fvt;vnd.mpegurl m4u mxu;vnd.ms-playready.media.pyv pyv;
            vnd.nokia.interleaved-multimedia nim;vnd.radgamettools.bink bik bk2;vnd.radgamettools.smacker smk;
            vnd.sealed.mpeg1 s11 smpg;vnd.sealed.mpeg4 s14;vnd.sealed.swf ssw sswf;
            vnd.sealedmedia.softseal.mov s1q smo smov;vnd.vivo viv;vnd.youtube.yt yt;webm webm;x-flv flv;
            x-la-asf lsf lsx;x-m4v m4v;x-matroska mkv mpv;x-mng mng;x-ms-wm wm;x-ms-wmv wmv;x-ms-wmx wmx;x-ms-wvx wvx;
            x-msvideo avi;x-sgi-movie movie;
            """
        ),
    ]
}
