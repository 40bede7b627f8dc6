//! `prongsai test`: the cases of the rules, run and compared with what they intend.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use prongsai::cases::{self, Covered, Standing, Trial, Tried, Wording};
use prongsai::judge::Decision;
use prongsai::rules::answer::Outcome;
use prongsai::rules::pack::Pack;
use prongsai::year::FiscalYear;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use unicode_width::UnicodeWidthStr;

use super::kit::{Rules, asked};
use super::{Exit, Failure, output, say};

/// ทดสอบกฎกับกรณีตัวอย่าง (<ปี>/cases/<ข้อ>/<ชื่อ>.txt) แล้วเทียบกับผลที่ตั้งใจไว้
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// ปีและข้อที่ต้องการ เช่น 2565 O23 ถ้าไม่ระบุทดสอบทุกปีทุกข้อ
    #[arg(value_name = "ปี ข้อ")]
    what: Vec<String>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้ มิฉะนั้นใช้กฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
    /// รูปแบบผล: text, junit หรือ json
    #[arg(
        long,
        value_name = "รูปแบบ",
        value_enum,
        default_value = "text",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Form,
    /// เขียนผลลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    /// บันทึกถ้อยคำของกรณีที่ได้ผลตรงตามเจตนาไว้เทียบครั้งหน้า
    #[arg(long)]
    update: bool,
    /// ร้อยละของเกณฑ์ที่ต้องมีทั้งกรณีที่ผ่านและไม่ผ่าน ต่ำกว่านี้จบด้วยรหัส 1
    #[arg(long, value_name = "ร้อยละ", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage: Option<u8>,
}

/// Forms of the result.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Junit,
    Json,
}

/// Criteria named as not covered.
const LACKING: usize = 12;

/// One year's trial with what is needed to report it.
struct Year {
    pack: Pack,
    trial: Trial,
    covered: Vec<Covered>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(args.rules.as_deref())?;
    let (years, items) = asked(&args.what)?;
    let years: Vec<FiscalYear> = if years.is_empty() {
        rules.sources.years().into_iter().collect()
    } else {
        years
    };
    let trials = || -> Result<Vec<Year>, Failure> {
        years
            .iter()
            .map(|year| tried(&rules, *year, &items))
            .collect()
    };
    let mut done = trials()?;
    let kept = match args.update {
        true => Some(keep(&rules, &done)?),
        false => None,
    };
    if kept.is_some_and(|files| files > 0) {
        // What stands beside the cases now is what is reported.
        done = trials()?;
    }
    if done
        .iter()
        .all(|year| year.trial.tried.is_empty() && year.trial.faults.is_empty())
    {
        return Err(Failure::usage(format!(
            "ไม่พบกรณีตัวอย่างในกฎ{}\n  กรณีอยู่ที่ <ปี>/cases/<ข้อ>/<ชื่อ>.txt เริ่มด้วย prongsai new {} --year {}",
            rules.place(),
            items.first().map_or("O44", String::as_str),
            done.first()
                .map_or(FiscalYear(2566), |year| year.pack.outline.year),
        )));
    }
    let text = match args.format {
        Form::Text => text(&rules, &done, !items.is_empty()),
        Form::Json => json(&done).map_err(Failure::usage)?,
        Form::Junit => junit(&done).map_err(Failure::usage)?,
    };
    output::put(&text, args.output.as_deref())?;
    if let Some(files) = kept {
        say(&format!("บันทึกถ้อยคำแล้ว {files} ไฟล์"));
    }
    Ok(exit(args, &done))
}

fn tried(rules: &Rules, year: FiscalYear, items: &[String]) -> Result<Year, Failure> {
    let pack = rules.pack(year)?;
    let trial = Trial::of(&rules.sources, &pack, items, false);
    let mut covered = cases::coverage(&pack, &trial.tried);
    covered.retain(|one| items.is_empty() || items.contains(&one.item));
    Ok(Year {
        pack,
        trial,
        covered,
    })
}

fn keep(rules: &Rules, done: &[Year]) -> Result<usize, Failure> {
    let Some(folder) = &rules.folder else {
        return Err(Failure::usage(
            "--update ใช้กับโฟลเดอร์กฎเท่านั้น\n  ระบุ --rules โฟลเดอร์ หรือไปที่โฟลเดอร์ซึ่งมี rules อยู่",
        ));
    };
    let mut kept = 0;
    for year in done {
        for (file, text) in year.trial.to_keep(&rules.sources) {
            output::save(&folder.join(&file), text.as_bytes())?;
            kept += 1;
        }
    }
    Ok(kept)
}

