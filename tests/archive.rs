//! The archive, and crawls that keep their memory in it: what a dead crawl still knows, what an unchanged site moves, what a
//! damaged file costs.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and its figures are for people"
)]

mod server;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use prongsai::archive::{Archive, ArchiveError, Session};
use prongsai::fetch::capture::{Capture, Stop};
use prongsai::fetch::courtesy::Courtesy;
use prongsai::fetch::memory::{Answer, Crawled, Manifest, Memory, Named, Start, Step};
use prongsai::fetch::options::{Interrupt, Options, Quiet};
use prongsai::fetch::{crawl, crawl_with};
use server::{Reply, Server, file, here, html, status, to};
use url::Url;

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("prongsai-archive-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn archive(&self) -> Archive {
        Archive::open(&self.0).unwrap()
    }

    /// All files under a part of the archive.
    fn files(&self, part: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for shelf in std::fs::read_dir(self.0.join(part)).unwrap().flatten() {
            let files = std::fs::read_dir(shelf.path()).unwrap().flatten();
            found.extend(files.map(|file| file.path()));
        }
        found.sort();
        found
    }

    fn body(&self, of: &[u8]) -> PathBuf {
        let digest = Named::of(of).digest;
        let files = self.files("bodies");
        let mut named = files.into_iter();
        named
            .find(|file| file.to_string_lossy().contains(&digest))
            .unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn look(server: &Server, session: Arc<dyn Memory>) -> io::Result<Crawled> {
    look_as(server, session, here()).await
}

/// In a task of its own, as one of many.
async fn look_as(
    server: &Server,
    session: Arc<dyn Memory>,
    options: Options,
) -> io::Result<Crawled> {
    let home = server.url("/");
    let task = async move { crawl_with(home, &options, &Quiet, Interrupt::never(), session).await };
    tokio::spawn(task).await.unwrap()
}

fn begin(archive: &Archive, run: &str, earlier: Option<&str>) -> Arc<Session> {
    Arc::new(archive.begin(run, "agency", earlier).unwrap())
}

/// A manifest as text without what differs from server to server and from time to time.
fn plain(manifest: &Manifest, server: &Server) -> String {
    let mut manifest = manifest.clone();
    for visit in &mut manifest.visits {
        visit.at = jiff::Timestamp::UNIX_EPOCH;
    }
    let text = serde_json::to_string_pretty(&manifest).unwrap();
    text.replace(&server.address.to_string(), "HOST")
}

// ---------------------------------------------------------------- a crawl that dies

/// A session that dies when it has noted so many steps. It tells the server which outcomes were noted, so that the server does
/// to a request that is sent again what it did to the one whose answer was lost.
struct Mortal {
    session: Arc<Session>,
    left: AtomicUsize,
    noted: Noted,
}

type Noted = Arc<Mutex<BTreeMap<String, usize>>>;

impl Memory for Mortal {
    fn begin(&self, start: Start) -> io::Result<Start> {
        self.session.begin(start)
    }

    fn recall(&self) -> io::Result<Option<(Step, Bytes)>> {
        self.session.recall()
    }

    fn note(&self, step: &Step) -> io::Result<()> {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(io::Error::other("killed"));
        }
        self.left.store(left - 1, Ordering::SeqCst);
        if let Step::Landed(landed) = step {
            let path = landed.ask.path().to_owned();
            *self.noted.lock().unwrap().entry(path).or_default() += 1;
        }
        self.session.note(step)
    }

    fn shelve(&self, body: &Bytes) -> io::Result<Named> {
        self.session.shelve(body)
    }

    fn earlier(&self, url: &Url) -> Option<(Answer, Bytes)> {
        self.session.earlier(url)
    }
}

/// Serves a site that says what to answer by path, how many outcomes for it were noted, and whether the visitor is known.
async fn noting(
    noted: Noted,
    site: impl Fn(&str, usize, bool) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::with(move |path, _, head| {
        let before = noted.lock().unwrap().get(path).copied().unwrap_or(0);
        let known = head.to_ascii_lowercase().contains("cookie: seen=1");
        site(path, before, known)
    })
    .await
}

