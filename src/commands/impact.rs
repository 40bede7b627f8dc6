//! `prongsai impact`: an archive judged by two sets of rules, and what comes out otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use prongsai::agency::Agency;
use prongsai::difference::Changes;
use prongsai::fetch::capture::Capture;
use prongsai::impact::{Broken, Compared, Impact, RuleSet, SideFault};
use prongsai::json::Json as _;
use prongsai::judge::{Verdict, judge};
use prongsai::ocr::{Budget, Kept, Readings, judge_with_ocr};
use prongsai::report;
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::year::FiscalYear;

use super::args::{self, Format};
use super::pipeline::Lent;
use super::progress::Steps;
use super::{Exit, Failure, output, say};

/// The word for the rules that came with the program.
const SHIPPED: &str = "shipped";
/// Folders within folders that are searched.
const DEEPEST: usize = 32;

#[derive(clap::Args)]
pub(super) struct Args {
    /// โฟลเดอร์กฎเดิม หรือ shipped คือกฎที่มากับโปรแกรม
    #[arg(value_name = "กฎเดิม")]
    old: PathBuf,
    /// โฟลเดอร์กฎใหม่ หรือ shipped
    #[arg(value_name = "กฎใหม่")]
    new: PathBuf,
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc, .warc.gz) หรือโฟลเดอร์ที่มีไฟล์เหล่านั้น
    #[arg(value_name = "CAPTURE", required = true)]
    captures: Vec<PathBuf>,
    /// ปีงบประมาณ (พ.ศ.) หลายปีคั่นด้วยจุลภาค ถ้าไม่ระบุใช้ปีของข้อมูลแต่ละชุด หรือปีล่าสุดที่มีกฎ
    #[arg(long, value_name = "ปี", value_parser = args::year, value_delimiter = ',')]
    year: Vec<FiscalYear>,
    /// รูปแบบรายงาน: text หรือ json ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ text
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    format: Option<Form>,
    /// เขียนรายงานลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    /// จบด้วยรหัส 1 เมื่อมีข้อที่ผลเปลี่ยน
    #[arg(long)]
    strict: bool,
}

/// Forms of the report.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
}

pub(super) fn run(asked: &Args) -> Result<Exit, Failure> {
    let rules = Both::new(asked)?;
    let mut broken = Vec::new();
    let files = captures(&asked.captures, &mut broken);
    if files.is_empty() && broken.is_empty() {
        return Err(Failure::usage(
            "ไม่พบไฟล์ .warc หรือ .warc.gz ในที่ที่ระบุ\n  เก็บข้อมูลก่อนด้วย prongsai crawl URL -o ไฟล์.warc.gz",
        ));
    }
    let done = Mutex::new(Done::default());
    let next = AtomicUsize::new(0);
    let bar = Steps::new("ชุดข้อมูล");
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    // One capture a worker: memory is bounded by the largest few, not by the archive.
    std::thread::scope(|scope| {
        for _ in 0..workers.min(files.len()) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let compared = rules.compare(file);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.add(file, compared);
                    bar.at(done.count, files.len());
                }
            });
        }
    });
    bar.done();
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.broken.extend(broken);
    done.faults.extend(rules.faults());
    let named = |dir: &Path| dir.display().to_string();
    let impact = Impact::of(
        (named(&asked.old), named(&asked.new)),
        done.compared,
        done.broken,
        done.faults,
    );
    write(&impact, asked)?;
    for one in &impact.broken {
        let why = one.why.lines().next().unwrap_or_default();
        say(&format!("ข้าม {}: {why}", one.file));
    }
    Ok(if !impact.faults.is_empty() {
        say(&format!(
            "กฎผิดพลาด {} แห่ง: ดูท้ายรายงาน แก้กฎ แล้วเทียบใหม่",
            impact.faults.len()
        ));
        Exit::Rules
    } else if impact.captures.is_empty() {
        Exit::Usage
    } else if asked.strict && !impact.is_quiet() {
        Exit::Gaps
    } else {
        Exit::Done
    })
}

