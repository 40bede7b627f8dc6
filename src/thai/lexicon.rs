//! Many short texts and an index of their letters: which of them have a word, without reading each.

use std::collections::BTreeSet;

use super::text::{Needle, Part, Text};

/// Short texts in a fixed order.
#[derive(Debug, Default)]
pub struct Lexicon {
    texts: Vec<Text>,
    by_key: Postings,
    by_skeleton: Postings,
    /// Texts that show damage: of these a word's marks may be lost.
    worn: Vec<u32>,
}

impl Lexicon {
    /// Takes texts and reads them once.
    pub fn new(texts: Vec<Text>) -> Self {
        Self {
            by_key: Postings::of(texts.iter().map(Text::key_grams)),
            by_skeleton: Postings::of(texts.iter().map(Text::skeleton_grams)),
            worn: numbered(&texts)
                .filter(|(_, text)| text.is_worn())
                .map(|(at, _)| at)
                .collect(),
            texts,
        }
    }

    /// Indices of the texts that have the needle, in order: the same as asking each.
    pub fn find(&self, needle: &Needle) -> Vec<usize> {
        let candidates = needle.parts().iter().map(|part| self.candidates(part));
        let fewest = candidates.min_by_key(|some| some.as_ref().map_or(usize::MAX, BTreeSet::len));
        let has = |at: &usize| self.texts.get(*at).is_some_and(|text| text.has(needle));
        match fewest {
            None => Vec::new(),
            Some(None) => (0..self.texts.len()).filter(has).collect(),
            Some(Some(some)) => some.into_iter().map(|at| at as usize).filter(has).collect(),
        }
    }

    /// Texts that may have a part of a needle; `None` for any.
    fn candidates(&self, part: &Part) -> Option<BTreeSet<u32>> {
        if part.is_money() {
            return None;
        }
        let mut some: BTreeSet<u32> = self
            .by_key
            .rarest(part.key_grams())?
            .iter()
            .copied()
            .collect();
        match part.skeleton_grams() {
            Some(grams) => some.extend(self.by_skeleton.rarest(grams)?),
            None => some.extend(&self.worn),
        }
        Some(some)
    }
}

fn numbered(texts: &[Text]) -> impl Iterator<Item = (u32, &Text)> {
    (0..).zip(texts)
}

/// Which texts have which triple of letters.
#[derive(Debug, Default)]
struct Postings {
    /// Triples in order, each with where its texts end in `texts`.
    grams: Vec<(u16, usize)>,
    texts: Vec<u32>,
}

impl Postings {
    fn of<G: Iterator<Item = u16>>(texts: impl Iterator<Item = G>) -> Self {
        let mut pairs: Vec<(u16, u32)> = (0..)
            .zip(texts)
            .flat_map(|(at, grams)| grams.map(move |gram| (gram, at)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut postings = Self::default();
        for (gram, text) in pairs {
            postings.texts.push(text);
            let end = postings.texts.len();
            match postings.grams.last_mut() {
                Some(last) if last.0 == gram => last.1 = end,
                _ => postings.grams.push((gram, end)),
            }
        }
        postings
    }

    /// Texts that have the rarest of these triples; `None` when there is no triple to go by.
    fn rarest(&self, grams: &[u16]) -> Option<&[u32]> {
        grams
            .iter()
            .map(|gram| self.having(*gram))
            .min_by_key(|texts| texts.len())
    }

    fn having(&self, gram: u16) -> &[u32] {
        let Ok(at) = self.grams.binary_search_by_key(&gram, |entry| entry.0) else {
            return &[];
        };
        let begin = at.checked_sub(1).map_or(0, |before| self.grams[before].1);
        &self.texts[begin..self.grams[at].1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]

        #[test]
        fn an_index_finds_what_reading_finds(
            texts in proptest::collection::vec(
                r"(แผน|ผลการ|จัดซื้อจัดจ้าง|ด าเนินงาน|ประจ\u{FFFD}าปี|เร่อื ง|รองเรียน|งบประมาณ|2564|ITA|30,000| |[กนรสตม่้์ิุัํำาเ๒5é]){0,8}",
                0..12,
            ),
            needle in r"(แผน|ผลการ|จัดซื้อจัดจ้าง|ดำเนินงาน|ประจำปี|เรื่อง|ร้องเรียน|งบประมาณ|2564|ita| \+ |\{จำนวนเงิน\}|[กนรสตม่้ิาเ5é]){1,4}",
        ) {
            let needle = Needle::parse(&needle);
            let texts: Vec<Text> = texts.into_iter().map(Text::new).collect();
            let read: Vec<usize> = (0..texts.len()).filter(|&at| texts[at].has(&needle)).collect();
            proptest::prop_assert_eq!(Lexicon::new(texts).find(&needle), read);
        }
    }
}
