//! Websites that live: audits of made-up agencies, week by week, drawn from real audits.
//!
//! Every agency gets its own address, numbers, quotations and names, so that no two share what real ones would not.
//! The same seed gives the same years.

use std::collections::BTreeMap;

use jiff::civil::Date;
use prongsai::audit::{Audit, Item};
use prongsai::judge::{Decision, Verdict};
use prongsai::rules::answer::{Evidence, Outcome};
use prongsai::score::Points;

/// SplitMix64: small, and the same everywhere.
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `n - 1`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Words that websites are made of, from real quotations.
pub(crate) struct Words(Vec<String>);

impl Words {
    /// All words of the quotations and labels of some audits.
    pub(crate) fn of(audits: &[Audit]) -> Self {
        let mut words: Vec<String> = audits
            .iter()
            .flat_map(|audit| &audit.items)
            .flat_map(|item| all(&item.verdict))
            .flat_map(|one| [Some(&one.label), one.quote.as_ref()])
            .flatten()
            .flat_map(|text| text.split(' '))
            .map(str::to_owned)
            .collect();
        words.sort();
        words.dedup();
        Self(words)
    }

    /// A text with most of its words exchanged.
    fn other(&self, text: &str, dice: &mut Dice) -> String {
        let words: Vec<&str> = text
            .split(' ')
            .map(|word| {
                if dice.percent(70) {
                    self.0[dice.below(self.0.len())].as_str()
                } else {
                    word
                }
            })
            .collect();
        words.join(" ")
    }
}

fn all(verdict: &Verdict) -> impl Iterator<Item = &Evidence> {
    let of_criteria = verdict.criteria.iter().flat_map(|one| &one.evidence);
    of_criteria.chain(&verdict.evidence)
}

fn all_mut(verdict: &mut Verdict) -> impl Iterator<Item = &mut Evidence> {
    let of_criteria = verdict
        .criteria
        .iter_mut()
        .flat_map(|one| &mut one.evidence);
    of_criteria.chain(&mut verdict.evidence)
}

/// The same address with other digits.
fn moved(url: &str, dice: &mut Dice) -> String {
    url.chars()
        .map(|letter| match letter {
            '0'..='9' => char::from(b'0' + dice.below(10) as u8),
            other => other,
        })
        .collect()
}

fn digest(dice: &mut Dice) -> String {
    (0..4).map(|_| format!("{:016x}", dice.next())).collect()
}

/// How much a website changes in a week.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    /// Items that change evidence or a sentence, on average, in tenths.
    pub(crate) evidence: usize,
    /// Items that change their verdict, on average, in tenths.
    pub(crate) verdict: usize,
}

/// One agency's website.
pub(crate) struct Website {
    /// Its newest audit.
    pub(crate) audit: Audit,
    dice: Dice,
}

