//! Websites of an invented town, made by code: menus, lists, news, procurement, indexes of the items, files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::date;
use prongsai::agency::Agency;
use prongsai::extract::{Document, DocumentKind, Reading, Table};
use prongsai::fetch::capture::{Capture, Response, Visit};
use prongsai::reading::Documents;
use url::Url;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::prose::{Dice, MONTHS, day, prose, subject, village};

const NAME: &str = "เทศบาลตำบลหนองบัวทอง";

/// Whose site it is.
pub(crate) fn agency() -> Agency {
    serde_json::from_str(&format!(
        r#"{{"name": "{NAME}", "type": "tambon", "amphoe": "เมืองทอง", "province": "พิจิตร"}}"#
    ))
    .unwrap()
}

/// A capture, and what its files say where they need no reading.
pub(crate) struct Town {
    pub(crate) capture: Capture,
    files: Vec<(Bytes, Document)>,
}

impl Town {
    pub(crate) fn documents(&self) -> Documents<'_> {
        let files = self.files.iter();
        files
            .map(|(bytes, document)| (&bytes[..], document.clone()))
            .collect()
    }

    pub(crate) fn addresses(&self) -> usize {
        self.capture.visits.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        let answers = self.capture.visits.iter();
        let bodies = answers.filter_map(|visit| visit.result.as_ref().ok());
        let pages = bodies.map(|response| response.body.len()).sum::<usize>();
        let texts = self.files.iter().flat_map(|(_, document)| &document.pages);
        pages + texts.map(String::len).sum::<usize>()
    }
}

/// A link and what it says.
type Row = (String, String);

struct Builder<'a> {
    dice: Dice,
    titles: &'a [String],
    visits: Vec<Visit>,
    files: Vec<(Bytes, Document)>,
    /// Files are written as Word files, to be read again, and not handed over as text.
    whole: bool,
}

/// How much there is of everything.
struct Size {
    years: std::ops::RangeInclusive<usize>,
    news: usize,
    procurement: usize,
    months: usize,
    extras: usize,
    pages: usize,
}

/// A site of about 1,000 places; files are known as text.
pub(crate) fn large(titles: &[String]) -> Town {
    let size = Size {
        years: 2561..=2565,
        news: 400,
        procurement: 200,
        months: 36,
        extras: 120,
        pages: 6,
    };
    Builder::new(1, titles, false).build(&size)
}

/// A site of about 20 addresses, its files in full.
pub(crate) fn small(seed: usize, titles: &[String]) -> Town {
    let first = seed * 7 % titles.len();
    let some: Vec<String> = (0..6)
        .map(|n| titles[(first + n * 5) % titles.len()].clone())
        .collect();
    let size = Size {
        years: 2564..=2564,
        news: 5,
        procurement: 2,
        months: 1,
        extras: 1,
        pages: 2,
    };
    Builder::new(seed as u64 + 2, &some, true).build(&size)
}

impl<'a> Builder<'a> {
    fn new(seed: u64, titles: &'a [String], whole: bool) -> Self {
        Self {
            dice: Dice::new(seed),
            titles,
            visits: Vec::new(),
            files: Vec::new(),
            whole,
        }
    }

    fn build(mut self, size: &Size) -> Town {
        let papers: Vec<(String, Vec<Row>)> = size
            .years
            .clone()
            .map(|year| (format!("ita-{year}"), self.papers(year, size.pages)))
            .collect();
        let news = self.news(size.news);
        let procurement = self.procurement(size.procurement);
        let months = self.months(size.months);
        let extras = self.extras(size.extras, size.pages);
        let mut sections: Vec<Row> = Vec::new();
        for (name, rows) in &papers {
            let year = name.trim_start_matches("ita-");
            let title = format!("การประเมินคุณธรรมและความโปร่งใส ITA ประจำปี {year}");
            self.index(name, &title, rows);
            sections.push((format!("/{name}"), title));
        }
        for (name, title, rows) in [
            ("news", "ข่าวประชาสัมพันธ์และกิจกรรม", news),
            ("procurement", "ประกาศจัดซื้อจัดจ้าง", procurement),
            ("months", "สรุปผลการจัดซื้อจัดจ้างรายเดือน", months),
            ("papers", "เอกสารเผยแพร่", extras),
        ] {
            self.lists(name, title, &rows);
            sections.push((format!("/{name}-0"), title.to_owned()));
        }
        sections.extend(self.about_us());
        let body = self.home(&sections);
        self.page("/", NAME, &sections, &body);
        let pages = std::mem::take(&mut self.visits);
        self.visits = with_menu(pages, &sections);
        // A crawl begins at home.
        self.visits.rotate_right(1);
        Town {
            capture: Capture {
                home: address("/"),
                taken_on: date(2022, 3, 31),
                visits: self.visits,
                skipped: Vec::new(),
                traps: Vec::new(),
                stop: None,
                digest: None,
            },
            files: self.files,
        }
    }

