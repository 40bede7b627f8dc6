//! One row of a list → an entry, or what is wrong with it and what to do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::agency::AgencyKind;
use crate::fetch::address::{parse_home, twin};
use url::Url;

use super::super::settings::Settings;
use super::super::table::{Column, Row};
use super::{Entry, List, RowFault, unit};
use crate::rules::fault::hint;
use crate::schedule::Cron;

/// Longest key of an agency.
const LONGEST_ID: usize = 64;
/// Longest name of a webhook, in bytes.
const LONGEST_NAME: usize = 200;
/// Characters of a cell that messages repeat.
const TOLD: usize = 80;

/// Kinds of agencies as people write them; the first word is the one that is suggested.
pub(super) const KINDS: [(AgencyKind, &[&str]); 8] = [
    (
        AgencyKind::Tambon,
        &["อบต.", "อบต", "องค์การบริหารส่วนตำบล", "tambon"],
    ),
    (
        AgencyKind::Municipality,
        &[
            "เทศบาล",
            "เทศบาลตำบล",
            "เทศบาลเมือง",
            "เทศบาลนคร",
            "ทต.",
            "ทม.",
            "ทน.",
            "municipality",
            "thesaban",
            "city",
            "town",
        ],
    ),
    (
        AgencyKind::Provincial,
        &["อบจ.", "อบจ", "องค์การบริหารส่วนจังหวัด", "provincial", "pao"],
    ),
    (
        AgencyKind::Special,
        &[
            "อปท.รูปแบบพิเศษ",
            "องค์กรปกครองส่วนท้องถิ่นรูปแบบพิเศษ",
            "กรุงเทพมหานคร",
            "เมืองพัทยา",
            "special",
        ],
    ),
    (
        AgencyKind::Central,
        &[
            "ส่วนราชการ",
            "กระทรวง",
            "กรม",
            "จังหวัด",
            "ราชการส่วนกลาง",
            "ราชการส่วนภูมิภาค",
            "central",
        ],
    ),
    (
        AgencyKind::StateEnterprise,
        &["รัฐวิสาหกิจ", "state_enterprise"],
    ),
    (
        AgencyKind::University,
        &["มหาวิทยาลัย", "สถาบันอุดมศึกษา", "university"],
    ),
    (
        AgencyKind::PublicBody,
        &[
            "องค์การมหาชน",
            "หน่วยงานอิสระ",
            "องค์กรอิสระ",
            "กองทุน",
            "public_body",
        ],
    ),
];

/// The word for a kind of agency in tables and lists: `อบต.`, `เทศบาล` …
pub fn kind_words(kind: AgencyKind) -> &'static str {
    let found = KINDS.iter().find(|(one, _)| *one == kind);
    found.map_or("ไม่ทราบประเภท", |(_, words)| {
        words[0]
    })
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) row: usize,
    pub(super) column: Option<Column>,
}

impl Place {
    pub(super) fn row(row: usize) -> Self {
        Self { row, column: None }
    }
}

/// A wrong text as messages repeat it.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(TOLD)
        .collect()
}

pub(super) fn near<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> String {
    if wrong.chars().count() > TOLD {
        return String::new();
    }
    hint(&wrong.to_lowercase(), names)
}

#[derive(Default)]
pub(super) struct Reader {
    is_toml: bool,
    entries: Vec<Entry>,
    faults: Vec<RowFault>,
    /// Rows by key in small letters.
    ids: BTreeMap<String, usize>,
    /// Rows by website.
    homes: BTreeMap<String, usize>,
}

impl Reader {
    /// A reader whose rows are lines.
    pub(super) fn of_toml() -> Self {
        Self {
            is_toml: true,
            ..Self::default()
        }
    }

    fn add(&mut self, place: Place, what: String, fix: String, kept: bool) {
        self.faults.push(RowFault {
            row: place.row,
            is_line: self.is_toml,
            column: place.column.map(Column::told),
            what,
            fix,
            kept,
        });
    }

