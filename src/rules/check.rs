//! Every script of every year looked through at once, without running a rule: all mistakes, each at its place.

use std::collections::{BTreeMap, BTreeSet};

use rhai::Engine;

use super::dead::Lists;
use super::fault::Fault;
use super::kind::{Kind, Severity};
use super::lint::{Script, Tree};
use super::outline::Outline;
use super::pack::{Loader, Sources, items, stray};
use super::types::Types;
use super::words::{Word, words_of};
use crate::year::FiscalYear;

/// What a look through all scripts came to.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The years, oldest first.
    pub years: Vec<FiscalYear>,
    /// Script files that were read, each counted once.
    pub files: usize,
    /// All mistakes by file and place, none twice.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// How many mistakes are this grave.
    pub fn count(&self, severity: Severity) -> usize {
        let faults = self.faults.iter();
        faults
            .filter(|fault| fault.kind.severity() == severity)
            .count()
    }
}

/// Looks through all years that the sources hold. `vocabulary` registers what rules may call.
pub fn check(sources: &Sources, vocabulary: fn(&mut Engine)) -> Checked {
    let years = sources.years();
    let words = words_of(&Loader::new(sources, vocabulary).engine);
    let mut all = Checks {
        sources,
        vocabulary,
        words: &words,
        faults: BTreeSet::new(),
        files: BTreeSet::new(),
        used: BTreeSet::new(),
    };
    for &year in &years {
        all.year(year, &years);
    }
    all.strays(&years);
    let mut faults: Vec<Fault> = all.faults.into_iter().collect();
    // Who knows the type of a value says more of a wrong call than who knows names only.
    faults.dedup_by(|later, first| {
        let call = matches!(first.kind, Kind::CallForm | Kind::WrongCount);
        let place = |fault: &Fault| (fault.file.clone(), fault.line, fault.column, fault.kind);
        let same = call && place(later) == place(first);
        if same && later.message.len() > first.message.len() {
            std::mem::swap(later, first);
        }
        same
    });
    Checked {
        years: years.into_iter().collect(),
        files: all.files.len(),
        faults,
    }
}

struct Checks<'a> {
    sources: &'a Sources,
    vocabulary: fn(&mut Engine),
    words: &'a [Word],
    faults: BTreeSet<Fault>,
    /// Files that were read.
    files: BTreeSet<String>,
    /// Rule files that some year uses.
    used: BTreeSet<String>,
}

