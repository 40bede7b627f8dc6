//! `prongsai explain`: a rule as the manual would put it, and what it saw on a site, step by step.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use prongsai::cases;
use prongsai::fetch::capture::Capture;
use prongsai::judge::{Verdict, judge_one};
use prongsai::rules::answer::Evidence;
use prongsai::rules::pack::{LoadedRule, Pack};
use prongsai::rules::trace::{self, Step};
use prongsai::site::Site;
use prongsai::year::FiscalYear;

use super::kit::{Rules, asked};
use super::scans::{Scans, decide};
use super::{Exit, Failure, args, output, pipeline};

/// ข้อนี้ถามอะไร และบนเว็บไซต์ที่เก็บไว้ กฎดูที่ใด เห็นอะไร และตัดสินเช่นนั้นเพราะอะไร
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// ข้อ และปีถ้าต้องการ เช่น O23 2565 ถ้าไม่ระบุปีใช้ปีของข้อมูลที่เก็บไว้ หรือปีล่าสุดที่มีกฎ
    #[arg(value_name = "ข้อ ปี", required = true)]
    what: Vec<String>,
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc.gz) ที่จะให้ดูว่ากฎเห็นอะไร
    #[arg(long, value_name = "CAPTURE")]
    capture: Option<PathBuf>,
    /// กรณีตัวอย่างของข้อนี้ที่จะให้ดูว่ากฎเห็นอะไร เช่น six-months
    #[arg(long, value_name = "ชื่อ", conflicts_with = "capture")]
    case: Option<String>,
    /// ตรวจเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน)
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    as_of: Option<Date>,
    /// ไฟล์ข้อมูลหน่วยงาน (JSON)
    #[arg(long, value_name = "ไฟล์")]
    agency: Option<PathBuf>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้ มิฉะนั้นใช้กฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    scans: Scans,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(args.rules.as_deref())?;
    let (years, items) = asked(&args.what)?;
    let [item] = &items[..] else {
        return Err(Failure::usage("ระบุข้อเดียว เช่น prongsai explain O23"));
    };
    let capture = args.capture.as_deref().map(pipeline::capture).transpose()?;
    let known = rules.sources.years();
    let of_capture = capture
        .as_ref()
        .map(|it: &Capture| FiscalYear::of(it.taken_on));
    let of_case = args.case.as_ref().and_then(|name| {
        let has = |year: &&FiscalYear| {
            let mut all = cases::load(&rules.sources, **year).0.into_iter();
            all.any(|case| case.item == *item && case.name == *name)
        };
        known.iter().rev().find(has).copied()
    });
    let year = years
        .first()
        .copied()
        .or(of_case)
        .or(of_capture.filter(|year| known.contains(year)))
        .or(known.last().copied())
        .ok_or_else(|| Failure::usage("ไม่พบกฎของปีใดเลย"))?;
    let pack = rules.pack_with(year, trace::register)?;
    let Some(rule) = pack.rules.iter().find(|rule| rule.item == *item) else {
        let all: Vec<&str> = pack.rules.iter().map(|rule| rule.item.as_str()).collect();
        return Err(Failure::usage(format!(
            "ปี {year} ไม่มีข้อ {item}\n  ข้อที่มี: {}",
            all.join(" ")
        )));
    };
    let mut text = manual(&rules, &pack, rule);
    if !rule.faults.is_empty() {
        for fault in &rule.faults {
            let _ = writeln!(text, "\n{fault}");
        }
        output::put(&text, None)?;
        return Ok(Exit::Rules);
    }
    let site = match (capture, &args.case) {
        (Some(mut capture), _) => {
            capture.taken_on = args.as_of.unwrap_or(capture.taken_on);
            let reader = args.scans.reader(args.capture.as_deref());
            let agency = args.agency.as_deref().map(pipeline::agency).transpose()?;
            let site = pipeline::site(&capture, agency)?;
            let plain = rules.pack(year)?;
            let (judged, _) = decide(&plain, site, &capture, reader.as_ref());
            Some(judged.site)
        }
        (None, Some(name)) => Some(Arc::new(case(&rules, year, item, name)?)),
        (None, None) => None,
    };
    match site {
        Some(site) => {
            let (verdict, steps) = trace::traced(|| judge_one(&pack, rule, &site));
            let mut tree = Tree {
                rule,
                home: site.home_url(),
                text: &mut text,
            };
            tree.draw(&verdict, &steps);
        }
        None => worked(&mut text, &rules, &pack, item),
    }
    output::put(&text, None)?;
    Ok(Exit::Done)
}