    fn unit(&self) -> &'static str {
        unit(self.is_toml)
    }

    pub(super) fn wrong(&mut self, place: Place, what: String, fix: String) {
        self.add(place, what, fix, false);
    }

    pub(super) fn note(&mut self, place: Place, what: String, fix: String) {
        self.add(place, what, fix, true);
    }

    pub(super) fn done(mut self, settings: Settings) -> List {
        self.faults.sort();
        List {
            entries: self.entries,
            faults: self.faults,
            settings,
            alert: String::new(),
        }
    }

    /// Reads one row: an entry, or what is wrong with it.
    pub(super) fn row(&mut self, row: &Row) {
        let before = self.faults.iter().filter(|fault| !fault.kept).count();
        let home = self.home(row);
        let id = self.id(row, home.as_ref());
        let kind = self.kind(row);
        let schedule = self.schedule(row);
        let off = self.off(row);
        let owner = self.owner(row);
        let after = self.faults.iter().filter(|fault| !fault.kept).count();
        let (Some(home), Some(id), true) = (home, id, before == after) else {
            return;
        };
        let name = row.get(Column::Name).unwrap_or_default().to_owned();
        let place = Place {
            row: row.number,
            column: Some(Column::Name),
        };
        if name.is_empty() {
            self.note(
                place,
                "ไม่มีชื่อหน่วยงาน".to_owned(),
                "ใช้ชื่อที่พบในเว็บไซต์ ใส่ชื่อเต็มเพื่อให้ตรวจได้แม่นขึ้น".to_owned(),
            );
        }
        self.ids.insert(id.to_lowercase(), row.number);
        let file = |column| {
            row.get(column)
                .map(|text| PathBuf::from(text.replace('\\', "/")))
        };
        let mut entry = Entry {
            id,
            name,
            kind: kind.unwrap_or_default(),
            amphoe: area(row.get(Column::District), &["อำเภอ", "อ.", "เขต"]),
            province: area(row.get(Column::Province), &["จังหวัด", "จ."]),
            home,
            schedule,
            scores: file(Column::Scores),
            decisions: file(Column::Decisions),
            owner,
            notes: row.get(Column::Notes).unwrap_or_default().to_owned(),
            off,
            row: row.number,
        };
        if let Some(agency) = entry.agency() {
            entry.kind = agency.kind;
        }
        self.entries.push(entry);
    }

    fn home(&mut self, row: &Row) -> Option<Url> {
        let place = Place {
            row: row.number,
            column: Some(Column::Home),
        };
        const FORM: &str = "ใส่ที่อยู่หน้าแรกของเว็บไซต์ เช่น https://www.example.go.th/";
        let Some(text) = row.get(Column::Home) else {
            self.wrong(place, "ไม่มีที่อยู่เว็บไซต์".to_owned(), FORM.to_owned());
            return None;
        };
        let told = || format!("ที่อยู่ “{}” ใช้ไม่ได้", shown(text));
        // A host without a dot is a slip of the hand, unless it is this machine; a bare number would be an address.
        let written = text.split_once("://").map_or(text, |(_, rest)| rest);
        let written = written.split(['/', '?', '#']).next().unwrap_or_default();
        let is_host = written.contains(['.', ':']) || written == "localhost";
        let url = parse_home(text).ok().filter(|_| is_host);
        let Some(url) = url.filter(|_| !text.contains(char::is_whitespace)) else {
            self.wrong(place, told(), FORM.to_owned());
            return None;
        };
        if !text.contains("://") {
            self.note(
                place,
                format!("ไม่มี https:// หน้า “{}”", shown(text)),
                format!("จะเริ่มที่ {url} ใส่ที่อยู่เต็มเพื่อความแน่นอน"),
            );
        }
        let same = self.homes.insert(twin(&url), row.number);
        if let Some(same) = same {
            self.note(
                place,
                format!("เว็บไซต์เดียวกับ{} {same}", self.unit()),
                "ตรวจทั้งสองรายการ หากเป็นหน่วยงานเดียวกันให้ลบรายการหนึ่ง".to_owned(),
            );
        }
        Some(url)
    }

    fn id(&mut self, row: &Row, home: Option<&Url>) -> Option<String> {
        let place = Place {
            row: row.number,
            column: Some(Column::Id),
        };
        let (id, derived) = match row.get(Column::Id) {
            Some(text) => (text.to_owned(), false),
            None => (derived_id(home?), true),
        };
        let letter = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let number = |c: char| c.is_ascii_digit() || ".+eE".contains(c);
        if !id.chars().all(letter) && id.chars().all(number) {
            self.wrong(
                place,
                format!("รหัส “{}” ถูกโปรแกรมตารางคำนวณย่อเป็นเลขยกกำลัง", shown(&id)),
                "ตั้งรูปแบบของคอลัมน์รหัสเป็น “ข้อความ” แล้วใส่รหัสใหม่".to_owned(),
            );
            return None;
        }
        if !id.chars().all(letter)
            || id.len() > LONGEST_ID
            || !id.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            self.wrong(
                place,
                format!("รหัส “{}” ใช้ไม่ได้", shown(&id)),
                format!(
                    "ใช้อักษรอังกฤษ ตัวเลข จุด ขีด หรือขีดล่าง ไม่เกิน {LONGEST_ID} ตัว ขึ้นต้นด้วยอักษรหรือตัวเลข หรือเว้นว่างให้ตั้งจากชื่อเว็บไซต์"
                ),
            );
            return None;
        }
        if let Some(same) = self.ids.get(&id.to_lowercase()) {
            let unit = self.unit();
            let what = format!("รหัส “{id}” ซ้ำกับ{unit} {same}");
            let fix = if derived {
                "รหัสตั้งจากที่อยู่เว็บไซต์ซึ่งซ้ำกัน ลบรายการที่ซ้ำหรือใส่รหัสเอง"
            } else {
                "ให้แต่ละหน่วยงานมีรหัสของตน (อักษรเล็กใหญ่นับเป็นตัวเดียวกัน)"
            };
            self.wrong(place, what, fix.to_owned());
            return None;
        }
        if derived {
            self.note(
                place,
                "ไม่มีรหัส".to_owned(),
                format!("ใช้ “{id}” ซึ่งตั้งจากที่อยู่เว็บไซต์ ใส่รหัสเองเพื่อให้ประวัติต่อเนื่องแม้เว็บไซต์ย้ายที่อยู่"),
            );
        }
        Some(id)
    }

    fn kind(&mut self, row: &Row) -> Option<AgencyKind> {
        let text = row.get(Column::Kind)?;
        let plain: String = text.split_whitespace().collect();
        let plain = plain.to_lowercase();
        let named = |(_, names): &&(AgencyKind, &[&str])| names.contains(&plain.as_str());
        if let Some((kind, _)) = KINDS.iter().find(named) {
            return Some(*kind);
        }
        let names = KINDS.iter().flat_map(|(_, names)| names.iter().copied());
        let near = near(&plain, names);
        let all: Vec<&str> = KINDS.iter().map(|(_, names)| names[0]).collect();
        self.wrong(
            Place {
                row: row.number,
                column: Some(Column::Kind),
            },
            format!("ไม่รู้จักประเภท “{}”{near}", shown(text)),
            format!("ใช้ {} หรือเว้นว่างให้ดูจากชื่อ", all.join(", ")),
        );
        None
    }

    fn schedule(&mut self, row: &Row) -> Option<Cron> {
        let read = Cron::read(row.get(Column::Schedule)?);
        read.map_err(|error| {
            let told = error.to_string();
            let (what, fix) = told.split_once(": ").unwrap_or((&told, ""));
            let place = Place {
                row: row.number,
                column: Some(Column::Schedule),
            };
            self.wrong(place, what.to_owned(), fix.to_owned());
        })
        .ok()
    }

    fn off(&mut self, row: &Row) -> bool {
        let text = row.get(Column::Off).unwrap_or_default().to_lowercase();
        match text.as_str() {
            "" | "0" | "no" | "n" | "false" | "ไม่" | "เปิด" | "-" => false,
            "1" | "yes" | "y" | "true" | "x" | "ใช่" | "ปิด" | "งด" | "✓" | "✔" => {
                true
            }
            other => {
                self.wrong(
                    Place {
                        row: row.number,
                        column: Some(Column::Off),
                    },
                    format!("อ่าน “{}” ไม่ได้", shown(other)),
                    "ใส่ ใช่ เมื่อไม่ให้ตรวจ หรือเว้นว่าง".to_owned(),
                );
                false
            }
        }
    }

    /// Mail addresses and names of webhooks. One that is neither is told, and the row runs.
    fn owner(&mut self, row: &Row) -> Vec<String> {
        let text = row.get(Column::Owner).unwrap_or_default();
        let parts = text.split(|c: char| c.is_whitespace() || ",;".contains(c));
        let mut all: Vec<String> = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            if !is_mail(part) && !is_name(part) {
                self.note(
                    Place {
                        row: row.number,
                        column: Some(Column::Owner),
                    },
                    format!("“{}” ไม่ใช่อีเมลหรือชื่อช่องทางแจ้ง", shown(part)),
                    "ไม่มีการแจ้งไปที่นี้ แก้ให้เป็น name@example.go.th คั่นหลายรายด้วยจุลภาค".to_owned(),
                );
            } else if !all.iter().any(|one| one == part) {
                all.push(part.to_owned());
            }
        }
        all
    }
}

