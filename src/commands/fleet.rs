//! `prongsai fleet`: many agencies in one round, and the log of rounds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indicatif::HumanBytes;
use jiff::{SignedDuration, Timestamp};
use prongsai::archive::Archive;
use prongsai::fetch::capture::Capture;
use prongsai::fetch::options::Options;
use prongsai::fleet::list::{Entry, List};
use prongsai::fleet::summary::{self, FleetSummary};
use prongsai::json::Json as _;
use prongsai::report;
use prongsai::service::{Desk, Round, RoundEnd, SystemClock, Watch, captures};
use prongsai::store::{RunId, Store};
use prongsai::year::FiscalYear;

use super::args::{self, Format, Manners};
use super::court::Packs;
use super::lookout::Lookout;
use super::progress::on_end;
use super::scans::Scans;
use super::{Exit, Failure, output, say};

/// Agencies looked at side by side unless asked otherwise.
const AT_ONCE: usize = 16;
/// How long a round waits for our own network.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Jobs of a round that are shown at most.
const JOBS: u32 = 100_000;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// ตรวจทุกหน่วยงานในรายชื่อหนึ่งรอบ ถ้าถูกหยุดกลางทาง สั่งเดิมอีกครั้งเพื่อทำต่อ
    Audit(Box<Audit>),
    /// ดูว่ารอบตรวจทำอะไรกับหน่วยงานใด เมื่อใด และเพราะอะไร
    Log(Log),
    /// ลบข้อมูลเว็บไซต์เก่า เก็บไว้เฉพาะครั้งแรก ครั้งล่าสุด และครั้งที่เป็นหลักฐานของผล
    Prune(Prune),
}

#[derive(clap::Args)]
struct Prune {
    /// ลบเฉพาะที่เก่ากว่าจำนวนวันนี้ (ปกติ 400)
    #[arg(
        long,
        value_name = "วัน",
        default_value_t = 400,
        hide_default_value = true
    )]
    older_than: u16,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
struct Audit {
    /// รายชื่อหน่วยงาน: agencies.csv หรือ agencies.toml
    #[arg(value_name = "รายชื่อ")]
    list: PathBuf,
    #[command(flatten)]
    place: Place,
    /// ปีงบประมาณ (พ.ศ.) หลายปีคั่นด้วยจุลภาค ถ้าไม่ระบุใช้ปีในรายชื่อ มิฉะนั้นใช้ปีงบประมาณของวันที่ตรวจ
    #[arg(long, value_name = "ปี", value_parser = args::year, value_delimiter = ',')]
    year: Vec<FiscalYear>,
    /// โฟลเดอร์กฎ ใช้แทนกฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
    /// ตรวจเฉพาะหน่วยงานรหัสเหล่านี้ คั่นด้วยจุลภาค
    #[arg(long, value_name = "รหัส", value_delimiter = ',')]
    only: Vec<String>,
    /// จำนวนหน่วยงานที่ตรวจพร้อมกัน (ปกติ 16) แต่ละเครื่องแม่ข่ายยังถูกเรียกทีละคำขอ
    #[arg(long, value_name = "จำนวน", value_parser = clap::value_parser!(u16).range(1..=256))]
    at_once: Option<u16>,
    /// เก็บทุกหน้าใหม่ทั้งหมด ไม่ถามเว็บไซต์ว่าเปลี่ยนหรือไม่
    #[arg(long)]
    fresh: bool,
    /// รูปแบบสรุป: text, json หรือ html ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ text
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    format: Option<Format>,
    /// เขียนสรุปลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    #[command(flatten)]
    scans: Scans,
    #[command(flatten)]
    manners: Manners,
}

/// Where audits are kept.
#[derive(clap::Args, Debug, Clone)]
pub(super) struct Place {
    /// ฐานข้อมูลผลตรวจ (SQLite) ข้อมูลเว็บไซต์อยู่ในโฟลเดอร์ชื่อเดียวกันที่ลงท้าย .captures
    #[arg(
        long,
        value_name = "ไฟล์",
        env = "PRONGSAI_STORE",
        hide_env = true,
        default_value = "prongsai.db",
        hide_default_value = true
    )]
    pub(super) store: PathBuf,
}

