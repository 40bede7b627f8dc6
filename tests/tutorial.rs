//! The tutorial does what it says: its commands are run in order in an empty folder, its files written, its outputs compared.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

/// A fenced block: what stands behind the fence, and the lines.
struct Block<'a> {
    info: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(info), false) => {
                blocks.push(Block {
                    info: info.trim(),
                    lines: Vec::new(),
                });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => blocks.last_mut().unwrap().lines.push(line),
            (None, false) => {}
        }
    }
    blocks
}

/// `(84 ms)` differs from run to run, and nothing else may.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.trim_end();
        match line.rsplit_once(" (") {
            Some((head, tail)) if tail.ends_with(" ms)") => out.push_str(head),
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    out.trim_end().to_owned()
}

#[test]
fn every_command_of_the_tutorial_says_what_stands_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(folder.join("docs/tutorial.md")).unwrap();
    let desk = std::env::temp_dir().join(format!("prongsai-tutorial-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&desk);
    std::fs::create_dir_all(&desk).unwrap();
    let (mut commands, mut files) = (0, 0);
    for block in blocks(&text) {
        if block.info.contains('/') {
            let file = desk.join(block.info);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, block.lines.join("\n") + "\n").unwrap();
            files += 1;
        }
        if block.info != "console" {
            continue;
        }
        let starts: Vec<usize> = (0..block.lines.len())
            .filter(|at| block.lines[*at].starts_with("$ "))
            .collect();
        for (n, start) in starts.iter().enumerate() {
            let end = starts.get(n + 1).copied().unwrap_or(block.lines.len());
            let command = &block.lines[*start][2..];
            let expected = block.lines[start + 1..end].join("\n");
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("prongsai"), "{command}");
            // Both streams into one file, as a terminal shows them.
            let log = desk
                .join("..")
                .join(format!("prongsai-tutorial-{}.log", std::process::id()));
            let out = std::fs::File::create(&log).unwrap();
            let both = out.try_clone().unwrap();
            Command::new(env!("CARGO_BIN_EXE_prongsai"))
                .args(words)
                .current_dir(&desk)
                .stdout(out)
                .stderr(both)
                .status()
                .unwrap();
            let said = std::fs::read_to_string(&log).unwrap();
            std::fs::remove_file(&log).unwrap();
            assert_eq!(plain(&said), plain(&expected), "{command}");
            commands += 1;
        }
    }
    std::fs::remove_dir_all(&desk).unwrap();
    assert!(
        commands >= 8 && files >= 4,
        "{commands} commands, {files} files"
    );
}