/// A site with a cookie wall, redirects, patience asked for, rules, a sitemap, a picture, and a line that breaks once at `breaks`.
fn stubborn(
    breaks: &'static str,
) -> impl Fn(&str, usize, bool) -> Reply + Send + Sync + Copy + 'static {
    move |path, before, known| {
        if before == 0 && path == breaks {
            return Reply::Drop;
        }
        match path {
            "/robots.txt" => file(
                "text/plain",
                "User-agent: *\nDisallow: /secret\nSitemap: /map.xml",
            ),
            "/map.xml" => file(
                "application/xml",
                "<urlset><url><loc>/listed</loc></url></urlset>",
            ),
            _ if !known => status(302, &[("Location", path), ("Set-Cookie", "seen=1; path=/")]),
            "/" => html(
                "<a href=/a>a</a><a href=/b>b</a><a href=/busy>busy</a><a href=/secret/x>x</a>
                 <a href=/gone>gone</a><a href=/old>old</a><a href=/c.pdf>c</a><img src=/p.png>",
            ),
            "/a" => html("<a href=/a/1>1</a><a href=/a/2>2</a><a href=http://other.go.th/>o</a>"),
            "/b" => html("<a href=/a/1>1</a><a href=/b/1>1</a>"),
            "/busy" if before == 0 => status(429, &[("Retry-After", "0")]),
            "/busy" => html("<a href=/busy/1>1</a>"),
            "/old" => to("/new"),
            "/new" => to("/newer"),
            "/newer" => html("<a href=/newer/1>1</a>"),
            "/c.pdf" => file("application/pdf", b"%PDF-1.4 c".to_vec()),
            "/p.png" => file("image/png", b"\x89PNG p".to_vec()),
            "/b/1" => html("<a href=/b/2>2</a>"),
            "/b/2" => html("<a href=/b/3>3</a>"),
            "/b/3" => html("<a href=/b/4>4</a>"),
            "/a/1" | "/a/2" | "/b/4" | "/busy/1" | "/newer/1" | "/listed" => {
                html(format!("<p>{path}"))
            }
            _ => status(404, &[]),
        }
    }
}

/// Asked for last of all, so that nothing goes on while the crawl waits to try it again: then only the steps decide on the order.
const LAST: &str = "/p.png";

/// The paths in the order in which their answers stand.
fn order(manifest: &Manifest) -> Vec<&str> {
    let visits = manifest.visits.iter();
    visits.map(|visit| visit.url.path()).collect()
}

/// How often each path was asked for.
fn count(paths: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for path in paths {
        *counts.entry(path).or_default() += 1;
    }
    counts
}

