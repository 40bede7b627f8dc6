use std::io::{Cursor, Write};

use url::Url;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::ole::container;
use super::super::{Document, DocumentKind, Extracted, Reading, extract};

fn read(body: &[u8], name: &str, content_type: Option<&str>) -> Document {
    let url = Url::parse("http://a.go.th/files/")
        .unwrap()
        .join(name)
        .unwrap();
    match extract(&url, content_type, body) {
        Extracted::Document(document) => document,
        other => panic!("not a document: {other:?}"),
    }
}

fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "word/document.xml",
            &format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>"),
        ),
    ])
}

fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    let office =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument";
    zip(&[
        (
            "_rels/.rels",
            &format!(
                "<Relationships><Relationship Id='r' Type='{office}' Target='xl/workbook.xml'/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet name='สขร.1' sheetId='1' r:id='rId1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='rId1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/></Relationships>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='4' applyNumberFormat='1'/><xf numFmtId='164' applyNumberFormat='1'/></cellXfs></styleSheet>",
        ),
        ("xl/sharedStrings.xml", strings),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ])
}

/// A page for each content stream; `picture` makes pages draw a picture.
fn pdf(pages: &[&str], picture: bool) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Count {}/Kids[{}]>>",
            pages.len(),
            (0..pages.len()).map(|n| format!("{} 0 R ", 5 + 2 * n)).collect::<String>()
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>\nstream\n0\nendstream".to_owned(),
    ];
    for (n, content) in pages.iter().enumerate() {
        let drawn = if picture { "/XObject<</I 4 0 R>>" } else { "" };
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {} 0 R/Resources<</Font<</F 3 0 R>>{drawn}>>>>",
            6 + 2 * n
        ));
        objects.push(format!(
            "<</Length {}>>\nstream\n{content}\nendstream",
            content.len()
        ));
    }
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", n + 1));
    }
    let start = out.len();
    out.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF",
        objects.len() + 1
    ));
    out.into_bytes()
}

const WORDS: &str = "BT /F 12 Tf 50 700 Td (Annual procurement report of the agency) Tj 0 -20 Td (for the fiscal year 2565, first half) Tj ET";

#[test]
fn a_pdf_is_known_by_its_bytes_whatever_the_server_says() {
    for declared in [Some("text/html"), Some("application/octet-stream"), None] {
        let document = read(&pdf(&[WORDS], false), "download.php?id=3", declared);
        assert_eq!(
            (document.kind, document.reading),
            (DocumentKind::Pdf, Reading::Text)
        );
        assert_eq!(
            document.pages,
            ["Annual procurement report of the agency\nfor the fiscal year 2565, first half"]
        );
    }
}

#[test]
fn a_scan_is_not_an_empty_file() {
    let document = read(
        &pdf(&["q 595 0 0 842 0 0 cm /I Do Q"], true),
        "o1.pdf",
        None,
    );
    assert_eq!(
        (document.reading, document.unread_pages),
        (Reading::Scanned, 1)
    );
}

#[test]
fn a_scanners_stamp_is_not_the_text_of_a_page() {
    let stamp = "q /I Do Q BT /F 8 Tf 50 20 Td (CamScanner) Tj ET";
    assert_eq!(
        read(&pdf(&[stamp], true), "o1.pdf", None).reading,
        Reading::Scanned
    );
    let cover = "BT /F 30 Tf 50 400 Td (O12 2565) Tj ET";
    let document = read(&pdf(&[cover], false), "o1.pdf", None);
    assert_eq!(
        (document.reading, document.unread_pages),
        (Reading::Text, 0)
    );
}

#[test]
fn a_file_half_scanned_says_how_many_pages_are_unread() {
    let document = read(
        &pdf(&[WORDS, "q /I Do Q", "q /I Do Q"], true),
        "o1.pdf",
        None,
    );
    assert_eq!(
        (document.reading, document.unread_pages),
        (Reading::Text, 2)
    );
    assert_eq!(document.pages[1], "");
    assert_eq!(document.pages.len(), 3);
}

