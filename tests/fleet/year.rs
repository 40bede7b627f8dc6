//! A year of fifty websites in a minute: weekly audits while the websites change by script. What counts, what is forecast and
//! what people hear is exactly what the script says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use prongsai::alert::{Channels, Courier};
use prongsai::audit::{Audit, Coverage, Parts};
use prongsai::fetch::capture::Capture;
use prongsai::fetch::options::{Interrupt, Options};
use prongsai::fleet::list::{Entry, List};
use prongsai::forecast::{Basis, Outlook};
use prongsai::judge::{Decision, judge};
use prongsai::rules::pack::{Pack, Sources};
use prongsai::rules::vocabulary;
use prongsai::schedule::{Calendar, Cron, Rhythm, instant};
use prongsai::service::{Came, Clock, Court, Desk, Judged, Mailing, Rota, Watch};
use prongsai::site::Site;
use prongsai::standing::ChangeKind;
use prongsai::store::ChangeQuery;
use prongsai::year::FiscalYear;

use crate::hosts::{Hosts, Manner, Page, Pages, Website};
use crate::post::Post;

const HOSTS: usize = 50;
const WEEKS: i64 = 52;

/// Monday, two in the morning in Thailand: the hour of the weekly look.
fn week(n: i64) -> Timestamp {
    let first = date(2021, 3, 1).at(2, 0, 0, 0);
    instant(first).unwrap() + SignedDuration::from_hours(24 * 7 * n)
}

