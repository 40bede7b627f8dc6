//! What a place says of itself: which year it is about, which months it covers, when its event happened, whose it is.

mod months;
mod year;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;

use super::owner::Ownership;
use super::{NodeId, Owner, Place, PlaceId, Site, Spot};
use crate::extract::Reading;
use crate::thai::dates::{self, Confidence, Mention, Role, When};
use crate::thai::head;
use crate::year::Month;

pub use year::YearFact;

/// Characters at the head of a text in which a document says what year it is about.
const HEAD: usize = 900;
/// Characters in which its days are looked for.
const BODY: usize = 12_000;

/// A day on which something happened, and where that stands.
#[derive(Debug, Clone)]
pub struct Happening {
    /// The first day (of a month: its first day).
    pub day: Date,
    /// The words.
    pub spot: Spot,
}

/// What is read off a place once and asked for often, each when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Facts {
    ownership: OnceLock<Ownership>,
    times: OnceLock<Times>,
    days: OnceLock<Days>,
}

/// What a place is about and covers.
#[derive(Debug)]
struct Times {
    about: Option<YearFact>,
    academic: Option<(i16, i16, Spot)>,
    ranges: Vec<(i16, i16, Spot)>,
    months: BTreeSet<Month>,
}

/// On which days something happened.
#[derive(Debug)]
struct Days {
    happened: Vec<Happening>,
    hinted: Vec<Happening>,
    posted: Vec<Happening>,
}

impl Site {
    fn ownership(&self, id: PlaceId) -> &Ownership {
        let place = &self.places[id];
        let read = || Ownership::read(self, place, &contents(self, place));
        place.facts.ownership.get_or_init(read)
    }

    fn times(&self, id: PlaceId) -> &Times {
        let place = &self.places[id];
        place.facts.times.get_or_init(|| Times::read(self, place))
    }

    fn days(&self, id: PlaceId) -> &Days {
        let place = &self.places[id];
        place.facts.days.get_or_init(|| Days::read(self, place))
    }

    /// What can be read of a place, other agencies' files left out where it is not another's as a whole.
    fn own_contents<'a>(&'a self, place: &'a Place) -> Vec<(Spot, &'a str)> {
        let ownership = self.ownership(place.id);
        let mut contents = contents(self, place);
        if ownership.other.is_none() {
            contents.retain(|(spot, _)| !ownership.foreign.contains(&spot.node));
        }
        contents
    }

    /// The fiscal year a place is about, settled or not. What the content states beats what a name or heading promises.
    pub fn about(&self, place: PlaceId) -> Option<&YearFact> {
        self.times(place).about.as_ref()
    }

    /// The school years that a place is for, first and last: each runs from May to March.
    pub fn academic(&self, place: PlaceId) -> Option<&(i16, i16, Spot)> {
        self.times(place).academic.as_ref()
    }

    /// Year ranges (`2561–2565`) that a place is for, with their spots.
    pub fn ranges(&self, place: PlaceId) -> &[(i16, i16, Spot)] {
        &self.times(place).ranges
    }

    /// Months that a place covers.
    pub fn months(&self, place: PlaceId) -> &BTreeSet<Month> {
        &self.times(place).months
    }

    /// When the thing happened: days of the event, else days of signing; empty when no such day stands there.
    pub fn happened(&self, place: PlaceId) -> &[Happening] {
        &self.days(place).happened
    }

    /// Days in the names of its files and pictures (`IMG_20220305.jpg`): hints.
    pub fn hinted(&self, place: PlaceId) -> &[Happening] {
        &self.days(place).hinted
    }

    /// When the place was put on the site.
    pub fn posted(&self, place: PlaceId) -> &[Happening] {
        &self.days(place).posted
    }

    /// The other agency that the place's own heading or signature names as its maker.
    pub fn other_owner(&self, place: PlaceId) -> Option<&Owner> {
        self.ownership(place).other.as_ref()
    }

    /// Whether a file of a place is another agency's, while the place is not.
    pub(super) fn is_foreign(&self, place: PlaceId, node: NodeId) -> bool {
        self.ownership(place).foreign.contains(&node)
    }
}

/// One text of a place with its dates.
struct Dated<'a> {
    spot: Spot,
    text: &'a str,
    mentions: Vec<Mention>,
}

/// Texts of a place's contents with their times, as far into each as is asked.
fn dated_contents<'a>(contents: &[(Spot, &'a str)], letters: usize) -> Vec<Dated<'a>> {
    contents
        .iter()
        .map(|(spot, text)| dated(spot.clone(), head(text, letters)))
        .collect()
}

/// The spot of a name.
fn name_spot(place: &Place) -> Spot {
    Spot {
        node: place.main,
        range: None,
        ocr: false,
    }
}

fn dated_names<'a>(site: &'a Site, place: &'a Place) -> Vec<Dated<'a>> {
    let names = place.names.iter().map(String::as_str);
    names
        .chain(file_names(site, place))
        .map(|text| dated(name_spot(place), text))
        .collect()
}

fn dated_rows<'a>(site: &'a Site, place: &'a Place) -> Vec<Dated<'a>> {
    place_rows(site, place)
        .into_iter()
        .map(|row| dated(name_spot(place), row))
        .collect()
}

