//! `prongsai schedule run`: the service that looks at agencies when they are due and tells who should hear of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use prongsai::alert::{Channels, Courier};
use prongsai::fetch::options::Interrupt;
use prongsai::fleet::list::{Entry, List};
use prongsai::metrics::{self, Metrics};
use prongsai::rules::pack::Sources;
use prongsai::schedule::{Calendar, Rhythm, calendar, thai_time};
use prongsai::service::{Desk, Mailing, Rota, RoundEnd, SystemClock, Watch};

use super::fleet::{self, Place};
use super::lookout::Lookout;
use super::progress::on_end;
use super::scans::Scans;
use super::{Exit, Failure, args, say};

/// Agencies looked at side by side unless the list says otherwise.
const AT_ONCE: usize = 16;
/// How long a round of the service waits for our own network before it gives up and comes back later.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Longest sleep between two looks at the list and at what is due.
const NAP: Duration = Duration::from_secs(600);

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// ตรวจหน่วยงานตามกำหนดไปเรื่อย ๆ และแจ้งเตือนเมื่อผลเปลี่ยน (SIGTERM หรือ Ctrl-C เพื่อหยุด)
    Run(Box<Run>),
}

#[derive(clap::Args)]
struct Run {
    /// รายชื่อหน่วยงาน: agencies.csv หรือ agencies.toml แก้ได้ระหว่างทำงาน
    #[arg(value_name = "รายชื่อ")]
    list: PathBuf,
    #[command(flatten)]
    place: Place,
    /// ตรวจที่ถึงกำหนดแล้วจบ สำหรับ cron หรือ systemd timer
    #[arg(long)]
    once: bool,
    /// เปิดหน้าวัดค่าสำหรับ Prometheus ที่ที่อยู่นี้ เช่น 127.0.0.1:9464
    #[arg(long, value_name = "ที่อยู่")]
    metrics: Option<SocketAddr>,
    /// โฟลเดอร์กฎ ใช้แทนกฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    scans: Scans,
    #[command(flatten)]
    manners: args::Manners,
}

