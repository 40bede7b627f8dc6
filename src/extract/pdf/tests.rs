use encoding_rs::WINDOWS_874;
use proptest::prelude::*;

use super::grid::{Stroke, grids};
use super::letters::restore;
use super::piece::{Fragment, Piece, join, join_cell};
use super::read;
use crate::extract::{Document, Reading, Table};

/// A page: words at places, lines between places, and anything else.
#[derive(Default)]
struct Sheet {
    content: Vec<u8>,
}

impl Sheet {
    fn words(mut self, x: f32, y: f32, words: &str) -> Self {
        let (bytes, _, lost) = WINDOWS_874.encode(words);
        assert!(!lost, "{words}");
        let hex = data_encoding::HEXUPPER.encode(&bytes);
        let show = format!("BT /F 12 Tf 1 0 0 1 {x} {y} Tm <{hex}> Tj ET\n");
        self.content.extend(show.bytes());
        self
    }

    fn line(mut self, from: (f32, f32), to: (f32, f32)) -> Self {
        let draw = format!("{} {} m {} {} l S\n", from.0, from.1, to.0, to.1);
        self.content.extend(draw.bytes());
        self
    }

    /// All lines of a grid.
    fn ruled(mut self, xs: &[f32], ys: &[f32]) -> Self {
        let ends = |places: &[f32]| (places[0], places[places.len() - 1]);
        for y in ys {
            self = self.line((ends(xs).0, *y), (ends(xs).1, *y));
        }
        for x in xs {
            self = self.line((*x, ends(ys).0), (*x, ends(ys).1));
        }
        self
    }

    fn boxed(self, left: f32, bottom: f32, words: &str) -> Self {
        self.ruled(&[left, left + 100.0], &[bottom + 30.0, bottom])
            .words(left + 5.0, bottom + 10.0, words)
    }

    fn picture(mut self, width: f32, height: f32) -> Self {
        let draw = format!("q {width} 0 0 {height} 0 0 cm /I Do Q\n");
        self.content.extend(draw.bytes());
        self
    }
}

