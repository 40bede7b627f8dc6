//! Audit: one value with all of an audit, and its versioned JSON form (`audit.schema.json`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::agency::Agency;
use crate::decisions::{Decisions, Setting, Told};
use crate::extract::Reading;
use crate::fetch::capture::{Capture, FaultKind, Response, SkipReason, Stop, Trap, TrapKind};
use crate::json::Json;
use crate::judge::Verdict;
use crate::measures::{Analysis, Measure, Review, plan};
use crate::ocr::OcrUse;
use crate::rules::outline::{MeasureText, Outline};
use crate::score::{
    GradeRange, IndicatorScore, Points, Ranked, SurveyScores, ToolScore, Worth, disclosure_tool,
    round2, score, slots,
};
use crate::year::FiscalYear;

/// The number of the JSON form. It changes when a reader of the old form would misread the new one; added keys do not count.
pub const FORMAT: u32 = 1;

/// How many addresses a reason for not reading names.
const EXAMPLES: usize = 5;

/// One audit of one agency's website under one year's rules.
///
/// All points are of 100, rounded half up to two decimals. Ranges: `low` counts every unsure item as failed, `high` as passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Audit {
    /// The number of this form: 1.
    pub format: u32,
    /// The agency, as given or as recognised on its website.
    pub agency: Agency,
    /// The address the crawl began with.
    pub home: String,
    /// The assessed fiscal year, Buddhist era: 2564 is October 2020 to September 2021.
    pub year: FiscalYear,
    /// The day the website was looked at, `2021-05-15`.
    #[schemars(with = "String", extend("format" = "date"))]
    pub taken_on: Date,
    /// SHA-256 of the capture file that was judged; null when it was not saved.
    pub capture_digest: Option<String>,
    /// Digest of the rules that judged.
    pub rules_digest: String,
    /// The OIT score with its indicators and sub-indicators.
    pub score: DisclosureScore,
    /// The proven total of IIT, EIT and OIT; null when the surveys' scores were not given.
    #[serde(serialize_with = "rounded")]
    pub total: Option<f64>,
    /// The total as a range.
    pub total_range: Option<Points>,
    /// The grade of the proven total; null when there is no total.
    pub grade: Option<String>,
    /// The grade as a range, and what it means.
    pub grade_range: Option<GradeRange>,
    /// IIT, EIT and OIT with the weights that were applied.
    pub tools: Vec<ToolScore>,
    /// Indicators that have points, best first.
    pub ranking: Vec<Ranked>,
    /// Every item of the year, in order.
    pub items: Vec<Item>,
    /// What the scores say, in sentences and a table.
    pub analysis: Analysis,
    /// What to do: low survey indicators first, then failed items by points at stake.
    pub measures: Vec<Measure>,
    /// What a person has to decide, by points at stake.
    pub reviews: Vec<Review>,
    /// What was read, what was not, and why.
    pub coverage: Coverage,
    /// Mistakes in rules that came to light; they never score.
    pub faults: Vec<RuleFault>,
    /// What people decided; null when no file of decisions was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decisions: Option<DecisionUse>,
}

/// A file of people's decisions, and what became of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionUse {
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// The OIT score by the machine alone.
    pub machine_score: Points,
    /// The decisions about items of this year, in the order of the items.
    pub decisions: Vec<Told>,
}

/// The OIT score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureScore {
    /// The mean of its indicators.
    #[serde(flatten)]
    pub points: Points,
    /// Its indicators with their sub-indicators.
    pub indicators: Vec<IndicatorScore>,
}

/// One item: its verdict, its place and what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// What was decided and why.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Its indicator.
    pub indicator: String,
    /// Its sub-indicator.
    pub group: String,
    /// What it is worth, in points of its indicator, of the OIT and of the total (three decimals).
    pub points: Worth,
}

/// A mistake in a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleFault {
    /// The item it was judging.
    pub item: String,
    /// File, line, column and the mistake, ready to print.
    pub message: String,
}