#[test]
fn a_text_layer_that_lies_is_garbled() {
    let lies = r#"BT /F 12 Tf 50 700 Td (51U41UHaf1159J1:mj Pmnjw1t1v 2564 fllJtl3:n1m m5u5n15 9-l {}%^ 71(=) ;'#4) Tj ET"#;
    assert_eq!(
        read(&pdf(&[lies], false), "o1.pdf", None).reading,
        Reading::Garbled
    );
}

#[test]
fn a_cut_pdf_is_damaged_or_what_is_left_of_it() {
    let whole = pdf(&[WORDS], false);
    assert_eq!(
        read(b"%PDF-1.4\n%%EOF", "o1.pdf", None).reading,
        Reading::Damaged
    );
    for cut in (0..whole.len()).step_by(37) {
        let body = [b"%PDF-1.4\n", &whole[9.min(cut)..cut]].concat();
        let document = read(&body, "o1.pdf", None);
        assert!(matches!(
            document.reading,
            Reading::Damaged | Reading::Text | Reading::Scanned
        ));
    }
}

#[test]
fn a_page_cap_leaves_the_rest_unread() {
    let pages = vec![WORDS; 505];
    let document = read(&pdf(&pages, false), "plan.pdf", None);
    assert_eq!((document.pages.len(), document.unread_pages), (500, 5));
}

#[test]
fn word_paragraphs_tables_and_pages_are_read_without_what_was_deleted() {
    let body = "<w:p><w:r><w:t>แผน</w:t></w:r><w:del><w:r><w:delText>ลบแล้ว</w:delText></w:r></w:del><w:r><w:t xml:space='preserve'>A &amp; ข</w:t></w:r></w:p>\
        <w:p><w:r><w:t>ตารางที่ 1</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>รายการ</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>จำนวน</w:t></w:r></w:p></w:tc></w:tr>\
        <w:tr><w:tc><w:p><w:r><w:t>ถนน</w:t></w:r></w:p><w:p><w:r><w:t>คสล.</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
        <w:p><w:r><w:br w:type='page'/><w:t>หน้าสอง</w:t></w:r></w:p>";
    let document = read(&docx(body), "o4.docx", Some("application/octet-stream"));
    assert_eq!(document.kind, DocumentKind::Word);
    assert_eq!(
        document.pages,
        ["แผนA & ข\nตารางที่ 1\nรายการ\tจำนวน\nถนน คสล.\t2", "หน้าสอง"]
    );
    assert_eq!(document.tables[0].title, "ตารางที่ 1");
    assert_eq!(document.tables[0].header, ["รายการ", "จำนวน"]);
    assert_eq!(document.tables[0].rows, [["ถนน คสล.", "2"]]);
}

#[test]
fn a_word_file_of_pictures_is_a_scan() {
    let document = read(&docx("<w:p><w:r><w:drawing/></w:r></w:p>"), "o1.docx", None);
    assert_eq!(document.reading, Reading::Scanned);
}

#[test]
fn entities_are_not_expanded_and_depth_is_bounded() {
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><w:document><w:p><w:r><w:t>ก&b;ข</w:t></w:r></w:p></w:document>";
    let body = zip(&[("word/document.xml", bomb)]);
    assert_eq!(read(&body, "a.docx", None).pages, ["กข"]);
    let deep = docx(&"<w:tbl><w:tr><w:tc>".repeat(50_000));
    assert!(matches!(
        read(&deep, "a.docx", None).reading,
        Reading::Damaged | Reading::Text
    ));
}

#[test]
fn a_zip_bomb_is_too_large() {
    let body = docx(&" ".repeat(70 << 20));
    assert!(body.len() < 1 << 20);
    assert_eq!(read(&body, "a.docx", None).reading, Reading::TooLarge);
}

