//! News of agencies → one owner's digest: what is new, what is due again, what is coming; the worst first, silences counted.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use jiff::{Span, Timestamp, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use unicode_width::UnicodeWidthChar;

use crate::fetch::capture::Capture;
use crate::json::Json;
use crate::judge::Decision;
use crate::report::plain;
use crate::year::FiscalYear;
use crate::year::thai_date;

use super::letter;
use super::news::{Matter, News, Notice, Opening, Silence, Told};
use super::settings::Channels;
use crate::forecast::Forecast;
use crate::standing::{Cause, Change, ChangeKind, WEBSITE};

/// The number of the digest's JSON form.
pub const FORMAT: u32 = 1;

/// Days until what is still unseen is told a second time.
const SECOND: i32 = 3;
/// Days until it is told each further time.
const FURTHER: i32 = 7;
/// Days before a forecast's day at which it is told again.
const NEAR: [u16; 2] = [7, 1];
/// Forecasts of one agency for one day that stand in lines of their own.
const APART: usize = 3;
/// Subjects that the command to mark them names; for more it marks all of the agency.
const NAMED: usize = 20;
/// Lines in one digest; what does not fit is told by the next.
const LINES: usize = 500;
/// Characters of a sentence.
const SENTENCE: usize = 300;
/// Characters of a title or a name.
const TITLE: usize = 120;
/// Bytes of an address; a longer one is left out rather than cut.
const ADDRESS: usize = 2_000;

/// What one owner is told at one time. Also the body of a webhook of shape `json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Digest {
    /// The number of this form: 1.
    pub format: u32,
    /// The same for every attempt to deliver this digest, and for no other digest: 32 hexadecimal digits.
    pub key: String,
    /// Whom it is for: a mail address or the name of a webhook.
    pub owner: String,
    /// When it was made.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The subject line.
    pub subject: String,
    /// The agencies with something to tell, the worst first.
    pub agencies: Vec<Agency>,
    /// Things that would stand here but for a silence.
    pub silenced: usize,
    /// Things told before and still unseen that are not repeated today.
    pub waiting: usize,
    /// Things that look worse and could not be confirmed.
    pub unconfirmed: usize,
    /// Things left for the next digest because this one is full.
    pub left: usize,
    /// How the reader starts the program.
    pub command: String,
}

/// One agency in a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agency {
    /// Its id in the list.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The year that is judged.
    pub year: FiscalYear,
    /// What there is to tell, the worst first.
    pub lines: Vec<Line>,
    /// The command that shows what changed.
    pub look: String,
    /// The command that ends the reminders; null when nothing here would be repeated.
    pub mark: Option<String>,
}

/// One line of an agency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// What it is about.
    pub kind: LineKind,
    /// The items, or `website`; empty for the opening of a year.
    pub subjects: Vec<String>,
    /// What they are called.
    pub title: String,
    /// What it counted as; null where several are told together.
    pub from: Option<Decision>,
    /// What it counts as.
    pub to: Option<Decision>,
    /// The sentence that decided.
    pub sentence: String,
    /// Address of the evidence that decided.
    pub place: Option<String>,
    /// Since when; for `stale` the day on which it gets worse.
    #[schemars(with = "String", extend("format" = "date"))]
    pub day: Date,
    /// The last good copy.
    pub last_good: Option<LastGood>,
    /// Points of the total score at stake.
    pub points: Option<f64>,
    /// 1 when it is told for the first time, 2 for the first reminder.
    pub times: u32,
    /// The notices it tells (`Notice::key`).
    pub tells: Vec<String>,
}

/// What a line is about, the worst first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The website does not answer.
    Website,
    /// An item got worse.
    Worse,
    /// Items will get worse on a day.
    Stale,
    /// Items are judged otherwise because the rules changed.
    Rules,
    /// An item, or the website, got better.
    Better,
    /// A year has begun.
    Opening,
}

/// The last look that saw a subject good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LastGood {
    /// The audit's number in the store.
    pub audit: i64,
    /// When it looked.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// Address of the evidence then.
    pub place: Option<String>,
}

