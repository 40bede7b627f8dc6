//! The module list is the data flow: a module uses only those above it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot read its files has failed, and its table is for people"
)]

use std::path::{Path, PathBuf};

/// Top to bottom. A module that is not here does not know its place yet.
const FLOW: [&str; 31] = [
    "year",
    "json",
    "guard",
    "thai",
    "agency",
    "fetch",
    "archive",
    "extract",
    "reading",
    "site",
    "rules",
    "judge",
    "cases",
    "ocr",
    "decisions",
    "score",
    "measures",
    "audit",
    "difference",
    "impact",
    "forecast",
    "standing",
    "store",
    "schedule",
    "fleet",
    "report",
    "alert",
    "metrics",
    "service",
    "handbook",
    "demo",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn a_module_uses_only_those_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(&src).unwrap();
        let module = inner
            .iter()
            .next()
            .unwrap()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        if matches!(
            module,
            "lib" | "main" | "commands" | "sample" | "year_script"
        ) {
            continue;
        }
        let own = FLOW.iter().position(|name| *name == module);
        let own = own.unwrap_or_else(|| panic!("{module} has no place in the flow"));
        let text = std::fs::read_to_string(&file).unwrap();
        // Tests may look anywhere.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for used in code.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if let Some(place) = FLOW.iter().position(|name| *name == used) {
                looked_at += 1;
                if place > own {
                    wrong.push(format!("{} uses {used}", inner.display()));
                }
            }
        }
    }
    assert!(
        looked_at > 50,
        "only {looked_at} uses seen: the test no longer reads the code"
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}