#[test]
fn a_sheet_shows_numbers_and_dates_as_its_reader_sees_them() {
    let sheet = "<row r='1'><c r='A1' t='inlineStr'><is><t>รายการ</t></is></c><c r='B1' t='inlineStr'><is><t>วงเงิน</t></is></c><c r='C1' t='inlineStr'><is><t>วันที่</t></is></c></row>\
        <row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2' s='1'><v>3200000</v></c><c r='C2' s='2'><v>44331</v></c></row>\
        <row r='3'><c r='A3'><v>2565</v></c><c r='B3'><v>0.30000000000000004</v></c></row>";
    let document = read(
        &xlsx(sheet, "<sst><si><t>ซื้อวัสดุ</t></si></sst>"),
        "a.xlsx",
        None,
    );
    assert_eq!(document.kind, DocumentKind::Sheet);
    assert_eq!(
        document.pages,
        ["สขร.1\nรายการ\tวงเงิน\tวันที่\nซื้อวัสดุ\t3,200,000.00\t15 พฤษภาคม 2564\n2565\t0.3"]
    );
    assert_eq!(document.tables[0].title, "สขร.1");
    assert_eq!(document.tables[0].rows.len(), 2);
}

#[test]
fn a_sheet_of_two_far_corners_is_two_cells() {
    let corners = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>";
    let document = read(&xlsx(corners, "<sst/>"), "a.xlsx", None);
    assert_eq!(
        (document.reading, document.pages),
        (Reading::Text, vec!["สขร.1\n1\n2".to_owned()])
    );
}

#[test]
fn a_sheet_that_claims_too_many_strings_has_those_that_are_there() {
    let claim = "<sst uniqueCount='99999999999'><si><t>ก</t></si></sst>";
    let sheet = "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>";
    let document = read(&xlsx(sheet, claim), "a.xlsx", None);
    assert_eq!(document.pages, ["สขร.1\nก"]);
}

#[test]
fn open_document_sheets_repeat_only_what_is_filled() {
    let content = "<office:document-content><office:spreadsheet><table:table table:name='ปี 65'><table:table-row><table:table-cell><text:p>ชื่อ</text:p></table:table-cell>\
        <table:table-cell><text:p>ยอด</text:p></table:table-cell><table:table-cell table:number-columns-repeated='16000'/></table:table-row>\
        <table:table-row table:number-rows-repeated='1000000'><table:table-cell><text:p>ก</text:p></table:table-cell><table:table-cell><text:p>1,000.00</text:p></table:table-cell></table:table-row>\
        <table:table-row table:number-rows-repeated='1000000'><table:table-cell/></table:table-row></table:table></office:spreadsheet></office:document-content>";
    let body = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
    ]);
    let document = read(&body, "a.ods", None);
    assert_eq!(document.kind, DocumentKind::Sheet);
    assert_eq!(document.tables[0].header, ["ชื่อ", "ยอด"]);
    assert_eq!(document.tables[0].title, "ปี 65");
    assert_eq!(document.tables[0].rows.len(), 200);
}

#[test]
fn slides_are_pages() {
    let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    let body = zip(&[
        ("ppt/slides/slide10.xml", &slide("สิบ")),
        ("ppt/slides/slide2.xml", &slide("สอง")),
    ]);
    let document = read(&body, "a.pptx", None);
    assert_eq!(document.kind, DocumentKind::Slides);
    assert_eq!(document.pages, ["สอง", "สิบ"]);
}

#[test]
fn separated_values_are_a_sheet() {
    let text = "ปี,หน่วยงาน,งบ\n2565,\"อบต. ก, ข\",\"1,000\"\n";
    let document = read(text.as_bytes(), "a.csv", Some("text/csv"));
    assert_eq!(document.tables[0].rows, [["2565", "อบต. ก, ข", "1,000"]]);
}

#[test]
fn what_cannot_be_read_says_why() {
    for packed in [
        b"Rar!\x1A\x07\x01\0".as_slice(),
        b"7z\xBC\xAF\x27\x1C\0\x04",
    ] {
        let document = read(packed, "a.zip", None);
        assert_eq!(
            (document.kind, document.reading),
            (DocumentKind::Archive, Reading::Unsupported)
        );
    }
    let locked = container(&[("EncryptedPackage", vec![7; 600])]);
    let document = read(&locked, "a.xlsx", None);
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Sheet, Reading::Locked)
    );
    let picture = read(b"\xFF\xD8\xFF\xE0 jpeg", "chart.php", Some("text/html"));
    assert_eq!(
        (picture.kind, picture.reading),
        (DocumentKind::Image, Reading::Scanned)
    );
}

