//! Looks at one website → what its items count as: good news at once, bad news when a second look at another hour has seen it too.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::Audit;
use crate::judge::{CriterionVerdict, Decision, Verdict};
use crate::rules::answer::Outcome;

/// Something of an agency that can get better or worse: an item (`O23`) of the year, or [`WEBSITE`] itself.
pub type Subject = String;

/// The subject that is the website itself: it passes while it answers.
pub const WEBSITE: &str = "website";
/// What the website is called among the items.
pub const WEBSITE_TITLE: &str = "เว็บไซต์";

/// Time between the look that raised a doubt and the one that may confirm it.
const CONFIRM_AFTER: SignedDuration = SignedDuration::from_mins(60);
/// Seconds of an hour.
const HOUR: i64 = 3600;
/// A doubt of this age is told to people though nothing confirmed it: a weekly audit has come round without a whole second look.
const LASTING: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Characters of a sentence that are kept.
const SENTENCE: usize = 600;
/// Looks out of turn that a doubt may ask for; a website that never lets itself be read whole is not asked again and again.
const LOOKS_ASKED: u16 = 3;

/// One look at a website, or at its kept capture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// When the look began.
    pub at: Timestamp,
    /// The audit's row in the store; 0 when there is none, as of a website that did not answer.
    pub audit: i64,
    /// Digest of the rules that judged; empty when nothing was judged.
    pub rules: String,
    /// Nothing ended the crawl early.
    pub complete: bool,
    /// A kept capture judged again (other rules, a person's decision), not a look at the website.
    pub same_capture: bool,
    /// What was seen, one a subject.
    pub seen: Vec<Seen>,
}

/// One subject as a look saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What was looked at.
    pub subject: Subject,
    /// Its title.
    pub title: String,
    /// What it came to.
    pub decision: Decision,
    /// The sentence that decided.
    pub because: String,
    /// Address of the evidence that decided.
    pub place: Option<String>,
    /// A person decided it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_person: bool,
}

/// What the subjects of one agency and year count as. The store keeps it as JSON, under 150 bytes a subject that is not in doubt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Digest of the rules that judged last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rules: String,
    /// When the last look at the website began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    looked: Option<Timestamp>,
    /// Every subject seen so far.
    #[serde(default)]
    subjects: BTreeMap<Subject, Stand>,
}

/// How one subject stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stand {
    /// What it counts as.
    pub counts: Decision,
    /// Since when it counts so.
    pub since: Timestamp,
    /// Audit of the last look that saw it pass; `None` when none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<i64>,
    /// A person decided what it counts as.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_person: bool,
    /// It is not known: the look that gave the baseline ended early and did not find it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub presumed: bool,
    /// Doubts that a later look removed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blips: u16,
    /// A worse sight that does not count yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doubt: Option<Box<Sight>>,
}

/// A worse sight, with what is needed to tell it and to confirm it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Sight {
    /// What the last look came to.
    decision: Decision,
    /// When it was first seen worse.
    first: Timestamp,
    /// When a whole look first saw it worse: what a second one is measured from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<Timestamp>,
    /// Looks that saw it worse.
    looks: u16,
    /// Looks since the last whole one that saw it worse and were not whole.
    #[serde(default, skip_serializing_if = "is_zero")]
    vain: u16,
    title: String,
    because: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// Whether a change is for the better.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It counts as less than before.
    Worse,
    /// It counts as more than before.
    Better,
    /// Changed rules ask for it from now on; `from` and `to` are both what it came to.
    New,
    /// Changed rules do not ask for it any more; `from` and `to` are both what it counted as, and its title is its number.
    Gone,
}

/// What made a change.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The website is different.
    Website,
    /// The same capture is judged otherwise: other rules, or another program that reads.
    Rules,
    /// A person decided, or took a decision back.
    Person,
}

/// A change that counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What changed: an item, or `website`.
    pub subject: Subject,
    /// Its title.
    pub title: String,
    /// What it counted as.
    pub from: Decision,
    /// What it counts as from now on.
    pub to: Decision,
    /// For the better or for the worse.
    pub kind: ChangeKind,
    /// What made it.
    pub cause: Cause,
    /// When a look saw it first.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub first_seen: Timestamp,
    /// When the look that made it count began.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub counted: Timestamp,
    /// The sentence that decided; empty for an item that is gone from the rules.
    pub because: String,
    /// Address of the evidence that decided.
    pub place: Option<String>,
    /// Audit of the last look before that saw it pass; null when none did in this year.
    pub last_good: Option<i64>,
}

