//! Which year a place is about, how surely, and what speaks against it.

use super::Dated;
use crate::site::Spot;
use crate::site::ocr::{Doubt, OcrTimes, Told};
use crate::thai::dates::{Confidence, Mention, Role, When};
use crate::year::FiscalYear;

/// The fiscal year a place is about, and where it says so.
#[derive(Debug, Clone)]
pub struct YearFact {
    /// The year.
    pub year: FiscalYear,
    /// Where it stands; a spot without range is the place's name.
    pub spot: Spot,
    /// The words that say it.
    pub words: String,
    /// `Sure` when the content states it, `Fair` when a name or a heading above does, `Weak` when only a file name or
    /// the row of an index hints at it.
    pub confidence: Confidence,
    /// Said of a budget (`ปีงบประมาณ`), not of any year (`ประจำปี`, `ปี`).
    pub budget: bool,
    /// Another year that the place says as firmly: nothing decides between the two.
    pub rival: Option<Box<YearFact>>,
    /// Only a name says it, and the picture behind the name has a year that cannot be read: a name is easily put on last
    /// year's paper.
    pub hidden: bool,
}

impl YearFact {
    fn new(text: &Dated<'_>, mention: &Mention, most: Confidence) -> Option<Self> {
        let words = text.text.get(mention.span.clone())?;
        Some(Self {
            year: mention.when.fiscal_year()?,
            spot: text.spot(&mention.span),
            words: words.split_whitespace().collect::<Vec<_>>().join(" "),
            confidence: mention.confidence.min(most),
            budget: words.contains("งบ"),
            rival: None,
            hidden: false,
        })
    }

    fn against(self, rival: Self) -> Self {
        Self {
            rival: Some(Box::new(rival)),
            ..self
        }
    }

    /// The year is told well enough to decide by, and nothing gainsays it.
    pub fn settled(&self) -> bool {
        self.confidence > Confidence::Weak && self.rival.is_none() && !self.hidden
    }
}

/// The texts of a place that may say its year.
pub(super) struct Sources<'a> {
    /// Heads of its content, files first.
    pub(super) heads: &'a [Dated<'a>],
    /// The heading of a page whose content is all there is.
    pub(super) title: Option<&'a Dated<'a>>,
    /// Headings and link labels.
    pub(super) names: &'a [Dated<'a>],
    /// Rows of the lists that link to it.
    pub(super) rows: &'a [Dated<'a>],
    /// What it stands under, the nearest last.
    pub(super) sections: &'a [Dated<'a>],
    /// What an index promises of it.
    pub(super) claims: &'a [Dated<'a>],
}

/// What the content states beats what a name promises; a period written out beats both; file names and the promises of
/// an index are hints.
pub(super) fn about(sources: &Sources<'_>) -> Option<YearFact> {
    let stated: Vec<YearFact> = sources.heads.iter().flat_map(subjects).collect();
    let told = sources.names.iter().chain(sources.rows);
    let named = told.clone().find_map(|text| named(text, Confidence::Fair));
    // A state of things (`ข้อมูล ณ วันที่ 1 ตุลาคม 2564`) may be taken after the year that it closes.
    let as_of = || {
        let days = |text: &Dated<'_>| {
            let mut days = text.mentions.iter().filter(|it| is_state(it));
            days.find_map(|mention| YearFact::new(text, mention, Confidence::Fair))
        };
        sources.heads.iter().find_map(days)
    };
    let under = || {
        let mut sections = sources.sections.iter().rev();
        sections.find_map(|text| self::named(text, Confidence::Fair))
    };
    let hinted = || {
        let mut hints = told.clone().chain(sources.claims.iter().rev());
        hints.find_map(|text| self::named(text, Confidence::Weak))
    };
    let borne_out = named
        .as_ref()
        .and_then(|name| stated.iter().find(|fact| fact.year == name.year));
    let first = borne_out.or(stated.first()).cloned();
    let first = first.map(|fact| match disputed(sources, &stated, &fact) {
        Some(rival) => fact.against(rival),
        None => fact,
    });
    let fact = first
        .or(named)
        .or_else(as_of)
        .or_else(under)
        .or_else(hinted)?;
    Some(period(sources, &stated, &fact).unwrap_or(fact))
}

/// Fiscal years that a text says it is about, in order.
fn subjects<'a>(text: &'a Dated<'_>) -> impl Iterator<Item = YearFact> + 'a {
    let subjects = text.mentions.iter();
    subjects
        .filter(|mention| mention.role == Role::Subject && !is_state(mention))
        .filter_map(|mention| YearFact::new(text, mention, Confidence::Sure))
}

fn is_state(mention: &Mention) -> bool {
    mention.role == Role::Subject && matches!(mention.when, When::Day(_))
}

/// The year that a name may mean: a subject, else a plain year or month; a hint only if hints are asked for.
fn named(text: &Dated<'_>, most: Confidence) -> Option<YearFact> {
    let plain = |mention: &&Mention| {
        let long = matches!(mention.when, When::Day(_) | When::Years { .. });
        mention.role == Role::Plain && !long
    };
    let told = |mention: &&Mention| {
        most == Confidence::Weak || mention.confidence > most.min(Confidence::Weak)
    };
    let mentions = || text.mentions.iter().filter(told);
    let subject = mentions()
        .filter(|mention| mention.role == Role::Subject)
        .find_map(|mention| YearFact::new(text, mention, most));
    subject.or_else(|| {
        mentions()
            .filter(plain)
            .find_map(|mention| YearFact::new(text, mention, most))
    })
}

/// Characters in which a document has its title.
const TITLE: usize = 160;

