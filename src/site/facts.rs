//! What a place says of itself: which year it is about, which months it covers, when its event happened, whose it is.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;

use super::{Place, PlaceId, Site, Spot};
use crate::extract::{DocumentKind, Reading};
use crate::thai::dates::{self, Mention, Role, When};
use crate::thai::{Text, head};
use crate::year::{FiscalYear, Month};

/// Characters at the head of a text in which a document says what year it is about.
const HEAD: usize = 900;
/// … and in which it names the agency that made it.
const OWNER_HEAD: usize = 600;

/// The fiscal year a place is about, and where it says so.
#[derive(Debug, Clone)]
pub struct YearFact {
    /// The year.
    pub year: FiscalYear,
    /// Where it stands; a spot without range is the place's name.
    pub spot: Spot,
    /// The content says so, not only a name or a heading above it.
    pub stated: bool,
}

/// A day on which something happened, and where that stands.
#[derive(Debug, Clone)]
pub struct Happening {
    /// The first day (of a month: its first day).
    pub day: Date,
    /// The words.
    pub spot: Spot,
}

/// Everything that is read off a place once and asked for often.
#[derive(Debug, Default)]
pub(super) struct Facts {
    about: Option<YearFact>,
    ranges: Vec<(i16, i16, Spot)>,
    months: BTreeSet<Month>,
    happened: Vec<Happening>,
    posted: Vec<Happening>,
    other_owner: Option<String>,
}

impl Site {
    fn facts(&self, id: PlaceId) -> &Facts {
        self.places[id]
            .facts
            .get_or_init(|| Facts::read(self, &self.places[id]))
    }

    /// The fiscal year a place is about. What the content states beats what a name or heading promises.
    pub fn about(&self, place: PlaceId) -> Option<&YearFact> {
        self.facts(place).about.as_ref()
    }

    /// Year ranges (`2561–2565`) that a place is for, with their spots.
    pub fn ranges(&self, place: PlaceId) -> &[(i16, i16, Spot)] {
        &self.facts(place).ranges
    }

    /// Months that a place covers.
    pub fn months(&self, place: PlaceId) -> &BTreeSet<Month> {
        &self.facts(place).months
    }

    /// When the thing happened: days of the event, else days of signing; empty when no such day stands there.
    pub fn happened(&self, place: PlaceId) -> &[Happening] {
        &self.facts(place).happened
    }

    /// When the place was put on the site.
    pub fn posted(&self, place: PlaceId) -> &[Happening] {
        &self.facts(place).posted
    }

    /// The other agency that the place's own heading names as its maker.
    pub fn other_owner(&self, place: PlaceId) -> Option<&str> {
        self.facts(place).other_owner.as_deref()
    }
}

/// One text of a place with its dates.
struct Dated {
    spot: Spot,
    mentions: Vec<Mention>,
}

impl Facts {
    fn read(site: &Site, place: &Place) -> Self {
        let contents = contents(site, place);
        let heads: Vec<Dated> = contents
            .iter()
            .map(|(spot, text)| dated(spot.clone(), head(text, HEAD)))
            .collect();
        let bodies: Vec<Dated> = contents
            .iter()
            .map(|(spot, text)| dated(spot.clone(), head(text, 12_000)))
            .collect();
        let name_spot = Spot {
            node: place.main,
            range: None,
            ocr: false,
        };
        let names: Vec<Dated> = place
            .names
            .iter()
            .map(Text::as_str)
            .chain(file_names(site, place))
            .map(|text| dated(name_spot.clone(), text))
            .collect();
        let rows: Vec<Dated> = place_rows(site, place)
            .into_iter()
            .map(|row| dated(name_spot.clone(), row))
            .collect();
        // The nearest heading is the last; what an index promises counts least.
        let sections: Vec<Dated> = place
            .claims
            .iter()
            .chain(&place.sections)
            .map(|text| dated(name_spot.clone(), text.as_str()))
            .collect();

        let about = with_ocr(
            about(&heads, &names, &rows, &sections),
            site.year_by_ocr(place),
        );
        let ranges = ranges(&names, &heads, &sections);
        let pages: Vec<Dated> = page_heads(site, place);
        let mut months = months(&heads, &names, &pages);
        let bare = bare_months(site, place, about.as_ref().map(|fact| fact.year), &months);
        months.extend(bare);
        let mut happened = days(&bodies, &[Role::Event]);
        if happened.is_empty() {
            happened = days(&bodies, &[Role::Signed]);
        }
        if happened.is_empty() {
            happened = days(&names, &[Role::Event, Role::Signed, Role::Plain]);
        }
        if happened.is_empty() {
            happened = days(&bodies, &[Role::Plain]);
        }
        let mut posted = days(&bodies, &[Role::Posted]);
        posted.extend(days(
            &rows,
            &[Role::Posted, Role::Plain, Role::Event, Role::Signed],
        ));
        Self {
            about,
            ranges,
            months,
            happened,
            posted,
            other_owner: other_owner(site, place),
        }
    }
}

