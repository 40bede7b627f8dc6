//! Capture → Site: bodies read, redirects followed, clicks counted, repeated furniture taken out, places formed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use url::Url;

use super::criteria::quotes_criteria;
use super::elsewhere::{framed, handed_out, is_share_button};
use super::keys::Keys;
use super::names::Names;
use super::{Label, Node, NodeId, NodeKind, Parts, Place, PlaceId, Site};
use crate::agency::Agency;
use crate::extract::{self, Block, Document, DocumentKind, Extracted, Link, Page, Part, Reading};
use crate::fetch::address::{Scope, normalise, twin};
use crate::fetch::capture::{Body, Capture, FaultKind, SkipReason};
use crate::fetch::outside::{Outside, OutsideKind, Refused, content};
use crate::reading::Documents;
use crate::thai::{self, Text, dates};

/// A block or link that stands on this share of the pages is furniture, not content.
const REPEATED_SHARE: f64 = 0.3;
/// … once there are enough pages to tell.
const REPEATED_MIN: usize = 4;
/// A page with more attached files than this is a list of publications, not one of them.
const ATTACHED_MAX: usize = 8;
/// Letters beside its links with which a page tells something itself.
const OWN_TEXT: usize = 80;
/// An ITA index names at least this many different items.
const INDEX_ITEMS: usize = 6;
/// … or links to this many: the items of one indicator on a page of their own.
const INDEX_LINKS: usize = 4;
/// … or links under this many of the manual's own titles.
const INDEX_TITLES: usize = 5;
static MANUAL_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&MANUAL));
/// Titles as only the manual words them.
const MANUAL: [&str; 18] = [
    "แผนยุทธศาสตร์หรือแผนพัฒนาหน่วยงาน",
    "รายงานการกำกับติดตามการดำเนินงานประจำปี",
    "คู่มือหรือมาตรฐานการปฏิบัติงาน",
    "คู่มือหรือมาตรฐานการให้บริการ",
    "ข้อมูลเชิงสถิติการให้บริการ",
    "รายงานผลการสำรวจความพึงพอใจการให้บริการ",
    "รายงานการกำกับติดตามการใช้จ่ายงบประมาณ",
    "แผนการจัดซื้อจัดจ้างหรือแผนการจัดหาพัสดุ",
    "เกี่ยวกับการจัดซื้อจัดจ้างหรือการจัดหาพัสดุ",
    "การจัดซื้อจัดจ้างหรือการจัดหาพัสดุรายเดือน",
    "การดำเนินการตามนโยบายการบริหารทรัพยากรบุคคล",
    "หลักเกณฑ์การบริหารและพัฒนาทรัพยากรบุคคล",
    "แนวปฏิบัติการจัดการเรื่องร้องเรียนการทุจริต",
    "ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริต",
    "การเปิดโอกาสให้เกิดการมีส่วนร่วม",
    "การดำเนินการเพื่อจัดการความเสี่ยงการทุจริต",
    "รายงานการกำกับติดตามการดำเนินการป้องกันการทุจริต",
    "การดำเนินการตามมาตรการส่งเสริมคุณธรรมและความโปร่งใส",
];
/// Titles of the manual itself. Its text words every criterion, and agencies hang it beside their own papers.
const MANUALS: [&str; 4] = [
    "คู่มือการประเมินคุณธรรมและความโปร่งใส",
    "คู่มือการประเมินITA",
    "คู่มือการประเมินOIT",
    "คู่มือแบบวัดการเปิดเผยข้อมูลสาธารณะ",
];
/// Redirects followed before a chain counts as broken.
const HOPS_MAX: usize = 12;

impl Site {
    /// Reads a capture, its files too. The same capture gives the same site, however many threads read its bodies.
    pub fn build(capture: &Capture, agency: Option<Agency>) -> Self {
        Self::build_with(capture, agency, Documents::new())
    }

    /// The same, of files that were read before.
    pub fn build_with(capture: &Capture, agency: Option<Agency>, files: Documents<'_>) -> Self {
        let mut draft = Draft::read(capture, files);
        draft.link();
        draft.count_clicks();
        draft.strip_furniture();
        let agency = agency
            .map(Agency::with_kind)
            .or_else(|| Agency::recognise(draft.mastheads().iter().map(String::as_str)))
            .or_else(|| {
                let shared = draft.shared_titles();
                let titles = draft.nodes.iter().filter_map(Node::page);
                titles
                    .flat_map(|page| title_parts(&page.title))
                    .filter(|part| shared.contains(&thai::key(part)))
                    .find_map(Agency::titled)
            })
            .unwrap_or_else(nobody);
        draft.agency = agency;
        draft.name_pages();
        draft.into_site(capture)
    }
}

/// Whose site it is when nothing says so.
fn nobody() -> Agency {
    Agency {
        name: String::new(),
        short_name: String::new(),
        kind: Default::default(),
        district: String::new(),
        province: String::new(),
    }
}

/// The nodes while they are being connected.
struct Draft {
    agency: Agency,
    scope: Scope,
    nodes: Vec<Node>,
    by_url: BTreeMap<String, NodeId>,
    home: Option<NodeId>,
    keys: Keys,
    /// Blocks that are furniture, by key, with how often one page has each.
    repeated: BTreeMap<Rc<str>, usize>,
    /// Pages that list the items in the manual's words.
    indexes: BTreeSet<NodeId>,
    /// Content links and their targets by page, furniture left out, in reading order.
    content_links: BTreeMap<NodeId, Vec<(Link, NodeId)>>,
}

