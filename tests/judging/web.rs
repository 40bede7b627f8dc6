//! A website in a few lines, and a rule that asks it one question.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use prongsai::agency::{Agency, AgencyKind};
use prongsai::fetch::capture::{
    Capture, Fault, FaultKind, Response, SkipReason, Skipped, Stop, Visit,
};
use prongsai::judge::{Verdict, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary::{self, Answer, Places, SiteView};
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use rhai::{Dynamic, ImmutableString, Variant};
use url::Url;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What each address of a website answers.
pub(crate) struct Web(Capture);

impl Web {
    /// A home page that holds this.
    pub(crate) fn new(home: &str) -> Self {
        let capture = Capture {
            home: address("/"),
            taken_on: date(2021, 5, 15),
            visits: Vec::new(),
            skipped: Vec::new(),
            traps: Vec::new(),
            stop: None,
            digest: None,
        };
        Self(capture).page("/", "ยินดีต้อนรับ", home)
    }

    /// A home page that links to addresses, each under its label.
    pub(crate) fn linking(links: &[(&str, &str)]) -> Self {
        Self::new(&list(links))
    }

    /// A page with a heading.
    pub(crate) fn page(self, path: &str, title: &str, body: &str) -> Self {
        let html = format!(
            "<!doctype html><html lang=th><meta charset=utf-8><title>{title}</title><body><h1>{title}</h1>{body}</body></html>"
        );
        self.answer(path, 200, "content-type", "text/html", html.into_bytes())
    }

    /// A page that is not HTML: a feed, a print of data.
    pub(crate) fn data(self, path: &str, kind: &str, body: &str) -> Self {
        self.answer(path, 200, "content-type", kind, body.as_bytes().to_vec())
    }

    /// A document that a machine can read.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let lines: String = text
            .lines()
            .map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>"))
            .collect();
        let xml = format!(
            "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>{lines}</w:body></w:document>"
        );
        let mut docx = ZipWriter::new(Cursor::new(Vec::new()));
        docx.start_file("word/document.xml", SimpleFileOptions::default())
            .unwrap();
        docx.write_all(xml.as_bytes()).unwrap();
        let bytes = docx.finish().unwrap().into_inner();
        self.answer(path, 200, "content-type", "application/msword", bytes)
    }

    /// A picture of a document.
    pub(crate) fn scan(self, path: &str) -> Self {
        let jpeg = [b"\xFF\xD8\xFF\xE0", path.as_bytes()].concat();
        self.answer(path, 200, "content-type", "image/jpeg", jpeg)
    }

    pub(crate) fn gone(self, path: &str) -> Self {
        self.answer(path, 404, "content-type", "text/html", b"404".to_vec())
    }

    pub(crate) fn forbidden(self, path: &str) -> Self {
        self.answer(path, 403, "content-type", "text/html", b"403".to_vec())
    }

    pub(crate) fn redirect(self, path: &str, to: &str) -> Self {
        self.answer(path, 302, "location", to, Vec::new())
    }

    pub(crate) fn silent(self, path: &str, kind: FaultKind) -> Self {
        let detail = String::new();
        self.visit(path, Err(Fault { kind, detail }))
    }

    pub(crate) fn skipped(mut self, path: &str, why: SkipReason) -> Self {
        let (url, found) = (address(path), None);
        self.0.skipped.push(Skipped { url, found, why });
        self
    }

    /// The crawl ended before it had seen everything.
    pub(crate) fn stopped(mut self) -> Self {
        self.0.stop = Some(Stop::Pages);
        self
    }

    fn answer(self, path: &str, status: u16, header: &str, value: &str, body: Vec<u8>) -> Self {
        let response = Response {
            status,
            headers: vec![(header.to_owned(), value.to_owned())],
            body: body.into(),
            truncated: None,
        };
        self.visit(path, Ok(response))
    }

    fn visit(mut self, path: &str, result: Result<Response, Fault>) -> Self {
        self.0.visits.push(Visit {
            url: address(path),
            found: None,
            at: Timestamp::UNIX_EPOCH,
            result,
        });
        self
    }

    /// The site of a tambon.
    pub(crate) fn site(&self) -> Arc<Site> {
        self.site_of(AgencyKind::Tambon)
    }

    pub(crate) fn site_of(&self, kind: AgencyKind) -> Arc<Site> {
        let agency = Agency {
            name: "องค์การบริหารส่วนตำบลบ้านดี".to_owned(),
            short_name: "อบต.บ้านดี".to_owned(),
            kind,
            district: "เมือง".to_owned(),
            province: "ตรัง".to_owned(),
        };
        Arc::new(Site::build(&self.0, Some(agency)))
    }
}

fn address(path: &str) -> Url {
    Url::parse("http://bandee.go.th/")
        .unwrap()
        .join(path)
        .unwrap()
}

/// A list of links, each a row of its own.
pub(crate) fn list(links: &[(&str, &str)]) -> String {
    let rows: String = links
        .iter()
        .map(|(path, label)| format!("<li><a href='{path}'>{label}</a></li>"))
        .collect();
    format!("<ul>{rows}</ul>")
}