/// Texts of the content that could be read: files first, they are the document itself.
fn contents<'a>(site: &'a Site, place: &'a Place) -> Vec<(Spot, &'a str)> {
    let mut nodes: Vec<usize> = place.files.clone();
    nodes.push(place.main);
    nodes
        .into_iter()
        .filter(|&id| {
            site.nodes[id]
                .document()
                .is_none_or(|document| document.reading == Reading::Text)
        })
        .map(|id| {
            (
                Spot {
                    node: id,
                    range: Some(0..0),
                    ocr: false,
                },
                site.nodes[id].text.as_str(),
            )
        })
        .filter(|(_, text)| !text.trim().is_empty())
        .collect()
}

/// What links call the files attached to a page: where the file cannot be read this is all there is.
fn file_names<'a>(site: &'a Site, place: &'a Place) -> impl Iterator<Item = &'a str> {
    let labels = place.files.iter().flat_map(|&id| &site.nodes[id].labels);
    labels
        .filter(|label| !site.nodes[label.from].index)
        .map(|label| label.name())
}

/// Rows of the lists that link to the place: they carry its date.
fn place_rows<'a>(site: &'a Site, place: &Place) -> Vec<&'a str> {
    let labels = &site.nodes[place.main].labels;
    labels
        .iter()
        .filter(|label| label.row.chars().count() <= 300 && !site.nodes[label.from].index)
        .map(|label| label.row.as_str())
        .collect()
}

fn dated(spot: Spot, text: &str) -> Dated {
    Dated {
        spot,
        mentions: dates::scan(text),
    }
}

impl Dated {
    fn spot(&self, span: &Range<usize>) -> Spot {
        Spot {
            node: self.spot.node,
            range: self.spot.range.as_ref().map(|_| span.clone()),
            ocr: false,
        }
    }

    /// Fiscal years that the text says it is about, in order.
    fn subjects(&self) -> impl Iterator<Item = (FiscalYear, &Mention)> {
        self.mentions
            .iter()
            .filter(|mention| mention.role == Role::Subject)
            .filter_map(|mention| Some((mention.when.fiscal_year()?, mention)))
    }

    /// Years that a name may mean: subjects, else plain years and months.
    fn named_year(&self) -> Option<FiscalYear> {
        let plain = || {
            self.mentions
                .iter()
                .filter(|mention| {
                    mention.role == Role::Plain
                        && !matches!(mention.when, When::Day(_) | When::Years { .. })
                })
                .find_map(|mention| mention.when.fiscal_year())
        };
        self.subjects().next().map(|(year, _)| year).or_else(plain)
    }
}

fn about(heads: &[Dated], names: &[Dated], rows: &[Dated], sections: &[Dated]) -> Option<YearFact> {
    let named = names
        .iter()
        .chain(rows)
        .find_map(|name| Some((name.named_year()?, name.spot.clone())));
    let stated: Vec<(FiscalYear, Spot)> = heads
        .iter()
        .flat_map(|head| {
            head.subjects()
                .map(|(year, mention)| (year, head.spot(&mention.span)))
                .collect::<Vec<_>>()
        })
        .collect();
    match (named, stated.first()) {
        // The content names the promised year too: that is what it is about.
        (Some((year, _)), Some(_)) if stated.iter().any(|(other, _)| *other == year) => {
            let spot = stated
                .into_iter()
                .find(|(other, _)| *other == year)
                .map(|(_, spot)| spot)?;
            Some(YearFact {
                year,
                spot,
                stated: true,
            })
        }
        (_, Some((year, spot))) => Some(YearFact {
            year: *year,
            spot: spot.clone(),
            stated: true,
        }),
        (Some((year, spot)), None) => Some(YearFact {
            year,
            spot,
            stated: false,
        }),
        (None, None) => sections.iter().rev().find_map(|section| {
            Some(YearFact {
                year: section.named_year()?,
                spot: section.spot.clone(),
                stated: false,
            })
        }),
    }
}

/// What a scan states of its year counts where nothing else tells one; where it gainsays what else tells it, a person
/// must look.
fn with_ocr(told: Option<YearFact>, read: Option<(FiscalYear, Spot)>) -> Option<YearFact> {
    match (told, read) {
        (Some(told), Some((year, _))) if told.year != year => None,
        (None, Some((year, spot))) => Some(YearFact {
            year,
            spot,
            stated: true,
        }),
        (told, _) => told,
    }
}

/// Ranges of years: the name's own, else those at the head of the content, else those of the group it stands in.
fn ranges(names: &[Dated], heads: &[Dated], sections: &[Dated]) -> Vec<(i16, i16, Spot)> {
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

/// Titles of a page's filled tables, heads of the sheets of a workbook and of the later pages of a document: one month
/// each, in a bound volume.
fn page_heads<'a>(site: &'a Site, place: &'a Place) -> Vec<Dated> {
    const PAGE_HEAD: usize = 300;
    const PAGES: usize = 120;
    let mut found = Vec::new();
    for (id, node) in site.nodes_of(place) {
        let tables = node.page().into_iter().flat_map(|page| &page.tables);
        let filled = tables.filter(|table| {
            let mut cells = table.rows.iter().flat_map(|row| row.iter().skip(1));
            cells.any(|cell| !cell.trim().is_empty())
        });
        let spot = Spot {
            node: id,
            range: None,
            ocr: false,
        };
        found.extend(filled.map(|table| dated(spot.clone(), &table.title)));
        let Some(document) = node
            .document()
            .filter(|document| document.reading == Reading::Text)
        else {
            continue;
        };
        let text = node.text.as_str();
        for start in node.parts.starts().skip(1).take(PAGES) {
            let Some(page) = text.get(start..) else {
                continue;
            };
            let mut page = dated(
                Spot {
                    node: id,
                    range: None,
                    ocr: false,
                },
                head(page, PAGE_HEAD),
            );
            if document.kind != DocumentKind::Sheet {
                page.mentions
                    .retain(|mention| mention.role == Role::Subject);
            }
            found.push(page);
        }
    }
    found
}