    fn answer(&mut self, path: &str, kind: &str, body: Bytes) {
        self.visits.push(Visit {
            url: address(path),
            found: None,
            at: Timestamp::UNIX_EPOCH,
            result: Ok(Response {
                status: 200,
                headers: vec![("content-type".to_owned(), kind.to_owned())],
                body,
                truncated: None,
            }),
        });
    }

    fn page(&mut self, path: &str, title: &str, trail: &[Row], body: &str) {
        let crumbs: String = trail
            .first()
            .map(|(to, label)| format!("<nav class=breadcrumb><a href='/'>หน้าแรก</a> &raquo; <a href='{to}'>{label}</a> &raquo; {title}</nav>"))
            .unwrap_or_default();
        let html = format!(
            "<!doctype html><html lang=th><head><meta charset=utf-8><title>{title} - {NAME}</title>\
             <style>body{{margin:0}} .row{{display:flex}}</style><script>var a = [1, 2, 3];</script></head><body>\
             <header><img src='/logo.png' alt='{NAME}'><p>{NAME} อำเภอเมืองทอง จังหวัดพิจิตร</p></header>@MENU@\
             <main>{crumbs}<h1>{title}</h1>{body}</main>\
             <footer><p>{NAME} 99 หมู่ 1 อำเภอเมืองทอง จังหวัดพิจิตร 66000 โทร 0-5699-1234 อีเมล saraban@nongbuathong.example</p>\
             <a href='https://www.facebook.com/nongbuathong'>Facebook</a> <a href='http://www.oic.go.th'>ศูนย์ข้อมูลข่าวสาร</a></footer></body></html>"
        );
        self.answer(path, "text/html; charset=utf-8", html.into());
    }

    /// A file: a text of its own, pages, perhaps tables and damage.
    fn file(&mut self, path: &str, title: &str, year: usize, pages: usize) {
        let mut texts: Vec<String> = (0..pages)
            .map(|page| {
                let sentences = 8 + self.dice.below(16);
                let head = if page == 0 { title } else { "" };
                format!("{head}\n{NAME}\n{}", prose(&mut self.dice, year, sentences))
            })
            .collect();
        let scanned = !self.whole && self.dice.below(7) == 0;
        let worn = self.dice.below(5) == 0;
        if worn {
            // A PDF that lost its sara am.
            for text in &mut texts {
                *text = text.replace('ำ', " า");
            }
        }
        if self.whole {
            self.answer(path, "application/msword", docx(&texts).into());
            return;
        }
        let body = Bytes::from(format!("%PDF-1.4 {path}"));
        let document = Document {
            kind: DocumentKind::Pdf,
            pages: if scanned {
                vec![String::new(); pages]
            } else {
                texts
            },
            names: Vec::new(),
            tables: if scanned {
                Vec::new()
            } else {
                vec![self.table(12)]
            },
            reading: if scanned {
                Reading::Scanned
            } else {
                Reading::Text
            },
            unread_pages: if scanned { pages as u32 } else { 0 },
        };
        self.files.push((body.clone(), document));
        self.answer(path, "application/pdf", body);
    }

    fn table(&mut self, rows: usize) -> Table {
        let header = ["ลำดับ", "โครงการ", "งบประมาณ", "ผลการเบิกจ่าย", "ระยะเวลา"];
        let row = |dice: &mut Dice, n: usize| {
            vec![
                (n + 1).to_string(),
                subject(dice).to_owned(),
                format!("{},000", 10 + dice.below(900)),
                format!("{},500", 5 + dice.below(500)),
                dice.of(&MONTHS).to_owned(),
            ]
        };
        Table {
            title: String::new(),
            header: header.map(str::to_owned).to_vec(),
            rows: (0..rows).map(|n| row(&mut self.dice, n)).collect(),
        }
    }

    fn html_table(&mut self, rows: usize) -> String {
        let table = self.table(rows);
        let line = |cells: &[String], tag: &str| {
            let cells: String = cells
                .iter()
                .map(|cell| format!("<{tag}>{cell}</{tag}>"))
                .collect();
            format!("<tr>{cells}</tr>")
        };
        let body: String = table.rows.iter().map(|row| line(row, "td")).collect();
        format!("<table>{}{body}</table>", line(&table.header, "th"))
    }

