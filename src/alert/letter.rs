//! Digest → what a person reads: a subject line, plain text, and HTML that loads nothing.

use std::fmt::Write as _;

use minijinja::HtmlEscape as Safe;

use crate::fetch::capture::Capture;
use crate::report::readable_url;
use crate::year::thai_date;

use super::compose::{Agency, Digest, Line, LineKind, day_words};

/// Kinds in the order of a subject line, with how it names them.
const KINDS: [LineKind; 6] = [
    LineKind::Worse,
    LineKind::Website,
    LineKind::Stale,
    LineKind::Rules,
    LineKind::Better,
    LineKind::Opening,
];
/// What a subject line says of at most.
const SAID: usize = 2;

/// A digest as mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    /// Writes a digest. The same digest gives the same bytes.
    pub fn of(digest: &Digest) -> Self {
        Self {
            subject: digest.subject.clone(),
            text: text(digest),
            html: html(digest),
        }
    }
}

/// The subject line: what is new first, what is only repeated when nothing is.
pub(super) fn subject(agencies: &[Agency]) -> String {
    let with = |kind, again: bool| {
        let has = move |one: &&Agency| {
            let mut lines = one.lines.iter();
            lines.any(|line| line.kind == kind && (line.times > 1) == again)
        };
        agencies.iter().filter(has).collect::<Vec<_>>()
    };
    let mut said: Vec<String> = KINDS
        .into_iter()
        .filter_map(|kind| clause(kind, &with(kind, false), agencies))
        .take(SAID)
        .collect();
    if said.is_empty() {
        let again = KINDS.into_iter().map(|kind| (kind, with(kind, true)));
        said.extend(
            again
                .filter_map(|(kind, of)| clause(kind, &of, agencies))
                .take(SAID),
        );
        return format!("โปร่งใส: เตือนซ้ำ {}", said.join(" และ"));
    }
    format!("โปร่งใส: {}", said.join(" และ"))
}

fn clause(kind: LineKind, of: &[&Agency], all: &[Agency]) -> Option<String> {
    let first = of.first()?;
    let whose = match of.len() {
        1 if all.len() == 1 => first.name.clone(),
        n => format!("{n} หน่วยงาน"),
    };
    Some(match kind {
        LineKind::Worse => format!("{whose}มีข้อที่แย่ลง"),
        LineKind::Website => format!("เว็บไซต์ของ{}{whose}เปิดไม่ได้", space(&whose)),
        LineKind::Stale => format!("{whose}มีข้อที่ใกล้หมดอายุ"),
        LineKind::Rules => format!("กฎการตรวจเปลี่ยน กระทบ{}{whose}", space(&whose)),
        LineKind::Better => format!("{whose}มีข้อที่ดีขึ้น"),
        LineKind::Opening => format!("เริ่มปีงบประมาณ {} ของ{}{whose}", first.year.0, space(&whose)),
    })
}

/// A number is set off by a space.
fn space(whose: &str) -> &'static str {
    if whose.starts_with(|c: char| c.is_ascii_digit()) {
        " "
    } else {
        ""
    }
}

/// The word before a line.
pub(super) fn label(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Website => "เปิดไม่ได้",
        LineKind::Worse => "แย่ลง",
        LineKind::Stale => "ใกล้หมดอายุ",
        LineKind::Rules => "กฎ",
        LineKind::Better => "ดีขึ้น",
        LineKind::Opening => "ปีใหม่",
    }
}

/// `O23 สรุปผล…: ผ่าน → ไม่ผ่าน ตั้งแต่ 3 ตุลาคม 2569 (0.58 คะแนน)`.
pub(super) fn headline(line: &Line) -> String {
    let mut text = String::new();
    if let ([subject], true) = (line.subjects.as_slice(), line.kind != LineKind::Rules)
        && subject != crate::standing::WEBSITE
    {
        let _ = write!(text, "{subject} ");
    }
    text.push_str(&line.title);
    if let (Some(from), Some(to), false) = (line.from, line.to, line.kind == LineKind::Website) {
        let _ = write!(text, ": {} → {}", from.thai(), to.thai());
    }
    let _ = write!(text, " {}", day_words(line));
    if let Some(points) = line.points {
        let _ = write!(text, " ({points:.2} คะแนน)");
    }
    if line.times > 1 {
        let _ = write!(text, " (แจ้งครั้งที่ {})", line.times);
    }
    text
}

/// `26 กันยายน 2569 (การตรวจที่ 812)`.
fn good_words(line: &Line) -> Option<String> {
    let good = line.last_good.as_ref()?;
    Some(format!(
        "{} (การตรวจที่ {})",
        thai_date(Capture::day_of(good.at)),
        good.audit
    ))
}

