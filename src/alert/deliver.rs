//! The edge: a digest to a mail server or to a webhook, and what came of it in words that hold no secret.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use data_encoding::BASE64;
use jiff::SignedDuration;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{self as smtp, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use url::Url;

use crate::report::plain;

use super::compose::Digest;
use super::letter::Letter;
use super::outbox::Outcome;
use super::settings::{Channels, Mail, Route, Secret, SecretFault, Shape, Tls, Webhook};
use super::shapes::{line, sign, slack};

/// A whole delivery takes at most this many times the patience with a single silence.
const STEPS: u32 = 4;
/// Characters of a receiver's own words that go into the run log.
const WORDS: usize = 200;
/// Bytes of an answer that are read for those words.
const ANSWER: usize = 2_000;

/// A channel that cannot be used as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// A secret is missing.
    #[error("ช่องทาง {channel}: {fault}")]
    Secret {
        /// `mail` or the webhook's name.
        channel: String,
        /// Which, and what to do.
        fault: SecretFault,
    },
    /// The authority's certificate cannot be read.
    #[error(
        "ช่องทาง {channel}: อ่านใบรับรองใน {file} ไม่ได้: {why}\nต้องเป็นแฟ้ม PEM (-----BEGIN CERTIFICATE-----)"
    )]
    Authority {
        /// `mail` or the webhook's name.
        channel: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something else in the settings.
    #[error("ช่องทาง {channel}: {what}\nแก้ใน [alert] ของ agencies.toml")]
    Settings {
        /// `mail` or the webhook's name.
        channel: String,
        /// What.
        what: String,
    },
}

/// Every channel, ready to deliver. Secrets are read once, when it is opened.
pub struct Courier {
    mail: Option<Result<Post, String>>,
    hooks: BTreeMap<String, Result<Hook, String>>,
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Courier")
            .field("mail", &self.mail.is_some())
            .field("hooks", &self.hooks.keys())
            .finish_non_exhaustive()
    }
}

impl Courier {
    /// Opens every channel. Those that cannot be used are told; a digest for one of them is refused, the others work.
    /// `folder` is where relative files stand, `env` looks up environment variables.
    pub fn open(
        channels: &Channels,
        folder: &Path,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> (Self, Vec<CourierError>) {
        // Both TLS users take the process's provider; it may be set already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut faults = Vec::new();
        let mail = channels.mail.as_ref().map(|mail| {
            let desk = Desk {
                channel: "mail",
                folder,
                env,
            };
            Post::open(mail, &desk).map_err(|fault| kept(fault, &mut faults))
        });
        let mut hooks = BTreeMap::new();
        for (name, hook) in &channels.webhook {
            let desk = Desk {
                channel: name,
                folder,
                env,
            };
            let opened = Hook::open(hook, &desk).map_err(|fault| kept(fault, &mut faults));
            hooks.insert(name.clone(), opened);
        }
        (Self { mail, hooks }, faults)
    }

    /// One attempt to deliver a digest to its owner.
    pub async fn send(&self, digest: &Digest) -> Outcome {
        let closed = |why: &String| Outcome::Refused { why: why.clone() };
        match Route::of(&digest.owner) {
            Route::Mail(address) => match &self.mail {
                Some(Ok(post)) => post.send(address, digest).await,
                Some(Err(why)) => closed(why),
                None => closed(&"ยังไม่ได้ตั้งค่า [alert.mail]".to_owned()),
            },
            Route::Webhook(name) => match self.hooks.get(name) {
                Some(Ok(hook)) => hook.send(digest).await,
                Some(Err(why)) => closed(why),
                None => closed(&format!("ไม่มี [alert.webhook.{name}]")),
            },
        }
    }
}

fn kept(fault: CourierError, faults: &mut Vec<CourierError>) -> String {
    let why = fault.to_string();
    faults.push(fault);
    why
}

/// Where a channel's settings are looked up.
struct Desk<'a> {
    channel: &'a str,
    folder: &'a Path,
    env: &'a dyn Fn(&str) -> Option<String>,
}