fn exit(args: &Args, done: &[Year]) -> Exit {
    let tried = || done.iter().flat_map(|year| &year.trial.tried);
    let faulted = |one: &Tried| !one.verdict.faults.is_empty();
    if done.iter().any(|year| !year.trial.faults.is_empty()) {
        return Exit::Usage;
    }
    if tried().any(faulted) {
        return Exit::Rules;
    }
    let changed = |wording: &Wording| matches!(wording, Wording::Changed(_));
    let reworded = done.iter().any(|year| {
        let matrix = year
            .trial
            .matrix
            .as_ref()
            .is_some_and(|(_, wording)| changed(wording));
        matrix || year.trial.wording.iter().any(changed)
    });
    let thin = args.coverage.is_some_and(|least| {
        let all: Vec<Covered> = done.iter().flat_map(|year| year.covered.clone()).collect();
        cases::share(&all) < f64::from(least)
    });
    match tried().all(Tried::holds) && !reworded && !thin {
        true => Exit::Done,
        false => Exit::Gaps,
    }
}

/// A text filled up to a width on screen.
fn filled(text: &str, wide: usize) -> String {
    format!("{text}{}", " ".repeat(wide.saturating_sub(text.width())))
}

/// `whole` shows every case and what was said; else only what is not as intended.
fn text(rules: &Rules, done: &[Year], whole: bool) -> String {
    let mut out = format!("กฎ: {}\n", rules.place());
    for year in done {
        if year.trial.tried.is_empty() && year.trial.faults.is_empty() {
            let _ = writeln!(out, "\nปี {}  ยังไม่มีกรณี", year.pack.outline.year);
            continue;
        }
        let _ = writeln!(out, "\nปี {}", year.pack.outline.year);
        for rule in &year.pack.rules {
            item(&mut out, rules, year, &rule.item, &rule.rule.title, whole);
        }
        for fault in &year.trial.faults {
            let _ = writeln!(out, "\n{fault}");
        }
        if let Some((new, Wording::Changed(old))) = &year.trial.matrix {
            let _ = writeln!(out, "\n  ตารางกฎทุกข้อกับกรณีทุกกรณีเปลี่ยนไป");
            difference(&mut out, old, new);
        }
    }
    let _ = write!(out, "\n{}", summary(done));
    out
}

fn item(out: &mut String, rules: &Rules, year: &Year, item: &str, title: &str, whole: bool) {
    let trial = &year.trial;
    let of_item: Vec<(&Tried, &Wording)> = trial
        .tried
        .iter()
        .zip(&trial.wording)
        .filter(|(one, _)| one.case.item == item)
        .collect();
    let folder = format!("{}/{}/{item}/", year.pack.outline.year, cases::FOLDER);
    let spoilt: BTreeSet<&str> = trial
        .faults
        .iter()
        .map(|fault| fault.file.as_str())
        .filter(|file| file.starts_with(&folder))
        .collect();
    let count = of_item.len() + spoilt.len();
    if count == 0 {
        return;
    }
    let right = of_item.iter().filter(|(one, _)| one.holds()).count();
    let mark = if right == count { "✓" } else { "✗" };
    let _ = writeln!(out, "  {mark} {item:<4} {right}/{count}  {title}");
    // A broken rule is told once, not with each of its cases.
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (one, wording) in of_item {
        for fault in &one.verdict.faults {
            if told.insert(fault) {
                let _ = writeln!(out, "{fault}");
            }
        }
        let changed = matches!(wording, Wording::Changed(_));
        if !whole && one.holds() && !changed {
            continue;
        }
        let mark = if one.holds() { "✓" } else { "✗" };
        let _ = writeln!(out, "      {mark} {}: {}", one.case.name, one.case.title);
        if !one.holds() {
            let _ = writeln!(out, "        {}", rules.path(&one.case.file));
        }
        answers(out, one, whole);
        if let Wording::Changed(old) = wording {
            let _ = writeln!(
                out,
                "        ถ้อยคำเปลี่ยนไปจากที่บันทึกไว้ ถ้าตั้งใจให้สั่ง prongsai test --update"
            );
            difference(out, old, &cases::said(one));
        }
    }
}