impl Draft {
    fn read(capture: &Capture, files: Documents<'_>) -> Self {
        let scope = capture.scope();
        let mut refused: Vec<(&Url, Refused)> = Vec::new();
        let bodies = capture.bodies();
        let places = bodies.iter().enumerate();
        let by_body: BTreeMap<&[u8], usize> = places.map(|(at, body)| (body.bytes(), at)).collect();
        let mut aliases: Vec<(String, usize)> = Vec::new();
        let mut answers: BTreeSet<String> = BTreeSet::new();
        let mut redirects: BTreeMap<String, (&Url, Url)> = BTreeMap::new();
        let mut broken: BTreeMap<String, (&Url, String)> = BTreeMap::new();
        for visit in &capture.visits {
            match &visit.result {
                Ok(response) => {
                    if let Some(location) = response.location() {
                        if let Ok(target) = visit.url.join(location) {
                            redirects.insert(twin(&visit.url), (&visit.url, normalise(&target)));
                        }
                    } else if response.body.is_empty() && response.status == 200 {
                        let why = "เปิดได้แต่ไม่มีข้อมูล (0 ไบต์)".to_owned();
                        broken.insert(twin(&visit.url), (&visit.url, why));
                    } else if let Some(&at) = by_body.get(&response.body[..])
                        && response.has_content()
                    {
                        aliases.push((twin(&visit.url), at));
                        answers.insert(twin(&visit.url));
                    } else if scope.contains(&visit.url) || matches!(response.status, 404 | 410) {
                        broken.insert(
                            twin(&visit.url),
                            (&visit.url, status_words(response.status)),
                        );
                    } else if matches!(response.status, 401 | 403) {
                        refused.push((&visit.url, Refused::SignIn));
                    }
                }
                // What another site did not give today it may give a visitor.
                Err(fault) if !scope.contains(&visit.url) && fault.kind != FaultKind::Dns => {}
                Err(fault) => {
                    broken.insert(
                        twin(&visit.url),
                        (&visit.url, fault.kind.advice().to_owned()),
                    );
                }
            }
        }
        let extracted = read_bodies(&bodies, files);
        let mut draft = Self {
            agency: nobody(),
            scope,
            nodes: Vec::new(),
            by_url: BTreeMap::new(),
            home: None,
            keys: Keys::default(),
            repeated: BTreeMap::new(),
            indexes: BTreeSet::new(),
            content_links: BTreeMap::new(),
        };
        let mut ids = Vec::with_capacity(bodies.len());
        for (body, thing) in bodies.iter().zip(extracted) {
            let outside = !draft.scope.contains(body.url);
            let kind = match thing {
                Extracted::Page(page) if outside => match handed_out(body.url, page) {
                    Ok(kind) => kind,
                    Err(why) => {
                        ids.push(Some(draft.refuse(body.url, why)));
                        continue;
                    }
                },
                Extracted::Page(page) => NodeKind::Page(page),
                Extracted::Document(mut document) => {
                    if body.response.truncated.is_some() {
                        document.reading = if document.reading == Reading::Text {
                            Reading::Damaged
                        } else {
                            document.reading
                        };
                    }
                    NodeKind::File(document)
                }
                Extracted::Other => {
                    ids.push(None);
                    continue;
                }
            };
            ids.push(Some(draft.add(body.url.clone(), kind)));
        }
        for (url, at) in aliases {
            if let Some(id) = ids[at] {
                draft.by_url.insert(url, id);
            }
        }
        for (key, (url, why)) in broken {
            if !answers.contains(&key) && !redirects.contains_key(&key) {
                draft.add(url.clone(), NodeKind::Broken(why));
            }
        }
        for (url, why) in refused {
            if !draft.by_url.contains_key(&twin(url)) {
                draft.refuse(url, why);
            }
        }
        for skipped in &capture.skipped {
            if !draft.scope.contains(&skipped.url) {
                continue;
            }
            let why = match skipped.why {
                SkipReason::OffSite | SkipReason::Duplicate | SkipReason::Media => continue,
                SkipReason::Robots => "robots.txt ของเว็บไซต์ไม่ให้เปิดอ่าน",
                SkipReason::Trap => "อยู่ในหน้าที่วนไม่รู้จบ",
                SkipReason::Limit => "เกินขีดจำกัดของการเก็บข้อมูล",
            };
            let key = twin(&skipped.url);
            if !draft.by_url.contains_key(&key) && !redirects.contains_key(&key) {
                draft.add(normalise(&skipped.url), NodeKind::Unfetched(why.to_owned()));
            }
        }
        draft.follow_redirects(&redirects);
        draft.home = draft
            .by_url
            .get(&twin(&capture.home))
            .copied()
            .filter(|&id| matches!(draft.nodes[id].kind, NodeKind::Page(_)));
        draft
    }

    /// Gives every address that sends its visitors on the node where they arrive.
    fn follow_redirects(&mut self, redirects: &BTreeMap<String, (&Url, Url)>) {
        let is_door = |url: &Url| Outside::of(url).kind == OutsideKind::SignIn;
        let mut unknown = Vec::new();
        for (key, (url, _)) in redirects {
            match end_of(key, redirects) {
                Some(end) if !self.scope.contains(url) && is_door(end) => {
                    self.refuse(url, Refused::SignIn);
                }
                Some(end) => match self.by_url.get(&twin(end)) {
                    Some(&id) => {
                        self.by_url.insert(key.clone(), id);
                    }
                    None => unknown.push((key, end)),
                },
                None => {
                    self.add(
                        (*url).clone(),
                        NodeKind::Broken("เปลี่ยนเส้นทางวนไปมา เปิดไม่ได้".to_owned()),
                    );
                }
            }
        }
        for (key, end) in unknown {
            if !self.scope.contains(end)
                && let Some(id) = self.target(end)
            {
                self.by_url.insert(key.clone(), id);
            }
        }
    }

    fn add(&mut self, url: Url, kind: NodeKind) -> NodeId {
        let id = self.nodes.len();
        self.by_url.insert(twin(&url), id);
        self.nodes.push(Node {
            outside: (!self.scope.contains(&url)).then(|| Outside::of(&url)),
            url,
            linked: None,
            kind,
            clicks: None,
            labels: Vec::new(),
            title: String::new(),
            text: Text::default(),
            parts: Parts::default(),
            ocr: None,
            index: false,
            menu: false,
        });
        id
    }

    /// Something elsewhere that was asked for and not handed out.
    fn refuse(&mut self, url: &Url, why: Refused) -> NodeId {
        let id = self.add(url.clone(), NodeKind::OffSite);
        if let Some(outside) = &mut self.nodes[id].outside {
            outside.refused = Some(why);
        }
        id
    }

    /// The node to which a link or frame leads. A service hands out a file under another address than its page's.
    fn target(&mut self, to: &Url) -> Option<NodeId> {
        let known = self.by_url.get(&*self.keys.twin(to)).copied();
        if self.scope.contains(to) {
            return known;
        }
        let bare = || content(to).and_then(|bare| self.by_url.get(&twin(&bare)).copied());
        let Some(id) = known.or_else(bare) else {
            return Some(self.add(normalise(to), NodeKind::OffSite));
        };
        self.by_url.insert(self.keys.twin(to).to_string(), id);
        let node = &mut self.nodes[id];
        let mut named = Outside::of(to);
        if node.linked.is_none() && node.outside.is_some() && named.kind != OutsideKind::Short {
            named.refused = node.outside.as_ref().and_then(|outside| outside.refused);
            node.linked = (twin(&node.url) != twin(to)).then(|| normalise(to));
            node.outside = Some(named);
        }
        Some(id)
    }

    fn links_of(&self, page: NodeId) -> impl Iterator<Item = &(Link, NodeId)> {
        self.content_links.get(&page).into_iter().flatten()
    }

    /// Gives every link its target node and every node its labels.
    fn link(&mut self) {
        for from in 0..self.nodes.len() {
            let NodeKind::Page(page) = &mut self.nodes[from].kind else {
                continue;
            };
            let links = std::mem::take(&mut page.links);
            for link in &links {
                if !matches!(link.to.scheme(), "http" | "https") {
                    continue;
                }
                let Some(id) = self.target(&link.to) else {
                    continue;
                };
                self.nodes[id].labels.push(Label {
                    text: link.label.clone(),
                    row: link.row.clone(),
                    under: link.under.clone(),
                    from,
                    part: link.part,
                });
            }
            let mut frames = Vec::new();
            if let NodeKind::Page(page) = &mut self.nodes[from].kind {
                page.links = links;
                let elsewhere = |frame: &Url| !self.scope.contains(frame);
                let shown = page.frames.iter().filter(|frame| elsewhere(frame));
                frames.extend(shown.map(framed).filter(elsewhere));
            }
            for frame in frames {
                let Some(id) = self.target(&frame) else {
                    continue;
                };
                let text = self.nodes[id]
                    .outside
                    .as_ref()
                    .map_or(String::new(), |outside| outside.service.clone());
                self.nodes[id].labels.push(Label {
                    text,
                    row: String::new(),
                    under: Vec::new(),
                    from,
                    part: Part::Content,
                });
            }
        }
    }

