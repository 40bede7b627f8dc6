//! The `[alert]` part of agencies.toml: where digests go and when, without a secret in it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Time;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

/// Where LINE takes a message to one user, group or room (Messaging API, "Send push message").
const LINE_PUSH: &str = "https://api.line.me/v2/bot/message/push";

/// What `[alert]` holds. Read with serde from the table; then [`Channels::check`] says what is wrong in words.
///
/// ```toml
/// [alert]
/// at = "08:00"                 # Asia/Bangkok; the moment of the day at which digests are made
/// weekend = false              # nothing on Saturday and Sunday, the Monday digest has it
/// forecast_days = 30           # forecasts this near are told
/// command = "prongsai"         # how the reader starts the program, for the command lines in a digest
///
/// [alert.mail]
/// host = "mail.example.go.th"
/// from = "โปร่งใส <prongsai@example.go.th>"
/// user = "prongsai"
/// password = { env = "PRONGSAI_SMTP_PASSWORD" }
///
/// [alert.webhook.audit-room]
/// url = "https://relay.example.go.th/prongsai"
/// key = { file = "/etc/prongsai/hook.key" }
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    /// The moment of the day at which digests are made, Asia/Bangkok.
    #[serde(deserialize_with = "time_of_day")]
    pub at: Time,
    /// Whether digests are made on Saturday and Sunday as well.
    pub weekend: bool,
    /// How many days ahead forecasts are told; 0 tells none.
    pub forecast_days: u16,
    /// How the reader of a digest starts the program: `prongsai --store /srv/ita/prongsai.db`.
    pub command: String,
    /// The mail server; without it an owner with a mail address is a fault.
    pub mail: Option<Mail>,
    /// Webhooks by the name that stands in an agency's `owner`.
    pub webhook: BTreeMap<String, Webhook>,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            at: Time::constant(8, 0, 0, 0),
            weekend: false,
            forecast_days: 30,
            command: "prongsai".to_owned(),
            mail: None,
            webhook: BTreeMap::new(),
        }
    }
}

/// A mail server that takes our mail.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Its name; private addresses are fine.
    pub host: String,
    /// Its port; without one 587 for `starttls`, 465 for `tls`, 25 for `none`.
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default)]
    pub tls: Tls,
    /// The user to log in as, with `password`.
    pub user: Option<String>,
    /// Where the password stands.
    pub password: Option<Secret>,
    /// The sender: `โปร่งใส <prongsai@example.go.th>`.
    pub from: String,
    /// A PEM file with the authority that signed the server's certificate, besides those the system trusts.
    pub ca: Option<PathBuf>,
    /// Seconds until a silent server counts as failed.
    #[serde(default = "thirty")]
    pub timeout: u64,
}

impl Mail {
    /// The port connected to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }
}

/// How a connection to a mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// In clear first, then required to change to TLS; without it nothing is sent.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// In clear: only for a server on the same machine or a closed net.
    None,
}

/// A webhook: a POST for each digest.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Where to post; private addresses are fine. LINE has a default.
    pub url: Option<Url>,
    /// Where the address stands when it is itself a secret, as Slack's is.
    pub url_secret: Option<Secret>,
    /// What the body looks like.
    #[serde(default)]
    pub shape: Shape,
    /// Where the key stands that signs the body (`X-Prongsai-Signature`).
    pub key: Option<Secret>,
    /// Where the token stands that is sent as `Authorization: Bearer`.
    pub token: Option<Secret>,
    /// LINE only: the user, group or room that gets the message.
    pub to: Option<String>,
    /// A PEM file with the authority that signed the receiver's certificate, besides those the system trusts.
    pub ca: Option<PathBuf>,
    /// Seconds until a silent receiver counts as failed.
    #[serde(default = "thirty")]
    pub timeout: u64,
}

impl Webhook {
    /// The address to post to when it is no secret.
    pub fn address(&self) -> Option<Url> {
        match self.shape {
            Shape::Line => self.url.clone().or_else(|| Url::parse(LINE_PUSH).ok()),
            Shape::Json | Shape::Slack => self.url.clone(),
        }
    }