/// What was read of the website, what was not, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Nothing ended the crawl early: what was not found is not linked from the home page.
    pub complete: bool,
    /// Why the crawl ended early: `pages`, `bytes`, `time`, `depth`, `interrupted`, `host_down`, `file_cut`; null when complete.
    pub stop: Option<String>,
    /// Distinct addresses that were seen, fetched or not.
    pub addresses: u32,
    /// HTML pages that were read.
    pub pages: u32,
    /// Files (PDF, Word, sheets and the like) that were fetched.
    pub documents: u32,
    /// Images that were fetched.
    pub images: u32,
    /// Files of these whose text a machine could not read.
    pub unreadable: u32,
    /// What was not read, by reason.
    pub not_read: Vec<NotRead>,
    /// Endless parts that were recognised and left.
    pub traps: Vec<TrapNote>,
    /// Scans and pictures that were read by OCR because an unsure item waited for them; null when OCR was not used.
    #[serde(default)]
    pub ocr: Option<OcrUse>,
    /// Papers and forms kept on other sites that were asked for; null when none were.
    #[serde(default)]
    pub off_site: Option<OffSiteUse>,
}

/// What was asked for on other sites, one hop from the agency's own pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OffSiteUse {
    /// Files and forms that were handed out.
    pub fetched: u32,
    /// Addresses where a visitor must sign in or ask for access.
    pub sign_in: u32,
    /// The servers that were asked, in the order of their names.
    pub hosts: Vec<String>,
}

/// Addresses that were not read for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotRead {
    /// `robots`, `off_site`, `limit`, `duplicate`, `trap`, `dns`, `timeout`, `http_404`, `truncated`, `scanned`, `sign_in` …
    pub reason: String,
    /// The reason in Thai.
    pub why: String,
    /// How many.
    pub count: u32,
    /// Up to five of the addresses, in the order they were met.
    pub examples: Vec<String>,
}

/// An endless part of the website.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrapNote {
    /// The pattern of its addresses.
    pub pattern: String,
    /// `calendar`, `endless_query`, `endless_path`.
    pub kind: String,
    /// The kind in Thai.
    pub why: String,
    /// How many of its pages were fetched before it was left.
    pub fetched: u32,
}

/// What an audit is made of beside the scores.
pub struct Parts<'a> {
    /// The year's outline.
    pub outline: &'a Outline,
    /// The measure that an item's rule states.
    pub measure: &'a dyn Fn(&str) -> Option<MeasureText>,
    /// Digest of the rules.
    pub rules_digest: String,
    /// The agency, as given or as recognised.
    pub agency: Agency,
    /// What was judged.
    pub capture: &'a Capture,
    /// What was read of it: [`Coverage::of`] and what the extraction adds.
    pub coverage: Coverage,
    /// What was decided, in the outline's order.
    pub verdicts: Vec<Verdict>,
    /// IIT and EIT, when given.
    pub surveys: Option<&'a SurveyScores>,
    /// What people decided, when they did.
    pub decisions: Option<&'a Decisions>,
}

impl Json for Audit {}

impl Audit {
    /// Scores the verdicts and draws the consequences.
    pub fn assemble(parts: Parts<'_>) -> Self {
        let Parts {
            outline,
            capture,
            mut verdicts,
            surveys,
            ..
        } = parts;
        let decisions = parts
            .decisions
            .map(|decisions| decide(decisions, outline, &mut verdicts, capture));
        let slots = slots(outline, surveys);
        let card = score(outline, &verdicts, surveys);
        let plan = plan(outline, &slots, &verdicts, &card, parts.measure);
        let oit = disclosure_tool(&card.tools);
        let score = DisclosureScore {
            points: oit
                .and_then(|tool| tool.points)
                .unwrap_or(Points::exact(0.0)),
            indicators: oit.map(|tool| tool.indicators.clone()).unwrap_or_default(),
        };
        let faults = verdicts.iter().flat_map(|one| {
            one.faults.iter().map(|message| RuleFault {
                item: one.id.clone(),
                message: message.clone(),
            })
        });
        Self {
            format: FORMAT,
            home: capture.home.to_string(),
            year: outline.year,
            taken_on: capture.taken_on,
            capture_digest: capture.digest.clone(),
            rules_digest: parts.rules_digest,
            agency: parts.agency,
            score,
            total: card.total.map(|total| total.low),
            total_range: card.total,
            grade: card.grade.as_ref().map(|grade| grade.low.clone()),
            grade_range: card.grade,
            tools: card.tools,
            ranking: card.ranking,
            faults: faults.collect(),
            analysis: plan.analysis,
            measures: plan.measures,
            reviews: plan.reviews,
            coverage: parts.coverage,
            decisions,
            items: verdicts
                .into_iter()
                .map(|verdict| {
                    let slot = slots.iter().find(|slot| slot.item == verdict.id);
                    Item {
                        indicator: slot.map(|one| one.indicator.clone()).unwrap_or_default(),
                        group: slot.map(|one| one.group.clone()).unwrap_or_default(),
                        points: slot.map_or(Worth::NOTHING, |one| one.worth),
                        verdict,
                    }
                })
                .collect(),
        }
    }
}

