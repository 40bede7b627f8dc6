//! `prongsai crawl`: a website into a file, not judged.

use std::path::PathBuf;

use jiff::civil::Date;
use url::Url;

use super::{Exit, Failure, args, pipeline};

#[derive(clap::Args)]
pub(super) struct Args {
    /// หน้าแรกของเว็บไซต์หน่วยงาน
    #[arg(value_name = "URL", value_parser = args::address)]
    home: Url,
    /// ไฟล์ที่จะเก็บ (.warc.gz บีบอัด, .warc ไม่บีบอัด)
    #[arg(short, long, value_name = "ไฟล์")]
    output: PathBuf,
    /// เก็บเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน) เช่น 2021-05-15
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    as_of: Option<Date>,
    #[command(flatten)]
    manners: args::Manners,
}

pub(super) async fn run(asked: Args) -> Result<Exit, Failure> {
    let options = asked.manners.options(asked.as_of);
    let capture = pipeline::fetch(asked.home, &options).await?;
    pipeline::save(&capture, &asked.output)?;
    Ok(Exit::Done)
}
