//! Rows to tables: which rows are a title, which a header, which the body.

use super::Table;

/// Rows in which a header is looked for: above it stand the title, the agency, the month, the budget year.
const HEADER_WITHIN: usize = 12;
/// Header rows on top of each other.
const HEADER_DEPTH: usize = 4;
/// A column's name is not longer.
const NAME: usize = 120;
/// A title is not longer.
const TITLE: usize = 400;

/// A table from rows; `marked` says how many rows the format itself marks as header.
pub(super) fn table(title: String, rows: Vec<Vec<String>>, marked: usize) -> Option<Table> {
    let widest = rows.iter().map(|row| filled(row)).max()?;
    if widest < 2 {
        return None;
    }
    let is_full = |row: &Vec<String>| filled(row) >= 2 && filled(row) * 3 >= widest * 2;
    let at = (0..rows.len().min(HEADER_WITHIN)).find(|&at| {
        names_columns(&rows[at])
            && has_word(&rows[at])
            && (is_full(&rows[at]) || opens_wide(&rows, at, widest))
    })?;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut header: Vec<Vec<&str>> = Vec::new();
    header.resize(columns, Vec::new());
    let mut depth = 0;
    for row in rows[at..].iter().take(HEADER_DEPTH) {
        let is_next = depth == 0
            || at + depth < marked
            || filled_columns(&header) < widest && is_under(row, &header);
        if !is_next {
            break;
        }
        add_row(&mut header, row);
        depth += 1;
    }
    let header: Vec<String> = header.into_iter().map(|names| names.join(" ")).collect();
    let above = rows[..at]
        .iter()
        .flatten()
        .map(String::as_str)
        .filter(|cell| !cell.is_empty() && *cell != title);
    let title = std::iter::once(title.as_str())
        .filter(|name| !name.is_empty())
        .chain(above)
        .collect::<Vec<_>>()
        .join(" ");
    let title = crate::thai::head(&title, TITLE).to_owned();
    // Cells that span several columns leave some empty in every row.
    let mut is_used: Vec<bool> = header.iter().map(|name| !name.is_empty()).collect();
    for row in &rows[at + depth..] {
        for (used, cell) in is_used.iter_mut().zip(row) {
            *used |= !cell.is_empty();
        }
    }
    let used = |row: Vec<String>| -> Vec<String> {
        let cells = row.into_iter().chain(std::iter::repeat(String::new()));
        let kept = cells.zip(&is_used).filter(|(_, used)| **used);
        kept.map(|(cell, _)| cell).collect()
    };
    let body = rows.into_iter().skip(at + depth);
    Some(Table {
        title,
        rows: body.filter(|row| filled(row) > 0).map(&used).collect(),
        header: used(header),
    })
}

/// Cells that hold something, side by side.
pub(super) fn line(row: &[String]) -> String {
    let cells: Vec<&str> = row
        .iter()
        .map(String::as_str)
        .filter(|cell| !cell.is_empty())
        .collect();
    cells.join("\t")
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.is_empty()).count()
}

fn filled_columns(header: &[Vec<&str>]) -> usize {
    header.iter().filter(|names| !names.is_empty()).count()
}

/// Words, or years over the columns of a plan.
fn names_columns(row: &[String]) -> bool {
    filled(row) > 0
        && row
            .iter()
            .filter(|cell| !cell.is_empty())
            .all(|cell| cell.chars().count() <= NAME && (is_word(cell) || is_year(cell)))
}

fn has_word(row: &[String]) -> bool {
    row.iter().any(|cell| is_word(cell))
}

fn is_word(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic)
}

fn is_year(cell: &str) -> bool {
    let digits: Option<Vec<u32>> = cell.trim().chars().map(crate::thai::digit).collect();
    digits.is_some_and(|digits| digits.len() == 4 && matches!(digits[..2], [2, 4 | 5] | [2, 0]))
}

/// A row of few wide cells whose gaps the next row fills: `งบประมาณ` over four quarters.
fn opens_wide(rows: &[Vec<String>], at: usize, widest: usize) -> bool {
    let row = &rows[at];
    let Some(after) = rows.get(at + 1).filter(|after| names_columns(after)) else {
        return false;
    };
    let cell = |row: &[String], column: usize| row.get(column).is_some_and(|it| !it.is_empty());
    let columns = row.len().max(after.len());
    let both = (0..columns)
        .filter(|&column| cell(row, column) || cell(after, column))
        .count();
    // Under the first cell of a header that goes on stands nothing: the rows there begin below.
    filled(row) >= 2
        && row.first().is_some_and(|first| !first.is_empty())
        && after.first().is_none_or(String::is_empty)
        && both * 3 >= widest * 2
}

