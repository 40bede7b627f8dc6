//! What the commands are made of: website → capture, capture → audit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use prongsai::agency::Agency;
use prongsai::audit::{Audit, Coverage, Parts};
use prongsai::decisions::{Askable, Decisions};
use prongsai::extract::DocumentKind;
use prongsai::fetch::capture::{Capture, advice_for_status};
use prongsai::fetch::options::Options;
use prongsai::judge::Verdict;
use prongsai::ocr::OcrUse;
use prongsai::reading::{NoReader, read_files};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::score::SurveyScores;
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use url::Url;

use super::args::Basis;
use super::kit::load;
use super::progress::{Watch, on_ctrl_c};
use super::scans::{Reader, decide};
use super::{Exit, Failure, say};

/// Rules, agency and scores, read and checked before a crawl of an hour begins.
pub(super) struct Bench {
    /// One a year, oldest first.
    years: Vec<Year>,
    agency: Option<Agency>,
    decisions: Option<Beside>,
}

/// People's decisions, and how they came to be used.
struct Beside {
    decisions: Decisions,
    file: PathBuf,
    /// It was named on the command line, not found beside a file.
    asked: bool,
}

/// A year to judge by.
pub(super) struct Year {
    pub(super) pack: Arc<Pack>,
    pub(super) surveys: Option<SurveyScores>,
}

impl Bench {
    /// Reads what was asked for. `today` tells the year when none was; decisions are looked for beside the files given.
    pub(super) fn set(
        asked: &Basis,
        today: Date,
        beside: &[Option<&Path>],
    ) -> Result<Self, Failure> {
        let agency = asked.agency.as_deref().map(read).transpose()?;
        let scores = asked.scores.as_deref().map(read).transpose()?;
        let mut years: BTreeSet<FiscalYear> = asked.year.iter().copied().collect();
        if years.is_empty() {
            years.insert(FiscalYear::of(today));
        }
        let mut bench = Self::lay(
            years,
            asked.rules.as_deref(),
            agency.as_deref(),
            scores.as_deref(),
        )?;
        if let Some(file) = decisions_file(asked, beside) {
            bench.decide_by(file, asked.decisions.is_some())?;
        }
        Ok(bench)
    }

    /// Uses a file of decisions. All its mistakes are told at once.
    pub(super) fn decide_by(&mut self, file: PathBuf, asked: bool) -> Result<(), Failure> {
        let text = read(&file)?;
        let known: Vec<Askable> = self
            .years
            .iter()
            .map(|one| Askable::of(&one.pack))
            .collect();
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or(prongsai::decisions::FILE);
        let decisions = Decisions::read(&text, name, &known).map_err(|faults| {
            let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Failure::usage(format!(
                "คำตัดสินใน {} ใช้ไม่ได้ {} แห่ง แก้แล้วสั่งใหม่ หรือสั่งด้วย --no-decisions เพื่อไม่ใช้\n{}",
                file.display(),
                all.len(),
                all.join("\n")
            ))
        })?;
        if !asked {
            say(&format!("ใช้คำตัดสินของคนจาก {}", file.display()));
        }
        self.decisions = Some(Beside {
            decisions,
            file,
            asked,
        });
        Ok(())
    }

    /// The decisions about a website, unless those found by chance are about another.
    pub(super) fn decisions_for(&self, capture: &Capture) -> Result<Option<&Decisions>, Failure> {
        let Some(beside) = &self.decisions else {
            return Ok(None);
        };
        let file = beside.file.display();
        let other = beside.decisions.home.as_ref();
        if let Some(other) = other.filter(|_| !beside.decisions.is_about(&capture.home)) {
            let told = format!("คำตัดสินใน {file} เป็นของเว็บไซต์ {other} ไม่ใช่ {}", capture.home);
            if beside.asked {
                return Err(Failure::usage(format!(
                    "{told}\n  ระบุไฟล์ของเว็บไซต์นี้ หรือแก้บรรทัด home ในไฟล์"
                )));
            }
            say(&format!("{told} จึงไม่ใช้"));
            return Ok(None);
        }
        Ok(Some(&beside.decisions))
    }

