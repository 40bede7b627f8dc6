//! The commands of an auditor, one after the other, on a website that changes: what each prints and how it ends.

use std::path::Path;
use std::process::{Command, Output};

use crate::hosts::Hosts;
use crate::killed::Folder;
use crate::year::State;

struct Desk {
    folder: Folder,
    hosts: Hosts,
}

impl Desk {
    async fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prongsai"));
        command.args(words).current_dir(&self.folder.0);
        command.env_remove("PRONGSAI_STORE");
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    async fn fetching(&self, words: &[&str]) -> Output {
        let resolve = self.hosts.resolve();
        let manners = ["--no-ocr", "--allow-private", "--resolve", &resolve];
        self.run(&[words, &manners].concat()).await
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.0.join(name)).unwrap()
    }
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    [text(&output.stdout), text(&output.stderr)].concat()
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_auditor_sees_what_vanished_and_gets_the_last_good_copy() {
    let desk = Desk {
        folder: Folder::new("commands"),
        hosts: Hosts::open().await,
    };
    let mut site = State::good();
    desk.hosts.put("bandee.test", site.website());
    let url = desk.hosts.url("bandee.test");
    let list =
        format!("id,name,province,url\nbandee,องค์การบริหารส่วนตำบลบ้านดี,ตรัง,{url}\nbad,ไม่มีที่อยู่,ตรัง,\n");
    write(&desk.folder.0, "agencies.csv", &list);

    let nothing = desk.run(&["history", "bandee"]).await;
    assert_eq!(nothing.status.code(), Some(2));
    let audit = ["fleet", "audit", "agencies.csv", "--year", "2564"];
    let first = desk
        .fetching(&[&audit[..], &["-o", "one.json"]].concat())
        .await;
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    // The good row runs, the bad one is told.
    assert!(told(&first).contains("แถว 3"), "{}", told(&first));
    let summary: serde_json::Value = serde_json::from_str(&desk.file("one.json")).unwrap();
    assert_eq!(summary["totals"]["audited"], 1);

    site.phone = false;
    desk.hosts.put("bandee.test", site.website());
    let second = desk
        .fetching(&[&audit[..], &["-o", "two.html"]].concat())
        .await;
    assert_eq!(second.status.code(), Some(0));
    assert!(desk.file("two.html").contains("<html"));

    let history = desk.run(&["history", "bandee"]).await;
    let text = told(&history);
    // One look is a doubt: it stands in the history and does not count yet.
    assert!(text.contains("O5") && text.contains("ตรวจซ้ำ"), "{text}");
    let diff = desk.run(&["diff", "bandee", "--strict"]).await;
    assert_eq!(diff.status.code(), Some(1));
    let text = told(&diff);
    assert!(
        text.contains("ข้อมูลการติดต่อ") && text.contains("/contact"),
        "{text}"
    );
    let same = desk
        .run(&["diff", "bandee", "2", "2", "--format", "json"])
        .await;
    let same: serde_json::Value = serde_json::from_slice(&same.stdout).unwrap();
    assert_eq!(same["items"].as_array().unwrap().len(), 0);

    let contact = format!("{url}contact");
    let copy = [
        "export",
        "bandee",
        "--audit",
        "1",
        "--paper",
        &contact,
        "-o",
        "contact.html",
    ];
    let copy = desk.run(&copy).await;
    assert_eq!(copy.status.code(), Some(0), "{}", told(&copy));
    assert!(desk.file("contact.html").contains("0-7521-1234"));
    let whole = ["export", "bandee", "--audit", "1", "-o", "site.warc.gz"];
    assert_eq!(desk.run(&whole).await.status.code(), Some(0));
    let again = [
        "judge",
        "site.warc.gz",
        "--year",
        "2564",
        "--no-ocr",
        "--format",
        "json",
    ];
    let again = desk.run(&again).await;
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    let item = again["items"].as_array().unwrap().iter();
    let item = item.into_iter().find(|item| item["id"] == "O5").unwrap();
    assert_eq!(item["verdict"], "pass", "the copy is judged as it was then");

    let rows = desk
        .run(&["export", "--kind", "verdicts", "-o", "all.csv"])
        .await;
    assert_eq!(rows.status.code(), Some(0));
    assert!(desk.file("all.csv").lines().count() > 43);
    let forecast = desk.run(&["forecast", "bandee"]).await;
    assert_eq!(forecast.status.code(), Some(0), "{}", told(&forecast));
    let log = told(&desk.run(&["fleet", "log"]).await);
    assert!(log.contains("bandee"), "{log}");
    let prune = desk.run(&["fleet", "prune", "--older-than", "0"]).await;
    assert_eq!(prune.status.code(), Some(0), "{}", told(&prune));
    let kept = ["export", "bandee", "--audit", "1", "-o", "kept.warc.gz"];
    let kept = desk.run(&kept).await;
    assert_eq!(
        kept.status.code(),
        Some(0),
        "the first look is never pruned"
    );

    // Just looked at: nothing is due.
    let once = ["schedule", "run", "agencies.csv", "--once"];
    let once = desk.fetching(&once).await;
    assert_eq!(once.status.code(), Some(0), "{}", told(&once));
    let silence = [
        "alerts",
        "silence",
        "bandee",
        "O5",
        "--until",
        "2199-01-01",
        "--why",
        "ย้ายสำนักงาน",
    ];
    assert_eq!(desk.run(&silence).await.status.code(), Some(0));
    let alerts = told(&desk.run(&["alerts", "list"]).await);
    assert!(alerts.contains("ย้ายสำนักงาน"), "{alerts}");
    assert_eq!(
        desk.run(&["alerts", "lift", "1"]).await.status.code(),
        Some(0)
    );
    assert_eq!(
        desk.run(&["alerts", "lift", "1"]).await.status.code(),
        Some(2)
    );
}