    /// Clicks from the home page along links; frames and redirects cost none.
    fn count_clicks(&mut self) {
        let Some(home) = self.home else { return };
        let mut queue = VecDeque::from([home]);
        self.nodes[home].clicks = Some(0);
        self.nodes[home].index = true;
        while let Some(from) = queue.pop_front() {
            let here = self.nodes[from].clicks.unwrap_or(0);
            let Some(page) = self.nodes[from].page() else {
                continue;
            };
            let target = |url: &Url| self.by_url.get(&*self.keys.twin(url)).copied();
            let frames: Vec<NodeId> = page
                .frames
                .iter()
                .map(framed)
                .filter_map(|frame| target(&frame))
                .collect();
            let linked: Vec<NodeId> = page
                .links
                .iter()
                .filter_map(|link| target(&link.to))
                .collect();
            let frame_of_home = self.nodes[from].index && here == 0;
            for to in frames {
                if self.nodes[to].clicks.is_none() {
                    self.nodes[to].clicks = Some(here);
                    // The frames of a frameset home page are its menu and its front, no publications.
                    self.nodes[to].index = frame_of_home;
                    queue.push_front(to);
                }
            }
            for to in linked {
                if self.nodes[to].clicks.is_none() {
                    self.nodes[to].clicks = Some(here + 1);
                    queue.push_back(to);
                }
            }
        }
    }

    /// Finds what repeats from page to page, marks menus and collects the links of the content.
    fn strip_furniture(&mut self) {
        let pages: Vec<NodeId> = (0..self.nodes.len())
            .filter(|&id| self.nodes[id].page().is_some() && self.nodes[id].outside.is_none())
            .collect();
        let often = ((pages.len() as f64 * REPEATED_SHARE) as usize).max(REPEATED_MIN);
        let mut blocks: BTreeMap<Rc<str>, Vec<usize>> = BTreeMap::new();
        let mut links: BTreeMap<(Rc<str>, NodeId), usize> = BTreeMap::new();
        let mut images: BTreeMap<String, usize> = BTreeMap::new();
        let mut forms: BTreeMap<Url, usize> = BTreeMap::new();
        for &id in &pages {
            let Some(page) = self.nodes[id].page() else {
                continue;
            };
            let mut here: BTreeMap<Rc<str>, usize> = BTreeMap::new();
            for block in &page.blocks {
                *here.entry(self.keys.of(&block.text)).or_default() += 1;
            }
            for (key, times) in here {
                blocks.entry(key).or_default().push(times);
            }
            let targets = page.links.iter().filter_map(|link| {
                self.by_url
                    .get(&*self.keys.twin(&link.to))
                    .map(|&to| (self.keys.of(&link.label), to))
            });
            for link in targets.collect::<BTreeSet<_>>() {
                *links.entry(link).or_default() += 1;
            }
            for image in page
                .images
                .iter()
                .map(|image| image.src.clone())
                .collect::<BTreeSet<_>>()
            {
                *images.entry(image).or_default() += 1;
            }
            for form in page
                .forms
                .iter()
                .map(|form| form.action.clone())
                .collect::<BTreeSet<_>>()
            {
                *forms.entry(form).or_default() += 1;
            }
        }
        self.repeated = blocks
            .into_iter()
            .filter(|(_, times)| times.len() >= often)
            .map(|(key, mut times)| {
                times.sort_unstable();
                (key, times[times.len() / 2])
            })
            .collect();
        let menu: BTreeSet<(Rc<str>, NodeId)> = links
            .into_iter()
            .filter(|(_, count)| *count >= often)
            .map(|(link, _)| link)
            .collect();
        for &id in &pages {
            self.own_bar(id, &menu);
        }
        for id in pages {
            let framed =
                self.nodes[id].index && self.nodes[id].clicks == Some(0) && Some(id) != self.home;
            let NodeKind::Page(page) = &mut self.nodes[id].kind else {
                continue;
            };
            for link in &mut page.links {
                let Some(&to) = self.by_url.get(&*self.keys.twin(&link.to)) else {
                    continue;
                };
                if framed || menu.contains(&(self.keys.of(&link.label), to)) {
                    link.part = if link.part == Part::Footer {
                        Part::Footer
                    } else {
                        Part::Menu
                    };
                }
            }
            for image in page
                .images
                .iter_mut()
                .filter(|image| images.get(&image.src).is_some_and(|count| *count >= often))
            {
                image.part = Part::Menu;
            }
            for form in page
                .forms
                .iter_mut()
                .filter(|form| forms.get(&form.action).is_some_and(|count| *count >= often))
            {
                form.part = Part::Menu;
            }
            let content: Vec<Link> = page
                .links
                .iter()
                .filter(|link| link.part == Part::Content)
                .cloned()
                .collect();
            let menus: Vec<Rc<str>> = page
                .links
                .iter()
                .filter(|link| link.part == Part::Menu)
                .map(|link| self.keys.twin(&link.to))
                .collect();
            for key in menus {
                if let Some(&to) = self.by_url.get(&*key) {
                    self.nodes[to].menu = true;
                }
            }
            for link in content {
                if let Some(&to) = self.by_url.get(&*self.keys.twin(&link.to))
                    && !is_share_button(&self.nodes[to])
                {
                    self.content_links.entry(id).or_default().push((link, to));
                }
            }
        }
        self.mark_fronts(often);
        for id in 0..self.nodes.len() {
            let node = &self.nodes[id];
            let items = node
                .page()
                .is_some_and(|page| lists_items(page, &self.keys))
                || node.document().is_some_and(is_assessors_manual);
            if items {
                self.indexes.insert(id);
            }
            let index = items || self.is_site_map(id);
            let share = is_share_button(&self.nodes[id]);
            self.nodes[id].index |= index || share;
        }
    }

    /// On a page without any other content a bar of links that stands nowhere else is the content.
    fn own_bar(&mut self, id: NodeId, menu: &BTreeSet<(Rc<str>, NodeId)>) {
        const SHORT: usize = 60;
        let Some(page) = self.nodes[id].page() else {
            return;
        };
        let own: Vec<usize> = (0..page.links.len())
            .filter(|&at| {
                let link = &page.links[at];
                let key = self.keys.of(&link.label);
                let target = self.by_url.get(&*self.keys.twin(&link.to));
                link.part == Part::Menu && target.is_some_and(|&to| !menu.contains(&(key, to)))
            })
            .collect();
        let told: usize = page
            .blocks
            .iter()
            .filter(|block| !self.is_furniture(block))
            .map(|block| block.text.chars().count())
            .sum();
        let leads = page.links.iter().any(|link| link.part == Part::Content);
        if own.is_empty() || told >= SHORT || leads || !page.forms.is_empty() {
            return;
        }
        let (keys, repeated) = (&self.keys, &self.repeated);
        let said = |block: &Block| repeated.contains_key(&keys.of(&block.text));
        if let NodeKind::Page(page) = &mut self.nodes[id].kind {
            for at in own {
                page.links[at].part = Part::Content;
            }
            for block in page
                .blocks
                .iter_mut()
                .filter(|block| block.part == Part::Menu && !said(block))
            {
                block.part = Part::Content;
            }
        }
    }

    /// Behind a splash page the real front page is what every page calls home.
    fn mark_fronts(&mut self, often: usize) {
        for node in &mut self.nodes {
            let called: BTreeSet<NodeId> = node
                .labels
                .iter()
                .filter(|label| is_home(&self.keys.of(&label.text)))
                .map(|label| label.from)
                .collect();
            node.index |= called.len() >= often;
        }
    }

    /// A page whose content links go where the menus go.
    fn is_site_map(&self, id: NodeId) -> bool {
        let mut links = 0;
        let mut to_menu = 0;
        let Some(page) = self.nodes[id].page() else {
            return false;
        };
        for link in &page.links {
            if let Some(&to) = self.by_url.get(&*self.keys.twin(&link.to)) {
                let own = link.part == Part::Content || self.nodes[to].menu;
                links += usize::from(own);
                to_menu += usize::from(own && link.part == Part::Content && self.nodes[to].menu);
            }
        }
        to_menu >= 20 && to_menu * 2 >= links
    }