impl Times {
    fn read<'a>(site: &'a Site, place: &'a Place) -> Self {
        let heads = dated_contents(&site.own_contents(place), HEAD);
        let names = dated_names(site, place);
        let rows = dated_rows(site, place);
        let under = |texts: &'a [String]| -> Vec<Dated<'a>> {
            texts
                .iter()
                .map(|text| dated(name_spot(place), text))
                .collect()
        };
        let (sections, claims) = (under(&place.sections), under(&place.claims));
        // A file is the document itself; a page may speak of another year than its heading.
        let alone = place.files.is_empty() && site.main(place.id).page().is_some();
        let title = alone.then(|| dated(name_spot(place), &site.main(place.id).title));

        let about = year::about(&year::Sources {
            heads: &heads,
            title: title.as_ref(),
            names: &names,
            rows: &rows,
            sections: &sections,
            claims: &claims,
        });
        let scans = site.times_by_ocr(place);
        let about = year::with_ocr(about, scans.as_ref());
        let promised: Vec<Dated> = claims.into_iter().chain(sections).collect();
        let ranges = year::ranges(&names, &heads, &promised);
        let ranges = year::ranges_with_ocr(ranges, scans.as_ref());
        let pages: Vec<Dated> = months::page_heads(site, place);
        let mut months = months::months(&heads, &names, &pages);
        if scans.is_some() && about.as_ref().is_some_and(|fact| !fact.settled()) {
            // Months of a year that the scan does not bear out.
            months.clear();
        }
        let told = about.as_ref().map(|fact| fact.year);
        months.extend(months::tabled(site, place, told, &months));
        Self {
            about,
            academic: year::academic(&names, &heads),
            ranges,
            months,
        }
    }
}

impl Days {
    fn read(site: &Site, place: &Place) -> Self {
        let bodies = dated_contents(&site.own_contents(place), BODY);
        let names = dated_names(site, place);
        let rows = dated_rows(site, place);
        let sure = |texts: &[Dated], roles: &[Role]| days(texts, roles, |it| it > Confidence::Weak);
        let mut happened = sure(&bodies, &[Role::Event]);
        if happened.is_empty() {
            happened = sure(&bodies, &[Role::Signed]);
        }
        if happened.is_empty() {
            happened = sure(&names, &[Role::Event, Role::Signed, Role::Plain]);
        }
        if happened.is_empty() {
            happened = sure(&bodies, &[Role::Plain]);
        }
        let mut hinted = days(&names, &[Role::Plain], |it| it == Confidence::Weak);
        hinted.extend(days(&bodies, &[Role::Plain], |it| it == Confidence::Weak));
        let mut posted = sure(&bodies, &[Role::Posted]);
        posted.extend(sure(
            &rows,
            &[Role::Posted, Role::Plain, Role::Event, Role::Signed],
        ));
        Self {
            happened,
            hinted,
            posted,
        }
    }
}

/// Texts of the content that could be read: files first, they are the document itself.
pub(super) fn contents<'a>(site: &'a Site, place: &'a Place) -> Vec<(Spot, &'a str)> {
    let mut nodes: Vec<usize> = place.files.clone();
    nodes.push(place.main);
    nodes
        .into_iter()
        .filter(|&id| {
            site.nodes[id]
                .document()
                .is_none_or(|document| document.reading == Reading::Text)
        })
        .map(|id| {
            (
                Spot {
                    node: id,
                    range: Some(0..0),
                    ocr: false,
                },
                site.nodes[id].text.as_str(),
            )
        })
        .filter(|(_, text)| !text.trim().is_empty())
        .collect()
}

/// What links call the files attached to a page: where the file cannot be read this is all there is.
fn file_names<'a>(site: &'a Site, place: &'a Place) -> impl Iterator<Item = &'a str> {
    let labels = place.files.iter().flat_map(|&id| &site.nodes[id].labels);
    labels
        .filter(|label| !site.nodes[label.from].index)
        .map(|label| label.name())
}

/// Rows of the lists that link to the place: they carry its date.
pub(super) fn place_rows<'a>(site: &'a Site, place: &Place) -> Vec<&'a str> {
    let labels = &site.nodes[place.main].labels;
    labels
        .iter()
        .filter(|label| label.row.chars().count() <= 300 && !site.nodes[label.from].index)
        .map(|label| label.row.as_str())
        .collect()
}

fn dated(spot: Spot, text: &str) -> Dated<'_> {
    Dated {
        spot,
        text,
        mentions: dates::scan(text),
    }
}

impl Dated<'_> {
    fn spot(&self, span: &Range<usize>) -> Spot {
        Spot {
            node: self.spot.node,
            range: self.spot.range.as_ref().map(|_| span.clone()),
            ocr: false,
        }
    }
}

/// Days said for one of the roles, as surely as is asked.
fn days(texts: &[Dated], roles: &[Role], sure: impl Fn(Confidence) -> bool) -> Vec<Happening> {
    texts
        .iter()
        .flat_map(|text| {
            text.mentions
                .iter()
                .filter(|mention| roles.contains(&mention.role) && sure(mention.confidence))
                .filter_map(|mention| match mention.when {
                    When::Day(day) => Some(Happening {
                        day,
                        spot: text.spot(&mention.span),
                    }),
                    _ => None,
                })
        })
        .collect()
}