#[test]
fn pages_and_data_are_not_documents() {
    let url = Url::parse("http://a.go.th/download.php?id=1").unwrap();
    let what = |content_type, body: &str| extract(&url, Some(content_type), body.as_bytes());
    let page = what(
        "application/octet-stream",
        "\u{FEFF}\n<html><body>ข่าว</body></html>",
    );
    assert!(matches!(page, Extracted::Page(_)));
    assert!(matches!(
        what("text/html", "ข่าว <br> ประกาศ"),
        Extracted::Page(_)
    ));
    assert!(matches!(
        what("text/html", "<?xml version='1.0'?><!-- x --><html></html>"),
        Extracted::Page(_)
    ));
    for (content_type, body) in [
        ("text/html", "<?xml version='1.0'?><rss></rss>"),
        ("application/json", "{\"title\":\"<p>ข่าว</p>\"}"),
        ("text/css", "body{}"),
        ("text/html", "  \n"),
        ("application/javascript", "document.write('<div>')"),
    ] {
        assert_eq!(what(content_type, body), Extracted::Other, "{body}");
    }
}

/// Files that real programs wrote: old Word and Excel, RTF, XLSX.
const DOC: &[u8] = include_bytes!("../../../tests/extract/files/old.doc");
const RTF: &[u8] = include_bytes!("../../../tests/extract/files/table.rtf");
const XLS: &[u8] = include_bytes!("../../../tests/extract/files/formats.xls");
const XLSX: &[u8] = include_bytes!("../../../tests/extract/files/formats.xlsx");

fn cp874(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_874.encode(text).0.into_owned()
}

fn utf16(text: &str) -> Vec<u8> {
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xFF, 0xFE].into_iter().chain(wide).collect()
}

#[test]
fn old_word_and_rtf_are_read_with_their_tables() {
    let doc = read(DOC, "a.doc", None);
    let rtf = read(RTF, "a.rtf", None);
    for document in [
        &doc,
        &rtf,
        &read(RTF, "named.doc", Some("application/msword")),
    ] {
        assert_eq!(
            (document.kind, document.reading, document.unread_pages),
            (DocumentKind::Word, Reading::Text, 0)
        );
        assert_eq!(
            document.pages,
            [
                "ประกาศองค์การบริหารส่วนตำบลตัวอย่าง\nเรื่อง สรุปผลการจัดซื้อจัดจ้าง ประจำเดือนมีนาคม พ.ศ. ๒๕๖๔\n\
              ลำดับ\tงานที่จัดซื้อ\tวงเงิน\n1\tซ่อมถนน คสล.\n2\tซื้อวัสดุสำนักงาน\t5,000.00\n\
              ลงชื่อ นายกองค์การบริหารส่วนตำบล"
            ]
        );
        let table = &document.tables[0];
        assert_eq!(table.header, ["ลำดับ", "งานที่จัดซื้อ", "วงเงิน"]);
        assert_eq!(table.rows[1], ["2", "ซื้อวัสดุสำนักงาน", "5,000.00"]);
    }
}