/// The year that gainsays what the content states first: the page's own heading, or a second year in the title.
fn disputed(sources: &Sources<'_>, stated: &[YearFact], fact: &YearFact) -> Option<YearFact> {
    if let Some(title) = sources.title.and_then(|text| named(text, Confidence::Fair)) {
        let agrees = stated.iter().any(|other| other.year == title.year);
        return (!agrees).then_some(title);
    }
    if !sources
        .names
        .iter()
        .all(|text| named(text, Confidence::Fair).is_none())
    {
        return None;
    }
    let in_title = |fact: &YearFact| {
        let start = fact.spot.range.as_ref().map(|range| range.start);
        let head = sources
            .heads
            .iter()
            .find(|head| head.spot.node == fact.spot.node);
        head.zip(start).is_some_and(|(head, start)| {
            head.text
                .get(..start)
                .is_some_and(|before| before.chars().count() < TITLE)
        })
    };
    let mut others = stated.iter().filter(|other| other.year != fact.year);
    others
        .find(|other| other.spot.node == fact.spot.node && in_title(fact) && in_title(other))
        .cloned()
}

/// The period written out that shows a year to be the calendar's: `ประจำปี 2561 (1 ตุลาคม 2561 – 30 กันยายน 2562)`.
fn period(sources: &Sources<'_>, stated: &[YearFact], fact: &YearFact) -> Option<YearFact> {
    let mut periods = sources.heads.iter().flat_map(|head| {
        let written = head
            .mentions
            .iter()
            .filter_map(|mention| match mention.when {
                When::Months { from, to } if from.year < to.year => Some((mention, from, to)),
                _ => None,
            });
        written
            .filter(|(_, from, to)| from.fiscal_year() == to.fiscal_year())
            .filter(|(mention, from, _)| {
                let words = head.text.get(mention.span.clone()).unwrap_or_default();
                says(words, from.year)
            })
            .filter_map(|(mention, from, _)| {
                Some((from.year, YearFact::new(head, mention, Confidence::Sure)?))
            })
            .collect::<Vec<_>>()
    });
    let (opens, period) = periods.next()?;
    let alone = periods.all(|(_, other)| other.year == period.year);
    let names = sources
        .names
        .iter()
        .filter_map(|text| named(text, Confidence::Fair));
    let budget = names
        .chain(stated.iter().cloned())
        .any(|other| other.year == fact.year && other.budget);
    (alone && !budget && period.year != fact.year && opens == fact.year.0).then_some(period)
}

/// Whether the last two digits of a year stand in the words.
fn says(words: &str, year: i16) -> bool {
    let digits: String = words
        .chars()
        .map(|c| {
            crate::thai::digit(c)
                .and_then(|n| char::from_digit(n, 10))
                .unwrap_or(c)
        })
        .collect();
    digits.contains(&format!("{:02}", year % 100))
}

/// What a scan states of its year counts where nothing else tells one. Where it gainsays what else tells it, or has a year
/// that cannot be read, a person must look.
pub(super) fn with_ocr(told: Option<YearFact>, read: Option<&OcrTimes>) -> Option<YearFact> {
    let Some(read) = read else {
        return told;
    };
    let fact = |told: &Told<FiscalYear>| YearFact {
        year: told.when,
        spot: told.spot.clone(),
        words: told.words.clone(),
        confidence: Confidence::Fair,
        budget: told.words.contains("งบ"),
        rival: None,
        hidden: false,
    };
    let told = match told {
        Some(told) if told.confidence > Confidence::Weak => told,
        hint => return read.about().map(fact).or(hint),
    };
    let is_name = told.confidence < Confidence::Sure;
    Some(match read.confirm(told.year) {
        Ok(Some(same)) if is_name => YearFact {
            rival: told.rival,
            ..fact(same)
        },
        Ok(_) => told,
        Err(Doubt::Other(other)) => told.against(fact(other)),
        Err(Doubt::Hidden) => YearFact {
            hidden: is_name,
            ..told
        },
    })
}

/// Ranges that names tell, unless a scan gainsays them; where they tell none, those that were read surely.
pub(super) fn ranges_with_ocr(
    told: Vec<(i16, i16, Spot)>,
    read: Option<&OcrTimes>,
) -> Vec<(i16, i16, Spot)> {
    match read {
        Some(read) if told.is_empty() => read.sure_ranges(),
        Some(read) if read.gainsay(&told) => Vec::new(),
        _ => told,
    }
}

/// Ranges of years: the name's own, else those at the head of the content, else those of the group it stands in.
pub(super) fn ranges(
    names: &[Dated],
    heads: &[Dated],
    sections: &[Dated],
) -> Vec<(i16, i16, Spot)> {
    for texts in [names, heads, sections] {
        let found: Vec<_> = texts
            .iter()
            .flat_map(|text| {
                text.mentions
                    .iter()
                    .filter_map(|mention| match mention.when {
                        When::Years { from, to }
                            if !matches!(mention.role, Role::Law | Role::Academic) =>
                        {
                            Some((from, to, text.spot(&mention.span)))
                        }
                        _ => None,
                    })
            })
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// School years that a place says it is for: from May of the first to March after the last.
pub(super) fn academic(names: &[Dated<'_>], heads: &[Dated<'_>]) -> Option<(i16, i16, Spot)> {
    names.iter().chain(heads).find_map(|text| {
        let mut school = text
            .mentions
            .iter()
            .filter(|mention| mention.role == Role::Academic);
        school.find_map(|mention| {
            let (from, to) = match mention.when {
                When::Years { from, to } => (from, to),
                When::Year(year) => (year, year),
                _ => return None,
            };
            Some((from, to, text.spot(&mention.span)))
        })
    })
}