fn case(rules: &Rules, year: FiscalYear, item: &str, name: &str) -> Result<Site, Failure> {
    let (all, faults) = cases::load(&rules.sources, year);
    let of_item = || all.iter().filter(|case| case.item == item);
    if let Some(case) = of_item().find(|case| case.name == name) {
        return Ok(cases::site(case));
    }
    let file = format!("{item}/{name}.txt");
    let told: Vec<String> = faults
        .iter()
        .filter(|fault| fault.file.ends_with(&file))
        .map(ToString::to_string)
        .collect();
    let names: Vec<&str> = of_item().map(|case| case.name.as_str()).collect();
    Err(Failure::usage(match told.is_empty() {
        true => format!(
            "ปี {year} ข้อ {item} ไม่มีกรณีชื่อ {name}\n  กรณีที่มี: {}",
            names.join(" ")
        ),
        false => told.join("\n"),
    }))
}

/// What the item asks.
fn manual(rules: &Rules, pack: &Pack, loaded: &LoadedRule) -> String {
    let rule = &loaded.rule;
    let year = pack.outline.year;
    let mut text = format!(
        "{} {} (ปี {year}, ตัวชี้วัดย่อย {})\n",
        loaded.item, rule.title, loaded.group
    );
    let _ = writeln!(text, "ที่มา  {}", rule.source);
    let _ = writeln!(text, "กฎ    {}", rules.path(&loaded.file));
    let _ = writeln!(text, "\nเกณฑ์ (ผ่านเมื่อครบทุกข้อ)");
    for (n, criterion) in rule.criteria.iter().enumerate() {
        let only = criterion
            .only
            .map_or_else(String::new, |only| format!(" {}", only.thai()));
        let _ = writeln!(text, "  {}. {}", n + 1, criterion.asks);
        let _ = writeln!(
            text,
            "     ชื่อเกณฑ์ {}  {}{only}",
            criterion.id,
            criterion.basis.thai()
        );
        let _ = writeln!(text, "     ถ้าไม่ผ่าน: {}", criterion.fix);
    }
    let measure = &rule.measure;
    let _ = writeln!(text, "\nมาตรการเมื่อไม่ผ่าน  {}", measure.title);
    let _ = writeln!(
        text,
        "  ผู้รับผิดชอบ {}  ระยะเวลา {}  ติดตาม {}",
        measure.owner, measure.period, measure.follow_up
    );
    text
}

/// The item's cases.
fn worked(text: &mut String, rules: &Rules, pack: &Pack, item: &str) {
    let (all, _) = cases::load(&rules.sources, pack.outline.year);
    let mut of_item = all.iter().filter(|case| case.item == item).peekable();
    if of_item.peek().is_some() {
        let _ = writeln!(text, "\nกรณีตัวอย่าง (prongsai explain {item} --case ชื่อ)");
    }
    for case in of_item {
        let _ = writeln!(text, "  {}: {}", case.name, case.title);
    }
}

/// What was looked at and what came of it, function by function.
struct Tree<'a> {
    rule: &'a LoadedRule,
    /// Addresses of the site are shown without it.
    home: String,
    text: &'a mut String,
}

