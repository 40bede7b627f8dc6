//! A receiver of webhooks that can be out of order.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct State {
    fails: bool,
    taken: Vec<Value>,
}

#[derive(Clone)]
pub(crate) struct Post {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Post {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let post = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::default(),
        };
        let serving = post.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let post = serving.clone();
                tokio::spawn(async move { post.take(stream).await });
            }
        });
        post
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.state().fails = fails;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every change that a digest told: agency, subject, whether it is for the worse.
    pub(crate) fn changes(&self) -> Vec<(String, String, bool)> {
        let state = self.state();
        let mut told = Vec::new();
        for digest in &state.taken {
            for agency in digest["agencies"].as_array().unwrap() {
                for line in agency["lines"].as_array().unwrap() {
                    let kind = line["kind"].as_str().unwrap();
                    let worse = match kind {
                        "better" => false,
                        "worse" | "website" => line["to"] != "pass",
                        _ => continue,
                    };
                    for subject in line["subjects"].as_array().unwrap() {
                        let id = agency["id"].as_str().unwrap().to_owned();
                        told.push((id, subject.as_str().unwrap().to_owned(), worse));
                    }
                }
            }
        }
        told
    }

    /// The status of the answer to a body.
    fn receive(&self, body: &[u8]) -> u16 {
        let mut state = self.state();
        if state.fails {
            return 503;
        }
        state.taken.push(serde_json::from_slice(body).unwrap());
        200
    }

    async fn take(&self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let mut some = [0; 8192];
        let body = loop {
            let Ok(read @ 1..) = stream.read(&mut some).await else {
                return;
            };
            bytes.extend_from_slice(&some[..read]);
            let text = String::from_utf8_lossy(&bytes);
            let Some((head, _)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().ok())?
            });
            let begins = head.len() + 4;
            if bytes.len() >= begins + length.unwrap_or(0) {
                break bytes.split_off(begins);
            }
        };
        let status = self.receive(&body);
        let answer =
            format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}
