//! Cases: small text files that hold a website and what each criterion of one item must say of it.
//!
//! A case is the rule author's test. It stands beside the rules as `<year>/cases/<item>/<name>.txt`:
//!
//! ```text
//! case: ขาดเดือนมีนาคม
//! met: details
//! unmet: six_months
//!
//! == /summary สรุปผลการจัดซื้อจัดจ้างรายเดือน
//! - [ตุลาคม 2563](/oct.pdf)
//!
//! == /oct.pdf
//! สรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน ตุลาคม 2563
//! | งานที่ซื้อหรือจ้าง | วงเงิน | ราคากลาง |
//! | จ้างเหมา | 9,000 | 9,000 |
//! ```
//!
//! Above the first `==` stands what is expected, below it the addresses of the site: pages in Markdown or HTML, files as
//! the text that a reader finds in them. What was said word for word is kept beside the case (`said`), only after the
//! intention holds.

mod coverage;
mod read;
mod record;
mod run;
mod said;
mod site;
mod trial;

use std::collections::BTreeMap;

use jiff::civil::Date;
use url::Url;

use crate::agency::Agency;
use crate::rules::answer::Outcome;
use crate::rules::fault::Fault;
use crate::rules::pack::Sources;
use crate::year::FiscalYear;

pub use coverage::{Covered, coverage, share};
pub use read::AGENCY;
pub use read::case as parse;
pub use record::{Wanted, record};
pub use run::{Compared, Standing, Tried, run};
pub use said::{MATRIX, said};
pub use site::site;
pub use trial::{Trial, Wording};

/// The folder of a year's cases, beside its rules.
pub const FOLDER: &str = "cases";

/// A website in a few lines, and what one item must come to on it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The assessed year.
    pub year: FiscalYear,
    /// The item it is about: the name of its folder.
    pub item: String,
    /// The name of its file, without `.txt`.
    pub name: String,
    /// `2564/cases/O23/no-march.txt`.
    pub file: String,
    /// What it shows, in a line of Thai.
    pub title: String,
    /// What each criterion must come to.
    pub expected: Expected,
    /// Whose website it is.
    pub agency: Agency,
    /// Where it stands.
    pub home: Url,
    /// The day on which the site is looked at.
    pub taken_on: Date,
    /// Whether the whole site was seen.
    pub complete: bool,
    /// The addresses, in the file's order.
    pub addresses: Vec<Address>,
    /// The lines above the first address.
    head: Vec<String>,
}

impl Case {
    /// A mistake on a line of what is expected.
    fn fault(&self, line: usize, message: String) -> Fault {
        let mut fault = Fault::of_line(&self.file, line, message);
        let source = self.head.get(line.saturating_sub(1));
        source
            .cloned()
            .unwrap_or_default()
            .clone_into(&mut fault.source_line);
        fault
    }
}

/// What the criteria of an item must come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// All of them the same.
    All(Outcome),
    /// Each its own, with the line on which that stands.
    Each(BTreeMap<String, (Outcome, usize)>),
}

impl Expected {
    /// What a criterion must come to; `None` when the case does not say.
    pub fn of(&self, criterion: &str) -> Option<Outcome> {
        match self {
            Self::All(outcome) => Some(*outcome),
            Self::Each(each) => each.get(criterion).map(|(outcome, _)| *outcome),
        }
    }
}

/// One address of a case's website and what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `/plan.pdf`, or a whole address for one elsewhere.
    pub path: String,
    /// The whole of it.
    pub url: Url,
    /// What the home page calls it, and the heading of a page; empty when not said.
    pub label: String,
    /// What is the matter with it.
    pub states: Vec<State>,
    /// Its text.
    pub text: String,
    /// The line on which it begins, from 1.
    pub line: usize,
}

/// What is the matter with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// No page links to it.
    Unlinked,
    /// A picture of a text.
    Scan,
    /// Needs a password.
    Locked,
    /// Broken or cut off.
    Damaged,
    /// An HTTP status instead of the page.
    Status(u16),
    /// Sends its visitors on.
    Moved(String),
    /// robots.txt keeps it from being read.
    Robots,
}

/// The cases of a year, by item and name, and every mistake in them. A file with a mistake is no case.
pub fn load(sources: &Sources, year: FiscalYear) -> (Vec<Case>, Vec<Fault>) {
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for (item, name) in sources.cases(year) {
        let file = format!("{year}/{FOLDER}/{item}/{name}.txt");
        let text = match sources.read(&file) {
            Ok(text) => text.unwrap_or_default(),
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        match read::case(year, &item, &name, &file, &text) {
            Ok(case) => cases.push(case),
            Err(found) => faults.extend(found),
        }
    }
    cases.sort_by_key(|case| (number(&case.item), case.item.clone(), case.name.clone()));
    (cases, faults)
}

/// O2 stands before O10.
fn number(item: &str) -> usize {
    let digits = item.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(usize::MAX)
}