impl Desk<'_> {
    fn secret(&self, secret: Option<&Secret>) -> Result<Option<String>, CourierError> {
        let read = |secret: &Secret| secret.read(self.folder, self.env);
        secret
            .map(read)
            .transpose()
            .map_err(|fault| CourierError::Secret {
                channel: self.channel.to_owned(),
                fault,
            })
    }

    fn authority<T>(
        &self,
        file: Option<&Path>,
        parse: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<Option<T>, CourierError> {
        let Some(file) = file else {
            return Ok(None);
        };
        let read = std::fs::read(self.folder.join(file)).map_err(|why| why.to_string());
        read.and_then(|bytes| parse(&bytes))
            .map(Some)
            .map_err(|why| CourierError::Authority {
                channel: self.channel.to_owned(),
                file: file.display().to_string(),
                why,
            })
    }

    fn fault(&self, what: impl fmt::Display) -> CourierError {
        CourierError::Settings {
            channel: self.channel.to_owned(),
            what: what.to_string(),
        }
    }
}

/// Words of others with our secrets taken out, on one short line.
fn words(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        text = text.replace(secret, "(ปิดไว้)");
    }
    plain(&text)
        .chars()
        .take(WORDS)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A mail server.
struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    secrets: Vec<String>,
    patience: Duration,
}

impl Post {
    fn open(mail: &Mail, desk: &Desk<'_>) -> Result<Self, CourierError> {
        let password = desk.secret(mail.password.as_ref())?;
        let authority = desk.authority(mail.ca.as_deref(), |pem| {
            smtp::Certificate::from_pem(pem).map_err(|why| why.to_string())
        })?;
        let from = mail.from.parse().map_err(|why| desk.fault(why))?;
        let parameters = || {
            let mut builder = TlsParameters::builder(mail.host.clone());
            if let Some(authority) = authority.clone() {
                builder = builder.add_root_certificate(authority);
            }
            builder.build_rustls().map_err(|why| desk.fault(why))
        };
        let tls = match mail.tls {
            Tls::Starttls => smtp::Tls::Required(parameters()?),
            Tls::Tls => smtp::Tls::Wrapper(parameters()?),
            Tls::None => smtp::Tls::None,
        };
        let patience = Duration::from_secs(mail.timeout.max(1));
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
            .port(mail.port())
            .tls(tls)
            .timeout(Some(patience));
        let mut secrets = Vec::new();
        if let (Some(user), Some(password)) = (&mail.user, password) {
            // A server may repeat the line it did not like: `AUTH PLAIN` and `AUTH LOGIN` carry the password in base64.
            secrets.push(BASE64.encode(format!("\0{user}\0{password}").as_bytes()));
            secrets.push(BASE64.encode(password.as_bytes()));
            secrets.push(password.clone());
            transport = transport.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            secrets,
            patience,
        })
    }

    async fn send(&self, address: &str, digest: &Digest) -> Outcome {
        let message = match self.message(address, digest) {
            Ok(message) => message,
            Err(why) => {
                return Outcome::Refused {
                    why: format!("เขียนอีเมลถึง {address} ไม่ได้: {why}"),
                };
            }
        };
        let sent = tokio::time::timeout(self.patience * STEPS, self.transport.send(message)).await;
        match sent {
            Ok(Ok(_)) => Outcome::Delivered,
            Ok(Err(fault)) => {
                let why = format!("อีเมล: {}", words(&chain(&fault), &self.secrets));
                if fault.is_permanent() || fault.is_client() {
                    Outcome::Refused { why }
                } else {
                    Outcome::Later { why, pause: None }
                }
            }
            Err(_) => Outcome::Later {
                why: "อีเมล: เครื่องแม่ข่ายไม่ตอบ".to_owned(),
                pause: None,
            },
        }
    }

    fn message(
        &self,
        address: &str,
        digest: &Digest,
    ) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let letter = Letter::of(digest);
        // RFC 3834: no holiday notice answers a machine.
        let machine = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address.parse()?))
            .subject(letter.subject)
            .date(digest.at.into())
            .message_id(Some(format!(
                "<{}@{}>",
                digest.key,
                self.from.email.domain()
            )))
            .raw_header(machine)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))?;
        Ok(message)
    }
}