/// Lays what people decided over the verdicts.
fn decide(
    decisions: &Decisions,
    outline: &Outline,
    verdicts: &mut [Verdict],
    capture: &Capture,
) -> DecisionUse {
    let machine = score(outline, verdicts, None);
    let machine = disclosure_tool(&machine.tools).and_then(|tool| tool.points);
    let setting = Setting {
        year: outline.year,
        today: capture.taken_on,
        paper: &|url| capture.body_digest(url),
    };
    DecisionUse {
        file: decisions.file.clone(),
        digest: decisions.digest.clone(),
        machine_score: machine.unwrap_or(Points::exact(0.0)),
        decisions: decisions.apply(verdicts, &setting),
    }
}

fn rounded<S: Serializer>(points: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    points.map(round2).serialize(to)
}

impl Coverage {
    /// What a capture tells: of the agency's site, and apart from it of the sites where it keeps papers. What a machine could not read in the files is added by [`Coverage::note_reading`].
    pub fn of(capture: &Capture) -> Self {
        let scope = capture.scope();
        let mut hosts: BTreeSet<&str> = BTreeSet::new();
        let mut fetched = 0;
        let mut addresses = BTreeSet::new();
        let mut missed = Missed::default();
        let (mut pages, mut documents, mut images) = (0, 0, 0);
        let last: BTreeMap<&str, usize> = (0..)
            .zip(&capture.visits)
            .map(|(at, visit)| (visit.url.as_str(), at))
            .collect();
        for (at, visit) in (0..).zip(&capture.visits) {
            let url = visit.url.as_str();
            addresses.insert(url);
            if last.get(url) != Some(&at) {
                continue; // a later try tells what came of it
            }
            let lost = !matches!(&visit.result, Ok(answer) if answer.status < 400);
            if lost && matches!(visit.url.path(), "/robots.txt" | "/sitemap.xml") {
                continue; // asked for by custom, no page of the site promises them
            }
            let outside = !scope.contains(&visit.url);
            if outside {
                hosts.extend(visit.url.host_str());
            }
            match &visit.result {
                Ok(answer) if outside && answer.status < 400 => {
                    let whole = (200..300).contains(&answer.status);
                    fetched += u32::from(whole && visit.url.path() != "/robots.txt");
                }
                // [`Coverage::note_sign_in`] tells of these.
                Ok(answer) if outside && matches!(answer.status, 401 | 403) => {}
                Err(fault) => missed.add(fault_words(fault.kind), url),
                Ok(answer) if answer.status >= 400 => missed.add_status(answer.status, url),
                Ok(answer) if (200..300).contains(&answer.status) => {
                    match Shape::of(answer) {
                        Shape::Page => pages += 1,
                        Shape::Document => documents += 1,
                        Shape::Image => images += 1,
                        Shape::Other => {}
                    }
                    if answer.truncated.is_some() {
                        missed.add(("truncated", "ได้มาไม่ครบทั้งไฟล์"), url);
                    }
                }
                Ok(_) => {}
            }
        }
        for skipped in &capture.skipped {
            addresses.insert(skipped.url.as_str());
            missed.add(skip_words(skipped.why), skipped.url.as_str());
        }
        Self {
            complete: capture.stop.is_none(),
            stop: capture.stop.map(|stop| stop_words(stop).0.to_owned()),
            addresses: u32::try_from(addresses.len()).unwrap_or(u32::MAX),
            pages,
            documents,
            images,
            unreadable: 0,
            not_read: missed.list(),
            traps: capture.traps.iter().map(TrapNote::of).collect(),
            ocr: None,
            off_site: (!hosts.is_empty()).then(|| OffSiteUse {
                fetched,
                sign_in: 0,
                hosts: hosts.into_iter().map(str::to_owned).collect(),
            }),
        }
    }

