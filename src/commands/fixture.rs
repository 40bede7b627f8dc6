//! `prongsai fixture add`: a live page with its files, recorded as a case.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use jiff::civil::Date;
use prongsai::cases::{self, FOLDER, Wanted, record};
use prongsai::fetch::capture::Capture;
use prongsai::judge::judge_one;
use prongsai::site::{NodeId, Site};
use prongsai::year::FiscalYear;
use url::Url;

use super::kit::{Rules, asked};
use super::{Exit, Failure, args, output, pipeline, say};

/// กรณีตัวอย่างจากหน้าเว็บจริง
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// เก็บหน้าเว็บพร้อมไฟล์ที่หน้านั้นลิงก์ไปถึง เป็นกรณีตัวอย่างของข้อหนึ่ง
    Add(Add),
}

#[derive(clap::Args, Debug)]
struct Add {
    /// ที่อยู่ของหน้าที่จะเก็บ
    #[arg(value_name = "URL", value_parser = args::address)]
    page: Url,
    /// ข้อที่กรณีนี้ทดสอบ เช่น O23
    #[arg(long, value_name = "ข้อ")]
    item: String,
    /// ปีงบประมาณ (พ.ศ.) ถ้าไม่ระบุใช้ปีงบประมาณของวันที่เก็บ
    #[arg(long, value_name = "ปี", value_parser = args::year)]
    year: Option<FiscalYear>,
    /// ชื่อไฟล์ของกรณี (a-z 0-9 -) ถ้าไม่ระบุใช้ชื่อเว็บไซต์กับวันที่
    #[arg(long, value_name = "ชื่อ")]
    name: Option<String>,
    /// กรณีนี้แสดงอะไร
    #[arg(
        long,
        value_name = "ข้อความ",
        default_value = "",
        hide_default_value = true
    )]
    title: String,
    /// หยิบจากข้อมูลเว็บไซต์ที่เก็บไว้แล้ว แทนการเปิดเว็บไซต์
    #[arg(long, value_name = "CAPTURE")]
    capture: Option<PathBuf>,
    /// เก็บเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน)
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    as_of: Option<Date>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
    /// ข้อมูลหน่วยงาน (JSON) เมื่อหน้าที่เก็บไม่บอกว่าเป็นของใคร
    #[arg(long, value_name = "ไฟล์")]
    agency: Option<PathBuf>,
    #[command(flatten)]
    manners: args::Manners,
}

/// Addresses beside the page itself: a list of a year of papers.
const MOST: usize = 60;

/// Runs the command.
pub(super) async fn run(args: Args) -> Result<Exit, Failure> {
    let What::Add(args) = args.what;
    let rules = Rules::find(args.rules.as_deref())?;
    let Some(folder) = rules.folder.clone() else {
        return Err(Failure::usage(
            "กรณีเก็บไว้ในโฟลเดอร์กฎ แต่ที่นี่ไม่มีโฟลเดอร์ rules\n  ระบุ --rules โฟลเดอร์ หรือเริ่มด้วย prongsai new",
        ));
    };
    let (_, items) = asked(std::slice::from_ref(&args.item))?;
    let [item] = &items[..] else {
        return Err(Failure::usage("ระบุข้อเดียว เช่น --item O23"));
    };
    let agency = args.agency.as_deref().map(pipeline::agency).transpose()?;
    let mut capture = match &args.capture {
        Some(file) => pipeline::capture(file)?,
        None => {
            let mut options = args.manners.options(args.as_of);
            // The page and what it links to.
            options.max_depth = options.max_depth.or(Some(1));
            options.max_pages = options.max_pages.min(MOST * 2);
            pipeline::fetch(args.page.clone(), &options).await?
        }
    };
    capture.taken_on = args.as_of.unwrap_or(capture.taken_on);
    let year = args.year.unwrap_or(FiscalYear::of(capture.taken_on));
    let pack = rules.pack(year)?;
    let Some(rule) = pack.rules.iter().find(|rule| rule.item == *item) else {
        return Err(Failure::usage(format!("ปี {year} ไม่มีข้อ {item}")));
    };
    let site = Arc::new(pipeline::site(&capture, agency)?);
    let addresses = addresses(&site, &args.page)?;
    let name = args
        .name
        .clone()
        .unwrap_or_else(|| usual_name(&capture, &args.page));
    let file = format!("{year}/{FOLDER}/{item}/{name}.txt");
    if rules.sources.read(&file).ok().flatten().is_some() {
        return Err(Failure::usage(format!(
            "มีกรณี {} อยู่แล้ว จึงไม่เขียนทับ\n  ตั้งชื่ออื่นด้วย --name",
            rules.path(&file)
        )));
    }
    let count = addresses.len();
    let mut wanted = Wanted {
        title: &args.title,
        addresses,
        item,
        verdict: None,
    };
    // What is stated is what the rule says of the case as it was recorded, not of the whole site.
    let text = record(&capture, &site, &wanted);
    let case = cases::parse(year, item, &name, &file, &text).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::usage(format!("หน้านี้เก็บเป็นกรณีไม่ได้\n{}", all.join("\n")))
    })?;
    let verdict = judge_one(&pack, rule, &Arc::new(cases::site(&case)));
    wanted.verdict = Some(&verdict);
    let text = record(&capture, &site, &wanted);
    output::save_in(&folder.join(&file), text.as_bytes())?;
    say(&format!("เก็บ {count} ที่อยู่เป็นกรณี {}", rules.path(&file)));
    say(&format!(
        "ผลที่ต้องได้เขียนไว้ตามที่กฎตอบวันนี้ ตรวจทานกับคู่มือ แล้วสั่ง prongsai test {year} {item}"
    ));
    Ok(Exit::Done)
}

/// The page and what its content links to.
fn addresses(site: &Site, page: &Url) -> Result<BTreeSet<Url>, Failure> {
    let id: NodeId = site.id_at(page).ok_or_else(|| {
        Failure::usage(format!(
            "ไม่พบหน้า {page} ในข้อมูลที่เก็บ\n  ตรวจที่อยู่ ต้องเป็นหน้าที่เปิดได้และอยู่ในเว็บไซต์เดียวกัน"
        ))
    })?;
    let links = site.nodes[id]
        .page()
        .map(|page| &page.links[..])
        .unwrap_or_default();
    let targets = links
        .iter()
        .filter(|link| link.part == prongsai::extract::Part::Content)
        .filter_map(|link| site.id_at(&link.to))
        .take(MOST);
    let ids: BTreeSet<NodeId> = std::iter::once(id).chain(targets).collect();
    Ok(ids
        .into_iter()
        .map(|id| site.nodes[id].url.clone())
        .collect())
}

fn usual_name(capture: &Capture, page: &Url) -> String {
    let host = page.host_str().unwrap_or("site").trim_start_matches("www.");
    let plain: String = host
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("{plain}-{}", capture.taken_on)
}
