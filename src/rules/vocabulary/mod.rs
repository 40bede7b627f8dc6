//! The words rules are written in: what a script may ask of a site, and how it answers.
//!
//! Rules never receive a page's text, only ask about it: matching is native and bounded by what it searches. A file holds
//! the words about one kind of thing; the comments of the words become `vocabulary.d.rhai` and the handbook.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "Rhai exports the functions of a module that are `pub`, and its macro's glue unwraps what it has just checked"
)]

mod answers;
mod contacts;
mod fields;
mod forms;
mod people;
mod places;
mod shown;
mod site;
mod tables;
mod text;
mod when;
mod year;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, RwLock};

use rhai::{Array, Dynamic, Engine, EvalAltResult, FuncRegistration, ImmutableString, Variant};

use super::sandbox::spend;
use super::words::{Word, words_of};
use crate::site::{PlaceId, Site, Spot};
use crate::thai::Needle;

pub use answers::Answer;
pub use places::Places;
pub use shown::Seen;
pub use site::SiteView;

/// Makes the vocabulary known to an engine.
pub fn register(engine: &mut Engine) {
    site::register(engine);
    year::register(engine);
    places::register(engine);
    when::register(engine);
    fields::register(engine);
    contacts::register(engine);
    people::register(engine);
    forms::register(engine);
    tables::register(engine);
    text::register(engine);
    answers::register(engine);
}

/// Every word of the vocabulary that is the host's own (the language's are in its own manual), sorted.
pub fn words() -> Vec<Word> {
    let mut engine = super::sandbox::engine();
    let language = words_of(&engine);
    register(&mut engine);
    let mut words = words_of(&engine);
    words.retain(|word| language.binary_search(word).is_err());
    words
}

type Fallible<T> = Result<T, Box<EvalAltResult>>;

fn mistake<T>(message: impl Into<String>) -> Fallible<T> {
    Err(message.into().into())
}

/// Things that places show, each with its place: people, forms, tables, leaders.
#[derive(Clone)]
struct Shown<T> {
    site: Arc<Site>,
    /// Shared: a script may copy it again and again.
    list: Arc<Vec<(PlaceId, T)>>,
}

impl<T: Clone> Shown<T> {
    fn new(site: &Arc<Site>, list: Vec<(PlaceId, T)>) -> Self {
        spend(list.len());
        Self {
            site: site.clone(),
            list: Arc::new(list),
        }
    }

    fn keep(&self, test: impl Fn(&T) -> bool) -> Self {
        pay_search(self.list.len());
        let list = self.list.iter().filter(|(_, thing)| test(thing));
        Self::new(&self.site, list.cloned().collect())
    }
}

/// Something that a place shows.
trait Thing {
    /// Where exactly it stands, when that is known.
    fn spot(&self) -> Option<&Spot> {
        None
    }
}

/// What a script may count.
trait Many: Variant + Clone {
    fn count(&self) -> usize;
}

impl<T> Many for Shown<T>
where
    Self: Variant + Clone,
{
    fn count(&self) -> usize {
        self.list.len()
    }
}

/// Registers a type under its name, with `len` and `is_empty`.
fn register_many<T: Many>(engine: &mut Engine, name: &str) {
    engine.register_type_with_name::<T>(name);
    FuncRegistration::new_getter("len")
        .with_comments(["/// จำนวน"])
        .register_into_engine(engine, |many: &mut T| many.count() as i64);
    FuncRegistration::new_getter("is_empty")
        .with_comments(["/// ไม่มีเลย"])
        .register_into_engine(engine, |many: &mut T| many.count() == 0);
}

/// Comparisons of two things that one step of a script pays for.
const PAIRS: usize = 512;

thread_local! {
    /// How many words were asked for since the last search.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// Takes the fuel of a search through so many texts for the words that were last asked for: a script pays for what the
/// host does for it.
fn pay_search(texts: usize) {
    /// Searches that one step pays for.
    const SEARCHES: usize = 16;
    let asked = ASKED.replace(0).div_ceil(SEARCHES).max(1);
    spend(texts.saturating_mul(asked));
}

/// Needles by their words: a pack asks for the same few hundred again and again.
static NEEDLES: LazyLock<RwLock<BTreeMap<ImmutableString, Arc<Needle>>>> =
    LazyLock::new(Default::default);
/// … and a hostile rule must not fill the memory with them.
const NEEDLES_MAX: usize = 20_000;
/// Longest words to look for, bytes: making them ready takes the square of it. The longest title has a fifth.
pub const NEEDLE_BYTES: usize = 2_000;

/// Words: one text, or a list of texts (lists inside lists are opened).
fn needles(words: &Dynamic) -> Fallible<Vec<Arc<Needle>>> {
    /// Bytes of a word that one step of a script pays for: a long one takes long to be made ready.
    const BYTES: usize = 8;
    let mut found = Vec::new();
    let mut stack = vec![words.clone()];
    while let Some(word) = stack.pop() {
        if let Some(list) = word.clone().try_cast::<Array>() {
            stack.extend(list.into_iter().rev());
        } else if let Ok(text) = word.clone().into_immutable_string() {
            if text.len() > NEEDLE_BYTES {
                return mistake("คำที่ค้นหายาวเกินไป ให้ใช้คำหรือวลีสั้น ๆ");
            }
            spend(1 + text.len() / BYTES);
            found.push(needle(text));
        } else {
            return mistake(format!(
                "คำที่ค้นหาต้องเป็นข้อความหรือรายการข้อความ แต่ได้ {}",
                word.type_name()
            ));
        }
    }
    ASKED.set(found.len());
    if found.is_empty() {
        mistake("รายการคำที่ค้นหาว่างเปล่า ให้ใส่อย่างน้อยหนึ่งคำ")
    } else {
        Ok(found)
    }
}

fn needle(text: ImmutableString) -> Arc<Needle> {
    if let Some(needle) = NEEDLES
        .read()
        .ok()
        .and_then(|known| known.get(&text).cloned())
    {
        return needle;
    }
    let needle = Arc::new(Needle::parse(&text));
    if let Ok(mut known) = NEEDLES.write()
        && known.len() < NEEDLES_MAX
    {
        known.insert(text, needle.clone());
    }
    needle
}