#[test]
fn old_and_new_sheets_show_the_same() {
    for (body, name) in [(XLS, "a.xls"), (XLSX, "a.xlsx")] {
        let document = read(body, name, None);
        // The draft sheet is hidden.
        assert_eq!(
            document.pages,
            [
                "มี.ค. 64\nสรุปผลการดำเนินการจัดซื้อจัดจ้าง\nเดือน มีนาคม 2564\nลำดับ\tงาน\tผู้เสนอราคา\tวันที่ทำสัญญา\nชื่อ\tราคา\n\
              1\tซ่อมถนน\tร้านดี\t12,500.50\t15 พฤษภาคม 2564"
            ],
            "{name}"
        );
        let table = &document.tables[0];
        assert_eq!(
            table.title,
            "มี.ค. 64 สรุปผลการดำเนินการจัดซื้อจัดจ้าง เดือน มีนาคม 2564"
        );
        assert_eq!(
            table.header,
            ["ลำดับ", "งาน", "ผู้เสนอราคา ชื่อ", "ผู้เสนอราคา ราคา", "วันที่ทำสัญญา"]
        );
        assert_eq!(document.names, ["แผ่นงาน มี.ค. 64"]);
        assert_eq!(document.page_name(0), None);
    }
}

#[test]
fn a_cut_or_scratched_file_keeps_the_words_that_are_left() {
    let long: String = (0..200)
        .map(|n| format!("<w:p><w:r><w:t>ย่อหน้าที่ {n} ของประกาศ</w:t></w:r></w:p>"))
        .collect();
    let whole = docx(&long);
    let document = read(&whole[..whole.len() - 60], "a.docx", None);
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Word, Reading::Text)
    );
    assert!(document.pages[0].starts_with("ย่อหน้าที่ 0 ของประกาศ") && document.unread_pages > 0);
    let half = read(&whole[..whole.len() / 2], "a.docx", None);
    assert!(half.pages[0].starts_with("ย่อหน้าที่ 0 ของประกาศ"));
    // The directory of an old file stands at its end, with the names of its streams.
    for (body, name) in [(DOC, "a.doc"), (XLS, "a.xls")] {
        let document = read(&body[..body.len() * 7 / 10], name, None);
        assert_eq!(
            (document.reading, document.unread_pages),
            (Reading::Text, 1),
            "{name}"
        );
        assert!(document.pages.join("\n").contains("จัดซื้อจัดจ้าง"), "{name}");
    }
    let cut = read(&XLSX[..XLSX.len() * 8 / 10], "a.xlsx", None);
    assert!(matches!(cut.reading, Reading::Text | Reading::Damaged));
}

#[test]
fn an_open_document_that_lost_its_text_is_damaged_and_no_archive_of_pictures() {
    let whole = zip(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("Pictures/1.png", "\u{89}PNG"),
        ("content.xml", "<x/>"),
    ]);
    let at = whole.windows(11).position(|name| name == b"content.xml");
    let document = read(&whole[..at.unwrap() - 30], "a.odt", None);
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Word, Reading::Damaged)
    );
}

#[test]
fn a_text_box_is_read_once_and_hidden_text_never() {
    let body = "<w:p><w:r><w:t>ประกาศ</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>ในกรอบ</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
        <mc:Fallback><w:txbxContent><w:p><w:r><w:t>ในกรอบ</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t> ฉบับจริง</w:t></w:r></w:p>\
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ซ่อน</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>เห็น</w:t></w:r></w:p>\
        <w:p><w:r><w:fldChar/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>3</w:t></w:r><w:ins><w:r><w:t>เพิ่ม</w:t></w:r></w:ins></w:p>";
    assert_eq!(
        read(&docx(body), "a.docx", None).pages,
        ["ในกรอบ\nประกาศ ฉบับจริง\nเห็น\n3เพิ่ม"]
    );
}

#[test]
fn notes_and_heads_of_a_word_file_belong_to_it() {
    let part = |text: &str| format!("<w:x><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:x>");
    let body = zip(&[
        ("word/document.xml", &part("เนื้อความ")),
        ("word/footnotes.xml", &part("เชิงอรรถ")),
        ("word/header1.xml", &part("หัวกระดาษ")),
        ("word/comments.xml", &part("ความเห็น")),
    ]);
    assert_eq!(
        read(&body, "a.docx", None).pages,
        ["หัวกระดาษ\nเนื้อความ\nเชิงอรรถ"]
    );
}