/// Crawls a site undisturbed, then kills a crawl at every step, and soon after a second time.
async fn kill_at_every_step(
    name: &str,
    options: impl Fn() -> Options,
    site: impl Fn(&str, usize, bool) -> Reply + Send + Sync + Copy + 'static,
) -> Crawled {
    let folder = Folder::new(name);
    let archive = folder.archive();
    let life = |session: &Arc<Session>, steps: usize, noted: &Noted| {
        Arc::new(Mortal {
            session: Arc::clone(session),
            left: AtomicUsize::new(steps),
            noted: Arc::clone(noted),
        })
    };
    let noted = Noted::default();
    let server = noting(Arc::clone(&noted), site).await;
    let session = begin(&archive, "whole", None);
    let memory = life(&session, usize::MAX, &noted);
    let undisturbed = look_as(&server, memory, options()).await.unwrap();
    let expected = plain(&undisturbed.manifest, &server);
    let asked = count(server.log().into_iter().map(|asked| asked.path));
    let journal = std::fs::read_to_string(folder.0.join("journals/whole/agency.jsonl")).unwrap();
    let steps = journal.lines().count() - 1;
    let mut again = 0;
    for kill in 0..=steps {
        let noted = Noted::default();
        let server = noting(Arc::clone(&noted), site).await;
        let run = format!("run-{kill}");
        let mut allowed: BTreeMap<String, usize> = BTreeMap::new();
        for left in [kill, kill % 4, usize::MAX] {
            let session = begin(&archive, &run, None);
            let end = look_as(&server, life(&session, left, &noted), options()).await;
            for ask in session.asked_before() {
                *allowed.entry(ask.path().to_owned()).or_default() += 1;
            }
            if let Ok(crawled) = end {
                assert_eq!(
                    order(&crawled.manifest),
                    order(&undisturbed.manifest),
                    "{name} killed at {kill}"
                );
                let told = plain(&crawled.manifest, &server);
                assert!(told == expected, "{name} killed at {kill}");
                assert_eq!(
                    crawled.traffic, undisturbed.traffic,
                    "{name} killed at {kill}"
                );
                continue;
            }
            // A line that was being written.
            let journal = folder.0.join("journals").join(&run).join("agency.jsonl");
            let mut text = std::fs::read(&journal).unwrap();
            text.extend_from_slice(b"{\"landed\":{\"ask\":\"http://");
            std::fs::write(&journal, text).unwrap();
        }
        for (path, times) in count(server.log().into_iter().map(|asked| asked.path)) {
            let most = asked[&path] + allowed.get(&path).copied().unwrap_or(0);
            assert!(
                times <= most,
                "{name} killed at {kill}: {path} {times} times"
            );
            again += times - asked[&path].min(times);
        }
        archive.end(&run, "agency").unwrap();
    }
    // At half of the points a request was under way.
    assert!(again > steps / 4, "{again} asked again in {steps} crawls");
    archive.end("whole", "agency").unwrap();
    let journals = std::fs::read_dir(folder.0.join("journals")).unwrap();
    assert_eq!(journals.count(), 0);
    undisturbed
}

#[tokio::test]
async fn a_crawl_killed_at_any_step_goes_on_and_asks_nothing_twice() {
    let crawled = kill_at_every_step("killed", here, stubborn(LAST)).await;
    assert!(crawled.manifest.visits.len() > 20);
    assert_eq!(crawled.manifest.stop, None);
    // The wall, the patience and the broken line took requests of their own.
    assert!(crawled.traffic.requests as usize >= crawled.manifest.visits.len() + 3);
}

#[tokio::test]
async fn a_limit_holds_over_all_lives_together() {
    let few = || Options {
        max_pages: 9,
        ..here()
    };
    let crawled = kill_at_every_step("limit", few, stubborn(LAST)).await;
    assert_eq!(crawled.manifest.stop, Some(Stop::Pages));
}

#[tokio::test]
async fn a_crawl_killed_at_the_usual_doors_tries_them_once() {
    let site = |path: &str, _: usize, _: bool| match path {
        "/" => html("<p>welcome"),
        "/main" => html("<a href=/inside>in</a>"),
        "/inside" => html("<p>in"),
        _ => status(404, &[]),
    };
    let crawled = kill_at_every_step("doors", here, site).await;
    assert!(order(&crawled.manifest).contains(&"/inside"));
}

#[tokio::test]
async fn a_crawl_goes_on_at_the_day_it_began_and_after_its_body_was_lost() {
    let folder = Folder::new("day");
    let archive = folder.archive();
    let page = "<a href=/a>a</a>";
    let server = Server::of(&[("/", html(page)), ("/a", html("<p>a"))]).await;
    let day = |day| Options {
        as_of: Some(jiff::civil::date(2022, 5, day)),
        ..here()
    };
    let go = async |day: &Options| {
        let session = begin(&archive, "run", None);
        let home = server.url("/");
        crawl_with(home, day, &Quiet, Interrupt::never(), session).await
    };
    let first = go(&day(18)).await.unwrap();
    let before = server.log().len();
    let second = go(&day(19)).await.unwrap();
    assert_eq!(
        second, first,
        "nothing is left to ask, and it is still the 18th"
    );
    assert_eq!(server.log().len(), before);
    // The disk lost its power: the file has a name and no content.
    std::fs::write(folder.body(page.as_bytes()), "").unwrap();
    let third = go(&day(20)).await.unwrap();
    assert_eq!(third.manifest.taken_on, first.manifest.taken_on);
    assert_eq!(
        plain(&third.manifest, &server),
        plain(&first.manifest, &server)
    );
    assert!(server.log().len() > before);
    let session = begin(&archive, "run", None);
    let kept = session.keep(&third.manifest).unwrap();
    assert!(
        archive.capture(&kept.digest).is_ok(),
        "the body is whole again"
    );
}

