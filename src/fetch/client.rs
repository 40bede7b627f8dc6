//! One request: names resolved under guard, the body read within its limit, every fault given its class.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use reqwest::cookie::Jar;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE,
};
use reqwest::redirect::Policy;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::capture::{Fault, FaultKind, Response};
use super::options::Options;
use super::warc::{is_encoding, text_of};

/// One body may take this many times the silence that is allowed; a drip-feed must not hold a connection for ever.
const LONGEST: u32 = 10;

/// Sends requests. Cookies are shared by all.
pub(crate) struct Client {
    options: Options,
    jar: Arc<Jar>,
    /// One client a port, because reqwest tells a resolver the name alone and `--resolve` is for a name and port.
    by_port: Mutex<BTreeMap<u16, reqwest::Client>>,
}

impl Client {
    pub(crate) fn new(options: &Options) -> Self {
        // It fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            options: options.clone(),
            jar: Arc::default(),
            by_port: Mutex::default(),
        }
    }

    /// Takes in the cookies of an answer that came in an earlier life.
    pub(crate) fn remember(&self, url: &Url, headers: &[(String, String)]) {
        for (name, value) in headers {
            if name.eq_ignore_ascii_case(SET_COOKIE.as_str()) {
                self.jar.add_cookie_str(value, url);
            }
        }
    }

    /// Asks for one address, without following redirects.
    pub(crate) async fn get(
        &self,
        url: &Url,
        limit: u64,
        conditions: HeaderMap,
    ) -> Result<Response, Fault> {
        self.admit(url)?;
        let client = self
            .for_port(url.port_or_known_default().unwrap_or(80))
            .map_err(|error| fault_of(&error))?;
        let deadline = Instant::now() + self.options.timeout * LONGEST;
        let late = |_| Fault {
            kind: FaultKind::Timeout,
            detail: "no complete answer in time".to_owned(),
        };
        let sent = client.get(url.clone()).headers(conditions).send();
        // Covers silence before the first byte; `read_timeout` covers it afterwards.
        let patience = Instant::now() + self.options.timeout * 2;
        let mut answer = timeout_at(patience, sent)
            .await
            .map_err(late)?
            .map_err(|error| fault_of(&error))?;
        let headers = headers_of(answer.headers());
        let mut body = BytesMut::new();
        let truncated = loop {
            match timeout_at(deadline, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = usize::try_from(limit).unwrap_or(usize::MAX) - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        break Some("length");
                    }
                }
                Ok(Ok(None)) => break None,
                Ok(Err(error)) if error.is_timeout() => break Some("time"),
                Ok(Err(_)) => break Some("disconnect"),
                Err(_) => break Some("time"),
            }
        };
        Ok(Response {
            status: answer.status().as_u16(),
            headers,
            body: body.freeze(),
            truncated: truncated.map(str::to_owned),
        })
    }

    /// An address given as a number never meets the resolver.
    fn admit(&self, url: &Url) -> Result<(), Fault> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(()),
        };
        if self.options.allow_private || is_public(address) {
            return Ok(());
        }
        Err(Fault {
            kind: FaultKind::PrivateAddress,
            detail: address.to_string(),
        })
    }

    fn for_port(&self, port: u16) -> reqwest::Result<reqwest::Client> {
        let mut clients = self.by_port.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&port) {
            return Ok(client.clone());
        }
        let client = self
            .builder(port)
            .build()
            // A machine without CA certificates can still read http; https then fails address by address.
            .or_else(|_| {
                self.builder(port)
                    .tls_certs_only(std::iter::empty())
                    .build()
            })?;
        clients.insert(port, client.clone());
        Ok(client)
    }

    fn builder(&self, port: u16) -> reqwest::ClientBuilder {
        let mut headers = HeaderMap::new();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("text/html,application/xhtml+xml,application/pdf,*/*;q=0.8"),
        );
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("th,en;q=0.5"));
        reqwest::Client::builder()
            .user_agent(self.options.agent())
            .default_headers(headers)
            .cookie_provider(Arc::clone(&self.jar))
            .dns_resolver(Arc::new(Names {
                port,
                options: self.options.clone(),
            }))
            // A proxy would look names up behind the guard's back.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .http1_only()
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .connect_timeout(self.options.timeout.min(Duration::from_secs(15)))
            .read_timeout(self.options.timeout)
            .pool_max_idle_per_host(self.options.connections)
    }
}

/// Looks names up and lets private addresses through only when told to. The addresses it returns are the ones connected to, so
/// there is no second lookup to deceive.
struct Names {
    port: u16,
    options: Options,
}

