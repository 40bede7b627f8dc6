//! Which months a place covers.

use std::collections::BTreeSet;

use super::{Dated, dated};
use crate::extract::{DocumentKind, Reading};
use crate::site::{Place, Site, Spot};
use crate::thai::dates::{self, Confidence, Role, When};
use crate::thai::head;
use crate::year::{FiscalYear, Month};

/// Titles of a page's filled tables, heads of the sheets of a workbook and of the later pages of a document: one month
/// each, in a bound volume.
pub(super) fn page_heads<'a>(site: &'a Site, place: &'a Place) -> Vec<Dated<'a>> {
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
pub(super) fn months(heads: &[Dated], names: &[Dated], pages: &[Dated]) -> BTreeSet<Month> {
    const FIRST_LINES: usize = 900;
    let of = |texts: &[Dated], within: usize| -> BTreeSet<Month> {
        texts
            .iter()
            .flat_map(|text| text.mentions.iter())
            .filter(|mention| mention.span.start < within)
            // A file name is a hint, no proof of what the file covers.
            .filter(|mention| mention.confidence > Confidence::Weak)
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
pub(super) fn bare_months(
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