#[tokio::test]
async fn the_journal_tells_the_order_even_where_time_decided_it() {
    let folder = Folder::new("order");
    let archive = folder.archive();
    for breaks in ["/", "/a", "/b/3"] {
        let noted = Noted::default();
        let server = noting(Arc::clone(&noted), stubborn(breaks)).await;
        let run = breaks.replace('/', "-");
        let session = begin(&archive, &run, None);
        let mortal = Mortal {
            session,
            left: AtomicUsize::new(usize::MAX),
            noted,
        };
        let several = || Options {
            connections: 3,
            ..here()
        };
        let first = look_as(&server, Arc::new(mortal), several()).await.unwrap();
        let before = server.log().len();
        let again = look_as(&server, begin(&archive, &run, None), several())
            .await
            .unwrap();
        assert_eq!(server.log().len(), before, "{breaks}");
        assert_eq!(again, first, "{breaks}");
    }
}

#[tokio::test]
async fn a_capture_from_a_session_is_the_one_a_crawl_holds_in_memory() {
    let folder = Folder::new("same");
    let archive = folder.archive();
    let noted = Noted::default();
    let server = noting(noted, stubborn(LAST)).await;
    let session = begin(&archive, "run", None);
    let crawled = look(&server, Arc::clone(&session) as Arc<dyn Memory>)
        .await
        .unwrap();
    let kept = session.keep(&crawled.manifest).unwrap();
    let held = crawl(server.url("/"), &here(), &Quiet, Interrupt::never()).await;
    let loaded = archive.capture(&kept.digest).unwrap();
    assert_eq!(loaded.digest, Some(kept.digest));
    let text = |capture: &Capture| {
        let bodies = capture.visits.iter().map(|visit| {
            let body = visit.result.as_ref().map(|response| response.body.clone());
            body.unwrap_or_default()
        });
        (
            plain(&Manifest::of(capture), &server),
            bodies.collect::<Vec<_>>(),
        )
    };
    assert_eq!(text(&loaded), text(&held));
    assert!(kept.new_bodies > 10 && kept.new_bytes > 0);
}

// ---------------------------------------------------------------- conditional requests

