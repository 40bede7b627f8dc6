use std::time::Duration;

use crate::year::FiscalYear;
use jiff::SignedDuration;

use super::row::{KINDS, derived_id};
use super::*;
use crate::thai::clean;

fn told(list: &List) -> Vec<String> {
    list.faults.iter().map(ToString::to_string).collect()
}

fn ids(list: &List) -> Vec<&str> {
    list.entries.iter().map(|entry| entry.id.as_str()).collect()
}

const TABLE: &str = "\
รหัส,ชื่อหน่วยงาน,ประเภท,อำเภอ,จังหวัด,เว็บไซต์,กำหนดตรวจ,คะแนน,ผู้รับแจ้ง,หมายเหตุ,ปิด
4530101,องค์การบริหารส่วนตำบลหนองข่า,อบต.,อ.เกษตรสมบูรณ์,จังหวัดชัยภูมิ,https://www.nongkha.go.th/,รายสัปดาห์,scores\\nongkha.json,\"chief@nongkha.go.th; line-room\",ติดต่อคุณใจดี,
bkk,กรุงเทพมหานคร,,,กรุงเทพมหานคร,https://www.example.go.th/bkk,,,,,ใช่
";

#[test]
fn a_good_row_is_an_entry() {
    let list = List::csv(TABLE.as_bytes());
    assert!(list.faults.is_empty(), "{}", told(&list).join("\n"));
    let [first, second] = list.entries.as_slice() else {
        panic!("two entries");
    };
    let wanted = Entry {
        id: "4530101".to_owned(),
        name: "องค์การบริหารส่วนตำบลหนองข่า".to_owned(),
        kind: AgencyKind::Tambon,
        amphoe: Some("เกษตรสมบูรณ์".to_owned()),
        province: Some("ชัยภูมิ".to_owned()),
        home: Url::parse("https://www.nongkha.go.th/").unwrap(),
        schedule: Cron::read("weekly")
            .ok()
            .and_then(|_| Cron::read("รายสัปดาห์").ok()),
        scores: Some(PathBuf::from("scores/nongkha.json")),
        decisions: None,
        owner: vec!["chief@nongkha.go.th".to_owned(), "line-room".to_owned()],
        notes: "ติดต่อคุณใจดี".to_owned(),
        off: false,
        row: 2,
    };
    assert!(*first == wanted);
    assert!(second.off);
    assert!(second.province.as_deref() == Some("กรุงเทพมหานคร"));
}

#[test]
fn good_rows_run_and_each_bad_row_says_what_to_do() {
    let text = "\
id,name,type,url,schedule,off,colour
a,เทศบาลตำบลหนึ่ง,เทศบาล,https://one.go.th/,,,
,เทศบาลตำบลสอง,เทศบาล,www.two.go.th,,,
a,เทศบาลตำบลสาม,เทศบาล,https://three.go.th/,,,
d,เทศบาลตำบลสี่,เทสบาล,https://four.go.th/,,,

f,เทศบาลตำบลหก,เทศบาล,ไม่มีเว็บไซต์,,,
g,เทศบาลตำบลเจ็ด,เทศบาล,,,,
h,เทศบาลตำบลแปด,เทศบาล,https://eight.go.th/,0 25 * * *,,
i,เทศบาลตำบลเก้า,เทศบาล,https://one.go.th/,,,
../j,เทศบาลตำบลสิบ,เทศบาล,https://ten.go.th/,,บางครั้ง,
4.53E+06,เทศบาลตำบลสิบเอ็ด,เทศบาล,https://eleven.go.th/,,,
A,เทศบาลตำบลสิบสอง,เทศบาล,https://twelve.go.th/,,,
m,,เทศบาล,ftp://thirteen.go.th/,,,
";
    let list = List::csv(text.as_bytes());
    assert_eq!(ids(&list), ["a", "two.go.th", "i"]);
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("agencies_faults", told(&list).join("\n"));
    });
}

#[test]
fn a_toml_list_has_the_same_keys_and_settings() {
    let text = r#"
[settings]
schedule = "0 2 * * 1"
years = [2565, 2564]
contact = "ita@example.go.th"
canaries = ["https://www.example.com/", "https://www.example.org/"]
at_once = 8
delay = 1.5
jitter = 3

[settings.calendar.2569]
answer = "1 มี.ค. 2569 ถึง 15 เม.ย. 2569"

[alert.mail]
host = "mail.example.go.th"
from = "ita@example.go.th"

[[agency]]
id = "kalase"
name = "องค์การบริหารส่วนตำบลกะลาเส"
province = "ตรัง"
url = "https://www.kalase.go.th/"
owner = ["ita@example.go.th", "room"]
off = true

[[agency]]
"เว็บไซต์" = "https://www.two.go.th/"
"#;
    let list = List::toml(text.as_bytes());
    assert_eq!(ids(&list), ["kalase", "two.go.th"]);
    assert!(list.faults.iter().all(|fault| fault.kept));
    let entry = &list.entries[0];
    assert!(entry.off && entry.kind == AgencyKind::Tambon && entry.row == 18);
    assert!(entry.owner == ["ita@example.go.th", "room"]);
    let settings = &list.settings;
    assert_eq!(settings.years, [FiscalYear(2564), FiscalYear(2565)]);
    assert_eq!(settings.at_once, Some(8));
    assert_eq!(settings.delay, Some(Duration::from_millis(1500)));
    assert_eq!(settings.jitter, Some(SignedDuration::from_hours(3)));
    assert_eq!(settings.canaries.len(), 2);
    assert!(settings.denser);
    let season = settings.calendar.season(FiscalYear(2569));
    assert!(season.answer.is_some_and(|window| !window.estimated));
    assert!(list.alert.starts_with("[alert.mail]"), "{}", list.alert);
    assert!(!list.alert.contains("agency"));
}

