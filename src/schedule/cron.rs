//! How often a website is looked at: five cron fields or a word, always in Thai time.

use std::fmt;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time, date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{bangkok, instant};

/// Longer than any rhythm that a person writes.
const LONGEST: usize = 100;

/// Words for rhythms. At night, when an agency's server has little else to do; after midnight, so that a run and its
/// jitter stay within one day.
const WORDS: [(&str, &str); 12] = [
    ("รายวัน", "0 0 * * *"),
    ("ทุกวัน", "0 0 * * *"),
    ("daily", "0 0 * * *"),
    ("@daily", "0 0 * * *"),
    ("รายสัปดาห์", "0 0 * * 0"),
    ("ทุกสัปดาห์", "0 0 * * 0"),
    ("weekly", "0 0 * * 0"),
    ("@weekly", "0 0 * * 0"),
    ("รายเดือน", "0 0 1 * *"),
    ("ทุกเดือน", "0 0 1 * *"),
    ("monthly", "0 0 1 * *"),
    ("@monthly", "0 0 1 * *"),
];

/// Why a rhythm could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Neither a word nor five fields.
    #[error(
        "กำหนดตรวจ “{0}” ไม่ใช่คำที่รู้จักและไม่ใช่ cron ห้าช่อง: ใช้ รายวัน รายสัปดาห์ รายเดือน หรือเขียนห้าช่อง (นาที ชั่วโมง วันที่ เดือน วันในสัปดาห์) เช่น 0 2 * * 1"
    )]
    Shape(String),
    /// A field is out of its range or not written as cron writes it.
    #[error(
        "กำหนดตรวจ “{0}” มีช่องที่อ่านไม่ได้: นาที 0-59 ชั่วโมง 0-23 วันที่ 1-31 เดือน 1-12 วันในสัปดาห์ 0-6 (0 คือวันอาทิตย์) เช่น 0 2 * * 1"
    )]
    Field(String),
    /// More than once an hour.
    #[error("กำหนดตรวจ “{0}” ถี่กว่าชั่วโมงละครั้ง: ช่องแรก (นาที) ใส่ตัวเลขเดียว เช่น 0 2 * * 1")]
    Often(String),
    /// No day of the calendar.
    #[error("กำหนดตรวจ “{0}” ไม่ตรงกับวันใดในปฏิทิน: ตรวจวันที่และเดือน")]
    Never(String),
}

/// How often a website is looked at. Written and read as its text.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Cron {
    /// As it was written.
    text: String,
    pattern: croner::Cron,
    /// The first time of a day on which it runs, the same on every such day.
    first: Time,
}

