//! What a time in a text is said for, by the words around it.

use super::dates::{Named, Role, When};

/// A mention among the letters of its text.
pub(super) struct Context<'a> {
    pub(super) letters: &'a [char],
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the mention before it ended, and its role.
    pub(super) after: usize,
    pub(super) last: Option<Role>,
}

/// The role, or `None` when this is no time at all.
pub(super) fn role(when: &When, named: Named, context: &Context<'_>) -> Option<Role> {
    let before = context.before(90);
    let lead = before.trim_end_matches([':', '.', '-', '|', '(', '[', ',', '–', '/']);
    let behind = context.behind(24);
    let day = matches!(when, When::Day(_));
    let ends = |words: &[&str]| words.iter().any(|word| lead.ends_with(word));
    Some(match named {
        Named::Academic => Role::Academic,
        Named::Subject => Role::Subject,
        _ if ends(&WIDGETS) || near(&before, &COUNTERS, 30) => Role::Widget,
        _ if ends(&POSTED) => Role::Posted,
        _ if day && is_read_count(&behind) => Role::Posted,
        Named::Clock if day => Role::Widget,
        _ if day && is_resolution(&before) => Role::Letter,
        _ if day && ends(&["ลงวันที่", "ลว", "ลงวันที"]) => {
            if cites_letter(&before) {
                Role::Letter
            } else {
                Role::Signed
            }
        }
        _ if ends(&SIGNED) => Role::Signed,
        _ if ends(&AS_OF) => Role::Subject,
        _ if is_law(when, lead, context) => Role::Law,
        _ if day && ends(&["เมื่อวันที่", "ในวันที่", "เมื่อ", "ระหว่างวันที่"]) => {
            Role::Event
        }
        _ if day && EVENTS.iter().any(|word| behind.starts_with(word)) => Role::Event,
        _ if matches!(when, When::Months { .. } | When::Years { .. }) => Role::Subject,
        _ if ends(&SUBJECTS) => Role::Subject,
        _ if ends(&["รอบ", "ของ", "ประจำ"]) && context.own().starts_with("ปี") => {
            Role::Subject
        }
        _ if matches!(when, When::Month(_)) && ends(&["เดือน"]) => Role::Subject,
        _ => Role::Plain,
    })
}

impl Context<'_> {
    /// Letters before the mention, white space left out.
    fn before(&self, most: usize) -> String {
        tight(&self.letters[self.start.saturating_sub(most)..self.start])
    }

    /// Letters behind the mention.
    fn behind(&self, most: usize) -> String {
        tight(&self.letters[self.end..(self.end + most).min(self.letters.len())])
    }

    /// Letters between the mention before this one and this one.
    fn since_last(&self, most: usize) -> String {
        tight(&self.letters[self.after.max(self.start.saturating_sub(most))..self.start])
    }

    /// The mention itself.
    fn own(&self) -> String {
        tight(&self.letters[self.start..self.end])
    }
}

fn tight(letters: &[char]) -> String {
    letters.iter().filter(|c| !c.is_whitespace()).collect()
}

/// Whether one of the words stands among the last letters.
fn near(before: &str, words: &[&str], within: usize) -> bool {
    let skip = before.chars().count().saturating_sub(within);
    let tail: String = before.chars().skip(skip).collect();
    words.iter().any(|word| tail.contains(word))
}

/// `อ่าน 123 ครั้ง`, `by admin`, an address: the line under a post.
fn is_read_count(behind: &str) -> bool {
    let behind = behind.trim_start_matches(|c: char| {
        "|•·-–,()".contains(c) || c.is_ascii_digit() || c == ':' || c == '.'
    });
    READ.iter().any(|word| behind.starts_with(word))
}

fn is_resolution(before: &str) -> bool {
    ["มติคณะรัฐมนตรี", "มติครม", "มติค.ร.ม"].iter().any(|word| {
        before
            .rfind(word)
            .is_some_and(|at| before[at..].chars().count() < 60 && before.contains("วันที่"))
    })
}

/// Whether a letter is cited: `ที่ มท 0810.3/ว 7509 ลงวันที่`. Orders and announcements have plain numbers.
fn cites_letter(before: &str) -> bool {
    let from = |words: &[&str]| words.iter().filter_map(|word| before.rfind(word)).max();
    let letter = from(&["หนังสือ", "ด่วน", "/ว", "ที่มท", "ที่ปช", "ที่นร", "ที่กค"]);
    let own = from(&["คำสั่ง", "ประกาศ", "บันทึกข้อความ", "ข้อบัญญัติ"]);
    letter.is_some() && letter > own
}

/// Whether a year is part of a law's name: `พระราชบัญญัติ… พ.ศ. 2540`, `(ฉบับที่ 7) พ.ศ. 2562`.
fn is_law(when: &When, lead: &str, context: &Context<'_>) -> bool {
    if !matches!(when, When::Year(_)) {
        return false;
    }
    let own = context.own();
    let era = ["พ.ศ", "พศ", "พุทธศักราช"]
        .iter()
        .any(|word| own.starts_with(word));
    let since = context.since_last(if era { 220 } else { 60 });
    if own.starts_with("ปี")
        || ["ประจำ", "ในรอบ", "ของ", "ครั้งที่1/"]
            .iter()
            .any(|word| lead.ends_with(word))
    {
        return false;
    }
    let last_of = |words: &[&str]| words.iter().filter_map(|word| since.rfind(word)).max();
    let plan = last_of(&PLANS);
    if let Some(law) = last_of(&LAWS) {
        let about = since[law..].contains("ว่าด้วย");
        let broken = BREAKS.iter().any(|word| since[law..].contains(word));
        // A rule of an authority is a law by its subject; `ระเบียบวาระ` is none.
        let sure =
            about || !since[law..].starts_with("ระเบียบ") && !since[law..].starts_with("ข้อบังคับ");
        return sure && !broken && (about || plan.is_none_or(|plan| plan < law));
    }
    let amended =
        numbered_edition(lead) || lead.ends_with("แก้ไขเพิ่มเติม") || lead.ends_with("แก้ไขเพิ่มเติมถึง");
    amended && era && plan.is_none() && (context.last == Some(Role::Law) || numbered_edition(lead))
}