    fn paragraphs(&mut self, year: usize, count: usize) -> String {
        let mut html = String::new();
        for _ in 0..count {
            let sentences = 1 + self.dice.below(4);
            let said = prose(&mut self.dice, year, sentences).replace('\n', " ");
            let _ = write!(html, "<p>{said}</p>");
        }
        html
    }

    /// What a year's items are shown by: pages, pages with a file, files.
    fn papers(&mut self, year: usize, pages: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for at in 0..self.titles.len() {
            let title = format!("{} ประจำปีงบประมาณ พ.ศ. {year}", self.titles[at]);
            let path = format!("/item/{year}/{at}");
            match self.dice.below(6) {
                0 => continue,
                1 | 2 => {
                    let body = self.paragraphs(year, 6);
                    let table = self.html_table(10);
                    self.page(
                        &path,
                        &title,
                        &[(format!("/ita-{year}"), format!("ITA {year}"))],
                        &format!("{body}{table}"),
                    );
                    rows.push((path, title));
                }
                3 => {
                    let file = format!("{path}.pdf");
                    let body = self.paragraphs(year, 2);
                    self.file(&file, &title, year, pages);
                    let link = format!("<p><a href='{file}'>ดาวน์โหลด{title}</a></p>");
                    self.page(
                        &path,
                        &title,
                        &[(format!("/ita-{year}"), format!("ITA {year}"))],
                        &format!("{body}{link}"),
                    );
                    rows.push((path, title));
                }
                _ => {
                    let file = format!("{path}.pdf");
                    let pages = 1 + self.dice.below(pages * 2);
                    self.file(&file, &title, year, pages);
                    rows.push((file, title));
                }
            }
        }
        rows
    }

    fn news(&mut self, count: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for at in 0..count {
            let year = 2562 + at % 4;
            let day = day(&mut self.dice, year);
            let title = format!(
                "{} บ้าน{} วันที่ {day}",
                subject(&mut self.dice),
                village(&mut self.dice)
            );
            let path = format!("/news/{at}");
            let count = 2 + self.dice.below(5);
            let body = self.paragraphs(year, count);
            let images: String = (0..4)
                .map(|n| format!("<img src='/pictures/{at}-{n}.jpg' alt='ภาพกิจกรรม'>"))
                .collect();
            let trail = [("/news-0".to_owned(), "ข่าวประชาสัมพันธ์และกิจกรรม".to_owned())];
            self.page(
                &path,
                &title,
                &trail,
                &format!("<p>ประกาศเมื่อ {day}</p>{body}{images}"),
            );
            rows.push((path, title));
        }
        rows
    }

    fn procurement(&mut self, count: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for at in 0..count {
            let year = 2562 + at % 4;
            let what = self.dice.of(&[
                "ประกาศผู้ชนะการเสนอราคา",
                "ประกาศเชิญชวน",
                "ประกาศราคากลาง",
                "แผนการจัดซื้อจัดจ้าง",
            ]);
            let title = format!(
                "{what} {} ประจำปี {year} หมู่ที่ {}",
                subject(&mut self.dice),
                at % 14
            );
            let path = format!("/procurement/{at}");
            if at % 2 == 0 {
                let file = format!("{path}.pdf");
                self.file(&file, &title, year, 2);
                rows.push((file, title));
            } else {
                let body = self.paragraphs(year, 3);
                let table = self.html_table(4);
                let trail = [("/procurement-0".to_owned(), "ประกาศจัดซื้อจัดจ้าง".to_owned())];
                self.page(&path, &title, &trail, &format!("{body}{table}"));
                rows.push((path, title));
            }
        }
        rows
    }

    fn months(&mut self, count: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for at in 0..count {
            let (year, month) = (2563 + at / 12, MONTHS[at % 12]);
            let of = if at % 12 < 3 { year - 1 } else { year };
            let title = format!("สรุปผลการจัดซื้อจัดจ้าง (แบบ สขร.1) เดือน{month} {of}");
            let path = format!("/months/{at}.pdf");
            self.file(&path, &title, of, 3);
            rows.push((path, title));
        }
        rows
    }

    fn extras(&mut self, count: usize, pages: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for at in 0..count {
            let year = 2561 + at % 5;
            let what = self.dice.of(&[
                "รายงานการประชุมสภา",
                "คู่มือประชาชน",
                "แผนพัฒนาท้องถิ่น",
                "รายงานผลการดำเนินงาน",
                "คำสั่ง",
            ]);
            let title = format!(
                "{what} {} ครั้งที่ {} ปี {year}",
                subject(&mut self.dice),
                at % 9 + 1
            );
            let path = format!("/papers/{at}.pdf");
            let pages = 1 + self.dice.below(pages * 4);
            self.file(&path, &title, year, pages);
            rows.push((path, title));
        }
        rows
    }

