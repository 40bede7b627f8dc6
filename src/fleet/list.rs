//! The list of agencies, `agencies.csv` or `agencies.toml`: good rows run, each bad one is told with what to do.

mod row;

use std::ops::Range;
use std::path::PathBuf;

use crate::agency::{Agency, AgencyKind};
use schemars::JsonSchema;
use serde::Serialize;
use toml_edit::{Document, DocumentMut, Item, TableLike, Value};
use url::Url;

use row::{Place, Reader, near, shown};

pub use row::kind_words;

use super::settings::Settings;
use super::table::{Column, Row, Table, cell};
use crate::schedule::Cron;

/// Larger than a list of all agencies of the country.
const LARGEST: usize = 32 << 20;
/// Rows that are read; Thailand has some 8,300 agencies.
const MOST: usize = 50_000;
/// Unknown columns that are told.
const UNKNOWN: usize = 20;

/// Why a list could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Neither of the two forms.
    #[error(
        "รายชื่อหน่วยงานต้องเป็นไฟล์ .csv หรือ .toml: บันทึก “{0}” ใหม่เป็น CSV UTF-8 จากโปรแกรมตารางคำนวณ"
    )]
    Form(String),
    /// Too large.
    #[error("ไฟล์รายชื่อใหญ่เกิน 32 MB: ตรวจว่าเป็นไฟล์รายชื่อหน่วยงาน")]
    Large,
}

/// One agency of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its key: letters, digits, `.`, `_`, `-`, at most 64; other than every other one's also without regard to case.
    pub id: String,
    /// Its full name; empty when the list does not say.
    pub name: String,
    /// What kind of agency it is, told or from its name.
    pub kind: AgencyKind,
    /// District, without the word for it.
    pub amphoe: Option<String>,
    /// Province, without the word for it.
    pub province: Option<String>,
    /// Its website.
    pub home: Url,
    /// How often it is looked at; `None`: as the settings say.
    pub schedule: Option<Cron>,
    /// Its IIT and EIT scores, as the list names the file.
    pub scores: Option<PathBuf>,
    /// Its decisions of people, as the list names the file.
    pub decisions: Option<PathBuf>,
    /// Who is told of changes: mail addresses and names of webhooks.
    pub owner: Vec<String>,
    /// For people.
    pub notes: String,
    /// It is left out for now.
    pub off: bool,
    /// Where it stands: row of a spreadsheet, line of a TOML file.
    pub row: usize,
}

impl Entry {
    /// The agency for the judgement; `None` when the list does not name it.
    pub fn agency(&self) -> Option<Agency> {
        let agency = Agency {
            name: self.name.clone(),
            short_name: String::new(),
            kind: self.kind,
            district: self.amphoe.clone().unwrap_or_default(),
            province: self.province.clone().unwrap_or_default(),
        };
        (!self.name.is_empty()).then(|| agency.with_kind())
    }
}

/// Something wrong in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct RowFault {
    /// Row as a spreadsheet counts, its heading being row 1; the line of a TOML file; 0 for the whole file.
    pub row: usize,
    /// The row is a line of a TOML file.
    pub is_line: bool,
    /// `เว็บไซต์ (url)`; `None` when it is about the whole row.
    pub column: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub fix: String,
    /// The row runs all the same: this is to be known, not to be mended first.
    pub kept: bool,
}

/// What the rows of a file are called.
fn unit(is_toml: bool) -> &'static str {
    if is_toml {
        "บรรทัด"
    } else {
        "แถว"
    }
}

/// `แถว 5 เว็บไซต์ (url): … — …`; `บรรทัด 5` in a TOML file.
impl std::fmt::Display for RowFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.row > 0 {
            let unit = unit(self.is_line);
            write!(f, "{unit} {} ", self.row)?;
        }
        if let Some(column) = &self.column {
            write!(f, "{column}: ")?;
        }
        write!(f, "{} — {}", self.what, self.fix)
    }
}

/// A list of agencies.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct List {
    /// The agencies whose rows are good, in the list's order.
    pub entries: Vec<Entry>,
    /// What is wrong or worth knowing, by row.
    pub faults: Vec<RowFault>,
    /// What a TOML list says of the run.
    pub settings: Settings,
    /// `[alert]` of a TOML list as TOML, for those who send alerts; empty when there is none.
    pub alert: String,
}

