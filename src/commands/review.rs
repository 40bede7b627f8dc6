//! `prongsai review`: a person decides what the machine could not, the most points first, line by line.

use std::io::Write as _;
use std::path::PathBuf;

use jiff::civil::Date;
use prongsai::audit::Audit;
use prongsai::decisions::{self, New, append};
use prongsai::fetch::capture::Capture;
use prongsai::judge::Decision;
use prongsai::measures::{Question, Review};
use prongsai::report::{plain, readable_url};
use prongsai::rules::answer::{Evidence, Outcome};
use prongsai::year::{FiscalYear, thai_date};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::progress::on_ctrl_c;
use super::scans::Scans;
use super::{Exit, Failure, args, output, pipeline};

/// Papers named for one criterion.
const PAPERS: usize = 9;
/// Letters of a reason or a name that are kept.
const WORDS: usize = 1000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc หรือ .warc.gz) จาก prongsai crawl หรือโปรแกรมอื่น
    #[arg(value_name = "CAPTURE")]
    capture: PathBuf,
    #[command(flatten)]
    basis: args::Basis,
    /// ชื่อผู้ตัดสิน ถ้าไม่ระบุโปรแกรมถามครั้งเดียว
    #[arg(long, value_name = "ชื่อ")]
    who: Option<String>,
    #[command(flatten)]
    scans: Scans,
}

pub(super) async fn run(asked: Args) -> Result<Exit, Failure> {
    let mut capture = pipeline::capture(&asked.capture)?;
    let today = asked.basis.as_of.unwrap_or_else(Capture::today);
    if let Some(day) = asked.basis.as_of {
        capture.taken_on = day;
    }
    let capture = pipeline::reachable(capture)?;
    let beside = || asked.capture.with_file_name(decisions::FILE);
    let file = asked.basis.decisions.clone().unwrap_or_else(beside);
    let basis = args::Basis {
        decisions: None,
        no_decisions: true,
        ..asked.basis
    };
    let mut bench = pipeline::Bench::set(&basis, capture.taken_on, &[])?;
    let there = file.exists();
    if there {
        bench.decide_by(file.clone(), true)?;
        if !decisions::is_appendable(&text_of(&file)?) {
            return Err(Failure::usage(format!(
                "{} ใช้แบบ decision = [ … ] จึงเติมต่อท้ายไม่ได้\n  เขียนแต่ละคำตัดสินเป็น [[decision]]",
                file.display()
            )));
        }
    }
    let reader = asked.scans.reader(Some(&asked.capture));
    let _ = on_ctrl_c();
    let heard = bench.hear(&capture, reader.as_ref())?;
    let audits = bench.report(&capture, &heard)?;
    let mut desk = Desk {
        lines: lines(),
        file,
        capture: &capture,
        who: asked
            .who
            .map(|who| tidy(&who))
            .filter(|who| !who.is_empty()),
        today,
        written: 0,
    };
    desk.open(&audits);
    let end = desk.walk(&audits).await;
    match end {
        Ok(()) => show("\nครบทุกข้อแล้ว"),
        Err(Stop::Asked) => show("\nหยุดไว้เท่านี้ เรียกคำสั่งเดิมอีกครั้งเพื่อตรวจข้อที่เหลือ"),
        Err(Stop::Failed(failure)) => return Err(failure),
    }
    if desk.written > 0 {
        show(&format!(
            "บันทึก {} คำตัดสินใน {}",
            desk.written,
            desk.file.display()
        ));
        bench.decide_by(desk.file.clone(), true)?;
        for (before, after) in audits.iter().zip(bench.report(&capture, &heard)?) {
            let left = unsure(&after);
            show(&format!(
                "ปี {}: คะแนน OIT {} → {}  เหลือให้คนตรวจ {left} ข้อ",
                after.year, before.score.points, after.score.points
            ));
        }
        let years: Vec<String> = audits.iter().map(|audit| audit.year.to_string()).collect();
        show(&format!(
            "ทำรายงานด้วย: prongsai judge {} --year {} --decisions {}",
            asked.capture.display(),
            years.join(","),
            desk.file.display()
        ));
    }
    Ok(Exit::Done)
}

fn text_of(file: &std::path::Path) -> Result<String, Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure::usage(format!(
            "อ่าน {} ไม่ได้ ({error})\n  ตรวจสิทธิ์ของไฟล์ แล้วลองใหม่",
            file.display()
        ))),
    }
}

fn unsure(audit: &Audit) -> usize {
    let items = audit.items.iter();
    items
        .filter(|item| item.verdict.verdict == Decision::Unsure)
        .count()
}

