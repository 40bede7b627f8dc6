//! PDFs made to harm: loops, bombs, nesting, lies about lengths, and sound ones that were cut and mutated.

use super::{Named, flate, mutations};

/// A PDF of numbered objects from 1; the first is the catalogue.
fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", n + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer\n<</Size {}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF",
            objects.len() + 1
        )
        .bytes(),
    );
    out
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<<{entries}/Length {}>>\nstream\n", data.len()).into_bytes();
    out.extend(data);
    out.extend(b"\nendstream");
    out
}

const CATALOGUE: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Count 1/Kids[3 0 R]>>";
const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// One page with a content stream (object 4), a font (5) and more objects from 6.
fn page(content: Vec<u8>, resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        CATALOGUE.into(),
        PAGES.into(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>{resources}>>>>").into(),
        content,
        FONT.into(),
    ];
    objects.extend_from_slice(more);
    file(&objects, "")
}

fn text(words: &str) -> Vec<u8> {
    stream(
        "",
        format!("BT /F 12 Tf 50 700 Td ({words}) Tj ET").as_bytes(),
    )
}

/// A page that any reader reads.
pub(crate) fn sound(words: &str) -> Vec<u8> {
    page(text(words), "", &[])
}

/// A sound file of many pages.
pub(crate) fn thick(pages: usize) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = vec![CATALOGUE.into(), Vec::new(), FONT.into()];
    let mut kids = String::new();
    for n in 0..pages {
        kids.push_str(&format!("{} 0 R ", objects.len() + 1));
        let words = format!("Annual report of the agency, fiscal year 2565, page {n}");
        objects.push(
            format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {} 0 R/Resources<</Font<</F 3 0 R>>>>>>", objects.len() + 2)
                .into(),
        );
        objects.push(text(&words));
    }
    objects[1] = format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>").into();
    file(&objects, "")
}

/// Three hundred pages that each draw the same million lines.
pub(crate) fn slow() -> Vec<u8> {
    let kids: String = (0..300).map(|n| format!("{} 0 R ", 4 + n)).collect();
    let lines = flate(&b"0 0 m 9 9 l S\n".repeat(5000), 200);
    let mut objects: Vec<Vec<u8>> = vec![
        CATALOGUE.into(),
        format!("<</Type/Pages/Count 300/Kids[{kids}]>>").into(),
        stream("/Filter/FlateDecode", &lines),
    ];
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R>>";
    objects.extend(vec![page.into(); 300]);
    file(&objects, "")
}