    /// Adds an address on another site where a visitor must sign in: what came from there is no content.
    pub fn note_sign_in(&mut self, url: &str) {
        if let Some(off_site) = &mut self.off_site {
            off_site.sign_in += 1;
        }
        self.note(("sign_in", "ต้องเข้าสู่ระบบหรือขอสิทธิ์ก่อนเปิด"), url);
    }

    /// Adds a file whose text a machine could not read; `Reading::Text` adds nothing.
    pub fn note_reading(&mut self, reading: Reading, url: &str) {
        let Some((reason, why)) = reading_words(reading) else {
            return;
        };
        self.unreadable += 1;
        self.note((reason, why), url);
    }

    fn note(&mut self, why: (&str, &str), url: &str) {
        let mut missed = Missed::default();
        for known in std::mem::take(&mut self.not_read) {
            missed.0.insert(known.reason.clone(), known);
        }
        missed.add(why, url);
        self.not_read = missed.list();
    }

    /// Why the crawl ended early, in Thai; `None` when it did not.
    pub fn stopped_because(&self) -> Option<&'static str> {
        let stops = [
            Stop::Pages,
            Stop::Bytes,
            Stop::Time,
            Stop::Depth,
            Stop::Interrupted,
            Stop::HostDown,
            Stop::FileCut,
        ];
        let code = self.stop.as_deref()?;
        stops
            .into_iter()
            .map(stop_words)
            .find(|(name, _)| *name == code)
            .map(|(_, why)| why)
    }
}

impl TrapNote {
    fn of(trap: &Trap) -> Self {
        let (kind, why) = match trap.kind {
            TrapKind::Calendar => ("calendar", "ปฏิทินที่เดือนถัดไปไม่มีวันหมด"),
            TrapKind::EndlessQuery => ("endless_query", "ที่อยู่ที่เปลี่ยนไปเรื่อย ๆ แต่เนื้อหาเดิม"),
            TrapKind::EndlessPath => ("endless_path", "ที่อยู่ที่ยาวขึ้นเรื่อย ๆ"),
        };
        Self {
            pattern: trap.pattern.clone(),
            kind: kind.to_owned(),
            why: why.to_owned(),
            fetched: trap.fetched,
        }
    }
}

/// What was not read, gathered by reason.
#[derive(Default)]
struct Missed(BTreeMap<String, NotRead>);

impl Missed {
    fn add(&mut self, (reason, why): (&str, &str), url: &str) {
        let entry = self.0.entry(reason.to_owned()).or_insert_with(|| NotRead {
            reason: reason.to_owned(),
            why: why.to_owned(),
            count: 0,
            examples: vec![],
        });
        entry.count += 1;
        if entry.examples.len() < EXAMPLES && !entry.examples.iter().any(|known| known == url) {
            entry.examples.push(url.to_owned());
        }
    }

    fn add_status(&mut self, status: u16, url: &str) {
        let why = match status {
            401 | 403 => "เซิร์ฟเวอร์ไม่อนุญาตให้เปิด",
            404 | 410 => "ลิงก์เสีย ไม่มีหน้านี้แล้ว",
            429 => "เซิร์ฟเวอร์ขอให้หยุดเรียก",
            500.. => "เซิร์ฟเวอร์ทำงานผิดพลาด",
            _ => "เซิร์ฟเวอร์ไม่ให้หน้านี้",
        };
        self.add(
            (&format!("http_{status}"), &format!("{why} ({status})")),
            url,
        );
    }

