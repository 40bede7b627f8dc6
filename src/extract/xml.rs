//! XML as opening tags, text and closing tags, by local names: office formats differ in their prefixes only.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::limits;

/// What stands next in an XML text.
pub(super) enum Node<'a> {
    /// An element opens; an empty one closes at once.
    Open(&'a str, &'a BytesStart<'a>),
    /// Text between tags.
    Text(&'a str),
    /// An element closes.
    Close(&'a str),
}

/// Shows every node until `see` has enough and returns false. False when the text is broken: what came before is sound.
/// Entities that a document defines itself are never expanded.
pub(super) fn walk(xml: &[u8], mut see: impl FnMut(Node) -> bool) -> bool {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = false;
    let (mut buffer, mut depth) = (Vec::new(), 0usize);
    loop {
        let Ok(event) = reader.read_event_into(&mut buffer) else {
            return false;
        };
        let goes_on = match &event {
            Event::Eof => return true,
            Event::Start(tag) => {
                depth += 1;
                if depth > limits::DEPTH {
                    return false;
                }
                see(Node::Open(local(tag.name().as_ref()), tag))
            }
            Event::Empty(tag) => {
                let name = tag.name();
                let name = local(name.as_ref());
                see(Node::Open(name, tag)) && see(Node::Close(name))
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                see(Node::Close(local(tag.name().as_ref())))
            }
            Event::Text(text) => see(Node::Text(&text.xml10_content())),
            Event::CData(text) => see(Node::Text(text)),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => see(Node::Text(c.encode_utf8(&mut [0; 4]))),
                _ => see(Node::Text(match &**entity {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => "",
                })),
            },
            _ => true,
        };
        if !goes_on {
            return true;
        }
        buffer.clear();
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The value of an attribute, by its local name.
pub(super) fn attribute(tag: &BytesStart, wanted: &str) -> Option<String> {
    let found = tag
        .attributes()
        .flatten()
        .find(|attribute| local(attribute.key.as_ref()) == wanted)?;
    let value = found.value;
    // Names of sheets and formats of numbers hold quotation marks and ampersands.
    Some(if value.contains('&') {
        quick_xml::escape::unescape(&value).map_or_else(|_| value.to_string(), |it| it.into_owned())
    } else {
        value.into_owned()
    })
}

/// The value of an attribute that is a count.
pub(super) fn number(tag: &BytesStart, wanted: &str) -> Option<usize> {
    attribute(tag, wanted)?.trim().parse().ok()
}
