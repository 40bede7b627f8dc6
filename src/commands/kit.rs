//! What the commands for rule authors share: which rules, which years, which items.

use std::path::{Path, PathBuf};

use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::year::FiscalYear;
use rhai::Engine;

use super::{Exit, Failure};

/// Rule files and where they are.
pub(super) struct Rules {
    /// The files.
    pub(super) sources: Sources,
    /// The folder; `None` for those that came with the program.
    pub(super) folder: Option<PathBuf>,
}

impl Rules {
    /// The folder that was named, else `rules` where one works, else the rules that came with the program.
    pub(super) fn find(asked: Option<&Path>) -> Result<Self, Failure> {
        let folder = asked.map(Path::to_owned).or_else(|| {
            let here = PathBuf::from("rules");
            let has_years = !Sources::Dir(here.clone()).years().is_empty();
            has_years.then_some(here)
        });
        let sources = folder.clone().map_or(Sources::Embedded, Sources::Dir);
        if sources.years().is_empty() {
            let folder = folder.unwrap_or_default();
            return Err(Failure::usage(format!(
                "ไม่พบกฎของปีใดเลยใน {}\n  โฟลเดอร์กฎต้องมีแฟ้มเช่น 2564/pack.rhai เริ่มจากคัดลอกโฟลเดอร์ rules ที่มากับโปรแกรม",
                folder.display()
            )));
        }
        Ok(Self { sources, folder })
    }

    /// Where the rules are, in words.
    pub(super) fn place(&self) -> String {
        match &self.folder {
            Some(folder) => format!("โฟลเดอร์ {}", folder.display()),
            None => "ที่มากับโปรแกรม".to_owned(),
        }
    }

    /// A file as a person finds it.
    pub(super) fn path(&self, file: &str) -> String {
        match &self.folder {
            Some(folder) => folder.join(file).display().to_string(),
            None => file.to_owned(),
        }
    }

    /// Loads a year.
    pub(super) fn pack(&self, year: FiscalYear) -> Result<Pack, Failure> {
        self.pack_with(year, vocabulary::register)
    }

    /// Loads a year with words of one's own.
    pub(super) fn pack_with(
        &self,
        year: FiscalYear,
        vocabulary: fn(&mut Engine),
    ) -> Result<Pack, Failure> {
        load(year, &self.sources, vocabulary, "ปีที่มี")
    }
}

/// Loads a year of some rules; one that they do not have is answered by the years there are, behind `advice`.
pub(super) fn load(
    year: FiscalYear,
    sources: &Sources,
    vocabulary: fn(&mut Engine),
    advice: &str,
) -> Result<Pack, Failure> {
    let years = sources.years();
    if !years.contains(&year) {
        let known: Vec<String> = years.iter().map(ToString::to_string).collect();
        return Err(Failure::usage(if known.is_empty() {
            "ไม่พบกฎของปีใดเลยในโฟลเดอร์กฎ\n  โฟลเดอร์ต้องมีแฟ้มเช่น 2564/pack.rhai".to_owned()
        } else {
            format!("ไม่มีกฎของปี {year}\n  {advice}: {}", known.join(", "))
        }));
    }
    Pack::load(year, sources, vocabulary).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure {
            exit: Exit::Rules,
            message: format!("กฎของปี {year} ใช้ไม่ได้ {} แห่ง\n{}", all.len(), all.join("\n")),
        }
    })
}

/// Years and items in any order: `2564 O23`, `o23`.
pub(super) fn asked(words: &[String]) -> Result<(Vec<FiscalYear>, Vec<String>), Failure> {
    let (mut years, mut items) = (Vec::new(), Vec::new());
    for word in words {
        if let Ok(year) = super::args::year(word) {
            years.push(year);
        } else if word.starts_with(['o', 'O']) && word[1..].parse::<u16>().is_ok() {
            items.push(word.to_ascii_uppercase());
        } else {
            return Err(Failure::usage(format!(
                "ไม่เข้าใจ “{word}”\n  ระบุปี (เช่น 2565) หรือเลขข้อ (เช่น O23)"
            )));
        }
    }
    Ok((years, items))
}