fn write(impact: &Impact, asked: &Args) -> Result<(), Failure> {
    let place = args::Report {
        output: asked.output.clone(),
        format: asked.format.map(|form| match form {
            Form::Text => Format::Text,
            Form::Json => Format::Json,
        }),
        strict: asked.strict,
    };
    let text = match place.form() {
        Format::Json => impact.to_json().map_err(Failure::usage)?,
        Format::Text | Format::Html => report::impact::text(impact, output::in_colour(&place)),
    };
    output::put(&text, place.output.as_deref())
}

/// What workers have come to.
#[derive(Default)]
struct Done {
    count: usize,
    compared: Vec<Compared>,
    broken: Vec<Broken>,
    faults: BTreeSet<SideFault>,
}

impl Done {
    fn add(&mut self, file: &Path, compared: Result<Found, Failure>) {
        self.count += 1;
        match compared {
            Ok(found) => {
                self.compared.extend(found.compared);
                self.faults.extend(found.faults);
            }
            Err(failure) => self.broken.push(Broken {
                file: file.display().to_string(),
                why: failure.message,
            }),
        }
    }
}

/// What one capture came to.
#[derive(Default)]
struct Found {
    compared: Vec<Compared>,
    faults: Vec<SideFault>,
}

/// Both packs of a year; `None` for one that cannot be loaded.
struct Pair {
    packs: [Option<Pack>; 2],
    faults: Vec<SideFault>,
}

/// Two sets of rules, each year loaded when the first capture needs it.
struct Both {
    sources: [Sources; 2],
    asked: Vec<FiscalYear>,
    years: BTreeMap<FiscalYear, OnceLock<Pair>>,
}

impl Both {
    fn new(asked: &Args) -> Result<Self, Failure> {
        let sources = [&asked.old, &asked.new].map(|dir| match dir.to_str() {
            Some(SHIPPED) => Sources::Embedded,
            _ => Sources::Dir(dir.clone()),
        });
        let known = sources.each_ref().map(Sources::years);
        for (dir, years) in [&asked.old, &asked.new].into_iter().zip(&known) {
            let wanted = asked.year.iter().find(|year| !years.contains(year));
            let wrong = match wanted {
                _ if years.is_empty() => "ไม่มีกฎของปีใดเลย".to_owned(),
                Some(year) => format!("ไม่มีกฎของปี {year}"),
                None => continue,
            };
            let all: Vec<String> = years.iter().map(ToString::to_string).collect();
            return Err(Failure::usage(format!(
                "{}: {wrong}\n  {}",
                dir.display(),
                if all.is_empty() {
                    "โฟลเดอร์กฎต้องมีแฟ้มเช่น 2564/pack.rhai ส่วนกฎที่มากับโปรแกรมใช้คำว่า shipped".to_owned()
                } else {
                    format!("ระบุ --year เป็นปีที่มีกฎ: {}", all.join(", "))
                }
            )));
        }
        let shared: BTreeSet<FiscalYear> = known[0].intersection(&known[1]).copied().collect();
        if shared.is_empty() {
            return Err(Failure::usage(
                "กฎเดิมและกฎใหม่ไม่มีปีเดียวกันเลย จึงเทียบกันไม่ได้\n  ใช้โฟลเดอร์ที่มีปีเดียวกัน",
            ));
        }
        let mut wanted = asked.year.clone();
        wanted.sort();
        wanted.dedup();
        Ok(Self {
            sources,
            asked: wanted,
            years: shared
                .into_iter()
                .map(|year| (year, OnceLock::new()))
                .collect(),
        })
    }

    /// The years to judge a capture by: those asked for, its own, or the newest.
    fn years_for(&self, capture: &Capture) -> Vec<FiscalYear> {
        if !self.asked.is_empty() {
            return self.asked.clone();
        }
        let own = FiscalYear::of(capture.taken_on);
        let newest = self.years.keys().next_back().copied();
        let year = Some(own).filter(|year| self.years.contains_key(year));
        year.or(newest).into_iter().collect()
    }

    fn pair(&self, year: FiscalYear) -> Option<&Pair> {
        let pair = self.years.get(&year)?;
        Some(pair.get_or_init(|| {
            let mut faults = Vec::new();
            let packs = [RuleSet::Old, RuleSet::New].map(|rules| {
                let sources = &self.sources[usize::from(rules == RuleSet::New)];
                let note = |fault: &prongsai::rules::fault::Fault| SideFault {
                    rules,
                    year,
                    message: fault.to_string(),
                };
                match Pack::load(year, sources, vocabulary::register) {
                    Ok(pack) => {
                        faults.extend(pack.faults().into_iter().map(note));
                        Some(pack)
                    }
                    Err(all) => {
                        faults.extend(all.iter().map(note));
                        None
                    }
                }
            });
            Pair { packs, faults }
        }))
    }