    /// How long a silent receiver is waited for.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// What a webhook's body looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// The digest itself (`alert::Digest`).
    #[default]
    Json,
    /// An incoming webhook of Slack: `text` and `blocks`.
    Slack,
    /// A push message of the LINE Messaging API: `to` and `messages`.
    Line,
}

fn thirty() -> u64 {
    30
}

/// Where a secret stands: never in the list file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// `{ env = "NAME" }`: an environment variable.
    Env(String),
    /// `{ file = "path" }`: the first line of a file (as systemd's `LoadCredential=` gives).
    File(PathBuf),
}

impl Secret {
    /// The secret's text. `env` looks up an environment variable; a relative file stands beside the list (`folder`).
    pub fn read(
        &self,
        folder: &Path,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, SecretFault> {
        let text = match self {
            Self::Env(name) => env(name).ok_or_else(|| SecretFault::Unset(name.clone()))?,
            Self::File(file) => {
                let file = folder.join(file);
                std::fs::read_to_string(&file)
                    .map_err(|why| SecretFault::Unread(file.display().to_string(), why))?
            }
        };
        match text.lines().next().map(str::trim) {
            Some(line) if !line.is_empty() => Ok(line.to_owned()),
            _ => Err(SecretFault::Empty(self.to_string())),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env {name}"),
            Self::File(file) => write!(f, "file {}", file.display()),
        }
    }
}

/// A secret that could not be read; says where it should stand, never what it is.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// The variable is not set.
    #[error(
        "ไม่มีตัวแปรแวดล้อม {0}\nตั้งค่าตัวแปรนี้ก่อนเริ่มโปรแกรม (systemd: EnvironmentFile=) หรือเปลี่ยนเป็น {{ file = \"…\" }}"
    )]
    Unset(String),
    /// The file cannot be read.
    #[error("อ่านแฟ้มรหัสลับ {0} ไม่ได้: {1}\nตรวจว่าแฟ้มมีอยู่และผู้ใช้ที่รันโปรแกรมอ่านได้")]
    Unread(String, #[source] std::io::Error),
    /// There is nothing in it.
    #[error("รหัสลับว่างเปล่า ({0})\nใส่รหัสในบรรทัดแรก")]
    Empty(String),
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Where;
        const HOW: &str = "เขียนเป็น { env = \"ชื่อตัวแปรแวดล้อม\" } หรือ { file = \"ที่อยู่แฟ้ม\" }";
        impl<'de> Visitor<'de> for Where {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(HOW)
            }

            // The text may be the secret itself, so it is not repeated.
            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Secret, E> {
                Err(E::custom(format!("อย่าเขียนรหัสลับไว้ในแฟ้มรายชื่อ: {HOW}")))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let (Some((key, value)), None) = (
                    map.next_entry::<String, String>()?,
                    map.next_entry::<String, String>()?,
                ) else {
                    return Err(A::Error::custom(HOW));
                };
                match key.as_str() {
                    "env" if !value.is_empty() => Ok(Secret::Env(value)),
                    "file" if !value.is_empty() => Ok(Secret::File(value.into())),
                    _ => Err(A::Error::custom(HOW)),
                }
            }
        }
        deserializer.deserialize_any(Where)
    }
}

fn time_of_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    Time::strptime("%H:%M", &text).map_err(|_| {
        D::Error::custom(format!(
            "เวลา \"{text}\" อ่านไม่ได้: เขียนเป็น ชั่วโมง:นาที เช่น \"08:00\""
        ))
    })
}

