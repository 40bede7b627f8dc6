//! The agency whose website is looked at, and what kind of agency it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::thai::line::Line;
use crate::thai::{self, ByFirst, is_consonant, is_lead, is_mark, key, skeleton};

/// How far into a text its heading reaches, in letters.
const HEADING: usize = 600;

/// Longest place name that is believed, in letters.
const LONGEST_NAME: usize = 40;

/// Why an agency could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AgencyError {
    /// Not the shape of `site.json`.
    #[error(
        "อ่านข้อมูลหน่วยงานไม่ได้: {0} — ไฟล์ต้องเป็น JSON ที่มีอย่างน้อย \"name\" เช่น {{\"name\": \"องค์การบริหารส่วนตำบลกะลาเส\"}}"
    )]
    Json(#[from] serde_json::Error),
    /// There is no name in it.
    #[error("ไม่มีชื่อหน่วยงาน — ใส่ชื่อเต็มไว้ที่ \"name\"")]
    NoName,
}

/// An agency. Read from `--agency site.json` or recognised on the site itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Agency {
    /// Full official name: `องค์การบริหารส่วนตำบลกะลาเส`.
    pub name: String,
    /// Short name: `อบต.กะลาเส`. Empty when unknown.
    #[serde(default)]
    pub short_name: String,
    /// What kind of agency it is.
    #[serde(rename = "type", default)]
    pub kind: AgencyKind,
    /// District (อำเภอ/เขต). Empty when unknown.
    #[serde(rename = "amphoe", alias = "district", default)]
    pub district: String,
    /// Province. Empty when unknown.
    #[serde(default)]
    pub province: String,
}

impl Agency {
    /// Reads `site.json`. Keys that are not the agency's are passed over; a kind or a short name left out is taken
    /// from the name.
    pub fn from_json(json: &str) -> Result<Self, AgencyError> {
        let mut agency: Self = serde_json::from_str(json)?;
        agency.name = crate::thai::clean(&agency.name);
        if agency.name.is_empty() {
            return Err(AgencyError::NoName);
        }
        if let Some(own) = agency.own() {
            if agency.kind == AgencyKind::Unknown {
                agency.kind = own.kind;
            }
            if agency.short_name.is_empty() {
                agency.short_name = own.short_name();
            }
        }
        agency.kind = agency.kind_of_province();
        Ok(agency)
    }

    /// The kind, told for a province: its name is no form, for every paper names provinces.
    fn kind_of_province(&self) -> AgencyKind {
        match self.kind {
            AgencyKind::Unknown if self.name.starts_with("จังหวัด") => {
                AgencyKind::Central
            }
            kind => kind,
        }
    }

    /// The agency that a site's titles, mastheads and footers name most often as its owner.
    pub fn recognise<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for (order, text) in texts.enumerate() {
            let line = Line::new(text);
            for named in named(&line, text) {
                if is_everywhere(&named.mention.name) {
                    continue;
                }
                let key = skeleton(&named.mention.name);
                let tally = tallies.entry(key).or_insert_with(|| Tally::new(order));
                tally.add(&named, &line);
            }
        }
        let best = tallies
            .into_values()
            .max_by_key(|tally| (tally.weight, std::cmp::Reverse(tally.order)))?;
        best.agency()
    }

    /// The agency that a website's own title names in full, whatever words its name holds (`กรมส่งเสริมการเกษตร`).
    pub fn titled(title: &str) -> Option<Self> {
        let form = FORMS.iter().find(|form| title.starts_with(form.full))?;
        let name = crate::thai::clean(title);
        (name.chars().count() > form.full.chars().count() + 2).then(|| Self {
            name,
            short_name: String::new(),
            kind: form.kind,
            district: String::new(),
            province: String::new(),
        })
    }

    /// The agency with its kind, told from its name when nobody said it.
    pub fn with_kind(mut self) -> Self {
        if self.kind == AgencyKind::Unknown {
            let name = self.name.clone();
            self.kind = Self::recognise(std::iter::once(name.as_str()))
                .map_or(AgencyKind::Unknown, |told| told.kind);
        }
        self.kind = self.kind_of_province();
        self
    }

    /// Whether a mention is of this agency. Spelling and abbreviation may differ, and the rank may be an older one: a
    /// เทศบาล is called อบต. in its papers of before. An อบต. is no เทศบาล of its name, and neither is one of that
    /// name elsewhere.
    pub fn is(&self, mention: &Mention) -> bool {
        match self.own() {
            Some(own) => self.is_as(&own, mention),
            None => skeleton(&self.name) == skeleton(&mention.name),
        }
    }

    /// The same, with its own name taken apart.
    fn is_as(&self, own: &Mention, mention: &Mention) -> bool {
        let ranked = match (own.rank(), mention.rank()) {
            (Some(now), Some(then)) => then <= now || is_town_by_name(own, mention),
            (None, None) => own.kind == mention.kind,
            _ => false,
        };
        ranked && self.has_place(own, mention)
    }

    /// Whether a mention is of this agency's place and level, whatever rank it gives: what an อบต. is called after it
    /// became a เทศบาล, or its neighbour of the same name.
    pub fn shares_name(&self, mention: &Mention) -> bool {
        self.own().is_some_and(|own| {
            own.rank().is_some() == mention.rank().is_some() && self.has_place(&own, mention)
        })
    }

    /// Whether a mention has this agency's place: the name, and the district and province as far as both are told.
    fn has_place(&self, own: &Mention, mention: &Mention) -> bool {
        if !same_area(&self.district, &mention.district)
            || !same_area(&self.province, &mention.province)
        {
            return false;
        }
        if skeleton(&own.place) == skeleton(&mention.place) {
            return true;
        }
        if is_town_by_name(own, mention) {
            return true;
        }
        // A long tail is the sentence going on; a short one is another place (`หนองข่า`, `หนองข่าน้อย`).
        let (ours, theirs) = (key(&own.place), key(&mention.place));
        let tail = theirs.strip_prefix(&ours).filter(|_| !ours.is_empty());
        tail.is_some_and(|tail| tail.chars().count() > 8 && !tail.starts_with(is_mark))
    }

    /// Whether a text names this agency, in full, abbreviated, or in an older rank.
    pub fn named_in(&self, text: &str) -> bool {
        let Some(own) = self.own() else {
            return skeleton(text).contains(&skeleton(&self.name));
        };
        let named = |text: &str| {
            let mentions = mentions(text);
            mentions.iter().any(|mention| self.is_as(&own, mention))
        };
        // A name may be broken over two lines.
        named(text) || text.contains('\n') && named(&text.replace('\n', ""))
    }

    /// Another agency that the heading of a text names as its owner, or whose officer signs at its end, when neither
    /// names this one: a paper copied from elsewhere. Authorities that papers are sent to or that made the law are no
    /// owners.
    pub fn other_owner(&self, text: &str) -> Option<Mention> {
        let head = thai::head(text, HEADING);
        if self.named_in(head) {
            return None;
        }
        let line = Line::new(head);
        let owner = named(&line, head)
            .into_iter()
            .find(|named| self.is_foreign(named, head) && named.is_owner(&line));
        owner
            .map(|named| named.mention)
            .or_else(|| self.other_signer(text))
    }

    /// Another agency whose head signs at the end of a text that names this one nowhere near.
    fn other_signer(&self, text: &str) -> Option<Mention> {
        let (start, _) = text.char_indices().rev().take(SIGNATURE).last()?;
        let tail = &text[start..];
        let line = Line::new(tail);
        let found = named(&line, tail);
        if self.named_in(tail) {
            return None;
        }
        let signs = |named: &Named| {
            SIGNERS
                .split(' ')
                .any(|office| line.ends_at(named.start, office))
        };
        let mut signer = found
            .into_iter()
            .filter(|named| self.is_foreign(named, tail) && signs(named))
            .map(|named| named.mention)
            .next_back()?;
        signer.span = signer.span.start + start..signer.span.end + start;
        Some(signer)
    }

    /// A mention of an agency of a kind that owns papers like ours, and not ours.
    fn is_foreign(&self, named: &Named, text: &str) -> bool {
        let kind = named.mention.kind;
        let peer = kind == self.kind && self.own().is_some();
        (kind.is_local() || peer || is_house(&named.mention.name))
            && !is_everywhere(&named.mention.name)
            && !self.is_torn(&named.mention, text)
    }

    /// Whether the mention is this agency's name with a space inside: `หนอง ข่า`.
    fn is_torn(&self, mention: &Mention, text: &str) -> bool {
        let Some(own) = self.own().filter(|own| own.kind == mention.kind) else {
            return false;
        };
        let rest = thai::head(&text[mention.span.start..], own.name.chars().count() * 2);
        let begun = skeleton(&own.place).starts_with(&skeleton(&mention.place));
        begun && skeleton(rest).starts_with(&skeleton(&own.name))
    }

    /// The agency's own name, taken apart.
    fn own(&self) -> Option<Mention> {
        let first = mentions(&self.name).into_iter().next()?;
        (first.span.start == 0).then_some(first)
    }
}