/// A notice that counts as told to the digest's owner once the digest is delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tell {
    /// The agency's id.
    pub agency: String,
    /// [`Notice::key`].
    pub notice: String,
}

impl Json for Digest {}

impl Digest {
    /// What counts as told once this is delivered, at [`Digest::at`].
    pub fn tells(&self) -> Vec<Tell> {
        let of = |agency: &Agency| {
            let id = agency.id.clone();
            let keys = agency.lines.iter().flat_map(|line| line.tells.clone());
            keys.map(move |notice| Tell {
                agency: id.clone(),
                notice,
            })
            .collect::<Vec<_>>()
        };
        self.agencies.iter().flat_map(of).collect()
    }

    fn sealed(mut self) -> Self {
        // A digest holds strings, numbers and lists: writing it as JSON does not fail, and its debug text would serve as well.
        let text = serde_json::to_string(&self).unwrap_or_else(|_| format!("{self:?}"));
        self.key = HEXLOWER.encode(&Sha256::digest(text)[..16]);
        self
    }
}

/// The digest of one owner at a time; `None` when there is nothing to tell him.
///
/// `last` is when the last digest that reached him was made. The first one tells of each subject only how it stands, not the
/// whole past. Agencies of other owners in `news` are passed over.
pub fn compose(
    owner: &str,
    news: &[News],
    silences: &[Silence],
    channels: &Channels,
    last: Option<Timestamp>,
    at: Timestamp,
) -> Option<Digest> {
    let mut foot = Foot::default();
    let mut agencies: Vec<Agency> = news
        .iter()
        .filter(|one| one.owners.iter().any(|it| it == owner))
        .filter_map(|one| {
            let desk = Desk {
                owner,
                one,
                silences,
                channels,
                first: last.is_none(),
                at,
                today: Capture::day_of(at),
            };
            desk.agency(&mut foot)
        })
        .collect();
    // What nobody has heard yet goes before reminders when not everything fits.
    agencies
        .sort_by_cached_key(|one| (one.lines.iter().all(|line| line.times > 1), Weight::of(one)));
    let mut room = LINES;
    let mut left = 0;
    for agency in &mut agencies {
        let fits = agency.lines.len().min(room);
        left += agency.lines.len() - fits;
        agency.lines.truncate(fits);
        room -= fits;
    }
    agencies.retain(|one| !one.lines.is_empty());
    if agencies.is_empty() {
        return None;
    }
    agencies.sort_by_cached_key(Weight::of);
    for agency in &mut agencies {
        agency.mark = mark(agency, &channels.command);
    }
    let digest = Digest {
        format: FORMAT,
        key: String::new(),
        owner: owner.to_owned(),
        at,
        subject: letter::subject(&agencies),
        agencies,
        silenced: foot.silenced,
        waiting: foot.waiting,
        unconfirmed: foot.unconfirmed,
        left,
        command: channels.command.clone(),
    };
    Some(digest.sealed())
}

/// What stands at the end of a digest.
#[derive(Default)]
struct Foot {
    silenced: usize,
    waiting: usize,
    unconfirmed: usize,
}

/// Before comes what is worse: a dead website, then points at stake, then items that got worse.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    answers: bool,
    points: std::cmp::Reverse<i64>,
    worse: std::cmp::Reverse<usize>,
    kind: Option<LineKind>,
    id: String,
}

impl Weight {
    fn of(agency: &Agency) -> Self {
        let of = |kind| agency.lines.iter().filter(move |line| line.kind == kind);
        Self {
            answers: of(LineKind::Website).next().is_none(),
            points: std::cmp::Reverse(of(LineKind::Worse).map(thousandths).sum()),
            worse: std::cmp::Reverse(of(LineKind::Worse).count()),
            kind: agency.lines.iter().map(|line| line.kind).min(),
            id: agency.id.clone(),
        }
    }
}

/// Points as a number that can be sorted and added up.
fn thousandths(line: &Line) -> i64 {
    line.points.map_or(0, |points| {
        (points.clamp(0.0, 1_000.0) * 1_000.0).round() as i64
    })
}

/// One agency on its way into one owner's digest.
struct Desk<'a> {
    owner: &'a str,
    one: &'a News,
    silences: &'a [Silence],
    channels: &'a Channels,
    first: bool,
    at: Timestamp,
    today: Date,
}