/// Whether the text ends in `(ฉบับที่ 7)`.
fn numbered_edition(lead: &str) -> bool {
    let number = lead.trim_end_matches(')');
    let word = number.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() < number.len() && word.ends_with("ฉบับที่")
}

const POSTED: [&str; 36] = [
    "โพสต์เมื่อ",
    "โพสเมื่อ",
    "โพสต์เมื่อวันที่",
    "โพสต์",
    "โพสต์วันที่",
    "วันที่โพสต์",
    "วันที่โพส",
    "เผยแพร่เมื่อ",
    "เผยแพร่เมื่อวันที่",
    "เผยแพร่วันที่",
    "เผยแพร่",
    "วันที่เผยแพร่",
    "วันที่ประกาศ",
    "ประกาศเมื่อ",
    "วันที่ลง",
    "วันที่ลงประกาศ",
    "ลงเมื่อ",
    "ลงข่าวเมื่อ",
    "ปรับปรุงล่าสุด",
    "ปรับปรุงล่าสุดเมื่อ",
    "ปรับปรุงเมื่อ",
    "อัพเดทล่าสุด",
    "อัปเดตล่าสุด",
    "อัพเดทเมื่อ",
    "แก้ไขล่าสุด",
    "แก้ไขล่าสุดเมื่อ",
    "อัพโหลดเมื่อ",
    "อัปโหลดเมื่อ",
    "เขียนเมื่อ",
    "สร้างเมื่อ",
    "วันที่อัพโหลด",
    "postedon",
    "publishedon",
    "published",
    "lastupdate",
    "updated",
];

const SIGNED: [&str; 8] = [
    "ประกาศณวันที่",
    "สั่งณวันที่",
    "ให้ไว้ณวันที่",
    "ให้ณวันที่",
    "ตั้งแต่บัดนี้ณวันที่",
    "ลงนามวันที่",
    "ลงนามเมื่อวันที่",
    "ประกาศลงวันที่",
];

const AS_OF: [&str; 6] = [
    "ข้อมูลณวันที่",
    "ข้อมูลณ",
    "ข้อมูลถึงวันที่",
    "สิ้นสุดณวันที่",
    "ยอดณวันที่",
    "เพียงวันที่",
];

const SUBJECTS: [&str; 9] = [
    "ประจำเดือน",
    "รอบเดือน",
    "ในรอบปี",
    "รอบปี",
    "ของปี",
    "ประจำวันที่",
    "สขร.1",
    "สขร1",
    "ในรอบเดือน",
];

const EVENTS: [&str; 9] = [
    "เวลา",
    "ณ",
    "ได้จัด",
    "จัด",
    "ที่ผ่านมา",
    "ได้ดำเนินการ",
    "ได้ร่วม",
    "นายก",
    "ตั้งแต่เวลา",
];

const READ: [&str; 12] = [
    "อ่าน",
    "เปิดอ่าน",
    "เข้าชม",
    "ผู้เข้าชม",
    "ผู้อ่าน",
    "จำนวนผู้เข้าชม",
    "จำนวนผู้อ่าน",
    "ดู",
    "view",
    "hits",
    "byadmin",
    "ip",
];

const WIDGETS: [&str; 13] = [
    "วันนี้",
    "วันนี้วันที่",
    "วันนี้คือวันที่",
    "วันที่ปัจจุบัน",
    "เวลาปัจจุบัน",
    "servertime",
    "today",
    "todayis",
    "©",
    "copyright",
    "copyright©",
    "สงวนลิขสิทธิ์",
    "ลิขสิทธิ์",
];

const COUNTERS: [&str; 8] = [
    "สถิติผู้เข้าชม",
    "ผู้เยี่ยมชม",
    "pageviews",
    "เริ่มนับ",
    "เปิดเว็บไซต์",
    "เปิดเว็บไซด์",
    "ออนไลน์ขณะนี้",
    "servertime",
];

const LAWS: [&str; 15] = [
    "พระราชบัญญัติ",
    "พ.ร.บ",
    "พรบ",
    "พระราชกฤษฎีกา",
    "พ.ร.ฎ",
    "พระราชกำหนด",
    "กฎกระทรวง",
    "ประมวลกฎหมาย",
    "ประมวลจริยธรรม",
    "รัฐธรรมนูญ",
    "ระเบียบ",
    "ข้อบังคับ",
    "ว่าด้วย",
    "ประกาศกระทรวง",
    "ประกาศคณะกรรมการ",
];

/// Papers with a year of their own.
const PLANS: [&str; 8] = [
    "แผนพัฒนา",
    "แผนปฏิบัติ",
    "แผนดำเนิน",
    "แผนการ",
    "แผนอัตรา",
    "ยุทธศาสตร์",
    "รายงานผล",
    "โครงการ",
];

/// Words that end a law's name.
const BREAKS: [&str; 9] = [
    "จึง",
    "ดังนี้",
    "ได้จัดทำ",
    "กำหนดให้",
    "ประกาศใช้",
    "นั้น",
    "โพสต์",
    "เรื่องแผน",
    "ประจำปี",
];