    /// What costs findings first, what is left by design last; the more the sooner.
    fn list(self) -> Vec<NotRead> {
        let by_design =
            |one: &NotRead| matches!(one.reason.as_str(), "off_site" | "duplicate" | "trap");
        let mut all: Vec<NotRead> = self.0.into_values().collect();
        all.sort_by_key(|one| (by_design(one), std::cmp::Reverse(one.count)));
        all
    }
}

/// What a body looks like from outside. Servers lie about types, so the first bytes go before the header.
enum Shape {
    Page,
    Document,
    Image,
    Other,
}

impl Shape {
    fn of(answer: &Response) -> Self {
        const FILES: [&[u8]; 4] = [b"%PDF", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"{\\rtf"];
        const IMAGES: [&[u8]; 3] = [b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8"];
        let body = answer.body.as_ref();
        let begins = |kinds: &[&[u8]]| kinds.iter().any(|magic| body.starts_with(magic));
        let kind = answer
            .header("content-type")
            .unwrap_or("text/html")
            .to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| kind.contains(word));
        if begins(&FILES) {
            Self::Document
        } else if begins(&IMAGES) || kind.starts_with("image/") {
            Self::Image
        } else if says(&["html"]) {
            Self::Page
        } else if says(&["text/", "javascript", "json", "xml", "font"])
            && !says(&["officedocument"])
        {
            Self::Other
        } else {
            Self::Document
        }
    }
}

fn skip_words(why: SkipReason) -> (&'static str, &'static str) {
    match why {
        SkipReason::OffSite => ("off_site", "อยู่นอกเว็บไซต์ของหน่วยงาน"),
        SkipReason::Robots => ("robots", "robots.txt ของเว็บไซต์ไม่อนุญาต"),
        SkipReason::Trap => ("trap", "อยู่ในส่วนที่วนไม่รู้จบ"),
        SkipReason::Duplicate => ("duplicate", "เป็นหน้าเดิมในอีกรูปแบบ"),
        SkipReason::Media => ("media", "เป็นวิดีโอ เสียง หรือโปรแกรม"),
        SkipReason::Limit => ("limit", "ถึงขีดจำกัดการตรวจก่อน"),
    }
}

fn fault_words(kind: FaultKind) -> (&'static str, &'static str) {
    match kind {
        FaultKind::Dns => ("dns", "ไม่พบชื่อเว็บไซต์"),
        FaultKind::Refused => ("refused", "เซิร์ฟเวอร์ไม่รับการเชื่อมต่อ"),
        FaultKind::Tls => ("tls", "ใบรับรองความปลอดภัยใช้ไม่ได้"),
        FaultKind::Timeout => ("timeout", "เซิร์ฟเวอร์ไม่ตอบในเวลา"),
        FaultKind::Disconnected => ("disconnected", "การเชื่อมต่อขาดกลางคัน"),
        FaultKind::RedirectLoop => ("redirect_loop", "หน้าส่งต่อกันไปมาไม่รู้จบ"),
        FaultKind::Malformed => ("malformed", "คำตอบของเซิร์ฟเวอร์ผิดรูปแบบ"),
        FaultKind::PrivateAddress => ("private_address", "เป็นที่อยู่ในเครือข่ายภายใน"),
    }
}

fn stop_words(stop: Stop) -> (&'static str, &'static str) {
    match stop {
        Stop::Pages => ("pages", "ถึงจำนวนหน้าสูงสุดที่กำหนด"),
        Stop::Bytes => ("bytes", "ถึงขนาดข้อมูลสูงสุดที่กำหนด"),
        Stop::Time => ("time", "หมดเวลาที่กำหนด"),
        Stop::Depth => ("depth", "ถึงความลึกของลิงก์สูงสุดที่กำหนด"),
        Stop::Interrupted => ("interrupted", "ผู้ใช้สั่งหยุด"),
        Stop::FileCut => ("file_cut", "ไฟล์ที่เก็บไว้ขาดตอนท้าย"),
        Stop::HostDown => ("host_down", "เว็บไซต์ไม่ตอบต่อเนื่องหลายครั้ง"),
    }
}

