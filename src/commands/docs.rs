//! `prongsai docs`: the handbook for rule authors.

use std::path::PathBuf;

use clap::{CommandFactory, ValueEnum};
use prongsai::cases::Trial;
use prongsai::handbook::{self, Command, Handbook, Year};
use prongsai::rules::usage::Usage;
use prongsai::rules::vocabulary;
use prongsai::year::FiscalYear;

use super::kit::Rules;
use super::{Cli, Exit, Failure, args, output, say};

/// เขียนคู่มือผู้เขียนกฎจากกฎและคลังคำของโปรแกรม: วิธีเขียนกฎและกรณีตัวอย่าง คำทุกคำพร้อมตัวอย่างจากกฎจริง และทุกข้อของทุกปีพร้อมเกณฑ์ ที่มา และผลของกรณีตัวอย่าง
#[derive(clap::Args, Debug)]
#[command(
    after_help = "รหัสจบ: 0 เสร็จ  2 คำสั่งหรือกรณีตัวอย่างไม่ถูกต้อง  3 กฎผิดพลาด (คู่มือยังเขียนให้ และแสดงที่ผิด)"
)]
pub(super) struct Args {
    /// เขียนลงไฟล์นี้ แทนการพิมพ์ออกจอ เช่น คู่มือ.html
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    /// รูปแบบ: md (Markdown) หรือ html ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ md
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    format: Option<Form>,
    /// ปีที่ต้องการ หลายปีคั่นด้วยจุลภาค เช่น 2564,2565 ถ้าไม่ระบุใช้ทุกปี ปีใหม่ก่อน
    #[arg(long, value_name = "ปี", value_parser = args::year, value_delimiter = ',')]
    year: Vec<FiscalYear>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้ มิฉะนั้นใช้กฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Md,
    Html,
}

/// Commands that the handbook names, each with a line to type.
const COMMANDS: [(&str, &str); 9] = [
    ("new", "prongsai new O44 --year 2566"),
    ("check", "prongsai check rules"),
    ("test", "prongsai test 2565 O23"),
    ("explain", "prongsai explain O23 --capture site.warc.gz"),
    ("watch", "prongsai watch --capture site.warc.gz"),
    (
        "fixture",
        "prongsai fixture add https://www.example.go.th/plan --item O23",
    ),
    ("profile", "prongsai profile site.warc.gz 2565"),
    ("impact", "prongsai impact shipped rules captures/"),
    ("docs", "prongsai docs -o คู่มือ.html"),
];

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(args.rules.as_deref())?;
    let mut asked = args.year.clone();
    if asked.is_empty() {
        asked = rules.sources.years().into_iter().rev().collect();
    }
    let mut named: Vec<FiscalYear> = Vec::new();
    asked.retain(|year| {
        !named.contains(year) && {
            named.push(*year);
            true
        }
    });
    let mut years = Vec::new();
    for &year in &named {
        let pack = rules.pack(year)?;
        // The handbook has no use for every rule against every case.
        let trial = Trial::of(&rules.sources, &pack, &[], true);
        years.push(Year { pack, trial });
    }
    let book = Handbook {
        commands: commands(),
        words: vocabulary::words(),
        usage: Usage::of(&rules.sources, &named, vocabulary::register),
        years,
    };
    let text = match form(args) {
        Form::Md => handbook::markdown(&book),
        Form::Html => {
            handbook::html(&book).map_err(|error| Failure::usage(format!("{error:#}")))?
        }
    };
    output::put(&text, args.output.as_deref())?;
    Ok(exit(&book))
}

fn form(args: &Args) -> Form {
    let ending = args
        .output
        .as_ref()
        .and_then(|file| file.extension()?.to_str())
        .map(str::to_ascii_lowercase);
    args.format.unwrap_or(match ending.as_deref() {
        Some("html" | "htm") => Form::Html,
        _ => Form::Md,
    })
}

/// The commands with what their help says of them.
fn commands() -> Vec<Command> {
    let cli = Cli::command();
    let known = COMMANDS.iter().filter_map(|(name, example)| {
        let command = cli.find_subcommand(name)?;
        Some(Command {
            name: (*name).to_owned(),
            about: command.get_about()?.to_string(),
            example: (*example).to_owned(),
        })
    });
    known.collect()
}

fn exit(book: &Handbook) -> Exit {
    let cases = book.years.iter().map(|year| year.trial.faults.len());
    let cases: usize = cases.sum();
    let rules = book.years.iter().flat_map(|year| year.pack.faults());
    let rules = rules.count();
    let failed = book.years.iter().flat_map(|year| &year.trial.tried);
    let failed = failed.filter(|one| !one.verdict.faults.is_empty()).count();
    if cases > 0 {
        say(&format!(
            "ไฟล์กรณีตัวอย่างเขียนผิด {cases} แห่ง: ดูด้วย prongsai test"
        ));
    }
    if rules > 0 || failed > 0 {
        say("กฎบางข้อผิดพลาด คู่มือแสดงที่ผิดไว้ที่ข้อนั้น: ดูด้วย prongsai check และ prongsai test");
    }
    match (cases, rules + failed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::Rules,
        _ => Exit::Usage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_to_type_is_one_that_the_program_takes() {
        for (name, line) in COMMANDS {
            let words = line.split_whitespace();
            let read = Cli::command().try_get_matches_from(words);
            let read = read.unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(read.subcommand_name(), Some(name));
        }
        assert_eq!(commands().len(), COMMANDS.len());
        assert!(commands().iter().all(|one| !one.about.is_empty()));
    }

    #[test]
    fn the_files_name_tells_the_form() {
        let form = |output: Option<&str>, format| {
            super::form(&Args {
                output: output.map(Into::into),
                format,
                year: Vec::new(),
                rules: None,
            })
        };
        assert_eq!(form(None, None), Form::Md);
        assert_eq!(form(Some("คู่มือ.HTML"), None), Form::Html);
        assert_eq!(form(Some("a.html"), Some(Form::Md)), Form::Md);
        assert_eq!(form(Some("a.md"), None), Form::Md);
    }
}
