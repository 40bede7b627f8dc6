//! What rules said of their cases, word for word, and every rule against every case: kept beside the cases.

use std::fmt::Write as _;

use super::{FOLDER, Tried};
use crate::judge::Decision;
use crate::rules::pack::Pack;
use crate::year::FiscalYear;

/// The name of the file that keeps what was said of an item's cases.
pub(super) const SAID: &str = "said.snap";
/// The name of the file that keeps every rule against every case of a year.
pub const MATRIX: &str = "matrix.snap";

/// Where the sentences of an item are kept: `2564/cases/O23/said.snap`.
pub(super) fn said_file(year: FiscalYear, item: &str) -> String {
    format!("{year}/{FOLDER}/{item}/{SAID}")
}

/// What was said of one case: a paragraph that begins with its name. Site addresses without the host.
pub fn said(tried: &Tried) -> String {
    let case = &tried.case;
    let mut text = format!("== {}: {}\n", case.name, word(tried.verdict.verdict));
    let host = case.home.as_str().trim_end_matches('/');
    let path = |url: &str| url.strip_prefix(host).unwrap_or(url).to_owned();
    for answer in &tried.verdict.criteria {
        let outcome = answer.outcome.word();
        let _ = writeln!(text, "{} {outcome}: {}", answer.id, answer.because);
        for evidence in &answer.evidence {
            let _ = write!(text, "  {}", path(&evidence.url));
            if let Some(quote) = &evidence.quote {
                let _ = write!(text, " “{}”", quote.replace('\n', " "));
            }
            text.push('\n');
        }
    }
    for miss in &tried.verdict.near_misses {
        let _ = writeln!(
            text,
            "near {} “{}” {}",
            path(&miss.url),
            miss.label,
            miss.lacks
        );
    }
    for fault in &tried.verdict.faults {
        let _ = writeln!(text, "fault {fault}");
    }
    text
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Pass => "pass",
        Decision::Fail => "fail",
        Decision::Unsure => "unsure",
    }
}

/// Every rule against every case: a line a case, a sign an item in the outline's order (`+` pass, `?` unsure, `.` fail;
/// `P`, `U`, `F` for the case's own item), with the items named above every tenth column.
pub(super) fn matrix(pack: &Pack, tried: &[Tried]) -> String {
    let wide = tried
        .iter()
        .map(|one| one.case.item.len() + one.case.name.chars().count() + 1)
        .max()
        .unwrap_or(0);
    let mut text = " ".repeat(wide + 2);
    for (n, rule) in pack.rules.iter().enumerate() {
        if n % 10 == 0 {
            let _ = write!(text, "{:<10}", rule.item);
        }
    }
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    for one in tried {
        let name = format!("{}/{}", one.case.item, one.case.name);
        let _ = write!(text, "{name:<wide$}  ");
        for (item, decision) in &one.all {
            let sign = match (decision, *item == one.case.item) {
                (Decision::Pass, true) => 'P',
                (Decision::Fail, true) => 'F',
                (Decision::Unsure, true) => 'U',
                (Decision::Pass, false) => '+',
                (Decision::Fail, false) => '.',
                (Decision::Unsure, false) => '?',
            };
            text.push(sign);
        }
        text.push('\n');
    }
    text
}

/// What was kept of one case: its paragraph of a `said.snap`.
pub(super) fn kept<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    while let Some(start) = rest.find("== ") {
        let paragraph = &rest[start..];
        let end = paragraph
            .find("\n== ")
            .map_or(paragraph.len(), |end| end + 1);
        let told = paragraph[3..].split(':').next();
        if told == Some(name) {
            return Some(&paragraph[..end]);
        }
        rest = &paragraph[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_of_a_case_is_found_by_its_whole_name() {
        let text = "== plan: pass\na met: ก\n== plan-b: fail\nb unmet: == ไม่ใช่หัว\n";
        assert_eq!(kept(text, "plan"), Some("== plan: pass\na met: ก\n"));
        assert_eq!(
            kept(text, "plan-b"),
            Some("== plan-b: fail\nb unmet: == ไม่ใช่หัว\n")
        );
        assert_eq!(kept(text, "pla"), None);
    }
}
