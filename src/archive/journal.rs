//! The journal of a crawl: one JSON line a step, read again after the crawl's death up to the first line that is not whole.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ArchiveError, at};
use crate::fetch::memory::{Start, Step};

/// A step with its header fields is far shorter.
const LONGEST_LINE: u64 = 16 << 20;

/// A line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// The first: what the crawl was told.
    Start(Start),
    /// All others.
    Step(Step),
}

/// Reads a journal, and knows where its last whole line ends.
pub(super) struct Reader {
    file: BufReader<File>,
    /// Bytes up to the end of the last line that was taken.
    taken: u64,
    /// Bytes of the line that was read last.
    line: u64,
}

impl Reader {
    /// Opens a journal, or begins an empty one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        Ok(Self {
            file: BufReader::new(file),
            taken: 0,
            line: 0,
        })
    }

    /// The next whole line; `None` at the end, and at the first that is torn. The caller takes it or ends here.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        let mut rest = (&mut self.file).take(LONGEST_LINE);
        rest.read_until(b'\n', &mut line)?;
        self.line = line.len() as u64;
        if line.last() != Some(&b'\n') {
            return Ok(None);
        }
        Ok(serde_json::from_slice(&line).ok())
    }

    /// The line that was read last is good.
    pub(super) fn take(&mut self) {
        self.taken += self.line;
    }

    /// Cuts off what was not taken, and goes on writing there.
    pub(super) fn into_writer(self) -> io::Result<Writer> {
        let mut file = self.file.into_inner();
        file.set_len(self.taken)?;
        io::Seek::seek(&mut file, io::SeekFrom::Start(self.taken))?;
        Ok(Writer(file))
    }
}

/// Appends to a journal. A line is with the system when this returns, so that it outlives the process.
pub(super) struct Writer(File);

impl Writer {
    pub(super) fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.0.write_all(&text)
    }
}

/// The bodies that any journal names.
pub(super) fn bodies(journals: &Path) -> Result<BTreeSet<String>, ArchiveError> {
    let mut named = BTreeSet::new();
    super::each_file(journals, &mut |file, _| {
        let text = File::open(file).map_err(at(file))?;
        for line in BufReader::new(text).split(b'\n') {
            let line = line.map_err(at(file))?;
            if let Ok(Line::Step(Step::Landed(landed))) = serde_json::from_slice(&line)
                && let Ok(answer) = landed.outcome
            {
                named.insert(answer.body.digest);
            }
        }
        Ok(())
    })?;
    Ok(named)
}
