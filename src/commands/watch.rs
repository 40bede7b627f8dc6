//! `prongsai watch`: on every save the rules are looked through, their cases run and a site judged again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use notify::{EventKind, RecursiveMode, Watcher};
use prongsai::cases::{Standing, Trial};
use prongsai::judge::{Decision, Verdict, judge_one};
use prongsai::rules::pack::Pack;
use prongsai::site::Site;
use prongsai::year::FiscalYear;

use super::kit::{Rules, asked};
use super::{Exit, Failure, args, output, pipeline};

/// เฝ้าดูโฟลเดอร์กฎ: บันทึกเมื่อใดก็ตรวจกฎ ทดสอบกรณี และตัดสินเว็บไซต์ที่เก็บไว้ใหม่ แสดงเฉพาะสิ่งที่เปลี่ยน
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// ปีและข้อที่ต้องการ เช่น 2565 O23 ถ้าไม่ระบุเฝ้าทุกปีทุกข้อ
    #[arg(value_name = "ปี ข้อ")]
    what: Vec<String>,
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc.gz) ที่จะตัดสินใหม่ทุกครั้ง
    #[arg(long, value_name = "CAPTURE")]
    capture: Option<PathBuf>,
    /// ไฟล์ข้อมูลหน่วยงาน (JSON)
    #[arg(long, value_name = "ไฟล์")]
    agency: Option<PathBuf>,
    /// ตรวจเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน)
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    as_of: Option<Date>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
}

/// Editors save in several steps; what comes within this belongs together.
const SETTLED: Duration = Duration::from_millis(20);

/// Runs the command, until it is ended from outside.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(args.rules.as_deref())?;
    let Some(folder) = rules.folder.clone() else {
        return Err(Failure::usage(
            "ไม่มีโฟลเดอร์ rules ให้เฝ้าดู\n  ระบุ --rules โฟลเดอร์ หรือเริ่มด้วย prongsai new",
        ));
    };
    let (mut years, items) = asked(&args.what)?;
    let capture = args.capture.as_deref().map(pipeline::capture).transpose()?;
    let agency = args.agency.as_deref().map(pipeline::agency).transpose()?;
    let site = match capture {
        Some(mut capture) => {
            capture.taken_on = args.as_of.unwrap_or(capture.taken_on);
            Some(Arc::new(pipeline::site(&capture, agency)?))
        }
        None => None,
    };
    if years.is_empty() {
        let of_site = site.as_ref().map(|site| FiscalYear::of(site.taken_on));
        let known = rules.sources.years();
        years = match of_site.filter(|year| known.contains(year)) {
            Some(year) => vec![year],
            None => known.into_iter().collect(),
        };
    }
    let (sender, saved) = channel();
    let mut watcher =
        notify::recommended_watcher(sender).map_err(|error| refused(&folder, &error))?;
    watcher
        .watch(&folder, RecursiveMode::Recursive)
        .map_err(|error| refused(&folder, &error))?;
    let mut desk = Desk {
        rules,
        years,
        items,
        site,
        seen: Seen::default(),
    };
    let begun = Instant::now();
    let first = desk.look(None);
    output::put(&opening(&desk, &folder, &first, begun.elapsed()), None)?;
    while let Some(files) = next_save(&saved, &folder) {
        let begun = Instant::now();
        let told = desk.look(Some(&files));
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let head = format!(
            "\n{} ({} ms)\n",
            names.join(", "),
            begun.elapsed().as_millis()
        );
        output::put(&format!("{head}{told}"), None)?;
    }
    Ok(Exit::Done)
}

fn refused(folder: &Path, error: &notify::Error) -> Failure {
    Failure::usage(format!(
        "เฝ้าดูโฟลเดอร์ {} ไม่ได้ ({error})\n  ใช้ prongsai test แทน หรือเพิ่มจำนวนไฟล์ที่ระบบยอมให้เฝ้าดู (inotify)",
        folder.display()
    ))
}

