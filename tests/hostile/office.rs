//! Office files, archives, sheets and pictures made to harm.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Named, mutations, noise};

/// An archive; each part is a unit written so many times.
fn zip(parts: &[(&str, &[u8], usize)]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(true);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, unit, times) in parts {
        writer.start_file(*name, options).unwrap();
        for _ in 0..*times {
            writer.write_all(unit).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn docx(document: &[u8], times: usize) -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", b"<Types/>", 1),
        ("word/document.xml", document, times),
    ])
}

const PARAGRAPH: &str = "<w:p><w:r><w:t>แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. 2565</w:t></w:r></w:p>";

/// A letter that any reader reads.
pub(crate) fn letter(words: &str) -> Vec<u8> {
    docx(
        format!(
            "<w:document><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>"
        )
        .as_bytes(),
        1,
    )
}

/// A workbook with the sheet's cells and the shared strings.
fn xlsx(sheet: &[u8], times: usize, strings: &str) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let rels = |what: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id='rId1' Type='{kind}/{what}' Target='{target}'/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns:r='{kind}'><sheets><sheet name='สขร.1' sheetId='1' r:id='rId1'/></sheets></workbook>"
    );
    zip(&[
        (
            "_rels/.rels",
            rels("officeDocument", "xl/workbook.xml").as_bytes(),
            1,
        ),
        ("xl/workbook.xml", book.as_bytes(), 1),
        (
            "xl/_rels/workbook.xml.rels",
            rels("worksheet", "worksheets/sheet1.xml").as_bytes(),
            1,
        ),
        (
            "xl/styles.xml",
            b"<styleSheet><cellXfs><xf numFmtId='0'/></cellXfs></styleSheet>",
            1,
        ),
        ("xl/sharedStrings.xml", strings.as_bytes(), 1),
        ("xl/worksheets/sheet1.xml", sheet, times),
    ])
}

fn cells(cells: &str) -> Vec<u8> {
    format!("<worksheet><sheetData>{cells}</sheetData></worksheet>").into_bytes()
}

fn cell(place: &str, words: &str) -> String {
    format!("<c r='{place}' t='inlineStr'><is><t>{words}</t></is></c>")
}

/// A sheet that any reader reads.
pub(crate) fn sheet(words: &str) -> Vec<u8> {
    let row = |n: usize, a: &str, b: &str| {
        format!(
            "<row r='{n}'>{}{}</row>",
            cell(&format!("A{n}"), a),
            cell(&format!("B{n}"), b)
        )
    };
    let rows = [row(1, "รายการ", "วิธีจัดซื้อ"), row(2, words, "เฉพาะเจาะจง")].concat();
    xlsx(&cells(&rows), 1, "<sst/>")
}

fn ods(content: &str) -> Vec<u8> {
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>{content}</office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        ("mimetype", kind, 1),
        ("content.xml", content.as_bytes(), 1),
    ])
}

/// An OLE file of sectors of 512 bytes; `fat` is the first allocation sector.
fn ole(fat: &[u32], rest: &[u8]) -> Vec<u8> {
    let mut out = vec![0_u8; 512];
    out[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    out[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    out[44] = 1;
    out[48] = 1;
    out[57] = 16;
    out[60..64].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF]);
    out[68..72].copy_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF]);
    out[76..].fill(0xFF);
    out[76..80].fill(0);
    out.extend(
        fat.iter()
            .flat_map(|n| n.to_le_bytes())
            .chain(std::iter::repeat(0xFF))
            .take(512),
    );
    let mut name: Vec<u8> = "Workbook"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    name.resize(64, 0);
    name.extend([18, 0, 2, 1]);
    name.resize(128, 0);
    name[116..120].copy_from_slice(&2_u32.to_le_bytes());
    name[120..124].copy_from_slice(&u32::MAX.to_le_bytes());
    out.extend(name.repeat(4));
    out.extend(rest);
    out
}

