//! A year's pack: its outline, its rules and the libs they share, loaded, checked and ready to be called.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rhai::{AST, Dynamic, Engine, Module, ParseError, ParseErrorType, Position, Scope, Stmt};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use super::data::{self, Datum};
use super::fault::{CLOSURE, Closures, Fault, Texts};
use super::kind::Kind;
use super::lint::{self, Script, Vocabulary};
use super::outline::{ItemRef, MeasureText, Outline};
use super::rule::Rule;
use super::sandbox;
use super::syntax::Remains;
use crate::year::FiscalYear;

/// Mistakes of one script that the parser finds, at most.
const REFUSED_MAX: usize = 50;
/// Years that can follow each other by `inherits`.
const CHAIN_LIMIT: usize = 50;

/// Files of a folder that are looked at. Fifty years of 50 rules, their libs and notes are a quarter of it.
const FILES: usize = 10_000;

#[derive(RustEmbed)]
#[folder = "rules/"]
struct Shipped;

/// Where rule files come from.
#[derive(Debug, Clone)]
pub enum Sources {
    /// The files that came with the program.
    Embedded,
    /// A folder, and nothing but this folder: what one reads there is what is used. It must therefore also hold the
    /// years that its years inherit; the fault about a missing one says so.
    Dir(PathBuf),
    /// Texts by file name (`2564/O23.rhai`).
    Memory(BTreeMap<String, String>),
}