    /// Texts from which the agency's name can be read: titles, mastheads, footers, what repeats.
    fn mastheads(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for node in self.nodes.iter().filter(|node| node.outside.is_none()) {
            let Some(page) = node.page() else { continue };
            texts.push(page.title.clone());
            texts.extend(
                page.blocks
                    .iter()
                    .filter(|block| self.is_furniture(block))
                    .map(|block| block.text.clone()),
            );
        }
        texts
    }

    fn is_furniture(&self, block: &Block) -> bool {
        block.part != Part::Content || self.repeated.contains_key(&self.keys.of(&block.text))
    }

    /// Blocks of a page without its furniture. What a menu says everywhere and this page once more is its own title.
    fn content_of<'a>(&self, page: &'a Page) -> Vec<&'a Block> {
        let keys: Vec<Rc<str>> = page
            .blocks
            .iter()
            .map(|block| self.keys.of(&block.text))
            .collect();
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for key in &keys {
            *times.entry(key).or_default() += 1;
        }
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, block) in page.blocks.iter().enumerate() {
            let key = &*keys[at];
            let once_more = self
                .repeated
                .get(key)
                .is_some_and(|usual| times.get(key).is_some_and(|here| here > usual));
            let leads_on = page
                .blocks
                .get(at + 1)
                .is_some_and(|next| !self.is_furniture(next));
            if once_more && block.part == Part::Content && (block.level > 0 || leads_on) {
                own.insert(key, at);
            }
        }
        let titles: BTreeSet<usize> = own.into_values().collect();
        page.blocks
            .iter()
            .enumerate()
            .filter(|(at, block)| titles.contains(at) || !self.is_furniture(block))
            .map(|(_, block)| block)
            .collect()
    }

    /// Parts of `<title>` that many pages share: the site's name, no page's.
    fn shared_titles(&self) -> BTreeSet<String> {
        let mut pages = 0;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let own = self.nodes.iter().filter(|node| node.outside.is_none());
        for page in own.filter_map(Node::page) {
            pages += 1;
            let parts: BTreeSet<String> = title_parts(&page.title).map(thai::key).collect();
            for part in parts {
                *counts.entry(part).or_default() += 1;
            }
        }
        let often = ((pages as f64 * REPEATED_SHARE) as usize).max(REPEATED_MIN);
        counts
            .into_iter()
            .filter(|(_, count)| *count >= often)
            .map(|(part, _)| part)
            .collect()
    }

    /// What a page without headings begins with: the line by which links call it, else its first short line.
    fn first_line(&self, id: NodeId, content: &[&Block]) -> Option<String> {
        const LINES: usize = 6;
        const SHORT: usize = 160;
        let called: BTreeSet<Rc<str>> = self.nodes[id]
            .labels
            .iter()
            .map(|label| self.keys.of(&label.text))
            .filter(|key| !is_generic(key) && !is_home(key))
            .collect();
        let lines = || {
            content
                .iter()
                .take(LINES)
                .filter(|block| block.text.chars().count() <= SHORT)
        };
        let by_name = lines().find(|block| called.contains(&self.keys.of(&block.text)));
        by_name
            .or_else(|| lines().find(|block| says_something(&block.text)))
            .map(|block| block.text.clone())
    }

    /// Titles and texts.
    fn name_pages(&mut self) {
        let shared = self.shared_titles();
        for id in 0..self.nodes.len() {
            let (title, text, parts) = match &self.nodes[id].kind {
                NodeKind::Page(page) => {
                    let content = self.content_of(page);
                    let heading = content
                        .iter()
                        .find(|block| block.level > 0)
                        .map(|block| block.text.clone());
                    let title = heading
                        .or_else(|| page.breadcrumb.last().cloned())
                        .or_else(|| own_title(&page.title, &shared))
                        .or_else(|| self.first_line(id, &content))
                        .unwrap_or_else(|| page.title.trim().to_owned());
                    // A page that begins with a sentence is called by it for want of a title, and says it all the same.
                    let titled = |block: &Block| {
                        block.text == title && (block.level > 0 || !is_sentence(&block.text))
                    };
                    // What a link to a file says is the file's name, not what stands on the page, wherever the file is kept.
                    let is_paper =
                        |node: &Node| node.document().is_some() || node.is_paper_elsewhere();
                    let names: BTreeSet<&str> = self
                        .links_of(id)
                        .filter(|(_, to)| is_paper(&self.nodes[*to]))
                        .flat_map(|(link, _)| [link.label.as_str(), link.row.as_str()])
                        .collect();
                    let body: Vec<&str> = content
                        .iter()
                        .filter(|block| !titled(block) && !names.contains(block.text.as_str()))
                        .filter(|block| !quotes_criteria(&block.text, &self.keys))
                        .map(|block| block.text.as_str())
                        .collect();
                    (title, body.join("\n"), Parts::default())
                }
                NodeKind::File(document) => {
                    let length = document.pages.iter().map(|page| page.len() + 1).sum();
                    let mut text = String::with_capacity(length);
                    let mut parts = Parts::default();
                    for (at, page) in document.pages.iter().enumerate() {
                        parts.begin(text.len(), document.page_name(at).unwrap_or_default());
                        text.push_str(page);
                        text.push('\n');
                    }
                    (String::new(), text, parts)
                }
                _ => continue,
            };
            let node = &mut self.nodes[id];
            node.title = title;
            node.text = Text::new(text);
            node.parts = parts;
        }
        for id in 0..self.nodes.len() {
            if !self.nodes[id].title.is_empty() {
                continue;
            }
            let labels = &self.nodes[id].labels;
            // A heading names the papers below it, and not the map or the stranger's website beside them.
            let elsewhere = self.nodes[id].is_elsewhere();
            let shown = |label: &Label| {
                if elsewhere {
                    label.name().to_owned()
                } else {
                    label.shown()
                }
            };
            let own = labels.iter().filter(|label| !self.is_claim(label));
            let called = own.map(shown).find(|name| tells(name));
            let title = called
                .or_else(|| self.heading_of_file(id))
                .or_else(|| labels.iter().map(shown).find(|name| tells(name)))
                .or_else(|| labels.iter().map(shown).find(|name| !name.is_empty()))
                .unwrap_or_default();
            self.nodes[id].title = title;
        }
    }

    fn into_site(self, capture: &Capture) -> Site {
        let mut places: Vec<Place> = Vec::new();
        let mut place_of: BTreeMap<NodeId, PlaceId> = BTreeMap::new();
        let mut attached: BTreeSet<NodeId> = BTreeSet::new();
        for id in 0..self.nodes.len() {
            if self.nodes[id].page().is_some() {
                let files = self.attachments(id);
                attached.extend(&files);
                place_of.insert(id, places.len());
                for &file in &files {
                    place_of.entry(file).or_insert(places.len());
                }
                places.push(self.place(places.len(), id, files));
            }
        }
        for id in 0..self.nodes.len() {
            if self.nodes[id].page().is_none()
                && !attached.contains(&id)
                && !self.nodes[id].labels.is_empty()
            {
                place_of.insert(id, places.len());
                places.push(self.place(places.len(), id, Vec::new()));
            }
        }
        let mut children: Vec<Vec<PlaceId>> = vec![Vec::new(); places.len() + 1];
        let links = self
            .content_links
            .iter()
            .flat_map(|(from, links)| links.iter().map(move |(_, to)| (from, to)));
        for (from, to) in links {
            let (Some(&from), Some(&child)) = (place_of.get(from), place_of.get(to)) else {
                continue;
            };
            let own_file = places[from].files.contains(to);
            let node = &self.nodes[*to];
            if from != child
                && !own_file
                && !node.is_elsewhere()
                && !self.nodes[*to].menu
                && !children[from].contains(&child)
            {
                children[from].push(child);
            }
        }
        let mut nodes = self.nodes;
        let mut furniture = None;
        if let Some(home) = self.home {
            let text = furniture_text(&nodes, &self.repeated, &self.keys);
            let page = match &nodes[home].kind {
                NodeKind::Page(page) => page,
                _ => &Page::default(),
            };
            let links = page
                .links
                .iter()
                .filter(|link| link.part != Part::Content)
                .cloned()
                .collect();
            let id = nodes.len();
            furniture = Some(places.len());
            let title = "ส่วนหัวและท้ายเว็บไซต์".to_owned();
            places.push(Place::new(
                places.len(),
                id,
                Vec::new(),
                vec![title.clone()],
                Vec::new(),
            ));
            nodes.push(Node {
                url: nodes[home].url.clone(),
                linked: None,
                outside: None,
                kind: NodeKind::Page(Page {
                    links,
                    ..Page::default()
                }),
                clicks: Some(0),
                labels: Vec::new(),
                title,
                text: Text::new(text),
                parts: Parts::default(),
                ocr: None,
                index: false,
                menu: true,
            });
        }
        Site {
            names: Names::of(&places, &nodes),
            agency: self.agency,
            taken_on: capture.taken_on,
            complete: capture.stop.is_none(),
            nodes,
            places,
            home: self.home,
            furniture,
            by_url: self.by_url,
            place_of,
            parents: parents_of(&children),
            children,
        }
    }

    /// Files that belong to a page as one publication: few, and not of different names or years.
    fn attachments(&self, page: NodeId) -> Vec<NodeId> {
        let mut files: Vec<NodeId> = Vec::new();
        let mut years = BTreeSet::new();
        let mut titles = BTreeSet::new();
        let text = self.nodes[page].text.as_str().chars().count();
        for (link, to) in self.links_of(page) {
            let node = &self.nodes[*to];
            let photo = node
                .document()
                .is_some_and(|document| document.kind == DocumentKind::Image)
                && text > super::IMAGE_PAGE_TEXT;
            let elsewhere = node.is_paper_elsewhere();
            let no_file = node.document().is_none() && !elsewhere;
            if no_file || node.index || photo || files.contains(to) {
                continue;
            }
            files.push(*to);
            let called = if link.row.len() > link.label.len() && is_generic(&thai::key(&link.label))
            {
                &link.row
            } else {
                &link.label
            };
            // A frame that shows a paper kept elsewhere has no name of its own.
            let nameless = elsewhere && link.label.is_empty();
            if !nameless && !is_part(&link.label) {
                titles.insert(bare_title(called));
            }
            let named: Vec<_> = dates::scan(called)
                .into_iter()
                .chain(dates::scan(&link.under.join("\n")))
                .collect();
            years.extend(
                named
                    .iter()
                    .filter_map(|mention| mention.when.fiscal_year()),
            );
        }
        if files.len() > ATTACHED_MAX
            || years.len() > 1
            || titles.len() > 1
            || self.nodes[page].index
            || self.lists_pages_too(page)
        {
            Vec::new()
        } else {
            files
        }
    }

    /// Whether a page holds hardly more than links, to pages as well as to files: each is a paper of its own.
    fn lists_pages_too(&self, page: NodeId) -> bool {
        let links: Vec<_> = self.links_of(page).collect();
        let to_pages = links
            .iter()
            .filter(|(link, to)| self.nodes[*to].page().is_some() && !link.label.is_empty())
            .count();
        let labels: usize = links
            .iter()
            .map(|(link, _)| link.label.chars().count())
            .sum();
        let text = self.nodes[page].text.as_str().chars().count();
        to_pages > 0 && text < labels + OWN_TEXT
    }

    fn place(&self, id: PlaceId, main: NodeId, files: Vec<NodeId>) -> Place {
        let node = &self.nodes[main];
        let (claims, own): (Vec<&Label>, Vec<&Label>) =
            node.labels.iter().partition(|label| self.is_claim(label));
        // A file that says nothing itself is shown by what the index promises, and is not named by it.
        let shown = |label: &&&Label| label.shown() == node.title;
        let promised = node.page().is_none()
            && claims.iter().any(|label| shown(&label))
            && !own.iter().any(|label| shown(&label));
        let claims: Vec<String> = claims
            .into_iter()
            .map(|label| match label.under.last() {
                Some(heading) if is_generic(&thai::key(label.name())) => heading.clone(),
                _ => label.name().to_owned(),
            })
            .collect();
        let mut names: Vec<String> = vec![node.title.clone()];
        names.retain(|_| !promised);
        names.extend(self.heading_of_file(main));
        let mut sections: Vec<String> = Vec::new();
        if let Some(page) = node.page() {
            // The heading of a list's row is the name of what it leads to.
            let leads = |block: &Block| {
                page.links
                    .iter()
                    .any(|link| link.part == Part::Content && link.label == block.text)
            };
            names.extend(
                self.content_of(page)
                    .into_iter()
                    .take(4)
                    .filter(|block| block.level > 0 && !leads(block))
                    .map(|block| block.text.clone()),
            );
            sections.extend(page.breadcrumb.iter().skip(1).cloned());
        }
        // Every page's menu says the same of what it links to.
        let mut said = BTreeSet::new();
        for label in own {
            if said.insert((&label.text, &label.row)) {
                names.push(label.name().to_owned());
            }
            if label.part == Part::Content && self.nodes[main].page().is_none() {
                sections.extend(label.under.iter().cloned());
            }
        }
        let distinct = |words| distinct(words, &self.keys);
        let papers = distinct(self.wrapped(main, &files));
        let mut place = Place::new(id, main, files, distinct(names), distinct(sections));
        place.papers = papers;
        place.claims = distinct(claims);
        place
    }

    /// What a page that says next to nothing itself calls its files: it is but their wrapping, and found by their names.
    fn wrapped(&self, main: NodeId, files: &[NodeId]) -> Vec<String> {
        let node = &self.nodes[main];
        let Some(page) = node.page() else {
            return Vec::new();
        };
        let filled = page.tables.iter().any(|table| !table.rows.is_empty())
            || page.forms.iter().any(|form| form.part == Part::Content);
        if filled || node.text.as_str().chars().count() >= OWN_TEXT {
            return Vec::new();
        }
        let labels = files.iter().flat_map(|&file| &self.nodes[file].labels);
        labels
            .filter(|label| label.from == main && tells(label.name()))
            .map(|label| label.name().to_owned())
            .collect()
    }

    /// Whether a label is a row of an ITA index: it promises an item, the thing itself must keep the promise.
    fn is_claim(&self, label: &Label) -> bool {
        self.nodes[label.from].index && !self.is_front(label.from)
    }

    /// What a file's own first lines call it.
    fn heading_of_file(&self, id: NodeId) -> Option<String> {
        let document = self.nodes[id].document()?;
        if document.reading != Reading::Text {
            return None;
        }
        let page = document.pages.iter().find(|page| !page.trim().is_empty())?;
        title_of(page, &self.agency)
    }

    /// Home and its frames list pages in the site's own words; an ITA index lists them in the manual's.
    fn is_front(&self, id: NodeId) -> bool {
        self.nodes[id].clicks == Some(0) || !self.indexes.contains(&id)
    }
}

