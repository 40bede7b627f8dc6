//! Thai text: every damage met on real sites, in files that anybody can add to (`tests/thai/README.md`), and what must
//! hold for all text and for all words of the shipped rules.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use prongsai::thai::{Needle, Text, clean, key, repair_mojibake, skeleton};
use proptest::prelude::*;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Lines of a table of three columns, with the letters that editors hide put in.
fn table(name: &str) -> Vec<[String; 3]> {
    let path = repository().join("tests/thai").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(shown).collect();
            cells
                .try_into()
                .unwrap_or_else(|_| panic!("{name}: three columns, please: {line}"))
        })
        .collect()
}

/// `<NBSP>` and its like as the letters they stand for.
fn shown(cell: &str) -> String {
    let mut out = String::new();
    let mut rest = cell;
    while let Some((before, after)) = rest.split_once('<') {
        let (name, tail) = after.split_once('>').unwrap();
        out.push_str(before);
        out.push(match name {
            "NBSP" => '\u{A0}',
            "ZWSP" => '\u{200B}',
            "SHY" => '\u{AD}',
            "FFFD" => '\u{FFFD}',
            "NL" => '\n',
            "TAB" => '\t',
            code => {
                let code = code
                    .strip_prefix("U+")
                    .unwrap_or_else(|| panic!("<{code}>?"));
                char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap()
            }
        });
        rest = tail;
    }
    out + rest
}

/// As a reader of pages and files hands it on: character sets put right, the rest as it is.
fn read(raw: &str) -> Text {
    Text::new(repair_mojibake(raw).unwrap_or_else(|| raw.to_owned()))
}

#[test]
fn damaged_words_are_found() {
    let rows = table("found.tsv");
    assert!(rows.len() > 80);
    let lost: Vec<String> = rows
        .iter()
        .filter(|[raw, word, _]| !read(raw).has(&Needle::parse(word)))
        .map(|[raw, word, source]| format!("{word} in {raw} ({source})"))
        .collect();
    assert!(lost.is_empty(), "not found:\n{}", lost.join("\n"));
}

#[test]
fn other_words_are_not_found() {
    let rows = table("apart.tsv");
    assert!(rows.len() > 20);
    let merged: Vec<String> = rows
        .iter()
        .filter(|[raw, word, _]| read(raw).has(&Needle::parse(word)))
        .map(|[raw, word, why]| format!("{word} in {raw} ({why})"))
        .collect();
    assert!(merged.is_empty(), "found:\n{}", merged.join("\n"));
}

#[test]
fn a_quotation_is_repaired_where_there_is_no_doubt() {
    for [raw, wanted, what] in table("clean.tsv") {
        assert_eq!(clean(&raw), wanted, "{what}");
    }
}

/// Every word that a shipped rule looks for: the parts of its texts, what it tells people left out.
fn vocabulary() -> BTreeSet<String> {
    const LONGEST: usize = 40;
    let mut words = BTreeSet::new();
    for file in scripts(&repository().join("rules")) {
        for text in texts(&std::fs::read_to_string(file).unwrap()) {
            let parts = text.split('+').map(str::trim);
            let thai = |word: &&str| word.chars().any(|c| ('ก'..='ฮ').contains(&c));
            let short = |word: &&str| word.chars().count() <= LONGEST && !word.contains('{');
            words.extend(parts.filter(thai).filter(short).map(str::to_owned));
        }
    }
    words
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(scripts(&path));
        } else if path.extension().is_some_and(|end| end == "rhai") {
            found.push(path);
        }
    }
    found
}

/// What stands in double quotes outside comments.
fn texts(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let told = |line: &&str| {
        let keys = [
            "title:",
            "source:",
            "asks:",
            "fix:",
            "owner:",
            "period:",
            "follow_up:",
            "#{ id:",
        ];
        !keys.iter().any(|key| line.trim_start().starts_with(key))
    };
    for line in script.lines().filter(told) {
        let mut text: Option<String> = None;
        let mut letters = line.chars().peekable();
        while let Some(c) = letters.next() {
            match (c, &mut text) {
                ('"', Some(_)) => found.extend(text.take()),
                ('"', None) => text = Some(String::new()),
                (c, Some(text)) => text.push(c),
                ('/', None) if letters.peek() == Some(&'/') => break,
                _ => {}
            }
        }
    }
    found
}