/// A file with a font whose letters are windows-874, and a picture.
fn file(sheets: &[Sheet]) -> Vec<u8> {
    let cmap = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n\
        2 beginbfrange <20> <7E> <0020> <A1> <FB> <0E01> endbfrange endcmap end";
    let stream = |dict: &str, data: &[u8]| {
        let head = format!("<<{dict}/Length {}>>stream\n", data.len());
        [head.as_bytes(), data, b"\nendstream"].concat()
    };
    let is_mark = |code: &i32| matches!(code, 0xD1 | 0xD4..=0xDA | 0xE7..=0xEE);
    let widths = (32..256).map(|code| if is_mark(&code) { "0" } else { "500" });
    let widths = widths.collect::<Vec<&str>>().join(" ");
    let font = format!(
        "<</Type/Font/Subtype/TrueType/BaseFont/Thai/FirstChar 32/LastChar 255/Widths[{widths}]/ToUnicode 4 0 R>>"
    );
    let kids: Vec<String> = (0..sheets.len())
        .map(|at| format!("{} 0 R", 6 + 2 * at))
        .collect();
    let pages = format!(
        "<</Type/Pages/Kids[{}]/Count {}>>",
        kids.join(" "),
        sheets.len()
    );
    let picture =
        "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8";
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        pages.into_bytes(),
        font.into_bytes(),
        stream("", cmap.as_bytes()),
        stream(picture, b"\x80"),
    ];
    for (at, sheet) in sheets.iter().enumerate() {
        let page = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {} 0 R/Resources<</Font<</F 3 0 R>>/XObject<</I 5 0 R>>>>>>",
            7 + 2 * at
        );
        objects.push(page.into_bytes());
        objects.push(stream("", &sheet.content));
    }
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", at + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = places.len() + 1;
    out.extend(format!("trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    out
}

fn document(sheets: &[Sheet]) -> Document {
    read(&file(sheets))
}

fn tables(sheets: &[Sheet]) -> Vec<Table> {
    document(sheets).tables
}

const TITLE: &str = "สรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน ตุลาคม 2564";
const XS: [f32; 4] = [50.0, 100.0, 300.0, 450.0];

fn month() -> Sheet {
    Sheet::default()
        .words(100.0, 760.0, TITLE)
        .ruled(&XS, &[750.0, 710.0, 670.0, 640.0])
        .words(55.0, 730.0, "ลำดับที่")
        .words(105.0, 735.0, "งานที่จัดซื้อหรือจัดจ้างทั้งหมดใน")
        .words(105.0, 718.0, "รอบเดือน")
        .words(305.0, 730.0, "วงเงิน (บาท)")
        .words(55.0, 690.0, "1")
        .words(105.0, 690.0, "ซื้อวัสดุสำนักงาน")
        .words(305.0, 690.0, "12,500.00")
        .words(55.0, 650.0, "2")
        .words(105.0, 650.0, "จ้างซ่อมรถบรรทุกน้ำ")
        .words(305.0, 650.0, "๔,๘๐๐.๐๐")
}

#[test]
fn a_run_of_letters_over_several_cells_is_cut_between_words_only() {
    let sheet = Sheet::default()
        .ruled(&[50.0, 110.0, 170.0, 260.0], &[750.0, 710.0, 670.0])
        .words(60.0, 730.0, "รายการ    จำนวน     หน่วยนับ")
        .words(60.0, 690.0, "กระดาษถ่ายเอกสาร")
        .words(180.0, 690.0, "10");
    let tables = tables(&[sheet]);
    assert_eq!(tables[0].header, ["รายการ", "จำนวน", "หน่วยนับ"]);
    assert_eq!(tables[0].rows, [["กระดาษถ่ายเอกสาร", "", "10"]]);
}

const HEADER: [&str; 3] = ["ลำดับที่", "งานที่จัดซื้อหรือจัดจ้างทั้งหมดในรอบเดือน", "วงเงิน (บาท)"];

#[test]
fn a_ruled_table_gives_its_title_header_and_rows() {
    let tables = tables(&[month()]);
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0].title, TITLE);
    assert_eq!(tables[0].header, HEADER);
    assert_eq!(
        tables[0].rows,
        [
            ["1", "ซื้อวัสดุสำนักงาน", "12,500.00"],
            ["2", "จ้างซ่อมรถบรรทุกน้ำ", "๔,๘๐๐.๐๐"]
        ]
    );
}

#[test]
fn header_cells_over_several_columns_and_rows_name_each_column() {
    let sheet = Sheet::default()
        // รายการ over two rows, ไตรมาส 1 over two columns.
        .line((50.0, 750.0), (450.0, 750.0))
        .line((200.0, 730.0), (450.0, 730.0))
        .line((50.0, 710.0), (450.0, 710.0))
        .line((50.0, 690.0), (450.0, 690.0))
        .line((50.0, 690.0), (50.0, 750.0))
        .line((200.0, 690.0), (200.0, 750.0))
        .line((320.0, 690.0), (320.0, 730.0))
        .line((450.0, 690.0), (450.0, 750.0))
        .words(55.0, 725.0, "รายการเบิกจ่าย")
        .words(260.0, 735.0, "ไตรมาสที่ 1")
        .words(205.0, 715.0, "แผน")
        .words(325.0, 715.0, "ผล")
        .words(55.0, 695.0, "งบกลางของหน่วยงาน")
        .words(205.0, 695.0, "100")
        .words(325.0, 695.0, "90");
    let tables = tables(&[sheet]);
    assert_eq!(
        tables[0].header,
        ["รายการเบิกจ่าย", "ไตรมาสที่ 1 แผน", "ไตรมาสที่ 1 ผล"]
    );
    assert_eq!(tables[0].rows, [["งบกลางของหน่วยงาน", "100", "90"]]);
}