/// Months that the head of the content states (its first lines before its tables), and the heads of its pages; else
/// those that the names give.
fn months(heads: &[Dated], names: &[Dated], pages: &[Dated]) -> BTreeSet<Month> {
    const FIRST_LINES: usize = 900;
    let of = |texts: &[Dated], within: usize| -> BTreeSet<Month> {
        texts
            .iter()
            .flat_map(|text| text.mentions.iter())
            .filter(|mention| mention.span.start < within)
            .filter(|mention| matches!(mention.role, Role::Subject | Role::Plain))
            .filter(|mention| matches!(mention.when, When::Month(_) | When::Months { .. }))
            .flat_map(|mention| dates::months_of([mention]))
            .collect()
    };
    let mut stated = of(heads, FIRST_LINES);
    if stated.is_empty() {
        stated = of(heads, usize::MAX);
    }
    stated.extend(of(pages, usize::MAX));
    if stated.is_empty() {
        of(names, usize::MAX)
    } else {
        stated
    }
}

/// Months named without a year in the header or the first column of tables, in the year the place is about.
fn bare_months(
    site: &Site,
    place: &Place,
    year: Option<FiscalYear>,
    stated: &BTreeSet<Month>,
) -> BTreeSet<Month> {
    let Some(year) = year else {
        return BTreeSet::new();
    };
    let mut found = BTreeSet::new();
    if stated.is_empty() {
        found.extend(
            place
                .names
                .iter()
                .flat_map(|name| bare_range(name.as_str(), year)),
        );
    }
    for (_, node) in site.nodes_of(place) {
        for table in node.tables() {
            let first_column = table.rows.iter().filter_map(|row| {
                row.first()
                    .map(|cell| (cell, row.iter().skip(1).any(|cell| !cell.trim().is_empty())))
            });
            let cells = table
                .header
                .iter()
                .map(|cell| (cell, !table.rows.is_empty()))
                .chain(first_column);
            for (cell, filled) in cells {
                let month = Month::number_of(cell);
                if let (Some(month), true) = (month, filled) {
                    found.extend(year.months().into_iter().filter(|it| it.month == month));
                }
            }
        }
    }
    found
}

/// `(ต.ค. - มี.ค.)` in a name: the months of the year the place is about.
fn bare_range(name: &str, year: FiscalYear) -> BTreeSet<Month> {
    let name = name.replace("ถึง", "-");
    let pieces: Vec<&str> = name
        .split(['-', '–', '—'])
        .map(|piece| piece.trim_matches(|c: char| c.is_whitespace() || "()[]".contains(c)))
        .collect();
    let last = |piece: &str| piece.rsplit([' ', '(']).next().and_then(Month::number_of);
    let first = |piece: &str| piece.split([' ', ')']).next().and_then(Month::number_of);
    let months = year.months();
    let at = |number: i8| months.iter().position(|month| month.month == number);
    let range = pieces
        .windows(2)
        .find_map(|pair| Some((at(last(pair[0])?)?, at(first(pair[1])?)?)));
    range
        .filter(|(from, to)| from <= to)
        .map(|(from, to)| months[from..=to].iter().copied().collect())
        .unwrap_or_default()
}

fn days(texts: &[Dated], roles: &[Role]) -> Vec<Happening> {
    texts
        .iter()
        .flat_map(|text| {
            text.mentions
                .iter()
                .filter(|mention| roles.contains(&mention.role))
                .filter_map(|mention| match mention.when {
                    When::Day(day) => Some(Happening {
                        day,
                        spot: text.spot(&mention.span),
                    }),
                    _ => None,
                })
        })
        .collect()
}

/// The other agency that the file's head names; where nothing could be read, the one that its names and rows name.
fn other_owner(site: &Site, place: &Place) -> Option<String> {
    let read = contents(site, place);
    let stated = read
        .iter()
        .filter(|(spot, _)| site.nodes[spot.node].document().is_some())
        .find_map(|(_, text)| site.agency.other_owner(head(text, OWNER_HEAD)));
    let unread = read.iter().all(|(_, text)| text.chars().count() < 200);
    let named = || {
        place
            .names
            .iter()
            .map(Text::as_str)
            .chain(place_rows(site, place))
            .find_map(|name| site.agency.other_owner(name))
    };
    stated.or_else(|| if unread { named() } else { None })
}