    fn faults(&self) -> Vec<SideFault> {
        let pairs = self.years.values().filter_map(OnceLock::get);
        pairs.flat_map(|pair| pair.faults.clone()).collect()
    }

    fn compare(&self, file: &Path) -> Result<Found, Failure> {
        let capture = Capture::read(file).map_err(Failure::usage)?;
        let capture = super::pipeline::reachable(capture)?;
        let mut lent = Lent::new(&capture, agency_beside(file)?);
        let mut found = Found::default();
        for year in self.years_for(&capture) {
            let Some(pair) = self.pair(year) else {
                continue;
            };
            let [Some(old), Some(new)] = &pair.packs else {
                return Err(Failure::usage(format!("กฎของปี {year} ใช้ไม่ได้ จึงเทียบไม่ได้")));
            };
            let before = kept_judgement(old, &capture, file, &mut lent)?;
            let after = kept_judgement(new, &capture, file, &mut lent)?;
            for (rules, verdicts) in [(RuleSet::Old, &before), (RuleSet::New, &after)] {
                let all = verdicts.iter().flat_map(|one| &one.faults);
                found.faults.extend(all.map(|message| SideFault {
                    rules,
                    year,
                    message: message.clone(),
                }));
            }
            found.compared.push(Compared {
                file: file.display().to_string(),
                agency: lent.name(),
                year,
                order: (0..)
                    .zip(&after)
                    .map(|(at, one)| (one.id.clone(), at))
                    .collect(),
                changes: Changes::between(&before, &after),
            });
        }
        Ok(found)
    }
}

/// Judges with what OCR read earlier and is kept beside the capture; nothing is read anew.
fn kept_judgement(
    pack: &Pack,
    capture: &Capture,
    file: &Path,
    lent: &mut Lent,
) -> Result<Vec<Verdict>, Failure> {
    let site = lent.take()?;
    let Some((engine, mut readings)) = Kept::load(&Readings::beside(file)) else {
        let site = std::sync::Arc::new(site);
        let verdicts = judge(pack, &site);
        lent.back(site);
        return Ok(verdicts);
    };
    let budget = Budget {
        pages: 0,
        ..Budget::default()
    };
    let judged = judge_with_ocr(pack, site, capture, &engine, budget, &mut readings, &());
    lent.back(judged.site);
    Ok(judged.verdicts)
}

/// `X.site.json` beside `X.warc.gz`.
fn agency_beside(file: &Path) -> Result<Option<Agency>, Failure> {
    let Some(stem) = stem(file) else {
        return Ok(None);
    };
    let beside = file.with_file_name(format!("{stem}.site.json"));
    if !beside.is_file() {
        return Ok(None);
    }
    super::pipeline::agency(&beside).map(Some)
}

/// The name less `.warc` or `.warc.gz`; `None` for other files.
fn stem(file: &Path) -> Option<&str> {
    let name = file.file_name()?.to_str()?;
    name.strip_suffix(".warc.gz")
        .or_else(|| name.strip_suffix(".warc"))
        .filter(|stem| !stem.is_empty())
}

/// Every capture named, and those in the folders named, each once and in order.
fn captures(asked: &[PathBuf], broken: &mut Vec<Broken>) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    for place in asked {
        if place.is_dir() {
            search(place, 0, &mut found, broken);
        } else {
            found.insert(place.clone());
        }
    }
    found.into_iter().collect()
}

fn search(folder: &Path, depth: usize, found: &mut BTreeSet<PathBuf>, broken: &mut Vec<Broken>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) if depth < DEEPEST => entries,
        Ok(_) => return,
        Err(error) => {
            broken.push(Broken {
                file: folder.display().to_string(),
                why: format!("เปิดโฟลเดอร์ไม่ได้ ({error})"),
            });
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        // A link to a folder may lead round in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            search(&path, depth + 1, found, broken);
        } else if stem(&path).is_some() && path.is_file() {
            found.insert(path);
        }
    }
}
