//! The sample site, served from memory on this machine: `prongsai demo` needs neither network nor files.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use rust_embed::RustEmbed;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::year::FiscalYear;

/// The assessed year of the sample site.
pub const YEAR: FiscalYear = FiscalYear(2564);
/// The day the sample site stands for.
pub const AS_OF: Date = date(2021, 5, 15);
/// IIT and EIT scores of the sample agency.
pub const SCORES: &str = include_str!("../tests/sites/kalase-2564/ita-scores.json");
/// The sample agency.
pub const AGENCY: &str = include_str!("../tests/sites/kalase-2564/site.json");

const ROUTES: &str = include_str!("../tests/sites/kalase-2564/routes.json");
/// The head of a request is not read beyond this.
const LONGEST_HEAD: usize = 16 << 10;
/// A visitor that says nothing for so long is sent away.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(RustEmbed)]
#[folder = "tests/sites/kalase-2564/www/"]
struct Files;

/// What `routes.json` says of an address; under `*` of all.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Route {
    redirect: Option<String>,
    status: Option<u16>,
    file: Option<String>,
    last_modified: Option<String>,
    headers: BTreeMap<String, String>,
}

/// The running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Demo {
    home: Url,
    server: JoinHandle<()>,
}

impl Demo {
    /// Serves the sample site on a port of 127.0.0.1; 0 takes a free one.
    pub async fn start(port: u16) -> io::Result<Self> {
        let routes: BTreeMap<String, Route> = serde_json::from_str(ROUTES)?;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let home = format!("http://{}/", listener.local_addr()?);
        let home = Url::parse(&home).map_err(io::Error::other)?;
        let server = tokio::spawn(serve(listener, Arc::new(routes)));
        Ok(Self { home, server })
    }

