//! What a time in a text is said for, by the words around it.

use std::sync::LazyLock;

use memchr::memmem;

use super::{Named, Role, When};
use crate::thai::{bare_letter, is_mark};

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
    let before = without_weekday(context.before(90));
    let lead = before.trim_end_matches([':', '.', '-', '|', '(', '[', ',', '–', '/']);
    let day = matches!(when, When::Day(_));
    let ends = |words: &Words| words.iter().any(|word| lead.ends_with(&word.bare));
    Some(match named {
        Named::Academic => Role::Academic,
        Named::Subject => Role::Subject,
        _ if ends(&WIDGETS) || near(&before, &COUNTERS, 30) => Role::Widget,
        _ if ends(&POSTED) => Role::Posted,
        _ if day && context.is_read_count() => Role::Posted,
        Named::Clock if day => Role::Widget,
        _ if day && is_resolution(&before) => Role::Letter,
        _ if day && ends(&DATED) && cites_letter(&before) => Role::Letter,
        _ if day && ends(&DATED) || ends(&SIGNED) => Role::Signed,
        _ if day && near(&before, &GAZETTE, 80) => Role::Letter,
        _ if ends(&AS_OF) => Role::Subject,
        _ if near(&context.since_last(60), &HISTORY, 50) => Role::History,
        _ if is_law(when, lead, context) => Role::Law,
        _ if day && ends(&WHEN) => Role::Event,
        _ if day && context.is_event(ends(&DAY)) => Role::Event,
        _ if day && ends(&DAY) && near(&before, &SIGNING, 70) => Role::Signed,
        _ if matches!(when, When::Months { .. } | When::Years { .. }) => Role::Subject,
        _ if ends(&SUBJECTS) => Role::Subject,
        _ if ends(&ROUND) && context.opens_with("ปี") => Role::Subject,
        _ if matches!(when, When::Month(_)) && ends(&MONTH) => Role::Subject,
        _ => Role::Plain,
    })
}

impl Context<'_> {
    /// Letters before the mention, bare.
    fn before(&self, most: usize) -> String {
        bare(&self.letters[self.start.saturating_sub(most)..self.start])
    }

    /// Letters between the mention before this one and this one, bare.
    fn since_last(&self, most: usize) -> String {
        bare(&self.letters[self.after.max(self.start.saturating_sub(most))..self.start])
    }

    /// Letters behind the mention in its line, white space left out.
    fn behind(&self, most: usize) -> String {
        let rest = self.letters[self.end..].iter().take(most);
        let line = rest.take_while(|&&c| c != '\n');
        line.filter(|c| !c.is_whitespace()).collect()
    }

    /// Whether the mention itself opens with a word.
    fn opens_with(&self, word: &str) -> bool {
        let mut own = self.letters[self.start..self.end].iter();
        word.chars().all(|c| own.next() == Some(&c))
    }

    /// `อ่าน 123 ครั้ง`, `by admin`, an address: the line under a post.
    fn is_read_count(&self) -> bool {
        let behind = self.behind(24);
        let sign = |c: char| "|•·-–,():.".contains(c) || c.is_ascii_digit();
        let behind = behind.trim_start_matches(sign);
        READ.split(' ').any(|word| behind.starts_with(word))
    }

    /// Whether something happens at this time, in the same line.
    fn is_event(&self, after_day_word: bool) -> bool {
        let behind = self.behind(24);
        let starts = |words: &str| words.split(' ').any(|word| behind.starts_with(word));
        starts(HAPPENS) || after_day_word && starts(DOES) && !starts("จัดซื้อ จัดจ้าง จัดหา")
    }
}

/// Letters without white space and marks: what is left of words in damaged text too.
fn bare(letters: &[char]) -> String {
    let kept = letters
        .iter()
        .filter(|&&c| !c.is_whitespace() && !is_mark(c));
    kept.map(|&c| bare_letter(c)).collect()
}

fn bare_word(word: &str) -> String {
    word.chars()
        .filter(|&c| !is_mark(c))
        .map(bare_letter)
        .collect()
}

/// `วันพุธที่` as `วันที่`, at the end of bare text.
fn without_weekday(mut before: String) -> String {
    static DAYS: Words = LazyLock::new(|| bare_words(WEEKDAYS));
    let day = before.strip_suffix("ท").and_then(|rest| {
        let mut days = DAYS.iter();
        days.find_map(|day| rest.strip_suffix(day.bare.as_str()))
    });
    if let Some(end) = day.filter(|rest| rest.ends_with("วน")).map(str::len) {
        before.truncate(end);
        before.push('ท');
    }
    before
}

/// Whether bare text ends with a word.
fn ends_with(text: &str, word: &str) -> bool {
    let mut word = word.chars().rev().filter(|&c| !is_mark(c)).map(bare_letter);
    let mut text = text.chars().rev();
    word.all(|c| text.next() == Some(c))
}

