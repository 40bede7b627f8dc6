//! What stands behind an address outside the agency's site, as far as the address itself tells.
//!
//! Nothing here fetches. An address says which service answers there, and from the service follows what may be concluded
//! unseen: a file on Google Drive is a paper that nobody has read yet, a button to share a page is nobody's channel, a
//! central system is not the agency's own. [`content`] says under which address a service hands out the bare file.

use url::Url;

use super::address::is_web;
use super::refs::FILES;
use super::services::SERVICES;

/// What kind of thing an address outside the site leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutsideKind {
    /// A file on Google Drive.
    Drive,
    /// A folder on Google Drive or another file service.
    Folder,
    /// A document, sheet or presentation written online.
    Document,
    /// An online form.
    Form,
    /// A Google site.
    Site,
    /// A file on another file service.
    Cloud,
    /// A book to leaf through, or slides.
    Flipbook,
    /// Somebody's page on a social network.
    Social,
    /// One post, picture or video on a social network.
    Post,
    /// A button that passes a page on to others.
    Share,
    /// A chat window.
    Chat,
    /// A system or website of central government.
    Central,
    /// The NACC's own surveys EIT and IIT.
    Survey,
    /// A short address that hides where it leads.
    Short,
    /// A map.
    Map,
    /// A viewer for a file that stands elsewhere.
    Viewer,
    /// A page to sign in.
    SignIn,
    /// A document on another website.
    File,
    /// Another website.
    Website,
}

impl OutsideKind {
    /// Every kind with the name that rules use for it.
    pub const ALL: [(&str, Self); 19] = [
        ("drive", Self::Drive),
        ("folder", Self::Folder),
        ("document", Self::Document),
        ("form", Self::Form),
        ("site", Self::Site),
        ("cloud", Self::Cloud),
        ("flipbook", Self::Flipbook),
        ("social", Self::Social),
        ("post", Self::Post),
        ("share", Self::Share),
        ("chat", Self::Chat),
        ("central", Self::Central),
        ("survey", Self::Survey),
        ("short", Self::Short),
        ("map", Self::Map),
        ("viewer", Self::Viewer),
        ("sign_in", Self::SignIn),
        ("file", Self::File),
        ("website", Self::Website),
    ];

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// What stands at an address outside the agency's site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Its kind.
    pub kind: OutsideKind,
    /// Where, as a person would say it: `Google Drive`, `Facebook`, or the host's name.
    pub service: String,
    /// Why the service did not hand out the contents when it was asked for them.
    pub refused: Option<Refused>,
    /// The address ends like a document's.
    is_file: bool,
}

/// Why a service did not hand out what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It wants a visitor to sign in, or the owner to grant access.
    SignIn,
    /// It answered with something else: a page in place of the file.
    Withheld,
}

impl Outside {
    /// What stands at an address.
    pub fn of(url: &Url) -> Self {
        let name = name(url);
        let is_file = FILES.contains(&name.extension.as_str());
        let known = google(&name, url)
            .or_else(|| social(&name, url))
            .or_else(|| listed(&name));
        let (kind, service) = match known {
            Some((kind, service)) => (kind, service.to_owned()),
            None if is_file => (OutsideKind::File, name.host),
            None => (OutsideKind::Website, name.host),
        };
        Self {
            kind,
            service,
            refused: None,
            is_file,
        }
    }

    /// A paper that an agency keeps elsewhere, and that belongs to the page that shows it.
    pub fn is_paper(&self) -> bool {
        use OutsideKind::*;
        self.is_file
            || matches!(
                self.kind,
                Drive | Folder | Document | Cloud | Flipbook | File
            )
    }

    /// What can be the contents of a section: papers, forms, pages of its own; no stranger's website and no channel.
    pub fn holds_papers(&self) -> bool {
        use OutsideKind::*;
        self.is_paper() || matches!(self.kind, Form | Site | Short)
    }

