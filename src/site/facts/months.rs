//! Which months a place covers.

use std::collections::BTreeSet;

use super::{Dated, dated};
use crate::extract::{DocumentKind, Reading, Table};
use crate::site::{Place, Site, Spot};
use crate::thai::dates::{self, Confidence, Role, When};
use crate::thai::{digit, head};
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

/// Months that head the columns and rows of tables, wherever these stand, and a range of months in a name; those
/// without a year in the year the place is about.
pub(super) fn tabled(
    site: &Site,
    place: &Place,
    year: Option<FiscalYear>,
    stated: &BTreeSet<Month>,
) -> BTreeSet<Month> {
    let mut found = BTreeSet::new();
    if let (Some(year), true) = (year, stated.is_empty()) {
        found.extend(
            place
                .names
                .iter()
                .flat_map(|name| bare_range(name.as_str(), year)),
        );
    }
    for (_, node) in site.nodes_of(place) {
        found.extend(node.tables().iter().flat_map(|table| in_table(table, year)));
    }
    found
}

/// Months and quarters that head the filled columns and rows of a table.
fn in_table(table: &Table, year: Option<FiscalYear>) -> BTreeSet<Month> {
    let has = |cell: &String| !cell.trim().is_empty();
    let columns = table.header.iter().enumerate().filter(|&(at, _)| {
        // Where cells span others, the column under a head is not told.
        let mut rows = table.rows.iter();
        rows.any(|row| row.len() != table.header.len() || row.get(at).is_some_and(has))
    });
    let rows = table.rows.iter().filter_map(|row| {
        let numbered = row.first().is_some_and(|cell| is_row_number(cell));
        let (head, rest) = row.get(usize::from(numbered)..)?.split_first()?;
        rest.iter().any(has).then_some(head)
    });
    let heads = columns.map(|(_, cell)| cell).chain(rows);
    heads.flat_map(|cell| headed(cell, year)).collect()
}

fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

fn is_row_number(cell: &str) -> bool {
    let bare = cell.trim().trim_end_matches(['.', ')']);
    (1..=3).contains(&bare.chars().count()) && bare.chars().all(is_digit)
}

/// The months that the head of a row or column names: with its year, or in the year the place is about.
fn headed(cell: &str, year: Option<FiscalYear>) -> BTreeSet<Month> {
    const LONGEST: usize = 60;
    // Longer ranges tell how long something takes.
    const QUARTER: usize = 3;
    if cell.chars().count() > LONGEST {
        return BTreeSet::new();
    }
    if let Some(number) = Month::number_of(cell) {
        let months = year.into_iter().flat_map(|year| year.months());
        return months.filter(|it| it.month == number).collect();
    }
    // Most rows of a long table are headed by words without a time.
    if !(cell.contains(is_digit) || cell.contains("ไตรมาส")) {
        return BTreeSet::new();
    }
    let mentions = dates::scan(cell);
    let Some(first) = mentions.first() else {
        let quarter = year.map(|year| dates::quarter(cell, year));
        return quarter.into_iter().flatten().collect();
    };
    let before = cell.get(..first.span.start).unwrap_or_default();
    let before = before.trim_end_matches(['(', ' ']).trim();
    let opens = matches!(before, "" | "เดือน" | "ประจำเดือน") || before.starts_with("ไตรมาส");
    let is_head = opens
        && first.confidence > Confidence::Weak
        && matches!(first.role, Role::Subject | Role::Plain);
    let months = if is_head {
        dates::months_of([first])
    } else {
        BTreeSet::new()
    };
    if months.len() > QUARTER {
        return BTreeSet::new();
    }
    months
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(header: &[&str], rows: &[&[&str]]) -> String {
        let cells = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        let table = Table {
            title: String::new(),
            header: cells(header),
            rows: rows.iter().map(|row| cells(row)).collect(),
        };
        let mut months: Vec<Month> = in_table(&table, Some(FiscalYear(2564)))
            .into_iter()
            .collect();
        months.sort_by_key(|month| (month.year, month.month));
        let months: Vec<String> = months.iter().map(Month::to_string).collect();
        months.join(" ")
    }

    #[test]
    fn a_month_heads_a_row_with_or_without_its_year() {
        let rows: &[&[&str]] = &[
            &["ต.ค. 63", "ป้าย", "1,800"],
            &["พฤศจิกายน 2563", "", "0"],
            &["เดือนธันวาคม", "หมึก", ""],
            &["มกราคม 2564", "", ""],
            &["5 กุมภาพันธ์ 2564", "ประชุม", ""],
            &["แผนเดือนมีนาคม 2564 และอื่น ๆ", "ประชุม", ""],
        ];
        assert_eq!(
            told(&["เดือน", "งาน", "เงิน"], rows),
            "ตุลาคม 2563 พฤศจิกายน 2563 ธันวาคม 2563"
        );
        let numbered: &[&[&str]] = &[&["1.", "ตุลาคม 2563", "30"], &["๒", "พ.ย.", "-"]];
        assert_eq!(
            told(&["ที่", "เดือน", "ราย"], numbered),
            "ตุลาคม 2563 พฤศจิกายน 2563"
        );
    }

    #[test]
    fn a_quarter_heads_a_filled_column() {
        let head = ["งาน", "ไตรมาสที่ 1 (ราย)", "ไตรมาส 2", "ไตรมาสที่ 3"];
        let rows: &[&[&str]] = &[&["ภาษี", "41", "0", ""]];
        assert_eq!(
            told(&head, rows),
            "ตุลาคม 2563 พฤศจิกายน 2563 ธันวาคม 2563 มกราคม 2564 กุมภาพันธ์ 2564 มีนาคม 2564"
        );
        let dated = ["งาน", "ไตรมาสที่ 1 (ต.ค. - ธ.ค. 62)"];
        assert_eq!(
            told(&dated, &[&["ภาษี", "41"]]),
            "ตุลาคม 2562 พฤศจิกายน 2562 ธันวาคม 2562"
        );
        let near = ["งาน", "เป้าหมายไตรมาส", "ไตรมาส", "ต.ค. 63 - ก.ย. 64"];
        assert_eq!(told(&near, &[&["ภาษี", "41", "1", "2"]]), "");
    }
}
