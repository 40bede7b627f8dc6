//! What a TOML list of agencies says of the run over them: `[settings]`.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use crate::fetch::address::is_web;
use crate::year::FiscalYear;
use jiff::SignedDuration;
use toml_edit::{Item, TableLike, Value};
use url::Url;

use crate::rules::fault::hint;
use crate::schedule::plan::LONGEST_JITTER;
use crate::schedule::{Calendar, Cron};

const KEYS: [&str; 10] = [
    "schedule", "years", "rules", "contact", "canaries", "at_once", "delay", "jitter", "denser",
    "calendar",
];

/// Websites that are looked at side by side at most.
const MOST_AT_ONCE: i64 = 256;
/// The longest wait between two requests, in seconds.
const LONGEST_DELAY: f64 = 600.0;
/// Letters of a wrong word for which a likely one is sought.
const WORD: usize = 60;

/// What holds for all agencies of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The rhythm of agencies that have none of their own.
    pub schedule: Option<Cron>,
    /// The years that are judged; empty: as the command says.
    pub years: Vec<FiscalYear>,
    /// A folder of rules in place of the shipped ones.
    pub rules: Option<PathBuf>,
    /// An address or page where a webmaster can ask who this is.
    pub contact: Option<String>,
    /// Websites that show whether our own network works.
    pub canaries: Vec<Url>,
    /// Websites looked at side by side.
    pub at_once: Option<usize>,
    /// The least time between two requests to one server.
    pub delay: Option<Duration>,
    /// How long visits of one time are spread.
    pub jitter: Option<SignedDuration>,
    /// Websites are looked at more often when the assessment's windows are near.
    pub denser: bool,
    /// Years of the assessment's calendar that differ from the shipped ones.
    pub calendar: Calendar,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schedule: None,
            years: Vec::new(),
            rules: None,
            contact: None,
            canaries: Vec::new(),
            at_once: None,
            delay: None,
            jitter: None,
            denser: true,
            calendar: Calendar::default(),
        }
    }
}

/// Takes the place of a mistake, what is wrong and what to do.
pub(super) type Wrong<'a> = dyn FnMut(Option<Range<usize>>, String, String) + 'a;

impl Settings {
    /// Reads the table; what is wrong with a key leaves its default.
    pub(super) fn of_table(table: &dyn TableLike, wrong: &mut Wrong<'_>) -> Self {
        let mut settings = Self::default();
        for (key, item) in table.iter() {
            let span = table
                .key(key)
                .and_then(toml_edit::Key::span)
                .or(item.span());
            if key == "calendar" {
                settings.calendar = match item.as_table_like() {
                    Some(years) => Calendar::of_table(years, &mut |place, what| {
                        let fix = "แก้ตามแบบใน rules/calendar.toml".to_owned();
                        wrong(place.or(span.clone()), what, fix);
                    }),
                    None => {
                        let fix = "ขึ้นต้นแต่ละปีด้วย [settings.calendar.2569]".to_owned();
                        wrong(span, "calendar ไม่ใช่ตาราง".to_owned(), fix);
                        continue;
                    }
                };
            } else if let Err((what, fix)) = settings.set(key, item) {
                wrong(span, what, fix);
            }
        }
        settings
    }

    fn set(&mut self, key: &str, item: &Item) -> Result<(), (String, String)> {
        let bad = |fix: &str| (format!("{key} ใช้ไม่ได้"), fix.to_owned());
        let text = |fix: &str| {
            let text = item.as_str().map(str::trim);
            text.filter(|text| !text.is_empty()).ok_or_else(|| bad(fix))
        };
        match key {
            "schedule" => {
                let told = text("ใส่ \"รายสัปดาห์\" หรือ cron ห้าช่องในเครื่องหมายคำพูด")?;
                let cron = Cron::read(told).map_err(|error| {
                    let told = error.to_string();
                    let (what, fix) = told.split_once(": ").unwrap_or((&told, ""));
                    (what.to_owned(), fix.to_owned())
                })?;
                self.schedule = Some(cron);
            }
            "years" => {
                let all = each(item, |value| {
                    let year = value.as_integer().and_then(|it| i16::try_from(it).ok());
                    year.filter(|year| (2500..=2700).contains(year))
                        .map(FiscalYear)
                });
                self.years = all.ok_or_else(|| bad("ใส่ปีงบประมาณ พ.ศ. เช่น years = [2564, 2565]"))?;
                self.years.sort();
                self.years.dedup();
            }
            "rules" => self.rules = Some(text("ใส่ชื่อโฟลเดอร์กฎ เช่น \"rules\"")?.into()),
            "contact" => {
                let told = text("ใส่อีเมลหรือหน้าเว็บที่ผู้ดูแลเว็บไซต์ติดต่อได้")?;
                if told.chars().any(|c| c.is_control() || !c.is_ascii()) {
                    return Err(bad("ใช้อักษรอังกฤษเท่านั้น เพราะส่งไปกับทุกคำขอ"));
                }
                self.contact = Some(told.to_owned());
            }
            "canaries" => {
                let all = each(item, |value| {
                    Url::parse(value.as_str()?.trim()).ok().filter(is_web)
                });
                self.canaries = all.ok_or_else(|| {
                    bad("ใส่ที่อยู่เต็มของเว็บไซต์ที่ไม่ล่มพร้อมกัน เช่น [\"https://www.example.go.th/\", \"https://www.example.com/\"]")
                })?;
            }
            "at_once" => {
                let count = item
                    .as_integer()
                    .filter(|it| (1..=MOST_AT_ONCE).contains(it));
                let count = count.and_then(|it| usize::try_from(it).ok());
                self.at_once = Some(count.ok_or_else(|| bad("ใส่จำนวน 1 ถึง 256"))?);
            }
            "delay" => {
                let seconds = number(item).filter(|it| (0.0..=LONGEST_DELAY).contains(it));
                let delay = seconds.and_then(|it| Duration::try_from_secs_f64(it).ok());
                self.delay = Some(delay.ok_or_else(|| bad("ใส่จำนวนวินาที 0 ถึง 600 เช่น 1.5"))?);
            }
            "jitter" => {
                let most = LONGEST_JITTER.as_secs_f64() / 3600.0;
                let hours = number(item).filter(|it| (0.0..=most).contains(it));
                let jitter =
                    hours.and_then(|it| SignedDuration::try_from_secs_f64(it * 3600.0).ok());
                self.jitter = Some(jitter.ok_or_else(|| bad("ใส่จำนวนชั่วโมง 0 ถึง 168 เช่น 6"))?);
            }
            "denser" => {
                self.denser = item.as_bool().ok_or_else(|| bad("ใส่ true หรือ false"))?;
            }
            _ => {
                let near = if key.chars().count() > WORD {
                    String::new()
                } else {
                    hint(key, KEYS)
                };
                let key: String = key.chars().filter(|c| !c.is_control()).take(WORD).collect();
                return Err((
                    format!("ไม่รู้จัก `{key}` ใน [settings]{near}"),
                    format!("ใช้ได้คือ {}", KEYS.join(", ")),
                ));
            }
        }
        Ok(())
    }
}

/// Every value of an array; `None` when one is not what it should be.
fn each<T>(item: &Item, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    item.as_array()?.iter().map(read).collect()
}

/// A number with or without a fraction.
#[expect(clippy::cast_precision_loss, reason = "settings are small numbers")]
fn number(item: &Item) -> Option<f64> {
    item.as_float()
        .or_else(|| item.as_integer().map(|it| it as f64))
}
