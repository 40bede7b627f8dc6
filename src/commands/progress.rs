//! A crawl for the person who waits: a bar on a terminal, plain lines elsewhere, and Ctrl-C.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use prongsai::fetch::options::{Event, Interrupt, Progress};

use super::say;

/// Requests between two plain lines.
const STEP: usize = 50;

/// Draws what happens during a crawl.
pub(super) struct Watch {
    bar: Option<ProgressBar>,
}

impl Watch {
    /// On a terminal a bar, elsewhere lines.
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(1);
            let style = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} ที่อยู่  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar }
    }

    /// Clears the bar.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => say(line),
        }
    }
}

/// Steps of a work whose length is known: a bar on a terminal, elsewhere a line now and then.
pub(super) struct Steps {
    bar: Option<ProgressBar>,
    what: &'static str,
}

impl Steps {
    /// `what` is counted.
    pub(super) fn new(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::hidden();
            let style =
                ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} {msg}  เหลือ {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_message(what);
            bar
        });
        Self { bar, what }
    }

    /// So many of all are done.
    pub(super) fn at(&self, done: usize, of: usize) {
        match &self.bar {
            Some(bar) => {
                if bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(Duration::from_millis(200));
                }
                bar.set_length(of as u64);
                bar.set_position(done as u64);
            }
            None if done.is_multiple_of(STEP) => {
                say(&format!("อ่าน{}แล้ว {done} จาก {of}", self.what))
            }
            None => {}
        }
    }

    /// Says something beside the bar.
    pub(super) fn line(&self, line: &str) {
        match &self.bar {
            Some(bar) if !bar.is_hidden() => bar.println(line),
            _ => say(line),
        }
    }

    /// Clears the bar.
    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Watch {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Fetched {
                fetched,
                queued,
                bytes,
                ..
            } => match &self.bar {
                Some(bar) => {
                    bar.set_length((fetched + queued) as u64);
                    bar.set_position(fetched as u64);
                    bar.set_message(HumanBytes(bytes).to_string());
                }
                None if fetched % STEP == 0 => {
                    say(&format!(
                        "อ่านแล้ว {fetched} ที่อยู่ เหลือ {queued} ({})",
                        HumanBytes(bytes)
                    ));
                }
                None => {}
            },
            Event::Waiting { host, time } => {
                if time >= Duration::from_secs(5) {
                    self.line(&format!("รอ {host} {} วินาที", time.as_secs()));
                }
            }
            Event::Message(message) => self.line(message),
        }
    }
}

/// Somebody asked for an end.
static IS_OVER: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed: what is at work ends and keeps what it has.
pub(super) fn is_over() -> bool {
    IS_OVER.load(Ordering::Relaxed)
}

/// Ctrl-C, or SIGTERM of who manages services: what is at work ends and is gone on with at the next start.
pub(super) fn on_end() -> Interrupt {
    let (trigger, interrupt) = Interrupt::pair();
    tokio::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            if let Ok(mut term) = signal(SignalKind::terminate()) {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
            } else {
                let _ = tokio::signal::ctrl_c().await;
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        IS_OVER.store(true, Ordering::Relaxed);
        trigger.pull();
        if tokio::signal::ctrl_c().await.is_ok() {
            #[expect(clippy::exit, reason = "the person asked twice")]
            std::process::exit(130);
        }
    });
    interrupt
}

/// Ctrl-C ends the crawl and keeps what was read; a second one ends the program.
pub(super) fn on_ctrl_c() -> Interrupt {
    let (trigger, interrupt) = Interrupt::pair();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        IS_OVER.store(true, Ordering::Relaxed);
        trigger.pull();
        say("กำลังหยุดและเก็บสิ่งที่อ่านแล้ว กด Ctrl-C อีกครั้งเพื่อเลิกทันที");
        if tokio::signal::ctrl_c().await.is_ok() {
            #[expect(clippy::exit, reason = "the person asked twice")]
            std::process::exit(130);
        }
    });
    interrupt
}
