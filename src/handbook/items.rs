//! The chapter of items: what each asks, and its cases with what the rule says of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mark::{anchor, block, cell_code, code, id, text};
use super::{Handbook, Year};
use crate::cases::{Compared, Standing, Tried};
use crate::rules::answer::Outcome;
use crate::rules::outline::Group;
use crate::rules::pack::LoadedRule;
use crate::rules::rule::Criterion;

fn item_id(year: &str, item: &str) -> String {
    id(&[&format!("y{year}"), item])
}

/// Sub-indicators of a year, with their items.
fn groups(year: &Year) -> impl Iterator<Item = &Group> {
    let tools = year.pack.outline.tools.iter();
    let indicators = tools.flat_map(|tool| &tool.indicators);
    indicators.flat_map(|indicator| &indicator.groups)
}

fn tried_of<'a>(year: &'a Year, item: &str) -> Vec<&'a Tried> {
    let tried = year.trial.tried.iter();
    tried.filter(|one| one.case.item == item).collect()
}

/// The year, of those in the handbook, in whose folder a rule stands.
fn home<'a>(book: &'a Handbook, file: &str) -> Option<&'a Year> {
    let folder = file.split('/').next()?;
    book.years.iter().find(|year| year.number() == folder)
}

/// The item of an older year of the handbook that has the same rule, when that has cases.
struct Elsewhere {
    year: String,
    target: String,
    cases: usize,
}

fn elsewhere(book: &Handbook, year: &Year, loaded: &LoadedRule) -> Option<Elsewhere> {
    let older = home(book, &loaded.file).filter(|older| older.number() != year.number())?;
    let mut rules = older.pack.rules.iter();
    let there = rules.find(|one| one.file == loaded.file)?;
    let cases = tried_of(older, &there.item).len();
    let number = older.number();
    (cases > 0).then(|| Elsewhere {
        target: item_id(&number, &there.item),
        year: number,
        cases,
    })
}

/// Tables that lead to every item.
pub(super) fn index(out: &mut String, book: &Handbook) {
    for year in &book.years {
        let number = year.number();
        let _ = writeln!(
            out,
            "\n### {}ดัชนีข้อ ปี {number}\n\n| ข้อ | ชื่อ | ตัวชี้วัดย่อย | กรณี | กฎ |\n|---|---|---|--:|---|",
            anchor(&format!("index-{number}"))
        );
        for rule in &year.pack.rules {
            let target = item_id(&number, &rule.item);
            let own = tried_of(year, &rule.item).len();
            let cases = match elsewhere(book, year, rule) {
                Some(older) if own == 0 => {
                    format!("[{}](#{}) ปี {}", older.cases, older.target, older.year)
                }
                Some(older) => format!(
                    "{own} [+{}](#{}) ปี {}",
                    older.cases, older.target, older.year
                ),
                None => own.to_string(),
            };
            let _ = writeln!(
                out,
                "| [{}](#{target}) | [{}](#{target}) | {} | {cases} | {} |",
                text(&rule.item),
                text(&rule.rule.title),
                text(&rule.group),
                cell_code(&rule.file)
            );
        }
    }
}

/// Every item of every year.
pub(super) fn items(out: &mut String, book: &Handbook) {
    for year in &book.years {
        let number = year.number();
        let _ = writeln!(out, "### {}ปี {number}", anchor(&id(&["year", &number])));
        let rules: BTreeMap<&str, Vec<&LoadedRule>> =
            year.pack
                .rules
                .iter()
                .fold(BTreeMap::new(), |mut rules, rule| {
                    let of_group: &mut Vec<_> = rules.entry(rule.group.as_str()).or_default();
                    of_group.push(rule);
                    rules
                });
        for group in groups(year) {
            let Some(rules) = rules.get(group.id.as_str()) else {
                continue;
            };
            let name = format!("ตัวชี้วัดย่อย {} {}", group.id, group.title);
            let _ = writeln!(out, "\n#### {} (ปี {number})\n", text(&name));
            for rule in rules {
                item(out, book, year, rule);
            }
        }
        broken(out, year);
    }
}

