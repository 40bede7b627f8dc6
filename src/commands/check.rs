//! `prongsai check`: every script looked through, nothing run.

use std::path::PathBuf;

use clap::ValueEnum;
use prongsai::report::faults;
use prongsai::rules::check::check;
use prongsai::rules::kind::Severity;
use prongsai::rules::vocabulary;

use super::kit::Rules;
use super::{Exit, Failure, output, say};

#[derive(clap::Args)]
#[command(
    after_help = "รหัสจบ: 0 ไม่พบที่ผิด  1 มีที่น่าสงสัย (เมื่อใช้ --strict)  2 ไม่มีโฟลเดอร์หรือไม่มีกฎของปีใดเลย  3 มีที่ผิด"
)]
pub(super) struct Args {
    /// โฟลเดอร์กฎ ซึ่งมีโฟลเดอร์ของแต่ละปี ถ้าไม่ระบุใช้ ./rules ถ้าไม่มีตรวจกฎที่มากับโปรแกรม
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// รูปแบบผล: text, json หรือ sarif (สำหรับ GitHub และตัวแก้ไขข้อความ)
    #[arg(
        long,
        value_name = "รูปแบบ",
        value_enum,
        default_value = "text",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Format,
    /// เขียนผลลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    output: Option<PathBuf>,
    /// จบด้วยรหัส 1 เมื่อมีที่น่าสงสัย แม้ไม่มีที่ผิด
    #[arg(long)]
    strict: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Json,
    Sarif,
}

pub(super) fn run(asked: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(asked.dir.as_deref())?;
    let checked = check(&rules.sources, vocabulary::register);
    let text = match asked.format {
        Format::Text => faults::text(&checked),
        Format::Json => faults::json(&checked),
        Format::Sarif => faults::sarif(&checked),
    };
    output::put(&text, asked.output.as_deref())?;
    if asked.output.is_some() {
        say(&faults::summary(&checked));
    }
    let (errors, warnings) = (
        checked.count(Severity::Error),
        checked.count(Severity::Warning),
    );
    Ok(match (errors, warnings) {
        (0, 0) => Exit::Done,
        (0, _) if asked.strict => Exit::Gaps,
        (0, _) => Exit::Done,
        _ => Exit::Rules,
    })
}