#[derive(Debug, thiserror::Error)]
enum NameFault {
    #[error("no address for {0}")]
    Unknown(String),
    #[error("{0} is at a private address")]
    Private(String),
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let given = self.options.given(&name, self.port).map(<[_]>::to_vec);
        let allow_private = self.options.allow_private;
        Box::pin(async move {
            let found = match given {
                Some(given) => given,
                None => tokio::net::lookup_host((name.as_str(), 0))
                    .await
                    .map_err(|error| NameFault::Unknown(format!("{name} ({error})")))?
                    .map(|address| address.ip())
                    .collect(),
            };
            if found.is_empty() {
                return Err(NameFault::Unknown(name).into());
            }
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| allow_private || is_public(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if allowed.is_empty() {
                return Err(NameFault::Private(name).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the open internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || a == 0
        || a >= 240
        // Carrier-grade NAT, protocol assignments, benchmarks.
        || a == 100 && (64..128).contains(&b)
        || (a, b, c) == (192, 0, 0)
        || a == 198 && (18..20).contains(&b))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Mapped, compatible, unspecified and loopback.
        (0, 0) if (c, d) == (0, 0) => matches!((e, f), (0, 0 | 0xffff) | (0xffff, 0)) && v4(g, h),
        // NAT64, and its local form.
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && v4(g, h),
        // 6to4; Teredo hides its address.
        (0x2002, _) => v4(b, c),
        (0x2001, 0) => false,
        // The one block that is given out.
        _ => (0x2000..0x4000).contains(&a),
    }
}

fn headers_of(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| !is_encoding(name.as_str()))
        .map(|(name, value)| (name.as_str().to_owned(), value_of(name, value.as_bytes())))
        .collect()
}

/// A header's value as text. Bytes in `Location` that are no text go back to the server as they came.
fn value_of(name: &HeaderName, value: &[u8]) -> String {
    if name == LOCATION && std::str::from_utf8(value).is_err() {
        let mut text = String::new();
        for byte in value {
            if byte.is_ascii() {
                text.push(char::from(*byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        return text;
    }
    text_of(value)
}

fn fault_of(error: &reqwest::Error) -> Fault {
    let mut words: Vec<String> = Vec::new();
    let mut kind = None;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(this) = cause {
        let said = this.to_string();
        if !words.iter().any(|word| word.contains(&said)) {
            words.push(said);
        }
        kind = kind_of(this).or(kind);
        cause = this.source();
    }
    let detail = words.join(": ");
    let secure = error.url().is_some_and(|url| url.scheme() == "https");
    let kind = match kind {
        // Hung up in the middle of the handshake.
        Some(FaultKind::Disconnected) if error.is_connect() && secure => FaultKind::Tls,
        Some(kind) => kind,
        None if error.is_timeout() => FaultKind::Timeout,
        None if error.is_builder() => FaultKind::Tls,
        None if detail.contains("before message completed") => FaultKind::Disconnected,
        None if error.is_connect() => FaultKind::Refused,
        None => FaultKind::Malformed,
    };
    Fault { kind, detail }
}

fn kind_of(error: &(dyn Error + 'static)) -> Option<FaultKind> {
    if error.is::<rustls::Error>() {
        return Some(FaultKind::Tls);
    }
    if let Some(fault) = error.downcast_ref::<NameFault>() {
        return Some(match fault {
            NameFault::Unknown(_) => FaultKind::Dns,
            NameFault::Private(_) => FaultKind::PrivateAddress,
        });
    }
    let error = error.downcast_ref::<io::Error>()?;
    // An `io::Error` does not name what it wraps among its sources.
    if let Some(kind) = error.get_ref().and_then(|inner| kind_of(inner)) {
        return Some(kind);
    }
    use io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
        NetworkUnreachable, TimedOut, UnexpectedEof,
    };
    match error.kind() {
        ConnectionRefused | HostUnreachable | NetworkUnreachable => Some(FaultKind::Refused),
        TimedOut => Some(FaultKind::Timeout),
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => {
            Some(FaultKind::Disconnected)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_open_internet_is_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "fec0::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "203.150.1.1",
            "100.63.255.255",
            "172.32.0.1",
            "8.8.8.8",
            "2001:3c8:1::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_location_in_tis_620_is_kept_byte_for_byte() {
        assert_eq!(value_of(&LOCATION, b"/a/\xa1\xd2"), "/a/%A1%D2");
        assert_eq!(value_of(&LOCATION, "/กา".as_bytes()), "/กา");
        assert_eq!(value_of(&ACCEPT, b"\xa1\xd2"), "กา");
    }
}
