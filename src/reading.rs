//! The files of a capture, read by children of this program: a hostile file costs itself, never the run.
//!
//! Readers bound what they do by counting (pages, bytes, cells, depth), so that the same file always gives the same
//! document. The limits of a child are for what no counting foresaw: there the clock decides, and only there.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::extract::{self, Document, Extracted, Reading};
use crate::fetch::capture::Capture;
use crate::guard::{self, Crew, End};

/// The command by which this program reads files: questions on standard input, answers on standard output.
pub const READ_COMMAND: &str = "read-files";

/// Two at once on two processors. Alone, with this program beside it, a worker keeps the whole under 400 MB; the largest
/// sound files known (64 MB scans, sheets of a million rows) fit. Processor time runs out before the clock unless a worker
/// stands still, whatever else the machine has to do.
const CREW: Crew = Crew {
    at_once: 2,
    memory: 96 << 20,
    memory_alone: 208 << 20,
    wall: Duration::from_secs(120),
};
/// Time on a processor for one file. One of 500 pages takes 0.7 s.
const CPU: Duration = Duration::from_secs(20);

/// Documents by the bytes they were read from.
pub type Documents<'c> = BTreeMap<&'c [u8], Document>;

/// Files cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error(
    "เริ่มโปรแกรมย่อยที่อ่านเอกสารไม่ได้\n  ตรวจว่าไฟล์โปรแกรมยังอยู่ที่เดิม และเครื่องมีหน่วยความจำเหลือ แล้วลองใหม่"
)]
pub struct NoReader;

/// What is told of a file besides its bytes.
#[derive(Serialize, Deserialize)]
struct Label<'a> {
    url: Url,
    #[serde(borrow)]
    content_type: Option<std::borrow::Cow<'a, str>>,
}

/// Reads every different file of a capture once. `program` is this program's own file.
pub fn read_files<'c>(capture: &'c Capture, program: &Path) -> Result<Documents<'c>, NoReader> {
    let mut bodies = capture.bodies();
    bodies.retain(|body| extract::is_file(body.url, body.content_type(), body.bytes()));
    let label = |body: &crate::fetch::capture::Body| {
        let label = Label {
            url: body.url.clone(),
            content_type: body.content_type().map(Into::into),
        };
        serde_json::to_vec(&label).unwrap_or_default()
    };
    let labels: Vec<Vec<u8>> = bodies.iter().map(label).collect();
    let questions: Vec<Vec<&[u8]>> = labels
        .iter()
        .zip(&bodies)
        .map(|(label, body)| vec![&label[..], b"\n", body.bytes()])
        .collect();
    let program = || {
        let mut program = Command::new(program);
        program
            .arg(READ_COMMAND)
            .arg(CPU.as_secs().to_string())
            .env_remove("PRONGSAI_LOG");
        program
    };
    let understand = |answer: &[u8]| serde_json::from_slice(answer).ok();
    let answers = CREW
        .ask(&program, &questions, understand)
        .map_err(|_| NoReader)?;
    Ok(bodies
        .iter()
        .zip(answers)
        .map(|(body, answer)| {
            let unread = |end| {
                let kind = extract::likely_kind(body.url, body.bytes());
                Document::unread(kind, what_came_of(end))
            };
            (body.bytes(), answer.unwrap_or_else(unread))
        })
        .collect())
}

fn what_came_of(end: End) -> Reading {
    match end {
        End::Time => Reading::OverTime,
        End::Memory => Reading::OverMemory,
        End::NotStarted | End::Failed => Reading::Damaged,
    }
}

/// The child's side: reads files as they come, each within a time on the processor.
pub fn serve_files(
    from: impl Read + Send,
    to: impl Write + Send,
    cpu: Duration,
) -> std::io::Result<()> {
    guard::serve(from, to, cpu, |question| {
        // An answer that nobody understands stands for a damaged file.
        let read = || read_one(question).unwrap_or_default();
        std::panic::catch_unwind(read).unwrap_or_default()
    })
}

fn read_one(question: &[u8]) -> Option<Vec<u8>> {
    let end = question.iter().position(|&byte| byte == b'\n')?;
    let label: Label = serde_json::from_slice(&question[..end]).ok()?;
    let content_type = label.content_type.as_deref();
    match extract::extract(&label.url, content_type, &question[end + 1..]) {
        Extracted::Document(document) => serde_json::to_vec(&document).ok(),
        Extracted::Page(_) | Extracted::Other => None,
    }
}
