//! The command line: one file a command, and what they share. The only part of the program that prints.

mod alerts;
mod args;
mod audit;
mod check;
mod court;
mod crawl;
mod demo;
mod docs;
mod doctor;
mod explain;
mod fixture;
mod fleet;
mod help;
mod impact;
mod judge;
mod kit;
mod lookout;
mod new;
mod output;
mod past;
mod pipeline;
mod profile;
mod progress;
mod review;
mod scans;
mod schedule;
mod test;
mod watch;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use prongsai::audit::Audit;

/// โปร่งใส: ตรวจเว็บไซต์ของหน่วยงานตามแบบวัดการเปิดเผยข้อมูลสาธารณะ (OIT) ของการประเมิน ITA
/// คิดคะแนน และร่างมาตรการแก้ไข
#[derive(Parser)]
#[command(
    name = "prongsai",
    version,
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_value_name = "คำสั่ง",
    subcommand_help_heading = "คำสั่ง",
    next_help_heading = "ตัวเลือก",
    help_template = help::TEMPLATE,
    after_help = "ตัวอย่าง:\n  prongsai demo\n  prongsai audit https://www.example.go.th --year 2565 --format html -o report.html\n\n\
        รหัสจบ: 0 เสร็จ  1 มีข้อที่ไม่ผ่าน (เมื่อใช้ --strict) หรือกรณีทดสอบไม่ตรง  2 คำสั่งหรือไฟล์ไม่ถูกต้อง  3 กฎผิดพลาด  4 เข้าเว็บไซต์ไม่ได้"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// รูปแบบบันทึกการทำงาน (stderr): text หรือ json ระดับกำหนดด้วย PRONGSAI_LOG เช่น info
    #[arg(
        long,
        value_name = "รูปแบบ",
        value_enum,
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        global = true,
        display_order = 998
    )]
    log_format: LogForm,
    /// แสดงวิธีใช้
    #[arg(short, long, action = clap::ArgAction::Help, global = true, display_order = 999)]
    help: Option<bool>,
    /// แสดงรุ่นของโปรแกรม
    #[arg(short = 'V', long, action = clap::ArgAction::Version, display_order = 1000)]
    version: Option<bool>,
}

#[derive(Subcommand)]
enum Command {
    /// เก็บข้อมูลเว็บไซต์ ตรวจทุกข้อ และเขียนรายงาน
    Audit(audit::Args),
    /// ตรวจจากข้อมูลเว็บไซต์ที่เก็บไว้แล้ว (WARC) โดยไม่ใช้เครือข่าย
    Judge(judge::Args),
    /// ให้คนตัดสินข้อที่เครื่องตัดสินไม่ได้ ทีละข้อ ข้อที่มีผลต่อคะแนนมากก่อน แล้วบันทึกใน decisions.toml
    Review(review::Args),
    /// เทียบกฎสองชุดกับข้อมูลที่เก็บไว้: ข้อใดของหน่วยงานใดผลเปลี่ยน และเพราะอะไร
    Impact(impact::Args),
    /// ตรวจหลายหน่วยงานตามรายชื่อ ทีละรอบ ทำต่อได้เมื่อถูกหยุดกลางทาง
    Fleet(fleet::Args),
    /// ตรวจตามกำหนดเป็นบริการ และแจ้งเตือนเมื่อผลเปลี่ยน
    Schedule(schedule::Args),
    /// ประวัติการตรวจของหน่วยงาน หรือรายการหน่วยงานทั้งหมด
    History(past::History),
    /// เทียบการตรวจสองครั้งของหน่วยงานหนึ่ง ถึงระดับหลักฐาน
    Diff(past::Diff),
    /// ข้อใดจะล้าสมัยเมื่อใด หากเว็บไซต์ไม่เปลี่ยน
    Forecast(past::Forecast),
    /// การแจ้งเตือน: ดู รับทราบ ปิดเสียง
    Alerts(alerts::Args),
    /// ส่งออกผลตรวจเป็น CSV หรือ JSON หรือข้อมูลเว็บไซต์และเอกสารที่เก็บไว้
    Export(past::Export),
    /// เก็บข้อมูลเว็บไซต์ลงไฟล์ WARC โดยยังไม่ตรวจ
    Crawl(crawl::Args),
    /// ลองใช้กับเว็บไซต์ตัวอย่างที่อยู่ในโปรแกรม
    Demo(demo::Args),
    /// เริ่มเขียนกฎของข้อใหม่จากแบบร่าง
    New(new::Args),
    /// เก็บหน้าเว็บจริงเป็นกรณีตัวอย่าง
    Fixture(fixture::Args),
    /// อธิบายข้อหนึ่ง: ถามอะไร และบนเว็บไซต์ที่เก็บไว้กฎเห็นอะไร
    Explain(explain::Args),
    /// ทดสอบกฎกับกรณีตัวอย่าง
    Test(test::Args),
    /// เฝ้าดูโฟลเดอร์กฎ ตรวจและทดสอบใหม่ทุกครั้งที่บันทึก
    Watch(watch::Args),
    /// วัดเวลาและงบคำสั่งของกฎแต่ละข้อ
    Profile(profile::Args),
    /// ตรวจไฟล์กฎทุกปีโดยไม่รันกฎ แสดงที่ผิดทั้งหมดพร้อมบรรทัดและคำแนะนำ
    Check(check::Args),
    /// เขียนคู่มือผู้เขียนกฎ: คลังคำพร้อมตัวอย่าง และทุกข้อพร้อมเกณฑ์และกรณีตัวอย่าง
    Docs(docs::Args),
    /// ดูว่าเครื่องนี้อ่านเอกสารสแกนได้หรือไม่ และต้องติดตั้งอะไรเพิ่ม
    Doctor(doctor::Args),
    /// แสดงหน้าหนึ่งของ PDF เป็นภาพ (โปรแกรมเรียกใช้เอง)
    #[command(name = prongsai::ocr::RENDER_COMMAND, hide = true)]
    RenderPage {
        /// ลำดับหน้า เริ่มที่ 0
        page: usize,
    },
    /// อ่านไฟล์เอกสารที่ส่งมาทาง standard input (โปรแกรมเรียกใช้เอง)
    #[command(name = prongsai::reading::READ_COMMAND, hide = true)]
    ReadFiles {
        /// เวลาประมวลผลต่อไฟล์ เป็นวินาที
        seconds: u64,
    },
}