#[test]
fn unknown_keys_are_faults_with_the_nearest_name() {
    let text = r#"
[settings]
shedule = "weekly"
at_once = 0
years = [2022]
canaries = ["example.com"]
[settings.calendar.2569]
answr = "x"

[agencies]

[[agency]]
id = "one"
url = "https://one.go.th/"
webb = "x"

[[agency]]
id = "two"
url = 5

[[agency]]
id = "three"
url = "https://three.go.th/"
"#;
    let list = List::toml(text.as_bytes());
    assert_eq!(ids(&list), ["three"]);
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("agencies_toml_faults", told(&list).join("\n"));
    });
}

#[test]
fn a_file_that_is_no_list_is_told_as_such() {
    assert!(matches!(
        List::read("agencies.xlsx", b""),
        Err(ListError::Form(_))
    ));
    let broken = List::read("agencies.toml", b"[[agency\n").unwrap();
    assert!(broken.entries.is_empty() && broken.faults.len() == 1);
    assert!(told(&broken)[0].contains("TOML"));
    let headless = List::read("Agencies.CSV", "ก,ข\n1,2\n".as_bytes()).unwrap();
    assert!(told(&headless).iter().any(|one| one.contains("ไม่มีคอลัมน์")));
    assert!(headless.entries.is_empty());
}

#[test]
fn keys_come_from_the_website_when_nobody_gives_one() {
    for (home, id) in [
        ("https://www.nongkha.go.th/", "nongkha.go.th"),
        (
            "https://vendor.in.th/nongkha/index.php",
            "vendor.in.th-nongkha-index.php",
        ),
        ("http://localhost:8080/", "localhost-8080"),
        ("http://[::1]:80/", "1"),
        ("https://ไทย.ไทย/", "xn--o3cw4h.xn--o3cw4h"),
    ] {
        assert_eq!(derived_id(&Url::parse(home).unwrap()), id);
    }
}

#[test]
fn every_kind_of_agency_has_its_word_and_can_be_written() {
    for (kind, names) in KINDS {
        for name in names {
            let text = format!("type,url\n{name},https://one.go.th/");
            let list = List::csv(text.as_bytes());
            assert_eq!(list.entries.first().map(|entry| entry.kind), Some(kind));
        }
        assert_eq!(kind_words(kind), names[0]);
    }
}

proptest::proptest! {
    #[test]
    fn every_row_is_an_entry_or_a_fault(rows in proptest::collection::vec(
        (r"[a-c.\-/]{0,2}|\PC{0,5}", r"(https://)?[a-c]{1,2}\.go\.th/?|\PC{0,8}", r"|daily|\PC{0,4}|อบต\.|x"), 0..12)) {
        let mut text = "id,url,schedule,type\n".to_owned();
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        for (id, url, other) in &rows {
            text += &format!("{},{},{},{}\n", quoted(id), quoted(url), quoted(other), quoted(other));
        }
        let list = List::csv(text.as_bytes());
        let held = |row: &(String, String, String)| [&row.0, &row.1, &row.2].iter().any(|cell| !clean(cell).trim().is_empty());
        for (number, row) in (2..).zip(&rows) {
            let entry = list.entries.iter().any(|entry| entry.row == number);
            let fault = list.faults.iter().any(|fault| fault.row == number && !fault.kept);
            proptest::prop_assert_eq!(entry != fault, held(row), "row {}", number);
        }
        let mut keys: Vec<String> = list.entries.iter().map(|entry| entry.id.to_lowercase()).collect();
        keys.sort();
        let all = keys.len();
        keys.dedup();
        proptest::prop_assert_eq!(keys.len(), all);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), text in r#"(\[\[agency\]\]\n|\[settings\]\n|\[alert\]\n|url = "a.go.th"\n|years = \[25|id = 1\n|\PC{0,9}){0,9}"#) {
        List::csv(&bytes);
        List::toml(&bytes);
        List::csv(text.as_bytes());
        List::toml(text.as_bytes());
    }
}