fn reading_words(reading: Reading) -> Option<(&'static str, &'static str)> {
    Some(match reading {
        Reading::Text => return None,
        Reading::Scanned => ("scanned", "เป็นภาพสแกน เครื่องอ่านข้อความไม่ได้"),
        Reading::Garbled => ("garbled", "ข้อความในไฟล์เพี้ยน"),
        Reading::Locked => ("locked", "ไฟล์ติดรหัสผ่าน"),
        Reading::Damaged => ("damaged", "ไฟล์เสียหาย"),
        Reading::TooLarge => ("too_large", "ไฟล์ใหญ่เกินไป"),
        Reading::OverTime => ("over_time", "อ่านไฟล์ไม่เสร็จภายในเวลาที่กำหนด"),
        Reading::OverMemory => ("over_memory", "อ่านไฟล์แล้วใช้หน่วยความจำเกินกำหนด"),
        Reading::Unsupported => ("unsupported", "ชนิดไฟล์ที่ยังอ่านไม่ได้"),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::fetch::capture::{Fault, Skipped, Visit};
    use crate::json::tests::committed;
    use crate::sample;
    use bytes::Bytes;
    use url::Url;

    fn visit(path: &str, result: Result<(u16, &str, &[u8]), FaultKind>) -> Visit {
        Visit {
            url: Url::parse("https://www.example.go.th")
                .unwrap()
                .join(path)
                .unwrap(),
            found: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            result: result
                .map(|(status, kind, body)| Response {
                    status,
                    headers: vec![("Content-Type".into(), kind.into())],
                    body: Bytes::copy_from_slice(body),
                    truncated: None,
                })
                .map_err(|kind| Fault {
                    kind,
                    detail: String::new(),
                }),
        }
    }

    fn skipped(url: &str, why: SkipReason) -> Skipped {
        Skipped {
            url: Url::parse(url).unwrap(),
            found: None,
            why,
        }
    }

    pub(crate) fn capture() -> Capture {
        Capture {
            home: Url::parse("https://www.example.go.th/").unwrap(),
            taken_on: jiff::civil::date(2021, 5, 15),
            visits: vec![
                visit("/", Ok((302, "text/html", b""))),
                visit("/public", Ok((200, "text/html; charset=utf-8", b"<html>"))),
                visit("/plan.pdf", Ok((200, "text/html", b"%PDF-1.4"))),
                visit("/photo.jpg", Ok((200, "text/html", b"\xFF\xD8\xFF\xE0"))),
                visit("/style.css", Ok((200, "text/css", b"a{}"))),
                visit("/robots.txt", Ok((404, "text/html", b"<html>"))),
                visit("/gone", Ok((404, "text/html", b"<html>"))),
                visit("/gone-too", Ok((404, "text/html", b"<html>"))),
                visit("/slow", Err(FaultKind::Timeout)),
                visit("/later", Err(FaultKind::Timeout)),
                visit("/later", Ok((200, "text/html", b"<html>"))),
            ],
            skipped: vec![
                skipped("https://www.facebook.com/a", SkipReason::OffSite),
                skipped("https://www.facebook.com/b", SkipReason::OffSite),
                skipped("https://www.facebook.com/c", SkipReason::OffSite),
                skipped("https://www.example.go.th/admin", SkipReason::Robots),
            ],
            traps: vec![Trap {
                pattern: "/calendar.php?month=…".into(),
                kind: TrapKind::Calendar,
                fetched: 6,
            }],
            stop: None,
            digest: Some("5f2a".repeat(16)),
        }
    }

    pub(crate) fn agency() -> Agency {
        serde_json::from_str(include_str!("../tests/sites/kalase-2564/site.json")).unwrap()
    }

    pub(crate) fn audit_of(verdicts: Vec<Verdict>, scores: bool) -> Audit {
        let outline = sample::outline();
        let surveys = SurveyScores::read(sample::SCORES, &outline).unwrap();
        let capture = capture();
        let mut coverage = Coverage::of(&capture);
        coverage.note_reading(Reading::Scanned, "https://www.example.go.th/plan.pdf");
        coverage.note_reading(Reading::Text, "https://www.example.go.th/other.pdf");
        Audit::assemble(Parts {
            outline: &outline,
            measure: &sample::measure_text,
            rules_digest: "9c41".repeat(16),
            agency: agency(),
            capture: &capture,
            coverage,
            verdicts,
            surveys: scores.then_some(&surveys),
            decisions: None,
        })
    }

    #[test]
    fn coverage_counts_what_was_read_and_names_what_was_not() {
        let coverage = audit_of(sample::verdicts(), true).coverage;
        assert_eq!(
            (coverage.pages, coverage.documents, coverage.unreadable),
            (2, 1, 1)
        );
        assert_eq!((coverage.addresses, coverage.images), (14, 1));
        assert!(coverage.complete);
        let reasons: Vec<(&str, u32)> = coverage
            .not_read
            .iter()
            .map(|one| (one.reason.as_str(), one.count))
            .collect();
        assert_eq!(
            reasons,
            [
                ("http_404", 2),
                ("robots", 1),
                ("scanned", 1),
                ("timeout", 1),
                ("off_site", 3)
            ],
            "left by design goes last although it is the most"
        );
        assert_eq!(
            coverage.not_read[0].examples[1],
            "https://www.example.go.th/gone-too"
        );
        assert_eq!(coverage.traps[0].kind, "calendar");
    }

    /// An audit of which a person decided two items: one against the machine.
    pub(crate) fn decided_audit() -> Audit {
        let verdicts = sample::plain(&["O2"], &["O5", "O9"]);
        let criteria = vec!["present".to_owned()];
        let items = verdicts
            .iter()
            .map(|one| (one.id.clone(), criteria.clone()));
        let known = crate::decisions::Askable {
            year: FiscalYear(2564),
            items: items.collect(),
        };
        let head = "year = 2564\nwho = \"นางสาวกานดา <b>\"\ndate = \"10 พ.ค. 2564\"\nreason = \"เปิดไฟล์แล้ว\"\n";
        let text = format!(
            "[[decision]]\nitem = \"O5\"\ncriterion = \"present\"\noutcome = \"met\"\nexpires = \"20 พ.ค. 2564\"\nurl = \"https://www.example.go.th/plan.pdf\"\n{head}\n\
             [[decision]]\nitem = \"O1\"\noutcome = \"fail\"\n{head}\n\
             [[decision]]\nitem = \"O9\"\noutcome = \"pass\"\nexpires = \"14 พ.ค. 2564\"\n{head}\n"
        );
        let decisions = Decisions::read(&text, crate::decisions::FILE, &[known]).unwrap();
        let outline = sample::outline();
        let capture = capture();
        Audit::assemble(Parts {
            outline: &outline,
            measure: &sample::measure_text,
            rules_digest: "9c41".repeat(16),
            agency: agency(),
            coverage: Coverage::of(&capture),
            capture: &capture,
            verdicts,
            surveys: None,
            decisions: Some(&decisions),
        })
    }

    #[test]
    fn what_a_person_decided_scores_and_the_machines_score_is_kept() {
        let audit = decided_audit();
        let machine = audit_of(sample::plain(&["O2"], &["O5", "O9"]), false);
        let used = audit.decisions.as_ref().unwrap();
        assert_eq!(used.machine_score, machine.score.points);
        assert!(
            audit.score.points.high < machine.score.points.high,
            "O1 fails"
        );
        let o1 = audit.measures.iter().find(|one| one.about == "O1").unwrap();
        assert_eq!(
            o1.steps[0].because,
            "เปิดไฟล์แล้ว (นางสาวกานดา <b> ตัดสินเมื่อ 10 พฤษภาคม 2564)"
        );
        assert!(
            audit.reviews.iter().all(|one| one.item == "O9"),
            "O5 is decided, O9 no more"
        );
        assert_eq!(audit.reviews.len(), 1);
        let json = audit.to_json().unwrap();
        let again: Audit = serde_json::from_str(&json).unwrap();
        assert_eq!(again.to_json().unwrap(), json);
        let told = serde_json::to_value(&audit).unwrap();
        assert_eq!(
            told["items"][4]["criteria"][0]["ruling"]["machine"],
            "unsure"
        );
        assert_eq!(told["decisions"]["decisions"][2]["standing"], "expired");
        assert!(
            serde_json::to_value(machine)
                .unwrap()
                .get("decisions")
                .is_none()
        );
        let schema = serde_json::to_value(Audit::schema()).unwrap();
        let wrong: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&told)
            .map(|one| one.to_string())
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn an_early_end_says_why() {
        let capture = Capture {
            stop: Some(Stop::HostDown),
            ..capture()
        };
        let coverage = Coverage::of(&capture);
        assert!(!coverage.complete);
        assert_eq!(coverage.stopped_because(), Some("เว็บไซต์ไม่ตอบต่อเนื่องหลายครั้ง"));
    }

    #[test]
    fn the_json_has_what_its_readers_were_promised() {
        let json =
            serde_json::to_value(audit_of(sample::plain(&sample::FAILED, &[]), true)).unwrap();
        assert_eq!(json["format"], 1);
        assert_eq!(json["year"], 2564);
        assert_eq!(json["taken_on"], "2021-05-15");
        assert_eq!(json["total"], 80.78);
        assert_eq!(json["total_range"]["high"], 80.78);
        assert_eq!(json["grade"], "B");
        assert_eq!(json["score"]["low"], 79.44);
        assert_eq!(json["score"]["indicators"][0]["points"], 77.63);
        assert_eq!(json["score"]["indicators"][0]["groups"][2]["points"], 42.86);
        let o23 = &json["items"][22];
        assert_eq!(o23["id"], "O23");
        assert_eq!(o23["verdict"], "fail");
        assert_eq!(o23["reason"], "missing");
        assert_eq!(o23["points"]["total"], 0.571);
        assert_eq!(o23["criteria"][0]["outcome"], "unmet");
        assert_eq!(o23["criteria"][0]["basis"], "official");
        assert!(o23["criteria"][0]["evidence"][0]["url"].is_string());
        assert_eq!(json["items"][0]["reason"], serde_json::Value::Null);
        assert_eq!(json["measures"][7]["about"], "O35");
        assert_eq!(json["coverage"]["pages"], 2);
    }

    #[test]
    fn without_surveys_there_is_no_total_and_no_grade() {
        let json = serde_json::to_value(audit_of(sample::verdicts(), false)).unwrap();
        for key in ["total", "total_range", "grade", "grade_range"] {
            assert_eq!(json[key], serde_json::Value::Null, "{key}");
        }
        assert!(json["tools"][0].get("points").is_none());
        assert_eq!(json["ranking"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn the_json_reads_back_to_the_same_json() {
        let json = audit_of(sample::verdicts(), true).to_json().unwrap();
        let again: Audit = serde_json::from_str(&json).unwrap();
        assert_eq!(again.to_json().unwrap(), json);
    }

    #[test]
    fn what_is_written_is_valid_by_the_schema() {
        let validator = committed::<Audit>("report/audit.schema.json");
        for (verdicts, scores) in [
            (sample::verdicts(), true),
            (sample::verdicts(), false),
            (sample::plain(&[], &[]), true),
        ] {
            let json = serde_json::to_value(audit_of(verdicts, scores)).unwrap();
            let wrong: Vec<String> = validator
                .iter_errors(&json)
                .map(|one| one.to_string())
                .collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            let mut broken = json.clone();
            broken["items"][0]["verdict"] = "maybe".into();
            assert!(
                !validator.is_valid(&broken),
                "the schema must refuse an unknown verdict"
            );
            broken = json;
            broken.as_object_mut().unwrap().remove("score");
            assert!(
                !validator.is_valid(&broken),
                "the schema must ask for the score"
            );
        }
    }
}
