//! A web server on this machine that does what a test tells it and remembers what it was asked.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use prongsai::fetch::capture::Capture;
use prongsai::fetch::crawl;
use prongsai::fetch::options::{Interrupt, Options, Quiet};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// Announces more than it sends.
    Short(Vec<u8>, usize),
    Raw(&'static [u8]),
    Hang,
    Drop,
}

pub(crate) fn html(body: impl Into<String>) -> Reply {
    Reply::Answer(
        200,
        vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
        body.into().into_bytes(),
    )
}

pub(crate) fn file(kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(200, vec![("Content-Type".into(), kind.into())], body.into())
}

pub(crate) fn status(code: u16, headers: &[(&str, &str)]) -> Reply {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Reply::Answer(code, headers, Vec::new())
}

pub(crate) fn to(target: &str) -> Reply {
    status(302, &[("Location", target)])
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) at: Instant,
    pub(crate) path: String,
    pub(crate) head: String,
}

type Site = dyn Fn(&str, usize, &str) -> Reply + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Serves fixed pages; everything else is 404.
    pub(crate) async fn of(pages: &[(&str, Reply)]) -> Self {
        let pages: BTreeMap<String, Reply> = pages
            .iter()
            .map(|(path, reply)| ((*path).to_owned(), reply.clone()))
            .collect();
        Self::with(move |path, _, _| pages.get(path).cloned().unwrap_or(status(404, &[]))).await
    }

    /// Serves what a function of path, number of earlier requests for it, and request head says.
    pub(crate) async fn with(
        site: impl Fn(&str, usize, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, site): (_, Arc<Site>) = (Arc::clone(&asked), Arc::new(site));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&site)));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    pub(crate) fn log(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The paths asked for, but for robots.txt and sitemap.xml.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.log()
            .into_iter()
            .map(|asked| asked.path)
            .filter(|path| path != "/robots.txt" && path != "/sitemap.xml")
            .collect()
    }

    pub(crate) fn gaps(&self, path: &str) -> Vec<Duration> {
        let times: Vec<Instant> = self
            .log()
            .into_iter()
            .filter(|asked| asked.path == path)
            .map(|asked| asked.at)
            .collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    pub(crate) async fn crawl(&self, options: &Options) -> Capture {
        crawl(self.url("/"), options, &Quiet, Interrupt::never()).await
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Asked>>>, site: Arc<Site>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            // A TLS greeting, to a server that speaks none.
            Ok(0x16) if head.is_empty() => {
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                return;
            }
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let earlier = {
        let mut log = log.lock().unwrap();
        let earlier = log.iter().filter(|asked| asked.path == path).count();
        log.push(Asked {
            at: Instant::now(),
            path: path.clone(),
            head: head.clone(),
        });
        earlier
    };
    let bytes = match site(&path, earlier, &head) {
        Reply::Answer(code, headers, body) => {
            let mut answer = format!("HTTP/1.1 {code} X\r\nConnection: close\r\n");
            for (name, value) in headers {
                answer.push_str(&format!("{name}: {value}\r\n"));
            }
            answer.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
            [answer.into_bytes(), body].concat()
        }
        Reply::Short(body, announced) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n");
            [head.into_bytes(), body].concat()
        }
        Reply::Raw(bytes) => bytes.to_vec(),
        Reply::Hang => return std::future::pending().await,
        Reply::Drop => return,
    };
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
    // Lets the client read to the end before the socket goes.
    let _ = stream.read_u8().await;
}

pub(crate) fn here() -> Options {
    Options {
        allow_private: true,
        backoff: Duration::from_millis(50),
        timeout: Duration::from_secs(5),
        ..Options::default()
    }
}