impl Checks<'_> {
    fn year(&mut self, year: FiscalYear, years: &BTreeSet<FiscalYear>) {
        let mut loader = Loader::new(self.sources, self.vocabulary);
        let (chain, outline) = match loader.chain(year) {
            Ok((chain, outline, datum)) => (chain, Some((outline, datum))),
            Err(found) => {
                self.faults.extend(found);
                // Which years it follows is not known for certain: all older ones, so that nothing seems to be missing.
                let older = years.iter().rev().filter(|older| **older <= year);
                (older.copied().collect(), None)
            }
        };
        let libs = loader.libs(&chain);
        self.faults.extend(libs.faults);
        let trees = libs.scripts.iter();
        let trees = trees.map(|(name, (_, ast))| (name.clone(), Tree::of(ast)));
        let trees: BTreeMap<String, Tree> = trees.collect();
        let types = Types::new(self.words, &trees);
        let lists = Lists::new(self.words, &trees);
        for (name, (file, ast)) in &libs.scripts {
            let texts = &loader.texts;
            let script = Script { file, ast, texts };
            self.faults.extend(types.faults(&script, &trees[name], &[]));
            self.faults
                .extend(lists.faults(&script, &trees[name], name));
            self.faults.extend(confusing(&script, name, self.words));
        }
        let mut rules = BTreeSet::new();
        if let Some((outline, datum)) = &outline {
            self.items(&loader, &chain, outline, datum, &mut rules);
        } else {
            let own = self.sources.scripts(&year.to_string());
            let own = own.iter().filter(|name| *name != "pack");
            rules.extend(own.map(|name| format!("{year}/{name}.rhai")));
        }
        for file in rules {
            let examined = loader.examine(&file, &libs.vocabulary);
            self.faults.extend(examined.faults);
            if let Some(ast) = &examined.ast {
                let criteria: Vec<&str> = examined.rule.as_ref().map_or_else(Vec::new, |rule| {
                    rule.criteria.iter().map(|one| one.id.as_str()).collect()
                });
                let (file, texts) = (file.as_str(), &loader.texts);
                let script = Script { file, ast, texts };
                let tree = Tree::of(ast);
                self.faults.extend(types.faults(&script, &tree, &criteria));
                self.faults.extend(lists.faults(&script, &tree, ""));
            }
            self.used.insert(file);
        }
        self.files.extend(loader.texts.into_keys());
    }

    fn items(
        &mut self,
        loader: &Loader,
        chain: &[FiscalYear],
        outline: &Outline,
        datum: &super::data::Datum,
        rules: &mut BTreeSet<String>,
    ) {
        for (path, _, item) in items(outline) {
            match loader.file_of_item(chain, item) {
                Ok(file) => {
                    rules.insert(file);
                }
                Err(message) => {
                    let file = format!("{}/pack.rhai", outline.year);
                    let fault = Fault::at(&file, datum.place(&path), message, &loader.texts);
                    self.faults.insert(fault.of(Kind::ItemWithoutRule));
                }
            }
        }
    }

    /// Files that no year uses.
    fn strays(&mut self, years: &BTreeSet<FiscalYear>) {
        let mut folders: BTreeMap<String, String> = BTreeMap::new();
        for file in self.sources.files() {
            let lower = file.to_lowercase();
            if lower.ends_with(".d.rhai") || !lower.contains(".rhai") {
                continue;
            }
            if !file.ends_with(".rhai") {
                let message = "ชื่อไฟล์ไม่ได้ลงท้ายด้วย .rhai จึงไม่ถูกอ่าน ถ้าเป็นกฎให้เปลี่ยนชื่อไฟล์";
                self.warn(&file, message);
                continue;
            }
            let parts: Vec<&str> = file.split('/').collect();
            let year = parts[0].parse().ok().map(FiscalYear);
            let known = year.is_some_and(|year| years.contains(&year));
            match parts[..] {
                [_, "pack.rhai"] | [_, "lib", _] if known => {}
                [_, _] if known => {
                    if !self.used.contains(&file) {
                        self.faults.insert(stray(&file));
                    }
                }
                [folder, ..] if !known && parts.len() > 1 => {
                    let message = match year {
                        Some(_) => "โฟลเดอร์ของปีนี้ไม่มี pack.rhai กฎในโฟลเดอร์จึงไม่ถูกใช้".to_owned(),
                        None => {
                            "โฟลเดอร์นี้ไม่ใช่ของปีใด กฎในโฟลเดอร์จึงไม่ถูกใช้ ชื่อโฟลเดอร์ต้องเป็นปี พ.ศ. เช่น 2566"
                                .to_owned()
                        }
                    };
                    folders.insert(folder.to_owned(), message);
                }
                _ => {
                    let message = "ไฟล์นี้ไม่ได้อยู่ที่ ปี/ชื่อ.rhai หรือ ปี/lib/ชื่อ.rhai จึงไม่ถูกใช้";
                    self.warn(&file, message);
                }
            }
        }
        for (folder, message) in folders {
            self.warn(&folder, &message);
        }
    }

    fn warn(&mut self, file: &str, message: &str) {
        let fault = Fault::of_file(file, message).of(Kind::StrayFolder);
        self.faults.insert(fault);
    }
}

/// A lib that is called as a word of the host is.
fn confusing(script: &Script, name: &str, words: &[Word]) -> Option<Fault> {
    let taken = words.iter().any(|word| word.name == name);
    let message = format!("ชุดคำสั่ง `{name}` มีชื่อเดียวกับคำของระบบ อ่านแล้วสับสน ให้ตั้งชื่อไฟล์อื่น");
    taken.then(|| Fault::of_file(script.file, message).of(Kind::ConfusingName))
}