/// A worse sight that does not count yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Doubt {
    /// What was seen: an item, or `website`.
    pub subject: Subject,
    /// Its title.
    pub title: String,
    /// What it counts as.
    pub from: Decision,
    /// What the last look that doubted it came to.
    pub seen: Decision,
    /// When it was first seen so.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub first_seen: Timestamp,
    /// Looks that saw it so.
    pub looks: u16,
    /// No whole look has seen it so: the crawls ended early.
    pub partial: bool,
    /// The sentence that decided.
    pub because: String,
    /// Address of the evidence that decided.
    pub place: Option<String>,
    /// Audit of the last look that saw it pass.
    pub last_good: Option<i64>,
}

impl Observation {
    /// What an audit saw. A look in which no page and no file came is of a website that does not answer; a kept capture says nothing of how the website is now.
    pub fn of(audit: &Audit, at: Timestamp, audit_id: i64, same_capture: bool) -> Self {
        let coverage = &audit.coverage;
        if !same_capture && coverage.pages == 0 && coverage.documents == 0 {
            let why = coverage.not_read.first().map(|missed| missed.why.as_str());
            let why = why.unwrap_or("ไม่ได้หน้าเว็บหรือไฟล์ใดเลย");
            return Self {
                audit: audit_id,
                ..Self::unreachable(at, why, Some(audit.home.clone()))
            };
        }
        let website = (!same_capture).then(|| Seen {
            subject: WEBSITE.to_owned(),
            title: WEBSITE_TITLE.to_owned(),
            decision: Decision::Pass,
            because: "เปิดได้".to_owned(),
            place: Some(audit.home.clone()),
            by_person: false,
        });
        let items = audit.items.iter().map(|item| Seen::of(&item.verdict));
        Self {
            at,
            audit: audit_id,
            rules: audit.rules_digest.clone(),
            complete: coverage.complete,
            same_capture,
            seen: website.into_iter().chain(items).collect(),
        }
    }

    /// A visit that failed as a whole: only the website was seen, and it did not answer. Items keep their standing.
    pub fn unreachable(at: Timestamp, because: &str, place: Option<String>) -> Self {
        Self {
            at,
            audit: 0,
            rules: String::new(),
            complete: true,
            same_capture: false,
            seen: vec![Seen {
                subject: WEBSITE.to_owned(),
                title: WEBSITE_TITLE.to_owned(),
                decision: Decision::Fail,
                because: because.to_owned(),
                place,
                by_person: false,
            }],
        }
    }

    fn website(&self) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.subject == WEBSITE)
    }

    fn items(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| seen.subject != WEBSITE)
    }

    /// Whether nothing of the subject was left unseen.
    fn is_whole_for(&self, seen: &Seen) -> bool {
        self.complete || seen.subject == WEBSITE
    }

    /// Whether a subject is unsure because the look ended early: what was not found may stand on a page that did not come.
    fn is_blind_to(&self, seen: &Seen) -> bool {
        !self.is_whole_for(seen) && seen.decision == Decision::Unsure && !seen.by_person
    }
}

impl Seen {
    /// An item with the sentence and the place that decided it: the first unmet criterion, else the first unsure one, else the item's own.
    pub fn of(verdict: &Verdict) -> Self {
        let deciding = deciding(verdict);
        let evidence = deciding
            .and_then(|criterion| criterion.evidence.first())
            .or_else(|| verdict.evidence.first());
        let by_person = match deciding {
            _ if verdict.ruling.is_some() => true,
            Some(criterion) => criterion.ruling.is_some(),
            // An item that passes owes it to each of its criteria.
            None => verdict.is_decided_by_person(),
        };
        Self {
            subject: verdict.id.clone(),
            title: verdict.title.clone(),
            decision: verdict.verdict,
            because: clipped(deciding.map_or(&verdict.summary, |it| &it.because)),
            place: evidence.map(|evidence| evidence.url.clone()),
            by_person,
        }
    }
}