impl Sources {
    /// A file's text; `None` when there is no such file.
    pub fn read(&self, file: &str) -> Result<Option<String>, Fault> {
        let bytes = match self {
            Self::Embedded => Shipped::get(file).map(|file| file.data.into_owned()),
            Self::Memory(texts) => texts.get(file).map(|text| text.clone().into_bytes()),
            Self::Dir(dir) => read_file(&dir.join(file))
                .map_err(|error| unreadable_file(file, &format!("เปิดไฟล์ไม่ได้: {error}")))?,
        };
        let Some(bytes) = bytes else { return Ok(None) };
        if bytes.len() > sandbox::FILE_LIMIT {
            let most = sandbox::FILE_LIMIT / 1024;
            return Err(unreadable_file(file, &format!("ไฟล์ใหญ่เกิน {most} KB")));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text.trim_start_matches('\u{feff}').to_owned())),
            Err(_) => Err(unreadable_file(file, "ไฟล์ไม่ใช่ UTF-8 ให้บันทึกใหม่เป็น UTF-8")),
        }
    }

    /// Every file there is, `cases` and hidden folders aside, sorted: at most `FILES`, no deeper than a year's libs and one
    /// folder more, which is enough to see that it is out of place.
    pub fn files(&self) -> BTreeSet<String> {
        const DEPTH: usize = 4;
        let seen = |file: &str| {
            let mut parts = file.split('/');
            parts.clone().count() <= DEPTH
                && !parts.any(|part| part.starts_with('.') || part == "cases")
        };
        match self {
            Self::Embedded => Shipped::iter()
                .filter(|file| seen(file))
                .map(|file| file.into_owned())
                .collect(),
            Self::Memory(texts) => texts.keys().filter(|file| seen(file)).cloned().collect(),
            Self::Dir(dir) => {
                let mut files = BTreeSet::new();
                let mut folders = vec![String::new()];
                while let Some(folder) = folders.pop() {
                    let entries = std::fs::read_dir(dir.join(&folder)).into_iter().flatten();
                    for entry in entries.flatten() {
                        let name = entry.file_name();
                        let Some(name) = name.to_str() else { continue };
                        let file = match folder.as_str() {
                            "" => name.to_owned(),
                            folder => format!("{folder}/{name}"),
                        };
                        // Not through links: they may lead in circles.
                        let kind = entry.file_type().ok();
                        if !seen(&file) || files.len() + folders.len() >= FILES {
                            continue;
                        }
                        if kind.is_some_and(|kind| kind.is_dir()) {
                            folders.push(file);
                        } else {
                            files.insert(file);
                        }
                    }
                }
                files
            }
        }
    }

    /// Names of the scripts right in a folder (`2564`, `2564/lib`), without `.rhai`, sorted.
    pub fn scripts(&self, folder: &str) -> BTreeSet<String> {
        let script = |name: &str| {
            let name = name.strip_suffix(".rhai")?;
            let hidden =
                name.contains(['/', '\\']) || name.starts_with('.') || name.ends_with(".d");
            (!hidden).then(|| name.to_owned())
        };
        let within = |file: &str| script(file.strip_prefix(folder)?.strip_prefix('/')?);
        match self {
            Self::Embedded => Shipped::iter().filter_map(|file| within(&file)).collect(),
            Self::Memory(texts) => texts.keys().filter_map(|file| within(file)).collect(),
            Self::Dir(dir) => std::fs::read_dir(dir.join(folder))
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| script(entry.file_name().to_str()?))
                .collect(),
        }
    }

    /// Every file that came with the program, cases too, with its text: to begin a folder of one's own.
    pub fn shipped() -> BTreeMap<String, String> {
        let text = |file: &str| String::from_utf8(Shipped::get(file)?.data.into_owned()).ok();
        Shipped::iter()
            .filter_map(|file| Some((file.to_string(), text(&file)?)))
            .collect()
    }

    /// Item and name of every case of a year (`2564/cases/O23/no-march.txt`), sorted.
    pub fn cases(&self, year: FiscalYear) -> BTreeSet<(String, String)> {
        let folder = format!("{year}/cases");
        let case = |file: &str| {
            let (item, name) = file.split_once('/')?;
            let name = name.strip_suffix(".txt")?;
            let plain = !name.contains(['/', '\\']) && !name.starts_with('.');
            plain.then(|| (item.to_owned(), name.to_owned()))
        };
        let within = |file: &str| case(file.strip_prefix(&folder)?.strip_prefix('/')?);
        let entries = |folder: PathBuf| {
            let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
            found.filter_map(|entry| entry.file_name().into_string().ok())
        };
        match self {
            Self::Embedded => Shipped::iter().filter_map(|file| within(&file)).collect(),
            Self::Memory(texts) => texts.keys().filter_map(|file| within(file)).collect(),
            Self::Dir(dir) => entries(dir.join(&folder))
                .flat_map(|item| {
                    let names = entries(dir.join(&folder).join(&item));
                    names
                        .filter_map(|name| case(&format!("{item}/{name}")))
                        .collect::<Vec<_>>()
                })
                .collect(),
        }
    }

    /// The years that have a `pack.rhai`, oldest first.
    pub fn years(&self) -> BTreeSet<FiscalYear> {
        let year = |file: &str| {
            let (year, file) = file.split_once('/')?;
            let year = year.parse().ok().map(FiscalYear)?;
            (file == "pack.rhai").then_some(year)
        };
        match self {
            Self::Embedded => Shipped::iter().filter_map(|file| year(&file)).collect(),
            Self::Memory(texts) => texts.keys().filter_map(|file| year(file)).collect(),
            Self::Dir(dir) => std::fs::read_dir(dir)
                .into_iter()
                .flatten()
                .flatten()
                .filter(|entry| entry.path().join("pack.rhai").is_file())
                .filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(FiscalYear))
                .collect(),
        }
    }
}

fn unreadable_file(file: &str, message: &str) -> Fault {
    Fault::of_file(file, message).of(Kind::UnreadableFile)
}

