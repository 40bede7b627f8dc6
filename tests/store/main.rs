//! The store from outside: what was recorded comes back, through years of change, crashes and two processes at once.
#![allow(clippy::unwrap_used, missing_docs)]

mod crash;
#[path = "../../benches/store/living.rs"]
mod living;
mod together;
mod views;

use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};
use living::{Pace, Website, Words};
use prongsai::audit::Audit;
use prongsai::standing::{Change, Observation, Standing};
use prongsai::store::*;

/// A folder of one test, gone with it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("prongsai-stored-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A real audit, cut down to six items.
pub(crate) fn audit() -> Audit {
    serde_json::from_str(include_str!("audit.json")).unwrap()
}

/// Half of the six items change a week.
pub(crate) const LIVELY: Pace = Pace {
    evidence: 20,
    verdict: 4,
};

pub(crate) fn words() -> Words {
    Words::of(&[audit()])
}

pub(crate) fn website(seed: u64) -> Website {
    Website::like(&audit(), seed, &"ab".repeat(32), &words())
}

pub(crate) fn week(number: i64) -> Timestamp {
    "2021-10-04T01:00:00Z".parse::<Timestamp>().unwrap() + (number * 7 * 24).hours()
}

pub(crate) fn row(id: &str) -> AgencyRow {
    AgencyRow {
        id: id.to_owned(),
        name: format!("อบต.{id}"),
        kind: "tambon".to_owned(),
        province: "ตรัง".to_owned(),
        home: format!("http://{id}.go.th/"),
    }
}

pub(crate) fn look(at: Timestamp) -> Look {
    Look {
        at,
        ended: at + 90.seconds(),
        kind: LookKind::Visit,
        traffic: Traffic {
            requests: 120,
            fresh: 7,
            received: 81_234,
        },
    }
}

/// What the look makes of the standing.
pub(crate) fn weigh(
    audit: &Audit,
    at: Timestamp,
) -> impl FnOnce(AuditId, Standing) -> (Standing, Vec<Change>) {
    move |id, mut standing| {
        let changes = standing.observe(&Observation::of(audit, at, id, false));
        (standing, changes)
    }
}

pub(crate) fn record(store: &mut Store, id: &str, audit: &Audit, at: Timestamp) -> Recorded {
    let recording = Recording {
        agency: &row(id),
        audit,
        look: &look(at),
        job: None,
    };
    store.record(&recording, weigh(audit, at)).unwrap()
}

/// What `audit.json` would say of what the store keeps, to compare letter for letter.
pub(crate) fn told(audit: &Audit) -> serde_json::Value {
    serde_json::json!({
        "items": audit.items, "coverage": audit.coverage, "disclosure": audit.score, "tools": audit.tools,
        "agency": audit.agency, "home": audit.home, "taken_on": audit.taken_on, "decisions": audit.decisions,
        "rules": audit.rules_digest, "capture": audit.capture_digest, "grade": audit.grade_range,
    })
}

pub(crate) fn told_again(stored: &StoredAudit) -> serde_json::Value {
    serde_json::json!({
        "items": stored.items, "coverage": stored.coverage, "disclosure": stored.disclosure, "tools": stored.tools,
        "agency": stored.agency, "home": stored.home, "taken_on": stored.taken_on, "decisions": stored.decisions,
        "rules": stored.line.rules, "capture": stored.line.capture, "grade": stored.line.grade,
    })
}