#[test]
fn a_table_goes_on_over_pages_with_its_header_or_without() {
    let more = |header: bool, words: &str| {
        let ys: &[f32] = if header {
            &[800.0, 760.0, 720.0]
        } else {
            &[800.0, 760.0]
        };
        let y = ys[ys.len() - 2] - 20.0;
        let sheet = Sheet::default().ruled(&XS, ys).words(290.0, 820.0, "- 2 -");
        let sheet = if header {
            sheet
                .words(55.0, 780.0, HEADER[0])
                .words(105.0, 780.0, HEADER[1])
                .words(305.0, 780.0, HEADER[2])
        } else {
            sheet
        };
        sheet
            .words(55.0, y, "3")
            .words(105.0, y, words)
            .words(305.0, y, "700.00")
    };
    let words = "จ้างเหมาบริการทำความสะอาด";
    for header in [true, false] {
        let tables = tables(&[month(), more(header, words)]);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].rows.len(), 3);
        assert_eq!(tables[0].rows[2], ["3", words, "700.00"]);
    }
    // The next month has a title of its own.
    let tables = tables(&[month(), month()]);
    assert_eq!(tables.len(), 1, "the same title and header: one table");
    let next = Sheet::default()
        .words(
            100.0,
            815.0,
            "สรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน พฤศจิกายน 2564",
        )
        .ruled(&XS, &[800.0, 760.0, 720.0])
        .words(55.0, 780.0, HEADER[0])
        .words(105.0, 780.0, HEADER[1])
        .words(305.0, 780.0, HEADER[2])
        .words(55.0, 740.0, "1")
        .words(105.0, 740.0, words);
    assert_eq!(self::tables(&[month(), next]).len(), 2);
}

#[test]
fn boxes_of_a_chart_and_frames_around_text_are_no_tables() {
    let chart = Sheet::default()
        .boxed(250.0, 700.0, "นายกเทศมนตรี")
        .line((300.0, 700.0), (300.0, 670.0))
        .line((100.0, 670.0), (500.0, 670.0))
        .line((100.0, 670.0), (100.0, 630.0))
        .line((500.0, 670.0), (500.0, 630.0))
        .boxed(50.0, 600.0, "รองนายกเทศมนตรี")
        .boxed(450.0, 600.0, "ปลัดเทศบาล");
    assert_eq!(tables(&[chart]), []);
    let frame = Sheet::default()
        .ruled(&[40.0, 550.0], &[800.0, 40.0])
        .words(60.0, 700.0, "ประกาศองค์การบริหารส่วนตำบล")
        .words(60.0, 650.0, "เรื่อง เจตจำนงสุจริตในการบริหารงาน");
    assert_eq!(tables(&[frame]), []);
    let labels = Sheet::default()
        .ruled(&[40.0, 200.0, 550.0], &[800.0, 770.0, 740.0])
        .words(60.0, 780.0, "งบประมาณ")
        .words(210.0, 780.0, "100,000 บาท")
        .words(60.0, 750.0, "250,000")
        .words(210.0, 750.0, "1,000,000");
    let tables = tables(&[labels]);
    assert!(
        tables.iter().all(|table| table.rows.len() == 1),
        "{}",
        tables.len()
    );
}

#[test]
fn columns_without_lines_are_a_table_when_names_stand_over_numbers() {
    let row = |sheet: Sheet, y: f32, cells: [&str; 3]| {
        let places = [50.0, 200.0, 400.0].into_iter().zip(cells);
        places.fold(sheet, |sheet, (x, cell)| sheet.words(x, y, cell))
    };
    let rows = [
        ["หมวดรายจ่าย", "งบประมาณ", "เบิกจ่าย"],
        ["งบกลาง", "8,400,000", "8,395,200"],
        ["งบบุคลากร", "5,600,000", "4,900,000"],
        ["งบลงทุน", "3,200,000", "2,761,000"],
        ["รวมทั้งสิ้น", "17,200,000", "16,056,200"],
    ];
    let place = |rows: &[[&str; 3]]| {
        let sheet = Sheet::default().words(50.0, 740.0, "รายงานผลการใช้จ่ายงบประมาณ");
        rows.iter().enumerate().fold(sheet, |sheet, (at, cells)| {
            row(sheet, 720.0 - 20.0 * at as f32, *cells)
        })
    };
    let tables = tables(&[place(&rows)]);
    assert_eq!(tables[0].header, rows[0]);
    assert_eq!(tables[0].rows.len(), 4);
    // Three columns of names are a committee, or a text in columns.
    let names = ["ประธานกรรมการ", "รองประธานกรรมการ", "กรรมการและเลขานุการ"];
    assert_eq!(self::tables(&[place(&[names; 6])]), []);
    assert_eq!(self::tables(&[place(&rows[..3])]), []);
}

