//! The crawl against a server on this machine: what it asks for, when, and what it says about it afterwards.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::time::{Duration, Instant};

use prongsai::fetch::capture::{Capture, FaultKind, Found, SkipReason, Stop, TrapKind, Visit};
use prongsai::fetch::crawl;
use prongsai::fetch::options::{Event, Interrupt, OffSiteLimits, Options, Quiet, Resolve};
use server::{Reply, Server, file, here, html, status, to};
use tokio::net::TcpListener;
use url::Url;

fn visit<'a>(capture: &'a Capture, path: &str) -> &'a Visit {
    let all: Vec<&Visit> = capture
        .visits
        .iter()
        .filter(|visit| whole_path(&visit.url) == path)
        .collect();
    assert_eq!(all.len(), 1, "visits of {path}");
    all[0]
}

fn whole_path(url: &Url) -> String {
    url[url::Position::BeforePath..].to_owned()
}

fn status_of(capture: &Capture, path: &str) -> u16 {
    visit(capture, path).result.as_ref().unwrap().status
}

fn fault_of(capture: &Capture, path: &str) -> FaultKind {
    visit(capture, path).result.as_ref().unwrap_err().kind
}

fn skipped(capture: &Capture) -> Vec<(String, SkipReason)> {
    capture
        .skipped
        .iter()
        .map(|skipped| (whole_path(&skipped.url), skipped.why))
        .collect()
}

#[tokio::test]
async fn every_way_to_a_page_is_found_and_every_page_fetched_once() {
    let server = Server::of(&[
        ("/", html("<frameset><frame src=/menu.html><frame src='/main.html'></frameset>")),
        (
            "/menu.html",
            html(
                r#"<a href="/a">แผนงาน</a> <a href="/a#x">แผน</a> <a href='/b?fbclid=1'>b</a> <a href="/b">b</a>
                <b onclick="location.href='/c'">c</b> <a href="javascript:window.open('/d')">d</a>
                <select><option value="/e">e</option></select> <map><area href="/f"></map> <form action="/g"></form>
                <form method=post action="/never"></form> <a href="/self"></a>"#,
            ),
        ),
        ("/main.html", html("<meta http-equiv=refresh content='0;url=/h'><a href=/>home</a>")),
        ("/a", html("<a href=/menu.html>กลับ</a><a href=/a/doc.pdf>เอกสาร</a>")),
        ("/self", html("<meta http-equiv=refresh content='5'><a href=/self>x</a>")),
        ("/a/doc.pdf", file("application/pdf", "%PDF-1.4")),
    ])
    .await;
    let capture = server.crawl(&here()).await;
    let mut paths = server.paths();
    assert_eq!(paths.first().map(String::as_str), Some("/"));
    paths.sort();
    assert_eq!(
        paths,
        [
            "/",
            "/a",
            "/a/doc.pdf",
            "/b",
            "/c",
            "/d",
            "/e",
            "/f",
            "/g",
            "/h",
            "/main.html",
            "/menu.html",
            "/self"
        ]
    );
    assert_eq!(capture.stop, None);
    // Frames and refreshes add no click, links do.
    let clicks = |path| {
        visit(&capture, path)
            .found
            .as_ref()
            .map(|found| found.clicks)
    };
    assert_eq!(clicks("/"), None);
    assert_eq!(clicks("/menu.html"), Some(0));
    assert_eq!(clicks("/h"), Some(0));
    assert_eq!(clicks("/a"), Some(1));
    assert_eq!(
        visit(&capture, "/a/doc.pdf").found,
        Some(Found {
            on: server.url("/a"),
            label: "เอกสาร".to_owned(),
            clicks: 2
        })
    );
}

#[tokio::test]
async fn sessions_are_folded_and_cookies_sent() {
    let server = Server::with(|path, _, head| {
        let known = head.to_ascii_lowercase().contains("cookie: phpsessid=");
        let id = if known {
            ""
        } else {
            "&PHPSESSID=8f14e45fceea167a5a36"
        };
        match path.split('?').next() {
            Some("/") => {
                let page =
                    format!("<a href='/p.php?id=1{id}'>1</a><a href='/p.php?id=2{id}'>2</a>");
                Reply::Answer(
                    200,
                    vec![
                        ("Content-Type".into(), "text/html".into()),
                        (
                            "Set-Cookie".into(),
                            "PHPSESSID=8f14e45fceea167a5a36; path=/".into(),
                        ),
                    ],
                    page.into_bytes(),
                )
            }
            Some("/p.php") => html(format!(
                "{path}<a href='/p.php?id=1{id}'>1</a><a href='/p.php?id=2{id}'>2</a>"
            )),
            _ => status(404, &[]),
        }
    })
    .await;
    server.crawl(&here()).await;
    assert_eq!(server.paths(), ["/", "/p.php?id=1", "/p.php?id=2"]);
    let last = server.log().pop().unwrap();
    assert!(
        last.head
            .to_ascii_lowercase()
            .contains("cookie: phpsessid=")
    );
    assert!(last.head.contains("user-agent: prongsai/0.1\r\n"));
}

