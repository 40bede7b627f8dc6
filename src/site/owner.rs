//! Whose a place is: another agency's paper among ours, and a template that nobody filled in.

use super::facts::{contents, place_rows};
use super::{NodeId, NodeKind, Place, PlaceId, Site, Spot};
use crate::agency::Mention;
use crate::thai::{skeleton, unfilled};

/// Another agency that owns a paper, and where the paper says so.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Its name in full.
    pub name: String,
    /// The words; a spot without range is the place's name.
    pub spot: Spot,
}

/// What the files of a place say of their makers.
#[derive(Debug, Default)]
pub(super) struct Ownership {
    /// Another agency, when every file that could be read is another's.
    pub(super) other: Option<Owner>,
    /// Files of other agencies.
    pub(super) foreign: Vec<NodeId>,
}

impl Ownership {
    pub(super) fn read(site: &Site, place: &Place, contents: &[(Spot, &str)]) -> Self {
        let files = || {
            let mut files = contents.iter();
            std::iter::from_fn(move || {
                files.find(|(spot, _)| site.nodes[spot.node].document().is_some())
            })
        };
        let owners: Vec<Owner> = files()
            .filter_map(|(spot, text)| {
                let mention = site.foreign_in(text)?;
                Some(Owner {
                    name: mention.name,
                    spot: Spot {
                        range: Some(mention.span),
                        ..spot.clone()
                    },
                })
            })
            .collect();
        let scans = || {
            let nodes = site.nodes_of(place);
            nodes.filter_map(|(node, it)| Some((node, it.ocr.as_ref()?)))
        };
        let misread = scans().filter_map(|(node, read)| {
            let mention = site.foreign_in(read.letterhead())?;
            // A misread name of our own is nobody else's.
            let like_own = strsim::normalized_levenshtein(&mention.name, &site.agency.name) >= 0.8;
            (!like_own).then_some(Owner {
                name: mention.name,
                spot: Spot {
                    node,
                    range: Some(mention.span),
                    ocr: true,
                },
            })
        });
        let owners: Vec<Owner> = owners.into_iter().chain(misread).collect();
        let foreign = owners.iter().map(|owner| owner.spot.node).collect();
        let all = owners.len() == files().count() + scans().count();
        let unread = contents.iter().all(|(_, text)| text.chars().count() < 200);
        let named = || {
            let names = place.names.iter().map(String::as_str);
            let mut names = names.chain(place_rows(site, place));
            let mention = names.find_map(|name| site.foreign_in(name))?;
            Some(Owner {
                name: mention.name,
                spot: Spot {
                    node: place.main,
                    range: None,
                    ocr: false,
                },
            })
        };
        let other = owners.into_iter().next().filter(|_| all);
        Self {
            other: other.or_else(|| if unread { named() } else { None }),
            foreign,
        }
    }
}

impl Site {
    /// The other agency that a text names as its owner.
    fn foreign_in(&self, text: &str) -> Option<Mention> {
        let other = self.agency.other_owner(text)?;
        // The site that calls itself by a newer rank is the same agency, whatever rank we were told.
        let renamed = self.agency.shares_name(&other) && self.calls_itself(&other.name);
        (!renamed).then_some(other)
    }

    fn calls_itself(&self, name: &str) -> bool {
        let home = self.home.map(|home| &self.nodes[home]);
        let page = home.and_then(|home| match &home.kind {
            NodeKind::Page(page) => Some(page.title.as_str()),
            _ => None,
        });
        let titles = home.map(|home| home.title.as_str()).into_iter().chain(page);
        let name = skeleton(name);
        titles
            .into_iter()
            .any(|title| skeleton(title).contains(&name))
    }

    /// The blank that shows a place to be a template which nobody filled in: all its readable files are, or its page
    /// where it has none.
    pub fn unfilled(&self, place: PlaceId) -> Option<&Spot> {
        let read = || self.read_blanks(place);
        self.places[place].unfilled.get_or_init(read).as_ref()
    }

    fn read_blanks(&self, place: PlaceId) -> Option<Spot> {
        let contents = contents(self, &self.places[place]);
        let is_file = |spot: &Spot| self.nodes[spot.node].document().is_some();
        let filed = contents.iter().any(|(spot, _)| is_file(spot));
        let mut first = None;
        for (spot, text) in contents.iter().filter(|(spot, _)| !filed || is_file(spot)) {
            let blank = unfilled(text)?;
            let named = || self.agency.named_in(crate::thai::head(text, 1500));
            if blank.of_agency && named() {
                return None;
            }
            first.get_or_insert(Spot {
                range: Some(blank.span),
                ..spot.clone()
            });
        }
        first
    }
}
