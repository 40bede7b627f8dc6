//! `prongsai judge`: a saved capture, judged again.

use std::path::PathBuf;

use super::progress::on_ctrl_c;
use super::scans::Scans;
use super::{Exit, Failure, args, finish, pipeline};

#[derive(clap::Args)]
pub(super) struct Args {
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc หรือ .warc.gz) จาก prongsai crawl หรือโปรแกรมอื่น
    #[arg(value_name = "CAPTURE")]
    capture: PathBuf,
    #[command(flatten)]
    basis: args::Basis,
    #[command(flatten)]
    report: args::Report,
    #[command(flatten)]
    scans: Scans,
}

pub(super) fn run(asked: &Args) -> Result<Exit, Failure> {
    let mut capture = pipeline::capture(&asked.capture)?;
    if let Some(day) = asked.basis.as_of {
        capture.taken_on = day;
    }
    let capture = pipeline::reachable(capture)?;
    let bench = pipeline::Bench::set(
        &asked.basis,
        capture.taken_on,
        &[Some(&asked.capture), asked.report.output.as_deref()],
    )?;
    let reader = asked.scans.reader(Some(&asked.capture));
    // Scans take minutes: an end keeps what was read. Nothing else waits for it.
    let _ = on_ctrl_c();
    finish(bench.judge(&capture, reader.as_ref())?, &asked.report)
}