/// The lines with which a document begins, as far as they are its title.
pub(super) fn title_of(page: &str, agency: &Agency) -> Option<String> {
    const LONG: usize = 200;
    const LINES: usize = 4;
    /// Filled cells of a table's row; a title set in columns has fewer.
    const ROW: usize = 3;
    /// With these a table begins, or a letter, or the body.
    const BODY: [&str; 24] = [
        "ที่ ",
        "ลำดับ",
        "โครงการ",
        "รายการ",
        "ประเภท",
        "หมวด",
        "แหล่ง",
        "เดือน ",
        "เหตุการณ์",
        "ความเสี่ยง",
        "มาตรการ ",
        "ประเด็น",
        "ด้าน",
        "ตัวชี้วัด",
        "งบประมาณ",
        "คำนำ",
        "ด้วย",
        "ตามที่",
        "เพื่อ",
        "สารบัญ",
        "ข้าพเจ้า",
        "๑.",
        "1.",
        "ก.",
    ];
    let mut title = String::new();
    for line in page
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(LINES)
    {
        // Above a sheet that begins with its table stands no title.
        if line
            .split('\t')
            .filter(|cell| !cell.trim().is_empty())
            .count()
            >= ROW
        {
            break;
        }
        let begins_body = BODY.iter().any(|word| line.starts_with(word));
        // The year is the last thing a title says, but for the months in brackets.
        let goes_on = line.starts_with(['(', '[']) || line.starts_with("รอบ");
        let dated = !goes_on && !dates::scan(&title).is_empty();
        if title.chars().count() + line.chars().count() > LONG
            || (begins_body || dated) && !title.is_empty()
        {
            break;
        }
        // With the maker's name a title ends, unless it is the letterhead.
        let ends = !title.is_empty() && !agency.name.is_empty() && agency.named_in(line);
        title = format!("{title} {line}");
        if ends {
            break;
        }
    }
    let title = title.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

impl Place {
    fn new(
        id: PlaceId,
        main: NodeId,
        files: Vec<NodeId>,
        names: Vec<String>,
        sections: Vec<String>,
    ) -> Self {
        Self {
            id,
            main,
            files,
            names,
            sections,
            papers: Vec::new(),
            claims: Vec::new(),
            read_title: None,
            list: Default::default(),
            blank: Default::default(),
            unfilled: Default::default(),
            facts: Default::default(),
            leaders: Default::default(),
        }
    }
}

impl Label {
    /// The label, or the row where the label says nothing by itself (`ดาวน์โหลดที่นี่`).
    pub fn name(&self) -> &str {
        let key = thai::key(&self.text);
        let says_little = key.chars().count() < 12 || is_generic(&key);
        let row_says_more =
            || self.row.chars().count() <= 200 && thai::key(&self.row).len() > key.len();
        if says_little && !is_home(&key) && row_says_more() {
            &self.row
        } else {
            &self.text
        }
    }
}

impl Label {
    /// The name as a reader would say it: of a table's row without numbers, dates and buttons.
    pub fn shown(&self) -> String {
        let name = self.name();
        let cells: Vec<&str> = name
            .split(" | ")
            .map(|cell| match cell.trim().strip_suffix(self.text.trim()) {
                Some(rest) if is_generic(&thai::key(&self.text)) => rest.trim(),
                _ => cell.trim(),
            })
            .filter(|cell| tells(cell))
            .collect();
        match (cells.is_empty(), self.under.last()) {
            (false, _) => cells.join(" "),
            (true, Some(heading)) if !tells(name) => heading.clone(),
            (true, _) => name.to_owned(),
        }
    }
}

/// A name that tells one thing from another: words, no date, number, file name or button.
fn tells(name: &str) -> bool {
    let key = thai::key(name);
    let letters = key.chars().filter(|c| ('ก'..='ฮ').contains(c)).count();
    let words = name
        .split_whitespace()
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic()))
        .count();
    let dated = dates::scan(name).iter().any(|mention| {
        let outside = key
            .chars()
            .count()
            .saturating_sub(thai::key(&name[mention.span.clone()]).chars().count());
        outside < 4
    });
    (letters >= 4 || words >= 2) && !is_generic(&key) && !dated
}

