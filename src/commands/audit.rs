//! `prongsai audit`: crawl, judge, report.

use std::path::PathBuf;

use prongsai::fetch::capture::Capture;
use url::Url;

use super::scans::Scans;
use super::{Exit, Failure, args, finish, pipeline};

#[derive(clap::Args)]
pub(super) struct Args {
    /// หน้าแรกของเว็บไซต์หน่วยงาน
    #[arg(value_name = "URL", value_parser = args::address)]
    home: Url,
    #[command(flatten)]
    basis: args::Basis,
    #[command(flatten)]
    report: args::Report,
    /// เก็บข้อมูลเว็บไซต์ไว้ในไฟล์ WARC นี้ด้วย เพื่อตรวจซ้ำได้โดยไม่ต้องเก็บใหม่
    #[arg(long, value_name = "ไฟล์")]
    save: Option<PathBuf>,
    #[command(flatten)]
    scans: Scans,
    #[command(flatten)]
    manners: args::Manners,
}

pub(super) async fn run(asked: Args) -> Result<Exit, Failure> {
    let today = asked.basis.as_of.unwrap_or_else(Capture::today);
    let bench = pipeline::Bench::set(
        &asked.basis,
        today,
        &[asked.save.as_deref(), asked.report.output.as_deref()],
    )?;
    let options = asked.manners.options(asked.basis.as_of);
    let mut capture = pipeline::fetch(asked.home, &options).await?;
    if let Some(file) = &asked.save {
        pipeline::save(&capture, file)?;
        capture = Capture::read(file).map_err(Failure::usage)?;
    }
    let reader = asked.scans.reader(asked.save.as_deref());
    finish(bench.judge(&capture, reader.as_ref())?, &asked.report)
}