/// Forms of the log.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum LogForm {
    /// For people.
    Text,
    /// A JSON object a line, for programs.
    Json,
}

/// Begins to write the log to stderr.
fn log(form: LogForm) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("PRONGSAI_LOG"))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
}

/// How a run ends. The numbers are promised to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Done = 0,
    Gaps = 1,
    Usage = 2,
    Rules = 3,
    Unreachable = 4,
}

/// Why a run ends early: a title and what to do.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn usage(message: impl std::fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.to_string(),
        }
    }
}

/// Reads the command line, runs the command, and answers with its exit code.
pub(crate) fn main() -> ExitCode {
    let exit = match read_command() {
        Ok(command) => run(command).unwrap_or_else(|failure| {
            say(&format!("ผิดพลาด: {}", failure.message));
            failure.exit
        }),
        Err(exit) => exit,
    };
    ExitCode::from(exit as u8)
}

/// The command, or the end of the run when help was asked for or the line cannot be read.
fn read_command() -> Result<Command, Exit> {
    let told = help::in_thai(Cli::command())
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    told.map(|cli| {
        log(cli.log_format);
        cli.command
    })
    .map_err(|error| {
        if error.use_stderr() {
            say(&help::message(&error));
            Exit::Usage
        } else {
            let _ = error.print();
            Exit::Done
        }
    })
}

fn run(command: Command) -> Result<Exit, Failure> {
    // Children of this program with little memory: they do no more than they must.
    let (from, to) = (std::io::stdin(), std::io::stdout());
    match command {
        Command::RenderPage { page } => {
            return prongsai::ocr::render(page, from, to)
                .map(|()| Exit::Done)
                .map_err(Failure::usage);
        }
        Command::ReadFiles { seconds } => {
            let cpu = Duration::from_secs(seconds);
            return prongsai::reading::serve_files(from, to, cpu)
                .map(|()| Exit::Done)
                .map_err(Failure::usage);
        }
        _ => {}
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::usage)?;
    runtime.block_on(async {
        match command {
            Command::Audit(args) => audit::run(args).await,
            Command::Judge(args) => judge::run(&args),
            Command::Review(args) => review::run(args).await,
            Command::Impact(args) => impact::run(&args),
            Command::Crawl(args) => crawl::run(args).await,
            Command::Fleet(args) => fleet::run(args).await,
            Command::Schedule(args) => schedule::run(args).await,
            Command::History(args) => past::history(&args),
            Command::Diff(args) => past::diff(&args),
            Command::Forecast(args) => past::forecast(&args),
            Command::Alerts(args) => alerts::run(&args),
            Command::Export(args) => past::export(&args),
            Command::Demo(args) => demo::run(args).await,
            Command::Fixture(args) => fixture::run(args).await,
            Command::Profile(args) => profile::run(&args),
            Command::Watch(args) => watch::run(&args),
            Command::New(args) => new::run(&args),
            Command::Explain(args) => explain::run(&args),
            Command::Test(args) => test::run(&args),
            Command::Check(args) => check::run(&args),
            Command::Docs(args) => docs::run(&args),
            Command::Doctor(_) => doctor::run(),
            Command::RenderPage { .. } | Command::ReadFiles { .. } => Ok(Exit::Done),
        }
    })
}

/// A line for the person at the keyboard, beside the report.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Writes the report, of several years one with what differs, and turns what it came to into an exit code.
fn finish(audits: Vec<Audit>, report: &args::Report) -> Result<Exit, Failure> {
    let items = audits.iter().flat_map(|audit| &audit.items);
    let gaps = items
        .map(|item| item.verdict.verdict)
        .any(|verdict| verdict == prongsai::judge::Decision::Fail);
    let faults: usize = audits.iter().map(|audit| audit.faults.len()).sum();
    output::write(audits, report)?;
    if faults > 0 {
        say(&format!(
            "กฎทำงานผิดพลาด {faults} แห่ง ข้อเหล่านั้นยังไม่ได้ตัดสิน: ดูท้ายรายงาน แก้กฎ แล้วตรวจใหม่"
        ));
        return Ok(Exit::Rules);
    }
    Ok(if report.strict && gaps {
        Exit::Gaps
    } else {
        Exit::Done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        help::in_thai(Cli::command()).debug_assert();
    }

    #[test]
    fn help_is_in_thai_throughout() {
        for name in [
            "audit", "judge", "review", "impact", "crawl", "demo", "doctor", "check", "test",
            "explain", "new", "fixture", "watch", "profile", "docs", "fleet", "schedule",
            "history", "diff", "forecast", "alerts", "export",
        ] {
            let mut command = help::in_thai(Cli::command());
            command.build();
            let help = command
                .find_subcommand_mut(name)
                .unwrap()
                .render_help()
                .to_string();
            for english in [
                "Usage:",
                "Options:",
                "Print help",
                "default:",
                "possible values",
                "Arguments:",
            ] {
                assert!(!help.contains(english), "{name}: {english}\n{help}");
            }
            assert!(help.contains("วิธีใช้:") && help.contains("ตัวเลือก:"), "{help}");
        }
    }
}