#[derive(clap::Args)]
struct Log {
    /// หมายเลขรอบ ถ้าไม่ระบุใช้รอบล่าสุด
    #[arg(value_name = "รอบ")]
    run: Option<RunId>,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(args: Args) -> Result<Exit, Failure> {
    match args.what {
        What::Audit(asked) => audit(*asked).await,
        What::Log(asked) => log(&asked),
        What::Prune(asked) => prune(&asked),
    }
}

/// A list that was read, with what is wrong in it told.
pub(super) fn list(file: &Path) -> Result<List, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(format!(
            "อ่านรายชื่อ {} ไม่ได้ ({error})\n  ระบุแฟ้ม .csv หรือ .toml ที่มีอยู่",
            file.display()
        ))
    })?;
    let name = file.file_name().and_then(|name| name.to_str());
    let list = List::read(name.unwrap_or_default(), &bytes).map_err(Failure::usage)?;
    for fault in &list.faults {
        say(&fault.to_string());
    }
    if list.entries.is_empty() {
        return Err(Failure::usage(format!(
            "ไม่มีหน่วยงานที่ตรวจได้ใน {}\n  แก้แถวที่แจ้งไว้ข้างบน แต่ละแถวต้องมีอย่างน้อยที่อยู่เว็บไซต์",
            file.display()
        )));
    }
    Ok(list)
}

/// The manners of a fleet: the command line's, else the list's.
pub(super) fn manners(manners: Manners, list: &List) -> Options {
    let mut options = manners.options(None);
    let settings = &list.settings;
    options.delay = options.delay.or(settings.delay);
    options.contact = options.contact.or_else(|| settings.contact.clone());
    options
}

/// The court of a list.
pub(super) fn court(
    list: &List,
    file: &Path,
    store: &Path,
    year: &[FiscalYear],
    rules: Option<&Path>,
    scans: Scans,
) -> Result<Packs, Failure> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let listed = list.settings.rules.as_ref().map(|path| folder.join(path));
    let years = if year.is_empty() {
        &list.settings.years
    } else {
        year
    };
    let readings = captures(store).join("readings");
    Packs::load(rules.or(listed.as_deref()), years, scans, readings, folder)
}

async fn audit(asked: Audit) -> Result<Exit, Failure> {
    let list = list(&asked.list)?;
    let wanted: BTreeSet<&String> = asked.only.iter().collect();
    for id in &wanted {
        if !list.entries.iter().any(|entry| entry.id == **id) {
            return Err(Failure::usage(format!(
                "ไม่มีหน่วยงานรหัส “{id}” ใน {}\n  ตรวจคอลัมน์ id ของรายชื่อ",
                asked.list.display()
            )));
        }
    }
    let entries: Vec<Arc<Entry>> = list
        .entries
        .iter()
        .filter(|entry| match wanted.is_empty() {
            true => !entry.off,
            false => wanted.contains(&entry.id),
        })
        .map(|entry| Arc::new(entry.clone()))
        .collect();
    let store = &asked.place.store;
    let rules = asked.rules.as_deref();
    let court = court(
        &list,
        &asked.list,
        store,
        &asked.year,
        rules,
        asked.scans.clone(),
    )?;
    let options = manners(asked.manners.clone(), &list);
    let desk = Desk::open(store, Arc::new(court), Arc::new(SystemClock), options)
        .map_err(Failure::usage)?;
    let desk = Arc::new(desk);
    let ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    let settings = settings(&asked, &ids);
    let (round, going_on) = Round::begin(&desk, "fleet", &settings, entries.iter().cloned(), &ids)
        .map_err(Failure::usage)?;
    let at_once = asked.at_once.map(usize::from);
    let at_once = at_once.or(list.settings.at_once).unwrap_or(AT_ONCE);
    let round = round
        .at_once(at_once)
        .canaries(list.settings.canaries.clone(), PATIENCE)
        .fresh(asked.fresh);
    let view = desk.store().run(round.run()).map_err(Failure::usage)?;
    if going_on {
        say(&format!(
            "ทำต่อจากรอบที่ {} ซึ่งค้างอยู่: เสร็จแล้ว {} จาก {} หน่วยงาน",
            round.run(),
            view.tally.done + view.tally.failed,
            entries.len()
        ));
    }
    let waiting = (view.tally.pending + view.tally.crawling) as usize;
    let lookout = Arc::new(Lookout::new(entries.len(), waiting, at_once));
    let watch: Arc<dyn Watch> = lookout.clone();
    let end = round.make(&desk, &watch, on_end()).await;
    lookout.done();
    match end.map_err(Failure::usage)? {
        RoundEnd::Done => {}
        RoundEnd::Stopped => {
            say("หยุดแล้ว สิ่งที่ตรวจแล้วบันทึกไว้ สั่งเดิมอีกครั้งเพื่อทำต่อจากที่ค้าง");
            return Ok(Exit::Done);
        }
        RoundEnd::Void(why) => {
            return Err(Failure {
                exit: Exit::Unreachable,
                message: format!(
                    "รอบตรวจหยุดไว้: {why}\n  ตรวจอินเทอร์เน็ตของเครื่องนี้ แล้วสั่งเดิมอีกครั้งเพื่อทำต่อ หน่วยงานที่ตรวจแล้วไม่ต้องตรวจซ้ำ"
                ),
            });
        }
    }
    let visited = round.visited(&desk).map_err(Failure::usage)?;
    let year = visited
        .iter()
        .find_map(|one| Some(one.result.as_ref().ok()?.year));
    let period = summary::Run {
        year: year.unwrap_or(FiscalYear::of(Capture::today())),
        began: view.run.began,
        ended: Timestamp::now(),
    };
    let summary = FleetSummary::of(period, &visited);
    let text = match args::form(asked.format, asked.output.as_deref()) {
        Format::Text => report::fleet::text(&summary, output::colourful(asked.output.as_deref())),
        Format::Json => summary.to_json().map_err(Failure::usage)?,
        Format::Html => report::html::fleet_html(&summary)
            .map_err(|error| Failure::usage(format!("{error:#}")))?,
    };
    output::put(&text, asked.output.as_deref())?;
    Ok(Exit::Done)
}