pub(crate) fn hostile() -> Vec<Named> {
    let mut all = mutations("docx", &letter("แผนปฏิบัติการป้องกันการทุจริต"), 15);
    all.extend(mutations("xlsx", &sheet("ซื้อวัสดุสำนักงาน"), 15));
    let rows = "<table:table table:name='ก'><table:table-row><table:table-cell><text:p>รายการ</text:p></table:table-cell></table:table-row></table:table>";
    all.extend(mutations("ods", &ods(rows), 10));
    let mut add = |name: &str, body: Vec<u8>| all.push((name.to_owned(), body));

    // Bombs.
    add("spaces.docx", docx(&[b' '; 1 << 20], 400));
    add(
        "paragraphs.docx",
        docx(PARAGRAPH.repeat(5000).as_bytes(), 200),
    );
    add("many-parts.pptx", {
        let names: Vec<String> = (0..3000)
            .map(|n| format!("ppt/slides/slide{n}.xml"))
            .collect();
        let slide = "<p:sld><a:t>แผน</a:t></p:sld>".repeat(500);
        let parts: Vec<(&str, &[u8], usize)> = names
            .iter()
            .map(|name| (&name[..], slide.as_bytes(), 1))
            .collect();
        zip(&parts)
    });
    add("many-entries.docx", {
        let names: Vec<String> = (0..30_000).map(|n| format!("word/{n}")).collect();
        let parts: Vec<(&str, &[u8], usize)> =
            names.iter().map(|name| (&name[..], &b""[..], 1)).collect();
        zip(&parts)
    });
    add("nested.zip", {
        let inner = zip(&[("a.txt", &[b'a'; 1 << 20], 300)]);
        let middle = zip(&[("b.zip", &inner, 50)]);
        zip(&[("c.zip", &middle, 1), ("word/x", &inner, 1)])
    });
    add("laughs.docx", {
        let entities: String = (1..10)
            .map(|n| format!("<!ENTITY a{n} '{}'>", format!("&a{};", n - 1).repeat(10)))
            .collect();
        docx(format!("<!DOCTYPE x [<!ENTITY a0 'ฮา'>{entities}]><w:document><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:document>").as_bytes(), 1)
    });

    // Nesting.
    add(
        "deep.docx",
        docx("<w:tbl><w:tr><w:tc>".repeat(300_000).as_bytes(), 1),
    );
    add(
        "deep.xlsx",
        xlsx(
            "<worksheet><sheetData><row><c><is>"
                .repeat(200_000)
                .as_bytes(),
            1,
            "<sst/>",
        ),
    );
    add(
        "deep.ods",
        ods(&"<table:table><table:table-row><table:table-cell>".repeat(200_000)),
    );
    add(
        "attributes.docx",
        docx(
            format!(
                "<w:document {}>",
                (0..300_000)
                    .map(|n| format!("a{n}='1' "))
                    .collect::<String>()
            )
            .as_bytes(),
            1,
        ),
    );

    // Sheets that claim the whole plane.
    let corner = format!(
        "<row r='1'>{}</row><row r='1048576'>{}</row>",
        cell("A1", "ก"),
        cell("XFD1048576", "ข")
    );
    add("corner.xlsx", xlsx(&cells(&corner), 1, "<sst/>"));
    add("dimension.xlsx", xlsx(b"<worksheet><dimension ref='A1:XFD1048576'/><sheetData><row r='1'><c r='A1'><v>1</v></c></row></sheetData></worksheet>", 1, "<sst/>"));
    add(
        "rows.xlsx",
        xlsx(
            "<row><c t='inlineStr'><is><t>รายการจัดซื้อ</t></is></c><c><v>2565</v></c></row>"
                .repeat(1000)
                .as_bytes(),
            1000,
            "<sst/>",
        ),
    );
    add(
        "strings.xlsx",
        xlsx(
            &cells("<row><c t='s'><v>4294967295</v></c></row>"),
            1,
            "<sst count=\"4294967295\" uniqueCount=\"4294967295\"><si><t>ก</t></si></sst>",
        ),
    );
    add(
        "long-string.xlsx",
        xlsx(
            &cells(&format!(
                "<row>{}</row>",
                "<c t='s'><v>0</v></c>".repeat(16_000)
            )),
            1,
            &format!("<sst><si><t>{}</t></si></sst>", "ยาว".repeat(300_000)),
        ),
    );
    let repeated = "<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'><text:p>ซ้ำ</text:p></table:table-cell></table:table-row></table:table>";
    add("repeat.ods", ods(&repeated.repeat(60)));
    add("spans.docx", docx(format!("<w:tbl>{}</w:tbl>", "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='4294967295'/></w:tcPr><w:p><w:r><w:t>ก</w:t></w:r></w:p></w:tc></w:tr>".repeat(20_000)).as_bytes(), 1));

    // Old office files whose sectors go round.
    add("round.xls", ole(&[0xFFFF_FFFD, 0xFFFF_FFFE, 2], &[0; 4096]));
    add("round-two.xls", ole(&[0xFFFF_FFFD, 1, 3, 2], &noise(8192)));
    add(
        "noise.xls",
        ole(
            &[0xFFFF_FFFD, 0xFFFF_FFFE, 3, 4, 5, 6, 7, 8, 0xFFFF_FFFE],
            &noise(1 << 20),
        ),
    );
    add(
        "noise.doc",
        [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), noise(1 << 20)].concat(),
    );

    // Texts.
    add("commas.csv", ",".repeat(2 << 20).into_bytes());
    add(
        "quotes.csv",
        format!("a,b\n\"{}", "ก,\n".repeat(300_000)).into_bytes(),
    );
    add("one-line.csv", "รายการ ".repeat(200_000).into_bytes());
    add("digits.csv", "9 ".repeat(2 << 20).into_bytes());
    add(
        "braces.rtf",
        format!("{{\\rtf1{}", "{".repeat(1 << 20)).into_bytes(),
    );
    add(
        "binary.rtf",
        format!("{{\\rtf1 \\bin2147483647 {}", "\\'e1".repeat(300_000)).into_bytes(),
    );

    // A picture that claims ten thousand million points.
    add(
        "huge.png",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\x86\xA0\0\x01\x86\xA0\x08\x06\0\0\0\0\0\0\0".to_vec(),
    );
    all
}