/// What each criterion came to; with `whole` the right ones too, and which other items the case lets pass.
fn answers(out: &mut String, one: &Tried, whole: bool) {
    let wide = one.compared.iter().map(|it| it.criterion.width()).max();
    let wide = wide.unwrap_or(0);
    let mut said = "";
    for it in &one.compared {
        if it.standing == Standing::Right && !whole {
            continue;
        }
        let standing = match it.standing {
            Standing::Right => String::new(),
            other => format!("{} ({})  ", other.word(), other.thai()),
        };
        let because = if it.because == said {
            "(เช่นเดียวกัน)"
        } else {
            &it.because
        };
        said = &it.because;
        let (criterion, expected, actual) = (
            filled(&it.criterion, wide),
            it.expected.word(),
            it.actual.word(),
        );
        let _ = writeln!(
            out,
            "        {criterion}  ต้องได้ {expected:<7} ได้ {actual:<7} {standing}{because}"
        );
    }
    let others: Vec<&str> = one
        .all
        .iter()
        .filter(|(item, decision)| *decision == Decision::Pass && *item != one.case.item)
        .map(|(item, _)| item.as_str())
        .collect();
    if whole && !others.is_empty() {
        let _ = writeln!(out, "        ข้ออื่นที่เว็บไซต์นี้ทำให้ผ่าน: {}", others.join(" "));
    }
}

/// Lines that went and came.
fn difference(out: &mut String, old: &str, new: &str) {
    for change in TextDiff::from_lines(old, new).iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => continue,
        };
        let _ = writeln!(out, "        {sign} {}", change.value().trim_end());
    }
}

fn summary(done: &[Year]) -> String {
    let tried: Vec<&Tried> = done.iter().flat_map(|year| &year.trial.tried).collect();
    let right = tried.iter().filter(|one| one.holds()).count();
    let mut text = format!("{} กรณี: ตรงตามเจตนา {right}", tried.len());
    for standing in [
        Standing::Strict,
        Standing::Lenient,
        Standing::Timid,
        Standing::Bold,
        Standing::Faulted,
    ] {
        let has = |one: &&&Tried| one.compared.iter().any(|it| it.standing == standing);
        let count = tried.iter().filter(has).count();
        if count > 0 {
            let _ = write!(text, "  {} {count}", standing.word());
        }
    }
    let wordings = || done.iter().flat_map(|year| &year.trial.wording);
    let changed = wordings()
        .filter(|one| matches!(one, Wording::Changed(_)))
        .count();
    let new = wordings().filter(|one| **one == Wording::New).count();
    for (count, what) in [(changed, "ถ้อยคำเปลี่ยน"), (new, "ยังไม่ได้บันทึกถ้อยคำ (--update)")]
    {
        if count > 0 {
            let _ = write!(text, "  {what} {count}");
        }
    }
    let faults: usize = done.iter().map(|year| year.trial.faults.len()).sum();
    if faults > 0 {
        let _ = write!(text, "  ไฟล์กรณีเขียนผิด {faults} แห่ง");
    }
    let covered: Vec<Covered> = done.iter().flat_map(|year| year.covered.clone()).collect();
    // Items without any case are counted, not listed criterion by criterion.
    let has_case =
        |one: &Covered| one.met + one.unmet > 0 || tried.iter().any(|it| it.case.item == one.item);
    let bare: BTreeSet<&str> = covered
        .iter()
        .filter(|one| !has_case(one))
        .map(|one| one.item.as_str())
        .collect();
    let lacking: Vec<String> = covered
        .iter()
        .filter(|one| !one.both() && has_case(one))
        .map(|one| {
            let lacks = match (one.met, one.unmet) {
                (0, 0) => "met unmet",
                (0, _) => "met",
                _ => "unmet",
            };
            format!("{}.{} {lacks}", one.item, one.criterion)
        })
        .collect();
    let _ = write!(
        text,
        "\nเกณฑ์ที่มีทั้งกรณีผ่านและไม่ผ่าน: {:.0} % ของ {}",
        cases::share(&covered).floor(),
        covered.len()
    );
    if !lacking.is_empty() {
        let more = match lacking.len().saturating_sub(LACKING) {
            0 => String::new(),
            more => format!(" และอีก {more}"),
        };
        let shown = &lacking[..lacking.len().min(LACKING)];
        let _ = write!(text, "\n  ยังขาด: {}{more}", shown.join(", "));
    }
    if !bare.is_empty() {
        let _ = write!(text, "\n  ยังไม่มีกรณีเลย {} ข้อ", bare.len());
    }
    text.push('\n');
    text
}

#[derive(Serialize)]
struct CaseRow<'a> {
    year: FiscalYear,
    item: &'a str,
    case: &'a str,
    title: &'a str,
    file: &'a str,
    rule: &'a str,
    holds: bool,
    wording: &'static str,
    criteria: Vec<CriterionRow<'a>>,
    faults: &'a [String],
}

#[derive(Serialize)]
struct CriterionRow<'a> {
    id: &'a str,
    expected: Outcome,
    actual: Outcome,
    standing: Standing,
    because: &'a str,
}