pub(super) async fn run(args: Args) -> Result<Exit, Failure> {
    let What::Run(asked) = args.what;
    let list = fleet::list(&asked.list)?;
    let store = &asked.place.store;
    let rules = asked.rules.as_deref();
    let court = fleet::court(&list, &asked.list, store, &[], rules, asked.scans.clone())?;
    let options = fleet::manners(asked.manners.clone(), &list);
    let desk = Desk::open(store, Arc::new(court), Arc::new(SystemClock), options)
        .map_err(Failure::usage)?;
    let desk = Arc::new(desk);
    let interrupt = on_end();
    if let Some(address) = asked.metrics {
        serve(&desk, address, interrupt.clone()).await?;
    }
    if let Ok(runs) = desk.store().runs(None, 20) {
        let ended = runs.iter().filter(|run| run.void.is_none());
        if let Some(at) = ended.filter_map(|run| run.ended).max() {
            desk.metrics().succeeded(at);
        }
    }
    let mut book = Book {
        changed: changed(&asked),
        rota: rota(&asked, list, desk.metrics())?,
    };
    say(&format!(
        "เฝ้าตรวจ {} หน่วยงานจาก {}",
        book.rota.entries.len(),
        asked.list.display()
    ));
    loop {
        book.refresh(&asked, desk.metrics());
        let watch: Arc<dyn Watch> = Arc::new(Lookout::plain());
        let tick = book.rota.tick(&desk, &watch, interrupt.clone()).await;
        let tick = match tick {
            Ok(tick) => tick,
            Err(error) => {
                desk.metrics().trouble(Some(error.to_string()));
                return Err(Failure::usage(error));
            }
        };
        count(&desk, &book.rota, store);
        match &tick.end {
            Some(RoundEnd::Void(why)) => say(&format!("รอบนี้ไม่นับ: {why} จะลองใหม่")),
            Some(RoundEnd::Done) => say(&format!(
                "ตรวจตามกำหนดเสร็จ {} หน่วยงาน ครั้งถัดไป {}",
                tick.due,
                thai_time(tick.next)
            )),
            Some(RoundEnd::Stopped) | None => {}
        }
        if interrupt.is_pulled() {
            say("หยุดแล้ว งานที่ค้างจะทำต่อเมื่อเริ่มใหม่");
            return Ok(Exit::Done);
        }
        if asked.once {
            return match tick.end {
                Some(RoundEnd::Void(_)) => Ok(Exit::Unreachable),
                _ => Ok(Exit::Done),
            };
        }
        let wait = tick.next.duration_since(Timestamp::now());
        let wait = Duration::try_from(wait).unwrap_or_default();
        // Who edits the list should not have to wait for a day, and a clock that was set back must not wake it without a pause.
        let wait = wait.clamp(Duration::from_secs(1), NAP);
        let mut stop = interrupt.clone();
        tokio::select! {
            () = stop.pulled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Brings the numbers up to date that are not counted as things happen.
fn count(desk: &Desk, rota: &Rota, store: &Path) {
    let size = |end: &str| {
        let mut name = store.as_os_str().to_owned();
        name.push(end);
        std::fs::metadata(PathBuf::from(name)).map_or(0, |about| about.len())
    };
    desk.metrics().store_bytes(size("") + size("-wal"));
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &rota.entries {
        let state = match desk.store().failures_in_a_row(&entry.id) {
            Ok(0) => "reached",
            Ok(_) => "unreached",
            Err(_) => "unknown",
        };
        *states.entry(state).or_default() += 1;
    }
    desk.metrics().agencies(states);
}

async fn serve(
    desk: &Arc<Desk>,
    address: SocketAddr,
    mut interrupt: Interrupt,
) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(address).await;
    let listener = listener.map_err(|error| {
        Failure::usage(format!(
            "เปิดหน้าวัดค่าที่ {address} ไม่ได้ ({error})\n  เลือกพอร์ตอื่นใน --metrics"
        ))
    })?;
    let desk = Arc::clone(desk);
    tokio::spawn(async move {
        let end = async move { interrupt.pulled().await };
        if let Err(error) = metrics::serve(listener, Arc::clone(desk.metrics()), end).await {
            tracing::error!("metrics: {error}");
        }
    });
    Ok(())
}

/// The list, and when it was changed last.
struct Book {
    rota: Rota,
    changed: Option<SystemTime>,
}

impl Book {
    /// Reads the list again when it was changed. One that cannot be read leaves the old one standing.
    fn refresh(&mut self, asked: &Run, metrics: &Metrics) {
        let changed = changed(asked);
        if changed == self.changed {
            return;
        }
        self.changed = changed;
        match fleet::list(&asked.list).and_then(|list| rota(asked, list, metrics)) {
            Ok(rota) => {
                self.rota = rota;
                say(&format!(
                    "อ่านรายชื่อใหม่: {} หน่วยงาน (ปี กฎ และวิธีเก็บข้อมูลใน [settings] มีผลเมื่อเริ่มบริการใหม่)",
                    self.rota.entries.len()
                ));
            }
            Err(failure) => say(&format!("ใช้รายชื่อเดิมต่อ: {}", failure.message)),
        }
    }
}

fn changed(asked: &Run) -> Option<SystemTime> {
    std::fs::metadata(&asked.list).ok()?.modified().ok()
}

fn rota(asked: &Run, list: List, metrics: &Metrics) -> Result<Rota, Failure> {
    let folder = asked.list.parent().map(PathBuf::from).unwrap_or_default();
    let text = std::fs::read_to_string(&asked.list).unwrap_or_default();
    let is_toml = asked.list.extension().is_some_and(|end| end == "toml");
    let channels = if is_toml { text.as_str() } else { "" };
    let channels = Channels::from_toml(channels).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::usage(all.join("\n"))
    })?;
    let entries: Vec<Arc<Entry>> = list
        .entries
        .into_iter()
        .filter(|entry| !entry.off)
        .map(Arc::new)
        .collect();
    let owners = entries.iter().flat_map(|entry| &entry.owner);
    let owners: BTreeSet<&String> = owners.collect();
    for fault in owners
        .iter()
        .filter_map(|owner| channels.owner_fault(owner))
    {
        say(&fault.to_string());
    }
    let mailing = !owners.is_empty();
    let mailing = mailing.then(|| {
        let (courier, faults) = Courier::open(&channels, &folder, &|name| std::env::var(name).ok());
        for fault in faults {
            say(&fault.to_string());
        }
        Mailing { channels, courier }
    });
    if let Some(mailing) = &mailing {
        metrics.channels(&mailing.channels);
    }
    let settings = list.settings;
    let listed = settings.rules.map(|path| folder.join(path));
    let sources = asked
        .rules
        .clone()
        .or(listed)
        .map_or(Sources::Embedded, Sources::Dir);
    let shipped = calendar_of(&sources)?;
    let mut rhythm = Rhythm::of(shipped.overlaid(settings.calendar));
    rhythm.jitter = settings.jitter.unwrap_or(rhythm.jitter);
    rhythm.denser = settings.denser;
    Ok(Rota {
        entries,
        usual: settings.schedule,
        rhythm,
        at_once: settings.at_once.unwrap_or(AT_ONCE),
        canaries: settings.canaries,
        patience: PATIENCE,
        mailing,
    })
}

/// The assessment's calendar that came with the rules.
fn calendar_of(sources: &Sources) -> Result<Calendar, Failure> {
    let told = |message: String| Failure {
        exit: Exit::Rules,
        message,
    };
    let text = sources
        .read(calendar::FILE)
        .map_err(|fault| told(fault.to_string()))?;
    let Some(text) = text else {
        return Ok(Calendar::default());
    };
    Calendar::read(&text, calendar::FILE).map_err(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        told(all.join("\n"))
    })
}
