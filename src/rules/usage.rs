//! What the libs offer, and a line of the rules that shows each word at work.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, Engine, FnAccess};

use super::lint::Tree;
use super::pack::{Loader, Sources, items};
use super::types::{Types, Used};
use super::words::{Word, words_of};
use crate::year::FiscalYear;

/// A line of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `2564/O23.rhai`.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// As its author wrote it, without the space around it.
    pub text: String,
}

/// A lib of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lib {
    /// Its file: `2564/lib/shows.rhai`.
    pub file: String,
    /// The name before `::`.
    pub name: String,
    /// What it is for, in Thai.
    pub doc: String,
    /// What rules may call, in the file's order.
    pub functions: Vec<LibFunction>,
}

/// A function of a lib.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibFunction {
    /// Its name.
    pub name: String,
    /// Names of what it takes.
    pub params: Vec<String>,
    /// What it does, in Thai.
    pub doc: String,
    /// A rule that calls it.
    pub example: Option<Line>,
}

/// How the rules of some years use what there is.
#[derive(Debug, Default)]
pub struct Usage {
    /// The libs by file.
    pub libs: Vec<Lib>,
    words: BTreeMap<Word, Line>,
}

impl Usage {
    /// Looks through the rules of some years.
    pub fn of(sources: &Sources, years: &[FiscalYear], vocabulary: fn(&mut Engine)) -> Self {
        let words = words_of(&Loader::new(sources, vocabulary).engine);
        let mut seen = Lines::default();
        let mut libs = BTreeMap::new();
        for &year in years {
            let mut loader = Loader::new(sources, vocabulary);
            let Ok((chain, outline, _)) = loader.chain(year) else {
                continue;
            };
            let found = loader.libs(&chain);
            let trees = found.scripts.iter();
            let trees: BTreeMap<String, Tree> = trees
                .map(|(name, (_, ast))| (name.clone(), Tree::of(ast)))
                .collect();
            let types = Types::new(&words, &trees);
            for (name, (file, ast)) in &found.scripts {
                seen.take(types.used(&trees[name], &[]), file, &loader, true);
                libs.entry(file.clone())
                    .or_insert_with(|| lib(file, name, ast));
            }
            for (_, _, item) in items(&outline) {
                let Ok(file) = loader.file_of_item(&chain, item) else {
                    continue;
                };
                if !seen.files.insert(file.clone()) {
                    continue;
                }
                let examined = loader.examine(&file, &found.vocabulary);
                if let (Some(ast), Some(rule)) = (&examined.ast, &examined.rule) {
                    let criteria = rule.criteria.iter().map(|one| one.id.as_str());
                    let used = types.used(&Tree::of(ast), &criteria.collect::<Vec<_>>());
                    seen.take(used, &file, &loader, false);
                }
            }
        }
        let mut libs: Vec<Lib> = libs.into_values().collect();
        for lib in &mut libs {
            for function in &mut lib.functions {
                let called = (lib.name.clone(), function.name.clone());
                function.example = seen.calls.remove(&called).map(|(_, line)| line);
            }
        }
        let words = seen.words.into_iter().map(|(word, (_, line))| (word, line));
        Self {
            libs,
            words: words.collect(),
        }
    }

    /// A line that uses a word, where one does.
    pub fn example(&self, word: &Word) -> Option<&Line> {
        self.words.get(word)
    }
}

/// How well a line shows a word, best least: a rule's before a lib's, one in full before one that goes on from the line
/// above, then the shortest.
type Merit = (bool, bool, usize, String, usize);

#[derive(Default)]
struct Lines {
    words: BTreeMap<Word, (Merit, Line)>,
    calls: BTreeMap<(String, String), (Merit, Line)>,
    files: BTreeSet<String>,
}

