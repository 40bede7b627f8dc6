//! What a crawl is told: its manners, its limits, whom to tell of progress, and when to stop.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::watch;
use url::{Host, Url};

use super::capture::FaultKind;
use super::courtesy::Courtesy;

/// How a crawl behaves. `Options::default()` is polite and sized for one agency.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day that the capture stands for; today in Thailand when not said.
    pub as_of: Option<Date>,
    /// An address or page where a webmaster can ask who this is; goes into the user agent.
    pub contact: Option<String>,
    /// The least time between two requests to a server. `None`: twice the time it takes to answer, half a second at least, and
    /// none towards this machine itself. A `Crawl-delay` in robots.txt is kept in any case.
    pub delay: Option<Duration>,
    /// Requests to one server at a time.
    pub connections: usize,
    /// Pages and documents asked for.
    pub max_pages: usize,
    /// Time for the whole crawl; one that goes on after its death has it anew.
    pub max_time: Option<Duration>,
    /// Clicks from the home page.
    pub max_depth: Option<u32>,
    /// Bytes of all bodies together; a crawl without a memory of its own holds them.
    pub max_bytes: u64,
    /// Bytes of one body.
    pub max_file_bytes: u64,
    /// Images asked for, after all pages and documents.
    pub max_images: usize,
    /// Addresses for host names, as in curl.
    pub resolve: Vec<Resolve>,
    /// Whether addresses of private networks and of this machine may be asked.
    pub allow_private: bool,
    /// Whether papers and forms that the agency keeps elsewhere are fetched, one hop away.
    pub follow_offsite: bool,
    /// How much of them at most.
    pub offsite: OffSiteLimits,
    /// How often a request is tried again after a fault that may pass.
    pub retries: u32,
    /// The wait before the first new try; it doubles with each.
    pub backoff: Duration,
    /// How long a server may be silent.
    pub timeout: Duration,
    /// Manners kept together by all crawls that are given clones of these options.
    pub courtesy: Courtesy,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            as_of: None,
            contact: None,
            delay: None,
            connections: 1,
            max_pages: 5_000,
            max_time: Some(Duration::from_secs(3 * 60 * 60)),
            max_depth: None,
            max_bytes: 512 << 20,
            max_file_bytes: 64 << 20,
            max_images: 400,
            resolve: Vec::new(),
            allow_private: false,
            follow_offsite: false,
            offsite: OffSiteLimits::default(),
            retries: 2,
            backoff: Duration::from_secs(2),
            timeout: Duration::from_secs(30),
            courtesy: Courtesy::default(),
        }
    }
}

/// What is fetched at most from other sites in one crawl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffSiteLimits {
    /// Addresses from all servers together, redirects not counted.
    pub addresses: usize,
    /// Addresses from one server.
    pub per_host: usize,
    /// Bytes of all bodies from other sites together.
    pub bytes: u64,
}

impl Default for OffSiteLimits {
    fn default() -> Self {
        Self {
            addresses: 200,
            per_host: 100,
            bytes: 128 << 20,
        }
    }
}

impl Options {
    /// The name under which servers and robots.txt know this crawler.
    pub const NAME: &str = "prongsai";

    /// The user agent.
    pub fn agent(&self) -> String {
        let contact = self
            .contact
            .as_ref()
            .map_or(String::new(), |contact| format!(" (+{contact})"));
        format!("{}/0.1{contact}", Self::NAME)
    }

    /// The addresses given for a host and port: by its name, or else by the one entry for all hosts.
    pub(crate) fn given(&self, host: &str, port: u16) -> Option<&[IpAddr]> {
        let named = |name: &str| {
            let mut entries = self.resolve.iter();
            entries.find(|entry| entry.port == port && entry.host.eq_ignore_ascii_case(name))
        };
        named(host)
            .or_else(|| named(Resolve::ANY))
            .map(|entry| entry.addresses.as_slice())
    }

    /// Whether an address is on this machine, where nobody needs sparing.
    pub(crate) fn is_loopback(&self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => {
                name == "localhost"
                    || url
                        .port_or_known_default()
                        .and_then(|port| self.given(name, port))
                        .is_some_and(|given| given.iter().all(IpAddr::is_loopback))
            }
            None => false,
        }
    }
}

/// `HOST:PORT:ADDR[,ADDR…]`: where to find a host, instead of asking DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolve {
    /// The host name; [`Resolve::ANY`] for all of them.
    pub host: String,
    /// The port for which this holds.
    pub port: u16,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

impl Resolve {
    /// The name that stands for any host.
    pub const ANY: &str = "*";
}