fn item(out: &mut String, book: &Handbook, year: &Year, loaded: &LoadedRule) {
    let (number, rule) = (year.number(), &loaded.rule);
    let own = item_id(&number, &loaded.item);
    let _ = writeln!(
        out,
        "##### {}{} {}\n",
        anchor(&own),
        text(&loaded.item),
        text(&rule.title)
    );
    let older = home(book, &loaded.file).filter(|older| older.number() != number);
    let inherited = match loaded.file.split('/').next() {
        Some(folder) if folder != number => {
            let from = format!("ปี {}", text(folder));
            let there = older.and_then(|older| {
                let mut rules = older.pack.rules.iter();
                rules.find(|one| one.file == loaded.file)
            });
            let from = there.map_or(from.clone(), |there| {
                format!("[{from}](#{})", item_id(folder, &there.item))
            });
            format!("รับช่วงจาก{from}")
        }
        _ => "ของปีนี้เอง".to_owned(),
    };
    let _ = writeln!(
        out,
        "ปี {number} ตัวชี้วัดย่อย {} กฎ {} ({inherited}) [ดัชนี](#index-{number})\n",
        text(&loaded.group),
        code(&loaded.file)
    );
    if !rule.source.is_empty() {
        let _ = writeln!(out, "ที่มา: {}\n", text(&rule.source));
    }
    for fault in &loaded.faults {
        let _ = writeln!(out, "**กฎข้อนี้ยังใช้ไม่ได้**\n{}", block(&fault.to_string()));
    }
    if !rule.criteria.is_empty() {
        out.push_str("**เกณฑ์** (ผ่านเมื่อครบทุกข้อ)\n\n");
    }
    for (n, one) in rule.criteria.iter().enumerate() {
        criterion(out, &own, n + 1, one);
    }
    let measure = &rule.measure;
    if !measure.title.is_empty() {
        let _ = writeln!(
            out,
            "\n**มาตรการเมื่อไม่ผ่าน:** {} ผู้รับผิดชอบ: {} ระยะเวลา: {} ติดตาม: {}",
            text(&measure.title),
            text(&measure.owner),
            text(&measure.period),
            text(&measure.follow_up)
        );
    }
    worked(out, book, year, loaded);
}

fn criterion(out: &mut String, item: &str, n: usize, one: &Criterion) {
    let mut notes = vec![one.basis.thai().to_owned()];
    notes.extend(one.only.map(|only| only.thai().to_owned()));
    notes.extend(
        one.reason
            .map(|reason| format!("ขาดเพียงเกณฑ์นี้: {}", reason.thai())),
    );
    let _ = writeln!(
        out,
        "{n}. {}{}\\\n   เกณฑ์ {} ({})\\\n   ถ้าไม่ผ่าน: {}",
        anchor(&format!("{item}-criterion-{}", id(&[&one.id]))),
        text(&one.asks),
        code(&one.id),
        notes.join("; "),
        text(&one.fix)
    );
}

/// The cases of an item, and where those of the year stand whose rule it has.
fn worked(out: &mut String, book: &Handbook, year: &Year, loaded: &LoadedRule) {
    let number = year.number();
    let tried = tried_of(year, &loaded.item);
    let of_older = elsewhere(book, year, loaded).map(|older| {
        format!(
            "กฎเดียวกันมีกรณีตัวอย่างของปี {}: [{} กรณี](#{})",
            older.year, older.cases, older.target
        )
    });
    if tried.is_empty() {
        let told = of_older.unwrap_or_else(|| "ปีนี้ไม่มีกรณีตัวอย่างของข้อนี้".to_owned());
        let _ = writeln!(out, "\n{told}\n");
        return;
    }
    let _ = writeln!(out, "\n**กรณีตัวอย่าง {} กรณี**\n", tried.len());
    for one in &tried {
        case(out, &number, one);
    }
    if let Some(told) = of_older {
        let _ = writeln!(out, "\n{told}");
    }
    out.push('\n');
}

fn case(out: &mut String, year: &str, one: &Tried) {
    let case = &one.case;
    let _ = writeln!(
        out,
        "- {}**{}** {}: {}",
        anchor(&id(&[&format!("y{year}"), &case.item, "case", &case.name])),
        code(&case.name),
        text(&case.title),
        one.verdict.verdict.thai()
    );
    for compared in &one.compared {
        let _ = writeln!(
            out,
            "  - {} {} {}: {}{}",
            sign(compared.actual),
            code(&compared.criterion),
            compared.actual.thai(),
            text(&compared.because),
            amiss(compared)
        );
    }
    for fault in &one.verdict.faults {
        let first = fault.lines().next().unwrap_or_default();
        let _ = writeln!(out, "  - กฎขัดข้อง: {}", text(first));
    }
}

/// The mark before what a criterion came to.
pub(super) fn sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Met => '✔',
        Outcome::Unmet => '✘',
        Outcome::Unsure => '?',
        Outcome::NotApplicable => '–',
    }
}

/// How an answer differs from the case's intention.
fn amiss(compared: &Compared) -> String {
    let standing = compared.standing;
    if standing == Standing::Right {
        return String::new();
    }
    format!(
        " **({}: เจตนาคือ{}, {})**",
        standing.word(),
        compared.expected.thai(),
        standing.thai()
    )
}

/// Case files that cannot be read.
fn broken(out: &mut String, year: &Year) {
    if year.trial.faults.is_empty() {
        return;
    }
    let number = year.number();
    let _ = writeln!(out, "\n#### กรณีตัวอย่างของปี {number} ที่เขียนผิด\n");
    for fault in &year.trial.faults {
        out.push_str(&block(&fault.to_string()));
    }
}
