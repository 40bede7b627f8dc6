//! Words about data tables.

use rhai::plugin::*;

use super::places::Places;
use super::{Fallible, Shown, Thing, needles, register_many};
use crate::extract::Table;
use crate::thai::{self, Text};

pub(super) fn register(engine: &mut Engine) {
    register_many::<Tables>(engine, "Tables");
    engine.register_global_module(rhai::exported_module!(words).into());
}

/// Data tables of places.
pub(super) type Tables = Shown<Table>;

impl Thing for Table {}

/// A body row that says something behind its first cell.
fn is_filled(row: &[String]) -> bool {
    row.iter().skip(usize::from(row.len() > 1)).any(|cell| {
        let cell = cell.trim();
        !cell.is_empty() && !matches!(cell, "-" | "–" | "…" | "..." | "......")
    })
}

/// The first number in a cell.
fn number(cell: &str) -> Option<f64> {
    let key = thai::key(cell).replace(',', "");
    let digits: String = key
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    digits.parse().ok()
}

impl Tables {
    fn rows(&self) -> impl Iterator<Item = &Vec<String>> {
        self.list.iter().flat_map(|(_, table)| &table.rows)
    }
}

#[export_module]
mod words {
    /// ตารางข้อมูล
    #[rhai_fn(get = "tables", pure)]
    pub fn tables(places: &mut Places) -> Tables {
        let list = places
            .nodes()
            .flat_map(|(place, node)| node.tables().iter().map(move |table| (place, table)))
            .map(|(place, table)| (place, table.clone()));
        Tables::new(&places.site, list.collect())
    }

    /// เฉพาะตารางที่ชื่อหรือหัวตารางมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn about(tables: &mut Tables, words: Dynamic) -> Fallible<Tables> {
        let needles = needles(&words)?;
        Ok(tables.keep(|table| {
            let words = format!("{}\n{}", table.title, table.header.join("\n"));
            Text::new(words).has_any(&needles)
        }))
    }

    /// จำนวนแถวที่กรอกข้อมูลแล้ว ไม่นับหัวตาราง
    #[rhai_fn(get = "rows", pure)]
    pub fn rows(tables: &mut Tables) -> i64 {
        tables.rows().filter(|row| is_filled(row)).count() as i64
    }

    /// จำนวนช่องที่เป็นตัวเลข
    #[rhai_fn(get = "numbers", pure)]
    pub fn numbers(tables: &mut Tables) -> i64 {
        let cells = tables.rows().flat_map(|row| row.iter().skip(1));
        cells.filter(|cell| number(cell).is_some()).count() as i64
    }

    /// ผลรวมของสดมภ์ที่หัวตารางมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn total(tables: &mut Tables, words: Dynamic) -> Fallible<f64> {
        let needles = needles(&words)?;
        let mut sum = 0.0;
        for (_, table) in tables.list.iter() {
            for (column, head) in table.header.iter().enumerate() {
                if Text::new(head.clone()).has_any(&needles) {
                    let cells = table.rows.iter().filter_map(|row| row.get(column));
                    sum += cells.filter_map(|cell| number(cell)).sum::<f64>();
                }
            }
        }
        Ok(sum)
    }
}