#[tokio::test]
async fn a_redirect_that_only_sets_a_session_is_followed() {
    let server = Server::with(|path, _, head| match path {
        "/" if head.to_ascii_lowercase().contains("cookie: seen=1") => html("<a href=/a>a</a>"),
        "/" => status(302, &[("Location", "/"), ("Set-Cookie", "seen=1; path=/")]),
        _ => status(404, &[]),
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(status_of(&capture, "/"), 200);
    assert_eq!(server.paths(), ["/", "/", "/a"]);
}

#[tokio::test]
async fn robots_txt_and_its_delay_are_obeyed() {
    let robots = "User-agent: *\nDisallow: /private\nCrawl-delay: 0.3\n";
    let server = Server::of(&[
        ("/robots.txt", file("text/plain", robots)),
        (
            "/",
            html("<a href=/private/x>x</a><a href=/a>a</a><a href=/b>b</a>"),
        ),
        ("/a", html("a")),
        ("/b", html("b")),
    ])
    .await;
    let options = Options {
        connections: 4,
        ..here()
    };
    let capture = server.crawl(&options).await;
    assert_eq!(server.log()[0].path, "/robots.txt");
    assert_eq!(server.paths(), ["/", "/a", "/b"]);
    assert_eq!(
        skipped(&capture),
        [("/private/x".to_owned(), SkipReason::Robots)]
    );
    let times: Vec<Instant> = server.log().iter().map(|asked| asked.at).collect();
    // The rules hold from the request after the rules.
    for pair in times[1..].windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(295));
    }
}

