//! Digests on the line: webhooks that fail and recover, and a real mail server.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot reach its own server has failed"
)]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use prongsai::alert::{
    Channels, Courier, Digest, Ledger, Matter, News, Notice, Outcome, Step, after, compose, sign,
};
use prongsai::judge::Decision;
use prongsai::standing::{Cause, Change, ChangeKind};
use prongsai::year::FiscalYear;

const KEY: &str = "a key that only the receiver has";
const TOKEN: &str = "channel-access-token";
const PASSWORD: &str = "r4hasya-lap";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn digest(owner: &str) -> Digest {
    let change = Change {
        subject: "O23".to_owned(),
        title: "สรุปผลการจัดซื้อจัดจ้างรายเดือน".to_owned(),
        from: Decision::Pass,
        to: Decision::Fail,
        kind: ChangeKind::Worse,
        cause: Cause::Website,
        first_seen: at("2026-10-05T00:00:00Z"),
        counted: at("2026-10-05T02:00:00Z"),
        because: "ไม่พบรายงานของเดือนกันยายน 2569".to_owned(),
        place: Some("https://kalasin.go.th/o23".to_owned()),
        last_good: Some(812),
    };
    let news = News {
        agency: "4601".to_owned(),
        name: "เทศบาลเมืองกาฬสินธุ์".to_owned(),
        owners: vec![owner.to_owned()],
        year: FiscalYear(2570),
        notices: vec![Notice {
            year: FiscalYear(2570),
            matter: Matter::Change(change),
            points: Some(0.58),
            last_good: None,
            seen: false,
            told: BTreeMap::new(),
        }],
        unconfirmed: 0,
    };
    let at = at("2026-10-05T01:00:00Z");
    compose(owner, &[news], &[], &Channels::default(), None, at).unwrap()
}

fn secrets(name: &str) -> Option<String> {
    let value = match name {
        "KEY" => KEY,
        "TOKEN" => TOKEN,
        "PASSWORD" => PASSWORD,
        "WRONG" => "not-the-password",
        _ => return None,
    };
    Some(value.to_owned())
}

fn courier(settings: &str) -> Courier {
    let channels: Channels = toml_edit::de::from_str(settings).unwrap();
    assert_eq!(channels.check(), []);
    let (courier, faults) = Courier::open(&channels, Path::new("/"), &secrets);
    assert!(faults.is_empty(), "{faults:?}");
    courier
}

// --- webhooks -----------------------------------------------------------------------------------------------------------