impl Cron {
    /// Reads five cron fields (minute, hour, day, month, weekday; Thai time) or a word: `รายวัน`, `รายสัปดาห์`,
    /// `รายเดือน`, `daily`, `weekly`, `monthly`.
    pub fn read(text: &str) -> Result<Self, CronError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = || text.chars().take(LONGEST).collect::<String>();
        let lower = text.to_lowercase();
        let word = WORDS.iter().find(|(word, _)| *word == lower);
        let fields = word.map_or(text.as_str(), |(_, fields)| fields);
        let writes = |c: char| c.is_ascii_alphanumeric() || " *,-/#?".contains(c);
        if fields.split(' ').count() != 5 || fields.len() > LONGEST || !fields.chars().all(writes) {
            return Err(CronError::Shape(told()));
        }
        let pattern = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(fields)
            .map_err(|_| CronError::Field(told()))?;
        let minute = fields.split(' ').next().unwrap_or_default();
        if minute.parse::<u8>().is_err() {
            return Err(CronError::Often(told()));
        }
        // Eight years hold every weekday of every date but 29 February's.
        let begin = date(2000, 1, 1).at(0, 0, 0, 0);
        let first: DateTime = pattern
            .find_next_occurrence(&begin, true)
            .map_err(|_| CronError::Never(told()))?;
        Ok(Self {
            pattern,
            first: first.time(),
            text,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first time after an instant; `None` beyond the calendar's end.
    pub fn after(&self, at: Timestamp) -> Option<Timestamp> {
        let next = self.pattern.find_next_occurrence(&bangkok(at), false);
        next.ok().and_then(instant).filter(|next| *next > at)
    }

    /// The time of day of its first run on each of its days.
    pub fn time_of_day(&self) -> Time {
        self.first
    }
}

impl TryFrom<String> for Cron {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, CronError> {
        Self::read(&text)
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.text
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({})", self.text)
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str, from: &str, count: usize) -> Vec<String> {
        let cron = Cron::read(text).unwrap();
        let mut at = instant(from.parse().unwrap()).unwrap();
        let mut all = Vec::new();
        for _ in 0..count {
            at = cron.after(at).unwrap();
            all.push(bangkok(at).to_string());
        }
        all
    }

    #[test]
    fn words_and_fields_mean_thai_nights() {
        for text in ["รายวัน", "daily", "Daily", " 0  0 * * * "] {
            assert_eq!(
                runs(text, "2022-02-27T00:00:00", 3),
                [
                    "2022-02-28T00:00:00",
                    "2022-03-01T00:00:00",
                    "2022-03-02T00:00:00"
                ],
                "{text}"
            );
        }
        let instants = Cron::read("weekly").unwrap();
        let after = instants.after("2022-03-03T00:00:00Z".parse().unwrap());
        // Sunday's midnight in Thailand is Saturday 17:00 UTC.
        assert_eq!(after, "2022-03-05T17:00:00Z".parse().ok());
    }

    #[test]
    fn the_31st_and_leap_days_come_when_the_calendar_has_them() {
        assert_eq!(
            runs("30 1 31 * *", "2022-01-31T01:30:00", 3),
            [
                "2022-03-31T01:30:00",
                "2022-05-31T01:30:00",
                "2022-07-31T01:30:00"
            ]
        );
        assert_eq!(
            runs("0 2 29 2 *", "2020-03-01T00:00:00", 2),
            ["2024-02-29T02:00:00", "2028-02-29T02:00:00"]
        );
        assert_eq!(
            runs("0 0 1 * *", "2022-12-15T00:00:00", 1),
            ["2023-01-01T00:00:00"]
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        type Case = (&'static str, fn(String) -> CronError);
        let cases: [Case; 13] = [
            ("", CronError::Shape),
            ("ทุกครั้งที่ว่าง", CronError::Shape),
            ("0 2 * *", CronError::Shape),
            ("0 0 2 * * *", CronError::Shape),
            ("@reboot", CronError::Shape),
            ("60 2 * * *", CronError::Field),
            ("0 24 * * *", CronError::Field),
            ("0 2 32 * *", CronError::Field),
            ("0 2 * 13 *", CronError::Field),
            ("* * * * *", CronError::Often),
            ("*/15 2 * * *", CronError::Often),
            ("0,30 2 * * *", CronError::Often),
            ("0 2 30 2 *", CronError::Never),
        ];
        for (text, why) in cases {
            assert_eq!(Cron::read(text), Err(why(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn the_first_time_of_day_is_that_of_every_day() {
        let cron = Cron::read("15 22,3 * * 1-5").unwrap();
        assert_eq!(cron.time_of_day(), Time::constant(3, 15, 0, 0));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_rhythm_or_a_reason(text in r"([0-9*/,LW#?A-Za-z-]{1,6} ){4}[0-9*/,LW#?A-Za-z-]{1,6}|\PC{0,40}") {
            if let Ok(cron) = Cron::read(&text) {
                let at = "2022-03-03T00:00:00Z".parse::<Timestamp>().unwrap();
                if let Some(next) = cron.after(at) {
                    proptest::prop_assert!(next > at);
                    let then = cron.after(next);
                    proptest::prop_assert!(then.is_none_or(|then| then.duration_since(next).as_secs() >= 3600));
                }
                proptest::prop_assert_eq!(Cron::read(cron.text()), Ok(cron));
            }
        }
    }
}