#[tokio::test]
async fn retry_after_is_honoured_and_stands_as_one_visit() {
    let server = Server::with(|path, earlier, _| match (path, earlier) {
        ("/", _) => html("<a href=/busy>b</a><a href=/other>o</a>"),
        ("/busy", 0) => status(503, &[("Retry-After", "1")]),
        ("/busy" | "/other", _) => html("ok"),
        _ => status(404, &[]),
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(status_of(&capture, "/busy"), 200);
    assert!(server.gaps("/busy")[0] >= Duration::from_secs(1));
    // The server as a whole was left in peace.
    let log = server.log();
    let busy = log.iter().position(|asked| asked.path == "/busy").unwrap();
    assert!(log[busy + 1].at - log[busy].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn the_wait_doubles_and_ends() {
    let server = Server::with(|path, _, _| match path {
        "/" => html("<a href=/busy>b</a>"),
        "/busy" => status(429, &[]),
        _ => status(404, &[]),
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(status_of(&capture, "/busy"), 429);
    let gaps = server.gaps("/busy");
    assert_eq!(gaps.len(), 2);
    assert!(gaps[0] >= Duration::from_millis(50) && gaps[1] >= Duration::from_millis(100));
    assert_eq!(capture.stop, None);
}

#[tokio::test]
async fn redirects_are_visits_and_circles_are_faults() {
    let server = Server::of(&[
        (
            "/",
            html("<a href=/old>ข่าว</a><a href=/x>x</a><a href=/y>y</a><a href=/out>o</a>"),
        ),
        ("/old", to("/new?page=1")),
        ("/new?page=1", html("ข่าว")),
        ("/x", to("/y")),
        ("/y", to("/x")),
        ("/out", to("http://example.org/")),
    ])
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(status_of(&capture, "/old"), 302);
    let found = visit(&capture, "/new?page=1").found.clone().unwrap();
    assert_eq!(
        (found.on, found.label.as_str(), found.clicks),
        (server.url("/old"), "ข่าว", 1)
    );
    assert_eq!(status_of(&capture, "/x"), 302);
    assert_eq!(fault_of(&capture, "/y"), FaultKind::RedirectLoop);
    assert_eq!(status_of(&capture, "/out"), 302);
    assert_eq!(capture.skipped[0].why, SkipReason::OffSite);
    assert_eq!(server.paths().len(), 6);
}

#[tokio::test]
async fn redirects_that_never_end_are_a_fault() {
    let server = Server::with(|path, _, _| match path {
        "/" => html("<a href=/r/0>x</a>"),
        _ => match path.strip_prefix("/r/").and_then(|n| n.parse::<u32>().ok()) {
            Some(n) => to(&format!("/r/{}", n + 1)),
            None => status(404, &[]),
        },
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(fault_of(&capture, "/r/10"), FaultKind::RedirectLoop);
    assert_eq!(server.paths().len(), 12);
}

#[tokio::test]
async fn faults_are_recorded_and_cost_no_other_page() {
    let server = Server::of(&[
        (
            "/",
            html("<a href=/drop>1</a><a href=/garbage>2</a><a href=/500>3</a><a href=/short.pdf>4</a><a href=/gone>5</a><a href=/fine>6</a>"),
        ),
        ("/drop", Reply::Drop),
        ("/garbage", Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")),
        ("/500", status(500, &[])),
        ("/short.pdf", Reply::Short(b"%PDF-1.4 half".to_vec(), 4000)),
        ("/fine", html("ok")),
    ])
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(fault_of(&capture, "/drop"), FaultKind::Disconnected);
    assert_eq!(fault_of(&capture, "/garbage"), FaultKind::Malformed);
    assert_eq!(status_of(&capture, "/500"), 500);
    assert_eq!(status_of(&capture, "/gone"), 404);
    assert_eq!(status_of(&capture, "/fine"), 200);
    let short = visit(&capture, "/short.pdf").result.as_ref().unwrap();
    assert_eq!(short.truncated.as_deref(), Some("disconnect"));
    assert_eq!(&short.body[..], b"%PDF-1.4 half");
    let times = |path: &str| server.paths().iter().filter(|asked| *asked == path).count();
    assert_eq!((times("/drop"), times("/500"), times("/gone")), (3, 1, 1));
}

#[tokio::test]
async fn names_that_do_not_resolve_and_ports_without_server_are_told_apart() {
    let options = Options {
        retries: 0,
        ..here()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for (home, kind) in [
        (format!("http://127.0.0.1:{port}/"), FaultKind::Refused),
        ("http://prongsai.invalid:81/".to_owned(), FaultKind::Dns),
    ] {
        let capture = crawl(
            Url::parse(&home).unwrap(),
            &options,
            &Quiet,
            Interrupt::never(),
        )
        .await;
        assert_eq!(fault_of(&capture, "/"), kind);
        assert_eq!(capture.stop, Some(Stop::HostDown));
    }
}

#[tokio::test]
async fn tls_that_fails_is_a_fault_of_its_own() {
    let server = Server::of(&[("/", html("plain"))]).await;
    let home = Url::parse(&format!("https://{}/", server.address)).unwrap();
    let capture = crawl(home, &here(), &Quiet, Interrupt::never()).await;
    assert_eq!(fault_of(&capture, "/"), FaultKind::Tls);
}

#[tokio::test]
async fn private_addresses_are_refused_unless_allowed() {
    let server = Server::of(&[("/", html("ok"))]).await;
    let port = server.address.port();
    let strict = Options {
        allow_private: false,
        resolve: vec![format!("site.test:{port}:127.0.0.1").parse().unwrap()],
        ..here()
    };
    for host in [
        "127.0.0.1",
        "localhost",
        "site.test",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
    ] {
        let home = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let capture = crawl(home, &strict, &Quiet, Interrupt::never()).await;
        assert_eq!(fault_of(&capture, "/"), FaultKind::PrivateAddress, "{host}");
    }
    assert!(server.log().is_empty());
    let lenient = Options {
        allow_private: true,
        ..strict
    };
    let home = Url::parse(&format!("http://site.test:{port}/")).unwrap();
    let capture = crawl(home, &lenient, &Quiet, Interrupt::never()).await;
    assert_eq!(status_of(&capture, "/"), 200);
    assert!(
        server.log()[0]
            .head
            .to_ascii_lowercase()
            .contains(&format!("host: site.test:{port}"))
    );
}

#[tokio::test]
async fn bodies_are_cut_at_the_limit_and_say_so() {
    let server = Server::of(&[
        (
            "/",
            html("<a href=/big.pdf>big</a><a href=/just.pdf>just</a>"),
        ),
        ("/big.pdf", file("application/pdf", vec![b'x'; 5_001])),
        ("/just.pdf", file("application/pdf", vec![b'x'; 5_000])),
    ])
    .await;
    let options = Options {
        max_file_bytes: 5_000,
        ..here()
    };
    let capture = server.crawl(&options).await;
    let big = visit(&capture, "/big.pdf").result.as_ref().unwrap();
    assert_eq!(
        (big.body.len(), big.truncated.as_deref()),
        (5_000, Some("length"))
    );
    let just = visit(&capture, "/just.pdf").result.as_ref().unwrap();
    assert_eq!((just.body.len(), just.truncated.as_deref()), (5_000, None));
}

#[tokio::test]
async fn an_endless_calendar_is_named_and_a_long_list_is_read_to_its_end() {
    let server = Server::with(|path, _, _| {
        let number = |name: &str| -> Option<i64> { path.split_once(name)?.1.parse().ok() };
        if path == "/" {
            return html("<a href=/list?page=1>ข่าว</a><a href=/calendar?month=0>ปฏิทิน</a>");
        }
        if let Some(n) = number("/calendar?month=") {
            return html(format!(
                "<p>เดือน {n}</p><a href=/calendar?month={}>ก่อน</a><a href=/calendar?month={}>ถัดไป</a>",
                n - 1,
                n + 1
            ));
        }
        if let Some(n) = number("/list?page=").filter(|n| *n <= 60) {
            let next = if n < 60 { format!("<a href=/list?page={}>ถัดไป</a>", n + 1) } else { String::new() };
            return html(format!("<a href=/news?id={n}>ข่าว{}</a>{next}", "ก".repeat(n as usize)));
        }
        match number("/news?id=") {
            Some(n) => html(format!("ข่าว{}", "ข".repeat(n as usize))),
            None => status(404, &[]),
        }
    })
    .await;
    let capture = server.crawl(&here()).await;
    let count = |start: &str| {
        server
            .paths()
            .iter()
            .filter(|path| path.starts_with(start))
            .count()
    };
    assert_eq!(count("/list"), 60);
    assert_eq!(count("/news"), 60);
    assert_eq!(count("/calendar"), 13);
    assert_eq!(capture.traps.len(), 1);
    assert_eq!(capture.traps[0].pattern, "/calendar?month=…");
    assert_eq!(capture.traps[0].kind, TrapKind::Calendar);
    assert!(
        skipped(&capture)
            .iter()
            .any(|(_, why)| *why == SkipReason::Trap)
    );
    assert_eq!(capture.stop, None);
}

#[tokio::test]
async fn one_page_for_every_address_does_not_go_on_for_ever() {
    // An error page in place of 404, with links relative to wherever it stands.
    let server = Server::with(|path, _, _| match path {
        "/robots.txt" | "/sitemap.xml" => status(404, &[]),
        _ => html("<a href=sub/x>ไม่พบหน้า</a><a href=y.html>y</a>"),
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert!(server.paths().len() < 10, "{:?}", server.paths());
    assert_eq!(capture.stop, None);
}

#[tokio::test]
async fn each_limit_is_named() {
    let site = |path: &str, _: usize, _: &str| match path.trim_start_matches('/').parse::<u32>() {
        Ok(n) => html(format!("<a href=/{}>{}</a>", n + 1, "ก".repeat(n as usize))),
        Err(_) if path == "/" => html("<a href=/1>1</a>"),
        Err(_) => status(404, &[]),
    };
    for (options, stop, most) in [
        (
            Options {
                max_pages: 5,
                ..here()
            },
            Stop::Pages,
            5,
        ),
        (
            Options {
                max_depth: Some(3),
                ..here()
            },
            Stop::Depth,
            4,
        ),
        (
            Options {
                max_bytes: 200,
                ..here()
            },
            Stop::Bytes,
            9,
        ),
        (
            Options {
                max_time: Some(Duration::from_millis(400)),
                delay: Some(Duration::from_millis(100)),
                ..here()
            },
            Stop::Time,
            5,
        ),
    ] {
        let server = Server::with(site).await;
        let capture = server.crawl(&options).await;
        assert_eq!(capture.stop, Some(stop));
        assert!(
            (2..=most).contains(&server.paths().len()),
            "{stop:?} {:?}",
            server.paths()
        );
        assert!(
            skipped(&capture)
                .iter()
                .any(|(_, why)| *why == SkipReason::Limit),
            "{stop:?}"
        );
    }
}

#[tokio::test]
async fn an_interrupt_keeps_what_is_there() {
    let server = Server::with(|path, _, _| match path {
        "/" => html("<a href=/a>a</a><a href=/hang>h</a><a href=/b>b</a>"),
        "/a" => html("a"),
        "/hang" => Reply::Hang,
        _ => status(404, &[]),
    })
    .await;
    let (trigger, interrupt) = Interrupt::pair();
    let watch = move |event: Event<'_>| {
        if let Event::Fetched { url, .. } = event
            && url.path() == "/a"
        {
            trigger.pull();
        }
    };
    let capture = crawl(server.url("/"), &here(), &watch, interrupt).await;
    assert_eq!(capture.stop, Some(Stop::Interrupted));
    assert_eq!(status_of(&capture, "/a"), 200);
    // What waits, and what is under way.
    for left in ["/b", "/hang"] {
        assert!(
            skipped(&capture).contains(&(left.to_owned(), SkipReason::Limit)),
            "{left}"
        );
    }
}

#[tokio::test]
async fn a_host_that_hangs_costs_only_itself() {
    let server = Server::with(|path, _, head| {
        if head.to_ascii_lowercase().contains("host: slow.site.test") {
            return Reply::Hang;
        }
        let port = head
            .to_ascii_lowercase()
            .split_once("host: site.test:")
            .and_then(|(_, rest)| rest.split("\r\n").next().map(str::to_owned))
            .unwrap_or_default();
        match path.trim_start_matches('/').parse::<u32>() {
            Ok(n) if n < 20 => html(format!(
                "<a href=/{}>x</a>{}",
                n + 1,
                "ก".repeat(n as usize)
            )),
            Ok(_) => html("end"),
            Err(_) if path == "/" => html(
                (0..9)
                    .map(|n| format!("<a href=http://slow.site.test:{port}/{n}>s</a>"))
                    .collect::<String>()
                    + "<a href=/1>1</a>",
            ),
            Err(_) => status(404, &[]),
        }
    })
    .await;
    let port = server.address.port();
    let options = Options {
        timeout: Duration::from_millis(300),
        resolve: ["site.test", "slow.site.test"]
            .iter()
            .map(|name| format!("{name}:{port}:127.0.0.1").parse().unwrap())
            .collect(),
        ..here()
    };
    let home = Url::parse(&format!("http://site.test:{port}/")).unwrap();
    let started = Instant::now();
    let capture = crawl(home, &options, &Quiet, Interrupt::never()).await;
    let slow: Vec<&Visit> = capture
        .visits
        .iter()
        .filter(|visit| visit.url.host_str() == Some("slow.site.test"))
        .collect();
    assert!(slow.iter().all(|visit| {
        visit
            .result
            .as_ref()
            .is_err_and(|fault| fault.kind == FaultKind::Timeout)
    }));
    // Given up after a few: the other addresses are listed, not asked for.
    assert_eq!(slow.len(), 6);
    assert_eq!(
        capture
            .skipped
            .iter()
            .filter(|skipped| skipped.why == SkipReason::Limit)
            .count(),
        4
    );
    let last = capture
        .visits
        .iter()
        .position(|visit| visit.url.path() == "/20")
        .unwrap();
    assert!(
        last < capture.visits.len() - 1,
        "the quick host is done before the slow one"
    );
    assert_eq!(capture.stop, None);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_home_page_that_leads_nowhere_is_left_by_the_usual_doors() {
    let server = Server::of(&[
        (
            "/",
            html("<h1>ลงนามถวายพระพร</h1><a href=http://example.org/>x</a>"),
        ),
        ("/main", html("<a href=/o1>โครงสร้าง</a>")),
        ("/o1", html("โครงสร้าง")),
    ])
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(status_of(&capture, "/o1"), 200);
    assert_eq!(
        visit(&capture, "/main")
            .found
            .as_ref()
            .map(|found| found.clicks),
        Some(1)
    );
}

#[tokio::test]
async fn an_agency_that_moved_to_another_host_is_followed() {
    let server = Server::with(|path, _, head| {
        let head = head.to_ascii_lowercase();
        let old = head.contains("host: old.test");
        let port = head
            .split_once("host: old.test:")
            .and_then(|(_, rest)| rest.split("\r\n").next().map(str::to_owned));
        match (old, path, port) {
            (_, "/robots.txt" | "/sitemap.xml", _) => status(404, &[]),
            (true, _, Some(port)) => to(&format!("http://new.test:{port}/home")),
            (false, "/home", _) => html("<a href=/o1>โครงสร้าง</a>"),
            (false, "/o1", _) => html("โครงสร้าง"),
            _ => status(404, &[]),
        }
    })
    .await;
    let port = server.address.port();
    let options = Options {
        resolve: ["old.test", "new.test"]
            .iter()
            .map(|name| format!("{name}:{port}:127.0.0.1").parse().unwrap())
            .collect(),
        ..here()
    };
    let home = Url::parse(&format!("http://old.test:{port}/")).unwrap();
    let capture = crawl(home.clone(), &options, &Quiet, Interrupt::never()).await;
    assert_eq!(status_of(&capture, "/o1"), 200);
    assert_eq!(capture.home, home);
    assert!(
        capture
            .scope()
            .contains(&Url::parse(&format!("http://new.test:{port}/x")).unwrap())
    );
}

#[tokio::test]
async fn sitemaps_name_what_no_page_links_to() {
    let server = Server::with(|path, _, head| {
        let host = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned))
            .unwrap_or_default();
        match path {
            "/" => html("<a href=/linked>l</a>"),
            "/linked" => html("l"),
            "/hidden?a=1&b=2" => html("<a href=/below>b</a>"),
            "/below" => html("b"),
            "/robots.txt" => file("text/plain", format!("Sitemap: http://{host}/maps.xml")),
            "/maps.xml" => file(
                "text/xml",
                format!("<sitemapindex><sitemap><loc>http://{host}/map.xml</loc></sitemap></sitemapindex>"),
            ),
            "/map.xml" => file(
                "text/xml",
                format!("<?xml version='1.0'?><urlset><url><loc> http://{host}/linked</loc></url><url><loc>http://{host}/hidden?a=1&amp;b=2</loc></url><url><loc>http://elsewhere.org/</loc></url></urlset>"),
            ),
            _ => status(404, &[]),
        }
    })
    .await;
    let capture = server.crawl(&here()).await;
    assert_eq!(
        server.paths(),
        [
            "/",
            "/linked",
            "/maps.xml",
            "/map.xml",
            "/hidden?a=1&b=2",
            "/below"
        ]
    );
    let hidden = visit(&capture, "/hidden?a=1&b=2").found.clone().unwrap();
    assert_eq!(
        (hidden.on, hidden.clicks),
        (server.url("/map.xml"), Found::UNLINKED)
    );
}

#[tokio::test]
async fn documents_one_hop_away_are_fetched_only_when_asked_for() {
    let other = Server::of(&[
        ("/plan.pdf", to("/files/plan.pdf")),
        ("/files/plan.pdf", file("application/pdf", "%PDF-1.4")),
        ("/page", html("<a href=/more.pdf>x</a>")),
    ])
    .await;
    let page = format!(
        "<a href='{}'>แผน</a><a href='{}'>หน้า</a>",
        other.url("/plan.pdf"),
        other.url("/page")
    );
    for (follow_offsite, asked) in [
        (false, vec![]),
        (true, vec!["/plan.pdf", "/files/plan.pdf"]),
    ] {
        let server = Server::of(&[("/", html(page.clone()))]).await;
        let options = Options {
            follow_offsite,
            ..here()
        };
        let capture = server.crawl(&options).await;
        assert_eq!(other.paths(), asked);
        assert!(
            capture
                .skipped
                .iter()
                .any(|skipped| skipped.url == other.url("/page"))
        );
    }
}

/// A host of this name at a server on this machine.
fn named(name: &str, server: &Server) -> (Resolve, String) {
    let port = server.address.port();
    let resolve = format!("{name}:{port}:127.0.0.1").parse().unwrap();
    (resolve, format!("http://{name}:{port}"))
}

const PDF: &str = "%PDF-1.4";

#[tokio::test]
async fn a_file_service_is_asked_for_the_bare_file_and_for_nothing_further() {
    let drive = Server::of(&[
        (
            "/robots.txt",
            file(
                "text/plain",
                "User-agent: *\nDisallow: /open\nDisallow: /uc?export=download&id=private_file\n",
            ),
        ),
        (
            "/uc?export=download&id=plan_file_1",
            file("application/pdf", PDF),
        ),
        (
            "/uc?export=download&id=moved_file_1",
            to("/download?id=moved_file_1"),
        ),
        ("/download?id=moved_file_1", file("application/pdf", PDF)),
        (
            "/uc?export=download&id=locked_file_1",
            to("https://accounts.google.com/ServiceLogin?continue=x"),
        ),
    ])
    .await;
    let docs = Server::of(&[
        ("/spreadsheets/d/some_sheet_1/export?format=xlsx", file("application/zip", "PK")),
        ("/forms/d/e/some_form_1/viewform", html("<form action=/formResponse method=post><input type=text></form><a href=/further>x</a><a href=/further.pdf>y</a>")),
    ])
    .await;
    let (drive_at, drive_url) = named("drive.google.com", &drive);
    let (docs_at, docs_url) = named("docs.google.com", &docs);
    let other = Server::of(&[
        ("/", html("x")),
        (
            "/x.pdf",
            to(&format!("{drive_url}/drive/folders/a_folder_123")),
        ),
    ])
    .await;
    let (social_at, social_url) = named("www.facebook.com", &other);
    let (central_at, central_url) = named("www.nacc.go.th", &other);
    let links = [
        format!("{drive_url}/file/d/plan_file_1/view"),
        format!("{drive_url}/open?id=plan_file_1"),
        format!("{drive_url}/file/d/moved_file_1/view"),
        format!("{drive_url}/file/d/locked_file_1/view"),
        format!("{drive_url}/file/d/private_file/view"),
        format!("{drive_url}/drive/folders/a_folder_123"),
        format!("{docs_url}/spreadsheets/d/some_sheet_1/edit#gid=0"),
        format!("{docs_url}/forms/d/e/some_form_1/viewform"),
        format!("{social_url}/bandee"),
        format!("{social_url}/x.pdf"),
        format!("{central_url}/law.pdf"),
        other.url("/").to_string(),
    ];
    let page: String = links
        .iter()
        .map(|to| format!("<a href='{to}'>แผน</a>"))
        .collect();
    for follow_offsite in [false, true] {
        let server = Server::of(&[("/", html(page.clone()))]).await;
        let options = Options {
            follow_offsite,
            resolve: vec![
                drive_at.clone(),
                docs_at.clone(),
                social_at.clone(),
                central_at.clone(),
            ],
            ..here()
        };
        let capture = server.crawl(&options).await;
        let asked = |server: &Server| {
            let mut paths = server.paths();
            paths.sort();
            paths
        };
        assert!(
            other.log().is_empty(),
            "social networks, central systems, websites"
        );
        if !follow_offsite {
            assert!(drive.log().is_empty() && docs.log().is_empty());
            continue;
        }
        assert_eq!(
            asked(&drive),
            [
                "/download?id=moved_file_1",
                "/uc?export=download&id=locked_file_1",
                "/uc?export=download&id=moved_file_1",
                "/uc?export=download&id=plan_file_1",
            ]
        );
        assert_eq!(
            asked(&docs),
            [
                "/forms/d/e/some_form_1/viewform",
                "/spreadsheets/d/some_sheet_1/export?format=xlsx"
            ]
        );
        let robots = capture
            .skipped
            .iter()
            .filter(|one| one.why == SkipReason::Robots);
        let robots: Vec<&str> = robots.map(|one| one.url.as_str()).collect();
        assert_eq!(
            robots,
            [format!("{drive_url}/uc?export=download&id=private_file")]
        );
        let sign_in = |url: &Url| url.host_str() == Some("accounts.google.com");
        assert!(capture.skipped.iter().any(|one| sign_in(&one.url)));
        assert!(!capture.visits.iter().any(|visit| sign_in(&visit.url)));
        assert_eq!(capture.stop, None);
    }
}

#[tokio::test]
async fn a_short_address_is_followed_to_a_paper_only() {
    let drive = Server::of(&[(
        "/uc?export=download&id=plan_file_1",
        file("application/pdf", PDF),
    )])
    .await;
    let (drive_at, drive_url) = named("drive.google.com", &drive);
    let far = Server::of(&[("/", html("x"))]).await;
    let short = Server::of(&[
        ("/plan", to(&format!("{drive_url}/file/d/plan_file_1/view"))),
        ("/far", to(far.url("/").as_str())),
        ("/again", to("/plan")),
    ])
    .await;
    let (short_at, short_url) = named("bit.ly", &short);
    let page: String = ["plan", "far", "again"]
        .iter()
        .map(|to| format!("<a href='{short_url}/{to}'>แผน</a>"))
        .collect();
    let server = Server::of(&[("/", html(page))]).await;
    let options = Options {
        follow_offsite: true,
        resolve: vec![drive_at, short_at],
        ..here()
    };
    server.crawl(&options).await;
    assert_eq!(short.paths(), ["/plan", "/far", "/again"]);
    assert_eq!(drive.paths(), ["/uc?export=download&id=plan_file_1"]);
    assert!(far.log().is_empty());
}

#[tokio::test]
async fn other_sites_have_limits_of_their_own() {
    let files: Vec<String> = (0..6).map(|n| format!("/{n}.pdf")).collect();
    let pages: Vec<(&str, Reply)> = files
        .iter()
        .map(|path| (path.as_str(), file("application/pdf", vec![b'%'; 1000])))
        .collect();
    let limits = OffSiteLimits::default();
    for (offsite, most) in [
        (
            OffSiteLimits {
                addresses: 3,
                ..limits
            },
            3,
        ),
        (
            OffSiteLimits {
                per_host: 2,
                ..limits
            },
            4,
        ),
        (
            OffSiteLimits {
                bytes: 2_500,
                ..limits
            },
            3,
        ),
    ] {
        let (one, two) = (Server::of(&pages).await, Server::of(&pages).await);
        let links: String = files
            .iter()
            .flat_map(|path| [one.url(path), two.url(path)])
            .map(|to| format!("<a href='{to}'>แผน</a>"))
            .collect();
        let own = (0..8)
            .map(|n| format!("<a href=/own{n}>หน้า</a>"))
            .collect::<String>();
        let server = Server::with(move |path, _, _| {
            if path == "/" {
                html(format!("{links}{own}"))
            } else if path.starts_with("/own") {
                html(path)
            } else {
                status(404, &[])
            }
        })
        .await;
        let options = Options {
            follow_offsite: true,
            offsite,
            ..here()
        };
        let capture = server.crawl(&options).await;
        let fetched = one.paths().len() + two.paths().len();
        assert!(
            fetched <= most + 1 && fetched >= 2,
            "{offsite:?} fetched {fetched}"
        );
        let bytes: usize = capture
            .visits
            .iter()
            .filter(|visit| visit.url.path().ends_with(".pdf"))
            .filter_map(|visit| visit.result.as_ref().ok())
            .map(|answer| answer.body.len())
            .sum();
        assert!(offsite.bytes == limits.bytes || bytes <= 3_500, "{bytes}");
        assert!(
            capture
                .skipped
                .iter()
                .any(|one| one.why == SkipReason::Limit)
        );
        assert_eq!(
            server.paths().len(),
            9,
            "the agency's own pages are not held back"
        );
        assert_eq!(capture.stop, None);
    }
}

#[tokio::test]
async fn pictures_come_last_and_have_their_own_limit() {
    let server = Server::of(&[
        (
            "/",
            html("<img src=/1.jpg><img src=/2.jpg><img src=/images/logo.png><a href=/a>a</a>"),
        ),
        (
            "/a",
            html("<a href=/plan.pdf>p</a><a href=/3.jpg>แผนผัง</a>"),
        ),
        ("/plan.pdf", file("application/pdf", "%PDF-1.4")),
    ])
    .await;
    let options = Options {
        max_images: 2,
        ..here()
    };
    let capture = server.crawl(&options).await;
    assert_eq!(server.paths(), ["/", "/a", "/plan.pdf", "/1.jpg", "/2.jpg"]);
    assert_eq!(
        skipped(&capture),
        [("/3.jpg".to_owned(), SkipReason::Limit)]
    );
    assert_eq!(capture.stop, None);
}

#[tokio::test]
async fn the_same_site_gives_the_same_order() {
    let pages: Vec<(String, Reply)> = (0..30)
        .map(|n| {
            let links: String = (1..5)
                .map(|k| format!("<a href=/p{}>x</a>", (n * k + 7) % 30))
                .collect();
            (format!("/p{n}"), html(format!("{links}{}", "ก".repeat(n))))
        })
        .collect();
    let mut pages: Vec<(&str, Reply)> = pages
        .iter()
        .map(|(path, reply)| (path.as_str(), reply.clone()))
        .collect();
    pages.push(("/", html("<a href=/p0>0</a><a href=/p3>3</a>")));
    let (one, two) = (Server::of(&pages).await, Server::of(&pages).await);
    one.crawl(&here()).await;
    two.crawl(&here()).await;
    assert_eq!(one.paths(), two.paths());
    assert!(one.paths().len() > 20);
}