/// The files of the next save, relative to the folder; `None` when the watcher has gone.
fn next_save(
    saved: &Receiver<notify::Result<notify::Event>>,
    folder: &Path,
) -> Option<BTreeSet<String>> {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut files = BTreeSet::new();
    loop {
        let event = if files.is_empty() {
            saved.recv().ok()?
        } else {
            match saved.recv_timeout(SETTLED) {
                Ok(event) => event,
                Err(_) => return Some(files),
            }
        };
        let Ok(event) = event else { continue };
        if matches!(event.kind, EventKind::Access(_)) {
            continue;
        }
        for path in &event.paths {
            let inner = path
                .strip_prefix(&whole)
                .or_else(|_| path.strip_prefix(folder));
            let Some(inner) = inner.ok().and_then(Path::to_str) else {
                continue;
            };
            // Neither swap files of editors nor what the kit itself keeps.
            if inner.ends_with(".rhai") || inner.ends_with(".txt") {
                files.insert(inner.replace('\\', "/"));
            }
        }
    }
}

/// What was seen at the last look.
#[derive(Default)]
struct Seen {
    faults: BTreeMap<FiscalYear, BTreeSet<String>>,
    /// Sentences of what is not as intended, by year, item and case; empty for a case that holds.
    cases: BTreeMap<(FiscalYear, String, String), String>,
    verdicts: BTreeMap<(FiscalYear, String), Verdict>,
}

struct Desk {
    rules: Rules,
    years: Vec<FiscalYear>,
    items: Vec<String>,
    site: Option<Arc<Site>>,
    seen: Seen,
}

impl Desk {
    /// Looks at everything, or at what some files bear on, and tells what changed.
    fn look(&mut self, files: Option<&BTreeSet<String>>) -> String {
        let mut out = String::new();
        for year in self.years.clone() {
            let pack = match self.rules.pack(year) {
                Ok(pack) => pack,
                Err(failure) => {
                    // A pack or lib that cannot be read: all stays as it was seen until it can.
                    let _ = writeln!(out, "{}", failure.message);
                    self.seen
                        .faults
                        .insert(year, BTreeSet::from([failure.message]));
                    continue;
                }
            };
            self.tell_faults(&mut out, &pack);
            let items = self.touched(&pack, files);
            if items.is_empty() {
                continue;
            }
            self.try_cases(&mut out, &pack, &items);
            self.judge(&mut out, &pack, &items);
        }
        if out.is_empty() {
            out.push_str("  ไม่มีอะไรเปลี่ยน\n");
        }
        out
    }

    fn tell_faults(&mut self, out: &mut String, pack: &Pack) {
        let faults: BTreeSet<String> = pack.faults().iter().map(ToString::to_string).collect();
        let before = self
            .seen
            .faults
            .insert(pack.outline.year, faults.clone())
            .unwrap_or_default();
        for fault in faults.difference(&before) {
            let _ = writeln!(out, "{fault}");
        }
        if !before.is_empty() && faults.is_empty() {
            let _ = writeln!(out, "  กฎปี {} ไม่มีที่ผิดแล้ว", pack.outline.year);
        }
    }

    /// Items that a save bears on: those of a rule or case that was saved, all of them for anything else.
    fn touched(&self, pack: &Pack, files: Option<&BTreeSet<String>>) -> Vec<String> {
        let wanted = |item: &String| self.items.is_empty() || self.items.contains(item);
        let all = || pack.rules.iter().map(|rule| rule.item.clone());
        let Some(files) = files else {
            return all().filter(wanted).collect();
        };
        let mut touched = BTreeSet::new();
        for file in files {
            let parts: Vec<&str> = file.split('/').collect();
            match parts[..] {
                [year, "cases", item, _] if year == pack.outline.year.to_string() => {
                    touched.insert(item.to_owned());
                }
                [_, "cases", ..] => {}
                [_, name] if name != "pack.rhai" => {
                    let of_file = pack.rules.iter().filter(|rule| rule.file == *file);
                    touched.extend(of_file.map(|rule| rule.item.clone()));
                }
                _ => touched.extend(all()),
            }
        }
        all()
            .filter(|item| touched.contains(item))
            .filter(wanted)
            .collect()
    }