    fn index(&mut self, name: &str, title: &str, rows: &[Row]) {
        let mut body = String::from("<table><tr><th>ข้อ</th><th>รายการ</th></tr>");
        for (at, (to, label)) in rows.iter().enumerate() {
            let _ = write!(
                body,
                "<tr><td>O{}</td><td><a href='{to}'>{label}</a></td></tr>",
                at + 1
            );
        }
        body.push_str("</table>");
        self.page(&format!("/{name}"), title, &[], &body);
    }

    fn lists(&mut self, name: &str, title: &str, rows: &[Row]) {
        const ON_ONE: usize = 15;
        let pages = rows.len().div_ceil(ON_ONE).max(1);
        for page in 0..pages {
            let mut body = String::from("<ul>");
            for (to, label) in rows.iter().skip(page * ON_ONE).take(ON_ONE) {
                let _ = write!(
                    body,
                    "<li><a href='{to}'>{label}</a> อ่าน {} ครั้ง</li>",
                    self.dice.below(900)
                );
            }
            body.push_str("</ul>");
            for other in 0..pages.min(20) {
                let _ = write!(body, "<a href='/{name}-{other}'>{}</a> ", other + 1);
            }
            self.page(&format!("/{name}-{page}"), title, &[], &body);
        }
    }

    fn about_us(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (path, title) in [
            ("/about", "ประวัติความเป็นมา"),
            ("/people", "คณะผู้บริหาร"),
            ("/structure", "โครงสร้างหน่วยงาน"),
            ("/duties", "อำนาจหน้าที่"),
            ("/contact", "ติดต่อหน่วยงาน"),
            ("/privacy", "นโยบายการคุ้มครองข้อมูลส่วนบุคคล"),
            ("/qa", "ถาม-ตอบ"),
            ("/complain", "แจ้งเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ"),
            ("/e-service", "E-Service บริการออนไลน์"),
        ] {
            let mut body = self.paragraphs(2565, 4);
            match path {
                "/people" => {
                    for n in 0..8 {
                        let _ = write!(body, "<div class=card><img src='/staff/{n}.jpg'><p>นายสมชาย ใจดี{n}</p><p>รองนายกเทศมนตรี</p><p>โทร 08-1234-567{n}</p></div>");
                    }
                }
                "/qa" | "/complain" | "/e-service" => body.push_str(
                    "<form method=post action='/send'><label>ชื่อ <input type=text name=name></label><label>เรื่อง <textarea name=text></textarea></label><button>ส่งข้อความ</button></form>",
                ),
                _ => {}
            }
            self.page(path, title, &[], &body);
            rows.push((path.to_owned(), title.to_owned()));
        }
        rows
    }

    fn home(&mut self, sections: &[Row]) -> String {
        let mut body = self.paragraphs(2565, 3);
        for (to, label) in sections {
            let _ = write!(body, "<h2><a href='{to}'>{label}</a></h2>");
        }
        body
    }
}

/// Sets the menu, which names every section, into every page.
fn with_menu(visits: Vec<Visit>, sections: &[Row]) -> Vec<Visit> {
    let mut menu = String::from("<nav><ul><li><a href='/'>หน้าแรก</a></li>");
    for (to, label) in sections {
        let _ = write!(menu, "<li><a href='{to}'>{label}</a></li>");
    }
    menu.push_str("</ul></nav>");
    let mut seen = BTreeSet::new();
    let mut filled = Vec::with_capacity(visits.len());
    for mut visit in visits {
        assert!(seen.insert(visit.url.to_string()), "{} twice", visit.url);
        if let Ok(response) = &mut visit.result
            && let Ok(html) = std::str::from_utf8(&response.body)
            && html.contains("@MENU@")
        {
            response.body = html.replace("@MENU@", &menu).into();
        }
        filled.push(visit);
    }
    filled
}

fn docx(pages: &[String]) -> Vec<u8> {
    let lines: String = pages
        .iter()
        .flat_map(|page| page.lines())
        .map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"))
        .collect();
    let xml = format!(
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>{lines}</w:body></w:document>"
    );
    let mut docx = ZipWriter::new(Cursor::new(Vec::new()));
    docx.start_file("word/document.xml", SimpleFileOptions::default())
        .unwrap();
    docx.write_all(xml.as_bytes()).unwrap();
    docx.finish().unwrap().into_inner()
}

fn address(path: &str) -> Url {
    Url::parse("https://www.nongbuathong.example/")
        .unwrap()
        .join(path)
        .unwrap()
}
