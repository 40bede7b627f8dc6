//! `prongsai profile`: what each rule and criterion costs, in time and in fuel.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use prongsai::rules::pack::{LoadedRule, Pack};
use prongsai::rules::sandbox::{FUEL, fuel_spent};
use prongsai::rules::vocabulary::{Places, SiteView};
use prongsai::site::Site;
use prongsai::year::FiscalYear;
use rhai::Dynamic;

use super::kit::{Rules, asked};
use super::{Exit, Failure, args, output, pipeline};

/// เวลาและงบคำสั่งที่กฎแต่ละข้อและแต่ละเกณฑ์ใช้บนเว็บไซต์ที่เก็บไว้
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// ไฟล์ข้อมูลเว็บไซต์ (.warc.gz)
    #[arg(value_name = "CAPTURE")]
    capture: PathBuf,
    /// ปีและข้อที่ต้องการ เช่น 2565 O23 ถ้าไม่ระบุวัดทุกข้อของปีที่เก็บข้อมูล
    #[arg(value_name = "ปี ข้อ")]
    what: Vec<String>,
    /// ตรวจเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน)
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    as_of: Option<Date>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้ มิฉะนั้นใช้กฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
}

/// Calls of each function after the first; the middle one counts.
const RUNS: usize = 5;
/// Functions that are listed one by one.
const LISTED: usize = 20;

/// What one function of a rule took.
struct Cost {
    item: String,
    function: String,
    /// The first call: it also reads what the site keeps from then on.
    first: Duration,
    /// The middle of the later ones.
    again: Duration,
    fuel: u64,
    fault: bool,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let rules = Rules::find(args.rules.as_deref())?;
    let (years, items) = asked(&args.what)?;
    let mut capture = pipeline::capture(&args.capture)?;
    capture.taken_on = args.as_of.unwrap_or(capture.taken_on);
    let year = years
        .first()
        .copied()
        .unwrap_or(FiscalYear::of(capture.taken_on));
    let begun = Instant::now();
    let pack = rules.pack(year)?;
    let loading = begun.elapsed();
    let begun = Instant::now();
    let site = Arc::new(pipeline::site(&capture, None)?);
    let building = begun.elapsed();
    let mut costs = Vec::new();
    for rule in &pack.rules {
        if items.is_empty() || items.contains(&rule.item) {
            costs.extend(measured(&pack, rule, &site));
        }
    }
    let text = table(&costs, year, loading, building, &site);
    output::put(&text, None)?;
    let broken = costs.iter().any(|cost| cost.fault) || !pack.faults().is_empty();
    Ok(if broken { Exit::Rules } else { Exit::Done })
}

fn measured(pack: &Pack, rule: &LoadedRule, site: &Arc<Site>) -> Vec<Cost> {
    let view = Dynamic::from(SiteView {
        site: site.clone(),
        year: pack.outline.year,
    });
    if !rule.faults.is_empty() {
        return Vec::new();
    }
    let (first, found) = cost(pack, rule, "locate", std::slice::from_ref(&view));
    let mut costs = vec![first];
    let Some(found) = found.filter(|found| found.is::<Places>()) else {
        return costs;
    };
    for criterion in &rule.rule.criteria {
        let values = [found.clone(), view.clone()];
        costs.push(cost(pack, rule, &criterion.id, &values).0);
    }
    costs
}

fn cost(
    pack: &Pack,
    rule: &LoadedRule,
    function: &str,
    values: &[Dynamic],
) -> (Cost, Option<Dynamic>) {
    let call = || {
        let begun = Instant::now();
        let result = pack.call(rule, function, values.to_vec());
        (begun.elapsed(), result)
    };
    let (first, result) = call();
    let fuel = fuel_spent();
    let mut again: Vec<Duration> = (0..RUNS).map(|_| call().0).collect();
    again.sort();
    let cost = Cost {
        item: rule.item.clone(),
        function: function.to_owned(),
        first,
        again: again[RUNS / 2],
        fuel,
        fault: result.is_err(),
    };
    (cost, result.ok())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

fn table(
    costs: &[Cost],
    year: FiscalYear,
    loading: Duration,
    building: Duration,
    site: &Site,
) -> String {
    let mut text = format!(
        "โหลดกฎปี {year}: {} ms  อ่านเว็บไซต์ {} หน้าและไฟล์ {} แห่ง: {} ms\n",
        milliseconds(loading),
        site.nodes.len(),
        site.places.len(),
        milliseconds(building)
    );
    let sum = |time: fn(&Cost) -> Duration| milliseconds(costs.iter().map(time).sum());
    let _ = writeln!(
        text,
        "ตัดสิน {} ฟังก์ชัน: ครั้งแรก {} ms  ครั้งต่อไป {} ms  งบคำสั่งต่อครั้ง {FUEL}\n",
        costs.len(),
        sum(|cost| cost.first),
        sum(|cost| cost.again)
    );
    let _ = writeln!(
        text,
        "{:<6}{:<18}{:>12}{:>12}{:>12}",
        "ข้อ", "ฟังก์ชัน", "ครั้งแรก ms", "ต่อไป ms", "คำสั่ง"
    );
    let mut by_time: Vec<&Cost> = costs.iter().collect();
    by_time.sort_by(|one, other| other.again.cmp(&one.again).then(one.item.cmp(&other.item)));
    for cost in by_time.iter().take(LISTED) {
        let fault = if cost.fault {
            "  ขัดข้อง"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "{:<5}{:<16}{:>12}{:>12}{:>12}{fault}",
            cost.item,
            cost.function,
            milliseconds(cost.first),
            milliseconds(cost.again),
            cost.fuel
        );
    }
    if costs.len() > LISTED {
        let _ = writeln!(text, "และอีก {} ฟังก์ชันที่เร็วกว่านี้", costs.len() - LISTED);
    }
    text
}