#[test]
fn an_export_named_xls_is_a_sheet_and_an_error_page_in_its_place_is_not() {
    let table =
        "<table><tr><td>ลำดับ</td><td>รายการ</td></tr><tr><td>1</td><td>ซ่อมถนน</td></tr></table>";
    let export = format!(
        "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta charset=utf-8></head><body>{table}</body></html>"
    );
    let named = read(export.as_bytes(), "o15.xls", Some("text/html"));
    let sent = read(
        format!("<meta charset=utf-8>{table}").as_bytes(),
        "export.php",
        Some("application/vnd.ms-excel"),
    );
    let stored = read(
        format!("<meta charset=utf-8>{table}").as_bytes(),
        "o15.xls",
        None,
    );
    for document in [named, sent, stored] {
        assert_eq!(
            (document.kind, document.reading),
            (DocumentKind::Sheet, Reading::Text)
        );
        assert_eq!(document.tables[0].header, ["ลำดับ", "รายการ"]);
        assert!(document.pages[0].contains("ซ่อมถนน"));
    }
    let url = Url::parse("http://a.go.th/o15.xls").unwrap();
    let missing = "<html><head><title>404</title></head><body>ไม่พบไฟล์</body></html>";
    assert!(matches!(
        extract(&url, Some("text/html"), missing.as_bytes()),
        Extracted::Page(_)
    ));
    assert!(matches!(
        extract(&url, Some("text/html"), "ไม่พบไฟล์ที่ต้องการ".as_bytes()),
        Extracted::Page(_)
    ));
}

#[test]
fn a_web_archive_is_read_page_by_page() {
    let mhtml = "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"==X\"\r\n\r\n--==X\r\n\
        Content-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/html; charset=\"windows-874\"\r\n\r\n\
        <html><body><p>=BB=C3=D0=A1=D2=C8 =\r\n2565</p></body></html>\r\n--==X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        PHA+4LmB4Lic4LiZPC9wPg==\r\n--==X\r\nContent-Type: image/png\r\n\r\nx\r\n--==X--\r\n";
    let document = read(mhtml.as_bytes(), "a.doc", Some("application/msword"));
    assert_eq!(document.kind, DocumentKind::Word);
    assert_eq!(document.pages, ["ประกาศ 2565", "แผน"]);
}

#[test]
fn an_xml_spreadsheet_is_a_sheet() {
    let xml = "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>\
        <Styles><Style ss:ID='m'><NumberFormat ss:Format='#,##0.00'/></Style></Styles><Worksheet ss:Name='ปี 65'><Table>\
        <Row><Cell><Data ss:Type='String'>รายการ</Data></Cell><Cell ss:Index='3'><Data ss:Type='String'>วงเงิน</Data></Cell></Row>\
        <Row><Cell><Data ss:Type='String'>ถนน</Data></Cell><Cell ss:Index='3' ss:StyleID='m'><Data ss:Type='Number'>1234.5</Data></Cell></Row>\
        </Table></Worksheet></Workbook>";
    let document = read(xml.as_bytes(), "a.xls", Some("application/vnd.ms-excel"));
    assert_eq!(document.kind, DocumentKind::Sheet);
    assert_eq!(document.pages, ["ปี 65\nรายการ\tวงเงิน\nถนน\t1,234.50"]);
}