/// Pairs of words of which one is found in the other although it is not written there.
fn merged(
    words: &BTreeSet<String>,
    found: impl Fn(&Text, &Needle) -> bool,
) -> BTreeMap<&str, Vec<&str>> {
    let plain = |word: &str| {
        clean(word)
            .split_whitespace()
            .collect::<String>()
            .to_lowercase()
    };
    let texts: Vec<(String, Text)> = words
        .iter()
        .map(|word| (plain(word), Text::new(word.as_str())))
        .collect();
    let mut pairs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for word in words {
        let (written, needle) = (plain(word), Needle::parse(word));
        let others = words.iter().zip(&texts);
        let hits =
            others.filter(|(_, (other, text))| !other.contains(&written) && found(text, &needle));
        pairs
            .entry(word)
            .or_default()
            .extend(hits.map(|(other, _)| other.as_str()));
    }
    pairs.retain(|_, others| !others.is_empty());
    pairs
}

#[test]
fn no_two_words_of_the_rules_are_merged() {
    let words = vocabulary();
    assert!(words.len() > 1000 && words.contains("ทุจริต") && words.contains("สุจริต"));
    let allowed = table("alike.tsv");
    let known = |one: &str, other: &str| {
        let same = |a: &str, b: &str| a == one && other.contains(b);
        let is = |row: &[String; 3]| same(&row[0], &row[1]) || same(&row[1], &row[0]);
        allowed
            .iter()
            .any(|row| is(row) && !row[2].trim().is_empty())
    };
    let mut wrong = Vec::new();
    for (how, pairs) in [
        ("read", merged(&words, Text::has)),
        (
            "OCR",
            merged(&words, |text, needle| text.find_near(needle).is_some()),
        ),
    ] {
        for (one, others) in pairs {
            let others = others.into_iter().filter(|other| !known(one, other));
            wrong.extend(others.map(|other| format!("{one}\t{other}\t({how})")));
        }
    }
    assert!(
        wrong.is_empty(),
        "found in one another:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_test_of_merged_words_sees_a_merger() {
    let words = BTreeSet::from(["การทุจริต", "ความสุจริต", "แผน"].map(str::to_owned));
    assert!(merged(&words, Text::has).is_empty());
    let careless = |text: &Text, needle: &Needle| {
        let tail = |word: &str| skeleton(word).chars().rev().take(3).collect::<String>();
        tail(text.as_str()) == tail(needle.as_str())
    };
    let pairs = merged(&words, careless);
    assert_eq!(pairs["การทุจริต"], ["ความสุจริต"]);
}

fn is_consonant(c: char) -> bool {
    ('ก'..='ฮ').contains(&c)
}

fn is_mark(c: char) -> bool {
    matches!(c, 'ั' | 'ิ'..='ฺ' | '็'..='\u{E4E}')
}

type Damage = fn(&str) -> String;

fn between(word: &str, what: &str) -> String {
    let mut out = String::new();
    for c in word.chars() {
        let opens =
            is_consonant(c) && !out.is_empty() && !out.ends_with(|c| matches!(c, 'เ'..='ไ'));
        if opens {
            out.push_str(what);
        }
        out.push(c);
    }
    out
}

/// Marks drawn a letter late, with the space that readers put behind them.
fn slid(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < letters.len() {
        let marks = letters[at + 1..]
            .iter()
            .take_while(|c| is_mark(**c))
            .count();
        let next = at + 1 + marks;
        let bare = letters.get(next).is_some_and(|&c| is_consonant(c))
            && !letters
                .get(next + 1)
                .is_some_and(|&c| is_mark(c) || c == 'ำ');
        if is_consonant(letters[at]) && marks > 0 && bare {
            out.push(letters[at]);
            out.push(letters[next]);
            out.extend(&letters[at + 1..next]);
            out.push(' ');
            at = next + 1;
        } else {
            out.push(letters[at]);
            at += 1;
        }
    }
    out
}

/// Damage after which every word is still found.
const ANY_WORD: [(&str, Damage); 15] = [
    ("sara am in two letters", |word| word.replace('ำ', "ํา")),
    ("sara am doubled", |word| word.replace('ำ', "ำา")),
    ("sara am behind a lost letter", |word| {
        word.replace('ำ', "\u{FFFD}ำ")
    }),
    ("แ as เเ", |word| word.replace('แ', "เเ")),
    ("spaces", |word| between(word, " ")),
    ("no-break spaces", |word| between(word, "\u{A0}")),
    ("zero-width spaces", |word| between(word, "\u{200B}")),
    ("soft hyphens", |word| between(word, "\u{AD}")),
    ("line breaks", |word| between(word, "\n")),
    ("raised variants", |word| {
        let raised = |c: char| match c {
            '่'..='์' => char::from_u32(c as u32 - 0xE48 + 0xF70A).unwrap(),
            'ิ'..='ื' => char::from_u32(c as u32 - 0xE34 + 0xF701).unwrap(),
            c => c,
        };
        word.chars().map(raised).collect()
    }),
    ("marks twice", |word| {
        word.chars()
            .flat_map(|c| std::iter::repeat_n(c, 1 + usize::from(is_mark(c))))
            .collect()
    }),
    ("entities", |word| {
        word.chars()
            .map(|c| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    format!("&#{};", c as u32)
                }
            })
            .collect()
    }),
    ("escapes", |word| {
        word.chars()
            .map(|c| {
                if c.is_ascii() {
                    c.to_string()
                } else {
                    format!("\\u{:04x}", c as u32)
                }
            })
            .collect()
    }),
    ("Thai digits", |word| {
        let thai = |c: char| {
            c.to_digit(10)
                .map_or(c, |n| char::from_u32('๐' as u32 + n).unwrap())
        };
        word.chars().map(thai).collect()
    }),
    ("marks slid", slid),
];