/// Whether a row names columns below cells that span several: its first cell belongs to the row above.
fn is_under(row: &[String], header: &[Vec<&str>]) -> bool {
    let fills_a_gap = row
        .iter()
        .zip(header)
        .any(|(cell, names)| !cell.is_empty() && names.is_empty());
    fills_a_gap && row.first().is_some_and(String::is_empty) && names_columns(row)
}

/// Puts a row under the header; a cell that spans several columns names each of them.
fn add_row<'r>(header: &mut [Vec<&'r str>], row: &'r [String]) {
    let is_first = header.iter().all(Vec::is_empty);
    let mut over: Vec<&'r str> = Vec::new();
    for (column, cell) in row.iter().enumerate() {
        let Some(names) = header.get_mut(column) else {
            break;
        };
        if !is_first {
            if names.is_empty() && !cell.is_empty() {
                names.clone_from(&over);
            } else {
                over.clone_from(names);
            }
        }
        // The same words in merged rows are one name.
        if !cell.is_empty() && names.last() != Some(&cell.as_str()) {
            names.push(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines
            .iter()
            .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
            .collect()
    }

    fn read(lines: &[&str]) -> Table {
        table("แผ่น1".to_owned(), rows(lines), 0).unwrap()
    }

    #[test]
    fn rows_above_the_header_are_the_title() {
        let table = read(&[
            "สรุปผลการดำเนินการจัดซื้อจัดจ้าง | | ",
            "เดือน มีนาคม 2564 | | ",
            "ลำดับ | งาน | วงเงิน",
            "1 | ซ่อมถนน | 100",
        ]);
        assert_eq!(
            table.title,
            "แผ่น1 สรุปผลการดำเนินการจัดซื้อจัดจ้าง เดือน มีนาคม 2564"
        );
        assert_eq!(table.header, ["ลำดับ", "งาน", "วงเงิน"]);
        assert_eq!(table.rows, [["1", "ซ่อมถนน", "100"]]);
    }

    #[test]
    fn a_cell_over_two_columns_names_both() {
        let table = read(&[
            "ลำดับ | งาน | ผู้เสนอราคา | | ผู้ได้รับคัดเลือก | | เหตุผล",
            " | | ชื่อ | ราคา | ชื่อ | ราคา | ",
            "1 | ซ่อมถนน | ร้านก | 90 | ร้านก | 90 | ต่ำสุด",
        ]);
        assert_eq!(
            table.header,
            [
                "ลำดับ",
                "งาน",
                "ผู้เสนอราคา ชื่อ",
                "ผู้เสนอราคา ราคา",
                "ผู้ได้รับคัดเลือก ชื่อ",
                "ผู้ได้รับคัดเลือก ราคา",
                "เหตุผล"
            ]
        );
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn one_cell_may_span_most_of_a_header() {
        let table = read(&[
            "แผนพัฒนาท้องถิ่น | | | | | ",
            "โครงการ | งบประมาณ | | | | ",
            " | 2561 | 2562 | 2563 | 2564 | 2565",
            "ถนน | 1 | 2 | 3 | 4 | 5",
        ]);
        assert_eq!(table.header[0], "โครงการ");
        assert_eq!(table.header[5], "งบประมาณ 2565");
        assert_eq!(table.rows.len(), 1);
    }

    #[test]
    fn a_first_row_of_the_body_is_not_a_header() {
        let table = read(&[
            "โครงการ | หน่วยงาน | หมายเหตุ | วันที่",
            " | กองช่าง | รอ | ",
            "ถนน | กองช่าง | เสร็จ | 5 มกราคม 2564",
        ]);
        assert_eq!(table.header, ["โครงการ", "หน่วยงาน", "หมายเหตุ", "วันที่"]);
        assert_eq!(table.rows.len(), 2);
        // Numbers are no names.
        assert!(super::table(String::new(), rows(&["1 | 2 | 3", "4 | 5 | 6"]), 0).is_none());
    }

    #[test]
    fn columns_that_nothing_fills_are_left_out() {
        let table = read(&["รายการ | | วงเงิน | ", "ถนน | | 5 | ", "ท่อ"]);
        assert_eq!(table.header, ["รายการ", "วงเงิน"]);
        assert_eq!(table.rows, [["ถนน", "5"], ["ท่อ", ""]]);
    }

    #[test]
    fn rows_marked_as_header_are_the_header() {
        let lines = ["รายการ | จำนวน", "หน่วย | บาท", "ถนน | 5"];
        let table = super::table(String::new(), rows(&lines), 2).unwrap();
        assert_eq!(table.header, ["รายการ หน่วย", "จำนวน บาท"]);
    }
}