impl Tree<'_> {
    fn draw(&mut self, verdict: &Verdict, steps: &[Step]) {
        let Verdict {
            verdict: decided,
            summary,
            ..
        } = verdict;
        self.line(0, &format!("\nบนเว็บไซต์นี้: {}  {summary}", decided.thai()));
        self.line(0, "\nหาที่ใด (locate)");
        self.calls(steps, "locate");
        for answer in &verdict.criteria {
            let (told, because) = (answer.outcome.thai(), &answer.because);
            self.line(0, &format!("\n{}: {told}  {because}", answer.id));
            self.calls(steps, &answer.id);
            if !answer.evidence.is_empty() {
                self.line(1, "หลักฐาน");
                self.places(2, &answer.evidence);
            }
        }
        for fault in &verdict.faults {
            self.line(0, &format!("\n{fault}"));
        }
        if !verdict.near_misses.is_empty() {
            self.line(0, "\nใกล้เคียงแต่ไม่นับ");
        }
        for miss in &verdict.near_misses {
            let line = format!("{} “{}”: {}", self.path(&miss.url), miss.label, miss.lacks);
            self.line(2, &line);
        }
    }

    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.text, "{}{line}", "  ".repeat(depth));
    }

    fn path<'u>(&self, url: &'u str) -> &'u str {
        let inner = url
            .strip_prefix(self.home.as_str())
            .filter(|_| !self.home.is_empty());
        inner.filter(|path| path.starts_with('/')).unwrap_or(url)
    }

    /// The calls under one function of the rule.
    fn calls(&mut self, steps: &[Step], function: &str) {
        let mut path: &[String] = &[];
        let mut listed: &[Evidence] = &[];
        let under = |step: &&Step| step.functions.first().is_some_and(|it| it == function);
        for step in steps.iter().filter(under) {
            let inner = &step.functions[1..];
            let depth = inner.len() + 1;
            if inner != path {
                if !inner.is_empty() {
                    self.line(depth - 1, &format!("› {}", inner.join(" › ")));
                }
                path = inner;
            }
            let place = match step.file == self.rule.file {
                true => format!("{:>3}", step.line),
                false => format!("{}:{}", step.file, step.line),
            };
            let result = &step.result;
            self.line(depth, &format!("{place}  {}", written(step)));
            if is_answer(step) {
                continue;
            }
            // The same places again say nothing new.
            let fresh = result
                .places
                .iter()
                .any(|place| !listed.iter().any(|one| one.url == place.url));
            if fresh || result.places.len() < listed.len() {
                self.places(depth + 3, &result.places);
                listed = &result.places;
            }
            for miss in &result.refused {
                let line = format!(
                    "ไม่นับ {} “{}”: {}",
                    self.path(&miss.url),
                    miss.label,
                    miss.lacks
                );
                self.line(depth + 3, &line);
            }
            if result.more_refused > 0 {
                self.line(depth + 3, &format!("ไม่นับอีก {} แห่ง", result.more_refused));
            }
        }
    }

    fn places(&mut self, depth: usize, places: &[Evidence]) {
        for place in places {
            let quote = place.quote.as_ref().map_or_else(String::new, |quote| {
                format!(" “{}”", quote.replace('\n', " "))
            });
            let line = format!("• {} {}{quote}", self.path(&place.url), place.label);
            self.line(depth, &line);
        }
    }
}

fn is_answer(step: &Step) -> bool {
    matches!(step.word.as_str(), "met" | "unmet" | "unsure")
}

/// A call as its author wrote it, the value before the dot in words, and what came of it.
fn written(step: &Step) -> String {
    let operator = !step.word.starts_with(|c: char| c.is_ascii_alphabetic());
    let (of, word, result) = (&step.of, &step.word, &step.result.words);
    match &step.given {
        _ if is_answer(step) => format!("ตอบ {word}: {result}"),
        None => format!("({of}).{word} → {result}"),
        Some(given) if operator => format!("({of}) {word} ({}) → {result}", given.join(", ")),
        Some(given) => format!("({of}).{word}({}) → {result}", given.join(", ")),
    }
}