/// `www.example.go.th/city` → `example.go.th-city`.
pub(super) fn derived_id(home: &Url) -> String {
    let host = home.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = home
        .port()
        .map(|port| format!("-{port}"))
        .unwrap_or_default();
    let path = home.path_segments().into_iter().flatten();
    let path: String = path
        .filter(|part| !part.is_empty())
        .map(|part| format!("-{part}"))
        .collect();
    let whole = format!("{host}{port}{path}");
    let plain = whole
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c));
    let plain = plain.skip_while(|c| !c.is_ascii_alphanumeric());
    plain.take(LONGEST_ID).collect()
}

/// A district or province without the word for it.
fn area(text: Option<&str>, words: &[&str]) -> Option<String> {
    let text = text?;
    let bare = words.iter().find_map(|word| text.strip_prefix(word));
    let bare = bare.map(str::trim).filter(|bare| !bare.is_empty());
    Some(bare.unwrap_or(text).to_owned())
}

fn is_mail(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |text: &str| !text.contains(|c: char| c.is_control() || "@<>\"'()[]".contains(c));
    !user.is_empty()
        && plain(user)
        && plain(host)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}

/// What may name a webhook, in any script.
fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME && !text.contains(|c: char| c.is_control() || "@<>\"'`".contains(c))
}
