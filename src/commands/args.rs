//! Arguments that several commands share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use jiff::civil::Date;
use prongsai::fetch::options::{Options, Resolve};
use prongsai::year::FiscalYear;
use url::Url;

/// What to judge by.
#[derive(clap::Args, Debug, Clone, Default)]
pub(super) struct Basis {
    /// ปีงบประมาณ (พ.ศ.) ที่ประเมิน หลายปีคั่นด้วยจุลภาค เช่น 2564,2565 เพื่อเทียบกัน ถ้าไม่ระบุใช้ปีงบประมาณของวันที่ตรวจ
    #[arg(long, value_name = "ปี", value_parser = year, value_delimiter = ',')]
    pub(super) year: Vec<FiscalYear>,
    /// ตรวจเสมือนเป็นวันนี้ (ค.ศ.-เดือน-วัน) เช่น 2021-05-15 ถ้าไม่ระบุใช้วันที่เก็บข้อมูล
    #[arg(long, value_name = "วันที่", value_parser = day)]
    pub(super) as_of: Option<Date>,
    /// ไฟล์ข้อมูลหน่วยงาน (JSON: name, type, amphoe, province) ถ้าไม่ระบุโปรแกรมอ่านจากเว็บไซต์เอง
    #[arg(long, value_name = "ไฟล์")]
    pub(super) agency: Option<PathBuf>,
    /// ไฟล์คะแนน IIT และ EIT รายตัวชี้วัด (JSON) เพื่อคิดคะแนนรวมและระดับ
    #[arg(long, value_name = "ไฟล์")]
    pub(super) scores: Option<PathBuf>,
    /// โฟลเดอร์กฎ ใช้แทนกฎที่มากับโปรแกรม
    #[arg(long, value_name = "โฟลเดอร์")]
    pub(super) rules: Option<PathBuf>,
    /// ไฟล์คำตัดสินของคน (decisions.toml) ถ้าไม่ระบุใช้ไฟล์ชื่อนี้ที่อยู่ข้างไฟล์ข้อมูลหรือข้างรายงาน
    #[arg(long, value_name = "ไฟล์")]
    pub(super) decisions: Option<PathBuf>,
    /// ไม่ใช้คำตัดสินของคน แม้มีไฟล์ decisions.toml
    #[arg(long, conflicts_with = "decisions")]
    pub(super) no_decisions: bool,
}

/// How to report.
#[derive(clap::Args, Debug, Clone, Default)]
pub(super) struct Report {
    /// รูปแบบรายงาน: text, json หรือ html ถ้าไม่ระบุดูจากนามสกุลของไฟล์ใน -o มิฉะนั้นใช้ text
    #[arg(long, value_name = "รูปแบบ", value_enum, hide_possible_values = true)]
    pub(super) format: Option<Format>,
    /// เขียนรายงานลงไฟล์นี้ แทนการพิมพ์ออกจอ
    #[arg(short, long, value_name = "ไฟล์")]
    pub(super) output: Option<PathBuf>,
    /// จบด้วยรหัส 1 เมื่อมีข้อที่ไม่ผ่าน
    #[arg(long)]
    pub(super) strict: bool,
}

/// Forms of a report.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For a desk and for paper.
    Html,
}

impl Report {
    /// The form that was asked for, or that the file's name asks for.
    pub(super) fn form(&self) -> Format {
        form(self.format, self.output.as_deref())
    }
}

/// The form that was asked for, or that the file's name asks for.
pub(super) fn form(asked: Option<Format>, output: Option<&Path>) -> Format {
    let ending = output
        .and_then(|file| file.extension()?.to_str())
        .map(str::to_ascii_lowercase);
    asked.unwrap_or(match ending.as_deref() {
        Some("json") => Format::Json,
        Some("html" | "htm") => Format::Html,
        _ => Format::Text,
    })
}

/// How to crawl.
#[derive(clap::Args, Debug, Clone, Default)]
#[command(next_help_heading = "การเก็บข้อมูล")]
pub(super) struct Manners {
    /// เวลาเว้นระหว่างคำขอ เช่น 500ms, 2s (ปกติปรับตามความเร็วของเว็บไซต์)
    #[arg(long, value_name = "เวลา", value_parser = time)]
    delay: Option<Duration>,
    /// จำนวนคำขอพร้อมกันต่อเครื่องแม่ข่าย (ปกติ 1)
    #[arg(long, value_name = "จำนวน", value_parser = clap::value_parser!(u8).range(1..=16))]
    connections: Option<u8>,
    /// จำนวนหน้าและไฟล์สูงสุด (ปกติ 5000)
    #[arg(long, value_name = "จำนวน")]
    max_pages: Option<usize>,
    /// เวลาเก็บข้อมูลสูงสุด เช่น 30m, 2h (ปกติ 3h)
    #[arg(long, value_name = "เวลา", value_parser = time)]
    max_time: Option<Duration>,
    /// จำนวนคลิกจากหน้าแรกสูงสุด (ปกติไม่จำกัด)
    #[arg(long, value_name = "จำนวน")]
    max_depth: Option<u32>,
    /// ใช้ที่อยู่ IP นี้แทนการถาม DNS เช่น www.example.go.th:443:192.0.2.1
    #[arg(long, value_name = "HOST:PORT:ADDR")]
    resolve: Vec<Resolve>,
    /// ยอมให้เก็บเว็บไซต์ในเครือข่ายภายในหรือในเครื่องนี้
    #[arg(long)]
    allow_private: bool,
    /// เก็บไฟล์และแบบฟอร์มที่หน่วยงานฝากไว้นอกเว็บไซต์ด้วย (หนึ่งคลิก) เช่น Google Drive, Google Forms, Dropbox
    #[arg(long)]
    follow_offsite: bool,
    /// อีเมลหรือหน้าเว็บที่ผู้ดูแลเว็บไซต์ติดต่อได้ บอกไว้ใน User-Agent
    #[arg(long, value_name = "ที่ติดต่อ")]
    contact: Option<String>,
}