/// A word to look for in bare text.
struct Word {
    bare: String,
    last: memmem::FinderRev<'static>,
}

type Words = LazyLock<Vec<Word>>;

fn bare_words(words: &str) -> Vec<Word> {
    let bare = words.split(' ').map(bare_word);
    bare.map(|bare| Word {
        last: memmem::FinderRev::new(&bare).into_owned(),
        bare,
    })
    .collect()
}

/// Where a word last stands in bare text.
fn last_of(text: &str, words: &Words) -> Option<usize> {
    let last = words.iter().filter_map(|word| word.last.rfind(text));
    last.max()
}

/// Whether one of the words begins among the last letters.
fn near(before: &str, words: &Words, within: usize) -> bool {
    let from = before.char_indices().rev().take(within).last();
    let tail = from.map_or("", |(at, _)| &before[at..]);
    words.iter().any(|word| word.last.rfind(tail).is_some())
}

fn is_resolution(before: &str) -> bool {
    static RESOLUTION: Words = LazyLock::new(|| bare_words("มติคณะรัฐมนตรี มติครม มติค.ร.ม"));
    let at = last_of(before, &RESOLUTION);
    at.is_some_and(|at| before[at..].chars().count() < 60 && last_of(&before[at..], &DAY).is_some())
}

/// Whether a letter is cited: `ที่ มท 0810.3/ว 7509 ลงวันที่`. Orders and announcements have plain numbers.
fn cites_letter(before: &str) -> bool {
    static LETTER: Words = LazyLock::new(|| bare_words("หนังสือ ด่วน /ว ที่มท ที่ปช ที่นร ที่กค"));
    static OWN: Words = LazyLock::new(|| bare_words("คำสั่ง ประกาศ บันทึกข้อความ ข้อบัญญัติ"));
    let letter = last_of(before, &LETTER);
    let own = last_of(before, &OWN);
    letter.is_some() && letter > own
}

/// Whether a year is part of a law's name: `พระราชบัญญัติ… พ.ศ. 2540`, `(ฉบับที่ 7) พ.ศ. 2562`.
fn is_law(when: &When, lead: &str, context: &Context<'_>) -> bool {
    if !matches!(when, When::Year(_)) || context.opens_with("ปี") {
        return false;
    }
    let era = context.opens_with("พ");
    let since = context.since_last(if era { 220 } else { 60 });
    if ["ประจำ", "ในรอบ", "ของ", "/"]
        .iter()
        .any(|word| ends_with(&since, word))
    {
        return false;
    }
    let plan = last_of(&since, &PLANS);
    let strong = last_of(&since, &LAWS);
    let about = last_of(&since, &ABOUT);
    if let Some(law) = strong.or(about) {
        let broken = last_of(&since[law..], &BREAKS).is_some();
        // What a law is about may be a plan; a plan named after a law is a paper of its own.
        let closed = |from: usize| plan.is_none_or(|plan| plan < from);
        return !broken && (closed(law) || about > strong);
    }
    let edition = numbered_edition(lead);
    let amended = context.last == Some(Role::Law) && last_of(&since, &AMENDED).is_some();
    era && plan.is_none() && (edition || amended)
}

/// Whether the text ends in `(ฉบับที่ 7)`.
fn numbered_edition(lead: &str) -> bool {
    let number = lead.trim_end_matches(')');
    let word = number.trim_end_matches(|c: char| c.is_ascii_digit());
    word.len() < number.len() && ends_with(word, "ฉบับที่")
}

/// Names of weekdays, the longer of two first.
pub(super) const WEEKDAYS: &str = "อาทิตย์ จันทร์ อังคาร พุธ พฤหัสบดี พฤหัส ศุกร์ เสาร์";

static DATED: Words = LazyLock::new(|| bare_words("ลงวันที่ ลว"));

static WHEN: Words = LazyLock::new(|| bare_words("เมื่อวันที่ ในวันที่ เมื่อ ระหว่างวันที่"));

static DAY: Words = LazyLock::new(|| bare_words("วันที่"));

static MONTH: Words = LazyLock::new(|| bare_words("เดือน"));

static ROUND: Words = LazyLock::new(|| bare_words("รอบ ของ ประจำ"));

static GAZETTE: Words = LazyLock::new(|| bare_words("ราชกิจจานุเบกษา"));

/// What is told of the past of an agency or a person.
static HISTORY: Words = LazyLock::new(|| {
    bare_words(
        "จัดตั้งเป็น จัดตั้งเมื่อ จัดตั้งขึ้นเมื่อ ก่อตั้ง ยกฐานะ สถาปนา เปลี่ยนแปลงฐานะ เข้ารับตำแหน่ง ดำรงตำแหน่ง รับการเลือกตั้ง \
    วันเกิด เกิดวันที่ เกิดเมื่อ",
    )
});