/// Lines of the keyboard as they come. A thread of its own, because a read cannot be broken off.
fn lines() -> UnboundedReceiver<String> {
    let (to, lines) = unbounded_channel();
    std::thread::spawn(move || {
        let mut from = std::io::stdin().lock();
        let mut bytes = Vec::new();
        while let Ok(1..) = std::io::BufRead::read_until(&mut from, b'\n', &mut bytes) {
            let line = String::from_utf8_lossy(&bytes).into_owned();
            bytes.clear();
            if to.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// Why a walk ends before its end.
enum Stop {
    /// The person has enough, or there is nothing more to read.
    Asked,
    /// The file cannot be written.
    Failed(Failure),
}

/// What a person answers to a criterion.
enum Answer {
    Decided(Outcome),
    Skip,
}

struct Desk<'a> {
    lines: UnboundedReceiver<String>,
    file: PathBuf,
    capture: &'a Capture,
    who: Option<String>,
    today: Date,
    written: usize,
}

impl Desk<'_> {
    fn open(&self, audits: &[Audit]) {
        if let Some(audit) = audits.first() {
            let name = if audit.agency.name.is_empty() {
                readable_url(&audit.home)
            } else {
                plain(&audit.agency.name)
            };
            show(&format!("ตรวจโดยคน: {name}"));
            let taken = thai_date(self.capture.taken_on);
            show(&format!("ข้อมูลเว็บไซต์ ณ วันที่ {taken}"));
        }
        let open: usize = audits.iter().map(|audit| audit.reviews.len()).sum();
        if open > 0 {
            show(&format!(
                "มี {open} ข้อที่เครื่องตัดสินไม่ได้ ถามข้อที่มีผลต่อคะแนนมากก่อน เปิดดูเอกสารตามที่อยู่ แล้วตอบด้วยเลขหรือคำ"
            ));
            show(&format!(
                "ทุกคำตอบบันทึกทันทีที่ {} เลิกเมื่อใดก็ได้",
                self.file.display()
            ));
        }
    }

    async fn walk(&mut self, audits: &[Audit]) -> Result<(), Stop> {
        for audit in audits {
            let count = audit.reviews.len();
            for (at, review) in audit.reviews.iter().enumerate() {
                show(&format!(
                    "\nปี {} ข้อที่ {} จาก {count}: {} {}",
                    audit.year,
                    at + 1,
                    review.item,
                    plain(&review.title)
                ));
                show(&format!("มีผลต่อคะแนนรวม {:.2}", review.points.total));
                self.item(audit.year, review).await?;
            }
        }
        Ok(())
    }

    async fn item(&mut self, year: FiscalYear, review: &Review) -> Result<(), Stop> {
        let count = review.questions.len();
        for (at, question) in review.questions.iter().enumerate() {
            let evidence = if question.evidence.is_empty() {
                &review.evidence
            } else {
                &question.evidence
            };
            let papers = papers(evidence);
            show(&format!(
                "\nเกณฑ์ {} จาก {count}: {}",
                at + 1,
                plain(&question.asks)
            ));
            show(&format!("ยังตัดสินไม่ได้เพราะ: {}", plain(&question.because)));
            list(&papers);
            let Answer::Decided(outcome) = self.verdict().await? else {
                continue;
            };
            let paper = self.paper(&papers).await?;
            let reason = self.needed("เหตุผล: ").await?;
            let who = match self.who.clone() {
                Some(who) => who,
                None => self.needed("ชื่อผู้ตัดสิน (ถามครั้งเดียว): ").await?,
            };
            self.who = Some(who.clone());
            self.keep(year, review, question, outcome, reason, who, paper)?;
            if outcome == Outcome::Unmet {
                if at + 1 < count {
                    show("ข้อนี้ไม่ผ่านแล้ว เกณฑ์ที่เหลือไม่เปลี่ยนผล จึงไปข้อถัดไป");
                }
                break;
            }
        }
        Ok(())
    }

    /// A line; the end when there is none or Ctrl-C was pressed.
    async fn ask(&mut self, prompt: &str) -> Result<String, Stop> {
        let mut out = std::io::stdout().lock();
        let _ = write!(out, "{prompt}");
        let _ = out.flush();
        drop(out);
        tokio::select! {
            line = self.lines.recv() => line.map(|line| tidy(&line)).ok_or(Stop::Asked),
            _ = tokio::signal::ctrl_c() => Err(Stop::Asked),
        }
    }

    async fn needed(&mut self, prompt: &str) -> Result<String, Stop> {
        loop {
            let words = self.ask(prompt).await?;
            // A number is an answer to another question.
            if words.chars().any(char::is_alphabetic) {
                return Ok(words);
            }
            show("ต้องกรอกเป็นคำ: รายงานแสดงให้ผู้อื่นตรวจสอบได้");
        }
    }

    async fn verdict(&mut self) -> Result<Answer, Stop> {
        loop {
            let line = self.ask("คำตอบ (1 ผ่าน  2 ไม่ผ่าน  3 ข้าม  4 ออก): ").await?;
            return Ok(match digits(&line).to_lowercase().as_str() {
                "1" | "ผ่าน" | "ครบ" | "met" | "pass" | "p" => {
                    Answer::Decided(Outcome::Met)
                }
                "2" | "ไม่ผ่าน" | "ไม่ครบ" | "unmet" | "fail" | "f" => {
                    Answer::Decided(Outcome::Unmet)
                }
                "3" | "ข้าม" | "skip" | "s" | "" => Answer::Skip,
                "4" | "ออก" | "quit" | "exit" | "q" => return Err(Stop::Asked),
                _ => {
                    show("ตอบ 1, 2, 3 หรือ 4");
                    continue;
                }
            });
        }
    }

    /// The paper the person looked at, when there is a choice.
    async fn paper(&mut self, papers: &[&Evidence]) -> Result<Option<String>, Stop> {
        let Some(first) = papers.first() else {
            return Ok(None);
        };
        if papers.len() == 1 {
            return Ok(Some(first.url.clone()));
        }
        loop {
            let line = self
                .ask(&format!("ดูจากเอกสารใด (1–{}, Enter คือ 1): ", papers.len()))
                .await?;
            let chosen = match digits(&line).parse::<usize>() {
                Ok(number) => number.checked_sub(1).and_then(|at| papers.get(at)),
                Err(_) if line.is_empty() => Some(first),
                Err(_) => None,
            };
            match chosen {
                Some(paper) => return Ok(Some(paper.url.clone())),
                None => show(&format!("ตอบเลข 1 ถึง {}", papers.len())),
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "what one answer consists of")]
    fn keep(
        &mut self,
        year: FiscalYear,
        review: &Review,
        question: &Question,
        outcome: Outcome,
        reason: String,
        who: String,
        paper: Option<String>,
    ) -> Result<(), Stop> {
        let new = New {
            item: review.item.clone(),
            title: review.title.clone(),
            criterion: Some(question.criterion.clone()),
            asks: question.asks.clone(),
            year,
            outcome,
            reason,
            who,
            date: self.today,
            expires: year.max(FiscalYear::of(self.capture.taken_on)).last_day(),
            paper: paper.map(|url| {
                let digest = self.capture.body_digest(&url);
                (url, digest)
            }),
        };
        // Read anew each time: the file may be open in an editor meanwhile.
        let text = text_of(&self.file).map_err(Stop::Failed)?;
        let text = append(&text, self.capture.home.as_str(), &new);
        output::replace(&self.file, text.as_bytes()).map_err(|error| {
            Stop::Failed(Failure::usage(format!(
                "เขียน {} ไม่ได้ ({error})\n  ตรวจว่าโฟลเดอร์มีอยู่ เขียนได้ และดิสก์ไม่เต็ม คำตอบล่าสุดยังไม่ได้บันทึก",
                self.file.display()
            )))
        })?;
        self.written += 1;
        show("บันทึกแล้ว");
        Ok(())
    }
}

/// Where to look, each address once.
fn papers(evidence: &[Evidence]) -> Vec<&Evidence> {
    let mut papers: Vec<&Evidence> = Vec::new();
    for one in evidence {
        if !papers.iter().any(|known| known.url == one.url) {
            papers.push(one);
        }
    }
    papers.truncate(PAPERS);
    papers
}

fn list(papers: &[&Evidence]) {
    if papers.is_empty() {
        show("ไม่มีเอกสารที่ระบุได้ ให้ดูจากหน้าแรกของเว็บไซต์");
        return;
    }
    show("เปิดดู");
    for (at, one) in papers.iter().enumerate() {
        let label = if one.label.is_empty() {
            "หน้านี้"
        } else {
            &one.label
        };
        show(&format!("  {}. {}", at + 1, plain(label)));
        show(&format!("     {}", readable_url(&one.url)));
        if let Some(quote) = &one.quote {
            show(&format!("     เครื่องพบ: “{}”", plain(quote)));
        }
    }
}

fn show(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// One line of harmless text, not endless.
fn tidy(line: &str) -> String {
    let words: String = plain(line).trim().chars().take(WORDS).collect();
    words.trim().to_owned()
}

/// Thai digits as Arabic ones: people answer with the keyboard they have.
fn digits(line: &str) -> String {
    let digit = |c: char| match c {
        '๐'..='๙' => char::from_digit(c as u32 - '๐' as u32, 10).unwrap_or(c),
        c => c,
    };
    line.chars().map(digit).collect()
}
