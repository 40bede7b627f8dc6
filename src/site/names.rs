//! What places are called and what they stand under, each text kept once, and which places bear which words.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use super::{Node, Place, PlaceId, Site};
use crate::thai::{Lexicon, Needle, Text};

/// How a place bears a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bearing {
    /// It is called so: headings and link labels.
    Name,
    /// A paper is called so, and the place is but its wrapping.
    Paper,
    /// It stands under it.
    Section,
    /// The row of an ITA index promises it.
    Claim,
    /// Its own heading says so.
    Title,
}

/// The texts that places bear, with what was asked of them before.
#[derive(Debug, Default)]
pub(super) struct Names {
    lexicon: Lexicon,
    /// For each text the places that bear it.
    bearers: Vec<Vec<(Bearing, PlaceId)>>,
    known: RwLock<Known>,
}

/// Rules ask for the same words again and again.
#[derive(Debug, Default)]
struct Known {
    by_needle: HashMap<u64, Arc<[(Bearing, PlaceId)]>>,
    kept: usize,
}

/// Places kept for all needles together; what is found beyond is found anew each time. A pack on a site of 1,000 places
/// needs some ten thousand.
const KEPT_MAX: usize = 1 << 20;

/// Some of the places of a site.
#[derive(Debug)]
pub struct PlaceSet(Vec<bool>);

impl PlaceSet {
    /// Whether a place is one of them.
    pub fn has(&self, place: PlaceId) -> bool {
        self.0.get(place).copied().unwrap_or_default()
    }
}

impl Names {
    pub(super) fn of(places: &[Place], nodes: &[Node]) -> Self {
        let mut bearers: BTreeMap<&str, Vec<(Bearing, PlaceId)>> = BTreeMap::new();
        for place in places {
            let title = nodes.get(place.main).map(|node| &node.title);
            for (bearing, texts) in [
                (Bearing::Name, place.names.as_slice()),
                (Bearing::Paper, &place.papers),
                (Bearing::Section, &place.sections),
                (Bearing::Claim, &place.claims),
                (Bearing::Title, title.map_or(&[], std::slice::from_ref)),
            ] {
                for text in texts {
                    bearers.entry(text).or_default().push((bearing, place.id));
                }
            }
        }
        let (texts, bearers): (Vec<&str>, _) = bearers.into_iter().unzip();
        Self {
            lexicon: Lexicon::new(texts.into_iter().map(Text::new).collect()),
            bearers,
            known: RwLock::default(),
        }
    }

    fn having(&self, needle: &Needle) -> Arc<[(Bearing, PlaceId)]> {
        let known = self.known.read().ok();
        if let Some(found) = known.and_then(|known| known.by_needle.get(&needle.id()).cloned()) {
            return found;
        }
        let texts = self.lexicon.find(needle);
        let bearers = texts.into_iter().filter_map(|text| self.bearers.get(text));
        let mut found: Vec<_> = bearers.flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let found: Arc<[_]> = found.into();
        if let Ok(mut known) = self.known.write()
            && known.kept + found.len() < KEPT_MAX
        {
            // One at least for a needle that is found nowhere.
            known.kept += found.len() + 1;
            known.by_needle.insert(needle.id(), found.clone());
        }
        found
    }
}

impl Site {
    /// Places that bear one of the needles.
    pub fn bearing(&self, bearing: Bearing, needles: &[Arc<Needle>]) -> PlaceSet {
        let mut set = PlaceSet(vec![false; self.places.len()]);
        for needle in needles {
            let found = self.names.having(needle);
            for &(_, place) in found.iter().filter(|(how, _)| *how == bearing) {
                set.0[place] = true;
            }
        }
        set
    }
}