/// Sends files and pages with marks, and says that they have not changed to whoever shows the mark.
fn marked(path: &str, head: &str, changed: bool) -> Reply {
    let head = head.to_ascii_lowercase();
    let tag = if changed { "\"2\"" } else { "\"1\"" };
    let day = "Fri, 20 May 2022 00:01:00 GMT";
    let asked = |field: &str| head.contains(&format!("\r\n{field}").to_ascii_lowercase());
    match path {
        "/robots.txt" => Reply::Answer(
            200,
            vec![("ETag".into(), "\"r\"".into())],
            b"User-agent: *".to_vec(),
        ),
        "/" if asked(&format!("if-modified-since: {day}")) => status(304, &[]),
        "/" => Reply::Answer(
            200,
            vec![
                ("Content-Type".into(), "text/html".into()),
                ("Last-Modified".into(), day.into()),
            ],
            b"<a href=/f.pdf>f</a><a href=/n>n</a><a href=/e>e</a><a href=/t>t</a>".to_vec(),
        ),
        "/f.pdf" if asked(&format!("if-none-match: {tag}\r\n")) => {
            status(304, &[("ETag", tag), ("X-Seen", "again")])
        }
        "/f.pdf" => Reply::Answer(
            200,
            vec![
                ("Content-Type".into(), "application/pdf".into()),
                ("ETag".into(), tag.into()),
            ],
            [b"%PDF-1.4 ".as_slice(), tag.as_bytes(), &[7; 50_000]].concat(),
        ),
        "/n" => html("<p>no mark"),
        "/e" => Reply::Answer(
            404,
            vec![("ETag".into(), "\"e\"".into())],
            b"not here".to_vec(),
        ),
        // Announces more than it sends.
        "/t" => Reply::Raw(b"HTTP/1.1 200 OK\r\nETag: \"t\"\r\nContent-Length: 9\r\n\r\nshort"),
        _ => status(404, &[]),
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let folder = Folder::new("again");
    let archive = folder.archive();
    let changed = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&changed);
    let server =
        Server::with(move |path, _, head| marked(path, head, now.load(Ordering::SeqCst) > 0)).await;
    let go = async |run: &str, earlier: Option<&str>| {
        let session = begin(&archive, run, earlier);
        let memory = Arc::clone(&session) as Arc<dyn Memory>;
        let crawled = look(&server, memory).await.unwrap();
        let kept = session.keep(&crawled.manifest).unwrap();
        (crawled, kept)
    };
    let (first, kept) = go("one", None).await;
    assert_eq!(first.traffic.not_modified, 0);
    assert_eq!(
        first.traffic.bytes_moved,
        first.traffic.bytes_whole + 5,
        "the cut one twice"
    );
    let before = server.log().len();
    let (second, again) = go("two", Some(&kept.digest)).await;
    assert_eq!(second.traffic.not_modified, 2);
    assert_eq!(second.traffic.bytes_whole, first.traffic.bytes_whole);
    assert!(second.traffic.bytes_moved * 100 < second.traffic.bytes_whole);
    assert_eq!((again.new_bodies, again.new_bytes), (0, 0));
    // Only what had a mark and was whole was asked on a condition: no rules, no error, nothing cut.
    let mut conditional: Vec<String> = server.log()[before..]
        .iter()
        .filter(|asked| asked.head.to_ascii_lowercase().contains("\r\nif-"))
        .map(|asked| asked.path.clone())
        .collect();
    conditional.sort();
    assert_eq!(conditional, ["/", "/f.pdf"]);
    // The page behind the 304 was read for its links, and the file is there with its fields.
    let capture = archive.capture(&again.digest).unwrap();
    let pdf = capture
        .visits
        .iter()
        .find(|visit| visit.url.path() == "/f.pdf")
        .unwrap();
    let pdf = pdf.result.as_ref().unwrap();
    assert_eq!((pdf.status, pdf.body.len()), (200, 50_012));
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    assert_eq!(pdf.header("x-seen"), Some("again"));
    // The mark lives on from capture to capture, until the content changes.
    let (third, _) = go("three", Some(&again.digest)).await;
    assert_eq!(third.traffic.not_modified, 2);
    changed.store(1, Ordering::SeqCst);
    let (fourth, new) = go("four", Some(&again.digest)).await;
    assert_eq!((fourth.traffic.not_modified, new.new_bodies), (1, 1));
    // A kept body that is gone cannot be relied on: the page is asked for whole.
    std::fs::remove_file(
        folder.body(b"<a href=/f.pdf>f</a><a href=/n>n</a><a href=/e>e</a><a href=/t>t</a>"),
    )
    .unwrap();
    let (fifth, kept) = go("five", Some(&again.digest)).await;
    assert_eq!(fifth.traffic.not_modified, 0);
    assert!(archive.capture(&kept.digest).is_ok());
}