fn keys(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| thai::key(word)).collect()
}

/// Labels of links back to the front page.
fn is_home(key: &str) -> bool {
    static HOME: LazyLock<Vec<String>> =
        LazyLock::new(|| keys(&["หน้าแรก", "หน้าหลัก", "home", "กลับหน้าหลัก", "กลับหน้าแรก"]));
    HOME.iter().any(|home| key == home)
}

/// Labels that name no particular thing.
fn is_generic(key: &str) -> bool {
    const GENERIC: [&str; 23] = [
        "เปิดดู",
        "เปิดอ่าน",
        "ดูข้อมูล",
        "ดูราย",
        "ดูเอกสาร",
        "ลิงก์",
        "ลิงค์",
        "ที่นี่",
        "link",
        "click",
        "view",
        "ดาวน์โหลด",
        "ดาว์โหลด",
        "คลิก",
        "รายละเอียด",
        "อ่านต่อ",
        "ไฟล์แนบ",
        "เอกสารแนบ",
        "download",
        "readmore",
        "ดูเพิ่มเติม",
        "เปิดไฟล์",
        "ดูไฟล์",
    ];
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&GENERIC));
    key.is_empty()
        || KEYS.iter().any(|word| key.starts_with(word)) && key.chars().count() < 24
        || is_address(key)
}

/// A `<title>` taken apart at what sets the site's name off.
fn title_parts(title: &str) -> impl Iterator<Item = &str> {
    title
        .split(['|', '»', '–', '•'])
        .flat_map(|part| part.split(" - "))
        .flat_map(|part| part.split("::"))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The part of a `<title>` that is the page's own.
fn own_title(title: &str, shared: &BTreeSet<String>) -> Option<String> {
    title_parts(title)
        .find(|part| !shared.contains(&thai::key(part)))
        .map(str::to_owned)
}

/// A line of words, not of a date, a counter or a button.
fn says_something(line: &str) -> bool {
    const ASIDE: [&str; 9] = [
        "โพสต์",
        "เผยแพร่",
        "อ่าน",
        "เข้าชม",
        "วันที่",
        "ผู้เขียน",
        "แชร์",
        "พิมพ์",
        "views",
    ];
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&ASIDE));
    let key = thai::key(line);
    key.chars().filter(|c| !c.is_ascii_digit()).count() >= 4
        && !is_generic(&key)
        && !is_home(&key)
        && !KEYS.iter().any(|word| key.starts_with(word))
}

/// A line that tells what was done or what comes next, as a name does not.
fn is_sentence(line: &str) -> bool {
    const ANNOUNCES: [&str; 2] = ["ดังต่อไปนี้", "ดังนี้"];
    /// Verbs' companions; a name may have one of them.
    const TELLS: [&str; 6] = ["ได้", "ไว้", "แล้ว", "ซึ่ง", "จึง", "จะ"];
    let line = line.replace("รายได้", "");
    let told = TELLS.iter().filter(|word| line.contains(**word)).count();
    ANNOUNCES.iter().any(|word| line.contains(word)) || told >= 2
}

/// The words that say something, each once.
fn distinct(mut words: Vec<String>, keys: &Keys) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words.retain(|word| !word.trim().is_empty() && seen.insert(keys.of(word)));
    words
}

/// An address written out for a label.
fn is_address(key: &str) -> bool {
    (key.starts_with("http") || key.starts_with("www."))
        && !key.chars().any(|c| ('ก'..='ฮ').contains(&c))
}