#[test]
fn a_page_lying_on_its_side_reads_as_one_standing() {
    let upright = month();
    let mut turned = Sheet::default();
    turned.content.extend(b"0 1 -1 0 595 0 cm\n");
    turned.content.extend(&upright.content);
    let (upright, turned) = (document(&[upright]), document(&[turned]));
    assert_eq!(upright.pages, turned.pages);
    assert_eq!(upright.tables, turned.tables);
}

#[test]
fn a_stamp_on_scans_is_not_a_cover_over_text() {
    let stamped = || {
        Sheet::default().picture(595.0, 842.0).words(
            400.0,
            800.0,
            "เลขรับที่ 123 วันที่ 12 พฤษภาคม 2565 เวลา 10.30 น.",
        )
    };
    let text = || {
        let line = "รายงานผลการดำเนินงานตามแผนปฏิบัติการป้องกันการทุจริต";
        (0..8).fold(Sheet::default(), |sheet, at| {
            sheet.words(50.0, 700.0 - 20.0 * at as f32, line)
        })
    };
    let scan = document(&[stamped(), Sheet::default().picture(595.0, 842.0)]);
    assert_eq!((scan.reading, scan.unread_pages), (Reading::Scanned, 2));
    let plan = document(&[stamped(), text(), text()]);
    assert_eq!((plan.reading, plan.unread_pages), (Reading::Text, 0));
    assert!(plan.pages[0].contains("เลขรับที่ 123"));
    let logo = Sheet::default().picture(80.0, 80.0).words(
        50.0,
        700.0,
        "ประกาศองค์การบริหารส่วนตำบล เรื่อง แผนการจัดซื้อจัดจ้าง",
    );
    assert_eq!(document(&[logo]).reading, Reading::Text);
}

fn piece(text: &str, x: f32, end: f32) -> Piece {
    Piece {
        text: text.to_owned(),
        start: (x, 100.0),
        end: (end, 100.0),
        size: 14.0,
        turn: 0,
        letters: Box::default(),
    }
}

#[test]
fn a_cluster_written_again_for_its_mark_is_read_once() {
    let read = |pieces: &[Piece]| join(pieces.iter().map(Piece::whole));
    // The mark alone, without width, carries its whole cluster again.
    let twice = [
        piece("ช่", 50.0, 58.0),
        piece("ช่", 58.2, 58.2),
        piece("อง", 58.0, 74.0),
    ];
    assert_eq!(read(&twice), "ช่อง");
    // Printed twice for bold.
    let bold = [piece("ประกาศ", 50.0, 80.0), piece("ประกาศ", 50.3, 80.3)];
    assert_eq!(read(&bold), "ประกาศ");
    // Syllables may repeat.
    let name = [
        piece("วิ", 50.0, 57.0),
        piece("วิ", 57.0, 64.0),
        piece("ธ", 64.0, 71.0),
    ];
    assert_eq!(read(&name), "วิวิธ");
    let digits = [piece("1", 50.0, 57.0), piece("1", 57.0, 64.0)];
    assert_eq!(read(&digits), "11");
}