/// The criterion that kept an item from passing; `None` for a pass and for an item a person decided whole.
fn deciding(verdict: &Verdict) -> Option<&CriterionVerdict> {
    let outcome = match verdict.verdict {
        _ if verdict.ruling.is_some() => return None,
        Decision::Pass => return None,
        Decision::Fail => Outcome::Unmet,
        Decision::Unsure => Outcome::Unsure,
    };
    verdict.criteria.iter().find(|it| it.outcome == outcome)
}

impl Standing {
    /// The standing of a new year: nothing of the items, and of the website what is known of it.
    pub fn after(before: &Self) -> Self {
        let website = before.subjects.get_key_value(WEBSITE);
        Self {
            subjects: website
                .map(|(k, v)| (k.clone(), v.clone()))
                .into_iter()
                .collect(),
            looked: before.looked,
            rules: String::new(),
        }
    }

    /// Takes in a look and returns the changes that count from now on: the website first, then in the look's order. The
    /// first sight of the items is their baseline and changes nothing. A look that was taken in before changes nothing.
    pub fn observe(&mut self, look: &Observation) -> Vec<Change> {
        if !look.same_capture && self.looked.replace(look.at) == Some(look.at) {
            return Vec::new();
        }
        let mut changes = Vec::new();
        if let Some(website) = look.website().filter(|_| !look.same_capture) {
            // Whoever put the website on the list believed that it answers.
            let stand = self
                .subjects
                .entry(WEBSITE.to_owned())
                .or_insert_with(|| Stand::new(Decision::Pass, look.at));
            changes.extend(stand.see(look, website));
            if website.decision == Decision::Fail {
                return changes;
            }
        }
        let asked_anew = self.asks_otherwise(look);
        for seen in look.items() {
            if let Some(stand) = self.subjects.get_mut(&seen.subject) {
                changes.extend(stand.see(look, seen));
                continue;
            }
            let stand = Stand::first(look, seen);
            if asked_anew {
                let (same, kind) = (stand.counts, ChangeKind::New);
                changes.push(Change::seen(look, seen, same, kind, Cause::Rules));
            }
            self.subjects.insert(seen.subject.clone(), stand);
        }
        if asked_anew {
            changes.extend(self.drop_unasked(look));
        }
        if !look.rules.is_empty() {
            self.rules.clone_from(&look.rules);
        }
        changes
    }

    /// Other rules judged than before, so that items may come and go.
    fn asks_otherwise(&self, look: &Observation) -> bool {
        let known = self.subjects.keys().any(|subject| subject != WEBSITE);
        known && look.rules != self.rules && look.items().next().is_some()
    }

    /// Forgets the items that the rules of a look do not have.
    fn drop_unasked(&mut self, look: &Observation) -> Vec<Change> {
        let asked: BTreeSet<&str> = look.items().map(|seen| seen.subject.as_str()).collect();
        let gone = |subject: &Subject| subject != WEBSITE && !asked.contains(subject.as_str());
        let mut changes = Vec::new();
        self.subjects.retain(|subject, stand| {
            let gone = gone(subject);
            if gone {
                changes.push(Change {
                    subject: subject.clone(),
                    title: subject.clone(),
                    from: stand.counts,
                    to: stand.counts,
                    kind: ChangeKind::Gone,
                    cause: Cause::Rules,
                    first_seen: look.at,
                    counted: look.at,
                    because: String::new(),
                    place: None,
                    last_good: stand.passed,
                });
            }
            !gone
        });
        changes
    }

    /// Every subject with how it stands.
    pub fn subjects(&self) -> impl Iterator<Item = (&str, &Stand)> {
        self.subjects
            .iter()
            .map(|(subject, stand)| (subject.as_str(), stand))
    }

    /// When the last look at the website began.
    pub fn looked(&self) -> Option<Timestamp> {
        self.looked
    }

    /// The earliest time at which a look may confirm a doubt; `None` when there is no doubt, or none that a look out of
    /// turn would settle: the website is down, or three looks in a row could not read it whole.
    pub fn second_look(&self) -> Option<Timestamp> {
        self.second_look_from(Timestamp::MIN)
    }