struct FakeClock(Mutex<Timestamp>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The shipped rules, without scans and decisions.
struct Bench(BTreeMap<FiscalYear, Pack>);

impl Bench {
    fn load() -> Self {
        let years = [FiscalYear(2564), FiscalYear(2565)];
        let load = |year| Pack::load(year, &Sources::Embedded, vocabulary::register).unwrap();
        Self(years.into_iter().map(|year| (year, load(year))).collect())
    }
}

impl Court for Bench {
    fn years(&self, day: Date) -> Vec<FiscalYear> {
        vec![FiscalYear::of(day)]
    }

    fn rules(&self, year: FiscalYear) -> String {
        self.0[&year].digest().to_owned()
    }

    fn judge(
        &self,
        _: &Entry,
        capture: &Capture,
        years: &[FiscalYear],
    ) -> Result<Vec<Judged>, String> {
        let site = Arc::new(Site::build(capture, None));
        let by = |year: FiscalYear| Some(judge(self.0.get(&year)?, &site));
        let judged = years.iter().map(|year| {
            let pack = &self.0[year];
            let audit = Audit::assemble(Parts {
                outline: &pack.outline,
                measure: &|_| None,
                rules_digest: pack.digest().to_owned(),
                agency: site.agency.clone(),
                capture,
                coverage: Coverage::of(capture),
                verdicts: judge(pack, &site),
                surveys: None,
                decisions: None,
            });
            let outlook = Outlook::of(&Basis {
                today: capture.taken_on,
                days: 180,
                year: *year,
                judge: &by,
                decisions: None,
                paper: &|_| None,
            });
            Judged { audit, outlook }
        });
        Ok(judged.collect())
    }
}

/// Nobody looks on.
struct Nobody;

impl Watch for Nobody {
    fn begins(&self, _: &Entry) {}
    fn ended(&self, _: &Entry, _: &Came, _: SignedDuration) {}
    fn told(&self, _: &str) {}
}

/// What stands on a website.
#[derive(Clone)]
pub(crate) struct State {
    authority: Option<&'static str>,
    pub(crate) phone: bool,
    facebook: bool,
    plan: i16,
    up: bool,
}

const DUTIES: &str = "<h1>อำนาจหน้าที่</h1><p>พระราชบัญญัติสภาตำบลและองค์การบริหารส่วนตำบล พ.ศ. 2537</p>\
    <p>มาตรา 66 องค์การบริหารส่วนตำบลมีอำนาจหน้าที่ในการพัฒนาตำบลทั้งในด้านเศรษฐกิจ สังคม และวัฒนธรรม</p>\
    <p>มาตรา 67 องค์การบริหารส่วนตำบลมีหน้าที่ต้องทำในเขตองค์การบริหารส่วนตำบล ดังต่อไปนี้ จัดให้มีและบำรุงรักษาทางน้ำและทางบก</p>";
const MAYOR: &str = "<h1>อำนาจหน้าที่ของนายกองค์การบริหารส่วนตำบล</h1>\
    <p>มาตรา 59 นายกองค์การบริหารส่วนตำบลมีอำนาจหน้าที่ กำหนดนโยบาย สั่ง อนุญาต และอนุมัติเกี่ยวกับราชการ</p>";

impl State {
    pub(crate) fn good() -> Self {
        Self {
            authority: Some(DUTIES),
            phone: true,
            facebook: true,
            plan: 2564,
            up: true,
        }
    }

    pub(crate) fn website(&self) -> Website {
        let page = |title: &str, body: &str| {
            Page::html(&format!(
                "<!doctype html><html lang=th><meta charset=utf-8><title>{title}</title><body>{body}"
            ))
        };
        let name = "องค์การบริหารส่วนตำบลบ้านดี";
        let link = |path: &str, label: &str| format!("<li><a href=\"{path}\">{label}</a></li>");
        let mut links = link("/contact", "ข้อมูลการติดต่อ");
        links.push_str(&link("/plan", "แผนดำเนินงานประจำปี"));
        if self.authority.is_some() {
            links.push_str(&link("/authority", "อำนาจหน้าที่"));
        }
        if self.facebook {
            links.push_str(&link(
                "https://www.facebook.com/bandee.sao",
                "Facebook อบต.บ้านดี",
            ));
        }
        let home = format!("<h1>{name}</h1><p>อำเภอเมือง จังหวัดตรัง</p><ul>{links}</ul>");
        let phone = if self.phone {
            "โทรศัพท์ 0-7521-1234 โทรสาร 0-7521-1235"
        } else {
            ""
        };
        let contact = format!(
            "<h1>ข้อมูลการติดต่อ</h1><p>{name} เลขที่ 99 หมู่ที่ 4 ตำบลบ้านดี อำเภอเมือง จังหวัดตรัง 92000</p>\
             <p>{phone} อีเมล saraban@bandee.go.th</p><p>แผนที่ตั้งหน่วยงาน</p>\
             <iframe src=\"https://www.google.com/maps/embed?pb=1\"></iframe>"
        );
        let (year, before) = (self.plan, self.plan - 1);
        let plan = format!(
            "<h1>แผนดำเนินงานประจำปีงบประมาณ พ.ศ. {year}</h1><p>{name} ประกาศ ณ วันที่ 12 ตุลาคม {before}</p>\
             <table><tr><th>โครงการ/กิจกรรม</th><th>งบประมาณ (บาท)</th><th>ระยะเวลาดำเนินการ</th></tr>\
             <tr><td>โครงการก่อสร้างถนนคอนกรีต หมู่ที่ 4</td><td>450,000</td><td>มกราคม - มีนาคม {year}</td></tr>\
             <tr><td>โครงการส่งเสริมสุขภาพผู้สูงอายุ</td><td>50,000</td><td>กุมภาพันธ์ {year}</td></tr></table>"
        );
        let mut pages = Pages::new();
        pages.insert(
            "/".into(),
            page(&format!("{name} อำเภอเมือง จังหวัดตรัง"), &home),
        );
        pages.insert("/contact".into(), page("ข้อมูลการติดต่อ", &contact));
        pages.insert("/plan".into(), page("แผนดำเนินงานประจำปี", &plan));
        if let Some(text) = self.authority {
            pages.insert("/authority".into(), page("อำนาจหน้าที่", text));
        }
        Website {
            pages: Arc::new(pages),
            manner: Manner {
                validates: true,
                refuses: (!self.up).then_some(0),
                ..Manner::default()
            },
        }
    }
}

type Edit = fn(&mut State);
/// Edits of hosts by time.
type Events = BTreeMap<Timestamp, Vec<(usize, Edit)>>;
/// Host, subject, whether for the worse, week.
type Counted = (usize, &'static str, bool, i64);

/// What happens to whose website, when; and what of it counts in which week.
fn script() -> (Events, Vec<Counted>) {
    let mut events = Events::new();
    let mut counts = Vec::new();
    // Before a week's look, and between that look and the second one.
    let before = |n: i64| week(n) - SignedDuration::from_hours(1);
    let after = |n: i64| week(n) + SignedDuration::from_mins(30);
    for host in 0..HOSTS {
        let mut on = |at: Timestamp, edit: Edit| events.entry(at).or_default().push((host, edit));
        let mut counted = |subject, worse, week| counts.push((host, subject, worse, week));
        match host % 10 {
            1 => {
                on(before(10), |site| site.authority = None);
                counted("O3", true, 10);
            }
            // Back before anybody looked again.
            2 => {
                on(before(12), |site| site.authority = None);
                on(after(12), |site| site.authority = Some(DUTIES));
            }
            3 => {
                on(before(15), |site| site.phone = false);
                on(before(20), |site| site.phone = true);
                counted("O5", true, 15);
                counted("O5", false, 20);
            }
            4 => {
                on(before(18), |site| site.up = false);
                on(before(21), |site| site.up = true);
                counted("website", true, 18);
                counted("website", false, 21);
            }
            5 => {
                on(before(22), |site| site.up = false);
                on(after(22), |site| site.up = true);
            }
            // The fiscal year begins on 1 October 2021, the Friday of week 30.
            6 => {
                on(before(34), |site| site.plan = 2565);
                counted("O10", false, 34);
            }
            7 => on(before(31), |site| site.plan = 2565),
            8 => {
                on(before(25), |site| site.facebook = false);
                on(before(26), |site| site.facebook = true);
                counted("O9", true, 25);
                counted("O9", false, 26);
            }
            // A page with the same label and other content.
            9 => {
                on(before(28), |site| site.authority = Some(MAYOR));
                counted("O3", true, 28);
            }
            _ => {}
        }
        // Our own network: everything is silent, canaries too, for a night.
        on(before(40), |site| site.up = false);
        on(week(40) + SignedDuration::from_hours(5), |site| {
            site.up = true
        });
    }
    (events, counts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_weekly_looks_tells_exactly_what_the_script_changes() {
    let folder = std::env::temp_dir().join(format!("prongsai-year-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let hosts = Hosts::open().await;
    let post = Post::open().await;
    let (mut events, counts) = script();
    let mut states = vec![State::good(); HOSTS];
    let name = |n: usize| format!("site{n:02}.test");
    let mut rows = String::from("id,name,province,url,owner\n");
    for (n, state) in states.iter().enumerate() {
        hosts.put(&name(n), state.website());
        let url = hosts.url(&name(n));
        rows.push_str(&format!(
            "s{n:02},องค์การบริหารส่วนตำบลบ้านดี {n},ตรัง,{url},room\n"
        ));
    }
    hosts.put("canary.test", State::good().website());
    let list = List::csv(rows.as_bytes());
    assert!(list.faults.is_empty());

    let clock = Arc::new(FakeClock(Mutex::new(
        week(0) - SignedDuration::from_hours(1),
    )));
    let options = Options {
        allow_private: true,
        resolve: vec![hosts.resolve().parse().unwrap()],
        retries: 0,
        timeout: Duration::from_secs(5),
        ..Options::default()
    };
    let store: PathBuf = folder.join("year.db");
    let desk = Desk::open(&store, Arc::new(Bench::load()), clock.clone(), options).unwrap();
    let desk = Arc::new(desk);
    let channels = Channels::from_toml(&format!(
        "[alert.webhook.room]\nurl = \"{}\"\nshape = \"json\"\n",
        post.url()
    ))
    .unwrap();
    let (courier, faults) = Courier::open(&channels, &folder, &|_| None);
    assert!(faults.is_empty());
    let rota = Rota {
        entries: list.entries.into_iter().map(Arc::new).collect(),
        usual: Some(Cron::read("0 2 * * 1").unwrap()),
        rhythm: Rhythm {
            jitter: SignedDuration::ZERO,
            denser: false,
            ..Rhythm::of(Calendar::default())
        },
        at_once: 16,
        canaries: vec![hosts.url("canary.test").parse().unwrap()],
        patience: Duration::ZERO,
        mailing: Some(Mailing { channels, courier }),
    };
    let watch: Arc<dyn Watch> = Arc::new(Nobody);
    let mut now = clock.now();
    let mut forecasts: BTreeSet<(String, Date)> = BTreeSet::new();
    while now < week(WEEKS) {
        *clock.0.lock().unwrap() = now;
        let later = events.split_off(&(now + SignedDuration::from_secs(1)));
        for (host, edit) in std::mem::replace(&mut events, later)
            .into_values()
            .flatten()
        {
            edit(&mut states[host]);
            hosts.put(&name(host), states[host].website());
        }
        // The receiver of digests is down for some days.
        let down = week(10) < now && now < week(10) + SignedDuration::from_hours(40);
        post.fail(down);
        let network = (
            week(40) - SignedDuration::from_hours(1),
            week(40) + SignedDuration::from_hours(5),
        );
        let canary = State {
            up: !(network.0 <= now && now < network.1),
            ..State::good()
        };
        hosts.put("canary.test", canary.website());
        let tick = rota.tick(&desk, &watch, Interrupt::never()).await.unwrap();
        if Capture::day_of(now) < date(2021, 10, 1) {
            let outlook = desk.store().outlook("s00", FiscalYear(2564)).unwrap();
            for forecast in outlook.into_iter().flat_map(|one| one.forecasts) {
                forecasts.insert((forecast.subject, forecast.on));
            }
        }
        let event = events.keys().next().copied().unwrap_or(Timestamp::MAX);
        let tomorrow = Capture::day_of(now).checked_add(1.day()).unwrap();
        let digest = instant(tomorrow.at(8, 0, 0, 0)).unwrap();
        let least = now + SignedDuration::from_mins(10);
        now = tick
            .next
            .max(least)
            .min(event.max(least))
            .min(digest.max(least));
    }

    let number = |id: &str| id.trim_start_matches('s').parse::<usize>().unwrap();
    let query = ChangeQuery {
        limit: 10_000,
        ..ChangeQuery::default()
    };
    let mut seen: Vec<(usize, String, bool, i64)> = Vec::new();
    for one in desk.store().changes(&query).unwrap() {
        let since = one.change.counted.duration_since(week(0));
        let week = since.as_hours() / (24 * 7);
        let worse = one.change.kind == ChangeKind::Worse;
        assert_eq!(worse, one.change.to != Decision::Pass);
        seen.push((number(&one.agency), one.change.subject, worse, week));
    }
    seen.sort();
    let mut expected: Vec<(usize, String, bool, i64)> = counts
        .into_iter()
        .map(|(host, subject, worse, week)| (host, subject.to_owned(), worse, week))
        .collect();
    expected.sort();
    assert_eq!(seen, expected);

    // Only the plan is of one year.
    assert_eq!(
        forecasts,
        BTreeSet::from([("O10".to_owned(), date(2021, 10, 1))])
    );

    // Whoever reads the digests has heard of every change, of each as a change once, and of nothing else.
    let told = post.changes();
    let heard: BTreeSet<(usize, String, bool)> = told
        .iter()
        .map(|(agency, subject, worse)| (number(agency), subject.clone(), *worse))
        .collect();
    let scripted: BTreeSet<(usize, String, bool)> = expected
        .iter()
        .map(|(host, subject, worse, _)| (*host, subject.clone(), *worse))
        .collect();
    assert_eq!(heard, scripted);
    let _ = std::fs::remove_dir_all(&folder);
}