static POSTED: Words = LazyLock::new(|| {
    bare_words(
        "โพสต์เมื่อ โพสเมื่อ โพสต์เมื่อวันที่ โพสต์ โพสต์วันที่ วันที่โพสต์ วันที่โพส เผยแพร่เมื่อ เผยแพร่เมื่อวันที่ เผยแพร่วันที่ เผยแพร่ \
    วันที่เผยแพร่ วันที่ประกาศ ประกาศเมื่อ วันที่ลง วันที่ลงประกาศ ลงเมื่อ ลงข่าวเมื่อ ปรับปรุงล่าสุด ปรับปรุงล่าสุดเมื่อ ปรับปรุงเมื่อ \
    อัพเดท อัปเดต อัพเดต อัพเดทวันที่ วันที่อัพเดท วันที่ปรับปรุง ปรับปรุงวันที่ ปรับปรุงข้อมูลล่าสุด วันที่ลงข่าว อัพเดทล่าสุด อัปเดตล่าสุด อัพเดทเมื่อ แก้ไขล่าสุด แก้ไขล่าสุดเมื่อ อัพโหลดเมื่อ อัปโหลดเมื่อ เขียนเมื่อ สร้างเมื่อ วันที่อัพโหลด \
    postedon publishedon published lastupdate lastupdated lastmodified updated",
    )
});

static SIGNED: Words = LazyLock::new(|| {
    bare_words(
        "ประกาศณวันที่ สั่งณวันที่ ให้ไว้ณวันที่ ให้ณวันที่ ตั้งแต่บัดนี้ณวันที่ ลงนามวันที่ ลงนามเมื่อวันที่ ประกาศลงวันที่ รายงานณวันที่",
    )
});

static AS_OF: Words =
    LazyLock::new(|| bare_words("ข้อมูลณวันที่ ข้อมูลณ ข้อมูลถึงวันที่ สิ้นสุดณวันที่ ยอดณวันที่ เพียงวันที่"));

static SUBJECTS: Words = LazyLock::new(|| {
    bare_words("ประจำเดือน รอบเดือน ในรอบปี รอบปี ของปี ประจำวันที่ สขร.1 สขร1 ในรอบเดือน")
});

const HAPPENS: &str = "เวลา ณ ได้จัด ที่ผ่านมา ได้ดำเนินการ ตั้งแต่เวลา";

const DOES: &str = "จัด นายก เทศบาล องค์การบริหาร อบต ได้ คณะผู้บริหาร ผู้บริหาร ปลัด ร่วม เข้าร่วม มีการ นำโดย";

const READ: &str =
    "อ่าน เปิดอ่าน เข้าชม ผู้เข้าชม ผู้อ่าน จำนวนผู้เข้าชม จำนวนผู้อ่าน view hits byadmin โดยadmin โดยผู้ดูแล ip";

static WIDGETS: Words = LazyLock::new(|| {
    bare_words(
        "วันนี้ วันนี้วันที่ วันนี้คือวันที่ วันที่ปัจจุบัน เวลาปัจจุบัน servertime today todayis © copyright copyright© สงวนลิขสิทธิ์ \
    ลิขสิทธิ์",
    )
});

static COUNTERS: Words = LazyLock::new(|| {
    bare_words("สถิติผู้เข้าชม ผู้เยี่ยมชม pageviews เริ่มนับ เปิดเว็บไซต์ เปิดเว็บไซด์ ออนไลน์ขณะนี้ servertime")
});

static LAWS: Words = LazyLock::new(|| {
    bare_words(
        "พระราชบัญญัติ พ.ร.บ พรบ พระราชกฤษฎีกา พ.ร.ฎ พระราชกำหนด กฎกระทรวง ประมวลกฎหมาย ประมวลจริยธรรม รัฐธรรมนูญ \
    ประกาศกระทรวง ประกาศคณะกรรมการ ประกาศก.อบต ประกาศก.ท ประกาศก.จ ประกาศก.ก",
    )
});

/// Papers with a year of their own.
static PLANS: Words = LazyLock::new(|| {
    bare_words("แผนพัฒนา แผนปฏิบัติ แผนดำเนิน แผนการ แผนอัตรา ยุทธศาสตร์ รายงานผล โครงการ")
});

/// Words that end a law's name.
static BREAKS: Words = LazyLock::new(|| {
    bare_words(
        "จึงประกาศ จึงได้ จึงออก จึงกำหนด จึงขอ จึงจัด จึงแต่งตั้ง ดังนี้ ได้จัดทำ กำหนดให้ ประกาศใช้ โพสต์ เรื่องแผน ประจำปี",
    )
});

static ABOUT: Words = LazyLock::new(|| bare_words("ว่าด้วย"));

static AMENDED: Words = LazyLock::new(|| bare_words("แก้ไขเพิ่มเติม"));

static SIGNING: Words = LazyLock::new(|| bare_words("ลงชื่อ ลงนาม"));
