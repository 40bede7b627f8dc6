//! One crawl's place in the archive: its journal, the bodies it puts away, and the capture it compares with.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use url::Url;

use super::journal::{Line, Reader, Writer};
use super::{Archive, ArchiveError, Kept, Writing, at};
use crate::fetch::memory::{Answer, Manifest, Memory, Named, Start, Step};

/// The memory of one crawl of one agency within a run. Begun again under the same names, it goes on.
#[derive(Debug)]
pub struct Session {
    archive: Archive,
    state: Mutex<State>,
    /// What the addresses answered with in the earlier capture, where they can be asked if it still holds.
    earlier: BTreeMap<Url, Answer>,
    new_bodies: AtomicU64,
    new_bytes: AtomicU64,
    _writing: Writing,
}

#[derive(Default)]
struct State {
    reader: Option<Reader>,
    writer: Option<Writer>,
    /// Requests of an earlier life without an outcome, with the number of their try.
    open: Vec<(Url, u32)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("open", &self.open).finish()
    }
}

impl Archive {
    /// Begins a crawl, or goes on with the one of the same run and agency that has died.
    ///
    /// With an `earlier` capture, addresses that it holds are asked whether they have changed. A server that says they have
    /// not when they have cannot be told from an honest one, so every eighth look or so should be without (`None`). No two
    /// sessions of one run and agency may live at one time.
    pub fn begin(
        &self,
        run: &str,
        agency: &str,
        earlier: Option<&str>,
    ) -> Result<Session, ArchiveError> {
        let journal = self.journal(run, agency)?;
        if let Some(folder) = journal.parent() {
            std::fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let earlier = match earlier.map(|digest| self.manifest(digest)).transpose() {
            Ok(manifest) => manifest.map(validators).unwrap_or_default(),
            // Without it everything is fetched, and nothing is wrong.
            Err(error) => {
                tracing::warn!(agency, "{error}");
                BTreeMap::new()
            }
        };
        let reader = Reader::open(&journal).map_err(at(&journal))?;
        Ok(Session {
            archive: self.clone(),
            state: Mutex::new(State {
                reader: Some(reader),
                ..State::default()
            }),
            earlier,
            new_bodies: AtomicU64::new(0),
            new_bytes: AtomicU64::new(0),
            _writing: self.writers.enter(),
        })
    }

    /// Removes a crawl's journal: once its capture is acknowledged, or when it is not to be gone on with.
    pub fn end(&self, run: &str, agency: &str) -> Result<(), ArchiveError> {
        let journal = self.journal(run, agency)?;
        match std::fs::remove_file(&journal) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at(&journal)(error));
            }
            _ => {}
        }
        if let Some(folder) = journal.parent() {
            // Not empty while other agencies of the run are not done.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    /// Removes what journals of a run are left: its agencies are all done.
    pub fn end_run(&self, run: &str) -> Result<(), ArchiveError> {
        let folder = self.journal(run, "any")?.with_file_name("");
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&folder)(error)),
            _ => Ok(()),
        }
    }

    fn journal(&self, run: &str, agency: &str) -> Result<PathBuf, ArchiveError> {
        for name in [run, agency] {
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if name.is_empty()
                || name.len() > 64
                || name.starts_with('.')
                || !name.bytes().all(fine)
            {
                return Err(ArchiveError::Name(name.to_owned()));
            }
        }
        let folder = self.root.join("journals").join(run);
        Ok(folder.join(format!("{agency}.jsonl")))
    }
}

impl Session {
    /// Keeps what the crawl came to. When this returns, it is on the disk; the journal stays until [`Archive::end`]. What is new
    /// is counted since the session began, not in the lives before.
    pub fn keep(&self, manifest: &Manifest) -> Result<Kept, ArchiveError> {
        Ok(Kept {
            digest: self.archive.keep_manifest(manifest)?,
            new_bodies: self.new_bodies.load(Ordering::SeqCst),
            new_bytes: self.new_bytes.load(Ordering::SeqCst),
        })
    }