/// Damage that takes letters away or changes them: only long words are still told apart.
const LONG_WORD: [(&str, Damage); 6] = [
    ("sara am lost", |word| word.replace('ำ', "า")),
    ("sara am for aa", |word| word.replace('า', "ำ")),
    ("tones lost", |word| {
        word.chars().filter(|c| !matches!(c, '่'..='์')).collect()
    }),
    ("all marks lost", |word| {
        word.chars().filter(|c| !is_mark(*c)).collect()
    }),
    ("marks as spaces", |word| {
        word.chars()
            .map(|c| if is_mark(c) { ' ' } else { c })
            .collect()
    }),
    ("a letter lost for every mark", |word| {
        word.chars()
            .map(|c| if is_mark(c) { '\u{FFFD}' } else { c })
            .collect()
    }),
];

/// A text with the damaged word in it. Its head shows that marks slid, as such files do all over.
fn around(word: &str) -> Text {
    Text::new(format!("(จดั ซ้ อื ) {word} )"))
}

fn letters(word: &str) -> usize {
    skeleton(word)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .count()
}

#[test]
fn words_of_the_rules_survive_damage() {
    let mut lost = Vec::new();
    let mut tried = 0;
    for word in vocabulary() {
        let needle = Needle::parse(&word);
        // A word of two letters, or one that is misspelt besides, is not looked for among marks that slid.
        let is_plain = |word: &str| {
            letters(word) >= 3 && key(word) == clean(word).replace(' ', "").to_lowercase()
        };
        let any = ANY_WORD
            .iter()
            .filter(|(what, _)| *what != "marks slid" || is_plain(&word));
        let long = LONG_WORD.iter().filter(|_| letters(&word) >= 10);
        for (what, damage) in any.chain(long) {
            let damaged = damage(&word);
            tried += 1;
            if !around(&damaged).has(&needle) {
                lost.push(format!("{what}: {word} in {damaged}"));
            }
        }
    }
    assert!(tried > 20_000);
    assert!(
        lost.is_empty(),
        "{} of {tried} lost:\n{}",
        lost.len(),
        lost[..lost.len().min(40)].join("\n")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn forms_are_settled_and_nothing_panics(text in r"([กคนรสตปจดมลออ่้์ิีุู็ัํำาเแ๒5 .\n&#;u\\x0-9\u{FFFD}\u{F70A}\u{200B}\u{100111}é]{0,32}|\PC{0,32}|.{0,16})") {
        for form in [clean, key, skeleton] {
            let once = form(&text);
            prop_assert_eq!(form(&once), once.clone());
        }
        prop_assert_eq!(key(&clean(&text)), key(&text));
        if let Some(repaired) = repair_mojibake(&text) {
            key(&repaired);
        }
    }

    #[test]
    fn a_hit_is_quoted_in_the_texts_own_letters(
        before in r"([กนรสตม่้ิัำาเ๒5 \n\u{FFFD}&]{0,20}|\PC{0,12})",
        damage in 0..ANY_WORD.len(),
        word in proptest::sample::select(vocabulary().into_iter().collect::<Vec<_>>()),
        after in r"([ \n.)][กนรสตม่้ิัำาเ๒5 \n\u{FFFD}]{0,20}|\PC{0,12})",
    ) {
        // A lone เ before a word that begins with one makes แ of both, in the quotation and not in the hit.
        prop_assume!(!skeleton(&before).ends_with('เ'));
        let (_, damage) = ANY_WORD[damage];
        let text = Text::new(format!("{before} {} {after}", damage(&word)));
        if let Some(range) = text.find(&Needle::parse(&word)) {
            let own = text.as_str().get(range.clone());
            prop_assert!(own.is_some_and(|own| !own.is_empty()));
            let hit = clean(own.unwrap()).replace('\n', " ");
            let quote = text.quote(range);
            if own.is_some_and(|own| own.chars().count() < 100) && !hit.contains('\u{FFFD}') {
                // What follows a hit may make an abbreviation of its end: the skeletons differ, the letters do not.
                let same = quote.contains(&hit) || skeleton(&quote).contains(&skeleton(&hit));
                prop_assert!(same, "{} in {}", hit, quote);
            }
        }
    }
}