/// What becomes of a notice.
enum Fate {
    /// Told, for the how-manieth time.
    Tell(u32),
    /// Told before, still unseen, not due.
    Wait,
    /// Nothing to tell.
    Rest,
}

impl Desk<'_> {
    fn agency(&self, foot: &mut Foot) -> Option<Agency> {
        let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, notice) in self.one.notices.iter().enumerate() {
            if let Matter::Change(change) = &notice.matter {
                latest.insert(&change.subject, at);
            }
        }
        let opens = |notice: &Notice| {
            matches!(notice.matter, Matter::Opening(_)) && notice.year == self.one.year
        };
        let opening = self
            .one
            .notices
            .iter()
            .any(|it| opens(it) && !it.seen && !it.told.contains_key(self.owner));
        let mut told: Vec<(&Notice, u32)> = Vec::new();
        for (at, notice) in self.one.notices.iter().enumerate() {
            if notice.seen || notice.year < self.one.year {
                continue;
            }
            let fate = match &notice.matter {
                Matter::Change(change) => self.change(
                    notice,
                    change,
                    latest.get(change.subject.as_str()) == Some(&at),
                ),
                // On the day a year opens its forecasts wait: one line an agency is enough.
                Matter::Forecast(_) if opening => Fate::Rest,
                Matter::Forecast(forecast) => self.forecast(notice, forecast),
                Matter::Opening(_) => match notice.told.get(self.owner) {
                    None => Fate::Tell(1),
                    Some(_) => Fate::Rest,
                },
            };
            let silent = self
                .silences
                .iter()
                .any(|it| it.covers(&self.one.agency, notice.subject(), self.at));
            match fate {
                Fate::Tell(_) if silent => foot.silenced += 1,
                Fate::Tell(times) => told.push((notice, times)),
                Fate::Wait if !silent => foot.waiting += 1,
                Fate::Wait | Fate::Rest => {}
            }
        }
        foot.unconfirmed += self.one.unconfirmed;
        let lines = self.lines(&told);
        (!lines.is_empty()).then(|| Agency {
            id: self.one.agency.clone(),
            name: brief(&self.one.name, TITLE),
            year: self.one.year,
            look: self.look(&lines),
            lines,
            mark: None,
        })
    }

    /// The command that shows what changed: from the oldest of the last good looks on, for the look that confirmed a change
    /// and the one before are alike.
    fn look(&self, lines: &[Line]) -> String {
        let good = lines.iter().filter_map(|line| line.last_good.as_ref());
        let from = good.map(|good| good.audit).min();
        let from = from.map_or_else(String::new, |audit| format!(" {audit}"));
        format!("{} diff {}{from}", self.channels.command, self.one.agency)
    }

    fn change(&self, notice: &Notice, change: &Change, latest: bool) -> Fate {
        let Some(told) = notice.told.get(self.owner) else {
            return if self.first && !latest {
                Fate::Rest
            } else {
                Fate::Tell(1)
            };
        };
        let stands = latest && change.kind == ChangeKind::Worse && change.cause == Cause::Website;
        if !stands {
            return Fate::Rest;
        }
        let pause = if told.times <= 1 { SECOND } else { FURTHER };
        if days(Capture::day_of(told.last), self.today) >= pause {
            Fate::Tell(told.times.saturating_add(1))
        } else {
            Fate::Wait
        }
    }

    /// A forecast is told when its day comes into sight, and again when it is near.
    fn forecast(&self, notice: &Notice, forecast: &Forecast) -> Fate {
        let ahead = days(self.today, forecast.on);
        let steps = [self.channels.forecast_days].into_iter().chain(NEAR);
        let step = steps
            .filter(|&step| step <= self.channels.forecast_days)
            .map(i32::from)
            .filter(|&step| (0..=step).contains(&ahead))
            .min();
        match (step, notice.told.get(self.owner)) {
            (None, _) => Fate::Rest,
            (Some(_), None) => Fate::Tell(1),
            (Some(step), Some(Told { times, last }))
                if days(Capture::day_of(*last), forecast.on) > step =>
            {
                Fate::Tell(times.saturating_add(1))
            }
            (Some(_), Some(_)) => Fate::Rest,
        }
    }

    fn lines(&self, told: &[(&Notice, u32)]) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut rules: Vec<(&Notice, &Change)> = Vec::new();
        let mut coming: BTreeMap<Date, Vec<(&Notice, &Forecast, u32)>> = BTreeMap::new();
        for &(notice, times) in told {
            match &notice.matter {
                Matter::Change(change) if change.cause == Cause::Rules => {
                    rules.push((notice, change))
                }
                Matter::Change(change) => lines.push(change_line(notice, change, times)),
                Matter::Forecast(forecast) => coming
                    .entry(forecast.on)
                    .or_default()
                    .push((notice, forecast, times)),
                Matter::Opening(opening) => lines.push(opening_line(notice, opening)),
            }
        }
        lines.extend(rules_line(&rules));
        for (day, group) in coming {
            if group.len() > APART {
                lines.push(stale_together(day, &group));
            } else {
                lines.extend(group.iter().map(|it| stale_line(it.0, it.1, it.2)));
            }
        }
        lines.sort_by_cached_key(|line| {
            let points = std::cmp::Reverse(thousandths(line));
            (
                line.kind,
                points,
                line.subjects.first().map(|it| by_number(it)),
                line.day,
            )
        });
        lines
    }
}