/// A `HOST:PORT:ADDR` that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” ไม่ใช่ HOST:PORT:ADDR: ใส่เช่น www.example.go.th:443:192.0.2.1")]
pub struct ResolveError(String);

impl FromStr for Resolve {
    type Err = ResolveError;

    fn from_str(text: &str) -> Result<Self, ResolveError> {
        let read = || {
            let (host, rest) = text.split_once(':')?;
            let (port, addresses) = rest.split_once(':')?;
            let addresses: Vec<IpAddr> = addresses
                .split(',')
                .map(|address| address.trim().trim_matches(['[', ']']).parse().ok())
                .collect::<Option<_>>()?;
            let port = port.parse().ok()?;
            let host = host.to_ascii_lowercase();
            (!host.is_empty()).then_some(Self {
                host,
                port,
                addresses,
            })
        };
        read().ok_or_else(|| ResolveError(text.to_owned()))
    }
}

/// What happens during a crawl, for those who watch.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A request was answered, or failed for good.
    Fetched {
        /// Its address.
        url: &'a Url,
        /// The HTTP status, or what went wrong.
        outcome: Result<u16, FaultKind>,
        /// Requests so far.
        fetched: usize,
        /// Addresses still waiting.
        queued: usize,
        /// Bytes of all bodies so far.
        bytes: u64,
    },
    /// A server asked for patience, or seems to need it.
    Waiting {
        /// The server.
        host: &'a str,
        /// For how long.
        time: Duration,
    },
    /// A sentence in Thai for whoever watches.
    Message(&'a str),
}

/// Someone who watches a crawl. `&|event: Event<'_>| …` will do, and `&()` watches nothing.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event<'_>);
}

impl<F: Fn(Event<'_>) + Send + Sync> Progress for F {
    fn event(&self, event: Event<'_>) {
        self(event);
    }
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: Event<'_>) {}
}

/// Ends a crawl early; what was fetched is kept.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

impl Trigger {
    /// Asks the crawl to end now.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }
}

/// The crawl's end of a [`Trigger`].
#[derive(Debug, Clone)]
pub struct Interrupt(Option<watch::Receiver<bool>>);

impl Interrupt {
    /// A trigger and the interrupt that it sets off.
    pub fn pair() -> (Trigger, Self) {
        let (sender, receiver) = watch::channel(false);
        (Trigger(sender), Self(Some(receiver)))
    }

    /// An interrupt that never comes.
    pub fn never() -> Self {
        Self(None)
    }

    /// Whether the trigger was pulled.
    pub fn is_pulled(&self) -> bool {
        self.0.as_ref().is_some_and(|receiver| *receiver.borrow())
    }

    /// Returns when the trigger was pulled; never, if it was dropped unpulled.
    pub async fn pulled(&mut self) {
        if let Some(receiver) = &mut self.0
            && receiver.wait_for(|pulled| *pulled).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolve_reads_what_curl_reads() {
        let entry: Resolve = "WWW.a.go.th:443:192.0.2.1,[2001:db8::1]".parse().unwrap();
        assert_eq!((entry.host.as_str(), entry.port), ("www.a.go.th", 443));
        assert_eq!(entry.addresses.len(), 2);
        for wrong in [
            "a.go.th",
            "a.go.th:80",
            ":80:192.0.2.1",
            "a:x:192.0.2.1",
            "a:80:b",
        ] {
            assert!(wrong.parse::<Resolve>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_star_stands_for_every_host_that_is_not_named() {
        let options = Options {
            resolve: vec![
                "*:8000:127.0.0.1".parse().unwrap(),
                "a.go.th:8000:192.0.2.1".parse().unwrap(),
            ],
            ..Options::default()
        };
        let given = |host, port| options.given(host, port).map(|given| given[0].to_string());
        assert_eq!(given("A.go.th", 8000).as_deref(), Some("192.0.2.1"));
        assert_eq!(given("b.go.th", 8000).as_deref(), Some("127.0.0.1"));
        assert_eq!(given("b.go.th", 80), None);
        let near = |url| options.is_loopback(&Url::parse(url).unwrap());
        assert!(near("http://b.go.th:8000/") && !near("http://a.go.th:8000/"));
    }

    #[test]
    fn the_user_agent_says_whom_to_ask() {
        let mut options = Options::default();
        assert_eq!(options.agent(), "prongsai/0.1");
        options.contact = Some("ita@example.go.th".to_owned());
        assert_eq!(options.agent(), "prongsai/0.1 (+ita@example.go.th)");
    }
}