impl List {
    /// Reads a list; the file's ending tells its form.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, ListError> {
        if bytes.len() > LARGEST {
            return Err(ListError::Large);
        }
        match file
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase())
        {
            Some(ending) if ending == "csv" || ending == "txt" => Ok(Self::csv(bytes)),
            Some(ending) if ending == "toml" => Ok(Self::toml(bytes)),
            _ => Err(ListError::Form(file.to_owned())),
        }
    }

    /// Reads a table as spreadsheets save it.
    pub fn csv(bytes: &[u8]) -> Self {
        let table = Table::read(bytes, MOST);
        let mut reader = Reader::default();
        let about = Place {
            row: table.heading,
            column: None,
        };
        for name in table.unknown.iter().take(UNKNOWN) {
            let name = shown(name);
            let fix = format!("คอลัมน์นี้ไม่ถูกใช้{}", near(&name, Column::names()));
            reader.note(about, format!("ไม่รู้จักคอลัมน์ “{name}”"), fix);
        }
        for column in &table.twice {
            let what = format!("มีคอลัมน์ {} มากกว่าหนึ่ง", column.told());
            reader.note(about, what, "ใช้คอลัมน์แรก ลบคอลัมน์ที่ซ้ำ".to_owned());
        }
        if !table.columns.contains(&Column::Home) {
            reader.note(
                about,
                "ไม่มีคอลัมน์ เว็บไซต์ (url)".to_owned(),
                "แถวแรกต้องเป็นชื่อคอลัมน์ เช่น รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,เว็บไซต์".to_owned(),
            );
        }
        if table.cut {
            reader.note(
                Place::default(),
                format!("มีเกิน {MOST} แถว"),
                "แถวที่เกินไม่ได้อ่าน แบ่งรายชื่อเป็นหลายไฟล์".to_owned(),
            );
        }
        for row in &table.rows {
            reader.row(row);
        }
        reader.done(Settings::default())
    }

    /// Reads `[settings]` and `[[agency]]` tables.
    pub fn toml(bytes: &[u8]) -> Self {
        let text = crate::thai::decode(bytes, None);
        let text = text.trim_start_matches('\u{feff}');
        let lines = Lines::of(text);
        let mut reader = Reader::of_toml();
        let document = match Document::parse(text.to_owned()) {
            Ok(document) => document,
            Err(error) => {
                let first = error.message().lines().next().unwrap_or_default();
                reader.wrong(
                    Place::row(lines.number(error.span())),
                    format!("เขียนไม่ถูกแบบ TOML ({first})"),
                    "ตรวจว่าข้อความอยู่ในเครื่องหมายคำพูดคู่และมีเครื่องหมาย = คั่น ยังไม่ได้อ่านหน่วยงานใด"
                        .to_owned(),
                );
                return reader.done(Settings::default());
            }
        };
        let mut settings = Settings::default();
        for (key, item) in document.iter() {
            let span = key_span(document.as_table(), key).or(item.span());
            let line = lines.number(span);
            match (key, item.as_table_like(), tables(item)) {
                ("settings", Some(table), _) => {
                    settings = Settings::of_table(table, &mut |span, what, fix| {
                        let row = lines.number(span);
                        reader.wrong(Place::row(row), what, fix);
                    });
                }
                ("agency", _, Some(all)) => {
                    for (table, span) in all.into_iter().take(MOST) {
                        let row = lines.number(span);
                        match toml_row(table, row, &lines, &mut reader) {
                            Some(row) => reader.row(&row),
                            None => continue,
                        }
                    }
                }
                ("alert", Some(_), _) => {}
                _ => {
                    let near = near(key, ["settings", "agency", "alert"].into_iter());
                    let fix = format!("ใช้ [settings], [alert] และ [[agency]] เท่านั้น{near}");
                    reader.wrong(Place::row(line), format!("ไม่รู้จัก `{}`", shown(key)), fix);
                }
            }
        }
        let mut list = reader.done(settings);
        list.alert = alert(text);
        list
    }
}

/// The text with nothing but its `[alert]`.
fn alert(text: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return String::new();
    };
    document.retain(|key, _| key == "alert");
    document.set_trailing("");
    document.to_string().trim_start().to_owned()
}

fn key_span(table: &dyn TableLike, key: &str) -> Option<Range<usize>> {
    table.key(key).and_then(toml_edit::Key::span)
}

type Tables<'a> = Vec<(&'a dyn TableLike, Option<Range<usize>>)>;

/// `[[agency]]` tables, or an array of inline ones.
fn tables(item: &Item) -> Option<Tables<'_>> {
    match item {
        Item::ArrayOfTables(all) => {
            let all = all.iter().map(|one| (one as &dyn TableLike, one.span()));
            Some(all.collect())
        }
        Item::Value(Value::Array(all)) if all.iter().all(Value::is_inline_table) => {
            let all = all.iter().filter_map(Value::as_inline_table);
            Some(all.map(|one| (one as &dyn TableLike, one.span())).collect())
        }
        _ => None,
    }
}

/// A table's values as the cells of a row; `None` when one of them is no text, which is a fault of the row.
fn toml_row(
    table: &dyn TableLike,
    number: usize,
    lines: &Lines,
    reader: &mut Reader,
) -> Option<Row> {
    let mut cells: Vec<(Column, String)> = Vec::new();
    let mut good = true;
    for (key, item) in table.iter() {
        let line = lines.number(key_span(table, key).or(item.span()));
        let Some(column) = Column::named(key) else {
            let fix = format!("ลบหรือแก้ชื่อ{}", near(key, Column::names()));
            reader.wrong(Place::row(line), format!("ไม่รู้จัก `{}`", shown(key)), fix);
            good = false;
            continue;
        };
        let text = match item.as_value() {
            Some(Value::String(text)) => Some(text.value().clone()),
            Some(Value::Boolean(truth)) => Some(truth.value().to_string()),
            Some(Value::Integer(number)) => Some(number.value().to_string()),
            Some(Value::Array(all)) => all
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<_>>>()
                .map(|all| all.join(",")),
            _ => None,
        };
        let place = Place {
            row: line,
            column: Some(column),
        };
        match text.map(|text| cell(&text)) {
            Some(_) if cells.iter().any(|(one, _)| *one == column) => {
                reader.wrong(
                    place,
                    "ใส่ซ้ำด้วยชื่อไทยและอังกฤษ".to_owned(),
                    "ลบให้เหลือหนึ่ง".to_owned(),
                );
                good = false;
            }
            Some(text) if text.is_empty() => {}
            Some(text) => cells.push((column, text)),
            None => {
                let fix = "ใส่ข้อความในเครื่องหมายคำพูด".to_owned();
                reader.wrong(place, "ไม่ใช่ข้อความ".to_owned(), fix);
                good = false;
            }
        }
    }
    good.then_some(Row { number, cells })
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// The line of a place, from 1.
    fn number(&self, span: Option<Range<usize>>) -> usize {
        let at = span.map_or(0, |span| span.start);
        self.0.partition_point(|&start| start <= at)
    }
}

#[cfg(test)]
mod tests;