    /// The same, not before `from`: a look at the clock hour of the first one, a day later, confirms nothing.
    pub fn second_look_from(&self, from: Timestamp) -> Option<Timestamp> {
        if let Some(website) = self.subjects.get(WEBSITE)
            && website.counts == Decision::Fail
        {
            return None;
        }
        let mut doubts = self.in_doubt().map(|(subject, _, sight)| (subject, sight));
        // While the website does not answer, nothing can be seen of its items.
        let (first, sight) = doubts.next()?;
        if first == WEBSITE {
            return sight.second_look(from);
        }
        let rest = doubts.filter_map(|(_, sight)| sight.second_look(from));
        sight.second_look(from).into_iter().chain(rest).min()
    }

    /// The worse sights that do not count yet, the website first, then by subject.
    pub fn doubts(&self) -> Vec<Doubt> {
        self.in_doubt()
            .map(|(subject, stand, sight)| Doubt {
                subject: subject.to_owned(),
                title: sight.title.clone(),
                from: stand.counts,
                seen: sight.decision,
                first_seen: sight.first,
                looks: sight.looks,
                partial: sight.whole.is_none(),
                because: sight.because.clone(),
                place: sight.place.clone(),
                last_good: stand.passed,
            })
            .collect()
    }

    fn in_doubt(&self) -> impl Iterator<Item = (&str, &Stand, &Sight)> {
        let doubted = |(subject, stand)| {
            let (subject, stand): (&String, &Stand) = (subject, stand);
            let sight = stand.doubt.as_deref()?;
            Some((subject.as_str(), stand, sight))
        };
        let website = self.subjects.get_key_value(WEBSITE);
        let items = self
            .subjects
            .iter()
            .filter(|(subject, _)| *subject != WEBSITE);
        website.into_iter().chain(items).filter_map(doubted)
    }
}

impl Stand {
    fn new(counts: Decision, since: Timestamp) -> Self {
        Self {
            counts,
            since,
            passed: None,
            by_person: false,
            presumed: false,
            blips: 0,
            doubt: None,
        }
    }

    /// The baseline of an item.
    fn first(look: &Observation, seen: &Seen) -> Self {
        let mut stand = Self::new(seen.decision, look.at);
        stand.by_person = seen.by_person;
        stand.presumed = look.is_blind_to(seen);
        stand.remember_good(look, seen);
        stand
    }

    fn remember_good(&mut self, look: &Observation, seen: &Seen) {
        if seen.decision == Decision::Pass && look.audit != 0 {
            self.passed = Some(look.audit);
        }
    }

    /// Takes in one sight, and returns the change when it counts.
    fn see(&mut self, look: &Observation, seen: &Seen) -> Option<Change> {
        let change = if seen.by_person {
            self.decided(look, seen, Cause::Person)
        } else if look.same_capture {
            self.judged_again(look, seen)
        } else if look.is_blind_to(seen) {
            if seen.decision.worth() < self.counts.worth() {
                self.doubt(look, seen);
            }
            None
        } else {
            self.looked_at(look, seen)
        };
        self.remember_good(look, seen);
        change
    }

    /// A look at the website that could tell.
    fn looked_at(&mut self, look: &Observation, seen: &Seen) -> Option<Change> {
        if seen.decision.worth() >= self.counts.worth() {
            self.blips = self.blips.saturating_add(u16::from(self.doubt.is_some()));
            self.doubt = None;
        } else if !look.is_whole_for(seen) {
            self.doubt(look, seen);
            return None;
        } else if self.presumed {
            // It was not known before, so it did not get worse.
            self.settle(look, seen);
            return None;
        } else {
            let first = *self.doubt(look, seen).whole.get_or_insert(look.at);
            if !confirms(first, look.at) {
                return None;
            }
        }
        let first_seen = self.doubt.as_ref().map_or(look.at, |sight| sight.first);
        let change = self.decided(look, seen, Cause::Website)?;
        Some(Change {
            first_seen,
            ..change
        })
    }

    /// The kept capture of the last look, judged by other rules or without a person's decision.
    fn judged_again(&mut self, look: &Observation, seen: &Seen) -> Option<Change> {
        let order = seen.decision.worth().cmp(&self.counts.worth());
        match &mut self.doubt {
            // The last look saw it worse before the rules changed: they did not do it.
            Some(sight) if order == Ordering::Less => {
                sight.tell(seen);
                None
            }
            _ if order == Ordering::Greater && look.is_blind_to(seen) && !self.by_person => None,
            _ if self.by_person => self.decided(look, seen, Cause::Person),
            _ => self.decided(look, seen, Cause::Rules),
        }
    }