#[test]
fn text_files_are_read_in_any_character_set() {
    let csv = "รายงานการจัดซื้อ\nลำดับ;งาน;วงเงิน\n1;ซื้อ \"ปูน\";\"1,000.00\"\n2;ซ่อมถนน;500\n";
    let tabs = csv.replace(';', "\t");
    for (body, name, content_type) in [
        (csv.as_bytes().to_vec(), "a.csv", None),
        (cp874(csv), "a.csv", Some("application/octet-stream")),
        (utf16(&tabs), "a.csv", Some("text/csv")),
        (cp874(&tabs), "a.xls", Some("application/vnd.ms-excel")),
        (
            format!("sep=;\n{csv}").into_bytes(),
            "export.php",
            Some("text/csv"),
        ),
    ] {
        let document = read(&body, name, content_type);
        assert_eq!(document.kind, DocumentKind::Sheet);
        assert_eq!(document.tables[0].title, "รายงานการจัดซื้อ");
        assert_eq!(document.tables[0].header, ["ลำดับ", "งาน", "วงเงิน"]);
        assert_eq!(document.tables[0].rows[0], ["1", "ซื้อ \"ปูน\"", "1,000.00"]);
    }
    let text = "ประกาศองค์การบริหารส่วนตำบล\r\nเรื่อง รับสมัครงาน\r\n";
    for body in [text.as_bytes().to_vec(), cp874(text), utf16(text)] {
        let document = read(&body, "news.txt", Some("text/plain"));
        assert_eq!(document.kind, DocumentKind::Word);
        assert_eq!(document.pages, ["ประกาศองค์การบริหารส่วนตำบล\nเรื่อง รับสมัครงาน"]);
    }
    let url = Url::parse("http://a.go.th/robots.txt").unwrap();
    assert_eq!(
        extract(
            &url,
            Some("text/plain"),
            b"User-agent: *\nDisallow: /admin\n"
        ),
        Extracted::Other
    );
}

#[test]
fn a_stray_quotation_mark_does_not_swallow_a_file() {
    let rows: String = (0..9000).map(|n| format!("{n},งานที่ {n}\n")).collect();
    let document = read(
        format!("ลำดับ,งาน\n\"0,เริ่ม\n{rows}").as_bytes(),
        "a.csv",
        None,
    );
    assert_eq!(document.tables[0].rows.len(), 9001);
}

#[test]
fn junk_before_the_header_is_no_part_of_a_file() {
    let whole = pdf(&[WORDS], false);
    for junk in [
        "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
        "<br />\n<b>Warning</b>: fopen() in <b>/home/site/download.php</b> on line <b>3</b><br />\n",
        "\u{FEFF}",
    ] {
        let body = [junk.as_bytes(), &whole].concat();
        let document = read(&body, "download.php", Some("text/html"));
        assert_eq!(
            (document.kind, document.reading),
            (DocumentKind::Pdf, Reading::Text),
            "{junk}"
        );
    }
    let url = Url::parse("http://a.go.th/help.php").unwrap();
    let page = "<html><body><p>ไฟล์ขึ้นต้นด้วย %PDF-1.4 เปิดด้วยโปรแกรมอ่าน PDF</p></body></html>";
    assert!(matches!(
        extract(&url, None, page.as_bytes()),
        Extracted::Page(_)
    ));
    let letter = [
        b"\r\n".as_slice(),
        &docx("<w:p><w:r><w:t>ประกาศ</w:t></w:r></w:p>"),
    ]
    .concat();
    assert_eq!(read(&letter, "a.docx", None).pages, ["ประกาศ"]);
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(body).unwrap();
    writer.finish().unwrap()
}

#[test]
fn a_packed_file_is_what_is_in_it() {
    let document = read(
        &gzip(&docx("<w:p><w:r><w:t>ประกาศ</w:t></w:r></w:p>")),
        "a.docx.gz",
        None,
    );
    assert_eq!(
        (document.kind, document.pages),
        (DocumentKind::Word, vec!["ประกาศ".to_owned()])
    );
    let twice = read(&gzip(&gzip(b"x")), "a.gz", None);
    assert_eq!(
        (twice.kind, twice.reading),
        (DocumentKind::Archive, Reading::Unsupported)
    );
}

