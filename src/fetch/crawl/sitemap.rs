//! Sitemaps: the addresses that a site lists for machines.

use std::collections::BTreeSet;

use crate::fetch::warc::gunzip;

/// Addresses taken from one sitemap.
const SITEMAP_ADDRESSES: usize = 5_000;

/// The addresses of a sitemap, and whether it is an index of sitemaps.
pub(super) fn locations(body: &[u8]) -> (bool, Vec<String>) {
    use quick_xml::events::Event as Xml;
    let plain = gunzip(body);
    let mut reader = quick_xml::Reader::from_reader(plain.as_deref().unwrap_or(body));
    reader.config_mut().check_end_names = false;
    let (mut index, mut inside, mut found) = (false, false, BTreeSet::new());
    let mut order = Vec::new();
    let mut text = String::new();
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match event {
            Xml::Eof => break,
            Xml::Start(tag) => {
                index |= tag.local_name().as_ref() == "sitemapindex";
                inside = tag.local_name().as_ref() == "loc";
                text.clear();
            }
            Xml::Text(piece) if inside => text.push_str(&piece),
            Xml::CData(piece) if inside => text.push_str(&piece),
            Xml::GeneralRef(name) if inside && &*name == "amp" => text.push('&'),
            Xml::End(_) if inside => {
                inside = false;
                let address = text.trim().to_owned();
                if !address.is_empty() && found.insert(address.clone()) {
                    order.push(address);
                }
                if order.len() >= SITEMAP_ADDRESSES {
                    break;
                }
            }
            _ => {}
        }
        buffer.clear();
    }
    (index, order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sitemaps_are_read_plain_and_compressed() {
        use std::io::Write;
        let map = "<?xml version='1.0'?><urlset xmlns='x'><url><loc>http://a/?b=1&amp;c=2</loc></url><url><loc><![CDATA[http://a/d]]></loc></url><url><loc>http://a/d</loc></url>";
        let expected = (
            false,
            vec!["http://a/?b=1&c=2".to_owned(), "http://a/d".to_owned()],
        );
        assert_eq!(locations(map.as_bytes()), expected);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(map.as_bytes()).unwrap();
        assert_eq!(locations(&packed.finish().unwrap()), expected);
        assert!(
            locations(b"<sitemapindex><sitemap><loc>http://a/s.xml</loc></sitemap></sitemapindex>")
                .0
        );
        assert_eq!(locations(b"<html>&&&<loc>").1, Vec::<String>::new());
    }
}