#[tokio::test]
async fn a_server_that_says_unchanged_to_everyone_is_asked_once_more() {
    let folder = Folder::new("lying");
    let archive = folder.archive();
    let server = Server::with(|path, earlier, head| {
        assert!(!head.to_ascii_lowercase().contains("\r\nif-"));
        match (path, earlier) {
            ("/", _) => html("<a href=/once>1</a><a href=/always>2</a>"),
            ("/once", 0) | ("/always", _) => status(304, &[]),
            ("/once", _) => html("<p>there after all"),
            _ => status(404, &[]),
        }
    })
    .await;
    let crawled = look(&server, begin(&archive, "run", None)).await.unwrap();
    let of = |path: &str| {
        let mut visits = crawled.manifest.visits.iter();
        let visit = visits.find(|visit| visit.url.path() == path).unwrap();
        let times = server
            .log()
            .iter()
            .filter(|asked| asked.path == path)
            .count();
        (visit.result.as_ref().unwrap().status, times)
    };
    assert_eq!(of("/once"), (200, 2));
    assert_eq!(of("/always"), (304, 2));
    assert_eq!(crawled.traffic.not_modified, 0);
}

/// Serves a capture from this machine, with marks on what `marks` says.
async fn served(name: &str, marks: fn(&str) -> bool) -> Server {
    let capture = site(name);
    let home = capture.home.host_str().unwrap().to_owned();
    let mut pages = BTreeMap::new();
    for visit in capture.visits {
        if let Ok(response) = visit.result {
            let path = visit.url[url::Position::BeforePath..].to_owned();
            pages.insert(path, response);
        }
    }
    Server::with(move |path, _, head| {
        let Some(response) = pages.get(path) else {
            return status(404, &[]);
        };
        let kind = response.header("content-type").unwrap_or_default();
        let tag = format!("\"{}\"", &Named::of(&response.body).digest[..16]);
        let mut headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        headers.extend(response.location().map(|to| {
            let here = to.replace(&format!("//{home}"), "//HOST");
            let path = here.split("//HOST").last().unwrap_or_default();
            ("Location".to_owned(), path.to_owned())
        }));
        if marks(kind) && response.status == 200 {
            if head.contains(&tag) {
                return status(304, &[("ETag", &tag)]);
            }
            headers.push(("ETag".to_owned(), tag));
        }
        Reply::Answer(response.status, headers, response.body.to_vec())
    })
    .await
}

#[tokio::test]
async fn an_unchanged_site_moves_less_than_a_twentieth_of_its_bytes() {
    let folder = Folder::new("unchanged");
    let archive = folder.archive();
    // A server of files marks all it sends; one that makes its pages anew marks only the files.
    let all: fn(&str) -> bool = |_| true;
    let files: fn(&str) -> bool = |kind| !kind.contains("html");
    for (what, marks) in [("all", all), ("files", files)] {
        let (mut moved, mut whole, mut pages) = (0, 0, 0);
        for name in SITES {
            let server = served(name, marks).await;
            let run = format!("{name}-{what}");
            let session = begin(&archive, &run, None);
            let memory = Arc::clone(&session) as Arc<dyn Memory>;
            let first = look(&server, memory).await.unwrap();
            let kept = session.keep(&first.manifest).unwrap();
            let session = begin(&archive, &format!("{run}-2"), Some(&kept.digest));
            let second = look(&server, session).await.unwrap();
            assert_eq!(
                first.traffic.bytes_moved, first.traffic.bytes_whole,
                "{name}"
            );
            assert_eq!(
                second.traffic.bytes_whole, first.traffic.bytes_whole,
                "{name}"
            );
            assert_eq!(order(&second.manifest), order(&first.manifest), "{name}");
            let unmarked = first.manifest.visits.iter().filter_map(|visit| {
                let answer = visit.result.as_ref().ok()?;
                let asked_whole = !answer.can_be_renewed() || visit.url.path() == "/robots.txt";
                asked_whole.then_some(answer.body.length)
            });
            assert_eq!(second.traffic.bytes_moved, unmarked.sum::<u64>(), "{name}");
            moved += second.traffic.bytes_moved;
            whole += second.traffic.bytes_whole;
            pages += second.manifest.visits.len();
        }
        eprintln!("marks on {what}, {pages} visits: {moved} of {whole} bytes moved again");
        assert!(pages > 100 && moved < whole);
        // These captures were cut to their pages: few of their bytes are files.
        assert!(what == "files" || moved * 20 < whole, "{moved} of {whole}");
    }
}