    /// The home page's address.
    pub fn home(&self) -> &Url {
        &self.home
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Routes = Arc<BTreeMap<String, Route>>;

async fn serve(listener: TcpListener, routes: Routes) {
    loop {
        match listener.accept().await {
            Ok((visitor, _)) => {
                let routes = Arc::clone(&routes);
                tokio::spawn(async move {
                    // A visitor who hangs up is no fault of the server.
                    let _ = attend(visitor, &routes).await;
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Answers one visitor's requests, one after the other, until they leave.
async fn attend(mut visitor: TcpStream, routes: &Routes) -> io::Result<()> {
    visitor.set_nodelay(true)?;
    let mut heard = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = heard.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            let endless = heard.len() > LONGEST_HEAD;
            let more = tokio::time::timeout(PATIENCE, visitor.read_buf(&mut heard));
            if endless || more.await?? == 0 {
                return Ok(());
            }
        };
        let (answer, only_head) = respond(&heard[..end], routes);
        heard.drain(..end);
        let mut said = answer.head().into_bytes();
        if !only_head {
            said.extend_from_slice(&answer.body);
        }
        visitor.write_all(&said).await?;
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: std::borrow::Cow<'static, [u8]>,
}

impl Answer {
    fn head(&self) -> String {
        let word = match self.status {
            200 => "OK",
            302 => "Found",
            404 => "Not Found",
            _ => "-",
        };
        let mut head = format!("HTTP/1.1 {} {word}\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        head
    }

    fn plain(status: u16, text: &str) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
            body: format!("<!doctype html><title>{text}</title><h1>{text}</h1>")
                .into_bytes()
                .into(),
        }
    }
}

/// The answer to a request's head, and whether only its head was asked for.
fn respond(head: &[u8], routes: &Routes) -> (Answer, bool) {
    let mut fields = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut fields);
    if request.parse(head).is_err() {
        return (Answer::plain(400, "Bad Request"), false);
    }
    let only_head = request.method == Some("HEAD");
    if !only_head && request.method != Some("GET") {
        return (Answer::plain(405, "Method Not Allowed"), false);
    }
    let target = request.path.unwrap_or("/");
    (page(target, routes), only_head)
}

fn page(target: &str, routes: &Routes) -> Answer {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let path = decode(target.split(['?', '#']).next().unwrap_or("/"));
    let site = routes.get("*").cloned().unwrap_or_default();
    let route = [&decode(target), &path]
        .into_iter()
        .find_map(|key| routes.get(key))
        .cloned()
        .unwrap_or_default();
    let mut headers: Vec<(String, String)> = route.headers.into_iter().collect();
    if let Some(to) = route.redirect {
        headers.push(("Location".into(), to));
        return Answer {
            status: route.status.unwrap_or(302),
            headers,
            body: (&[][..]).into(),
        };
    }
    let name = route
        .file
        .unwrap_or_else(|| path.trim_matches('/').to_owned());
    let found = [
        name.clone(),
        format!("{name}/index.html"),
        "index.html".into(),
    ]
    .into_iter()
    .take(if name.is_empty() { 3 } else { 2 })
    .find_map(|name| Some((Files::get(&name)?.data, name)));
    let Some((body, name)) = found else {
        return Answer::plain(404, "404 Not Found");
    };
    headers.push(("Content-Type".into(), content_type(&name).into()));
    headers.extend(site.last_modified.map(|day| ("Last-Modified".into(), day)));
    Answer {
        status: route.status.unwrap_or(200),
        headers,
        body,
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("html") | None => "text/html; charset=UTF-8",
        Some("css") => "text/css",
        Some("txt") => "text/plain; charset=utf-8",
        Some("jpg") => "image/jpeg",
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some(_) => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(demo: &Demo, requests: &str) -> String {
        let address = demo.home().socket_addrs(|| None).unwrap()[0];
        let mut visitor = TcpStream::connect(address).await.unwrap();
        visitor.write_all(requests.as_bytes()).await.unwrap();
        visitor.shutdown().await.unwrap();
        let mut answer = Vec::new();
        visitor.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn the_home_page_redirects_as_the_routes_say() {
        let demo = Demo::start(0).await.unwrap();
        let answer = ask(&demo, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(
            answer.starts_with("HTTP/1.1 302 Found\r\nLocation: /public\r\n"),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn pages_and_files_have_their_types_and_dates() {
        let demo = Demo::start(0).await.unwrap();
        let page = ask(
            &demo,
            "GET /public/list/data/index/menu/1145 HTTP/1.1\r\n\r\n",
        )
        .await;
        assert!(
            page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"),
            "{page}"
        );
        assert!(page.contains("Last-Modified: Mon, 10 May 2021 03:20:11 GMT"));
        assert!(page.contains("</html>"));
        let file = ask(
            &demo,
            "HEAD /system_files/2564/kls028130.pdf HTTP/1.1\r\n\r\n",
        )
        .await;
        assert!(file.contains("application/pdf") && file.ends_with("\r\n\r\n"));
        let sheet = ask(
            &demo,
            "HEAD /system_files/2564/kls028140.xlsx HTTP/1.1\r\n\r\n",
        )
        .await;
        assert!(sheet.contains("spreadsheetml"));
    }

    #[tokio::test]
    async fn one_connection_carries_many_requests() {
        let demo = Demo::start(0).await.unwrap();
        let twice = "GET /robots.txt HTTP/1.1\r\n\r\nGET /robots.txt?x=%E0 HTTP/1.1\r\n\r\n";
        assert_eq!(
            ask(&demo, twice)
                .await
                .matches("Disallow: /public/admin/")
                .count(),
            2
        );
    }

    #[tokio::test]
    async fn nothing_but_the_site_is_served() {
        let demo = Demo::start(0).await.unwrap();
        for path in [
            "/../truth.json",
            "/%2e%2e/truth.json",
            "//etc/passwd",
            "/no-such-page",
        ] {
            let answer = ask(&demo, &format!("GET {path} HTTP/1.1\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        }
        assert!(
            ask(&demo, "POST / HTTP/1.1\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 405")
        );
        assert!(
            ask(&demo, "nonsense\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 400")
        );
    }

    #[test]
    fn its_agency_and_scores_can_be_read() {
        let agency: crate::agency::Agency = serde_json::from_str(AGENCY).unwrap();
        assert!(agency.kind.is_local());
        assert!(crate::score::SurveyScores::read(SCORES, &crate::sample::outline()).is_ok());
        assert_eq!(FiscalYear::of(AS_OF), YEAR);
    }
}