/// Kinds of agencies, as far as criteria differ between them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// องค์การบริหารส่วนตำบล.
    Tambon,
    /// เทศบาลตำบล, เทศบาลเมือง, เทศบาลนคร.
    #[serde(alias = "thesaban", alias = "city", alias = "town")]
    Municipality,
    /// องค์การบริหารส่วนจังหวัด.
    #[serde(alias = "pao")]
    Provincial,
    /// กรุงเทพมหานคร, เมืองพัทยา.
    Special,
    /// กระทรวง กรม และส่วนราชการอื่น.
    Central,
    /// รัฐวิสาหกิจ.
    StateEnterprise,
    /// มหาวิทยาลัยและสถาบันอุดมศึกษา.
    University,
    /// องค์การมหาชน หน่วยงานอิสระ กองทุน.
    PublicBody,
    /// Not known.
    #[default]
    #[serde(other)]
    Unknown,
}

impl AgencyKind {
    /// Local government (อปท.): criteria marked `only: "local"` apply.
    pub fn is_local(self) -> bool {
        matches!(
            self,
            Self::Tambon | Self::Municipality | Self::Provincial | Self::Special
        )
    }
}

/// An agency named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What kind of agency.
    pub kind: AgencyKind,
    /// Its full name, also where the text abbreviates it.
    pub name: String,
    /// The name without the word for the kind: `กะลาเส`.
    pub place: String,
    /// The district told right behind it; empty when none is.
    pub district: String,
    /// The province told right behind it; empty when none is.
    pub province: String,
}

impl Mention {
    /// Ranks through which an agency rises: อบต., เทศบาลตำบล, เทศบาลเมือง, เทศบาลนคร.
    fn rank(&self) -> Option<u8> {
        match self.kind {
            AgencyKind::Tambon => Some(0),
            AgencyKind::Municipality if self.name.starts_with("เทศบาลตำบล") => {
                Some(1)
            }
            AgencyKind::Municipality if self.name.starts_with("เทศบาลเมือง") => {
                Some(2)
            }
            AgencyKind::Municipality => Some(3),
            _ => None,
        }
    }

    /// As people shorten it: `อบต.กะลาเส`. Empty where nobody does.
    fn short_name(&self) -> String {
        let form = FORMS.iter().find(|form| self.name.starts_with(form.full));
        match form.map(|form| form.short) {
            Some(short) if !short.is_empty() => format!("{short}{}", self.place),
            _ => String::new(),
        }
    }
}

/// The agencies that a text names, in order: local governments in full or abbreviated, and other bodies in full.
///
/// Thai writes on without spaces, so a name ends at a space, a sign, or a word that names do not hold.
pub fn mentions(text: &str) -> Vec<Mention> {
    let named = named(&Line::new(text), text);
    named.into_iter().map(|named| named.mention).collect()
}

/// Forms by the letters with which they begin, however they are written.
static BY_FIRST: LazyLock<ByFirst<&Form>> =
    LazyLock::new(|| ByFirst::of(&FORMS, |form| [form.full, form.bare, form.short]));

/// How the name of one kind of agency begins.
struct Form {
    /// As it is written in full.
    full: &'static str,
    /// In full, without marks.
    bare: &'static str,
    /// Its abbreviation; empty when there is none.
    short: &'static str,
    kind: AgencyKind,
}

const fn form(
    full: &'static str,
    bare: &'static str,
    short: &'static str,
    kind: AgencyKind,
) -> Form {
    Form {
        full,
        bare,
        short,
        kind,
    }
}

