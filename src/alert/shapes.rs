//! Digest → the bodies that Slack and LINE take, within their limits, and the signature over a body.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::year::thai_date;

use super::compose::{Agency, Digest, Line};
use super::letter::{foot, headline, label};
use crate::fetch::capture::Capture;

/// Slack: characters of a header's text (Block Kit reference, header block).
const SLACK_HEADER: usize = 150;
/// Slack: characters of a section's text (Block Kit reference, section block).
const SLACK_SECTION: usize = 3_000;
/// Slack: blocks of a message are 50; two are the header and the foot.
const SLACK_SECTIONS: usize = 48;
/// Slack: characters of all blocks together. The documents name no sum; messages beyond about 13,200 are refused as
/// `msg_blocks_too_long`, so we stay below.
const SLACK_ALL: usize = 11_000;
/// Bytes of an address in a chat; a longer one is left to the command that shows the digest.
const ADDRESS: usize = 400;
/// LINE: UTF-16 code units of a text message (Messaging API reference, text message).
const LINE_TEXT: usize = 5_000;
/// LINE: messages of one push (Messaging API reference, send push message).
const LINE_MESSAGES: usize = 5;

/// The body for an incoming webhook of Slack: `text` for notifications, `blocks` for the eye.
pub fn slack(digest: &Digest) -> Value {
    let mut end = foot(digest);
    let mut parts: Vec<String> = Vec::new();
    let mut room = SLACK_ALL;
    let mut more = Vec::new();
    for agency in &digest.agencies {
        let name = format!("*{}* ({})", escaped(&agency.name), escaped(&agency.id));
        let part = part(&name, agency, &OF_SLACK);
        match part {
            Some(part)
                if more.is_empty() && parts.len() < SLACK_SECTIONS && chars(&part) <= room =>
            {
                room -= chars(&part);
                parts.push(part);
            }
            _ => more.push(agency),
        }
    }
    end.splice(0..0, rest(&more));
    end.push(format!(
        "ฉบับเต็ม: {} alerts show {}",
        digest.command, digest.key
    ));
    let mut blocks = vec![json!({
        "type": "header",
        "text": { "type": "plain_text", "text": cut(&digest.subject, SLACK_HEADER, chars), "emoji": false },
    })];
    blocks.extend(parts.iter().map(|part| {
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": part, "verbatim": true } })
    }));
    let end = escaped(&end.join("\n"));
    blocks.push(json!({
        "type": "section",
        "text": { "type": "mrkdwn", "text": cut(&end, SLACK_SECTION, chars), "verbatim": true },
    }));
    json!({ "text": escaped(&digest.subject), "blocks": blocks })
}

/// The body for LINE's push endpoint: at most five text messages to one user, group or room.
pub fn line(digest: &Digest, to: &str) -> Value {
    let mut end = foot(digest);
    end.push(format!(
        "ฉบับเต็ม: {} alerts show {}",
        digest.command, digest.key
    ));
    let head = format!(
        "{}\n{}",
        digest.subject,
        thai_date(Capture::day_of(digest.at))
    );
    let mut texts = vec![cut(&head, LINE_TEXT, units)];
    // Room for the end is kept in every message, since any may turn out to be the last.
    let last = units(&end.join("\n")) + 100;
    let chat = Chat {
        room: LINE_TEXT.saturating_sub(last),
        ..OF_LINE
    };
    let mut more = Vec::new();
    for agency in &digest.agencies {
        let name = format!("{} ({})", agency.name, agency.id);
        let Some(part) = part(&name, agency, &chat) else {
            more.push(agency);
            continue;
        };
        let messages = texts.len();
        match texts.last_mut() {
            _ if !more.is_empty() => more.push(agency),
            Some(text) if units(text) + units(&part) + 2 + last <= LINE_TEXT => {
                text.push_str("\n\n");
                text.push_str(&part);
            }
            _ if messages < LINE_MESSAGES => texts.push(part),
            _ => more.push(agency),
        }
    }
    end.splice(0..0, rest(&more));
    if let Some(text) = texts.last_mut() {
        text.push_str("\n\n");
        text.push_str(&end.join("\n"));
    }
    let messages: Vec<Value> = texts
        .iter()
        .map(|text| json!({ "type": "text", "text": cut(text, LINE_TEXT, units) }))
        .collect();
    json!({ "to": to, "messages": messages })
}