/// What stands below the agencies.
pub(super) fn foot(digest: &Digest) -> Vec<String> {
    let mut foot = Vec::new();
    let mut count = |n: usize, words: &str| {
        if n > 0 {
            foot.push(words.replace("{}", &n.to_string()));
        }
    };
    count(digest.left, "ยังมีอีก {} เรื่องที่จะแจ้งในฉบับถัดไป");
    count(
        digest.waiting,
        "แจ้งไปแล้วและยังไม่มีใครรับทราบ {} เรื่อง จะเตือนซ้ำเมื่อครบกำหนด",
    );
    count(digest.silenced, "ปิดการแจ้งไว้ {} เรื่อง");
    count(digest.unconfirmed, "ดูเหมือนแย่ลงแต่ยังยืนยันไม่ได้ {} เรื่อง");
    foot
}

fn text(digest: &Digest) -> String {
    let mut out = format!(
        "{}\n{}\n",
        digest.subject,
        thai_date(Capture::day_of(digest.at))
    );
    for agency in &digest.agencies {
        let _ = write!(
            out,
            "\n{} ({}) ปีงบประมาณ {}\n",
            agency.name, agency.id, agency.year.0
        );
        for line in &agency.lines {
            let _ = writeln!(out, "- {}: {}", label(line.kind), headline(line));
            if !line.sentence.is_empty() {
                let _ = writeln!(out, "  {}", line.sentence);
            }
            if let Some(place) = &line.place {
                let _ = writeln!(out, "  ที่ {place}");
            }
            if let Some(good) = good_words(line) {
                let _ = writeln!(out, "  สำเนาที่ดีล่าสุด {good}");
            }
            if let Some(place) = line.last_good.as_ref().and_then(|good| good.place.as_ref()) {
                let _ = writeln!(out, "  เคยอยู่ที่ {place}");
            }
        }
        let _ = writeln!(out, "  ดูว่าอะไรเปลี่ยน: {}", agency.look);
        if let Some(mark) = &agency.mark {
            let _ = writeln!(out, "  รับทราบแล้ว ไม่ต้องเตือนอีก: {mark}");
        }
    }
    let foot = foot(digest);
    if !foot.is_empty() {
        out.push('\n');
    }
    for line in foot {
        let _ = writeln!(out, "{line}");
    }
    let _ = write!(
        out,
        "\nฉบับนี้: {} alerts show {}\n",
        digest.command, digest.key
    );
    out
}

fn html(digest: &Digest) -> String {
    let link = |url: &str| {
        let shown = readable_url(url);
        format!("<a href=\"{}\">{}</a>", Safe(url), Safe(&shown))
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"th\"><head><meta charset=\"utf-8\"><title>{0}</title></head>\n<body style=\"font-family:sans-serif;max-width:45em\">\n<h1 style=\"font-size:1.2em\">{0}</h1>\n<p>{1}</p>\n",
        Safe(&digest.subject),
        thai_date(Capture::day_of(digest.at)),
    );
    for agency in &digest.agencies {
        let _ = write!(
            out,
            "<h2 style=\"font-size:1.1em\">{} <small>({}) ปีงบประมาณ {}</small></h2>\n<ul>\n",
            Safe(&agency.name),
            Safe(&agency.id),
            agency.year.0,
        );
        for line in &agency.lines {
            let _ = write!(
                out,
                "<li><b style=\"color:{}\">{}</b> {}",
                colour(line.kind),
                label(line.kind),
                Safe(&headline(line)),
            );
            if !line.sentence.is_empty() {
                let _ = write!(out, "<br>{}", Safe(&line.sentence));
            }
            if let Some(place) = &line.place {
                let _ = write!(out, "<br>ที่ {}", link(place));
            }
            if let Some(good) = good_words(line) {
                let _ = write!(out, "<br>สำเนาที่ดีล่าสุด {good}");
            }
            if let Some(place) = line.last_good.as_ref().and_then(|good| good.place.as_ref()) {
                let _ = write!(out, "<br>เคยอยู่ที่ {}", link(place));
            }
            out.push_str("</li>\n");
        }
        let _ = write!(
            out,
            "</ul>\n<p>ดูว่าอะไรเปลี่ยน: <code>{}</code>",
            Safe(&agency.look)
        );
        if let Some(mark) = &agency.mark {
            let _ = write!(
                out,
                "<br>รับทราบแล้ว ไม่ต้องเตือนอีก: <code>{}</code>",
                Safe(mark)
            );
        }
        out.push_str("</p>\n");
    }
    out.push_str("<hr>\n<p>");
    for line in foot(digest) {
        let _ = writeln!(out, "{line}<br>");
    }
    let _ = write!(
        out,
        "ฉบับนี้: <code>{} alerts show {}</code></p>\n</body></html>\n",
        Safe(&digest.command),
        digest.key,
    );
    out
}

/// Dark enough on white to be read.
fn colour(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Website | LineKind::Worse => "#b00020",
        LineKind::Stale | LineKind::Rules => "#8a4b00",
        LineKind::Better => "#00663a",
        LineKind::Opening => "#333333",
    }
}