/// What a receiver does with one request.
#[derive(Clone, Copy)]
enum Act {
    Answer(u16),
    /// Takes it and says so, but the answer comes too late.
    TakeAndHang,
    Wait(u32),
    MovedTo(&'static str),
}

#[derive(Default)]
struct Receiver {
    acts: Mutex<VecDeque<Act>>,
    asked: Mutex<Vec<(HeaderMap, Bytes)>>,
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    receiver.asked.lock().unwrap().push((headers, body));
    let act = receiver.acts.lock().unwrap().pop_front().unwrap();
    match act {
        Act::Answer(status) => (
            StatusCode::from_u16(status).unwrap(),
            format!("said with {KEY} and {TOKEN}"),
        )
            .into_response(),
        Act::TakeAndHang => {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            StatusCode::OK.into_response()
        }
        Act::Wait(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", seconds.to_string())],
        )
            .into_response(),
        Act::MovedTo(place) => {
            (StatusCode::PERMANENT_REDIRECT, [("location", place)]).into_response()
        }
    }
}

async fn receiver(acts: &[Act]) -> (Arc<Receiver>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (answering(acts, listener), address)
}

fn answering(acts: &[Act], listener: TcpListener) -> Arc<Receiver> {
    let receiver = Arc::new(Receiver {
        acts: Mutex::new(acts.iter().copied().collect()),
        asked: Mutex::default(),
    });
    let router = Router::new()
        .fallback(receive)
        .with_state(Arc::clone(&receiver));
    tokio::spawn(async move { axum::serve(listener, router).await });
    receiver
}

fn hook(address: SocketAddr, more: &str) -> Courier {
    courier(&format!(
        "[webhook.room]\nurl = 'http://{address}/prongsai'\nkey = {{ env = 'KEY' }}\ntoken = {{ env = 'TOKEN' }}\ntimeout = 1\n{more}"
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_and_recovers_gets_every_digest_once_acknowledged() {
    // Refused: nobody listens yet.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let courier = hook(address, "");
    let digest = digest("room");
    let mut ledger = Ledger::default();

    // The outbox as the service runs it, its clock in our hand.
    let mut now = at("2026-10-05T01:00:00Z");
    let mut receiver = None;
    let mut pauses = Vec::new();
    for attempt in 1..10 {
        let outcome = courier.send(&digest).await;
        match after(&outcome, attempt, now) {
            Step::Retry(next) => {
                pauses.push(next.duration_since(now).as_secs());
                now = next;
            }
            Step::Done => {
                ledger.delivered(&digest);
                break;
            }
            Step::Drop => panic!("{outcome:?}"),
        }
        if receiver.is_none() {
            let acts = [
                Act::Answer(500),
                Act::TakeAndHang,
                Act::Wait(600),
                Act::Answer(204),
            ];
            receiver = Some(answering(&acts, TcpListener::bind(address).await.unwrap()));
        }
    }
    assert_eq!(
        pauses,
        [60, 120, 240, 600],
        "the fourth is what the receiver asked for"
    );
    assert_eq!(ledger.last("room"), Some(digest.at));

    let receiver = receiver.unwrap();
    assert!(
        receiver.acts.lock().unwrap().is_empty(),
        "every scripted answer was given"
    );
    let asked = receiver.asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    for (headers, body) in asked.iter() {
        assert_eq!(headers["x-prongsai-signature"], sign(KEY.as_bytes(), body));
        assert_eq!(headers["idempotency-key"], digest.key);
        assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(serde_json::from_slice::<Digest>(body).unwrap(), digest);
    }
    // A receiver that changes one byte notices.
    let mut other = asked[0].1.to_vec();
    other[10] ^= 1;
    assert_ne!(
        asked[0].0["x-prongsai-signature"],
        sign(KEY.as_bytes(), &other)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_whether_trying_again_helps_and_no_secret_is_told() {
    let answers = [
        200, 202, 400, 401, 404, 408, 409, 410, 413, 429, 500, 502, 503,
    ];
    let acts: Vec<Act> = answers.iter().map(|&status| Act::Answer(status)).collect();
    let (_receiver, address) = receiver(&acts).await;
    let courier = hook(address, "");
    let mut words = Vec::new();
    for status in answers {
        let outcome = courier.send(&digest("room")).await;
        if let Outcome::Later { why, .. } | Outcome::Refused { why } = &outcome {
            assert!(why.contains(&status.to_string()), "{why}");
            assert!(!why.contains(KEY) && !why.contains(TOKEN), "{why}");
        }
        words.push((status, outcome.word()));
    }
    let of = |word: &str| -> Vec<u16> {
        words
            .iter()
            .filter(|it| it.1 == word)
            .map(|it| it.0)
            .collect()
    };
    assert_eq!(of("delivered"), [200, 202]);
    assert_eq!(of("later"), [408, 429, 500, 502, 503]);
    assert_eq!(of("refused"), [400, 401, 404, 409, 410, 413]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_and_the_token_stays() {
    let (other, elsewhere) = receiver(&[Act::Answer(200)]).await;
    let place: &'static str = Box::leak(format!("http://{elsewhere}/").into_boxed_str());
    let (_receiver, address) = receiver(&[Act::MovedTo(place)]).await;
    let outcome = hook(address, "").send(&digest("room")).await;
    assert_eq!(outcome.word(), "refused");
    assert!(other.asked.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_and_line_get_their_own_shapes() {
    let (receiver, address) = receiver(&[Act::Answer(200), Act::Answer(409)]).await;
    let settings = format!(
        "[webhook.slack]\nshape = 'slack'\nurl = 'http://{address}/'\n[webhook.line]\nshape = 'line'\nurl = 'http://{address}/v2/bot/message/push'\nto = 'C1'\ntoken = {{ env = 'TOKEN' }}"
    );
    let courier = courier(&settings);
    assert_eq!(courier.send(&digest("slack")).await, Outcome::Delivered);
    // LINE says 409 to a retry key it knows: the message is there.
    let line = digest("line");
    assert_eq!(courier.send(&line).await, Outcome::Delivered);
    assert_eq!(courier.send(&digest("unknown")).await.word(), "refused");
    assert_eq!(
        courier.send(&digest("a@example.go.th")).await.word(),
        "refused"
    );

    let asked = receiver.asked.lock().unwrap();
    let body = |n: usize| serde_json::from_slice::<Value>(&asked[n].1).unwrap();
    assert!(body(0)["blocks"].is_array() && body(0)["text"].is_string());
    assert!(
        !asked[0].0.contains_key("authorization")
            && !asked[0].0.contains_key("x-prongsai-signature")
    );
    assert_eq!(body(1)["to"], "C1");
    assert_eq!(body(1)["messages"][0]["type"], "text");
    let retry = asked[1].0["x-line-retry-key"].to_str().unwrap();
    let parts: Vec<usize> = retry.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{retry}");
}

#[test]
fn a_channel_that_cannot_be_used_is_told_and_the_others_work() {
    let channels: Channels = toml_edit::de::from_str(
        "[webhook.a]\nurl_secret = { env = 'UNSET' }\n[webhook.b]\nurl = 'http://127.0.0.1:9/'\n[mail]\nhost = 'localhost'\nfrom = 'a@b.go.th'\nca = 'no-such-file.pem'",
    )
    .unwrap();
    let (courier, faults) = Courier::open(&channels, Path::new("/"), &secrets);
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("no-such-file.pem") && said[1].contains("UNSET"),
        "{said:?}"
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let word = |owner: &str| runtime.block_on(courier.send(&digest(owner))).word();
    assert_eq!(
        (word("a"), word("b"), word("x@y.go.th")),
        ("refused", "later", "refused")
    );
}

// --- mail ---------------------------------------------------------------------------------------------------------------

/// A real mail server (aiosmtpd) on loopback, ended with the test.
struct Server {
    child: Child,
    // Held open: the server ends when it closes.
    _stdin: ChildStdin,
    lines: BufReader<ChildStdout>,
    port: u64,
}

impl Server {
    fn start(asked: &Value) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/alert/smtpd.py");
        // The interpreter that Debian's python3-aiosmtpd is for.
        let mut child = Command::new("/usr/bin/python3")
            .args([script, &asked.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self {
            child,
            _stdin: stdin,
            lines,
            port: 0,
        };
        server.port = server.next()["port"].as_u64().unwrap();
        server
    }

    /// The next thing that happened.
    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        assert!(
            !line.is_empty(),
            "the mail server ended: is python3-aiosmtpd installed?"
        );
        serde_json::from_str(&line).unwrap()
    }

    fn courier(&self, more: &str) -> Courier {
        courier(&format!(
            "[mail]\nhost = 'localhost'\nport = {}\nfrom = 'โปร่งใส <prongsai@example.go.th>'\ntimeout = 5\n{more}",
            self.port
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with an authority (`ca.pem`) and a certificate by it for `localhost`.
struct Certificates(PathBuf);

impl Certificates {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("prongsai-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let openssl = |arguments: &str| {
            let done = Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(&folder)
                .output()
                .unwrap();
            assert!(
                done.status.success(),
                "{}",
                String::from_utf8_lossy(&done.stderr)
            );
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
        openssl(&format!(
            "req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=office"
        ));
        openssl(&format!(
            "req -x509 {key} -keyout key.pem -out cert.pem -subj /CN=localhost -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost"
        ));
        Self(folder)
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).display().to_string()
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One mail as its reader's program takes it apart.
fn parsed(content: &str) -> Value {
    let script = "import base64, email, email.policy, json, sys\n\
        m = email.message_from_bytes(base64.b64decode(sys.argv[1]), policy=email.policy.default)\n\
        print(json.dumps({'headers': {k.lower(): str(v) for k, v in m.items()},\n\
        'parts': [[p.get_content_type(), p.get_content()] for p in m.walk() if not p.is_multipart()]}))";
    let out = Command::new("/usr/bin/python3")
        .args(["-c", script, content])
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn mail_arrives_as_a_person_reads_it() {
    let mut server = Server::start(&json!({}));
    let digest = digest("audit@example.go.th");
    assert_eq!(
        server.courier("tls = 'none'").send(&digest).await,
        Outcome::Delivered
    );
    let got = server.next();
    assert_eq!(got["sender"], "prongsai@example.go.th");
    assert_eq!(got["to"], json!(["audit@example.go.th"]));

    let content = got["content"].as_str().unwrap();
    let raw = String::from_utf8(BASE64.decode(content.as_bytes()).unwrap()).unwrap();
    assert!(raw.contains("Subject: =?utf-8?b?"), "RFC 2047: {raw}");
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998));
    let mail = parsed(content);
    assert_eq!(
        mail["headers"]["subject"],
        "โปร่งใส: เทศบาลเมืองกาฬสินธุ์มีข้อที่แย่ลง"
    );
    assert_eq!(mail["headers"]["from"], "โปร่งใส <prongsai@example.go.th>");
    assert_eq!(
        mail["headers"]["message-id"],
        format!("<{}@example.go.th>", digest.key)
    );
    assert_eq!(mail["headers"]["auto-submitted"], "auto-generated");
    assert!(
        mail["headers"]["date"]
            .as_str()
            .unwrap()
            .starts_with("Mon, 05 Oct 2026 01:00:00")
    );
    let parts = mail["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(
        (&parts[0][0], &parts[1][0]),
        (&json!("text/plain"), &json!("text/html"))
    );
    for part in parts {
        let text = part[1].as_str().unwrap();
        assert!(text.contains("ไม่พบรายงานของเดือนกันยายน 2569"), "{text}");
        assert!(text.contains("prongsai diff 4601"), "{text}");
    }
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn a_mail_server_that_says_later_gets_it_later() {
    let mut server = Server::start(&json!({ "replies": ["451 4.7.1 greylisted", "250 OK"] }));
    let courier = server.courier("tls = 'none'");
    let digest = digest("audit@example.go.th");
    let first = courier.send(&digest).await;
    assert!(
        matches!(&first, Outcome::Later { why, .. } if why.contains("451")),
        "{first:?}"
    );
    assert_eq!(courier.send(&digest).await, Outcome::Delivered);
    let (one, two) = (server.next(), server.next());
    assert_eq!(
        (&one["reply"], &two["reply"]),
        (&json!("451 4.7.1 greylisted"), &json!("250 OK"))
    );
    let id =
        |mail: &Value| parsed(mail["content"].as_str().unwrap())["headers"]["message-id"].clone();
    assert_eq!(id(&one), id(&two), "the copy can be known by its id");
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn an_address_that_does_not_exist_is_refused_for_good() {
    let mut server = Server::start(&json!({ "refuse": "550 5.1.1 no such user" }));
    let outcome = server
        .courier("tls = 'none'")
        .send(&digest("gone@example.go.th"))
        .await;
    assert!(
        matches!(&outcome, Outcome::Refused { why } if why.contains("550")),
        "{outcome:?}"
    );
    assert_eq!(server.next()["refused"], "gone@example.go.th");
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn mail_goes_over_starttls_with_the_offices_own_authority_and_a_login() {
    let certificates = Certificates::new("starttls");
    let asked = json!({
        "certificate": certificates.path("cert.pem"),
        "certificate_key": certificates.path("key.pem"),
        "login": ["prongsai", PASSWORD],
    });
    let mut server = Server::start(&asked);
    let ca = format!(
        "ca = '{}'\nuser = 'prongsai'\n",
        certificates.path("ca.pem")
    );
    let digest = digest("audit@example.go.th");

    let right = server.courier(&format!("{ca}password = {{ env = 'PASSWORD' }}"));
    assert_eq!(right.send(&digest).await, Outcome::Delivered);
    let got = server.next();
    assert_eq!(
        (&got["tls"], &got["user"]),
        (&json!(true), &json!("prongsai"))
    );

    // Without the authority's certificate nothing is sent, least of all the password.
    let stranger = server.courier("user = 'prongsai'\npassword = { env = 'PASSWORD' }");
    let outcome = stranger.send(&digest).await;
    assert_eq!(outcome.word(), "later", "{outcome:?}");

    let wrong = server.courier(&format!("{ca}password = {{ env = 'WRONG' }}"));
    let Outcome::Refused { why } = wrong.send(&digest).await else {
        panic!("a wrong password does not get better");
    };
    assert!(
        why.contains("535") && !why.contains("not-the-password"),
        "{why}"
    );
    // The server repeated both the password and the line that carried it.
    assert!(why.contains("not (ปิดไว้) ((ปิดไว้))"), "{why}");
    let line = BASE64.encode(b"\0prongsai\0not-the-password");
    assert!(!why.contains(&line), "{why}");
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn a_server_without_tls_gets_nothing_when_tls_is_asked_for() {
    let server = Server::start(&json!({}));
    let outcome = server
        .courier("tls = 'starttls'")
        .send(&digest("audit@example.go.th"))
        .await;
    assert_eq!(outcome.word(), "refused", "{outcome:?}");
}

#[tokio::test]
#[ignore = "needs aiosmtpd"]
async fn mail_goes_over_tls_from_the_first_byte() {
    let certificates = Certificates::new("smtps");
    let asked = json!({
        "certificate": certificates.path("cert.pem"),
        "certificate_key": certificates.path("key.pem"),
        "wrapped": true,
    });
    let mut server = Server::start(&asked);
    let courier = server.courier(&format!(
        "tls = 'tls'\nca = '{}'",
        certificates.path("ca.pem")
    ));
    assert_eq!(
        courier.send(&digest("audit@example.go.th")).await,
        Outcome::Delivered
    );
    assert_eq!(server.next()["tls"], true);
}