    /// Requests that went out in an earlier life and whose outcome is not known: only these may be asked a second time. Known
    /// once the crawl is under way.
    pub fn asked_before(&self) -> Vec<Url> {
        let state = self.state();
        state.open.iter().map(|(ask, _)| ask.clone()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answers of a capture that can be renewed; the last of each address counts.
fn validators(manifest: Manifest) -> BTreeMap<Url, Answer> {
    let answers = manifest.visits.into_iter().filter_map(|visit| {
        let answer = visit.result.ok()?;
        answer.can_be_renewed().then_some((visit.url, answer))
    });
    answers.collect()
}

impl State {
    /// The end of what can be told: from here on the journal is written.
    fn write_on(&mut self, reader: Reader) -> io::Result<()> {
        self.writer = Some(reader.into_writer()?);
        Ok(())
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        match &mut self.writer {
            Some(writer) => writer.append(line),
            None => Err(io::Error::other("the journal is not told to its end")),
        }
    }

    fn told(&mut self, step: &Step) {
        let is = |(ask, attempt): &(Url, u32), other: &Url, number: u32| {
            ask == other && *attempt == number
        };
        match step {
            Step::Sent { ask, attempt, .. } => {
                if !self.open.iter().any(|it| is(it, ask, *attempt)) {
                    self.open.push((ask.clone(), *attempt));
                }
            }
            Step::Landed(landed) => {
                self.open.retain(|it| !is(it, &landed.ask, landed.attempt));
            }
            Step::Back { .. } => {}
        }
    }
}

impl Memory for Session {
    fn begin(&self, start: Start) -> io::Result<Start> {
        let mut state = self.state();
        let Some(mut reader) = state.reader.take() else {
            return Err(io::Error::other("a session is for one crawl"));
        };
        // A journal of another website, as after an edit of the list, is begun anew.
        if let Some(Line::Start(first)) = reader.next()?
            && first.home == start.home
        {
            reader.take();
            state.reader = Some(reader);
            return Ok(first);
        }
        state.write_on(reader)?;
        state.append(&Line::Start(start.clone()))?;
        Ok(start)
    }

    fn recall(&self) -> io::Result<Option<(Step, Bytes)>> {
        let mut state = self.state();
        let Some(mut reader) = state.reader.take() else {
            return Ok(None);
        };
        if let Some(Line::Step(step)) = reader.next()? {
            let body = match &step {
                Step::Landed(landed) => match &landed.outcome {
                    Ok(answer) if landed.read => self.archive.bodies.get(&answer.body).ok(),
                    Ok(answer) => {
                        let stands = self.archive.bodies.stands(&answer.body);
                        stands.then(Bytes::new)
                    }
                    Err(_) => Some(Bytes::new()),
                },
                Step::Sent { .. } | Step::Back { .. } => Some(Bytes::new()),
            };
            // A body that power took away is asked for again, and so is all that followed from it.
            if let Some(body) = body {
                reader.take();
                state.reader = Some(reader);
                state.told(&step);
                return Ok(Some((step, body)));
            }
        }
        state.write_on(reader)?;
        Ok(None)
    }

    fn note(&self, step: &Step) -> io::Result<()> {
        self.state().append(&Line::Step(step.clone()))
    }

    fn shelve(&self, body: &Bytes) -> io::Result<Named> {
        let name = Named::of(body);
        let written = self.archive.bodies.put(&name, body);
        let written = written.map_err(io::Error::other)?;
        self.new_bodies
            .fetch_add(u64::from(written > 0), Ordering::SeqCst);
        self.new_bytes.fetch_add(written, Ordering::SeqCst);
        Ok(name)
    }

    fn earlier(&self, url: &Url) -> Option<(Answer, Bytes)> {
        let answer = self.earlier.get(url)?;
        let body = self.archive.bodies.get(&answer.body).ok()?;
        Some((answer.clone(), body))
    }
}