// ---------------------------------------------------------------- what is kept

fn site(name: &str) -> Capture {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/captures")
        .join(format!("{name}.warc.gz"));
    Capture::read(file).unwrap()
}

const SITES: [&str; 5] = [
    "banmai-2565",
    "chaimongkol-2565",
    "kalase-2564",
    "kalase-2565",
    "nongkha-2565",
];

#[test]
fn captures_come_back_as_they_went_and_are_kept_once() {
    let folder = Folder::new("round");
    let archive = folder.archive();
    let mut digests = Vec::new();
    for name in SITES {
        let mut capture = site(name);
        let kept = archive.keep(&capture).unwrap();
        let size = archive.size().unwrap();
        capture.digest = Some(kept.digest.clone());
        assert!(archive.capture(&kept.digest).unwrap() == capture, "{name}");
        let again = archive.keep(&capture).unwrap();
        assert_eq!((again.new_bodies, again.new_bytes), (0, 0), "{name}");
        assert_eq!(again.digest, kept.digest, "{name}");
        assert_eq!(archive.size().unwrap(), size, "{name}");
        digests.push(kept.digest);
    }
    digests.sort();
    assert_eq!(archive.captures().unwrap(), digests);
}

fn capture(bodies: &[&str]) -> Capture {
    let mut capture = site("nongkha-2565");
    let one = capture.visits[0].clone();
    capture.visits = bodies
        .iter()
        .map(|body| {
            let mut visit = one.clone();
            visit.result.as_mut().unwrap().body = (*body).to_owned().into();
            visit
        })
        .collect();
    capture
}

#[test]
fn damage_is_told_and_never_an_empty_page() {
    let folder = Folder::new("damage");
    let archive = folder.archive();
    let text = "ประกาศ".repeat(200);
    let whole = capture(&["short", &text]);
    let kept = archive.keep(&whole).unwrap();
    let fault = || archive.capture(&kept.digest).unwrap_err();
    for body in ["short", &text] {
        let file = folder.body(body.as_bytes());
        let good = std::fs::read(&file).unwrap();
        let mut flipped = good.clone();
        let at = flipped.len() / 2;
        flipped[at] ^= 1;
        for bad in [&b""[..], &good[..good.len() - 1], &flipped] {
            std::fs::write(&file, bad).unwrap();
            assert!(matches!(fault(), ArchiveError::Body { .. }));
        }
        std::fs::remove_file(&file).unwrap();
        let said = fault().to_string();
        assert!(
            said.contains("หายไป") && said.contains(whole.visits[0].url.as_str()),
            "{said}"
        );
        // What is short or gone is written again when it comes again.
        std::fs::write(&file, "").unwrap();
        assert_eq!(archive.keep(&whole).unwrap().new_bodies, 1);
        assert!(archive.capture(&kept.digest).is_ok());
    }
    let manifest = folder.files("captures").remove(0);
    std::fs::write(&manifest, b"\x1f\x8b").unwrap();
    assert!(matches!(fault(), ArchiveError::Damaged { .. }));
    // Nothing is thrown away for a manifest that cannot be read.
    assert!(archive.forget(|_| true).is_err());
    assert_eq!(folder.files("bodies").len(), 2);
    std::fs::remove_file(&manifest).unwrap();
    assert!(matches!(fault(), ArchiveError::Unknown(_)));
    for name in ["", "..", "../../etc/passwd", &"g".repeat(64)] {
        let unknown = archive.capture(name).unwrap_err();
        assert!(matches!(unknown, ArchiveError::Unknown(_)), "{name}");
    }
    for name in ["", ".", "..", "a/b", "a\\b", "ก", &"a".repeat(65)] {
        assert!(archive.begin("run", name, None).is_err(), "{name}");
        assert!(archive.begin(name, "agency", None).is_err(), "{name}");
    }
}