    /// The same from texts.
    pub(super) fn lay(
        years: impl IntoIterator<Item = FiscalYear>,
        rules: Option<&Path>,
        agency: Option<&str>,
        scores: Option<&str>,
    ) -> Result<Self, Failure> {
        let agency = agency.map(read_agency).transpose()?;
        let sources = rules.map_or(Sources::Embedded, |dir| Sources::Dir(PathBuf::from(dir)));
        let lay_year = |year| {
            let pack = load(year, &sources, vocabulary::register, "ระบุ --year เป็นปีที่มีกฎ")?;
            let surveys = scores
                .map(|text| SurveyScores::read(text, &pack.outline).map_err(Failure::usage))
                .transpose()?;
            Ok(Year {
                pack: Arc::new(pack),
                surveys,
            })
        };
        let years = years.into_iter().map(lay_year).collect::<Result<_, _>>()?;
        Ok(Self {
            years,
            agency,
            decisions: None,
        })
    }

    /// The same from parts.
    pub(super) fn of(years: Vec<Year>) -> Self {
        Self {
            years,
            agency: None,
            decisions: None,
        }
    }

    /// Judges a capture by each year, scans included when there is a reader for them. The site is read once.
    pub(super) fn judge(
        &self,
        capture: &Capture,
        reader: Option<&Reader>,
    ) -> Result<Vec<Audit>, Failure> {
        let heard = self.hear(capture, reader)?;
        self.report(capture, &heard)
    }

    /// What the machine comes to by each year.
    pub(super) fn hear(
        &self,
        capture: &Capture,
        reader: Option<&Reader>,
    ) -> Result<Vec<Heard>, Failure> {
        self.hear_by(Lent::new(capture, self.agency.clone()), capture, reader)
    }

    /// The same of an agency from a list. What the website says of itself is closer to its papers than what a list calls
    /// it; the list speaks where the website is silent.
    pub(super) fn hear_of(
        &self,
        capture: &Capture,
        reader: Option<&Reader>,
        listed: Option<&Agency>,
    ) -> Result<Vec<Heard>, Failure> {
        let mut lent = Lent::new(capture, None);
        let site = lent.take()?;
        lent = match listed {
            Some(listed) if site.agency.name.is_empty() => Lent::new(capture, Some(listed.clone())),
            _ => {
                lent.site = Some(site);
                lent
            }
        };
        self.hear_by(lent, capture, reader)
    }

    fn hear_by(
        &self,
        mut lent: Lent<'_>,
        capture: &Capture,
        reader: Option<&Reader>,
    ) -> Result<Vec<Heard>, Failure> {
        let mut heard = Vec::new();
        for year in &self.years {
            let (judged, by_ocr) = decide(&year.pack, lent.take()?, capture, reader);
            heard.push(Heard {
                agency: judged.site.agency.clone(),
                coverage: coverage(capture, &judged.site, by_ocr.then_some(judged.used)),
                verdicts: judged.verdicts,
            });
            lent.back(judged.site);
        }
        Ok(heard)
    }

    /// What it came to, with what people decided.
    pub(super) fn report(&self, capture: &Capture, heard: &[Heard]) -> Result<Vec<Audit>, Failure> {
        let decisions = self.decisions_for(capture)?;
        let years = self.years.iter().zip(heard);
        Ok(years
            .map(|(year, heard)| year.audit(capture, heard, decisions))
            .collect())
    }
}

/// What the machine came to by one year.
pub(super) struct Heard {
    agency: Agency,
    coverage: Coverage,
    pub(super) verdicts: Vec<Verdict>,
}

impl Year {
    fn audit(&self, capture: &Capture, heard: &Heard, decisions: Option<&Decisions>) -> Audit {
        let measure = |item: &str| {
            let rule = self.pack.rules.iter().find(|rule| rule.item == item)?;
            Some(rule.rule.measure.clone())
        };
        Audit::assemble(Parts {
            outline: &self.pack.outline,
            measure: &measure,
            rules_digest: self.pack.digest().to_owned(),
            agency: heard.agency.clone(),
            capture,
            coverage: heard.coverage.clone(),
            verdicts: heard.verdicts.clone(),
            surveys: self.surveys.as_ref(),
            decisions,
        })
    }
}