/// Whether a document opens as the assessors' manual.
fn is_assessors_manual(document: &Document) -> bool {
    const OPENING: usize = 300;
    let opening = document
        .pages
        .first()
        .map_or("", |page| thai::head(page, OPENING));
    let key = thai::key(opening);
    static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| keys(&MANUALS));
    KEYS.iter().any(|title| key.contains(title))
}

/// A page that names many items by number, or quotes the manual's criteria.
fn lists_items(page: &Page, keys: &Keys) -> bool {
    static CRITERIA: LazyLock<Vec<String>> = LazyLock::new(|| {
        self::keys(&["อย่างน้อยประกอบด้วย", "องค์ประกอบด้านข้อมูล", "เป็นข้อมูลในระยะเวลา"])
    });
    let content = page
        .blocks
        .iter()
        .filter(|block| block.part == Part::Content)
        .map(|block| block.text.as_str());
    let mut items = BTreeSet::new();
    let mut linked = BTreeSet::new();
    let mut criteria = 0;
    let mut titles: BTreeSet<&str> = BTreeSet::new();
    let links = page.links.iter().filter(|link| link.part == Part::Content);
    for link in links {
        let above = link.under.last().map_or("", String::as_str);
        let said = keys.of(&[link.label.as_str(), &link.row, above].join(" "));
        let named = MANUAL_KEYS
            .iter()
            .filter(|title| said.contains(title.as_str()));
        titles.extend(named.map(String::as_str));
        item_numbers(&link.label, &mut linked);
        item_numbers(&link.row, &mut linked);
        link.under
            .last()
            .into_iter()
            .for_each(|above| item_numbers(above, &mut linked));
    }
    for text in content {
        item_numbers(text, &mut items);
        let key = keys.of(text);
        criteria += usize::from(CRITERIA.iter().any(|words| key.contains(words)));
    }
    titles.len() >= INDEX_TITLES
        || linked.len() >= INDEX_LINKS
        || items.len() >= INDEX_ITEMS && !linked.is_empty()
        || criteria >= 3
}

/// Numbers of OIT items in a text: `O12`, `OIT 12`, `o12`.
fn item_numbers(text: &str, items: &mut BTreeSet<u8>) {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let starts_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if !byte.eq_ignore_ascii_case(&b'o') || !starts_word {
            continue;
        }
        let rest = text[at + 1..]
            .trim_start_matches("IT")
            .trim_start_matches("it")
            .trim_start_matches(['.', '-', ' ']);
        let digits: String = rest
            .chars()
            .map_while(thai::digit)
            .filter_map(|digit| char::from_digit(digit, 10))
            .take(3)
            .collect();
        if let Ok(number @ 1..=43) = digits.parse() {
            items.insert(number);
        }
    }
}

/// Masthead and foot as the page shows them that has most of them (a splash page has none), and the frames around it.
fn furniture_text(nodes: &[Node], repeated: &BTreeMap<Rc<str>, usize>, keys: &Keys) -> String {
    let text = |node: &Node, all: bool| -> String {
        let blocks = node
            .page()
            .map(|page| page.blocks.as_slice())
            .unwrap_or_default();
        let kept = blocks.iter().filter(|block| {
            all || block.part != Part::Content || repeated.contains_key(&keys.of(&block.text))
        });
        kept.map(|block| block.text.as_str())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let framed = nodes
        .iter()
        .filter(|node| node.index && node.clicks == Some(0))
        .map(|node| text(node, node.menu));
    let fullest = nodes
        .iter()
        .filter(|node| node.outside.is_none())
        .map(|node| text(node, false))
        .max_by_key(|text| text.len());
    fullest
        .into_iter()
        .chain(framed)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Labels that name a part of one document.
fn is_part(label: &str) -> bool {
    const PARTS: [&str; 9] = [
        "บทที่",
        "ส่วนที่",
        "ตอนที่",
        "เล่มที่",
        "ภาคผนวก",
        "เอกสารแนบ",
        "หน้าที่",
        "ไฟล์ที่",
        "แนบ",
    ];
    PARTS
        .iter()
        .any(|part| label.trim_start().starts_with(part))
}

/// A file's name without what differs between copies of one document: numbers, endings.
fn bare_title(label: &str) -> String {
    let key = thai::key(label);
    let key = [
        ".pdf", ".docx", ".doc", ".xlsx", ".xls", ".jpg", ".png", ".zip",
    ]
    .iter()
    .fold(key, |key, end| key.replace(end, ""));
    key.chars()
        .filter(|c| !c.is_ascii_digit() && !c.is_ascii_punctuation())
        .collect()
}

/// How many places name each place among their children.
fn parents_of(children: &[Vec<PlaceId>]) -> Vec<usize> {
    let mut parents = vec![0; children.len()];
    for &child in children.iter().flatten() {
        parents[child] += 1;
    }
    parents
}

/// Where a chain of redirects ends; `None` when it goes round.
fn end_of<'a>(key: &str, redirects: &'a BTreeMap<String, (&Url, Url)>) -> Option<&'a Url> {
    let mut end = &redirects.get(key)?.1;
    for _ in 0..HOPS_MAX {
        match redirects.get(&twin(end)) {
            Some((_, next)) => end = next,
            None => return Some(end),
        }
    }
    None
}

fn status_words(status: u16) -> String {
    match status {
        404 | 410 => format!("ลิงก์เสีย ({status})"),
        401 | 403 => format!("ไม่อนุญาตให้เปิด ({status})"),
        500..=599 => format!("เซิร์ฟเวอร์ขัดข้อง ({status})"),
        _ => format!("เปิดไม่ได้ ({status})"),
    }
}

