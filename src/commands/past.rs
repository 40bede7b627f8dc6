//! `prongsai history`, `diff`, `forecast` and `export`: what the store has of an agency.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use prongsai::archive::Archive;
use prongsai::fetch::warc;
use prongsai::report;
use prongsai::service::captures;
use prongsai::store::{AuditId, Form, History as Page, Kind, Selection, Store, StoreError, When};
use prongsai::year::FiscalYear;
use url::Url;

use super::args::{self, Format};
use super::fleet::Place;
use super::{Exit, Failure, output, say};

/// Audits on one page of a history.
const PAGE: u32 = 30;

#[derive(clap::Args)]
pub(super) struct History {
    /// รหัสหน่วยงานในรายชื่อ ถ้าไม่ระบุแสดงทุกหน่วยงาน
    #[arg(value_name = "หน่วยงาน")]
    agency: Option<String>,
    #[command(flatten)]
    place: Place,
    /// เฉพาะปีงบประมาณ (พ.ศ.) นี้
    #[arg(long, value_name = "ปี", value_parser = args::year)]
    year: Option<FiscalYear>,
    /// แสดงหน้าถัดไป: การตรวจก่อนหมายเลขนี้
    #[arg(long, value_name = "หมายเลข")]
    before: Option<AuditId>,
    /// แสดงหน่วยงานถัดจากรหัสนี้
    #[arg(long, value_name = "รหัส", conflicts_with = "agency")]
    after: Option<String>,
    /// จำนวนรายการต่อหน้า (ปกติ 30)
    #[arg(long, value_name = "จำนวน")]
    limit: Option<u32>,
    /// รูปแบบ: text, json หรือ html ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ text
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// เขียนลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(super) struct Diff {
    /// รหัสหน่วยงานในรายชื่อ
    #[arg(value_name = "หน่วยงาน")]
    agency: String,
    /// การตรวจก่อน: หมายเลข หรือวันที่ (ค.ศ.-เดือน-วัน) ถ้าไม่ระบุใช้สองครั้งล่าสุด
    #[arg(value_name = "ก่อน", value_parser = when)]
    from: Option<When>,
    /// การตรวจหลัง ถ้าไม่ระบุใช้ครั้งล่าสุด
    #[arg(value_name = "หลัง", value_parser = when)]
    to: Option<When>,
    #[command(flatten)]
    place: Place,
    /// รูปแบบ: text หรือ json ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ text
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// เขียนลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    /// จบด้วยรหัส 1 เมื่อมีข้อที่ผลเปลี่ยน
    #[arg(long)]
    strict: bool,
}

#[derive(clap::Args)]
pub(super) struct Export {
    /// รหัสหน่วยงานในรายชื่อ ถ้าไม่ระบุส่งออกทุกหน่วยงาน
    #[arg(value_name = "หน่วยงาน")]
    agency: Option<String>,
    #[command(flatten)]
    place: Place,
    /// สิ่งที่ส่งออก: audits (การตรวจ), verdicts (ผลรายข้อ) หรือ changes (การเปลี่ยนแปลงที่นับ)
    #[arg(
        long,
        value_name = "ชนิด",
        value_enum,
        default_value = "audits",
        hide_possible_values = true,
        hide_default_value = true
    )]
    kind: Rows,
    /// เฉพาะปีงบประมาณ (พ.ศ.) นี้
    #[arg(long, value_name = "ปี", value_parser = args::year)]
    year: Option<FiscalYear>,
    /// การตรวจหมายเลขหรือวันที่นี้: เขียนข้อมูลเว็บไซต์ของครั้งนั้นเป็น WARC หรือเอกสารหนึ่งฉบับ (--paper)
    #[arg(long, value_name = "การตรวจ", value_parser = when, requires = "agency", requires = "output")]
    audit: Option<When>,
    /// ที่อยู่ของเอกสารที่ต้องการจากการตรวจนั้น
    #[arg(long, value_name = "URL", requires = "audit")]
    paper: Option<Url>,
    /// เขียนลงไฟล์นี้ แทนการพิมพ์ออกจอ นามสกุล .csv ได้ตาราง นอกนั้นได้ JSON บรรทัดละรายการ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
}

