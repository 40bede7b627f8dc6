//! Programs that read pictures of text: Tesseract, when it is installed.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::RENDER_COMMAND;
use super::digits::Grey;
use super::layout::Layout;
use crate::guard::{self, End, Limits};
use crate::site::Transcript;

/// Languages that are needed, by the names Tesseract gives them, with the Debian packages they come in.
pub const LANGUAGES: [(&str, &str); 3] = [
    ("tha", "tesseract-ocr-tha"),
    ("eng", "tesseract-ocr-eng"),
    ("osd", "tesseract-ocr-osd"),
];
/// Settings, part of what a reading depends on. Sparse text (11) reads Thai forms with a fifth of the default's errors;
/// 200 dpi reads as well as 300.
const SETTINGS: &str = "tha+eng psm 11 200 dpi, Thai years 1";
/// Time to say which version is there.
const ASK_TIME: Duration = Duration::from_secs(20);
/// Memory of the program. A page takes 60 to 115 MB.
const MEMORY: u64 = 256 << 20;
/// Memory of the child that renders a page. A scanned page takes 75 MB.
const RENDER_MEMORY: u64 = 256 << 20;
/// Time on a processor. A page takes 3 seconds, and 20 on a machine that has better to do.
const CPU: Duration = Duration::from_secs(60);

/// A picture of text.
#[derive(Debug, Clone, Copy)]
pub enum Picture<'a> {
    /// A PDF and the page, from 0.
    PdfPage(&'a [u8], u32),
    /// JPEG, PNG, GIF and the like.
    Image(&'a [u8]),
}

/// Why a picture was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It took too long.
    Timeout,
    /// The picture cannot be opened; it never will be.
    Unreadable,
    /// The program cannot be run.
    Engine,
}

impl From<End> for Fault {
    fn from(end: End) -> Self {
        match end {
            End::NotStarted => Self::Engine,
            End::Time => Self::Timeout,
            End::Memory | End::Failed => Self::Unreadable,
        }
    }
}

/// What reads pictures.
pub trait Engine: Sync {
    /// Name, version and settings: with these the same picture gives the same text.
    fn version(&self) -> &str;
    /// What stands in a picture; no text when it has none.
    fn read(&self, picture: &Picture<'_>, limit: Duration) -> Result<Transcript, Fault>;
}

/// The `tesseract` program.
#[derive(Debug)]
pub struct Tesseract {
    version: String,
    /// This program: it renders PDF pages in a child of its own, where a hostile file harms nobody.
    renderer: PathBuf,
}

/// What of Tesseract is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolbox {
    /// `5.3.0`; `None` when the program is not there.
    pub version: Option<String>,
    /// Languages of [`LANGUAGES`] that are not there.
    pub missing: Vec<&'static str>,
}

impl Toolbox {
    /// Asks the program.
    pub fn look() -> Self {
        let ask = |what: &str| {
            let answer = guard::run(&mut tesseract(&[what]), &[], limits(MEMORY, ASK_TIME)).ok()?;
            String::from_utf8(answer).ok()
        };
        Self::of(ask("--version").as_deref(), ask("--list-langs").as_deref())
    }

    fn of(version: Option<&str>, languages: Option<&str>) -> Self {
        let version = version
            .and_then(|told| told.lines().next()?.strip_prefix("tesseract "))
            .map(|version| version.trim().to_owned());
        let there =
            |name: &str| languages.is_some_and(|told| told.lines().any(|line| line.trim() == name));
        let missing = LANGUAGES
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| !there(name))
            .collect();
        Self { version, missing }
    }

    /// Everything is there.
    pub fn is_complete(&self) -> bool {
        self.version.is_some() && self.missing.is_empty()
    }
}

impl Tesseract {
    /// Tesseract, when it and its languages are installed. `renderer` is this program's own file.
    pub fn find(renderer: PathBuf) -> Option<Self> {
        let there = Toolbox::look();
        let version = there.version.clone().filter(|_| there.is_complete())?;
        Some(Self {
            version: format!("tesseract {version} {SETTINGS}"),
            renderer,
        })
    }
}