const FORMS: [Form; 31] = [
    form(
        "องค์การบริหารส่วนตำบล",
        "องคการบรหารสวนตาบล",
        "อบต.",
        AgencyKind::Tambon,
    ),
    form(
        "องค์การบริหารส่วนจังหวัด",
        "องคการบรหารสวนจงหวด",
        "อบจ.",
        AgencyKind::Provincial,
    ),
    form("เทศบาลตำบล", "เทศบาลตาบล", "ทต.", AgencyKind::Municipality),
    form("เทศบาลเมือง", "เทศบาลเมอง", "ทม.", AgencyKind::Municipality),
    form("เทศบาลนคร", "เทศบาลนคร", "ทน.", AgencyKind::Municipality),
    // As the head is called: `นายกเทศมนตรีตำบล…`.
    form("เทศบาลตำบล", "เทศมนตรตาบล", "", AgencyKind::Municipality),
    form("เทศบาลเมือง", "เทศมนตรเมอง", "", AgencyKind::Municipality),
    form("เทศบาลนคร", "เทศมนตรนคร", "", AgencyKind::Municipality),
    form("เมืองพัทยา", "เมองพทยา", "", AgencyKind::Special),
    form("มหาวิทยาลัย", "มหาวทยาลย", "", AgencyKind::University),
    form("สถาบันเทคโนโลยี", "สถาบนเทคโนโลย", "", AgencyKind::University),
    form("วิทยาลัย", "วทยาลย", "", AgencyKind::University),
    form("กระทรวง", "กระทรวง", "", AgencyKind::Central),
    form("สำนักงาน", "สานกงาน", "", AgencyKind::Central),
    form("กรม", "กรม", "", AgencyKind::Central),
    form("โรงเรียน", "โรงเรยน", "รร.", AgencyKind::Central),
    form(
        "โรงพยาบาลส่งเสริมสุขภาพตำบล",
        "โรงพยาบาลสงเสรมสขภาพตาบล",
        "รพ.สต.",
        AgencyKind::Central,
    ),
    form("โรงพยาบาล", "โรงพยาบาล", "รพ.", AgencyKind::Central),
    form("สถานีตำรวจภูธร", "สถานตารวจภธร", "สภ.", AgencyKind::Central),
    form(
        "สถานีตำรวจนครบาล",
        "สถานตารวจนครบาล",
        "สน.",
        AgencyKind::Central,
    ),
    form("การรถไฟ", "การรถไฟ", "", AgencyKind::StateEnterprise),
    form("การท่าเรือ", "การทาเรอ", "", AgencyKind::StateEnterprise),
    form("การทางพิเศษ", "การทางพเศษ", "", AgencyKind::StateEnterprise),
    form("การเคหะ", "การเคหะ", "", AgencyKind::StateEnterprise),
    form("การกีฬาแห่ง", "การกฬาแหง", "", AgencyKind::StateEnterprise),
    form("การยางแห่ง", "การยางแหง", "", AgencyKind::StateEnterprise),
    form(
        "การนิคมอุตสาหกรรม",
        "การนคมอตสาหกรรม",
        "",
        AgencyKind::StateEnterprise,
    ),
    form(
        "การท่องเที่ยวแห่ง",
        "การทองเทยวแหง",
        "",
        AgencyKind::StateEnterprise,
    ),
    form("ธนาคาร", "ธนาคาร", "", AgencyKind::StateEnterprise),
    form("การไฟฟ้า", "การไฟฟา", "", AgencyKind::StateEnterprise),
    form("การประปา", "การประปา", "", AgencyKind::StateEnterprise),
];

/// What follows the word for a kind where a text speaks of the kind.
const FILLERS: &str = "ตาม อาจ เมื่อ ต้อง ควร จะ ที่ ใน นี้ นั้น ใด อื่น แห่ง ของ กับ ต่อ จาก ทุก";

/// What follows it where a text tells what the agency does: `มหาวิทยาลัยอบรม…` is no name.
const DEEDS: &str = "อบรม จัด เปิด เข้า มอบ ลงนาม ชี้แจง";

/// A mention with its place among the letters of the line.
struct Named {
    mention: Mention,
    start: usize,
    end: usize,
}

fn named(line: &Line, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < line.letters.len() {
        match read(line, text, i) {
            Some(named) => {
                i = named.end;
                found.push(named);
            }
            None => i += 1,
        }
    }
    found
}

fn read(line: &Line, text: &str, i: usize) -> Option<Named> {
    let (form, after) = BY_FIRST
        .with(line.at(i)?)
        .iter()
        .find_map(|form| Some((form, opened(line, i, form)?)))?;
    let start = line.skip_any(after, 1, &[' ']);
    let end = if form.full == "เมืองพัทยา" {
        after
    } else {
        name_end(line, start)?
    };
    let place = line
        .span(start, end.max(start))
        .map_or("", |span| &text[span]);
    let place = crate::thai::clean(place);
    // A name of one letter is a word cut off (`พ.ศ.`); `สำนักงานเทศบาล…` is the house, not the agency.
    let letters = place.chars().filter(|&c| !is_mark(c)).count();
    let house =
        !form.kind.is_local() && (place.contains("เทศบาล") || place.contains("องค์การบริหาร"));
    let deed = !form.kind.is_local() && DEEDS.split(' ').any(|word| place.starts_with(word));
    let filler = deed || FILLERS.split(' ').any(|word| word == place);
    if end > after && (letters < 2 || house || filler) {
        return None;
    }
    let (district, province) = area(line, text, end);
    Some(Named {
        mention: Mention {
            span: line.span(i, end)?,
            kind: form.kind,
            name: format!("{}{place}", form.full),
            place,
            district,
            province,
        },
        start: i,
        end,
    })
}