/// Running text: long enough to be a page of its own, and about nothing.
pub(crate) fn prose() -> String {
    prose_of("หนึ่ง")
}

/// Running text that no other page has.
pub(crate) fn prose_of(what: &str) -> String {
    let sentence = format!("ข้อความนี้เล่าเรื่อง{what}ไว้ให้ครบถ้วนพอที่ผู้อ่านจะเข้าใจได้เอง ");
    format!("<p>{}</p>", sentence.repeat(6))
}

const PACK: &str = r#"const PACK = #{
    year: 2564,
    tools: [#{ id: "oit", title: "OIT", weight: 1, indicators: [
        #{ id: "9", title: "การเปิดเผยข้อมูล", groups: [
            #{ id: "9.1", title: "ข้อมูลพื้นฐาน", items: ["O1"] },
        ] },
    ] }],
    grades: [#{ grade: "A", from: 85 }, #{ grade: "F", from: 0 }],
    measure_below: 85,
};
"#;

/// A pack of one rule: criteria with what else they say (`reason: "off_year"`), and the functions.
pub(crate) fn pack(criteria: &[(&str, &str)], functions: &str) -> Pack {
    let criteria: String = criteria
        .iter()
        .map(|(id, more)| {
            format!("#{{ id: \"{id}\", asks: \"ถาม {id}\", fix: \"แก้ {id}\", basis: \"official\" {more} }},\n")
        })
        .collect();
    let rule = format!(
        "const RULE = #{{ title: \"แผนงาน\", source: \"คู่มือ\", criteria: [\n{criteria}],\n\
         measure: #{{ title: \"มาตรการ\", owner: \"สำนักปลัด\", period: \"ทุกปี\", follow_up: \"รายงาน\" }} }};\n{functions}\n"
    );
    let texts = BTreeMap::from([
        ("2564/pack.rhai".to_owned(), PACK.to_owned()),
        ("2564/O1.rhai".to_owned(), rule),
    ]);
    Pack::load(
        FiscalYear(2564),
        &Sources::Memory(texts),
        vocabulary::register,
    )
    .unwrap()
}

/// What the one rule of a pack comes to.
pub(crate) fn verdict(pack: &Pack, site: &Arc<Site>) -> Verdict {
    judge(pack, site).remove(0)
}

thread_local! {
    static PACKS: RefCell<BTreeMap<String, Pack>> = RefCell::default();
}

/// What one item of the shipped rules of 2564 comes to.
pub(crate) fn verdict_of(site: &Arc<Site>, item: &str) -> Verdict {
    PACKS.with_borrow_mut(|packs| {
        let pack = packs.entry(item.to_owned()).or_insert_with(|| {
            let mut pack =
                Pack::load(FiscalYear(2564), &Sources::Embedded, vocabulary::register).unwrap();
            pack.rules.retain(|rule| rule.item == item);
            pack
        });
        judge(pack, site).remove(0)
    })
}

/// What an expression about `site` comes to, or the fault it ends in.
fn eval(site: &Arc<Site>, expression: &str) -> Result<Dynamic, String> {
    let functions = format!("fn locate(site) {{ site.home }}\nfn ask(site) {{ {expression} }}");
    let pack = pack(&[("ask", "")], &functions);
    let rule = &pack.rules[0];
    let asked = vec![Dynamic::from(SiteView {
        site: site.clone(),
        year: FiscalYear(2564),
    })];
    pack.call(rule, "ask", asked)
        .map_err(|fault| fault.to_string())
}

/// What an expression about `site` comes to.
pub(crate) fn ask<T: Variant + Clone>(site: &Arc<Site>, expression: &str) -> T {
    let value = eval(site, expression).unwrap_or_else(|fault| panic!("{fault}"));
    value.cast()
}

/// A text that an expression comes to.
pub(crate) fn text(site: &Arc<Site>, expression: &str) -> String {
    ask::<ImmutableString>(site, expression).to_string()
}

pub(crate) fn fault(site: &Arc<Site>, expression: &str) -> String {
    eval(site, expression).err().unwrap()
}

/// Paths of the places that an expression comes to.
pub(crate) fn found(site: &Arc<Site>, expression: &str) -> Vec<String> {
    let places: Places = ask(site, expression);
    places.evidence(99).iter().map(|it| path(&it.url)).collect()
}

/// Why the places that an expression leaves out were left out.
pub(crate) fn refused(site: &Arc<Site>, expression: &str) -> Vec<(String, String)> {
    let places: Places = ask(site, expression);
    let misses = places.near_misses(99).into_iter();
    misses.map(|miss| (path(&miss.url), miss.lacks)).collect()
}

/// Paths that an answer names.
pub(crate) fn answered(site: &Arc<Site>, expression: &str) -> Vec<String> {
    let answer: Answer = ask(site, expression);
    answer.evidence.iter().map(|it| path(&it.url)).collect()
}

fn path(url: &str) -> String {
    url.strip_prefix("http://bandee.go.th")
        .unwrap_or(url)
        .to_owned()
}