/// Agencies that found no room.
fn rest(more: &[&Agency]) -> Option<String> {
    (!more.is_empty()).then(|| format!("และอีก {} หน่วยงานที่ไม่ได้แสดงที่นี่", more.len()))
}

/// How a chat takes text.
struct Chat {
    /// What one agency may take up.
    room: usize,
    measure: fn(&str) -> usize,
    shown: fn(&str) -> String,
    link: fn(&str) -> String,
}

const OF_SLACK: Chat = Chat {
    room: SLACK_SECTION,
    measure: chars,
    shown: escaped,
    // An address may hold `|`, which would part it from a text to show.
    link: |url| format!("<{}>", escaped(&url.replace('|', "%7C"))),
};

const OF_LINE: Chat = Chat {
    room: LINE_TEXT,
    measure: units,
    shown: str::to_owned,
    link: str::to_owned,
};

/// One agency in a chat: its lines in brief, as many as fit; `None` when not even one does.
fn part(name: &str, agency: &Agency, chat: &Chat) -> Option<String> {
    let mut text = name.to_owned();
    let mut end = format!("\n{}", (chat.shown)(&agency.look));
    if let Some(mark) = &agency.mark {
        end.push('\n');
        end.push_str(&(chat.shown)(mark));
    }
    let spare = (chat.measure)(&end) + 40;
    let mut fits = 0;
    for line in &agency.lines {
        let next = in_brief(line, chat);
        if (chat.measure)(&text) + (chat.measure)(&next) + spare > chat.room {
            break;
        }
        text.push_str(&next);
        fits += 1;
    }
    if fits < agency.lines.len() {
        text.push_str(&format!("\n• และอีก {} เรื่อง", agency.lines.len() - fits));
    }
    text.push_str(&end);
    (fits > 0).then_some(text)
}

fn in_brief(line: &Line, chat: &Chat) -> String {
    let head = format!("{}: {}", label(line.kind), headline(line));
    let mut text = format!("\n• {}", (chat.shown)(&head));
    if !line.sentence.is_empty() {
        text.push_str("\n   ");
        text.push_str(&(chat.shown)(&line.sentence));
    }
    if let Some(place) = line.place.as_ref().filter(|place| place.len() <= ADDRESS) {
        text.push_str("\n   ");
        text.push_str(&(chat.link)(place));
    }
    text
}

/// Text for Slack's `mrkdwn`: the three characters that could start a link or a call to everyone.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// As LINE counts: UTF-16 code units.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn cut(text: &str, limit: usize, measure: fn(&str) -> usize) -> String {
    if measure(text) <= limit {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += measure(c.encode_utf8(&mut [0; 4]));
        if used > limit {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// `sha256=` and HMAC-SHA256 (RFC 2104) of the body in hexadecimal: the value of `X-Prongsai-Signature`.
pub fn sign(key: &[u8], body: &[u8]) -> String {
    const BLOCK: usize = 64;
    let mut padded = [0; BLOCK];
    let hashed = Sha256::digest(key);
    let key = if key.len() > BLOCK { &hashed[..] } else { key };
    padded[..key.len()].copy_from_slice(key);
    let with = |pad: u8, rest: &[u8]| {
        let mut hash = Sha256::new();
        hash.update(padded.map(|byte| byte ^ pad));
        hash.update(rest);
        hash.finalize()
    };
    let inner = with(0x36, body);
    format!("sha256={}", HEXLOWER.encode(&with(0x5c, &inner)))
}