    /// Why its contents are not known, in Thai.
    pub fn why_unread(&self) -> &'static str {
        use OutsideKind::*;
        match self.refused {
            Some(Refused::SignIn) => {
                return "ต้องเข้าสู่ระบบหรือขอสิทธิ์ก่อนเปิด ให้หน่วยงานเปิดสิทธิ์แก่ทุกคนที่มีลิงก์";
            }
            Some(Refused::Withheld) => return "ผู้ให้บริการนอกเว็บไซต์ไม่ส่งตัวไฟล์ให้เปิดอ่าน",
            None => {}
        }
        match self.kind {
            Drive => "ไฟล์อยู่บน Google Drive นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Folder => "เป็นโฟลเดอร์ฝากไฟล์นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Document => "เป็นเอกสารออนไลน์นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Form => "เป็นแบบฟอร์มออนไลน์นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Site => "อยู่บน Google Sites นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Cloud | File => "ไฟล์อยู่นอกเว็บไซต์ เครื่องไม่ได้เปิดอ่าน",
            Flipbook => "เป็นเอกสารแบบพลิกหน้าหรือสไลด์นอกเว็บไซต์ เครื่องอ่านไม่ได้",
            Social | Post | Share | Chat => "อยู่บนสื่อสังคมออนไลน์ เครื่องไม่ได้เปิดอ่าน",
            Central => "อยู่ในระบบของหน่วยงานกลาง เครื่องไม่ได้เปิดอ่าน",
            Survey => "เป็นแบบวัดของ ป.ป.ช. (EIT/IIT)",
            Short => "เป็นลิงก์ย่อที่ไม่บอกปลายทาง",
            SignIn => "ต้องเข้าสู่ระบบก่อน",
            Map | Viewer | Website => "อยู่นอกเว็บไซต์",
        }
    }
}

/// The parts of an address by which services are told apart.
struct Name {
    host: String,
    /// Lower case, without the account (`/a/example.go.th`, `/u/0`) that Google puts into it.
    path: Vec<String>,
    extension: String,
}

fn name(url: &Url) -> Name {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
    let lower = url.path().to_ascii_lowercase();
    let mut path: Vec<String> = lower
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if at(&host, "google.com") {
        for account in ["a", "u"] {
            if let Some(here) = path.iter().position(|part| part == account)
                && here < 2
                && path.len() > here + 2
            {
                path.drain(here..here + 2);
            }
        }
    }
    let extension = path
        .last()
        .and_then(|last| last.rsplit_once('.'))
        .map_or(String::new(), |(_, extension)| extension.to_owned());
    Name {
        host,
        path,
        extension,
    }
}

impl Name {
    fn at(&self, domain: &str) -> bool {
        at(&self.host, domain)
    }