/// The district and the province told right behind a name.
fn area(line: &Line, text: &str, end: usize) -> (String, String) {
    let after = |from: usize, words: &[&str]| {
        let at = line.skip_any(from, 4, &[' ', '\n', ',', '-', '–', '(', '·', '|']);
        let word = words.iter().find(|word| line.is_at(at, word))?;
        let start = line.skip_any(at + word.chars().count(), 1, &[' ']);
        let end = name_end(line, start)?;
        let name = crate::thai::clean(line.span(start, end).map_or("", |span| &text[span]));
        Some((name, end))
    };
    let mut at = end;
    if let Some((_, end)) = after(at, &["ตำบล", "ต."]) {
        at = end;
    }
    let district = after(at, &["อำเภอ", "อ.", "เขต"]);
    if let Some((_, end)) = &district {
        at = *end;
    }
    let province = after(at, &["จังหวัด", "จ."]);
    let name = |found: Option<(String, usize)>| found.map(|(name, _)| name).unwrap_or_default();
    (name(district), name(province))
}

/// `เทศบาลเมืองแกลง` for `เทศบาลตำบลเมืองแกลง`.
fn is_town_by_name(own: &Mention, mention: &Mention) -> bool {
    mention.name.starts_with("เทศบาลเมือง")
        && key(&own.place) == key(&format!("เมือง{}", mention.place))
}

/// Whether two names of districts (provinces) can be the same: one is not told, one goes on (`เมือง`, `เมืองตรัง`), or
/// a letter or two were lost.
fn same_area(one: &str, other: &str) -> bool {
    let (one, other) = (skeleton(one), skeleton(other));
    one.starts_with(&other)
        || other.starts_with(&one)
        || strsim::normalized_levenshtein(&one, &other) >= 0.7
}

/// After the word for the kind, when one begins here.
fn opened(line: &Line, i: usize, form: &Form) -> Option<usize> {
    let led = || {
        let letter = |c: char| is_consonant(c) || is_lead(c) || is_mark(c) || "ะาำ".contains(c);
        !line.before(i).is_some_and(letter) || OPENERS.split(' ').any(|word| line.ends_at(i, word))
    };
    if let Some(end) = line.after_bare(i, form.bare) {
        // Short words for central bodies are also ends of other words: `กิจกรรม`, `โปรแกรม`.
        return (form.kind.is_local() || led()).then_some(end);
    }
    let abbreviated = !form.short.is_empty() && line.is_at(i, form.short);
    (abbreviated && led()).then(|| i + form.short.chars().count())
}

/// Words an agency's name may follow without a space.
const OPENERS: &str = "นายก สมาชิก สภา ปลัด ของ จาก ตาม เขต ใน โดย ที่ และ ให้ ต่อ กับ ประกาศ คำสั่ง ระเบียบ ข้อบัญญัติ ติดต่อ กอง งาน เพจ \
    เว็บไซต์ ยินดีต้อนรับสู่ ด้วย";

/// Where a name that begins here ends. `None` when what stands here is no name.
fn name_end(line: &Line, start: usize) -> Option<usize> {
    let mut at = start;
    while at < start + LONGEST_NAME {
        let Some(c) = line.at(at) else { break };
        let letter = is_consonant(c) || is_lead(c) || is_mark(c) || "ะาำฤๅ".contains(c);
        let stop = |words: &ByFirst<&str>| words.with(c).iter().any(|word| line.has_word(at, word));
        if !letter || stop(&STOPS) || at > start && stop(&STOPS_INSIDE) {
            break;
        }
        at += 1;
    }
    // `หนองข่าอ.สิเกา`, `บองอปี ๒๕๖๔`
    if line.at(at) == Some('.') && at > start && line.before(at).is_some_and(is_consonant) {
        at -= 1;
    }
    if at > start + 4 && line.ends_at(at, "ปี") {
        at -= 2;
    }
    (at > start).then_some(at)
}

/// Words that begin no name and stand in none.
static STOPS: LazyLock<ByFirst<&str>> = LazyLock::new(|| {
    let words = "ดังต่อ ดังนี้ ดังกล่าว ใกล้เคียง เมื่อ สามารถ เรื่อง ประจำ โดย ได้ จึง และ หรือ ให้ เป็น เพื่อ ด้วย แล้ว ซึ่ง ไม่ อำเภอ จังหวัด \
    กิ่งอำเภอ หมู่ โทร เลขที่ เทศบาล องค์การ อบต อบจ สภา นายก ปลัด สมาชิก คณะ พนักงาน เจ้าหน้าที่ ประชาชน ประชุม ประกาศ \
    ประสงค์ ประเมิน แผน โครงการ ดำเนิน กำหนด รายงาน พิจารณา เห็นชอบ ถือปฏิบัติ ปฏิบัติ มีความ มีหน้าที่ มีการ มีนโยบาย มีพื้นที่ \
    มีอำนาจ ขอประกาศ ขอราย ขอเชิญ ขอแจ้ง ขอความ ขอให้ ขอเผย ขอแสดง ขอรับ ขอเรียน ขอสรุป ขอนำ จัดทำ จัดซื้อ จัดจ้าง \
    จัดประ จัดกิจ จัดโครง จัดให้ จัดตั้ง จัดงาน จัดเก็บ จัดอบรม จะดำเนิน จะจัด จะได้ จะต้อง ร่วมกับ เข้าร่วม ส่งเสริม ตั้งอยู่ \
    ทั้งหมด ต่าง ทั่ว ขนาด ลงวัน ลงนาม ทุกแห่ง ทุกตำบล ทุกหน่วย ทุกระดับ ระหว่าง เกี่ยวกับ หลักเกณฑ์ พุทธศักราช พระราชบัญญัติ \
    ข้อบัญญัติ งบประมาณ ตามหลัก ตามระเบียบ ตามพระ ตามที่";
    ByFirst::of(words.split(' '), |word| [*word])
});

/// Words that end a name, and that some names begin with (`ในเมือง`, `ขอนแก่น`, `ที่วัง`).
static STOPS_INSIDE: LazyLock<ByFirst<&str>> = LazyLock::new(|| {
    let words = "ของหน่วย ของประ ของจังหวัด ในการ ในปี ในเขต ในด้าน ในพื้นที่ ในฐานะ ในรอบ ในวัน ในช่วง จากการ จากผล จากที่ ตามแผน \
    ตามมาตร ตามนโยบาย แก่ประ แก่ผู้ ว่าด้วย ต่อประ กองคลัง กองช่าง กองการศึก กองสวัส \
    กองสาธา สำนักปลัด สำนักงาน งานพัสดุ ที่ได้ ที่มี ที่ต้อง ที่จะ ทำการ นำโดย";
    ByFirst::of(words.split(' '), |word| [*word])
});