#[test]
fn letters_named_wrongly_are_told_by_the_rest_of_their_font() {
    let restored = |runs: &[(&'static str, &str)]| -> String {
        let mut runs: Vec<(&str, String)> = runs
            .iter()
            .map(|(font, text)| (*font, (*text).to_owned()))
            .collect();
        restore(runs.iter_mut().map(|(font, text)| (*font, text)));
        runs.into_iter().map(|(_, text)| text).collect()
    };
    // Every า is called ำ; a circle, with a name or without, tells the true ones.
    let all = "งำนรำคำกลำง บริหำรส่วนตำบล ประจ\u{FFFD}ำปี น้\u{FFFD}ำมัน";
    assert_eq!(
        restored(&[("F1", all)]),
        "งานราคากลาง บริหารส่วนตาบล ประจ\u{FFFD}ำปี น้\u{FFFD}ำมัน"
    );
    // The circle has no name, tones have.
    let circle = [
        ("F1", "ว่าด้วยการจ้าง "),
        ("F1", "ด\u{FFFD}"),
        ("F1", "าเนินการ"),
        ("F1", "ป\u{FFFD}า"),
    ];
    assert_eq!(restored(&circle), "ว่าด้วยการจ้าง ด\u{FFFD}ำเนินการป\u{FFFD}า");
    // A font whose tones have no names tells nothing; nor does another font.
    for sound in ["ค\u{FFFD}าใช้จ่ายการ", "ประจำตำบลดำเนินการ", "คำสั่ง"]
    {
        assert_eq!(restored(&[("F1", sound)]), sound);
    }
    let other = [("F1", "งำนรำคำกลำงบริหำร"), ("F2", "ประจำ")];
    assert!(restored(&other).ends_with("ประจำ"));
}

#[test]
fn words_of_a_cell_run_on_over_full_lines_only() {
    let at = |text: &'static str, y: f32, end: f32| Fragment {
        text,
        start: (50.0, y),
        end: (end, y),
        size: 14.0,
        turn: 0,
    };
    let full = [
        at("ผู้เสนอราคาและราคา", 100.0, 140.0),
        at("ที่เสนอ", 84.0, 80.0),
    ];
    assert_eq!(join_cell(&full, 100.0), "ผู้เสนอราคาและราคาที่เสนอ");
    let names = [at("นายกอบต.", 100.0, 90.0), at("ปลัดอบต.", 84.0, 90.0)];
    assert_eq!(join_cell(&names, 100.0), "นายกอบต. ปลัดอบต.");
    let money = [
        at("บริษัท กข จำกัด", 100.0, 140.0),
        at("๒๐๘,๒๐๑.๒๕", 84.0, 110.0),
    ];
    assert_eq!(join_cell(&money, 100.0), "บริษัท กข จำกัด ๒๐๘,๒๐๑.๒๕");
}

proptest! {
    #[test]
    fn lines_never_make_a_grid_that_does_not_hold(
        places in prop::collection::vec((0..12_i16, 0..12_i16, 0..12_i16, prop::bool::ANY), 0..40),
        odd in prop::collection::vec(prop::num::f32::ANY, 4),
    ) {
        let mut strokes: Vec<Stroke> = places
            .into_iter()
            .map(|(at, from, to, upright)| {
                let [at, from, to] = [at, from, to].map(|place| f32::from(place) * 20.0);
                let turn = |along: f32| if upright { (at, along) } else { (along, at) };
                Stroke { start: turn(from), end: turn(to) }
            })
            .collect();
        strokes.push(Stroke { start: (odd[0], odd[1]), end: (odd[2], odd[3]) });
        for grid in grids(&strokes, 0) {
            prop_assert!(grid.xs.is_sorted() && grid.ys.is_sorted_by(|a, b| a >= b));
            for (id, cell) in grid.cells.iter().enumerate() {
                prop_assert!(cell.left < cell.right && cell.top < cell.bottom);
                for row in cell.top..cell.bottom {
                    for column in cell.left..cell.right {
                        prop_assert_eq!(grid.cell(row, column), Some(id));
                    }
                }
            }
        }
    }
}
