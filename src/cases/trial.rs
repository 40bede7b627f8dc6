//! A trial: the cases of a year run, and what they say compared with what was kept.

use std::collections::BTreeMap;

use super::said::{kept, matrix, said, said_file};
use super::{FOLDER, MATRIX, Tried, load, run};
use crate::rules::fault::Fault;
use crate::rules::pack::{Pack, Sources};

/// How the words of a case stand to those that were kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wording {
    /// The same.
    Kept,
    /// Nothing was kept yet.
    New,
    /// Other words: those that were kept.
    Changed(String),
}

/// The cases of a year, run.
#[derive(Debug)]
pub struct Trial {
    /// Each case and what it came to, by item and name.
    pub tried: Vec<Tried>,
    /// How the words of each stand to those that were kept; one for one with `tried`.
    pub wording: Vec<Wording>,
    /// Mistakes in the case files.
    pub faults: Vec<Fault>,
    /// Every rule against every case, and how it stands to what was kept; `None` when only some items were asked for.
    pub matrix: Option<(String, Wording)>,
}

impl Trial {
    /// Runs the cases of a pack's year: all of them, or those of some items; `alone` judges each case's own item only.
    pub fn of(sources: &Sources, pack: &Pack, items: &[String], alone: bool) -> Self {
        let (mut cases, mut faults) = load(sources, pack.outline.year);
        if !items.is_empty() {
            let asked = |item: &str| items.iter().any(|one| one == item);
            cases.retain(|case| asked(&case.item));
            let folder = format!("{}/{FOLDER}/", pack.outline.year);
            faults.retain(|fault| {
                let inner = fault.file.strip_prefix(&folder).unwrap_or_default();
                inner.split_once('/').is_some_and(|(item, _)| asked(item))
            });
        }
        let (tried, wrong) = run(pack, &cases, alone);
        faults.extend(wrong);
        faults.sort();
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut wording = Vec::new();
        for one in &tried {
            let file = said_file(one.case.year, &one.case.item);
            let text = files
                .entry(file.clone())
                .or_insert_with(|| read(sources, &file));
            wording.push(compare(kept(text, &one.case.name), &said(one)));
        }
        let matrix = (items.is_empty() && !alone).then(|| {
            let new = matrix(pack, &tried);
            let old = read(sources, &format!("{}/{FOLDER}/{MATRIX}", pack.outline.year));
            let wording = compare((!old.is_empty()).then_some(old.as_str()), &new);
            (new, wording)
        });
        Self {
            tried,
            wording,
            faults,
            matrix,
        }
    }

    /// Files to keep, by name: what was said of each case whose intention holds, what was kept before of the others,
    /// and the matrix when every intention holds.
    pub fn to_keep(&self, sources: &Sources) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for one in &self.tried {
            let file = said_file(one.case.year, &one.case.item);
            let words = if one.holds() {
                Some(said(one))
            } else {
                kept(&read(sources, &file), &one.case.name).map(str::to_owned)
            };
            let text: &mut String = files.entry(file).or_default();
            text.push_str(&words.unwrap_or_default());
        }
        let holds = self.tried.iter().all(Tried::holds) && self.faults.is_empty();
        if let Some((matrix, _)) = self.matrix.as_ref().filter(|_| holds)
            && let Some(first) = self.tried.first()
        {
            files.insert(
                format!("{}/{FOLDER}/{MATRIX}", first.case.year),
                matrix.clone(),
            );
        }
        files.retain(|file, text| !text.is_empty() && read(sources, file) != *text);
        files
    }
}

fn read(sources: &Sources, file: &str) -> String {
    sources.read(file).ok().flatten().unwrap_or_default()
}

fn compare(old: Option<&str>, new: &str) -> Wording {
    match old {
        None => Wording::New,
        Some(old) if old == new => Wording::Kept,
        Some(old) => Wording::Changed(old.to_owned()),
    }
}