impl Named {
    /// Whether the words before make the agency the owner of the text: it opens a line, or `ประกาศ`, `ของ` leads it.
    fn is_owner(&self, line: &Line) -> bool {
        let mut start = self.start;
        while start > 0 && line.before(start) == Some(' ') {
            start -= 1;
        }
        let opens = matches!(
            line.before(start),
            None | Some('\n' | '-' | '–' | '|' | ':' | '(' | ')' | '"')
        );
        let owned = OWNED.split(' ').any(|word| line.ends_at(start, word));
        let passed = PASSED.split(' ').any(|word| line.ends_at(start, word));
        // A school or a station at the start of a line may be a place on a list.
        let opens = opens && (!is_house(&self.mention.name) || self.stands_alone(line));
        (opens || owned || self.is_titled(line, start)) && !passed
    }

    /// Whether the name closes the title of an agency's own kind of paper, on its line: `คู่มือประชาชน เทศบาลตำบล…`.
    fn is_titled(&self, line: &Line, end: usize) -> bool {
        const LONGEST_TITLE: usize = 80;
        let from = end.saturating_sub(LONGEST_TITLE);
        let start = match line.letters[from..end].iter().rposition(|&c| c == '\n') {
            Some(at) => from + at + 1,
            None if from == 0 => 0,
            None => return false,
        };
        let titled = TITLES.split(' ').any(|word| line.is_at(start, word));
        let aside = ASIDE
            .split(' ')
            .chain(PASSED.split(' '))
            .any(|word| (start..end).any(|at| line.is_at(at, word)));
        let after = line.skip_any(self.end, 2, &[' ']);
        let closed = matches!(line.at(after), None | Some('\n' | '('))
            || ["อำเภอ", "อ.", "จังหวัด", "จ."]
                .iter()
                .any(|word| line.is_at(after, word));
        end < self.start && titled && closed && !aside
    }

    /// Whether the name stands for itself: a title, a masthead, the name above an address.
    fn stands_alone(&self, line: &Line) -> bool {
        let edge = |c: Option<char>| match c {
            None => true,
            Some(c) => matches!(
                c,
                '\n' | '|' | ':' | '-' | '–' | '—' | '»' | '·' | '(' | ')' | '©' | ','
            ),
        };
        let mut before = self.start;
        while before > 0 && line.before(before) == Some(' ') {
            before -= 1;
        }
        let after = line.skip_any(self.end, 2, &[' ']);
        let placed = ["อำเภอ", "อ.", "จังหวัด", "จ.", "เลขที่", "ต.", "เขต"]
            .iter()
            .any(|word| line.is_at(after, word));
        edge(line.before(before)) && (edge(line.at(after)) || placed)
    }
}

/// Words that name what the agency behind them owns.
const OWNED: &str = "ประกาศ คำสั่ง ระเบียบ ข้อบัญญัติ เทศบัญญัติ ของ แผนพัฒนา นโยบาย มาตรการ คู่มือ สำนักงาน ที่ทำการ นายก สภา กองคลัง \
    สำนักปลัด กองช่าง";

/// What papers are called that carry their maker's name behind their own.
const TITLES: &str =
    "คู่มือ แผนพัฒนา แผนปฏิบัติการ แผนดำเนินงาน แผนการดำเนินงาน แผนอัตรากำลัง ข้อบัญญัติ เทศบัญญัติ นโยบาย มาตรการ";

/// Words by which a title speaks of an agency that is not its maker.
const ASIDE: &str = "ดูงาน เยี่ยม ศึกษา ใกล้เคียง เครือข่าย ระหว่าง";

/// Words that make the agency behind them a receiver or a partner.
const PASSED: &str =
    "ส่งให้ เรียนนายก ถึง ต่อ ร่วมกับ กับ จาก เช่น สังกัด ณ ตัวอย่าง ตัวอย่างของ กรณีของ ดูงาน ไปยัง ที่มา: อ้างอิง:";

/// Offices whose holders sign papers.
const SIGNERS: &str = "นายก ปลัด ผู้อำนวยการ ประธานสภา";

/// How far from its end a text is signed, in letters.
const SIGNATURE: usize = 400;

/// Offices whose papers are copied by others: no other agency's site files them as its own.
fn is_house(name: &str) -> bool {
    const HOUSES: [&str; 5] = [
        "สำนักงานเขตพื้นที่",
        "โรงเรียน",
        "วิทยาลัย",
        "โรงพยาบาล",
        "สถานีตำรวจ",
    ];
    HOUSES.iter().any(|house| name.starts_with(house))
}

/// Bodies that every agency's website names: in footers, in laws, as receivers of papers.
fn is_everywhere(name: &str) -> bool {
    const EVERYWHERE: &str = "กระทรวง กรมส่งเสริมการปกครอง กรมการปกครอง กรมบัญชีกลาง กรมที่ดิน กรมอุตุ กรมสรรพากร กรมประชาสัมพันธ์ \
    กรมการพัฒนาชุมชน กรมโยธา สำนักงานคณะกรรมการ สำนักงานป สำนักงานปลัด สำนักงานจังหวัด สำนักงานท้องถิ่น สำนักงานส่งเสริม \
    สำนักงานตำรวจ สำนักงานการตรวจเงิน สำนักงานเขตปกครอง การไฟฟ้า";
    EVERYWHERE.split(' ').any(|body| name.starts_with(body))
}

/// What a site's texts say about one agency.
struct Tally {
    weight: usize,
    order: usize,
    named: Option<Mention>,
    districts: BTreeMap<String, usize>,
    provinces: BTreeMap<String, usize>,
}

impl Tally {
    fn new(order: usize) -> Self {
        Self {
            weight: 0,
            order,
            named: None,
            districts: BTreeMap::new(),
            provinces: BTreeMap::new(),
        }
    }

    fn add(&mut self, named: &Named, line: &Line) {
        self.weight += if named.stands_alone(line) { 3 } else { 1 };
        self.named.get_or_insert_with(|| named.mention.clone());
        let Mention {
            district, province, ..
        } = &named.mention;
        if !district.is_empty() {
            *self.districts.entry(district.clone()).or_default() += 1;
        }
        if !province.is_empty() {
            *self.provinces.entry(province.clone()).or_default() += 1;
        }
    }

