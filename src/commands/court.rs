//! What judges the captures of a fleet: rules loaded once, each agency's scores and decisions, scans read once for all looks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use prongsai::audit::Audit;
use prongsai::fetch::capture::Capture;
use prongsai::fleet::list::Entry;
use prongsai::forecast::{Basis, Outlook};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::score::SurveyScores;
use prongsai::service::{Court, Judged};
use prongsai::year::FiscalYear;

use super::Failure;
use super::kit::load;
use super::pipeline::{Bench, Year, read};
use super::scans::Scans;

/// Days ahead for which a look is judged.
const AHEAD: u16 = 180;

/// Judges by packs.
pub(super) struct Packs {
    packs: BTreeMap<FiscalYear, Arc<Pack>>,
    /// The years that were asked for; empty for the year of each look.
    asked: Vec<FiscalYear>,
    scans: Scans,
    /// Where readings of scans are kept, a file an agency.
    readings: PathBuf,
    /// The folder in which the list's paths stand.
    folder: PathBuf,
}

impl Packs {
    /// Loads what may be needed: the years that were asked for, or all there are.
    pub(super) fn load(
        rules: Option<&Path>,
        asked: &[FiscalYear],
        scans: Scans,
        readings: PathBuf,
        folder: &Path,
    ) -> Result<Self, Failure> {
        let sources = rules.map_or(Sources::Embedded, |dir| Sources::Dir(dir.to_owned()));
        let mut years = sources.years();
        years.extend(asked);
        let mut packs = BTreeMap::new();
        for year in years {
            let pack = load(year, &sources, vocabulary::register, "ระบุ --year เป็นปีที่มีกฎ")?;
            packs.insert(year, Arc::new(pack));
        }
        Ok(Self {
            packs,
            asked: asked.to_vec(),
            scans,
            readings,
            folder: folder.to_owned(),
        })
    }

    /// `ahead` is judged only to look ahead, and has no scores of surveys yet.
    fn bench(
        &self,
        entry: &Entry,
        years: &[FiscalYear],
        ahead: Option<FiscalYear>,
    ) -> Result<Bench, Failure> {
        let place = |path: &PathBuf| self.folder.join(path);
        let scores = entry.scores.as_ref().map(|path| read(&place(path)));
        let scores = scores.transpose()?;
        let mut of_years = Vec::new();
        for year in years {
            let Some(pack) = self.packs.get(year) else {
                continue;
            };
            let surveys = scores
                .as_ref()
                .filter(|_| ahead != Some(*year))
                .map(|text| SurveyScores::read(text, &pack.outline).map_err(Failure::usage))
                .transpose()?;
            of_years.push(Year {
                pack: Arc::clone(pack),
                surveys,
            });
        }
        let mut bench = Bench::of(of_years);
        if let Some(file) = &entry.decisions {
            bench.decide_by(place(file), true)?;
        }
        Ok(bench)
    }

    fn judged(
        &self,
        entry: &Entry,
        capture: &Capture,
        years: &[FiscalYear],
    ) -> Result<Vec<Judged>, Failure> {
        // The year after the last is judged along: it tells what goes stale when it begins.
        let ahead = years.last().map(|year| year.next());
        let ahead = ahead.filter(|year| self.packs.contains_key(year));
        let mut all = years.to_vec();
        all.extend(ahead);
        let bench = self.bench(entry, &all, ahead)?;
        let file = self.readings.join(&entry.id);
        let reader = self.scans.reader(Some(&file));
        if reader.is_some() {
            std::fs::create_dir_all(&self.readings)
                .map_err(|error| super::output::cannot_write(&self.readings, &error))?;
        }
        let heard = bench.hear_of(capture, reader.as_ref(), entry.agency().as_ref())?;
        let verdicts: BTreeMap<FiscalYear, _> = all
            .iter()
            .zip(&heard)
            .map(|(year, heard)| (*year, heard.verdicts.clone()))
            .collect();
        let audits = bench.report(capture, &heard)?;
        let decisions = bench.decisions_for(capture)?;
        let judged = |audit: Audit| {
            let basis = Basis {
                today: capture.taken_on,
                days: AHEAD,
                year: audit.year,
                judge: &|year| verdicts.get(&year).cloned(),
                decisions,
                paper: &|url| capture.body_digest(url),
            };
            let outlook = Outlook::of(&basis);
            Judged { audit, outlook }
        };
        let wanted = audits.into_iter().take(years.len());
        Ok(wanted.map(judged).collect())
    }
}

impl Court for Packs {
    fn years(&self, day: Date) -> Vec<FiscalYear> {
        if !self.asked.is_empty() {
            return self.asked.clone();
        }
        // Until the rules of a new year are there, the year before goes on being assessed.
        let year = FiscalYear::of(day);
        let known = self.packs.keys().copied();
        let before = known.clone().filter(|one| *one <= year).max();
        before.or(known.min()).into_iter().collect()
    }

    fn rules(&self, year: FiscalYear) -> String {
        let pack = self.packs.get(&year);
        pack.map_or_else(String::new, |pack| pack.digest().to_owned())
    }

    fn judge(
        &self,
        entry: &Entry,
        capture: &Capture,
        years: &[FiscalYear],
    ) -> Result<Vec<Judged>, String> {
        self.judged(entry, capture, years)
            .map_err(|failure| failure.message)
    }
}