    fn try_cases(&mut self, out: &mut String, pack: &Pack, items: &[String]) {
        let year = pack.outline.year;
        let trial = Trial::of(&self.rules.sources, pack, items, true);
        for fault in &trial.faults {
            let _ = writeln!(out, "{fault}");
        }
        let mut gone: BTreeSet<_> = self
            .seen
            .cases
            .keys()
            .filter(|(of, item, _)| *of == year && items.contains(item))
            .cloned()
            .collect();
        for one in &trial.tried {
            let mut told = String::new();
            for it in one
                .compared
                .iter()
                .filter(|it| it.standing != Standing::Right)
            {
                let (word, thai) = (it.standing.word(), it.standing.thai());
                let _ = writeln!(
                    told,
                    "      {} {word} ({thai})  {}",
                    it.criterion, it.because
                );
            }
            if one.compared.is_empty() {
                told.push_str("      กฎขัดข้อง\n");
            }
            let key = (year, one.case.item.clone(), one.case.name.clone());
            gone.remove(&key);
            let before = self.seen.cases.insert(key, told.clone());
            if before.as_ref() == Some(&told) || before.is_none() && told.is_empty() {
                continue;
            }
            let mark = if told.is_empty() { "✓" } else { "✗" };
            let _ = writeln!(
                out,
                "  {mark} {year} {} {}: {}",
                one.case.item, one.case.name, one.case.title
            );
            out.push_str(&told);
        }
        for key in gone {
            self.seen.cases.remove(&key);
            let _ = writeln!(out, "  - {} {} {}: ไม่มีแล้ว", key.0, key.1, key.2);
        }
    }

    fn judge(&mut self, out: &mut String, pack: &Pack, items: &[String]) {
        let Some(site) = &self.site else { return };
        let year = pack.outline.year;
        for rule in pack.rules.iter().filter(|rule| items.contains(&rule.item)) {
            let verdict = judge_one(pack, rule, site);
            let before = self
                .seen
                .verdicts
                .insert((year, rule.item.clone()), verdict.clone());
            if let Some(before) = before {
                change(out, &before, &verdict);
            }
        }
    }
}

/// How a verdict differs from the one before.
fn change(out: &mut String, before: &Verdict, now: &Verdict) {
    if before.verdict != now.verdict {
        let _ = writeln!(
            out,
            "  {} {} → {}",
            now.id,
            before.verdict.thai(),
            now.verdict.thai()
        );
    }
    for answer in &now.criteria {
        let old = before.criteria.iter().find(|it| it.id == answer.id);
        if old.is_some_and(|old| old.outcome == answer.outcome && old.because == answer.because) {
            continue;
        }
        if let Some(old) = old {
            let _ = writeln!(out, "    - {}.{} {}", now.id, answer.id, old.because);
        }
        let _ = writeln!(out, "    + {}.{} {}", now.id, answer.id, answer.because);
    }
    for gone in before
        .criteria
        .iter()
        .filter(|it| !now.criteria.iter().any(|one| one.id == it.id))
    {
        let _ = writeln!(out, "    - {}.{} ไม่มีเกณฑ์นี้แล้ว", now.id, gone.id);
    }
}

fn opening(desk: &Desk, folder: &Path, told: &str, took: Duration) -> String {
    let mut text = format!("เฝ้าดู {} (Ctrl-C เพื่อจบ)\n", folder.display());
    let cases = desk.seen.cases.len();
    let right = desk
        .seen
        .cases
        .values()
        .filter(|told| told.is_empty())
        .count();
    let _ = writeln!(
        text,
        "  กรณี {right}/{cases} ตรงตามเจตนา ({} ms)",
        took.as_millis()
    );
    if desk.site.is_some() {
        let count = |decision| {
            desk.seen
                .verdicts
                .values()
                .filter(|it| it.verdict == decision)
                .count()
        };
        let _ = writeln!(
            text,
            "  เว็บไซต์: ผ่าน {}  ไม่ผ่าน {}  ให้คนตรวจ {}",
            count(Decision::Pass),
            count(Decision::Fail),
            count(Decision::Unsure)
        );
    }
    if right < cases || desk.seen.faults.values().any(|faults| !faults.is_empty()) {
        text.push_str(told);
    }
    text
}