#[test]
fn what_is_forgotten_takes_along_only_what_no_other_names() {
    let folder = Folder::new("forget");
    let archive = folder.archive();
    let old = archive.keep(&capture(&["old", "both"])).unwrap().digest;
    let new = archive.keep(&capture(&["both", "new"])).unwrap().digest;
    // A write that was killed.
    std::fs::write(folder.files("bodies")[0].with_file_name(".1.1.part"), "x").unwrap();
    let session = archive.begin("run", "agency", None).unwrap();
    assert!(matches!(
        archive.forget(|_| true),
        Err(ArchiveError::InUse(1))
    ));
    drop(session);
    let before = archive.size().unwrap();
    let freed = archive.forget(|digest| digest == new).unwrap();
    let after = archive.size().unwrap();
    assert_eq!((freed.captures, freed.bodies), (1, 1));
    assert_eq!(before.bytes, after.bytes + freed.bytes);
    assert!(archive.capture(&new).is_ok());
    assert!(matches!(
        archive.capture(&old),
        Err(ArchiveError::Unknown(_))
    ));
    // Killed after the manifests went: the bodies go the next time.
    std::fs::remove_file(folder.files("captures").remove(0)).unwrap();
    let freed = archive.forget(|_| true).unwrap();
    assert_eq!((freed.captures, freed.bodies), (0, 2));
    assert_eq!(archive.size().unwrap(), Default::default());
}

#[tokio::test]
async fn what_a_dead_crawl_knows_is_not_forgotten() {
    let folder = Folder::new("journal");
    let archive = folder.archive();
    let server = Server::of(&[("/", html("<a href=/a>a</a>")), ("/a", html("<p>a"))]).await;
    look(&server, begin(&archive, "run", None)).await.unwrap();
    let before = server.log().len();
    assert_eq!(archive.forget(|_| false).unwrap(), Default::default());
    look(&server, begin(&archive, "run", None)).await.unwrap();
    assert_eq!(server.log().len(), before);
    archive.end("run", "agency").unwrap();
    assert!(archive.forget(|_| false).unwrap().bodies > 0);
}

// ---------------------------------------------------------------- manners together

#[tokio::test]
async fn two_crawls_of_one_server_are_as_polite_as_one() {
    let pause = Duration::from_millis(60);
    let server = Server::with(|path, _, _| match path {
        "/x/" | "/y/" => html(
            (0..6)
                .map(|n| format!("<a href={path}{n}>{n}</a>"))
                .collect::<String>(),
        ),
        "/robots.txt" | "/sitemap.xml" => status(404, &[]),
        _ => html("<p>x"),
    })
    .await;
    let go = async |courtesy: [Courtesy; 2]| {
        let before = server.log().len();
        let options = courtesy.map(|courtesy| Options {
            delay: Some(pause),
            courtesy,
            ..here()
        });
        let one = |home, options| crawl(server.url(home), options, &Quiet, Interrupt::never());
        let (x, y) = tokio::join!(one("/x/", &options[0]), one("/y/", &options[1]));
        assert!(x.visits.len() >= 8 && y.visits.len() >= 8);
        let times: Vec<_> = server.log()[before..]
            .iter()
            .map(|asked| asked.at)
            .collect();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        gaps.min().unwrap()
    };
    let shared = Courtesy::default();
    assert!(go([shared.clone(), shared.clone()]).await >= pause);
    // A crawl that was dropped in the middle leaves the server free.
    let options = Options {
        delay: Some(pause),
        courtesy: shared.clone(),
        ..here()
    };
    let cut = crawl(server.url("/x/"), &options, &Quiet, Interrupt::never());
    let late = tokio::time::timeout(Duration::from_millis(100), cut).await;
    assert!(late.is_err());
    assert!(go([shared.clone(), shared]).await >= pause);
    // Without it they would not be.
    assert!(go([Courtesy::default(), Courtesy::default()]).await < pause);
}