    fn part(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    fn has(&self, parts: &[&str]) -> bool {
        self.path.iter().any(|part| parts.contains(&part.as_str()))
    }
}

/// Whether a host is a domain or stands below it.
fn at(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

fn value(url: &Url, names: &[&str]) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(name, value)| names.contains(&&**name) && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

type Known = Option<(OutsideKind, &'static str)>;

fn google(name: &Name, url: &Url) -> Known {
    use OutsideKind::*;
    const DRIVE: &str = "Google Drive";
    const MAPS: &str = "Google Maps";
    let host = name.host.as_str();
    let first = name.part(0);
    Some(match host {
        "accounts.google.com" => (SignIn, "หน้าเข้าสู่ระบบ Google"),
        "forms.gle" => (Form, "Google Forms"),
        "sites.google.com" => (Site, "Google Sites"),
        "maps.app.goo.gl" => (Map, MAPS),
        "goo.gl" if first == "maps" => (Map, MAPS),
        "goo.gl" if first == "forms" => (Form, "Google Forms"),
        "photos.google.com" | "photos.app.goo.gl" => (Folder, "Google Photos"),
        "docs.google.com" | "drive.google.com" => match first {
            "forms" => (Form, "Google Forms"),
            "document" => (Document, "Google Docs"),
            "spreadsheets" => (Document, "Google Sheets"),
            "presentation" | "drawings" => (Document, "Google Slides"),
            "file" | "open" | "uc" | "thumbnail" => (Drive, DRIVE),
            "folderview" | "embeddedfolderview" => (Folder, DRIVE),
            "drive" if name.has(&["folders"]) => (Folder, DRIVE),
            "viewer" | "gview" | "viewerng" if value(url, &["srcid"]).is_some() => (Drive, DRIVE),
            "viewer" | "gview" | "viewerng" => (Viewer, "Google Docs"),
            "drive" => (SignIn, DRIVE),
            _ => (Website, DRIVE),
        },
        "lookerstudio.google.com" | "datastudio.google.com" => (Document, "Looker Studio"),
        _ if at(host, "drive.usercontent.google.com") || at(host, "googleusercontent.com") => {
            (Drive, DRIVE)
        }
        _ if host.starts_with("maps.google.") => (Map, MAPS),
        _ if host.starts_with("google.") && first == "maps" => (Map, MAPS),
        _ => return None,
    })
}

/// Social networks: whose page, one post, or a button to share.
fn social(name: &Name, url: &Url) -> Known {
    use OutsideKind::*;
    let first = name.part(0);
    let second = name.part(1);
    if ["facebook.com", "fb.com", "fb.me", "fb.watch"]
        .iter()
        .any(|domain| name.at(domain))
    {
        let about = value(url, &["href"]).and_then(|about| Url::parse(&about).ok());
        let kind = match first {
            "" | "home.php" | "login" | "login.php" | "tr" | "policies" | "help" | "r.php"
            | "legal" => Website,
            "sharer" | "sharer.php" | "share.php" | "dialog" => Share,
            "plugins" if second.starts_with("page") || second.starts_with("likebox") => match about
            {
                Some(about) if self::name(&about).part(0) != "plugins" => {
                    return social(&self::name(&about), &about).or(Some((Website, "Facebook")));
                }
                _ => Website,
            },
            "plugins" if second.starts_with("post") || second.starts_with("video") => Post,
            "plugins" => Share,
            "messages" => Chat,
            "share" if matches!(second, "p" | "v" | "r") => Post,
            "watch" | "photo" | "photo.php" | "permalink.php" | "story.php" | "hashtag"
            | "reel" | "events" | "media" | "video.php" => Post,
            _ if name.at("fb.watch") => Post,
            _ if name.has(&["posts", "photos", "videos", "permalink", "reels", "events"]) => Post,
            _ => Social,
        };
        return Some((kind, "Facebook"));
    }
    if name.at("m.me") || name.at("messenger.com") {
        return Some((Chat, "Messenger"));
    }
    if name.at("line.me") || name.at("lin.ee") {
        let share = name.has(&["msg", "share", "lineit", "social-plugin"]);
        let kind = match first {
            _ if share => Share,
            "" if !name.at("lin.ee") => Website,
            _ if name.host.starts_with("notify") => Website,
            _ => Social,
        };
        return Some((kind, "LINE"));
    }
    if name.at("youtube.com") || name.at("youtu.be") || name.at("youtube-nocookie.com") {
        let kind = match first {
            "" | "results" | "feed" => Website,
            "watch" | "embed" | "shorts" | "live" | "playlist" | "v" | "clip" => Post,
            _ if name.at("youtu.be") => Post,
            _ => Social,
        };
        return Some((kind, "YouTube"));
    }
    let networks = [
        ("twitter.com", "X"),
        ("x.com", "X"),
        ("instagram.com", "Instagram"),
        ("tiktok.com", "TikTok"),
    ];
    if let Some((_, service)) = networks.iter().find(|(domain, _)| name.at(domain)) {
        let kind = match first {
            "" | "login" | "search" | "explore" | "about" | "legal" => Website,
            "intent" | "share" | "widgets" => Share,
            "home" if value(url, &["status"]).is_some() => Share,
            "p" | "reel" | "tv" | "stories" | "hashtag" | "tag" | "i" => Post,
            _ if name.has(&["status", "video", "statuses"]) => Post,
            _ if name.host.starts_with("vt.") || name.host.starts_with("vm.") => Post,
            _ => Social,
        };
        return Some((kind, service));
    }
    let passes_on = match name.host.as_str() {
        "addtoany.com" | "addthis.com" | "sharethis.com" => true,
        "api.whatsapp.com" | "wa.me" => value(url, &["text"]).is_some(),
        "t.me" | "telegram.me" => first == "share",
        "linkedin.com" => matches!(first, "sharearticle" | "sharing" | "cws"),
        "pinterest.com" => first == "pin" && second == "create",
        "reddit.com" => first == "submit",
        "tumblr.com" => first == "share" || first == "widgets",
        _ => false,
    };
    passes_on.then_some((Share, "สื่อสังคมออนไลน์"))
}

/// Services that their host tells.
fn listed(name: &Name) -> Known {
    use OutsideKind::*;
    let first = name.part(0);
    let domain = |domain: &&(&str, OutsideKind, &str)| name.at(domain.0);
    if let Some(&(_, kind, service)) = SERVICES.iter().find(domain) {
        let kind = match (kind, first) {
            (Cloud, "sh" | "folder" | "folders") => Folder,
            (Central, "go") if matches!(name.part(1), "eit" | "iit") => Survey,
            _ => kind,
        };
        return Some((kind, service));
    }
    // Names that stand inside hosts of many provinces and vendors.
    if name.host.contains("damrongdham") {
        return Some((Central, "ศูนย์ดำรงธรรม"));
    }
    if name.host.contains("citizenportal") {
        return Some((Central, "พอร์ทัลกลางเพื่อประชาชน"));
    }
    let leafs = name.host.contains("flipbook") || first == "flipbook";
    leafs.then_some((Flipbook, "หนังสือพลิกหน้า"))
}

/// The address under which the bare contents are handed out: of a file its download, of an online document its PDF or sheet,
/// of a form the form itself. `None` for what is not followed.
pub fn content(url: &Url) -> Option<Url> {
    use OutsideKind::*;
    if !is_web(url) {
        return None;
    }
    let outside = Outside::of(url);
    match outside.kind {
        Form | Short | File => Some(url.clone()),
        Drive => drive(url),
        Document => document(url),
        Cloud => cloud(url),
        _ => None,
    }
}

/// The id behind `/d/`, letters as they are written.
fn id_in_path(url: &Url) -> Option<&str> {
    let mut parts = url.path_segments()?;
    parts.find(|part| *part == "d")?;
    parts.next().filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (10..=128).contains(&id.len()) && id.bytes().all(plain)
}

fn drive(url: &Url) -> Option<Url> {
    if url
        .host_str()
        .is_some_and(|host| host.ends_with("usercontent.com"))
    {
        return Some(url.clone());
    }
    let id = match id_in_path(url) {
        Some(id) => id.to_owned(),
        None => value(url, &["id", "srcid"]).filter(|id| is_id(id))?,
    };
    let mut file = beside(url, "/uc")?;
    file.set_query(Some(&format!("export=download&id={id}")));
    if let Some(key) = value(url, &["resourcekey"]).filter(|key| is_id(key)) {
        file.query_pairs_mut().append_pair("resourcekey", &key);
    }
    Some(file)
}

/// Another path on the same server.
fn beside(url: &Url, path: &str) -> Option<Url> {
    let mut other = url.join(path).ok()?;
    if let Some(host) = other.host_str() {
        let host = host.replacen("docs.google.com", "drive.google.com", 1);
        other.set_host(Some(&host)).ok()?;
    }
    Some(other)
}

fn document(url: &Url) -> Option<Url> {
    let name = name(url);
    let tool = name.part(0);
    let end = match tool {
        "document" => "export?format=pdf",
        "spreadsheets" => "export?format=xlsx",
        "presentation" => "export/pdf",
        _ => return None,
    };
    // What was published to the web (`/d/e/…/pub`) has no other form to take it in, but for sheets.
    if name.part(1) == "d" && name.part(2) == "e" {
        if tool != "spreadsheets" {
            return Some(url.clone());
        }
        let mut parts = url.path_segments()?;
        parts.find(|part| *part == "e")?;
        let id = parts.next().filter(|id| is_id(id))?;
        return url
            .join(&format!("/spreadsheets/d/e/{id}/pub?output=xlsx"))
            .ok();
    }
    let id = id_in_path(url)?;
    url.join(&format!("/{tool}/d/{id}/{end}")).ok()
}

fn cloud(url: &Url) -> Option<Url> {
    let name = name(url);
    let mut file = url.clone();
    if name.at("dropbox.com") {
        let kept: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| name != "dl" && name != "raw")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        file.query_pairs_mut()
            .clear()
            .extend_pairs(kept)
            .append_pair("dl", "1");
    } else if name.at("onedrive.live.com") && name.part(0) == "embed" {
        file.set_path("/download");
    } else if name.at("sharepoint.com") {
        file.query_pairs_mut().append_pair("download", "1");
    } else if name.at("mediafire.com") || name.at("mega.nz") || name.at("4shared.com") {
        // Behind a page that only a browser gets past.
        return None;
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn kind(text: &str) -> OutsideKind {
        Outside::of(&url(text)).kind
    }

    #[test]
    fn a_page_of_a_network_is_a_channel_and_what_stands_on_it_is_not() {
        use OutsideKind::*;
        for (text, expected) in [
            ("https://www.facebook.com/bandee.go.th", Social),
            ("https://m.facebook.com/profile.php?id=1000", Social),
            ("https://www.facebook.com/pages/bandee/123", Social),
            ("https://www.facebook.com/groups/bandee", Social),
            ("https://web.facebook.com/share/1AbCdEf/", Social),
            (
                "https://www.facebook.com/plugins/page.php?href=https%3A%2F%2Fwww.facebook.com%2Fbandee&tabs=timeline",
                Social,
            ),
            ("https://www.facebook.com/", Website),
            ("https://www.facebook.com/plugins/page.php", Website),
            (
                "https://www.facebook.com/sharer/sharer.php?u=http://a.go.th/",
                Share,
            ),
            (
                "https://www.facebook.com/sharer.php?u=http://a.go.th/",
                Share,
            ),
            ("https://www.facebook.com/dialog/share?app_id=1", Share),
            (
                "https://www.facebook.com/plugins/like.php?href=http://a.go.th/",
                Share,
            ),
            (
                "https://www.facebook.com/plugins/share_button.php?href=http://a.go.th/",
                Share,
            ),
            ("https://www.facebook.com/bandee/posts/123", Post),
            ("https://www.facebook.com/share/p/AbC/", Post),
            ("https://www.facebook.com/bandee/videos/1/", Post),
            ("https://www.facebook.com/watch/?v=1", Post),
            ("https://www.facebook.com/messages/t/1", Chat),
            ("https://m.me/bandee", Chat),
            ("https://line.me/R/ti/p/@bandee", Social),
            ("https://line.me/ti/p/~bandee", Social),
            ("https://lin.ee/abc", Social),
            ("https://page.line.me/bandee", Social),
            ("https://line.me/R/msg/text/?x", Share),
            ("https://social-plugins.line.me/lineit/share?url=x", Share),
            ("https://line.me/", Website),
            ("https://www.youtube.com/@bandee", Social),
            ("https://www.youtube.com/channel/UCx", Social),
            ("https://www.youtube.com/embed/x", Post),
            ("https://youtu.be/x", Post),
            ("https://twitter.com/intent/tweet?url=x", Share),
            ("https://x.com/bandee", Social),
            ("https://x.com/bandee/status/1", Post),
            ("https://www.instagram.com/bandee/", Social),
            ("https://www.instagram.com/p/abc/", Post),
            ("https://www.tiktok.com/@bandee", Social),
            ("https://www.tiktok.com/@bandee/video/1", Post),
            ("https://api.whatsapp.com/send?text=x", Share),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn papers_forms_and_folders_are_told_apart() {
        use OutsideKind::*;
        for (text, expected) in [
            (
                "https://drive.google.com/file/d/1AbCdEfGhIjK/view?usp=sharing",
                Drive,
            ),
            (
                "https://drive.google.com/a/bandee.go.th/file/d/1AbCdEfGhIjK/preview",
                Drive,
            ),
            ("https://drive.google.com/open?id=1AbCdEfGhIjK", Drive),
            (
                "https://drive.google.com/drive/u/0/folders/1AbCdEfGhIjK",
                Folder,
            ),
            (
                "https://drive.google.com/embeddedfolderview?id=1AbCdEfGhIjK#list",
                Folder,
            ),
            ("https://drive.google.com/drive/my-drive", SignIn),
            (
                "https://docs.google.com/document/d/1AbCdEfGhIjK/edit",
                Document,
            ),
            (
                "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjK/edit#gid=0",
                Document,
            ),
            ("https://docs.google.com/forms/d/e/1FAIpQLS/viewform", Form),
            (
                "https://docs.google.com/gview?url=http://a.go.th/x.pdf",
                Viewer,
            ),
            (
                "https://docs.google.com/viewer?a=v&srcid=1AbCdEfGhIjK",
                Drive,
            ),
            ("https://forms.gle/abc", Form),
            ("https://forms.office.com/r/abc", Form),
            ("https://sites.google.com/bandee.go.th/ita", Site),
            ("https://www.dropbox.com/s/abc/plan.pdf?dl=0", Cloud),
            ("https://www.dropbox.com/sh/abc/def", Folder),
            ("https://1drv.ms/b/s!Abc", Cloud),
            ("https://anyflip.com/abc/def", Flipbook),
            ("https://online.anyflip.com/abc/def", Flipbook),
            ("https://bandee-flipbook.example.com/1", Flipbook),
            ("https://www.slideshare.net/x/026", Flipbook),
            ("https://bit.ly/3abc", Short),
            ("https://goo.gl/maps/abc", Map),
            ("https://goo.gl/abc", Short),
            ("https://www.google.co.th/maps/place/x", Map),
            ("https://www.google.com/maps/embed?pb=x", Map),
            ("https://vendor.example.com/files/plan.PDF", File),
            ("https://vendor.example.com/", Website),
            ("https://notfacebook.com/bandee", Website),
            ("https://bit.ly.example.com/x", Website),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn central_systems_are_central_whatever_they_hand_out() {
        use OutsideKind::*;
        for (text, expected) in [
            ("https://itas.nacc.go.th/go/eit/abc123", Survey),
            ("https://itas.nacc.go.th/go/iit/abc123", Survey),
            ("https://www.nacc.go.th/complain", Central),
            (
                "http://process3.gprocurement.go.th/egp2procmainWeb/x",
                Central,
            ),
            ("https://www.damrongdham.moi.go.th/", Central),
            ("http://trang.damrongdham.in.th/", Central),
            ("http://www.dla.go.th/upload/x.pdf", Central),
            ("https://board.go.th/", Website),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert!(Outside::of(&url("http://www.dla.go.th/upload/x.pdf")).is_paper());
        assert!(!Outside::of(&url("http://www.dla.go.th/")).holds_papers());
    }

    #[test]
    fn services_are_asked_for_the_bare_file() {
        for (text, expected) in [
            (
                "https://drive.google.com/file/d/1AbCdEfGhIjK/view",
                Some("https://drive.google.com/uc?export=download&id=1AbCdEfGhIjK"),
            ),
            (
                "https://drive.google.com/open?id=1AbCdEfGhIjK&usp=x",
                Some("https://drive.google.com/uc?export=download&id=1AbCdEfGhIjK"),
            ),
            (
                "https://docs.google.com/viewer?srcid=1AbCdEfGhIjK",
                Some("https://drive.google.com/uc?export=download&id=1AbCdEfGhIjK"),
            ),
            (
                "https://docs.google.com/document/d/1AbCdEfGhIjK/edit?usp=x",
                Some("https://docs.google.com/document/d/1AbCdEfGhIjK/export?format=pdf"),
            ),
            (
                "https://docs.google.com/spreadsheets/u/1/d/1AbCdEfGhIjK/edit#gid=0",
                Some("https://docs.google.com/spreadsheets/d/1AbCdEfGhIjK/export?format=xlsx"),
            ),
            (
                "https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEf/pubhtml",
                Some("https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEf/pub?output=xlsx"),
            ),
            (
                "https://docs.google.com/presentation/d/1AbCdEfGhIjK/embed",
                Some("https://docs.google.com/presentation/d/1AbCdEfGhIjK/export/pdf"),
            ),
            (
                "https://www.dropbox.com/s/abc/plan.pdf?dl=0",
                Some("https://www.dropbox.com/s/abc/plan.pdf?dl=1"),
            ),
            (
                "https://onedrive.live.com/embed?resid=A%21B&authkey=c",
                Some("https://onedrive.live.com/download?resid=A%21B&authkey=c"),
            ),
            ("https://forms.gle/abc", Some("https://forms.gle/abc")),
            (
                "https://vendor.example.com/plan.pdf",
                Some("https://vendor.example.com/plan.pdf"),
            ),
            ("https://drive.google.com/file/d/../view", None),
            ("https://drive.google.com/drive/folders/1AbCdEfGhIjK", None),
            ("https://www.facebook.com/bandee", None),
            ("https://itas.nacc.go.th/go/eit/x", None),
            ("http://www.dla.go.th/upload/x.pdf", None),
            ("https://anyflip.com/a/b", None),
            ("https://vendor.example.com/", None),
            ("mailto:a@b.go.th", None),
        ] {
            assert_eq!(
                content(&url(text)).map(String::from).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn every_kind_has_one_name() {
        for (name, kind) in OutsideKind::ALL {
            assert_eq!(OutsideKind::named(name), Some(kind));
        }
        assert_eq!(OutsideKind::named("drives"), None);
    }
}