impl Manners {
    /// Options for a crawl that stands for a day.
    pub(super) fn options(self, as_of: Option<Date>) -> Options {
        let usual = Options::default();
        Options {
            as_of,
            contact: self.contact,
            delay: self.delay,
            connections: self.connections.map_or(usual.connections, usize::from),
            max_pages: self.max_pages.unwrap_or(usual.max_pages),
            max_time: self.max_time.or(usual.max_time),
            max_depth: self.max_depth,
            resolve: self.resolve,
            allow_private: self.allow_private,
            follow_offsite: self.follow_offsite,
            ..usual
        }
    }
}

/// A website's address; people leave `https://` out.
pub(super) fn address(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => Err("ใส่ที่อยู่เว็บไซต์ เช่น https://www.example.go.th".to_owned()),
    }
}

pub(super) fn year(text: &str) -> Result<FiscalYear, String> {
    match text.trim().parse() {
        Ok(year @ 2500..=2700) => Ok(FiscalYear(year)),
        Ok(year @ 1957..=2157) => Err(format!("ใช้ พ.ศ.: {}", year + 543)),
        _ => Err("ใส่ปี พ.ศ. เช่น 2564".to_owned()),
    }
}

pub(super) fn day(text: &str) -> Result<Date, String> {
    let day: Date = text
        .trim()
        .parse()
        .map_err(|_| "ใส่วันที่แบบ ค.ศ.-เดือน-วัน เช่น 2021-05-15".to_owned())?;
    if day.year() >= 2400 {
        return Err(format!(
            "ใช้ ค.ศ.: {:04}-{:02}-{:02}",
            day.year() - 543,
            day.month(),
            day.day()
        ));
    }
    Ok(day)
}

/// `90` seconds, `500ms`, `2h 30m`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let seconds = text
        .parse::<f64>()
        .ok()
        .filter(|seconds| (0.0..1e9).contains(seconds));
    if let Some(seconds) = seconds {
        return Ok(Duration::from_secs_f64(seconds));
    }
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|time| Duration::try_from(time).ok())
        .ok_or_else(|| "ใส่เวลา เช่น 500ms, 90s, 30m หรือ 2h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_lack_its_scheme_and_must_be_a_website() {
        assert_eq!(
            address("www.example.go.th/หน้าแรก").unwrap().scheme(),
            "https"
        );
        assert_eq!(address("http://127.0.0.1:8000").unwrap().port(), Some(8000));
        for wrong in ["", "ftp://a.go.th", "file:///etc/passwd", "https://"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn years_and_days_in_the_wrong_era_are_explained() {
        assert_eq!(year("2564").unwrap(), FiscalYear(2564));
        assert_eq!(year("2021").unwrap_err(), "ใช้ พ.ศ.: 2564");
        assert!(year("64").is_err());
        assert_eq!(day("2021-05-15").unwrap(), jiff::civil::date(2021, 5, 15));
        assert_eq!(day("2564-05-15").unwrap_err(), "ใช้ ค.ศ.: 2021-05-15");
        assert!(day("15/05/2564").is_err());
    }

    #[test]
    fn times_are_written_as_people_write_them() {
        assert_eq!(time("1.5").unwrap(), Duration::from_millis(1500));
        assert_eq!(time("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(time("1h30m").unwrap(), Duration::from_secs(5400));
        for wrong in ["-5", "-5s", "soon", "1e300", "NaN"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_files_name_tells_the_form() {
        let form = |output: &str, format| {
            Report {
                output: Some(output.into()),
                format,
                strict: false,
            }
            .form()
        };
        assert_eq!(form("a/report.HTML", None), Format::Html);
        assert_eq!(form("report.json", None), Format::Json);
        assert_eq!(form("report", None), Format::Text);
        assert_eq!(form("report.html", Some(Format::Json)), Format::Json);
    }
}
