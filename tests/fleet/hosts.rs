//! Many websites on one port of this machine, told apart by their host names: what they serve, how they misbehave, and a
//! log of who asked what and when.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prongsai::fetch::capture::Capture;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One answer.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Arc<[u8]>,
}

impl Page {
    pub(crate) fn html(body: &str) -> Self {
        Self::of("text/html; charset=utf-8", body.as_bytes())
    }

    pub(crate) fn of(kind: &str, body: &[u8]) -> Self {
        Self {
            status: 200,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.into(),
        }
    }
}

/// The pages of a website by path and query.
pub(crate) type Pages = BTreeMap<String, Page>;

/// The pages that a capture holds.
pub(crate) fn captured(file: &Path) -> Pages {
    let capture = Capture::read(file).unwrap();
    let mut pages = Pages::new();
    for visit in &capture.visits {
        let Ok(response) = &visit.result else {
            continue;
        };
        let query = visit.url.query();
        let path = match query {
            Some(query) => format!("{}?{query}", visit.url.path()),
            None => visit.url.path().to_owned(),
        };
        let own = format!("http://{}", visit.url.authority());
        let kept = ["content-type", "location", "content-disposition"];
        let headers = response.headers.iter();
        let headers = headers
            .filter(|(name, _)| kept.contains(&name.to_ascii_lowercase().as_str()))
            .map(|(name, value)| (name.clone(), value.replace(&own, "")));
        pages.entry(path).or_insert_with(|| Page {
            status: response.status,
            headers: headers.collect(),
            body: response.body.to_vec().into(),
        });
    }
    pages
}

/// How a server behaves beside serving its pages.
#[derive(Clone, Copy, Default)]
pub(crate) struct Manner {
    /// Time it takes to answer.
    pub(crate) latency: Duration,
    /// Every so many-th page is refused once with 429 and `Retry-After: 1`; 0 for never.
    pub(crate) busy: usize,
    /// Every so many-th page breaks off once; 0 for never.
    pub(crate) drops: usize,
    /// It gives validators and honours them.
    pub(crate) validates: bool,
    /// It accepts connections and says nothing.
    pub(crate) silent: bool,
    /// It answers everything with this status; 0 hangs up.
    pub(crate) refuses: Option<u16>,
}

/// A website under a host name.
#[derive(Clone, Default)]
pub(crate) struct Website {
    pub(crate) pages: Arc<Pages>,
    pub(crate) manner: Manner,
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) began: Instant,
    pub(crate) ended: Instant,
    /// Bytes of the body that was sent.
    pub(crate) sent: usize,
    pub(crate) status: u16,
    /// All of the body was sent.
    pub(crate) whole: bool,
}

#[derive(Default)]
struct State {
    sites: BTreeMap<String, Website>,
    log: Vec<Asked>,
    /// How often each address was asked, for faults that pass.
    tries: BTreeMap<(String, String), usize>,
}

/// The server. It ends with the runtime it was started on.
#[derive(Clone)]
pub(crate) struct Hosts {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Hosts {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hosts = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let serving = hosts.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hosts = serving.clone();
                tokio::spawn(async move { hosts.serve(stream).await });
            }
        });
        hosts
    }

    pub(crate) fn put(&self, host: &str, website: Website) {
        self.state().sites.insert(host.to_owned(), website);
    }

    pub(crate) fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.address.port())
    }

    /// What `--resolve` is told.
    pub(crate) fn resolve(&self) -> String {
        format!("*:{}:127.0.0.1", self.address.port())
    }

    /// The log so far, emptied.
    pub(crate) fn take_log(&self) -> Vec<Asked> {
        let mut log = std::mem::take(&mut self.state().log);
        log.sort_by_key(|asked| asked.began);
        log
    }

    /// Faults that pass come anew.
    pub(crate) fn forget_tries(&self) {
        self.state().tries.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut waiting = Vec::new();
        while let Some(head) = head(&mut stream, &mut waiting).await {
            if self.answer(&mut stream, &head).await.is_none() {
                return;
            }
        }
    }

    /// `None` when the connection is over.
    async fn answer(&self, stream: &mut TcpStream, head: &str) -> Option<()> {
        let began = Instant::now();
        let path = head.split(' ').nth(1)?.to_owned();
        let host = field(head, "host")?.split(':').next()?.to_owned();
        let (website, tries) = {
            let mut state = self.state();
            let tries = state.tries.entry((host.clone(), path.clone())).or_default();
            *tries += 1;
            let tries = *tries;
            (state.sites.get(&host).cloned().unwrap_or_default(), tries)
        };
        let manner = website.manner;
        if manner.refuses == Some(0) {
            return None;
        }
        tokio::time::sleep(manner.latency).await;
        let picked = |every: usize| every > 0 && tries == 1 && number(&path).is_multiple_of(every);
        let mut page = website.pages.get(&path).cloned().unwrap_or_else(|| Page {
            status: 404,
            ..Page::html("<p>404")
        });
        if let Some(status) = manner.refuses {
            page = Page {
                status,
                ..Page::html("<p>no")
            };
        } else if picked(manner.busy) {
            page = Page {
                status: 429,
                ..Page::html("<p>busy")
            };
            page.headers.push(("Retry-After".into(), "1".into()));
        }
        if manner.validates && page.status == 200 && path != "/robots.txt" {
            let tag = format!("\"{:x}\"", u64::from_be_bytes(first_eight(&page.body)));
            page.headers.push(("ETag".into(), tag.clone()));
            if field(head, "if-none-match").is_some_and(|asked| asked == tag) {
                page.status = 304;
                page.body = Arc::from([]);
            }
        }
        let cut = picked(manner.drops) && !manner.silent && page.status == 200;
        let mut answer = format!(
            "HTTP/1.1 {} x\r\nContent-Length: {}\r\n",
            page.status,
            page.body.len()
        );
        for (name, value) in &page.headers {
            answer.push_str(&format!("{name}: {value}\r\n"));
        }
        answer.push_str("\r\n");
        let body = match cut {
            true => &page.body[..page.body.len() / 2],
            false => &page.body[..],
        };
        let sent = match manner.silent {
            true => Err(()),
            false => async {
                stream.write_all(answer.as_bytes()).await?;
                stream.write_all(body).await
            }
            .await
            .map_err(drop),
        };
        self.state().log.push(Asked {
            host,
            path,
            began,
            ended: Instant::now(),
            sent: body.len(),
            status: page.status,
            whole: sent.is_ok() && !cut,
        });
        if manner.silent {
            std::future::pending::<()>().await;
        }
        (sent.is_ok() && !cut).then_some(())
    }
}

/// The next request's head; `None` when the connection is closed.
async fn head(stream: &mut TcpStream, waiting: &mut Vec<u8>) -> Option<String> {
    loop {
        if let Some(end) = waiting.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = waiting.drain(..end + 4).collect();
            return Some(String::from_utf8_lossy(&head).into_owned());
        }
        let mut some = [0; 4096];
        match stream.read(&mut some).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => waiting.extend_from_slice(&some[..read]),
        }
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

fn first_eight(bytes: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(bytes);
    digest[..8].try_into().unwrap()
}

/// The same for the same path on every run.
fn number(path: &str) -> usize {
    usize::try_from(u64::from_be_bytes(first_eight(path.as_bytes())) >> 1).unwrap()
}
