//! The cases that come with the rules: every intention holds, every sentence is the one that was kept.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use prongsai::cases::{Standing, Trial, Wording, coverage};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;

fn trials() -> Vec<(Pack, Trial)> {
    let years = Sources::Embedded.years();
    assert!(!years.is_empty());
    let trial = |year| {
        let pack = Pack::load(year, &Sources::Embedded, vocabulary::register).unwrap();
        let trial = Trial::of(&Sources::Embedded, &pack, &[], false);
        (pack, trial)
    };
    years.into_iter().map(trial).collect()
}

#[test]
fn every_case_comes_to_what_it_intends_in_the_words_that_were_kept() {
    let mut wrong = Vec::new();
    for (pack, trial) in trials() {
        let year = pack.outline.year;
        wrong.extend(trial.faults.iter().map(ToString::to_string));
        for (one, wording) in trial.tried.iter().zip(&trial.wording) {
            let name = format!("{year} {}/{}", one.case.item, one.case.name);
            for it in one
                .compared
                .iter()
                .filter(|it| it.standing != Standing::Right)
            {
                let standing = it.standing.word();
                wrong.push(format!(
                    "{name} {}: {standing}: {}",
                    it.criterion, it.because
                ));
            }
            if *wording != Wording::Kept {
                wrong.push(format!(
                    "{name}: other words than those kept: prongsai test --update"
                ));
            }
        }
        if trial
            .matrix
            .is_some_and(|(_, wording)| wording != Wording::Kept)
        {
            wrong.push(format!(
                "{year}: the matrix changed: prongsai test --update"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_item_has_three_cases_and_every_criterion_is_seen_met_and_unmet() {
    let mut lacking = Vec::new();
    for (pack, trial) in trials() {
        let own = format!("{}/", pack.outline.year);
        for rule in pack.rules.iter().filter(|rule| rule.file.starts_with(&own)) {
            let count = trial
                .tried
                .iter()
                .filter(|one| one.case.item == rule.item)
                .count();
            if count < 3 {
                lacking.push(format!(
                    "{} {}: {count} cases",
                    pack.outline.year, rule.item
                ));
            }
        }
        let covered = coverage(&pack, &trial.tried);
        let thin = covered.iter().filter(|one| !one.both());
        lacking.extend(
            thin.map(|one| format!("{} {}.{}", pack.outline.year, one.item, one.criterion)),
        );
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}