    /// Counts a sight from now on; a change when it counted otherwise.
    fn decided(&mut self, look: &Observation, seen: &Seen, cause: Cause) -> Option<Change> {
        let kind = match seen.decision.worth().cmp(&self.counts.worth()) {
            Ordering::Less => Some(ChangeKind::Worse),
            Ordering::Greater => Some(ChangeKind::Better),
            Ordering::Equal => None,
        };
        let change = kind.map(|kind| Change {
            last_good: self.passed,
            ..Change::seen(look, seen, self.counts, kind, cause)
        });
        self.settle(look, seen);
        change
    }

    fn settle(&mut self, look: &Observation, seen: &Seen) {
        if self.counts != seen.decision {
            self.counts = seen.decision;
            self.since = look.at;
        }
        self.by_person = seen.by_person;
        self.presumed = look.is_blind_to(seen);
        self.doubt = None;
    }

    /// Notes a worse sight.
    fn doubt(&mut self, look: &Observation, seen: &Seen) -> &mut Sight {
        let whole = look.is_whole_for(seen);
        let sight = self
            .doubt
            .get_or_insert_with(|| Box::new(Sight::new(look.at, seen)));
        sight.looks = sight.looks.saturating_add(1);
        sight.vain = if whole {
            0
        } else {
            sight.vain.saturating_add(1)
        };
        if whole || sight.whole.is_none() {
            sight.tell(seen);
        }
        sight
    }
}

impl Sight {
    fn new(first: Timestamp, seen: &Seen) -> Self {
        Self {
            decision: seen.decision,
            first,
            whole: None,
            looks: 0,
            vain: 0,
            title: seen.title.clone(),
            because: seen.because.clone(),
            place: seen.place.clone(),
        }
    }

    fn tell(&mut self, seen: &Seen) {
        self.decision = seen.decision;
        self.title.clone_from(&seen.title);
        self.because.clone_from(&seen.because);
        self.place.clone_from(&seen.place);
    }

    /// The earliest time from `from` on at which a look may confirm it, or be the first whole one.
    fn second_look(&self, from: Timestamp) -> Option<Timestamp> {
        if self.vain >= LOOKS_ASKED {
            return None;
        }
        let seen = self.whole.unwrap_or(self.first);
        let due = seen.checked_add(CONFIRM_AFTER).ok()?.max(from);
        if confirms(seen, due) {
            return Some(due);
        }
        // Due at the clock hour of the first look on a later day: the next hour begins soon.
        let next = (due.as_second().div_euclid(HOUR) + 1) * HOUR;
        Timestamp::from_second(next).ok()
    }
}

impl Change {
    fn seen(
        look: &Observation,
        seen: &Seen,
        from: Decision,
        kind: ChangeKind,
        cause: Cause,
    ) -> Self {
        Self {
            subject: seen.subject.clone(),
            title: seen.title.clone(),
            from,
            to: seen.decision,
            kind,
            cause,
            first_seen: look.at,
            counted: look.at,
            because: seen.because.clone(),
            place: seen.place.clone(),
            last_good: None,
        }
    }
}

impl Doubt {
    /// Whether it is so old that people are told though nothing confirmed it: seven days.
    pub fn lasts(&self, now: Timestamp) -> bool {
        now.duration_since(self.first_seen) >= LASTING
    }
}

/// Whether a look may confirm what an earlier one saw: an hour later or more, and at another hour of the day, because
/// what a server does every night at two it also does tomorrow at two. Hours begin together in UTC and in Bangkok.
fn confirms(first: Timestamp, later: Timestamp) -> bool {
    let hour = |at: Timestamp| at.as_second().div_euclid(HOUR).rem_euclid(24);
    later.duration_since(first) >= CONFIRM_AFTER && hour(first) != hour(later)
}

/// The beginning of a sentence: a website may word its links without end, and changes are kept for years.
fn clipped(sentence: &str) -> String {
    match sentence.char_indices().nth(SENTENCE) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence.to_owned(),
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests;
