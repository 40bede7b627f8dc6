//! The crawl's earlier life, told again: the same steps in the same order lead to the state in which it died.

use std::io;

use bytes::Bytes;
use tokio::time::Instant;

use super::job::Got;
use super::{Crawl, Origin};
use crate::fetch::frontier::Entry;
use crate::fetch::memory::{Landed, Step};

impl Crawl<'_> {
    /// Takes all steps that the memory knows, without network and without waiting. What was under way at the end goes out
    /// again first of all.
    pub(super) async fn replay(&mut self) -> io::Result<()> {
        self.replaying = true;
        loop {
            let memory = std::sync::Arc::clone(&self.memory);
            let told = tokio::task::spawn_blocking(move || memory.recall());
            let Some((step, body)) = told.await.map_err(io::Error::other)?? else {
                break;
            };
            match step {
                Step::Sent {
                    ask,
                    attempt,
                    queue,
                } => self.sent_before(&ask, attempt, &queue),
                Step::Back { ask, attempt } => {
                    let mut later = self.later.iter();
                    if let Some(at) = later.position(|(_, entry)| is(entry, &ask, attempt)) {
                        let (_, entry) = self.later.remove(at);
                        self.resend(entry);
                    }
                }
                Step::Landed(landed) => self.landed_before(landed, body).await,
            }
        }
        self.replaying = false;
        // They wait for their turn like all others.
        for entry in &self.cut_off {
            if let Some(host) = self.hosts.get_mut(&Origin::of(&entry.ask)) {
                host.ended(Instant::now(), None);
            }
        }
        Ok(())
    }

    fn sent_before(&mut self, ask: &url::Url, attempt: u32, queue: &str) {
        // Sent a second time, after an earlier death, or by what followed from the step before.
        if self.cut_off.iter().any(|entry| is(entry, ask, attempt)) {
            return;
        }
        self.give_up_hopeless();
        if self.frontier.len() == 0 && self.later.is_empty() && self.cut_off.is_empty() {
            self.next_phase();
        }
        let origins = self.frontier.origins();
        let Some(origin) = origins.iter().find(|origin| origin.to_string() == queue) else {
            return;
        };
        if let Some(entry) = self.next_of(origin) {
            if !is(&entry, ask, attempt) {
                // Told other limits than before, or by another version: what does not fit is asked for again.
                tracing::debug!(%ask, instead = %entry.ask, "the journal tells of another way");
            }
            self.host(origin, &entry.ask).began(Instant::now());
            self.cut_off.push(entry);
        }
    }

    async fn landed_before(&mut self, landed: Landed, body: Bytes) {
        let mut under_way = self.cut_off.iter();
        let Some(at) = under_way.position(|entry| is(entry, &landed.ask, landed.attempt)) else {
            return;
        };
        let entry = self.cut_off.remove(at);
        let mut got = Got::Nothing;
        if let Ok(answer) = &landed.outcome {
            self.client.remember(&entry.ask, &answer.headers);
            if landed.read {
                got = Got::of(entry.purpose, &answer.with(body), &entry.ask).await;
            }
        }
        self.finish(entry, landed, got);
    }
}

fn is(entry: &Entry, ask: &url::Url, attempt: u32) -> bool {
    entry.ask == *ask && entry.attempt == attempt
}
