//! Files to [`Document`]s: which reader reads which kind.

use url::Url;

use super::ole::holds;
use super::one_line as clean;
use super::{Document, DocumentKind, Reading, Table, office, pdf, sheet};
use crate::thai::decode;

/// Text kept of one file. A plan of 300 pages has half a megabyte.
pub(super) const MAX_TEXT: usize = 4 << 20;
/// Files beyond this are not opened. The largest plans, scanned, are smaller.
const MAX_FILE: usize = 128 << 20;

/// Reads a file of a kind.
pub(super) fn read(
    url: &Url,
    content_type: Option<&str>,
    kind: DocumentKind,
    body: &[u8],
) -> Document {
    if body.len() > MAX_FILE {
        return unreadable(kind, Reading::TooLarge);
    }
    let is_zip = body.starts_with(b"PK");
    match kind {
        DocumentKind::Pdf => pdf::read(body),
        DocumentKind::Image => unreadable(kind, Reading::Scanned),
        DocumentKind::Word | DocumentKind::Slides if is_zip => office::read(kind, body),
        DocumentKind::Sheet if is_zip => sheet::read_zip(body),
        DocumentKind::Sheet if is_ole(body) => sheet::read_xls(body),
        DocumentKind::Sheet => sheet::read_csv(&decode(body, content_type)),
        // Office files with a password are wrapped whole.
        _ if is_ole(body) && holds(body, "EncryptedPackage") => {
            unreadable(by_name(url), Reading::Locked)
        }
        _ => unreadable(kind, Reading::Unsupported),
    }
}

/// A file of which nothing could be read.
pub(super) fn unreadable(kind: DocumentKind, reading: Reading) -> Document {
    Document {
        kind,
        pages: Vec::new(),
        tables: Vec::new(),
        reading,
        unread_pages: 0,
    }
}

/// Each line in normal form, empty ones left out.
pub(super) fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(clean).collect();
            cells.join("\t").trim().to_owned()
        })
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

/// A table from rows: a header when the first full row names columns.
pub(super) fn table(title: String, rows: Vec<Vec<String>>, marked: usize) -> Option<Table> {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let widest = rows.iter().map(filled).max()?;
    if widest < 2 {
        return None;
    }
    let names = |row: &&Vec<String>| {
        filled(row) * 3 >= widest * 2
            && filled(row) >= 2
            && row
                .iter()
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.chars().any(char::is_alphabetic) && cell.chars().count() <= 120)
    };
    let at = rows.iter().take(12).position(|row| names(&row))?;
    let mut depth = marked.saturating_sub(at).clamp(1, 4);
    // A second header row fills the gaps that cells spanning columns leave.
    let is_second = |row: &Vec<String>| {
        filled(row) >= 1
            && filled(row) < widest
            && row.first().is_some_and(String::is_empty)
            && row
                .iter()
                .filter(|cell| !cell.is_empty())
                .all(|cell| cell.chars().any(char::is_alphabetic))
    };
    if depth == 1 && filled(&rows[at]) < widest && rows.get(at + 1).is_some_and(is_second) {
        depth = 2;
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let header = (0..columns)
        .map(|column| {
            let parts: Vec<&str> = rows[at..at + depth.min(rows.len() - at)]
                .iter()
                .filter_map(|row| row.get(column))
                .map(String::as_str)
                .filter(|cell| !cell.is_empty())
                .collect();
            parts.join(" ")
        })
        .collect();
    let body = rows
        .into_iter()
        .skip(at + depth)
        .filter(|row| filled(row) > 0)
        .map(|mut row| {
            row.resize(columns, String::new());
            row
        })
        .collect();
    Some(Table {
        title,
        header,
        rows: body,
    })
}

fn is_ole(body: &[u8]) -> bool {
    body.starts_with(b"\xD0\xCF\x11\xE0")
}

fn by_name(url: &Url) -> DocumentKind {
    let path = url.path().to_ascii_lowercase();
    match path.rsplit('.').next() {
        Some("docx" | "doc") => DocumentKind::Word,
        Some("xlsx" | "xls") => DocumentKind::Sheet,
        Some("pptx" | "ppt") => DocumentKind::Slides,
        _ => DocumentKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use url::Url;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

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
        let pages = vec![WORDS; 305];
        let document = read(&pdf(&pages, false), "plan.pdf", None);
        assert_eq!((document.pages.len(), document.unread_pages), (300, 5));
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
    fn a_sheet_that_claims_too_many_strings_is_refused() {
        let claim = "<sst uniqueCount='99999999999'><si><t>ก</t></si></sst>";
        assert_eq!(
            read(&xlsx("", claim), "a.xlsx", None).reading,
            Reading::TooLarge
        );
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
    fn what_cannot_be_read_yet_says_so() {
        let plain = zip(&[("o1.pdf", "x")]);
        assert_eq!(read(&plain, "a.zip", None).kind, DocumentKind::Archive);
        assert_eq!(read(&plain, "a.zip", None).reading, Reading::Unsupported);
        let wide = |name: &str| {
            name.encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>()
        };
        let old = [
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(),
            &wide("WordDocument"),
        ]
        .concat();
        let document = read(&old, "a.doc", Some("text/html"));
        assert_eq!(
            (document.kind, document.reading),
            (DocumentKind::Word, Reading::Unsupported)
        );
        let locked = [
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(),
            &wide("EncryptedPackage"),
        ]
        .concat();
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
}