fn change_line(notice: &Notice, change: &Change, times: u32) -> Line {
    let website = change.subject == WEBSITE;
    let kind = match change.kind {
        ChangeKind::Worse if website => LineKind::Website,
        ChangeKind::Worse => LineKind::Worse,
        ChangeKind::Better | ChangeKind::New | ChangeKind::Gone => LineKind::Better,
    };
    let by_hand = if change.cause == Cause::Person {
        " (คนตัดสิน)"
    } else {
        ""
    };
    Line {
        kind,
        subjects: vec![change.subject.clone()],
        title: brief(&change.title, TITLE),
        from: Some(change.from),
        to: Some(change.to),
        sentence: format!("{}{by_hand}", brief(&change.because, SENTENCE)),
        place: address(change.place.as_deref()),
        day: Capture::day_of(change.first_seen),
        last_good: notice.last_good.clone().map(|good| LastGood {
            place: address(good.place.as_deref()),
            ..good
        }),
        points: notice.points,
        times,
        tells: vec![notice.key()],
    }
}

/// All that changed rules did to an agency, in one line: it is nobody's doing there.
fn rules_line(changes: &[(&Notice, &Change)]) -> Option<Line> {
    let day = changes
        .iter()
        .map(|it| Capture::day_of(it.1.counted))
        .min()?;
    let kinds = [
        (ChangeKind::Worse, "แย่ลง"),
        (ChangeKind::Better, "ดีขึ้น"),
        (ChangeKind::New, "เพิ่มใหม่"),
        (ChangeKind::Gone, "ตัดออก"),
    ];
    let parts = kinds.into_iter().filter_map(|(kind, word)| {
        let of = changes.iter().filter(|it| it.1.kind == kind);
        let subjects: Vec<&str> = of.map(|it| it.1.subject.as_str()).collect();
        (!subjects.is_empty())
            .then(|| format!("{word} {} ข้อ ({})", subjects.len(), subjects.join(", ")))
    });
    let sentence = parts.collect::<Vec<_>>().join(" ");
    Some(Line {
        kind: LineKind::Rules,
        subjects: changes.iter().map(|it| it.1.subject.clone()).collect(),
        title: "กฎการตรวจเปลี่ยน".to_owned(),
        from: None,
        to: None,
        sentence: brief(&sentence, SENTENCE),
        place: None,
        day,
        last_good: None,
        points: None,
        times: 1,
        tells: changes.iter().map(|it| it.0.key()).collect(),
    })
}

fn stale_line(notice: &Notice, forecast: &Forecast, times: u32) -> Line {
    Line {
        kind: LineKind::Stale,
        subjects: vec![forecast.subject.clone()],
        title: brief(&forecast.title, TITLE),
        from: Some(forecast.from),
        to: Some(forecast.to),
        sentence: brief(&forecast.because, SENTENCE),
        place: None,
        day: forecast.on,
        last_good: None,
        points: notice.points,
        times,
        tells: vec![notice.key()],
    }
}