/// One thing that is wrong in `[alert]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}\n{remedy}")]
pub struct SettingsFault {
    /// `alert.webhook.audit-room.to`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// Where an owner's digest goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Route<'a> {
    /// A mail address.
    Mail(&'a str),
    /// The name of a webhook.
    Webhook(&'a str),
}

impl<'a> Route<'a> {
    /// What an owner's name says: with `@` a mail address, else a webhook.
    pub fn of(owner: &'a str) -> Self {
        if owner.contains('@') {
            Self::Mail(owner)
        } else {
            Self::Webhook(owner)
        }
    }
}

impl Channels {
    /// Reads the `[alert]` of a list from TOML text that may hold other tables; the defaults when there is none.
    pub fn from_toml(text: &str) -> Result<Self, Vec<SettingsFault>> {
        #[derive(Deserialize, Default)]
        struct Whole {
            #[serde(default)]
            alert: Channels,
        }
        // The error's own text would show the line, and the line may hold a secret.
        let whole: Whole = toml_edit::de::from_str(text).map_err(|fault| {
            let before = fault.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(String::new(), |it| {
                format!(" บรรทัด {}", it.matches('\n').count() + 1)
            });
            vec![SettingsFault {
                place: format!("alert{line}"),
                what: fault.message().to_owned(),
                remedy: "แก้ใน agencies.toml ตัวอย่างอยู่ใน docs/alerts.md".to_owned(),
            }]
        })?;
        match whole.alert.check() {
            faults if faults.is_empty() => Ok(whole.alert),
            faults => Err(faults),
        }
    }

    /// Everything that is wrong, in the order of the file; secrets are not read for it.
    pub fn check(&self) -> Vec<SettingsFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, what: &str, remedy: &str| {
            faults.push(SettingsFault {
                place,
                what: what.to_owned(),
                remedy: remedy.to_owned(),
            });
        };
        if let Some(mail) = &self.mail {
            if mail.from.parse::<lettre::message::Mailbox>().is_err() {
                fault(
                    "alert.mail.from".to_owned(),
                    "ไม่ใช่ที่อยู่อีเมล",
                    "เขียนเช่น \"โปร่งใส <prongsai@example.go.th>\"",
                );
            }
            if mail.host.trim().is_empty() {
                fault(
                    "alert.mail.host".to_owned(),
                    "ว่างเปล่า",
                    "ใส่ชื่อเครื่องแม่ข่ายอีเมล เช่น \"mail.example.go.th\"",
                );
            }
            if mail.user.is_some() != mail.password.is_some() {
                fault(
                    "alert.mail.user".to_owned(),
                    "ต้องมีทั้ง user และ password หรือไม่มีทั้งคู่",
                    "เพิ่มอีกตัวหนึ่ง เช่น password = { env = \"PRONGSAI_SMTP_PASSWORD\" }",
                );
            }
            if mail.user.is_some() && mail.tls == Tls::None && !this_machine(&mail.host) {
                fault(
                    "alert.mail.tls".to_owned(),
                    "รหัสผ่านจะถูกส่งโดยไม่เข้ารหัส",
                    "ใช้ tls = \"starttls\" หรือ \"tls\" (ถ้าใบรับรองออกเอง ให้ใส่ ca) หรือเอา user ออก",
                );
            }
            if mail.timeout == 0 {
                fault(
                    "alert.mail.timeout".to_owned(),
                    "เป็น 0 วินาที",
                    "ใส่จำนวนวินาทีตั้งแต่ 1 หรือเอาออกเพื่อใช้ 30",
                );
            }
        }
        for (name, hook) in &self.webhook {
            let at = |field: &str| format!("alert.webhook.{name}.{field}");
            if name.is_empty() || name.contains('@') {
                fault(
                    format!("alert.webhook.{name}"),
                    "ชื่อช่องทางว่างหรือมี @",
                    "ตั้งชื่ออื่น เพราะ owner ที่มี @ คือที่อยู่อีเมล",
                );
            }
            match (hook.address(), &hook.url_secret) {
                (None, None) => fault(
                    at("url"),
                    "ไม่มีที่อยู่ปลายทาง",
                    "ใส่ url = \"https://…\" หรือ url_secret = { env = \"…\" }",
                ),
                (Some(_), Some(_)) if hook.url.is_some() => {
                    fault(at("url"), "มีทั้ง url และ url_secret", "เอาออกหนึ่งตัว")
                }
                (Some(url), _) if !matches!(url.scheme(), "http" | "https") => fault(
                    at("url"),
                    "ไม่ใช่ที่อยู่ http หรือ https",
                    "ใส่ที่อยู่ที่ขึ้นต้นด้วย https://",
                ),
                (Some(url), _) if !url.username().is_empty() || url.password().is_some() => fault(
                    at("url"),
                    "มีชื่อผู้ใช้หรือรหัสผ่านอยู่ในที่อยู่",
                    "เอาออกแล้วใช้ token หรือ url_secret แทน",
                ),
                _ => {}
            }
            if hook.shape == Shape::Line {
                if hook.token.is_none() {
                    fault(
                        at("token"),
                        "LINE ต้องใช้ channel access token",
                        "เพิ่ม token = { env = \"PRONGSAI_LINE_TOKEN\" }",
                    );
                }
                if hook.to.as_deref().is_none_or(str::is_empty) {
                    fault(
                        at("to"),
                        "LINE ต้องรู้ว่าส่งถึงใคร",
                        "ใส่รหัสผู้ใช้ กลุ่ม หรือห้อง (ขึ้นต้นด้วย U, C หรือ R) จากเหตุการณ์ webhook ของ LINE",
                    );
                }
            } else if hook.to.is_some() {
                fault(at("to"), "ใช้กับ shape = \"line\" เท่านั้น", "เอา to ออก");
            }
            if hook.timeout == 0 {
                fault(
                    at("timeout"),
                    "เป็น 0 วินาที",
                    "ใส่จำนวนวินาทีตั้งแต่ 1 หรือเอาออกเพื่อใช้ 30",
                );
            }
        }
        faults
    }

    /// What keeps an owner of the list from being reached, if anything; the list's `owner` column asks this for each.
    pub fn owner_fault(&self, owner: &str) -> Option<SettingsFault> {
        let (what, remedy) = match Route::of(owner) {
            Route::Mail(address) if address.parse::<lettre::Address>().is_err() => (
                format!("\"{address}\" ไม่ใช่ที่อยู่อีเมล"),
                "แก้ที่อยู่ เช่น name@example.go.th".to_owned(),
            ),
            Route::Mail(_) if self.mail.is_none() => (
                "มีที่อยู่อีเมลแต่ยังไม่ได้ตั้งค่าเครื่องแม่ข่ายอีเมล".to_owned(),
                "เพิ่ม [alert.mail] ใน agencies.toml".to_owned(),
            ),
            Route::Webhook(name) if !self.webhook.contains_key(name) => (
                format!("ไม่รู้จักช่องทาง \"{name}\""),
                format!("เพิ่ม [alert.webhook.{name}] ใน agencies.toml หรือใส่ที่อยู่อีเมล"),
            ),
            _ => return None,
        };
        Some(SettingsFault {
            place: "owner".to_owned(),
            what,
            remedy,
        })
    }
}

fn this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Channels, String> {
        toml_edit::de::from_str(toml).map_err(|fault| fault.to_string())
    }