fn json(done: &[Year]) -> serde_json::Result<String> {
    let rows: Vec<CaseRow> = done
        .iter()
        .flat_map(|year| year.trial.tried.iter().zip(&year.trial.wording))
        .map(|(one, wording)| CaseRow {
            year: one.case.year,
            item: &one.case.item,
            case: &one.case.name,
            title: &one.case.title,
            file: &one.case.file,
            rule: &one.rule,
            holds: one.holds(),
            wording: match wording {
                Wording::Kept => "kept",
                Wording::New => "new",
                Wording::Changed(_) => "changed",
            },
            criteria: one
                .compared
                .iter()
                .map(|it| CriterionRow {
                    id: &it.criterion,
                    expected: it.expected,
                    actual: it.actual,
                    standing: it.standing,
                    because: &it.because,
                })
                .collect(),
            faults: &one.verdict.faults,
        })
        .collect();
    let covered: Vec<Covered> = done.iter().flat_map(|year| year.covered.clone()).collect();
    let faults: Vec<String> = done
        .iter()
        .flat_map(|year| &year.trial.faults)
        .map(ToString::to_string)
        .collect();
    let value = serde_json::json!({
        "format": 1,
        "cases": rows,
        "case_faults": faults,
        "coverage_percent": cases::share(&covered).floor(),
    });
    serde_json::to_string_pretty(&value).map(|text| text + "\n")
}

/// JUnit: a suite an item, a case a case; what is not as intended is a failure, a fault of the rule an error.
fn junit(done: &[Year]) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .write_inner_content(|writer| {
            for year in done {
                for rule in &year.pack.rules {
                    let of_item: Vec<&Tried> = year
                        .trial
                        .tried
                        .iter()
                        .filter(|one| one.case.item == rule.item)
                        .collect();
                    if !of_item.is_empty() {
                        suite(
                            writer,
                            &format!("{} {}", year.pack.outline.year, rule.item),
                            &of_item,
                        )?;
                    }
                }
                if !year.trial.faults.is_empty() {
                    broken(writer, year)?;
                }
            }
            Ok(())
        })?;
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    Ok(text)
}

fn suite(writer: &mut Writer<Vec<u8>>, name: &str, tried: &[&Tried]) -> std::io::Result<()> {
    let errors = tried
        .iter()
        .filter(|one| !one.verdict.faults.is_empty())
        .count();
    let failures = tried.iter().filter(|one| !one.holds()).count() - errors.min(tried.len());
    let suite = writer
        .create_element("testsuite")
        .with_attribute(("name", name))
        .with_attribute(("tests", tried.len().to_string().as_str()))
        .with_attribute(("failures", failures.to_string().as_str()))
        .with_attribute(("errors", errors.to_string().as_str()));
    suite.write_inner_content(|writer| {
        for one in tried {
            let case = writer
                .create_element("testcase")
                .with_attribute(("classname", name))
                .with_attribute((
                    "name",
                    format!("{}: {}", one.case.name, one.case.title).as_str(),
                ))
                .with_attribute(("file", one.case.file.as_str()));
            if one.holds() {
                case.write_empty()?;
                continue;
            }
            let wrong = one
                .compared
                .iter()
                .filter(|it| it.standing != Standing::Right);
            let told: Vec<String> = wrong
                .map(|it| {
                    let (expected, actual) = (it.expected.word(), it.actual.word());
                    let standing = it.standing.word();
                    format!(
                        "{}: {standing}, expected {expected}, got {actual}: {}",
                        it.criterion, it.because
                    )
                })
                .chain(one.verdict.faults.iter().cloned())
                .collect();
            let kind = if one.verdict.faults.is_empty() {
                "failure"
            } else {
                "error"
            };
            case.write_inner_content(|writer| {
                writer
                    .create_element(kind)
                    .with_attribute(("message", told.first().map_or("", String::as_str)))
                    .write_text_content(BytesText::new(&told.join("\n")))?;
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Case files that could not be read are errors of a suite of their own.
fn broken(writer: &mut Writer<Vec<u8>>, year: &Year) -> std::io::Result<()> {
    let faults = &year.trial.faults;
    let name = format!("{} cases", year.pack.outline.year);
    let count = faults.len().to_string();
    let suite = writer
        .create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("tests", count.as_str()))
        .with_attribute(("failures", "0"))
        .with_attribute(("errors", count.as_str()));
    suite.write_inner_content(|writer| {
        for fault in faults {
            let case = writer
                .create_element("testcase")
                .with_attribute(("classname", name.as_str()))
                .with_attribute(("name", fault.file.as_str()));
            case.write_inner_content(|writer| {
                writer
                    .create_element("error")
                    .with_attribute(("message", fault.message.as_str()))
                    .write_text_content(BytesText::new(&fault.to_string()))?;
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}