    fn agency(self) -> Option<Agency> {
        let most = |counts: BTreeMap<String, usize>| {
            let best = counts.into_iter().rev().max_by_key(|(_, count)| *count);
            best.map(|(name, _)| name).unwrap_or_default()
        };
        let named = self.named?;
        let mut province = most(self.provinces);
        if named.kind == AgencyKind::Provincial && province.is_empty() {
            province.clone_from(&named.place);
        }
        Some(Agency {
            short_name: named.short_name(),
            kind: named.kind,
            district: most(self.districts),
            province,
            name: named.name,
        })
    }
}

impl AgencyKind {
    /// How the position of the highest executive begins.
    pub fn head_titles(self) -> &'static [&'static str] {
        match self {
            Self::Tambon | Self::Municipality | Self::Provincial | Self::Special => &[
                "นายกองค์การ",
                "นายก อบ",
                "นายกอบ",
                "นายกเทศมนตรี",
                "นายกเมือง",
                "ผู้ว่าราชการกรุงเทพ",
                "นายกฯ",
            ],
            Self::Central => &[
                "อธิบดี",
                "ปลัดกระทรวง",
                "ปลัดสำนัก",
                "เลขาธิการ",
                "ผู้อำนวยการสำนักงาน",
                "ผู้บัญชาการ",
                "ผู้ว่าราชการ",
            ],
            Self::StateEnterprise => {
                &["ผู้ว่าการ", "กรรมการผู้จัดการ", "ผู้อำนวยการ", "ประธานเจ้าหน้าที่บริหาร"]
            }
            Self::University => &["อธิการบดี", "ผู้อำนวยการ"],
            Self::PublicBody => &["ผู้อำนวยการ", "เลขาธิการ", "ผู้จัดการ"],
            Self::Unknown => &[
                "นายกองค์การ",
                "นายก อบ",
                "นายกอบ",
                "นายกเทศมนตรี",
                "อธิบดี",
                "เลขาธิการ",
                "ผู้ว่าการ",
                "อธิการบดี",
                "ผู้อำนวยการ",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agency(name: &str) -> Agency {
        Agency::from_json(&format!(r#"{{"name": "{name}"}}"#)).expect("an agency")
    }

    #[test]
    fn a_site_title_is_a_whole_name() {
        let told = Agency::titled("กรมส่งเสริมการเกษตร").unwrap();
        assert_eq!(
            (told.name.as_str(), told.kind),
            ("กรมส่งเสริมการเกษตร", AgencyKind::Central)
        );
        assert!(Agency::titled("หน้าแรก").is_none());
        assert!(Agency::titled("กรม").is_none());
    }

    #[test]
    fn what_an_agency_does_is_no_name() {
        assert!(mentions("มหาวิทยาลัยอบรมจริยธรรมแก่บุคลากร").is_empty());
        assert_eq!(mentions("มหาวิทยาลัยบ้านดี").len(), 1);
    }

    #[test]
    fn the_name_tells_the_kind() {
        let mut agency = Agency::titled("เทศบาลตำบลบ้านดี").unwrap();
        agency.kind = AgencyKind::Unknown;
        assert_eq!(agency.with_kind().kind, AgencyKind::Municipality);
        let province = self::agency("จังหวัดตรัง");
        assert_eq!(province.kind, AgencyKind::Central);
        // The offices of a province publish on its website.
        assert!(
            province
                .other_owner("ประกาศสำนักงานพาณิชย์จังหวัดตรัง\nเรื่อง")
                .is_none()
        );
        assert_eq!(self::agency("ชมรมจังหวัดตรัง").kind, AgencyKind::Unknown);
    }

    #[test]
    fn an_agency_is_read_from_its_file() {
        let agency = Agency::from_json(
            r#"{"id": "x", "name": "องค์การบริหารส่วนตําบลกะลาเส", "type": "tambon", "amphoe": "สิเกา",
                "province": "ตรัง", "home": "/", "years": [2564]}"#,
        )
        .expect("an agency");
        assert_eq!(agency.name, "องค์การบริหารส่วนตำบลกะลาเส");
        assert_eq!(agency.short_name, "อบต.กะลาเส");
        assert_eq!(
            (agency.kind, agency.district.as_str()),
            (AgencyKind::Tambon, "สิเกา")
        );
        assert_eq!(self::agency("เทศบาลนครขอนแก่น").short_name, "ทน.ขอนแก่น");
        assert_eq!(
            self::agency("มหาวิทยาลัยราชภัฏสงขลา").kind,
            AgencyKind::University
        );
        assert!(Agency::from_json(r#"{"name": " "}"#).is_err());
        assert!(Agency::from_json("[]").is_err());
    }

    #[test]
    fn names_end_where_the_sentence_goes_on() {
        for (text, name) in [
            (
                "องค์การบริหารส่วนตำบลกะลาเสมีความประสงค์จะจ้าง",
                "องค์การบริหารส่วนตำบลกะลาเส",
            ),
            (
                "องค์การบริหารส่วนตำบลบองอปี พ.ศ. ๒๕๖๔",
                "องค์การบริหารส่วนตำบลบองอ",
            ),
            (
                "องค์การบริหารส่วนตําบลขอนหาดได้ดำเนินการ",
                "องค์การบริหารส่วนตำบลขอนหาด",
            ),
            ("เทศบาลนครขอนแก่น อำเภอเมือง", "เทศบาลนครขอนแก่น"),
            ("เทศบาลตำบลในเมืองเรื่อง แผน", "เทศบาลตำบลในเมือง"),
            ("เทศบาลตำบลเชียงของจึงประกาศ", "เทศบาลตำบลเชียงของ"),
            ("เทศบาลตำบลแม่จะเราขอประกาศ", "เทศบาลตำบลแม่จะเรา"),
            ("อบต.หนองข่าอ.เกษตรสมบูรณ์", "องค์การบริหารส่วนตำบลหนองข่า"),
            ("นายกอบต.หนองข่า", "องค์การบริหารส่วนตำบลหนองข่า"),
            ("ทต. บ้านใหม่ริมธาร", "เทศบาลตำบลบ้านใหม่ริมธาร"),
            (
                "ขององค์การบริหารส่วน\nตำบลหนองข่า\nเรื่อง",
                "องค์การบริหารส่วนตำบลหนองข่า",
            ),
            ("องคการบริหารสวนตําบลกะลาเส", "องค์การบริหารส่วนตำบลกะลาเส"),
            ("เทศบาลเมืองชัยมงคลจัดโครงการ", "เทศบาลเมืองชัยมงคล"),
            ("องค์การบริหารส่วนจังหวัดตรัง", "องค์การบริหารส่วนจังหวัดตรัง"),
            ("โดย มหาวิทยาลัยราชภัฏสวนดุสิต", "มหาวิทยาลัยราชภัฏสวนดุสิต"),
            ("สำนักงานเทศบาลตำบลโพนงาม", "เทศบาลตำบลโพนงาม"),
        ] {
            let names: Vec<String> = mentions(text)
                .into_iter()
                .map(|mention| mention.name)
                .collect();
            assert_eq!(names, [name], "{text}");
        }
    }

    #[test]
    fn words_for_kinds_alone_name_nobody() {
        for text in [
            "พระราชบัญญัติสภาตำบลและองค์การบริหารส่วนตำบล พ.ศ. 2537",
            "เทศบาลตำบล เทศบาลเมือง และเทศบาลนคร",
            "อบต./เทศบาลพบประชาชน",
            "พื้นที่รับผิดชอบ ต.หนองข่า",
            "ตรวจสอบต.ท่าข้าม",
            "กิจกรรมโปรแกรมอบรม",
            "สมาชิกสภาองค์การบริหารส่วนตำบล หมู่ที่ 5",
            "องค์การบริหารส่วนตำบลและเทศบาล",
            "การบริหารงานบุคคลขององค์การบริหารส่วนตำบล ลงวันที่ 24 ตุลาคม 2545",
            "องค์การบริหารส่วนตำบล ทุกแห่ง",
            "เทศบาลตำบล พุทธศักราช 2496",
            "องค์การบริหารส่วนตำบล ตามหลักเกณฑ์",
            "องค์การบริหารส่วนตำบลอาจ ทำกิจการ ให้องค์การบริหารส่วนตำบลใกล้เคียงดังต่อไปนี้",
            "",
        ] {
            let names: Vec<String> = mentions(text)
                .into_iter()
                .map(|mention| mention.name)
                .collect();
            assert!(names.is_empty(), "{text}: {}", names.join(", "));
        }
    }

    #[test]
    fn a_mention_is_ours_by_its_place() {
        let ours = agency("องค์การบริหารส่วนตำบลหนองข่า");
        for (text, is) in [
            ("อบต.หนองข่า", true),
            ("องค์การบริหารสวนตําบลหนองขา", true),
            ("เทศบาลตำบลหนองข่า", false),
            ("องค์การบริหารส่วนตำบลหนองข่ายังคงยึดมั่นในคุณธรรม", true),
            ("อบต.หนองข่าน้อย", false),
            ("อบต.หนองขาม", false),
            ("องค์การบริหารส่วนจังหวัดหนองข่า", false),
            ("เทศบาลตำบลโพนงาม", false),
        ] {
            let mention = &mentions(text)[0];
            assert_eq!(ours.is(mention), is, "{text}");
            assert_eq!(ours.named_in(text), is, "{text}");
        }
        assert!(ours.named_in("ตามที่องค์การบริหารส่วนตำบลหนอง\nข่า ได้"));
        assert!(!ours.named_in("ตำบลหนองข่า"));
    }

    #[test]
    fn a_copied_paper_names_its_owner() {
        let ours = agency("องค์การบริหารส่วนตำบลหนองข่า");
        let owner = |text: &str| {
            let other = ours.other_owner(text);
            other.map(|other| other.name).unwrap_or_default()
        };
        assert_eq!(
            owner("ประกาศเทศบาลตำบลโพนงาม\nเรื่อง แผนการจัดซื้อจัดจ้าง"),
            "เทศบาลตำบลโพนงาม"
        );
        assert_eq!(
            owner("คู่มือปฏิบัติงาน\nองค์การบริหารส่วนตำบลบ้านแจ้ง\nอำเภอ"),
            "องค์การบริหารส่วนตำบลบ้านแจ้ง"
        );
        assert_eq!(
            owner("คู่มือประชาชน เทศบาลตำบลโพนงาม อำเภอโพนงาม จังหวัดเลย\nงานทะเบียน"),
            "เทศบาลตำบลโพนงาม"
        );
        assert_eq!(owner("แผนปฏิบัติการของ อบต.ท่าสัก"), "องค์การบริหารส่วนตำบลท่าสัก");
        assert!(
            owner("คู่มือการจัดการเรื่องร้องเรียน\nสำนักงานเขตพื้นที่การศึกษาประถมศึกษาชัยภูมิ เขต 1")
                .starts_with("สำนักงานเขตพื้นที่การศึกษา")
        );
        for text in [
            "ประกาศองค์การบริหารส่วนตำบลหนองข่า เรื่อง ตามที่เทศบาลตำบลโพนงาม",
            "ประกาศ อบต.หนองข่า ส่งให้อำเภอและเทศบาลตำบลโพนงาม",
            "รายงานการประชุมร่วมกับเทศบาลตำบลโพนงาม",
            "ประกาศกระทรวงมหาดไทย เรื่อง",
            "หนังสือกรมส่งเสริมการปกครองท้องถิ่น",
            "สำนักงาน ป.ป.ช. ประจำจังหวัดชัยภูมิ",
            "รายงานผลสำรวจความพึงพอใจ\nโดย\nมหาวิทยาลัยราชภัฏชัยภูมิ",
            "ประกาศคณะกรรมการพนักงานส่วนตำบลจังหวัดชัยภูมิ",
            "แผนการจัดซื้อจัดจ้าง ประจำปี 2564",
            "ประกาศองค์การบริหารส่วนตำบลหนอง ข่า เรื่อง แผนการจัดหาพัสดุ",
            "ประกาศองคก์ ารบรหิ ารสว่ นตาํบลหนองขา่ เรื่อง แผน",
            "สถานที่จัดกิจกรรม\nโรงเรียนบ้านหนองแวง ห้องประชุม\nโรงเรียนบ้านโคก หอประชุม",
            "แผนพัฒนา ตามตัวอย่างของเทศบาลตำบลโพนงาม",
            "รายงานการศึกษาดูงาน ณ เทศบาลตำบลโพนงาม",
            "คู่มือการศึกษาดูงาน เทศบาลตำบลโพนงาม\nกำหนดการ",
            "คู่มือประชาชน ใช้ร่วมกับ เทศบาลตำบลโพนงาม",
            "มาตรการป้องกันน้ำท่วม เทศบาลตำบลโพนงาม และตำบลท่าสัก เป็นพื้นที่เสี่ยง",
            "รายชื่อตลาดสด\nตลาดโพนงาม เทศบาลตำบลโพนงาม จังหวัดเลย",
        ] {
            assert_eq!(owner(text), "", "{text}");
        }
    }

    #[test]
    fn who_signs_a_paper_without_a_letterhead_owns_it() {
        let ours = agency("องค์การบริหารส่วนตำบลหนองข่า");
        let body = "แผนปฏิบัติการป้องกันการทุจริต ".repeat(40);
        let owner = |end: &str| {
            ours.other_owner(&format!("{body}\n{end}"))
                .map(|other| other.name)
        };
        assert_eq!(
            owner("(นายใจดี รักชาติ)\nนายกเทศมนตรีตำบลโพนงาม").as_deref(),
            Some("เทศบาลตำบลโพนงาม")
        );
        assert_eq!(owner("(นายใจดี รักชาติ)\nนายกองค์การบริหารส่วนตำบลหนองข่า"), None);
        assert_eq!(owner("ส่งสำเนาให้เทศบาลตำบลโพนงาม"), None);
        assert_eq!(
            owner("นายกเทศมนตรีตำบลโพนงาม ผู้ให้\nนายกองค์การบริหารส่วนตำบลหนองข่า ผู้รับ"),
            None
        );
    }

    #[test]
    fn the_same_name_elsewhere_is_another_agency() {
        let ours = Agency::from_json(
            r#"{"name": "เทศบาลตำบลหนองข่า", "amphoe": "เกษตรสมบูรณ์", "province": "ชัยภูมิ"}"#,
        )
        .unwrap();
        for (text, is) in [
            ("เทศบาลตำบลหนองข่า อำเภอเกษตรสมบูรณ์ จังหวัดชัยภูมิ", true),
            ("ทต.หนองข่า อ.เกษตรสมบูรณ จ.ชัยภูม", true),
            ("องค์การบริหารส่วนตำบลหนองข่า", true),
            ("องค์การบริหารส่วนตำบลหนองข่า อำเภอเมือง จังหวัดตรัง", false),
            ("เทศบาลตำบลหนองข่า อำเภอปทุมรัตต์", false),
            ("เทศบาลตำบลหนองข่า จังหวัดอุดรธานี", false),
            ("เทศบาลเมืองหนองข่า", false),
        ] {
            assert_eq!(ours.is(&mentions(text)[0]), is, "{text}");
        }
        let risen = agency("เทศบาลตำบลเมืองแกลง");
        assert!(risen.is(&mentions("เทศบาลเมืองแกลง")[0]));
    }

    #[test]
    fn names_of_many_kinds_are_read() {
        for (text, name) in [
            ("นายกเทศมนตรีตำบลโพนงาม", "เทศบาลตำบลโพนงาม"),
            ("ผอ.รร.บ้านหนองแวง", "โรงเรียนบ้านหนองแวง"),
            ("รพ.สต.บ้านโคก", "โรงพยาบาลส่งเสริมสุขภาพตำบลบ้านโคก"),
            ("การรถไฟแห่งประเทศไทย", "การรถไฟแห่งประเทศไทย"),
            ("สภ.เกษตรสมบูรณ์", "สถานีตำรวจภูธรเกษตรสมบูรณ์"),
        ] {
            let names: Vec<String> = mentions(text).into_iter().map(|it| it.name).collect();
            assert_eq!(names, [name], "{text}");
        }
    }

    #[test]
    fn the_owner_of_a_site_is_named_most() {
        let texts = [
            "ข่าวประชาสัมพันธ์ :: องค์การบริหารส่วนตำบลกะลาเส อำเภอสิเกา จังหวัดตรัง",
            "องค์การบริหารส่วนตำบลกะลาเส\nอ.สิเกา จ.ตรัง",
            "ศึกษาดูงาน ณ เทศบาลตำบลโพนงาม",
            "กรมส่งเสริมการปกครองท้องถิ่น\nสำนักงาน ป.ป.ช.",
            "กรมส่งเสริมการปกครองท้องถิ่น\nสำนักงาน ป.ป.ช.",
            "กรมส่งเสริมการปกครองท้องถิ่น\nสำนักงาน ป.ป.ช.",
        ];
        let agency = Agency::recognise(texts.into_iter()).expect("an agency");
        assert_eq!(agency.name, "องค์การบริหารส่วนตำบลกะลาเส");
        assert_eq!(agency.short_name, "อบต.กะลาเส");
        assert_eq!(
            (agency.district.as_str(), agency.province.as_str()),
            ("สิเกา", "ตรัง")
        );
        let school = Agency::recognise(["มหาวิทยาลัยราชภัฏสงขลา | หน้าแรก"].into_iter());
        assert_eq!(
            school.map(|agency| agency.kind),
            Some(AgencyKind::University)
        );
        assert_eq!(Agency::recognise(["หน้าแรก", "ข่าว"].into_iter()), None);
    }

    proptest::proptest! {
        #[test]
        fn reading_names_never_panics(text in r"((องค์การบริหารส่วนตำบล|อบต\.|เทศบาลเมือง|กรม|อำเภอ|จังหวัด|ประกาศ|ปี|หนอง|ข่า|ได้| |\n|\.){0,10}|\PC{0,30})") {
            let ours = agency("เทศบาลตำบลหนองข่า");
            ours.other_owner(&text);
            let recognised = Agency::recognise(std::iter::once(text.as_str()));
            for mention in mentions(&text) {
                proptest::prop_assert!(text.get(mention.span.clone()).is_some());
                ours.is(&mention);
            }
            proptest::prop_assert!(recognised.is_none_or(|agency| !agency.name.is_empty()));
        }
    }
}
