//! `prongsai alerts`: what was told to whom, and what need not be told again.

use jiff::Timestamp;
use jiff::civil::Date;
use prongsai::alert::{Digest, Letter};
use prongsai::fetch::capture::Capture;
use prongsai::report;
use prongsai::schedule::instant;
use prongsai::service::see;
use prongsai::store::{Silence, Store, StoreError};

use super::args;
use super::fleet::{Place, no_store};
use super::{Exit, Failure, output, say};

/// Letters shown.
const LETTERS: u32 = 50;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// แสดงการแจ้งเตือนที่ส่งแล้ว ที่รอส่ง และที่ปิดเสียงไว้
    List(Place),
    /// แสดงสรุปฉบับหนึ่งทั้งฉบับ
    Show(Show),
    /// รับทราบแล้ว: ไม่ต้องเตือนเรื่องเหล่านี้ซ้ำ
    Seen(Seen),
    /// ปิดเสียงหน่วยงานหรือข้อหนึ่งจนถึงวันที่กำหนด
    Silence(Silent),
    /// เลิกปิดเสียง
    Lift(Lift),
}

#[derive(clap::Args)]
struct Show {
    /// หมายเลขจาก prongsai alerts list หรือรหัสในข้อความแจ้งเตือน
    #[arg(value_name = "รหัส")]
    key: String,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
struct Seen {
    /// รหัสหน่วยงาน
    #[arg(value_name = "หน่วยงาน")]
    agency: String,
    /// เฉพาะข้อนี้ เช่น O23 หรือ website ถ้าไม่ระบุคือทุกเรื่องที่แจ้งแล้ว
    #[arg(value_name = "ข้อ")]
    subject: Vec<String>,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
struct Silent {
    /// รหัสหน่วยงาน
    #[arg(value_name = "หน่วยงาน")]
    agency: String,
    /// เฉพาะข้อนี้ เช่น O23 หรือ website ถ้าไม่ระบุคือทุกเรื่อง
    #[arg(value_name = "ข้อ")]
    subject: Option<String>,
    /// วันสุดท้ายที่ปิดเสียง (ค.ศ.-เดือน-วัน)
    #[arg(long, value_name = "วันที่", value_parser = args::day)]
    until: Date,
    /// ผู้สั่งปิดเสียง (ปกติชื่อผู้ใช้ของเครื่อง)
    #[arg(
        long,
        value_name = "ชื่อ",
        env = "USER",
        default_value = "",
        hide_default_value = true,
        hide_env = true
    )]
    who: String,
    /// เหตุผล
    #[arg(long, value_name = "ข้อความ")]
    why: String,
    #[command(flatten)]
    place: Place,
}

#[derive(clap::Args)]
struct Lift {
    /// หมายเลขจาก prongsai alerts list
    #[arg(value_name = "หมายเลข")]
    number: i64,
    #[command(flatten)]
    place: Place,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let colour = output::colourful(None);
    match &args.what {
        What::List(place) => {
            let store = Store::open_read_only(&place.store).map_err(Failure::usage)?;
            let posted = store.outbox(None, LETTERS).map_err(Failure::usage)?;
            let silences = store.silences(now).map_err(Failure::usage)?;
            output::put(
                &format!(
                    "{}\n{}",
                    report::outbox(&posted, colour),
                    report::silences(&silences, colour)
                ),
                None,
            )?;
        }
        What::Show(show) => {
            let store = Store::open_read_only(&show.place.store).map_err(Failure::usage)?;
            let posted = store.outbox(None, u32::MAX).map_err(Failure::usage)?;
            let digests = posted
                .iter()
                .filter_map(|one| serde_json::from_str::<Digest>(&one.letter.body).ok());
            let numbered = posted
                .iter()
                .find(|one| one.id.to_string() == show.key)
                .and_then(|one| serde_json::from_str::<Digest>(&one.letter.body).ok());
            let keyed = || {
                digests
                    .into_iter()
                    .find(|digest| show.key.len() >= 6 && digest.key.starts_with(&show.key))
            };
            let digest = numbered.or_else(keyed);
            let digest = digest.ok_or_else(|| {
                Failure::usage("ไม่พบสรุปรหัสนี้\n  ดูรหัสจากท้ายข้อความแจ้งเตือน หรือ prongsai alerts list")
            })?;
            output::put(&Letter::of(&digest).text, None)?;
        }
        What::Seen(seen) => {
            let mut store = open(&seen.place)?;
            if store
                .agency(&seen.agency)
                .map_err(Failure::usage)?
                .is_none()
            {
                return Err(Failure::usage(StoreError::NoAgency(seen.agency.clone())));
            }
            see(&mut store, &seen.agency, &seen.subject, now).map_err(Failure::usage)?;
            say("รับทราบแล้ว จะไม่เตือนเรื่องที่เกิดก่อนนี้ซ้ำ");
        }
        What::Silence(silent) => {
            if silent.until < Capture::today() {
                return Err(Failure::usage(
                    "วันสุดท้ายที่ปิดเสียงผ่านไปแล้ว\n  ระบุ --until เป็นวันนี้หรือหลังจากนี้",
                ));
            }
            let mut store = open(&silent.place)?;
            let midnight = silent.until.tomorrow().map_err(Failure::usage)?;
            let number = store
                .silence(&Silence {
                    agency: silent.agency.clone(),
                    subject: silent.subject.clone(),
                    until: instant(midnight.to_datetime(jiff::civil::Time::midnight())),
                    who: silent.who.clone(),
                    reason: silent.why.clone(),
                    made: now,
                })
                .map_err(Failure::usage)?;
            say(&format!("ปิดเสียงแล้ว หมายเลข {number}"));
        }
        What::Lift(lift) => {
            let mut store = open(&lift.place)?;
            let lifted = store.lift(lift.number).map_err(Failure::usage)?;
            if !lifted {
                return Err(Failure::usage(format!(
                    "ไม่มีการปิดเสียงหมายเลข {}\n  ดูหมายเลขจาก prongsai alerts list",
                    lift.number
                )));
            }
            say("เลิกปิดเสียงแล้ว");
        }
    }
    Ok(Exit::Done)
}

fn open(place: &Place) -> Result<Store, Failure> {
    if !place.store.exists() {
        return Err(no_store(&place.store));
    }
    Store::open(&place.store).map_err(Failure::usage)
}
