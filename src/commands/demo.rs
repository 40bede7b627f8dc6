//! `prongsai demo`: the sample site, served and audited on this machine.

use prongsai::demo::{self, Demo};
use prongsai::fetch::options::Options;

use super::{Exit, Failure, args, finish, pipeline, say};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    report: args::Report,
    /// พอร์ตของเว็บไซต์ตัวอย่างในเครื่องนี้ (ปกติใช้พอร์ตที่ว่าง)
    #[arg(
        long,
        value_name = "พอร์ต",
        default_value_t = 0,
        hide_default_value = true
    )]
    port: u16,
    /// เปิดเว็บไซต์ตัวอย่างค้างไว้หลังตรวจเสร็จ จนกว่าจะกด Ctrl-C
    #[arg(long)]
    serve: bool,
}

pub(super) async fn run(asked: Args) -> Result<Exit, Failure> {
    let bench = pipeline::Bench::lay([demo::YEAR], None, Some(demo::AGENCY), Some(demo::SCORES))?;
    let site = Demo::start(asked.port).await.map_err(|error| {
        Failure::usage(format!(
            "เปิดเว็บไซต์ตัวอย่างไม่ได้ ({error})\n  ลองระบุพอร์ตอื่นด้วย --port"
        ))
    })?;
    let options = Options {
        as_of: Some(demo::AS_OF),
        allow_private: true,
        ..Options::default()
    };
    let capture = pipeline::fetch(site.home().clone(), &options).await?;
    let exit = finish(bench.judge(&capture, None)?, &asked.report)?;
    if asked.serve {
        say(&format!(
            "เว็บไซต์ตัวอย่างเปิดอยู่ที่ {} กด Ctrl-C เพื่อปิด",
            site.home()
        ));
        let _ = tokio::signal::ctrl_c().await;
    }
    Ok(exit)
}