/// Reads no more than one byte over the limit, which is enough to see that a file is over it.
fn read_file(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(sandbox::FILE_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The file of a year.
pub(super) fn file_of(year: FiscalYear, name: &str) -> String {
    format!("{year}/{name}.rhai")
}

/// A year, ready to judge with.
#[derive(Debug)]
pub struct Pack {
    /// What the year asks for.
    pub outline: Outline,
    /// One rule for each item, in the outline's order. Those with faults cannot be run.
    pub rules: Vec<LoadedRule>,
    /// Faults of the pack that belong to none of its rules, such as a rule file that no item uses.
    pub strays: Vec<Fault>,
    engine: Engine,
    texts: Texts,
    closures: Closures,
    digest: String,
}

/// A rule with the functions of its criteria.
#[derive(Debug)]
pub struct LoadedRule {
    /// The item it decides: `O23`.
    pub item: String,
    /// The item's sub-indicator: `9.3`.
    pub group: String,
    /// What the rule says about itself. Where it could not be read: the item as title and no criteria.
    pub rule: Rule,
    /// `2564/O23.rhai`.
    pub file: String,
    /// SHA-256 of the file; empty when there is none.
    pub digest: String,
    /// Mistakes in the file. A rule with any is never run.
    pub faults: Vec<Fault>,
    /// The functions; `None` when there are faults.
    ast: Option<AST>,
}

impl Pack {
    /// Loads a year. A mistake in a rule file stays with that rule; mistakes in a pack or a lib end the loading, all of
    /// them reported.
    ///
    /// `vocabulary` registers what rules may call.
    pub fn load(
        year: FiscalYear,
        sources: &Sources,
        vocabulary: fn(&mut Engine),
    ) -> Result<Self, Vec<Fault>> {
        let mut loader = Loader::new(sources, vocabulary);
        let (chain, outline, datum) = loader.chain(year).map_err(sorted)?;
        let Libs {
            vocabulary, faults, ..
        } = loader.libs(&chain);
        if !faults.is_empty() {
            return Err(sorted(faults));
        }
        let (rules, strays) = loader.rules(&chain, &outline, &datum, &vocabulary);
        let Loader {
            engine,
            texts,
            closures,
            ..
        } = loader;
        Ok(Self {
            outline,
            rules,
            strays,
            engine,
            digest: digest_of(&texts),
            closures,
            texts,
        })
    }

    /// Every mistake found while loading, by file and line.
    pub fn faults(&self) -> Vec<&Fault> {
        let of_rules = self.rules.iter().flat_map(|rule| &rule.faults);
        let mut faults: Vec<_> = of_rules.chain(&self.strays).collect();
        faults.sort();
        faults.dedup();
        faults
    }

    /// Calls a function of a rule with as many of the values as it takes.
    ///
    /// Every call starts with an empty scope and a full tank, so no call can tell what ran before it.
    pub fn call(
        &self,
        rule: &LoadedRule,
        function: &str,
        mut values: Vec<Dynamic>,
    ) -> Result<Dynamic, Fault> {
        if let Some(fault) = rule.faults.first() {
            return Err(fault.clone());
        }
        let missing = || Fault::of_file(&rule.file, format!("ไม่มีฟังก์ชัน `{function}`"));
        let ast = rule.ast.as_ref().ok_or_else(missing)?;
        let takes = ast
            .iter_functions()
            .find(|known| known.name == function)
            .ok_or_else(missing)?
            .params
            .len();
        values.truncate(takes);
        let result = sandbox::with_fuel(|| {
            self.engine
                .call_fn::<Dynamic>(&mut Scope::new(), ast, function, values)
        });
        result.map_err(|error| {
            let fault = Fault::from_eval(
                &error,
                &rule.file,
                function,
                &self.engine,
                &self.texts,
                &self.closures,
            );
            // Rhai forgets where a limit was hit; the function is known.
            match fault.line {
                0 => self.fault(rule, function, &fault.message),
                _ => fault,
            }
        })
    }

    /// A fault about a function of a rule, placed at the function: for an answer of the wrong kind.
    pub fn fault(&self, rule: &LoadedRule, function: &str, message: &str) -> Fault {
        let place = rule.ast.as_ref().map_or(Position::NONE, |ast| {
            let (file, texts) = (rule.file.as_str(), &self.texts);
            lint::place_of(&Script { file, ast, texts }, function)
        });
        Fault::at(&rule.file, place, message, &self.texts)
    }

    /// SHA-256 over the names and texts of all files that were used.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The engine the rules run in, for listing its vocabulary.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

pub(super) fn sorted(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort();
    faults.dedup();
    faults
}

fn digest_of(texts: &Texts) -> String {
    let mut hasher = Sha256::new();
    for (file, text) in texts {
        hasher.update(format!("{file} {}\n", hex_digest(text)));
    }
    hex(&hasher.finalize())
}

fn hex_digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A year and those it inherits from, newest first.
pub(super) type Chain = Vec<FiscalYear>;

/// Reads the files of a year.
pub(super) struct Loader<'a> {
    pub(super) sources: &'a Sources,
    pub(super) engine: Engine,
    /// Every file that was read, for the digest and for quoting.
    pub(super) texts: Texts,
    closures: Closures,
}

/// A script that could be parsed.
struct Parsed {
    ast: AST,
    /// What the strict parser has against it. The names are looked at one by one afterwards, so that all unknown ones
    /// are reported and not only the first; this stays as the safety net.
    strict: Option<Fault>,
}

/// What is wrong with a script that cannot be parsed, and what is left without that.
struct Refused {
    faults: Vec<Fault>,
    rest: Option<(Parsed, Remains)>,
}

/// The libs of a year.
pub(super) struct Libs {
    /// What rules may call.
    pub(super) vocabulary: Vocabulary,
    /// File and syntax tree of those that could be parsed, by name.
    pub(super) scripts: BTreeMap<String, (String, AST)>,
    /// Mistakes in them.
    pub(super) faults: Vec<Fault>,
}

/// What a rule's file holds.
pub(super) struct Examined {
    digest: String,
    /// `None` when it could not be parsed.
    pub(super) ast: Option<AST>,
    /// What it says of itself. `None` when that cannot be read.
    pub(super) rule: Option<Rule>,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(sources: &'a Sources, vocabulary: fn(&mut Engine)) -> Self {
        let mut engine = sandbox::engine();
        vocabulary(&mut engine);
        Self {
            sources,
            engine,
            texts: Texts::new(),
            closures: Closures::new(),
        }
    }

    /// Reads a file and keeps its text.
    fn text(&mut self, file: &str) -> Result<Option<String>, Fault> {
        let text = self.sources.read(file)?;
        if let Some(text) = &text {
            self.texts.insert(file.to_owned(), text.clone());
        }
        Ok(text)
    }

    /// Parses the text of a file, or what is left of it.
    fn compile(&mut self, file: &str, text: &str) -> Result<Parsed, ParseError> {
        let mut strict = None;
        let mut parsed = self.engine.compile(text);
        if let Err(error) = &parsed
            && matches!(
                error.err_type(),
                ParseErrorType::VariableUndefined(_) | ParseErrorType::ModuleUndefined(_)
            )
        {
            strict = Some(Fault::from_parse(error, file, text, &self.texts));
            self.engine.set_strict_variables(false);
            parsed = self.engine.compile(text);
            self.engine.set_strict_variables(true);
        }
        let mut ast = parsed?;
        ast.set_source(file);
        Ok(Parsed { ast, strict })
    }

    /// The parser stops at the first mistake: what it stands in is taken out, and the rest is read again.
    fn refused(&mut self, error: ParseError, file: &str, text: &str) -> Refused {
        let mut remains = Remains::of(text);
        let mut faults: Vec<Fault> = Vec::new();
        let mut error = error;
        while faults.len() < REFUSED_MAX {
            let fault = Fault::from_parse(&error, file, &remains.text(), &self.texts);
            let met = remains.line_of(&error);
            // Where the explanation stays with the parser, what the parser met may belong to the declaration before.
            let stays = error.position().line() == Some(fault.line);
            let line = match stays || remains.is_touched(fault.line) {
                true => met,
                false => fault.line,
            };
            if !remains.is_touched(line) {
                faults.push(fault);
            }
            // Each function over the limit would be told.
            let is_of_all = matches!(error.err_type(), ParseErrorType::TooManyFunctions);
            if is_of_all || !(remains.take(line) || remains.take(met)) {
                break;
            }
            match self.compile(file, &remains.text()) {
                Ok(parsed) => {
                    let rest = Some((parsed, remains));
                    return Refused { faults, rest };
                }
                Err(next) => error = next,
            }
        }
        Refused { faults, rest: None }
    }

    fn parse(&mut self, file: &str, text: &str) -> Result<Parsed, Box<Refused>> {
        match self.compile(file, text) {
            Ok(parsed) => {
                for function in parsed
                    .ast
                    .iter_functions()
                    .filter(|known| known.name.starts_with(CLOSURE))
                {
                    let files = self.closures.entry(function.name.to_owned()).or_default();
                    files.insert(file.to_owned());
                }
                Ok(parsed)
            }
            Err(error) => Err(Box::new(self.refused(error, file, text))),
        }
    }

    /// The year's outline, and the years it inherits files from.
    pub(super) fn chain(
        &mut self,
        year: FiscalYear,
    ) -> Result<(Chain, Outline, Datum), Vec<Fault>> {
        let (outline, datum) = self.pack(year, None)?;
        let mut chain = vec![year];
        let mut faults = Vec::new();
        let mut next = outline.inherits;
        while let Some(year) = next
            && chain.len() < CHAIN_LIMIT
        {
            next = match self.pack(year, chain.last().copied()) {
                Ok((older, _)) => older.inherits,
                Err(found) => {
                    faults.extend(found);
                    None
                }
            };
            chain.push(year);
        }
        if faults.is_empty() {
            Ok((chain, outline, datum))
        } else {
            Err(faults)
        }
    }

    pub(super) fn pack(
        &mut self,
        year: FiscalYear,
        heir: Option<FiscalYear>,
    ) -> Result<(Outline, Datum), Vec<Fault>> {
        let file = file_of(year, "pack");
        let text = self.text(&file).map_err(|fault| vec![fault])?;
        let Some(text) = text else {
            let fault = Fault::of_file(&file, self.no_pack(year, heir));
            return Err(vec![fault.of(Kind::MissingYear)]);
        };
        let Parsed { ast, .. } = self.parse(&file, &text).map_err(|refused| refused.faults)?;
        let script = Script {
            file: &file,
            ast: &ast,
            texts: &self.texts,
        };
        let mut faults = lint::top_level(&script);
        let read = read_constant::<Outline>(&script, "PACK", &data::PACK);
        match read {
            Ok((outline, datum)) => {
                faults.extend(lint::outline(&script, year, &outline, &datum));
                if faults.is_empty() {
                    return Ok((outline, datum));
                }
            }
            Err(found) => faults.extend(found),
        }
        Err(faults)
    }

    fn no_pack(&self, year: FiscalYear, heir: Option<FiscalYear>) -> String {
        let why = heir.map_or_else(String::new, |heir| {
            format!(" ซึ่งปี {heir} รับช่วงต่อ (inherits)")
        });
        let years: Vec<String> = self
            .sources
            .years()
            .iter()
            .map(ToString::to_string)
            .collect();
        let there = match years.is_empty() {
            true => "ที่นี่ไม่มีกฎของปีใดเลย".to_owned(),
            false => format!("ปีที่มี: {}", years.join(", ")),
        };
        format!("ไม่พบไฟล์นี้ จึงไม่มีกฎของปี {year}{why} {there}")
    }

    /// Loads the libs into the engine: of each name the newest. Libs may call each other in any order. One with mistakes
    /// is named in the vocabulary and not run.
    pub(super) fn libs(&mut self, chain: &[FiscalYear]) -> Libs {
        let mut libs: BTreeMap<String, FiscalYear> = BTreeMap::new();
        for &year in chain {
            for name in self.sources.scripts(&format!("{year}/lib")) {
                libs.entry(name).or_insert(year);
            }
        }
        for name in libs.keys() {
            self.engine
                .register_static_module(name, Module::new().into());
        }
        let mut faults = Vec::new();
        let mut parsed = BTreeMap::new();
        let mut vague = BTreeSet::new();
        for (name, &year) in &libs {
            let file = file_of(year, &format!("lib/{name}"));
            if !lint::is_name(name) || name == "global" {
                let message = "ชื่อไฟล์ใน lib ต้องเป็น a-z 0-9 _ และไม่ใช่ global";
                faults.push(Fault::of_file(&file, message).of(Kind::BadName));
            }
            let (lib, found) = self.lib(name, &file);
            if !found.is_empty() {
                vague.insert(name.clone());
            }
            faults.extend(found);
            parsed.extend(lib.map(|lib| (name.clone(), (file, lib))));
        }
        let mut vocabulary = Vocabulary::of(&self.engine, libs.keys());
        vocabulary.vague = vague;
        let mut scripts = BTreeMap::new();
        for (name, (file, Parsed { ast, strict })) in parsed {
            let script = Script {
                file: &file,
                ast: &ast,
                texts: &self.texts,
            };
            faults.extend(with_strict(lint::names(&script, &vocabulary), &strict));
            scripts.insert(name, (file, ast));
        }
        Libs {
            vocabulary,
            scripts,
            faults,
        }
    }

    fn lib(&mut self, name: &str, file: &str) -> (Option<Parsed>, Vec<Fault>) {
        let parsed = match self.text(file) {
            Ok(text) => self.parse(file, &text.unwrap_or_default()),
            Err(fault) => return (None, vec![fault]),
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(refused) => return (None, refused.faults),
        };
        let script = Script {
            file,
            ast: &parsed.ast,
            texts: &self.texts,
        };
        let mut faults = lint::top_level(&script);
        if faults.is_empty() {
            let module = sandbox::with_fuel(|| {
                Module::eval_ast_as_new(Scope::new(), &parsed.ast, &self.engine)
            });
            match module {
                Ok(module) => {
                    self.engine.register_static_module(name, module.into());
                }
                Err(error) => faults.push(Fault::from_eval(
                    &error,
                    file,
                    "const",
                    &self.engine,
                    &self.texts,
                    &self.closures,
                )),
            }
        }
        (Some(parsed), faults)
    }

    fn rules(
        &mut self,
        chain: &[FiscalYear],
        outline: &Outline,
        datum: &Datum,
        vocabulary: &Vocabulary,
    ) -> (Vec<LoadedRule>, Vec<Fault>) {
        let mut rules = Vec::new();
        for (path, group, item) in items(outline) {
            let mut rule = match self.file_of_item(chain, item) {
                Ok(file) => self.rule(&file, vocabulary),
                Err(message) => {
                    let pack = file_of(outline.year, "pack");
                    let fault = Fault::at(&pack, datum.place(&path), message, &self.texts)
                        .of(Kind::ItemWithoutRule);
                    LoadedRule::broken(String::new(), String::new(), vec![fault])
                }
            };
            item.item().clone_into(&mut rule.item);
            group.clone_into(&mut rule.group);
            if let Some(title) = item.title() {
                title.clone_into(&mut rule.rule.title);
            }
            if rule.rule.title.is_empty() {
                item.item().clone_into(&mut rule.rule.title);
            }
            rules.push(rule);
        }
        let strays = self
            .sources
            .scripts(&outline.year.to_string())
            .into_iter()
            .filter(|name| name != "pack")
            .map(|name| file_of(outline.year, &name))
            .filter(|file| !rules.iter().any(|rule| rule.file == *file))
            .map(|file| stray(&file))
            .collect();
        (rules, strays)
    }

    /// The file that decides an item: the nearest of its name up the chain, from the year the outline names.
    pub(super) fn file_of_item(
        &self,
        chain: &[FiscalYear],
        item: &ItemRef,
    ) -> Result<String, String> {
        let (years, name) = match item {
            ItemRef::Same(name)
            | ItemRef::Other {
                item: name,
                rule: None,
                ..
            } => (chain, name.as_str()),
            ItemRef::Other {
                rule: Some(rule), ..
            } => {
                let wrong = || format!("`{rule}` ต้องเขียนเป็น ปี/ชื่อไฟล์ เช่น 2566/O23");
                let (year, name) = rule.split_once('/').ok_or_else(wrong)?;
                let year = year.parse().map(FiscalYear).map_err(|_| wrong())?;
                if !lint::is_item(name) {
                    return Err(wrong());
                }
                let from = chain
                    .iter()
                    .position(|known| *known == year)
                    .ok_or_else(|| format!("ปีนี้ไม่ได้รับช่วงจากปี {year}"))?;
                (&chain[from..], name)
            }
        };
        years
            .iter()
            .find(|year| self.sources.scripts(&year.to_string()).contains(name))
            .map(|year| file_of(*year, name))
            .ok_or_else(|| {
                let years: Vec<String> = years.iter().map(ToString::to_string).collect();
                let years = years.join(", ");
                format!("ไม่มีไฟล์กฎ {name}.rhai ของปี {years} ให้เขียนไฟล์นั้น หรือลบข้อนี้ออก")
            })
    }

    fn rule(&mut self, file: &str, vocabulary: &Vocabulary) -> LoadedRule {
        let examined = self.examine(file, vocabulary);
        match (examined.rule, examined.ast) {
            (Some(rule), Some(ast)) if examined.faults.is_empty() => LoadedRule {
                item: String::new(),
                group: String::new(),
                rule,
                file: file.to_owned(),
                digest: examined.digest,
                faults: Vec::new(),
                ast: Some(without_rule(&ast)),
            },
            (rule, _) => LoadedRule {
                rule: rule.unwrap_or_else(unreadable),
                ..LoadedRule::broken(file.to_owned(), examined.digest, examined.faults)
            },
        }
    }

    /// Reads a rule's file and looks for mistakes in it.
    pub(super) fn examine(&mut self, file: &str, vocabulary: &Vocabulary) -> Examined {
        let broken = |digest: String, faults: Vec<Fault>| Examined {
            digest,
            ast: None,
            rule: None,
            faults,
        };
        let text = match self.text(file) {
            Ok(text) => text.unwrap_or_default(),
            Err(fault) => return broken(String::new(), vec![fault]),
        };
        let digest = hex_digest(&text);
        let Parsed { ast, strict } = match self.parse(file, &text) {
            Ok(parsed) => parsed,
            Err(refused) => {
                let Refused { mut faults, rest } = *refused;
                if let Some((Parsed { ast, strict }, remains)) = &rest {
                    let texts = &self.texts;
                    let names = lint::names(&Script { file, ast, texts }, vocabulary);
                    let mut names = with_strict(names, strict);
                    names.retain(|fault| !remains.is_taken(fault.word()));
                    faults.append(&mut names);
                }
                return broken(digest, faults);
            }
        };
        let script = Script {
            file,
            ast: &ast,
            texts: &self.texts,
        };
        let mut faults = lint::top_level(&script);
        faults.extend(with_strict(lint::names(&script, vocabulary), &strict));
        let rule = match read_constant::<Rule>(&script, "RULE", &data::RULE) {
            Ok((rule, datum)) => {
                faults.extend(lint::criteria(&script, &rule, &datum));
                Some(rule)
            }
            Err(found) => {
                faults.extend(found);
                None
            }
        };
        Examined {
            digest,
            ast: Some(ast),
            rule,
            faults,
        }
    }
}

impl LoadedRule {
    fn broken(file: String, digest: String, faults: Vec<Fault>) -> Self {
        Self {
            item: String::new(),
            group: String::new(),
            rule: unreadable(),
            file,
            digest,
            faults: sorted(faults),
            ast: None,
        }
    }
}

/// A rule's file that nothing uses.
pub(super) fn stray(file: &str) -> Fault {
    Fault::of_file(file, "ไม่มีข้อใดใน pack.rhai ที่ใช้ไฟล์นี้").of(Kind::StrayFile)
}

fn unreadable() -> Rule {
    Rule {
        title: String::new(),
        source: String::new(),
        criteria: Vec::new(),
        measure: MeasureText {
            title: String::new(),
            steps: Vec::new(),
            owner: String::new(),
            period: String::new(),
            follow_up: String::new(),
        },
    }
}

/// Path in PACK, sub-indicator and item of every item of an outline.
pub(super) fn items(outline: &Outline) -> Vec<(String, &str, &ItemRef)> {
    let mut items = Vec::new();
    for (t, tool) in outline.tools.iter().enumerate() {
        for (i, indicator) in tool.indicators.iter().enumerate() {
            for (g, group) in indicator.groups.iter().enumerate() {
                for (n, item) in group.items.iter().enumerate() {
                    let path = format!("tools/{t}/indicators/{i}/groups/{g}/items/{n}");
                    items.push((path, group.id.as_str(), item));
                }
            }
        }
    }
    items
}

fn with_strict(mut faults: Vec<Fault>, strict: &Option<Fault>) -> Vec<Fault> {
    if faults.is_empty() {
        faults.extend(strict.clone());
    }
    faults
}

/// RULE is data for the host; without it in the way every call of a function costs less.
fn without_rule(ast: &AST) -> AST {
    let rest = ast
        .statements()
        .iter()
        .filter(|statement| !matches!(statement, Stmt::Var(parts, ..) if parts.0.name == "RULE"));
    let mut slim = AST::new(rest.cloned(), ast.shared_lib().clone());
    if let Some(source) = ast.source() {
        slim.set_source(source);
    }
    slim
}

fn read_constant<T: serde::de::DeserializeOwned>(
    script: &Script,
    name: &str,
    shape: &data::Shape,
) -> Result<(T, Datum), Vec<Fault>> {
    let Some(expr) = data::constant(script.ast, name) else {
        let message = format!("ไม่พบ `const {name} = #{{ … }};`");
        return Err(vec![script.fault(
            Kind::MissingKey,
            Position::NONE,
            message,
        )]);
    };
    let datum = data::read(expr, shape).map_err(|mistakes| {
        let faults = mistakes.into_iter();
        faults
            .map(|(kind, place, message)| script.fault(kind, place, message))
            .collect::<Vec<_>>()
    })?;
    match serde_json::from_value(datum.value.clone()) {
        Ok(value) => Ok((value, datum)),
        Err(error) => {
            let message = format!("อ่าน {name} ไม่ได้: {error}");
            Err(vec![script.fault(
                Kind::WrongValue,
                datum.place(""),
                message,
            )])
        }
    }
}