pub(crate) fn hostile() -> Vec<Named> {
    let words = "Annual procurement report of the agency for the fiscal year 2565";
    let whole = sound(words);
    let mut all: Vec<Named> = mutations("pdf", &whole, 40);
    let mut add = |name: &str, body: Vec<u8>| all.push((format!("{name}.pdf"), body));
    add("only-header", b"%PDF-1.7\n".to_vec());
    add(
        "noise",
        [b"%PDF-1.4\n".to_vec(), super::noise(50_000)].concat(),
    );
    add(
        "prefix",
        [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), whole.clone()].concat(),
    );

    // Trees that never end.
    let tree = |pages: &str| {
        let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>";
        file(
            &[CATALOGUE.into(), pages.into(), page.into(), text(words)],
            "",
        )
    };
    add(
        "tree-loop",
        tree("<</Type/Pages/Count 3/Kids[2 0 R 2 0 R 3 0 R]>>"),
    );
    add(
        "tree-count",
        tree("<</Type/Pages/Count 2147483647/Kids[3 0 R]>>"),
    );
    add(
        "tree-negative",
        tree("<</Type/Pages/Count -5/Kids[3 0 R]>>"),
    );
    let kids = "3 0 R ".repeat(1_000_000);
    add(
        "million-pages",
        tree(&format!("<</Type/Pages/Count 1000000/Kids[{kids}]>>")),
    );
    add("tree-of-itself", tree("2 0 R"));

    // Forms that draw themselves, or each other, ten times over.
    let form = |inner: &str, names: &str| {
        stream(
            &format!(
                "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<{names}>>/Font<</F 5 0 R>>>>"
            ),
            inner.as_bytes(),
        )
    };
    let draw = stream("", b"/X Do");
    let loops = [form("/X Do BT /F 9 Tf (A) Tj ET", "/X 6 0 R")];
    add(
        "form-loop",
        page(draw.clone(), "/XObject<</X 6 0 R>>", &loops),
    );
    let laughs: Vec<Vec<u8>> = (0..12)
        .map(|n| form(&"/X Do ".repeat(10), &format!("/X {} 0 R", 7 + n)))
        .chain([form("BT /F 9 Tf (HA) Tj ET", "")])
        .collect();
    add("form-laughs", page(draw, "/XObject<</X 6 0 R>>", &laughs));

    // Bombs.
    let flated = |unit: &[u8], times, filters: &str| stream(filters, &flate(unit, times));
    let shout = b"BT /F 9 Tf (A) Tj ET\n".repeat(5000);
    add(
        "bomb-text",
        page(flated(&shout, 4000, "/Filter/FlateDecode"), "", &[]),
    );
    let once = flate(&vec![b' '; 1 << 20], 1000);
    add(
        "bomb-twice",
        page(
            stream("/Filter[/FlateDecode/FlateDecode]", &flate(&once, 1)),
            "",
            &[],
        ),
    );
    add(
        "operators",
        page(
            flated(
                &b"0 0 m 9 9 l S\n".repeat(5000),
                1000,
                "/Filter/FlateDecode",
            ),
            "",
            &[],
        ),
    );
    add(
        "predictor",
        page(
            flated(
                &[b'A'; 1 << 16],
                100,
                "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647/Colors 32/BitsPerComponent 16>>",
            ),
            "",
            &[],
        ),
    );
    add(
        "run-length",
        page(
            stream(
                "/Filter[/FlateDecode/RunLengthDecode]",
                &flate(&[0x81, b' '].repeat(1 << 16), 30),
            ),
            "",
            &[],
        ),
    );
    add(
        "lzw",
        page(stream("/Filter/LZWDecode", &super::noise(200_000)), "", &[]),
    );
    let range = "1 beginbfrange <0000> <FFFF> <0E010E020E030E04> endbfrange\n".repeat(3000);
    let cmap = stream("", format!("/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n{range}endcmap").as_bytes());
    let mapped = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/X/W[0 2147483647 500]>>]>>".to_vec();
    add(
        "cmap",
        page(
            stream("", b"BT /G 9 Tf <00010002> Tj ET"),
            "/Font<</G 7 0 R>>",
            &[cmap, mapped],
        ),
    );
    let widths = b"<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar -2147483648/LastChar 2147483647/Widths[1]>>".to_vec();
    add(
        "widths",
        page(
            stream("", b"BT /G 9 Tf (AB) Tj ET"),
            "/Font<</G 6 0 R>>",
            &[widths],
        ),
    );

    // Nesting.
    let deep = |open: &str, inner: &str, close: &str, times: usize| {
        [open.repeat(times), inner.to_owned(), close.repeat(times)].concat()
    };
    let odd = |object: String| page(text(words), "/Properties 6 0 R", &[object.into_bytes()]);
    add("deep-array", odd(deep("[", "1", "]", 1_000_000)));
    add("deep-dict", odd(deep("<</A ", "1", ">>", 1_000_000)));
    add("deep-open", odd("<<".repeat(1_000_000)));
    add(
        "deep-content",
        page(
            stream("", deep("[", "(A)", "] TJ ", 500_000).as_bytes()),
            "",
            &[],
        ),
    );
    add(
        "deep-string",
        page(
            stream("", deep("(", "A", ")", 1_000_000).as_bytes()),
            "",
            &[],
        ),
    );
    add(
        "states",
        page(
            stream("", deep("q ", "", "Q ", 1_000_000).as_bytes()),
            "",
            &[],
        ),
    );
    add(
        "marked",
        page(
            stream(
                "",
                "/Span <</ActualText (A)>> BDC ".repeat(200_000).as_bytes(),
            ),
            "",
            &[],
        ),
    );
    add(
        "deep-outline",
        file(
            &[
                format!(
                    "<</Type/Catalog/Pages 2 0 R/Names {}>>",
                    deep("[", "", "]", 200_000)
                )
                .into(),
                PAGES.into(),
            ],
            "",
        ),
    );

    // Lies.
    let lie = |length: &str| {
        let body = format!("<</Length {length}>>\nstream\nBT /F 9 Tf (A) Tj ET\nendstream");
        page(body.into_bytes(), "", &[b"6 0 R".to_vec()])
    };
    for (n, length) in ["999999999999", "-1", "6 0 R", "4 0 R", "[1]"]
        .iter()
        .enumerate()
    {
        add(&format!("length-{n}"), lie(length));
    }
    let picture = "/Type/XObject/Subtype/Image/Width 1000000/Height 1000000/ColorSpace/DeviceRGB/BitsPerComponent 16/Filter/FlateDecode";
    add(
        "huge-picture",
        page(
            stream("", b"/X Do"),
            "/XObject<</X 6 0 R>>",
            &[flated(&[0; 1 << 16], 100, picture)],
        ),
    );
    add("huge-page", {
        let page =
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e38 1e38]/UserUnit 1e30/Contents 4 0 R>>";
        file(
            &[CATALOGUE.into(), PAGES.into(), page.into(), text(words)],
            "",
        )
    });
    add(
        "prev-loop",
        file(&[CATALOGUE.into(), PAGES.into()], "/Prev 9"),
    );
    add(
        "size",
        file(&[CATALOGUE.into()], "/Size 2147483647/Index[0 2147483647]"),
    );
    let objects = flate(b"1 0 2 9 ", 1);
    add(
        "object-stream",
        file(
            &[
                CATALOGUE.into(),
                stream(
                    "/Type/ObjStm/N 2147483647/First 2147483647/Extends 2 0 R/Filter/FlateDecode",
                    &objects,
                ),
            ],
            "",
        ),
    );
    let table = stream(
        "/Type/XRef/Size 2147483647/W[8 8 8]/Index[0 2147483647]/Root 1 0 R/Filter/FlateDecode",
        &flate(&[1; 1 << 16], 50),
    );
    let mut xref = b"%PDF-1.5\n1 0 obj\n".to_vec();
    xref.extend(&table);
    xref.extend(b"\nendobj\nstartxref\n9\n%%EOF");
    add("xref-stream", xref);
    add(
        "encrypt-nothing",
        file(
            &[CATALOGUE.into(), PAGES.into()],
            "/Encrypt<</Filter/Standard/V 5/R 6>>",
        ),
    );
    add(
        "encrypt-odd",
        file(
            &[CATALOGUE.into(), PAGES.into()],
            "/ID[<><>]/Encrypt<</Filter/Standard/V 4/R 4/Length 2147483647/O()/U()/P -1/CF<</StdCF 1 0 R>>/StmF/StdCF>>",
        ),
    );
    all
}