impl Website {
    /// An agency like the one of an audit, with nothing of its own in common.
    pub(crate) fn like(model: &Audit, seed: u64, rules: &str, words: &Words) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0xa076_1d64_78bd_642f));
        let home = model.home.trim_end_matches('/').to_owned();
        let host = format!("http://www.agency{seed}.go.th");
        let json = serde_json::to_string(model).unwrap_or_default();
        let mut audit: Audit =
            serde_json::from_str(&json.replace(&home, &host)).unwrap_or_else(|_| model.clone());
        audit.agency.name = format!("องค์การบริหารส่วนตำบลที่ {seed}");
        audit.rules_digest = rules.to_owned();
        let mut website = Self { audit, dice };
        for at in 0..website.audit.items.len() {
            website.renew(at, 100, words);
        }
        dice = website.dice.clone();
        website.audit.capture_digest = Some(digest(&mut dice));
        website.dice = dice;
        website
    }

    /// Exchanges `percent` of an item's places, the same place in all its criteria alike, and the names in its sentences.
    fn renew(&mut self, at: usize, percent: usize, words: &Words) {
        let dice = &mut self.dice;
        let verdict = &mut self.audit.items[at].verdict;
        let mut places: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut quotes: BTreeMap<String, Option<String>> = BTreeMap::new();
        for one in all_mut(verdict) {
            let url = places
                .entry(one.url.clone())
                .or_insert_with(|| dice.percent(percent).then(|| moved(&one.url, dice)));
            if let Some(url) = url {
                one.url.clone_from(url);
            }
            if let Some(quote) = &mut one.quote {
                let new = quotes
                    .entry(quote.clone())
                    .or_insert_with(|| dice.percent(percent).then(|| words.other(quote, dice)));
                if let Some(new) = new {
                    quote.clone_from(new);
                }
            }
        }
        for criterion in &mut verdict.criteria {
            if criterion.because.contains("นาย") && dice.percent(percent) {
                criterion.because = words.other(&criterion.because, dice);
            }
        }
    }

    /// One quotation or one sentence of an item changes, half of the time with its address.
    fn touch(&mut self, at: usize, words: &Words) {
        let dice = &mut self.dice;
        let verdict = &mut self.audit.items[at].verdict;
        let count = all(verdict).filter(|one| one.quote.is_some()).count();
        let chosen = all(verdict)
            .filter(|one| one.quote.is_some())
            .nth(dice.below(count))
            .cloned();
        let Some(chosen) = chosen.filter(|_| dice.percent(80)) else {
            let many = verdict.criteria.len();
            if let Some(one) = verdict.criteria.get_mut(dice.below(many)) {
                one.because = format!("แสดงข้อมูล {} รายการ", dice.below(500));
            }
            return;
        };
        let quote = words.other(chosen.quote.as_deref().unwrap_or_default(), dice);
        let url = dice.percent(50).then(|| moved(&chosen.url, dice));
        for one in all_mut(verdict).filter(|one| one.quote == chosen.quote) {
            one.quote = Some(quote.clone());
            if let Some(url) = &url {
                one.url.clone_from(url);
            }
        }
    }

    /// An item comes to another verdict, by one of its criteria.
    fn turn(&mut self, at: usize) {
        let dice = &mut self.dice;
        let verdict = &mut self.audit.items[at].verdict;
        let many = verdict.criteria.len();
        let Some(one) = verdict.criteria.get_mut(dice.below(many)) else {
            return;
        };
        if verdict.verdict == Decision::Pass {
            one.outcome = Outcome::Unmet;
            one.because = format!("ไม่พบข้อมูลของปีที่รับการประเมิน พบเพียง {} รายการ", dice.below(50));
            one.evidence.clear();
            verdict.verdict = Decision::Fail;
            verdict.summary = format!("ขาด {} เกณฑ์", 1);
        } else {
            for one in &mut verdict.criteria {
                one.outcome = Outcome::Met;
            }
            verdict.verdict = Decision::Pass;
            verdict.summary = "ครบตามเกณฑ์ทุกข้อ".to_owned();
        }
    }

    /// One week goes by, and it is looked at again.
    pub(crate) fn live(&mut self, day: Date, pace: Pace, words: &Words) {
        let items = self.audit.items.len();
        for _ in 0..self.dice.below(2 * pace.evidence / 10 + 1) {
            let at = self.dice.below(items);
            self.touch(at, words);
        }
        if self.dice.percent(pace.verdict * 10) {
            let at = self.dice.below(items);
            self.turn(at);
            self.score();
        }
        let coverage = &mut self.audit.coverage;
        coverage.addresses += self.dice.below(9) as u32;
        coverage.pages += self.dice.below(4) as u32;
        coverage.documents += self.dice.below(3) as u32;
        coverage.images += self.dice.below(5) as u32;
        for missed in &mut coverage.not_read {
            missed.count = missed.count.saturating_add(self.dice.below(2) as u32);
        }
        // Once in a month another address is named as an example.
        if self.dice.percent(25)
            && let Some(example) = coverage
                .not_read
                .first_mut()
                .and_then(|missed| missed.examples.first_mut())
        {
            *example = moved(example, &mut self.dice);
        }
        self.audit.taken_on = day;
        self.audit.capture_digest = Some(digest(&mut self.dice));
    }

    /// Other rules judge: a tenth of the items say it in other words.
    pub(crate) fn judge_again(&mut self, rules: &str) {
        self.audit.rules_digest = rules.to_owned();
        for at in 0..self.audit.items.len() {
            if self.dice.percent(10) {
                let verdict = &mut self.audit.items[at].verdict;
                for one in &mut verdict.criteria {
                    one.asks = format!("{} ({})", one.asks.trim_end_matches(')'), &rules[..4]);
                }
            }
        }
    }

    /// A new year is assessed: most papers are other ones.
    pub(crate) fn new_year(&mut self, rules: &str, words: &Words) {
        self.audit.year = self.audit.year.next();
        self.audit.rules_digest = rules.to_owned();
        for at in 0..self.audit.items.len() {
            self.renew(at, 70, words);
        }
    }

    fn score(&mut self) {
        let audit = &mut self.audit;
        let share = |decisions: &[Decision], items: &[Item]| {
            let all = items.iter();
            let count = all.filter(|item| decisions.contains(&item.verdict.verdict));
            100.0 * count.count() as f64 / items.len().max(1) as f64
        };
        let points = Points {
            low: share(&[Decision::Pass], &audit.items),
            high: share(&[Decision::Pass, Decision::Unsure], &audit.items),
        };
        audit.score.points = points;
        let tools = audit.tools.iter_mut().filter(|tool| tool.is_disclosure());
        for tool in tools {
            tool.points = Some(points);
            for one in &mut tool.indicators {
                one.points = Some(points);
                for group in &mut one.groups {
                    group.points = points;
                }
            }
        }
        for one in &mut audit.score.indicators {
            one.points = Some(points);
            for group in &mut one.groups {
                group.points = points;
            }
        }
    }
}