fn stale_together(day: Date, group: &[(&Notice, &Forecast, u32)]) -> Line {
    let subjects: Vec<String> = group.iter().map(|it| it.1.subject.clone()).collect();
    let points: f64 = group.iter().filter_map(|it| it.0.points).sum();
    Line {
        kind: LineKind::Stale,
        title: format!("{} ข้อจะหมดอายุพร้อมกัน", group.len()),
        from: None,
        to: None,
        sentence: brief(&subjects.join(", "), SENTENCE),
        subjects,
        place: None,
        day,
        last_good: None,
        points: (points > 0.0).then_some(points),
        times: group.iter().map(|it| it.2).min().unwrap_or(1),
        tells: group.iter().map(|it| it.0.key()).collect(),
    }
}

fn opening_line(notice: &Notice, opening: &Opening) -> Line {
    let Opening {
        at,
        pass,
        unsure,
        fail,
    } = *opening;
    Line {
        kind: LineKind::Opening,
        subjects: Vec::new(),
        title: format!("เริ่มนับปีงบประมาณ {}", notice.year.0),
        from: None,
        to: None,
        sentence: format!(
            "ผ่าน {pass} ข้อ ให้คนตรวจ {unsure} ข้อ ไม่ผ่าน {fail} ข้อ จากนี้จะแจ้งเฉพาะข้อที่เปลี่ยน"
        ),
        place: None,
        day: Capture::day_of(at),
        last_good: None,
        points: None,
        times: 1,
        tells: vec![notice.key()],
    }
}

/// The command that ends the reminders of an agency's lines.
fn mark(agency: &Agency, command: &str) -> Option<String> {
    let again = |kind| matches!(kind, LineKind::Website | LineKind::Worse | LineKind::Stale);
    let lines = agency.lines.iter().filter(|line| again(line.kind));
    let mut subjects: Vec<&str> = Vec::new();
    for subject in lines.flat_map(|line| &line.subjects) {
        if !subjects.contains(&subject.as_str()) {
            subjects.push(subject);
        }
    }
    let named = match subjects.len() {
        0 => return None,
        1..=NAMED => format!(" {}", subjects.join(" ")),
        _ => String::new(),
    };
    Some(format!("{command} alerts seen {}{named}", agency.id))
}

/// `O2` before `O10`.
fn by_number(subject: &str) -> (String, u64) {
    let letters = subject.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = subject[letters.len()..].parse().unwrap_or(0);
    (letters.to_owned(), number)
}

/// Whole days from one day to another; negative when the other is earlier.
fn days(from: Date, to: Date) -> i32 {
    from.until((Unit::Day, to))
        .map_or(0, |span: Span| span.get_days())
}

/// Text from a website, on one line and not longer than it should be.
fn brief(text: &str, limit: usize) -> String {
    let text = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((mut end, _)) = text.char_indices().nth(limit) else {
        return text;
    };
    // A mark above or below is not parted from its letter.
    while text[end..]
        .chars()
        .next()
        .is_some_and(|c| c.width() == Some(0) || matches!(c, 'ะ' | 'า' | 'ำ'))
    {
        let Some((before, _)) = text[..end].char_indices().next_back() else {
            break;
        };
        end = before;
    }
    format!("{}…", text[..end].trim_end())
}

/// An address that can be shown as a link; anything else is no help to a reader.
fn address(place: Option<&str>) -> Option<String> {
    let url = url::Url::parse(place?).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    (web && url.as_str().len() <= ADDRESS).then(|| url.to_string())
}

/// A day as a line says it.
pub(super) fn day_words(line: &Line) -> String {
    let day = thai_date(line.day);
    match line.kind {
        LineKind::Stale => format!("ในวันที่ {day}"),
        LineKind::Opening | LineKind::Rules => format!("วันที่ {day}"),
        LineKind::Website | LineKind::Worse | LineKind::Better => format!("ตั้งแต่ {day}"),
    }
}