impl Lines {
    fn take(&mut self, used: BTreeSet<(Used, usize)>, file: &str, loader: &Loader, in_lib: bool) {
        let text = loader.texts.get(file).map_or("", String::as_str);
        let lines: Vec<&str> = text.lines().collect();
        for (used, number) in used {
            let Some(text) = number.checked_sub(1).and_then(|at| lines.get(at)) else {
                continue;
            };
            let text = text.trim();
            let line = Line {
                file: file.to_owned(),
                line: number,
                text: text.to_owned(),
            };
            let letters = text.chars().count();
            let merit = (
                in_lib,
                text.starts_with('.'),
                letters,
                file.to_owned(),
                number,
            );
            match used {
                Used::Word(word) => keep(&mut self.words, word.clone(), merit, line),
                Used::Lib(lib, name) => keep(&mut self.calls, (lib, name), merit, line),
            }
        }
    }
}

fn keep<K: Ord>(kept: &mut BTreeMap<K, (Merit, Line)>, key: K, merit: Merit, line: Line) {
    match kept.get(&key) {
        Some((best, _)) if *best <= merit => {}
        _ => {
            kept.insert(key, (merit, line));
        }
    }
}

fn lib(file: &str, name: &str, ast: &AST) -> Lib {
    let public = ast
        .iter_fn_def()
        .filter(|function| function.access == FnAccess::Public);
    let mut functions: Vec<(usize, LibFunction)> = public
        .map(|function| {
            let line = function.body.start_position().line().unwrap_or_default();
            let lines = function.comments.iter().flat_map(|text| text.lines());
            let made = LibFunction {
                name: function.name.to_string(),
                params: function.params.iter().map(ToString::to_string).collect(),
                doc: said(lines, "///"),
                example: None,
            };
            (line, made)
        })
        .collect();
    functions.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    Lib {
        file: file.to_owned(),
        name: name.to_owned(),
        doc: said(ast.doc().lines(), "//!"),
        functions: functions
            .into_iter()
            .map(|(_, function)| function)
            .collect(),
    }
}

/// Comment lines as one sentence.
fn said<'a>(lines: impl Iterator<Item = &'a str>, mark: &str) -> String {
    let lines = lines.map(|line| line.trim().trim_start_matches(mark).trim());
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::vocabulary;

    #[test]
    fn a_line_is_found_for_the_type_it_is_about() {
        let years: Vec<FiscalYear> = Sources::Embedded.years().into_iter().collect();
        let usage = Usage::of(&Sources::Embedded, &years, vocabulary::register);
        let words = vocabulary::words();
        let line = |of: &str, name: &str| {
            let word = words.iter().find(|word| word.of == of && word.name == name);
            let line = usage.example(word.unwrap());
            line.unwrap_or_else(|| panic!("no rule uses {name} of {of}"))
        };
        for of in ["Places", "Forms", "Tables"] {
            let shown = line(of, "about");
            assert!(shown.text.contains("about("), "{shown:?}");
            let text = Sources::Embedded.read(&shown.file).unwrap().unwrap();
            assert_eq!(text.lines().nth(shown.line - 1).unwrap().trim(), shown.text);
        }
        assert!(line("Tables", "about").text.contains("tables"));
        assert!(line("Forms", "about").text.contains("forms"));
    }

    #[test]
    fn what_libs_offer_is_told_in_thai_and_private_functions_are_not() {
        let years: Vec<FiscalYear> = Sources::Embedded.years().into_iter().collect();
        let usage = Usage::of(&Sources::Embedded, &years, vocabulary::register);
        let shows = usage.libs.iter().find(|lib| lib.name == "shows").unwrap();
        assert!(shows.doc.starts_with("คำตอบเรื่องเนื้อหา"), "{}", shows.doc);
        assert_eq!(shows.functions[0].name, "any");
        assert_eq!(shows.functions[0].params, ["found", "what", "words"]);
        assert!(shows.functions.iter().all(|one| !one.doc.is_empty()));
        assert!(shows.functions.iter().all(|one| one.name != "is_bare"));
        let example = shows.functions[0].example.as_ref().unwrap();
        assert!(example.text.contains("shows::any("), "{}", example.text);
    }
}