/// What makes two rounds the same: who is asked, by which years and rules. How politely may change in between.
fn settings(asked: &Audit, ids: &[String]) -> String {
    serde_json::json!({
        "list": asked.list,
        "year": asked.year,
        "rules": asked.rules,
        "agencies": ids,
        "fresh": asked.fresh,
    })
    .to_string()
}

fn prune(asked: &Prune) -> Result<Exit, Failure> {
    let store = &asked.place.store;
    if !store.exists() {
        return Err(no_store(store));
    }
    // No round may be writing meanwhile.
    let _alone = prongsai::service::lock(store).map_err(Failure::usage)?;
    let before = Timestamp::now() - SignedDuration::from_hours(24 * i64::from(asked.older_than));
    let opened = Store::open_read_only(store).map_err(Failure::usage)?;
    let keep = opened.captures_to_keep(before).map_err(Failure::usage)?;
    let archive = Archive::open(captures(store)).map_err(Failure::usage)?;
    let freed = archive
        .forget(|digest| keep.contains(digest))
        .map_err(Failure::usage)?;
    let left = archive.size().map_err(Failure::usage)?;
    say(&format!(
        "ลบข้อมูลเว็บไซต์ {} ชุด ได้ที่ว่าง {} เหลือ {} ชุด {}",
        freed.captures,
        HumanBytes(freed.bytes),
        left.captures,
        HumanBytes(left.bytes)
    ));
    Ok(Exit::Done)
}

/// There is no store where one is asked for.
pub(super) fn no_store(store: &Path) -> Failure {
    Failure::usage(format!(
        "ไม่มีฐานข้อมูล {}\n  ระบุ --store เป็นแฟ้มที่มีอยู่",
        store.display()
    ))
}

fn log(asked: &Log) -> Result<Exit, Failure> {
    let store = Store::open_read_only(&asked.place.store).map_err(Failure::usage)?;
    let run = match asked.run {
        Some(run) => run,
        None => {
            let runs = store.runs(None, 1).map_err(Failure::usage)?;
            let newest = runs.first().map(|run| run.run);
            newest.ok_or_else(|| {
                Failure::usage("ยังไม่มีรอบตรวจในฐานข้อมูลนี้\n  เริ่มด้วย prongsai fleet audit agencies.csv")
            })?
        }
    };
    let view = store.run(run).map_err(Failure::usage)?;
    let jobs = store.jobs(run, None, JOBS).map_err(Failure::usage)?;
    output::put(
        &report::run_log(&view, &jobs, output::colourful(None)),
        None,
    )?;
    Ok(Exit::Done)
}