/// What is exported.
#[derive(clap::ValueEnum, Debug, Clone, Copy)]
enum Rows {
    /// One row an audit.
    Audits,
    /// One row an item of an audit.
    Verdicts,
    /// One row a change that counts.
    Changes,
}

#[derive(clap::Args)]
pub(super) struct Forecast {
    /// รหัสหน่วยงานในรายชื่อ
    #[arg(value_name = "หน่วยงาน")]
    agency: String,
    #[command(flatten)]
    place: Place,
}

fn when(text: &str) -> Result<When, String> {
    if let Ok(audit) = text.trim().parse::<AuditId>() {
        return Ok(When::Audit(audit));
    }
    args::day(text)
        .map(|day: Date| When::Day(day))
        .map_err(|_| "ใส่หมายเลขการตรวจ หรือวันที่แบบ ค.ศ.-เดือน-วัน".to_owned())
}

fn open(place: &Place) -> Result<Store, Failure> {
    Store::open_read_only(&place.store).map_err(Failure::usage)
}

pub(super) fn history(asked: &History) -> Result<Exit, Failure> {
    let store = open(&asked.place)?;
    let form = args::form(asked.format, asked.output.as_deref());
    let colour = output::colourful(asked.output.as_deref());
    let limit = asked.limit.unwrap_or(PAGE).max(1);
    let Some(agency) = &asked.agency else {
        let all = store.agencies(asked.after.as_deref(), limit);
        let all = all.map_err(Failure::usage)?;
        let text = match form {
            Format::Json => json(&all)?,
            Format::Text => report::agencies(&all, colour),
            Format::Html => {
                return Err(Failure::usage(
                    "รายการทุกหน่วยงานมีเฉพาะ text และ json\n  ระบุรหัสหน่วยงานเพื่อเขียนประวัติเป็น html หรือใช้ fleet audit -o summary.html",
                ));
            }
        };
        output::put(&text, asked.output.as_deref())?;
        return Ok(Exit::Done);
    };
    let history = store
        .history(agency, asked.year, asked.before, limit)
        .map_err(Failure::usage)?;
    let text = match form {
        Format::Json => json(&history)?,
        Format::Text => {
            let mut text = report::history(&history, colour);
            if asked.before.is_none() {
                text.push_str(&counts(&store, &history, colour)?);
            }
            text
        }
        Format::Html => {
            let diff = match history.audits.len() {
                0 | 1 => None,
                _ => Some(
                    store
                        .diff(agency, When::Before, When::Latest)
                        .map_err(Failure::usage)?,
                ),
            };
            report::history_html(&history, diff.as_ref())
                .map_err(|error| Failure::usage(format!("{error:#}")))?
        }
    };
    output::put(&text, asked.output.as_deref())?;
    Ok(Exit::Done)
}

/// What an agency counts as now, after its history.
fn counts(store: &Store, history: &Page, colour: bool) -> Result<String, Failure> {
    let agency = &history.agency;
    let Some(newest) = history.audits.first() else {
        return Ok(String::new());
    };
    let year = newest.line.year;
    let standing = store.standing(&agency.id, year).map_err(Failure::usage)?;
    let Some(standing) = standing else {
        return Ok(String::new());
    };
    let audit = store
        .audit(&agency.id, When::Audit(newest.line.audit))
        .map_err(Failure::usage)?;
    let titles: BTreeMap<String, String> = audit
        .items
        .into_iter()
        .map(|item| (item.verdict.id, item.verdict.title))
        .collect();
    let now = Timestamp::now();
    let told = report::standing(agency, year, &standing, &titles, now, colour);
    Ok(format!("\n{told}"))
}

pub(super) fn diff(asked: &Diff) -> Result<Exit, Failure> {
    let store = open(&asked.place)?;
    let from = asked.from.unwrap_or(When::Before);
    let to = asked.to.unwrap_or(When::Latest);
    let diff = store
        .diff(&asked.agency, from, to)
        .map_err(Failure::usage)?;
    let text = match args::form(asked.format, asked.output.as_deref()) {
        Format::Json => json(&diff)?,
        Format::Text | Format::Html => {
            report::diff(&diff, output::colourful(asked.output.as_deref()))
        }
    };
    output::put(&text, asked.output.as_deref())?;
    let flips = diff.changes.flips().count();
    Ok(if asked.strict && flips > 0 {
        Exit::Gaps
    } else {
        Exit::Done
    })
}