/// A capture from its file.
pub(super) fn capture(file: &Path) -> Result<Capture, Failure> {
    Capture::read(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

/// An agency from its file.
pub(super) fn agency(file: &Path) -> Result<Agency, Failure> {
    read_agency(&read(file)?)
}

/// The website of a capture, its files read by guarded children.
pub(super) fn site(capture: &Capture, agency: Option<Agency>) -> Result<Site, Failure> {
    let files = read_files(capture, &own_file()?).map_err(Failure::usage)?;
    Ok(Site::build_with(capture, agency, files))
}

/// A capture's site: read once, lent to one judgement after the other.
pub(super) struct Lent<'a> {
    capture: &'a Capture,
    agency: Option<Agency>,
    site: Option<Site>,
    name: String,
}

impl<'a> Lent<'a> {
    pub(super) fn new(capture: &'a Capture, agency: Option<Agency>) -> Self {
        Self {
            capture,
            agency,
            site: None,
            name: capture.home.to_string(),
        }
    }

    /// The site as it was crawled.
    pub(super) fn take(&mut self) -> Result<Site, Failure> {
        if let Some(site) = self.site.take() {
            return Ok(site);
        }
        self::site(self.capture, self.agency.clone())
    }

    /// Takes the site back. What one judgement had read off scans must not reach into the next.
    pub(super) fn back(&mut self, site: Arc<Site>) {
        if !site.agency.name.is_empty() {
            self.name.clone_from(&site.agency.name);
        }
        self.site = Arc::into_inner(site).map(|mut site| {
            site.forget_ocr();
            site
        });
    }

    /// The agency's name once the site was read, or its address.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }
}

/// The file of decisions: the one that was named, or the one beside the capture or the report.
pub(super) fn decisions_file(asked: &Basis, beside: &[Option<&Path>]) -> Option<PathBuf> {
    if asked.no_decisions {
        return None;
    }
    let found = || {
        let places = beside.iter().flatten();
        let files = places.map(|file| file.with_file_name(prongsai::decisions::FILE));
        files.into_iter().find(|file| file.is_file())
    };
    asked.decisions.clone().or_else(found)
}

/// This program's own file, to be run as a child. The system's name for it holds when an update has replaced it.
pub(super) fn own_file() -> Result<PathBuf, Failure> {
    if cfg!(target_os = "linux") {
        return Ok(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe().map_err(|_| Failure::usage(NoReader))
}

/// Files that a machine could not read stand in the coverage; pictures are expected to be without text.
fn coverage(capture: &Capture, site: &Site, ocr: Option<OcrUse>) -> Coverage {
    let mut coverage = Coverage::of(capture);
    for node in &site.nodes {
        if let Some(document) = node
            .document()
            .filter(|one| one.kind != DocumentKind::Image && node.ocr.is_none())
        {
            coverage.note_reading(document.reading, node.url.as_str());
        }
        if node.asks_to_sign_in() {
            coverage.note_sign_in(node.url.as_str());
        }
    }
    coverage.ocr = ocr;
    coverage
}

pub(super) fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!(
            "อ่านไฟล์ {} ไม่ได้ ({error})\n  ตรวจชื่อไฟล์ และบันทึกเป็น UTF-8",
            file.display()
        ))
    })
}

fn read_agency(text: &str) -> Result<Agency, Failure> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        Failure::usage(format!(
            "อ่านข้อมูลหน่วยงานไม่ได้ ({error})\n  ไฟล์ต้องเป็น JSON เช่น {{\"name\": \"องค์การบริหารส่วนตำบล…\", \"type\": \"tambon\", \"amphoe\": \"…\", \"province\": \"…\"}}"
        ))
    })
}

/// Crawls a website while somebody watches. A website that gives nothing to read is a failure.
pub(super) async fn fetch(home: Url, options: &Options) -> Result<Capture, Failure> {
    say(&format!("เก็บข้อมูล {home}"));
    let watch = Watch::new();
    let capture = prongsai::fetch::crawl(home, options, &watch, on_ctrl_c()).await;
    watch.done();
    reachable(capture)
}

/// Refuses a capture without one page or file.
pub(super) fn reachable(capture: Capture) -> Result<Capture, Failure> {
    let seen = Coverage::of(&capture);
    if seen.pages + seen.documents > 0 {
        return Ok(capture);
    }
    let home = capture
        .visits
        .iter()
        .rfind(|visit| visit.url == capture.home);
    let advice = match home.map(|visit| &visit.result) {
        Some(Err(fault)) => Some(fault.kind.advice()),
        Some(Ok(answer)) => advice_for_status(answer.status),
        None => None,
    };
    Err(Failure {
        exit: Exit::Unreachable,
        message: format!(
            "อ่านเว็บไซต์ {} ไม่ได้แม้แต่หน้าเดียว\n  {}",
            capture.home,
            advice.unwrap_or("ตรวจที่อยู่เว็บไซต์ แล้วลองใหม่")
        ),
    })
}

/// Saves a capture for later and says where.
pub(super) fn save(capture: &Capture, file: &Path) -> Result<(), Failure> {
    capture.save(file).map_err(Failure::usage)?;
    say(&format!("เก็บข้อมูลเว็บไซต์ไว้ที่ {}", file.display()));
    Ok(())
}