/// A webhook.
struct Hook {
    client: reqwest::Client,
    url: Url,
    shape: Shape,
    to: String,
    key: Option<String>,
    token: Option<String>,
    secrets: Vec<String>,
}

impl Hook {
    fn open(hook: &Webhook, desk: &Desk<'_>) -> Result<Self, CourierError> {
        let secret_url = desk.secret(hook.url_secret.as_ref())?;
        let key = desk.secret(hook.key.as_ref())?;
        let token = desk.secret(hook.token.as_ref())?;
        let url = match &secret_url {
            // What does not parse is a secret all the same.
            Some(text) => Url::parse(text).map_err(|_| desk.fault("url_secret ไม่ใช่ที่อยู่"))?,
            None => hook.address().ok_or_else(|| desk.fault("ไม่มี url"))?,
        };
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("prongsai/", env!("CARGO_PKG_VERSION")))
            // A redirect would turn the POST into a GET or carry the token elsewhere; the settings name the right address.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .timeout(hook.patience().max(Duration::from_secs(1)));
        let authority = desk.authority(hook.ca.as_deref(), |pem| {
            reqwest::Certificate::from_pem_bundle(pem).map_err(|why| why.to_string())
        })?;
        builder = builder.tls_certs_merge(authority.into_iter().flatten());
        let client = builder.build().map_err(|why| desk.fault(why))?;
        // Longest first, so that a part of one secret does not uncover the rest.
        let mut secrets: Vec<String> = [&secret_url, &key, &token]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Self {
            client,
            url,
            shape: hook.shape,
            to: hook.to.clone().unwrap_or_default(),
            key,
            token,
            secrets,
        })
    }

    async fn send(&self, digest: &Digest) -> Outcome {
        let body = match self.shape {
            Shape::Json => serde_json::to_vec(digest),
            Shape::Slack => serde_json::to_vec(&slack(digest)),
            Shape::Line => serde_json::to_vec(&line(digest, &self.to)),
        };
        let body = match body {
            Ok(body) => body,
            Err(why) => {
                return Outcome::Refused {
                    why: why.to_string(),
                };
            }
        };
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", &digest.key);
        if self.shape == Shape::Line {
            request = request.header("X-Line-Retry-Key", retry_key(&digest.key));
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("X-Prongsai-Signature", sign(key.as_bytes(), &body));
        }
        let mut answer = match request.body(body).send().await {
            Ok(answer) => answer,
            Err(fault) => {
                let fault = fault.without_url();
                let why = format!("webhook: {}", words(&chain(&fault), &self.secrets));
                return if fault.is_builder() {
                    Outcome::Refused { why }
                } else {
                    Outcome::Later { why, pause: None }
                };
            }
        };
        let status = answer.status();
        // LINE answers 409 to a retry key that it has taken before: it has the message.
        let repeated = self.shape == Shape::Line && status == StatusCode::CONFLICT;
        if status.is_success() || repeated {
            return Outcome::Delivered;
        }
        let pause = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(|seconds: u32| SignedDuration::from_secs(i64::from(seconds)));
        let mut said = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            said.extend_from_slice(&chunk[..chunk.len().min(ANSWER - said.len())]);
            if said.len() >= ANSWER {
                break;
            }
        }
        let said = words(&String::from_utf8_lossy(&said), &self.secrets);
        let why = format!("webhook: ตอบ {} {said}", status.as_u16())
            .trim_end()
            .to_owned();
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Outcome::Later { why, pause }
            }
            _ if status.is_server_error() => Outcome::Later { why, pause },
            _ if status.is_redirection() => Outcome::Refused {
                why: format!("{why} ย้ายไปที่อื่นแล้ว: แก้ url"),
            },
            _ => Outcome::Refused { why },
        }
    }
}

/// The digest's key in the form of a UUID, as LINE wants it.
fn retry_key(key: &str) -> String {
    let hex: String = key.chars().chain(std::iter::repeat('0')).take(32).collect();
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// An error with its causes; each says only its own part.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}