/// Reads the bodies on all processors; the order of the result is the order of the input.
fn read_bodies(bodies: &[Body], mut files: Documents<'_>) -> Vec<Extracted> {
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(bodies.len().max(1));
    let next = AtomicUsize::new(0);
    let slots: Vec<OnceLock<Extracted>> = bodies
        .iter()
        .map(|body| {
            let read = files.remove(body.bytes());
            read.map_or_else(OnceLock::new, |document| {
                OnceLock::from(Extracted::Document(document))
            })
        })
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((body, slot)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|at| bodies.get(at).zip(slots.get(at)))
                {
                    if slot.get().is_some() {
                        continue;
                    }
                    // A reader that panics on a hostile body costs that body only.
                    let read = || extract::extract(body.url, body.content_type(), body.bytes());
                    let thing = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
                    let _ = slot.set(thing.unwrap_or_else(|_| {
                        Extracted::Document(Document::unread(
                            DocumentKind::Unknown,
                            Reading::Damaged,
                        ))
                    }));
                }
            });
        }
    });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or(Extracted::Other))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::fetch::capture::{Response, Visit};
    use crate::site::Rank;
    use crate::thai::Needle;

    fn capture(pages: &[(&str, String)]) -> Capture {
        let home = Url::parse("http://agency.test/").unwrap();
        let visits = pages.iter().map(|(path, body)| Visit {
            url: home.join(path).unwrap(),
            found: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            result: Ok(Response {
                status: 200,
                headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
                body: Bytes::from(body.clone()),
                truncated: None,
            }),
        });
        Capture {
            visits: visits.collect(),
            home: home.clone(),
            taken_on: jiff::civil::date(2022, 5, 18),
            skipped: Vec::new(),
            traps: Vec::new(),
            stop: None,
            digest: None,
        }
    }

    /// A page of a site that marks nothing as a heading, with the same menu and `<title>` everywhere.
    fn plain(body: &str) -> String {
        let menu = ["โครงสร้าง", "อำนาจหน้าที่", "กฎหมาย", "ติดต่อเรา", "ดัชนี", "ข่าว"];
        let menu: String = menu
            .iter()
            .enumerate()
            .map(|(at, name)| format!("<div><a href=\"/m{at}\">{name}</a></div>"))
            .collect();
        format!(
            "<html><head><title>เทศบาลตำบลบ้านดี</title></head><body><div>เทศบาลตำบลบ้านดี</div><div>{menu}</div>\
             <div>{body}</div></body></html>"
        )
    }

    fn site(index: &str, extra: &[(&str, String)]) -> Site {
        let long = |of: &str| {
            format!(
                "<div>{of} ของเทศบาลมีข้อความในหน้านี้ยาวพอที่จะเป็นเนื้อหาของหน้า ไม่ใช่เพียงรายการลิงก์</div>"
            )
        };
        let mut pages = vec![
            (
                "/",
                plain(&format!("<div>ยินดีต้อนรับ</div>{}", long("ยินดีต้อนรับ"))),
            ),
            (
                "/m0",
                plain(&format!("<div>โครงสร้าง</div>{}", long("โครงสร้าง"))),
            ),
            (
                "/m1",
                plain(&format!("<div>อำนาจหน้าที่</div>{}", long("อำนาจหน้าที่"))),
            ),
            (
                "/m2",
                plain(
                    "<div>กฎหมาย</div><div><a href=\"http://law.test/1\">พ.ร.บ. หนึ่ง</a></div><div><a \
                     href=\"http://law.test/2\">พ.ร.บ. สอง</a></div><div><a href=\"http://law.test/3\">พ.ร.บ. \
                     สาม</a></div><div><a href=\"http://law.test/4\">พ.ร.บ. สี่</a></div>",
                ),
            ),
            (
                "/m3",
                plain(&format!("<div>ติดต่อเรา</div>{}", long("ติดต่อเรา"))),
            ),
            ("/m4", plain(index)),
        ];
        pages.extend(extra.iter().cloned());
        Site::build(&capture(&pages), None)
    }

    fn at<'a>(site: &'a Site, path: &str) -> &'a Node {
        let url = Url::parse("http://agency.test/").unwrap().join(path);
        site.node_at(&url.unwrap()).unwrap()
    }

    fn rank(site: &Site, path: &str, words: &str) -> Option<Rank> {
        let found = site.find(&[Arc::new(Needle::parse(words))]);
        let url = &at(site, path).url;
        found
            .into_iter()
            .find(|(place, _)| &site.nodes[site.places[*place].main].url == url)
            .map(|(_, rank)| rank)
    }

    #[test]
    fn a_page_without_headings_is_called_by_its_first_line() {
        let site = site("<div>ดัชนี</div>", &[]);
        assert_eq!(at(&site, "/m0").title, "โครงสร้าง");
        assert_eq!(at(&site, "/m3").title, "ติดต่อเรา");
    }

    #[test]
    fn a_list_of_links_that_stands_nowhere_else_is_content() {
        let site = site("<div>ดัชนี</div>", &[]);
        assert_eq!(at(&site, "/m2").title, "กฎหมาย");
        assert!(at(&site, "/m2").text.as_str().contains("พ.ร.บ. สี่"));
    }

    #[test]
    fn a_promise_of_the_index_names_nothing() {
        let rows: String = ["แผนดำเนินงาน", "รายงานการรับฟัง", "คู่มือ", "สถิติ", "ความพึงพอใจ"]
            .iter()
            .enumerate()
            .map(|(at, name)| format!("<div>O1{at} {name} <a href=\"/doc{at}\">คลิก</a></div>"))
            .collect();
        let kept =
            plain("<div>ข้อมูลของเทศบาล</div><div>แผนดำเนินงานประจำปีของเทศบาลมีโครงการดังต่อไปนี้</div>");
        let broken = plain("<div>ผลการประกวดร้องเพลง</div><div>เมื่อวันที่ 9 มกราคม 2565 ณ ลานกีฬา</div>");
        let site = site(
            &rows,
            &[
                ("/doc0", kept),
                ("/doc1", broken),
                ("/doc2", plain("<div>คู่มือ</div><div>เรื่องที่หนึ่ง</div>")),
            ],
        );
        assert!(at(&site, "/m4").index);
        assert_eq!(rank(&site, "/doc0", "แผนดำเนินงาน"), Some(Rank::Section));
        assert_eq!(rank(&site, "/doc1", "การรับฟัง"), Some(Rank::Claimed));
        assert_eq!(rank(&site, "/doc2", "คู่มือ"), Some(Rank::Named));
    }

    #[test]
    fn an_empty_answer_is_a_broken_link() {
        let site = site(
            "<div>ดัชนี</div><div><a href=\"/empty.pdf\">แผนการใช้จ่ายงบประมาณ</a></div>",
            &[("/empty.pdf", String::new())],
        );
        assert!(matches!(at(&site, "/empty.pdf").kind, NodeKind::Broken(_)));
    }

    #[test]
    fn the_manuals_titles_make_an_index_without_numbers() {
        let rows: String = MANUAL[..6]
            .iter()
            .enumerate()
            .map(|(at, title)| {
                format!("<tr><td>0{at}</td><td>{title}</td><td><a href=\"/m{at}\">http://x</a></td></tr>")
            })
            .collect();
        let site = site(&format!("<table>{rows}</table>"), &[]);
        assert!(at(&site, "/m4").index);
        assert!(!at(&site, "/m2").index);
    }

    #[test]
    fn months_stand_in_the_titles_of_filled_tables() {
        let head = "<tr><th>งาน</th><th>วงเงิน</th></tr>";
        let filler = "ข้อความ ".repeat(200);
        let body = format!(
            "<h2>สรุปผลการจัดซื้อจัดจ้าง</h2><p>{filler}</p><h4>เดือนตุลาคม 2564</h4><table>{head}<tr><td>ซื้อวัสดุ</td>\
             <td>9,000</td></tr></table><h4>เดือนพฤศจิกายน 2564</h4><table>{head}<tr><td></td><td></td></tr></table>"
        );
        let site = site("<div>ดัชนี</div>", &[("/m5", plain(&body))]);
        let place = site
            .places
            .iter()
            .find(|place| site.nodes[place.main].title == "สรุปผลการจัดซื้อจัดจ้าง")
            .unwrap();
        let months: Vec<String> = site
            .months(place.id)
            .iter()
            .map(|m| m.to_string())
            .collect();
        assert_eq!(months, ["ตุลาคม 2564"]);
    }

    #[test]
    fn rows_are_shown_without_their_buttons() {
        let label = |text: &str, row: &str| Label {
            text: text.into(),
            row: row.into(),
            under: vec!["O12 รายงานผล".into()],
            from: 0,
            part: Part::Content,
        };
        assert_eq!(
            label("ดาวน์โหลด", "1 | แผนปฏิบัติการ ปี 2563 | 2019-12-20 | ดาวน์โหลด").shown(),
            "แผนปฏิบัติการ ปี 2563"
        );
        assert_eq!(label("เปิดดูข้อมูล", "เปิดดูข้อมูล").shown(), "O12 รายงานผล");
        assert_eq!(label("No Gift Policy", "").shown(), "No Gift Policy");
    }

    #[test]
    fn item_numbers_may_be_thai() {
        let mut items = BTreeSet::new();
        item_numbers("O๑๒ รายงาน OIT 13 โครงการ OPEN 5", &mut items);
        assert_eq!(items, BTreeSet::from([12, 13]));
    }
}