    const WHOLE: &str = r#"
        at = "07:30"
        weekend = true
        forecast_days = 45
        command = "prongsai --store /srv/ita/prongsai.db"

        [mail]
        host = "mail.example.go.th"
        from = "โปร่งใส <prongsai@example.go.th>"
        user = "prongsai"
        password = { env = "PRONGSAI_SMTP_PASSWORD" }
        ca = "office.pem"

        [webhook.audit-room]
        url = "http://10.0.0.5/prongsai"
        key = { file = "hook.key" }

        [webhook.slack]
        shape = "slack"
        url_secret = { env = "PRONGSAI_SLACK" }

        [webhook.line]
        shape = "line"
        to = "C0123456789abcdef0123456789abcdef"
        token = { env = "PRONGSAI_LINE_TOKEN" }
    "#;

    #[test]
    fn a_whole_table_is_read_and_has_no_fault() {
        let channels = read(WHOLE).unwrap();
        assert_eq!(channels.check(), []);
        assert_eq!(channels.at, Time::constant(7, 30, 0, 0));
        let mail = channels.mail.as_ref().unwrap();
        assert_eq!(
            (mail.port(), mail.tls, mail.timeout),
            (587, Tls::Starttls, 30)
        );
        let line = &channels.webhook["line"];
        assert_eq!(line.address().unwrap().as_str(), LINE_PUSH);
        for owner in ["a@example.go.th", "audit-room", "slack", "line"] {
            assert_eq!(channels.owner_fault(owner), None);
        }
        assert_eq!(
            channels.owner_fault("other").unwrap().what,
            "ไม่รู้จักช่องทาง \"other\""
        );
        assert!(channels.owner_fault("a@@b").is_some());
        assert!(Channels::default().owner_fault("a@example.go.th").is_some());
        assert_eq!(Channels::default().check(), []);
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_not_repeated() {
        for toml in [
            "[mail]\nhost = 'h'\nfrom = 'a@b.c'\nuser = 'u'\npassword = 'hunter2-secret'",
            "[webhook.x]\nurl = 'https://x.go.th'\ntoken = { value = 'hunter2-secret' }",
            "[webhook.x]\nurl = 'https://x.go.th'\ntoken = { env = 'A', file = 'hunter2-secret' }",
        ] {
            let fault = toml_edit::de::from_str::<Channels>(toml).unwrap_err();
            assert!(fault.message().contains("{ env ="), "{}", fault.message());
            assert!(!fault.message().contains("hunter2"), "{}", fault.message());
        }
    }

    #[test]
    fn the_table_is_read_out_of_a_list() {
        let faults = |text: &str| Channels::from_toml(text).unwrap_err();
        assert_eq!(Channels::from_toml(""), Ok(Channels::default()));
        let list = "[[agency]]\nid = 'a'\n[alert]\nforecast_days = 10\n";
        assert_eq!(Channels::from_toml(list).unwrap().forecast_days, 10);
        let text =
            "[alert.mail]\nhost = 'h'\nfrom = 'a@b.c'\nuser = 'u'\npassword = 'hunter2-secret'\n";
        let [fault] = faults(text).try_into().unwrap();
        assert!(fault.place.ends_with("บรรทัด 5"), "{}", fault.place);
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
        assert_eq!(
            faults("[alert.mail]\nhost = 'h'\nfrom = 'nobody'")[0].place,
            "alert.mail.from"
        );
    }

    #[test]
    fn every_mistake_has_its_place_and_what_to_do() {
        let channels = read(
            r#"
            [mail]
            host = " "
            from = "nobody"
            user = "u"
            password = { env = "P" }
            tls = "none"
            timeout = 0
            [webhook.a]
            [webhook.b]
            url = "ftp://x"
            to = "C1"
            [webhook.c]
            shape = "line"
            [webhook.d]
            url = "https://user:pass@x.go.th/"
            [webhook.e]
            url = "https://x.go.th/"
            url_secret = { env = "E" }
            timeout = 0
            [webhook."a@b"]
            url = "https://x.go.th/"
            "#,
        )
        .unwrap();
        let faults = channels.check();
        let places: Vec<&str> = faults.iter().map(|fault| fault.place.as_str()).collect();
        assert_eq!(
            places,
            [
                "alert.mail.from",
                "alert.mail.host",
                "alert.mail.tls",
                "alert.mail.timeout",
                "alert.webhook.a.url",
                "alert.webhook.a@b",
                "alert.webhook.b.url",
                "alert.webhook.b.to",
                "alert.webhook.c.token",
                "alert.webhook.c.to",
                "alert.webhook.d.url",
                "alert.webhook.e.url",
                "alert.webhook.e.timeout",
            ]
        );
        assert!(
            faults
                .iter()
                .all(|fault| !fault.remedy.is_empty() && !fault.to_string().contains("pass@"))
        );
    }

    #[test]
    fn a_word_that_is_not_known_is_named() {
        assert!(read("wekend = true").unwrap_err().contains("wekend"));
        assert!(read("at = '8 โมง'").unwrap_err().contains("08:00"));
    }

    #[test]
    fn a_secret_is_read_where_it_stands() {
        let folder = std::env::temp_dir().join(format!("prongsai-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("key"), "  s3cret \nnot this\n").unwrap();
        std::fs::write(folder.join("none"), "\n").unwrap();
        let env = |name: &str| (name == "SET").then(|| "value".to_owned());
        let read = |secret: Secret| secret.read(&folder, &env);
        assert_eq!(read(Secret::File("key".into())).unwrap(), "s3cret");
        assert_eq!(read(Secret::Env("SET".to_owned())).unwrap(), "value");
        assert!(matches!(
            read(Secret::Env("X".to_owned())),
            Err(SecretFault::Unset(_))
        ));
        assert!(matches!(
            read(Secret::File("none".into())),
            Err(SecretFault::Empty(_))
        ));
        assert!(matches!(
            read(Secret::File("no".into())),
            Err(SecretFault::Unread(..))
        ));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