pub(super) fn export(asked: &Export) -> Result<Exit, Failure> {
    let store = open(&asked.place)?;
    if let (Some(when), Some(agency), Some(file)) = (asked.audit, &asked.agency, &asked.output) {
        return copy(asked, &store, agency, when, file);
    }
    let is_table = |file: &PathBuf| file.extension().is_some_and(|end| end == "csv");
    let selection = Selection {
        agency: asked.agency.clone(),
        year: asked.year,
        kind: match asked.kind {
            Rows::Audits => Kind::Audits,
            Rows::Verdicts => Kind::Verdicts,
            Rows::Changes => Kind::Changes,
        },
        form: match asked.output.as_ref().is_some_and(is_table) {
            true => Form::Csv,
            false => Form::JsonLines,
        },
    };
    match &asked.output {
        Some(file) => {
            let lines: Result<u64, StoreError> =
                output::write_whole(file, |mut into| store.export(&selection, &mut into));
            let lines = lines.map_err(Failure::usage)?;
            say(&format!("ส่งออก {lines} รายการไว้ที่ {}", file.display()));
        }
        None => {
            let mut out = std::io::stdout().lock();
            store.export(&selection, &mut out).map_err(Failure::usage)?;
            let _ = out.flush();
        }
    }
    Ok(Exit::Done)
}

/// The website as a look saw it, or one paper of it.
fn copy(
    asked: &Export,
    store: &Store,
    agency: &str,
    when: When,
    file: &Path,
) -> Result<Exit, Failure> {
    let audit = store.audit(agency, when).map_err(Failure::usage)?;
    let digest = audit.line.capture.as_deref().ok_or_else(|| {
        Failure::usage("การตรวจนี้ไม่มีข้อมูลเว็บไซต์เก็บไว้\n  เลือกการตรวจอื่นจาก prongsai history")
    })?;
    let archive = Archive::open(captures(&asked.place.store)).map_err(Failure::usage)?;
    let capture = archive.capture(digest).map_err(Failure::usage)?;
    let Some(paper) = &asked.paper else {
        capture
            .save(file)
            .map_err(|error: warc::WarcError| Failure::usage(error))?;
        say(&format!(
            "เขียนข้อมูลเว็บไซต์ของการตรวจที่ {} ไว้ที่ {}",
            audit.line.audit,
            file.display()
        ));
        return Ok(Exit::Done);
    };
    let bodies = capture.bodies();
    let body = bodies.iter().find(|body| body.url == paper).ok_or_else(|| {
        Failure::usage(format!(
            "การตรวจที่ {} ไม่มีเอกสาร {paper}\n  คัดลอกที่อยู่จาก prongsai diff หรือเขียนทั้งเว็บไซต์โดยไม่ใส่ --paper",
            audit.line.audit
        ))
    })?;
    output::save(file, body.bytes())?;
    say(&format!("เขียนเอกสารไว้ที่ {}", file.display()));
    Ok(Exit::Done)
}

pub(super) fn forecast(asked: &Forecast) -> Result<Exit, Failure> {
    let store = open(&asked.place)?;
    let history = store
        .history(&asked.agency, None, None, 1)
        .map_err(Failure::usage)?;
    let year = history.audits.first().map(|one| one.line.year);
    let year = year.ok_or_else(|| {
        Failure::usage("หน่วยงานนี้ยังไม่เคยถูกตรวจ\n  ตรวจก่อนด้วย prongsai fleet audit")
    })?;
    let outlook = store.outlook(&asked.agency, year).map_err(Failure::usage)?;
    let text = outlook.map_or_else(String::new, |outlook| {
        report::forecast::text(&outlook, output::colourful(None))
    });
    output::put(&text, None)?;
    Ok(Exit::Done)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(Failure::usage)
}