#[test]
fn documents_in_an_archive_are_read_and_named() {
    let inner = docx(
        "<w:p><w:r><w:t>แผนอัตรากำลัง</w:t></w:r></w:p><w:p><w:r><w:br w:type='page'/><w:t>หน้าสอง</w:t></w:r></w:p>",
    );
    let body = packed(&[
        ("แผน/2 แผน.docx".as_bytes(), &inner),
        (
            &cp874("1 ประกาศ.txt"),
            "ประกาศองค์การบริหารส่วนตำบลตัวอย่าง".as_bytes(),
        ),
        (b"3.jpg", b"\xFF\xD8\xFF\xE0 jpeg"),
        (b"4.zip", &packed(&[(b"x.txt", b"x")])),
        (b"__MACOSX/._2.docx", b"x"),
        (b"Thumbs.db", b"\xD0\xCF\x11\xE0"),
    ]);
    let document = read(&body, "o20.zip", None);
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Archive, Reading::Text)
    );
    assert_eq!(
        document.pages,
        ["ประกาศองค์การบริหารส่วนตำบลตัวอย่าง", "แผนอัตรากำลัง", "หน้าสอง"]
    );
    assert_eq!(
        document.names,
        ["1 ประกาศ.txt", "2 แผน.docx หน้า 1", "2 แผน.docx หน้า 2"]
    );
    // The picture and the archive in the archive.
    assert_eq!(document.unread_pages, 2);
}

#[test]
fn an_archive_of_scans_is_a_scan_and_one_of_programs_is_not_read() {
    let scans = packed(&[
        (b"1.jpg", b"\xFF\xD8\xFF\xE0 jpeg"),
        (b"2.rar", b"Rar!\x1A\x07\x01\0"),
    ]);
    assert_eq!(read(&scans, "o1.zip", None).reading, Reading::Scanned);
    let programs = packed(&[(b"setup.exe", b"MZ\0\0")]);
    let document = read(&programs, "o1.zip", None);
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Archive, Reading::Unsupported)
    );
}

#[test]
fn an_archive_of_bombs_ends() {
    let blanks = vec![b' '; 70 << 20];
    let bomb: Vec<(&[u8], &[u8])> = vec![
        (b"1.txt", &blanks),
        (b"2.txt", &blanks),
        (b"3.txt", &blanks),
        (b"4.txt", &blanks),
    ];
    let document = read(&packed(&bomb), "a.zip", None);
    assert!(document.pages.iter().all(String::is_empty));
    assert_ne!(document.reading, Reading::Text);
}

/// An archive whose names are bytes.
fn packed(files: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let placeholder = |at: usize, length: usize| format!("{at:0length$}");
    for (at, (name, content)) in files.iter().enumerate() {
        writer
            .start_file(placeholder(at, name.len()), SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    let mut body = writer.finish().unwrap().into_inner();
    for (at, (name, _)) in files.iter().enumerate() {
        let wanted = placeholder(at, name.len()).into_bytes();
        let headers = [(b"PK\x03\x04".as_slice(), 30), (b"PK\x01\x02", 46)];
        for (magic, offset) in headers {
            let mut from = 0;
            while let Some(found) = body[from..].windows(4).position(|window| window == magic) {
                let start = from + found + offset;
                if body.get(start..start + wanted.len()) == Some(&wanted) {
                    body[start..start + wanted.len()].copy_from_slice(name);
                    break;
                }
                from += found + 4;
            }
        }
    }
    body
}

#[test]
fn slides_and_pages_have_names() {
    let mut document = Document::unread(DocumentKind::Pdf, Reading::Text);
    document.pages = vec!["ก".to_owned()];
    assert_eq!(document.page_name(0), None);
    document.pages.push("ข".to_owned());
    assert_eq!(document.page_name(1).as_deref(), Some("หน้า 2"));
    document.kind = DocumentKind::Slides;
    assert_eq!(document.page_name(1).as_deref(), Some("สไลด์ 2"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
    #[test]
    fn no_scratch_makes_a_reader_fall(which in 0usize..5, cut in 0usize..30_000, scratches in proptest::collection::vec((0usize..30_000, proptest::num::u8::ANY), 0..12)) {
        let whole = [DOC.to_vec(), RTF.to_vec(), XLS.to_vec(), XLSX.to_vec(), docx("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>ก</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")];
        let mut body = whole[which].clone();
        for (at, byte) in scratches {
            let length = body.len();
            body[at % length] = byte;
        }
        body.truncate(cut.max(64));
        let url = Url::parse("http://a.go.th/a.doc").unwrap();
        let _ = extract(&url, None, &body);
    }
}