impl Engine for Tesseract {
    fn version(&self) -> &str {
        &self.version
    }

    fn read(&self, picture: &Picture<'_>, limit: Duration) -> Result<Transcript, Fault> {
        let end = Instant::now() + limit;
        let left = || end.saturating_duration_since(Instant::now());
        let draw = |body: &[u8], page: u32| {
            let mut render = Command::new(&self.renderer);
            render.arg(RENDER_COMMAND).arg(page.to_string());
            guard::run(&mut render, body, limits(RENDER_MEMORY, left()))
        };
        let (image, dpi): (_, &[&str]) = match picture {
            Picture::PdfPage(body, page) => (draw(body, *page)?, &["--dpi", "200"]),
            // What our own renderer cannot open, Tesseract may.
            Picture::Image(body) => match draw(body, 0) {
                Ok(drawn) => (drawn, &[]),
                Err(End::NotStarted) => return Err(Fault::Engine),
                Err(_) => (body.to_vec(), &[]),
            },
        };
        let run = |mode: &[&str]| {
            let line = [&["-", "-"], mode, dpi].concat();
            guard::run(&mut tesseract(&line), &image, limits(MEMORY, left())).map_err(Fault::from)
        };
        // A page lying on its side reads as nothing, so its turn is found first (a page without letters has none).
        let turned = match run(&["--psm", "0"]) {
            Ok(told) => is_turned(&String::from_utf8_lossy(&told)),
            Err(Fault::Unreadable) => false,
            Err(fault) => return Err(fault),
        };
        let sparse = if turned { "12" } else { "11" };
        let with_table = ["-c", "tessedit_create_tsv=1", "-c", "tessedit_create_txt=1"];
        let told = run(&[&["-l", "tha+eng", "--psm", sparse], &with_table[..]].concat())?;
        let layout = Layout::of(&String::from_utf8_lossy(&told));
        Ok(match Grey::of_pgm(&image) {
            Some(picture) if !turned => layout.with_years(&picture),
            _ => Transcript::from(layout.text().as_str()),
        })
    }
}

fn limits(memory: u64, wall: Duration) -> Limits {
    Limits {
        memory,
        cpu: Some(CPU),
        wall,
    }
}

/// Tesseract with arguments, on one processor: two at once are faster than two threads each.
fn tesseract(line: &[&str]) -> Command {
    let mut program = Command::new("tesseract");
    program.args(line).env("OMP_THREAD_LIMIT", "1");
    program
}

/// Whether `--psm 0` tells of a turn, and is sure of it: measured 36 to 48 on turned pages, below 10 on dirt.
fn is_turned(told: &str) -> bool {
    const SURE: f64 = 10.0;
    let value = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse::<f64>().ok()
    };
    let turn = value("Rotate:").is_some_and(|degrees| degrees != 0.0);
    turn && value("Orientation confidence:").is_some_and(|sure| sure >= SURE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_read_off_what_the_program_says() {
        let version = "tesseract 5.3.0\n leptonica-1.82.0\n";
        let languages = "List of available languages in \"/usr/share\" (2):\neng\nosd\n";
        let there = Toolbox::of(Some(version), Some(languages));
        assert_eq!(there.version.as_deref(), Some("5.3.0"));
        assert_eq!(there.missing, ["tha"]);
        assert!(!there.is_complete());
        assert!(!Toolbox::of(None, None).is_complete());
        assert!(Toolbox::of(Some(version), Some("eng\nosd\ntha\n")).is_complete());
    }

    #[test]
    fn a_turn_counts_when_it_is_sure() {
        let told = |turn: u32, sure: f64| {
            format!("Page number: 0\nRotate: {turn}\nOrientation confidence: {sure}\n")
        };
        assert!(is_turned(&told(90, 38.2)));
        assert!(!is_turned(&told(180, 1.3)));
        assert!(!is_turned(&told(0, 40.0)));
        assert!(!is_turned("Too few characters"));
    }
}
