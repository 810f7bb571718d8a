// Written by scripts/generate-file-types from Debian's list of media types. Change it there.

extension FileTypes {
    /// `application/...`, the vendors' tree aside.
    static let tableApplication: [(type: String, subtypes: String)] = [
        (
            "application",
            """
            a2l a2l;aml aml;andrew-inset ez;annodex anx;atf atf;atfx atfx;atom+xml atom;atomcat+xml atomcat;
            atomdeleted+xml atomdeleted;atomserv+xml atomsrv;atomsvc+xml atomsvc;atsc-dwd+xml dwd;atsc-held+xml held;
            atsc-rsat+xml rsat;atxml atxml;auth-policy+xml apxml;automationml-amlx+zip amlx;bacnet-xdd+zip xdd;
            bbolin lin;calendar+xml xcs;cbor cbor;cccex c3ex;ccmp+xml ccmp;ccxml+xml ccxml;cdfx+xml cdfx;
            cdmi-capability cdmia;cdmi-container cdmic;cdmi-domain cdmid;cdmi-object cdmio;cdmi-queue cdmiq;cea cea;
            cellml+xml cellml;clr 1clr;clue_info+xml clue;cms cmsc;cpl+xml cpl;csrattrs csrattrs;cu-seeme cu;cwl cwl;
            cwl+json cwl.json;dash+xml mpd;dashdelta mpdd;davmount+xml davmount;dcd dcd;dicom dcm;dii dii;dit dit;
            dskpp+xml xmls;dsptype tsp;dssc+der dssc;dssc+xml xdssc;dvcs dvc;efi efi;emma+xml emma;
            emotionml+xml emotionml;epub+zip epub;exi exi;express exp;fastinfoset finf;fdf fdf;fdt+xml fdt;
            font-tdpfr pfr;futuresplash spl;geo+json geojson;geo+json-seq geojsonl;geopackage+sqlite3 gpkg;
            gltf-buffer glbin glbuf;gml+xml gml;graphql graphql;gzip gz tgz;hta hta;hyperstudio stk;illustrator ai;
            inkml+xml ink inkml;ipfix ipfix;its+xml its;java-archive jar;java-serialized-object ser;java-vm class;
            jrd+json jrd;json json jsonc map;json-patch+json json-patch;json5 json5;jsonl jsonl;ld+json jsonld;
            lgr+xml lgr;link-format wlnk;lost+xml lostxml;lostsync+xml lostsyncxml;lpf+zip lpf;lxf lxf;m3g m3g;
            mac-binhex40 hqx;mac-compactpro cpt;mads+xml mads;manifest+json webmanifest;marc mrc;marcxml+xml mrcx;
            mathematica ma mb;mathml+xml mml;mbox mbox;metalink4+xml meta4;mets+xml mets;mf4 mf4;mmt-aei+xml maei;
            mmt-usd+xml musd;mods+xml mods;mp21 m21 mp21;msaccess mdb;msword doc;mxf mxf;n-quads nq;n-triples nt;
            ocsp-request orq;ocsp-response ors;octet-stream atc bin deploy duckdb msp msu onnx;oda oda;odx odx;
            oebps-package+xml opf;ogg ogx;onenote one onepkg onetmp onetoc2;oxps oxps;p21 210 ifc p21 stpnc;
            p2p-overlay+xml relo;pdf pdf;pdx pdx;pem-certificate-chain pem;pgp-encrypted gpg pgp;pgp-keys asc;
            pgp-signature sig;pics-rules prf;pkcs10 p10;pkcs12 p12 pfx;pkcs7-mime p7c p7m p7z;pkcs7-signature p7s;
            pkcs8 p8;pkcs8-encrypted p8e;pkix-attr-cert ac;pkix-cert cer;pkix-crl crl;pkix-pkipath pkipath;
            pkixcmp pki;postscript eps eps2 eps3 epsf epsi ps;provenance+xml provx;prs.cww cw cww;prs.hpub+zip hpub;
            prs.nprend rct rnd;prs.rdf-xml-crypt rdf-crypt;prs.xsf+xml xsf;pskc+xml pskcxml;rdf+xml rdf;
            reginfo+xml rif;relax-ng-compact-syntax rnc;resource-lists+xml rl;resource-lists-diff+xml rld;
            rfc+xml rfcxml;route-apd+xml rapd;route-s-tsid+xml sls;route-usd+xml rusd;rpki-ghostbusters gbr;
            rpki-manifest mft;rpki-roa roa;rss+xml rss;rtf rtf;sarif+json sarif sarif.json;
            sarif-external-properties+json sarif-external-properties sarif-external-properties.json;scim+json scim;
            scvp-cv-request scq;scvp-cv-response scs;scvp-vp-request spq;scvp-vp-response spp;sdp sdp;
            senml+cbor senmlc;senml+json senml;senml+xml senmlx;senml-etch+cbor senml-etchc;
            senml-etch+json senml-etchj;senml-exi senmle;sensml+cbor sensmlc;sensml+json sensml;sensml+xml sensmlx;
            sensml-exi sensmle;sgml-open-catalog soc;shf+xml shf;sieve sieve siv;simple-filter+xml cl;
            smil+xml smi smil sml;sparql-query rq;sparql-results+xml srx;spdx+json spdx.json;sql sql;srgs gram;
            srgs+xml grxml;sru+xml sru;ssml+xml ssml;stix+json stix;swid+cbor coswid;swid+xml swidtag;
            tamp-apex-update tau;tamp-apex-update-confirm auc;tamp-community-update tcu;
            tamp-community-update-confirm cuc;tamp-error ter;tamp-sequence-adjust tsa;
            tamp-sequence-adjust-confirm sac;tamp-update tur;tamp-update-confirm tuc;td+json jsontd;
            tei+xml odd tei teicorpus;thraud+xml tfi;timestamp-query tsq;timestamp-reply tsr;timestamped-data tsd;
            tm+json jsontm tm.json tm.jsonld;toml toml;trig trig;ttml+xml ttml;urc-grpsheet+xml gsheet;
            urc-ressheet+xml rsheet;urc-targetdesc+xml td;urc-uisocketdesc+xml uis;voicexml+xml vxml;
            voucher-cms+json vcj;wasm wasm;watcherinfo+xml wif;widget wgt;wsdl+xml wsdl;wspolicy+xml wspolicy;
            x-123 wk;x-7z-compressed 7z;x-abiword abw;x-apple-diskimage dmg;x-bcpio bcpio;x-bittorrent torrent;
            x-brotli br;x-bzip2 bz2 tbz2;x-cdf cda cdf;x-cdlink vcd;x-comsol mph;x-cpio cpio;x-csh csh;
            x-director dcr dir dxr;x-doom wad;x-dvi dvi;x-font gsf pfa pfb;x-font-pcf pcf pcf.z;x-freemind mm;
            x-ganttproject gan;x-gnumeric gnumeric;x-go-sgf sgf;x-graphing-calculator gcf;x-gtar gtar;
            x-gtar-compressed taz;x-hdf hdf;x-hdf5 h5;x-httpd-php php;x-hwp hwp;x-ica ica;x-info info;
            x-internet-signup ins isp;x-iphone iii;x-ipynb+json ipynb;x-iso9660-image iso;x-java-jnlp-file jnlp;
            x-jmol jmz;x-killustrator kil;x-latex latex;x-lha lha;x-lyx lyx;x-lz4 lz4;x-lzh lzh;x-lzma lzma;x-lzx lzx;
            x-maker book fb fbdoc frame maker;x-ms-wmd wmd;x-ms-wmz wmz;x-msdos-program bat com;x-msi msi;
            x-ndjson ndjson;x-netcdf nc;x-npy npy;x-ns-proxy-autoconfig pac;x-nwc nwc;x-object o;x-oz-application oza;
            x-pkcs7-certreqresp p7r;x-python-code pyc pyo;x-qgis qgs;x-quicktimeplayer qtl;x-rdp rdp;
            x-redhat-package-manager rpm;x-ruby rb;x-scilab sce sci;x-scilab-xcos xcos;x-sh sh;x-shar shar;
            x-silverlight scr;x-stuffit sit sitx;x-subrip srt;x-sv4cpio sv4cpio;x-sv4crc sv4crc;x-tar tar;x-tcl tcl;
            x-tex-gf gf;x-tex-pk pk;x-texinfo texi texinfo;x-troff-man man;x-troff-me me;x-troff-ms ms;x-ustar ustar;
            x-wais-source src;x-wingz wz;x-x509-ca-cert crt;x-xfig fig;x-xpinstall xpi;x-xz txz xz;xcap-att+xml xav;
            xcap-caps+xml xca;xcap-diff+xml xdf;xcap-el+xml xel;xcap-error+xml xer;xcap-ns+xml xns;xfdf xfdf;
            xhtml+xml xht xhtm xhtml;xliff+xml xlf;xml xml;xml-dtd dtd mod;xml-external-parsed-entity ent;xop+xml xop;
            xslt+xml xsl xslt;xspf+xml xspf;xv+xml mxml xhvml xvm xvml;yaml yaml yml;yang yang;yin+xml yin;
            zip npz zip;zstd zst zstd;
            """
        )
    ]
}
