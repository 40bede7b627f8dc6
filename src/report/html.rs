//! The report as one HTML file: nothing loaded from elsewhere, made for the screen and for A4.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::de::DeserializeOwned;
use url::Url;

use super::fleet::{province_words, totals};
use super::years::{lines, sum};
use super::{
    agency_line, basis_words, count, decision_words, harmless, ocr_lines, of, outcome_words,
    people, people_lines, readable_url, shortened, summary_adds,
};
use crate::audit::{Audit, Item};
use crate::difference::Years;
use crate::fetch::capture::Found;
use crate::fleet::list::kind_words;
use crate::fleet::summary::FleetSummary;
use crate::judge::Decision;
use crate::rules::answer::Outcome;
use crate::rules::rule::{Basis, Reason};
use crate::schedule::thai_time;
use crate::score::round3;
use crate::year::thai_date;

/// One audit: a page of its own, or a part of the page of several years.
const AUDIT: &str = include_str!("audit.html");
const FLEET: &str = include_str!("fleet.html");
const HEAD: &str = include_str!("head.html");
const PAGE: &str = include_str!("page.html");
const YEARS: &str = include_str!("years.html");

/// Characters of a quote that are shown.
const QUOTE: usize = 280;

/// Writes the report.
pub fn html(audit: &Audit) -> Result<String, minijinja::Error> {
    render(audit, UndefinedBehavior::Lenient)
}

/// Writes the report of several years: what differs, then each year as it is written alone.
pub fn years_html(years: &Years) -> Result<String, minijinja::Error> {
    render_years(years, UndefinedBehavior::Lenient)
}

/// Writes the report of a run over many agencies.
pub fn fleet_html(summary: &FleetSummary) -> Result<String, minijinja::Error> {
    render_fleet(summary, UndefinedBehavior::Lenient)
}

fn render(audit: &Audit, undefined: UndefinedBehavior) -> Result<String, minijinja::Error> {
    printer(undefined)?
        .get_template("page.html")?
        .render(context! { ..shown(audit, ""), ..context! { title => title(audit) } })
}

fn render_years(years: &Years, undefined: UndefinedBehavior) -> Result<String, minijinja::Error> {
    let Some(last) = years.years.last() else {
        return Ok(String::new());
    };
    let all = years.years.iter();
    let named: Vec<String> = all.clone().map(|one| one.year.to_string()).collect();
    let parts = all.map(|one| shown(one, &format!("y{}-", one.year)));
    let steps = years.difference.iter().map(|one| {
        context! { it => Serde(one), sum => sum(&one.changes), lines => Serde(lines(&one.changes)) }
    });
    printer(undefined)?.get_template("years.html")?.render(context! {
        title => format!("ผลตรวจ OIT {} {}", named.join(" "), agency_line(&last.agency, &last.home)),
        agency => agency_line(&last.agency, &last.home),
        date => thai_date(last.taken_on),
        named => named,
        steps => steps.collect::<Vec<_>>(),
        parts => parts.collect::<Vec<_>>(),
    })
}

fn title(audit: &Audit) -> String {
    let agency = agency_line(&audit.agency, &audit.home);
    format!("ผลตรวจ OIT {} {agency}", audit.year)
}

/// The templates with what they call.
fn render_fleet(
    summary: &FleetSummary,
    undefined: UndefinedBehavior,
) -> Result<String, minijinja::Error> {
    let row = |name: String, tally| context! { name, tally => Serde(tally) };
    let kinds = summary.by_kind.iter();
    let kinds = kinds.map(|one| row(kind_words(one.kind).to_owned(), &one.tally));
    let provinces = summary.by_province.iter();
    let provinces = provinces.map(|one| row(province_words(&one.province), &one.tally));
    printer(undefined)?
        .get_template("fleet.html")?
        .render(context! {
            title => format!("ผลตรวจ OIT ปีงบประมาณ พ.ศ. {} ของหลายหน่วยงาน", summary.run.year),
            began => thai_time(summary.run.began),
            ended => thai_time(summary.run.ended),
            totals => totals(&summary.totals),
            kinds => kinds.collect::<Vec<_>>(),
            provinces => provinces.collect::<Vec<_>>(),
            it => Serde(summary),
        })
}

pub(super) fn printer(
    undefined: UndefinedBehavior,
) -> Result<Environment<'static>, minijinja::Error> {
    let mut page = Environment::new();
    page.set_undefined_behavior(undefined);
    page.set_auto_escape_callback(|_| AutoEscape::Html);
    page.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    page.add_filter("points", |points: f64| format!("{points:.2}"));
    page.add_filter("readable", |url: String| readable_url(&url));
    page.add_filter("href", |url: String| href(&url));
    page.add_filter("quote", |text: String| shortened(&harmless(&text), QUOTE));
    page.add_filter("decision_mark", |word: String| {
        said(&word, |one: Decision| decision_words(one).0)
    });
    page.add_filter("decision", |word: String| {
        said(&word, |one: Decision| decision_words(one).1)
    });
    page.add_filter("outcome_mark", |word: String| {
        said(&word, |one: Outcome| outcome_words(one).0)
    });
    page.add_filter("outcome", |word: String| {
        said(&word, |one: Outcome| outcome_words(one).1)
    });
    page.add_filter("basis", |word: String| {
        said(&word, |one: Basis| basis_words(one).unwrap_or_default())
    });
    page.add_filter("reason", |word: String| said(&word, Reason::thai));
    for (name, text) in [
        ("fleet.html", FLEET),
        ("head.html", HEAD),
        ("audit.html", AUDIT),
        ("page.html", PAGE),
        ("years.html", YEARS),
    ] {
        page.add_template(name, text)?;
    }
    Ok(page)
}

/// What the template of an audit shows. `prefix` keeps the anchors of several audits on one page apart.
fn shown(audit: &Audit, prefix: &str) -> Value {
    context! {
        prefix,
        audit => Serde(audit),
        agency => agency_line(&audit.agency, &audit.home),
        date => thai_date(audit.taken_on),
        next_year => audit.year.0.saturating_add(1),
        passed => count(audit, Decision::Pass),
        failed => count(audit, Decision::Fail),
        unsure => count(audit, Decision::Unsure),
        gaps => Serde(by_stake(audit, Decision::Fail)),
        reviews => Serde(by_stake(audit, Decision::Unsure)),
        passes => Serde(of(audit, Decision::Pass).collect::<Vec<_>>()),
        summaries => Serde(telling(audit)),
        unlinked => Found::UNLINKED,
        ocr => ocr_lines(audit),
        people => Serde(people(audit)),
        people_lines => people_lines(audit),
        ruled => audit
            .items
            .iter()
            .filter(|item| item.verdict.is_decided_by_person())
            .map(|item| item.verdict.id.clone())
            .collect::<Vec<_>>(),
        stopped => audit.coverage.stopped_because(),
    }
}

/// Items whose summary says more than their criteria.
fn telling(audit: &Audit) -> Vec<&str> {
    let all = audit.items.iter().map(|item| &item.verdict);
    all.filter(|verdict| summary_adds(verdict))
        .map(|verdict| verdict.id.as_str())
        .collect()
}

fn by_stake(audit: &Audit, decision: Decision) -> Vec<&Item> {
    let mut items: Vec<&Item> = of(audit, decision).collect();
    items.sort_by(|a, b| round3(b.points.total).total_cmp(&round3(a.points.total)));
    items
}

/// The address as a link target, or nothing when it is not one a reader may follow.
fn href(url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https" | "mailto") => parsed.into(),
        _ => String::new(),
    }
}

/// Words for a code of the JSON form.
fn said<T: DeserializeOwned>(code: &str, words: impl Fn(T) -> &'static str) -> &'static str {
    serde_json::from_value(code.into())
        .map(words)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::tests::audit_of;
    use crate::sample;

    fn page(audit: &Audit) -> String {
        render(audit, UndefinedBehavior::SemiStrict).unwrap()
    }

    #[test]
    fn what_a_website_says_cannot_become_markup() {
        let page = page(&audit_of(sample::verdicts(), true));
        assert!(!page.contains("<script"), "a quote became a script");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"));
        assert!(
            !page.contains("href=\"javascript:"),
            "a label became a script"
        );
        assert!(
            page.contains("javascript:alert(1)"),
            "the address is still told"
        );
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        let page = page(&audit_of(sample::verdicts(), true));
        for loading in [
            "src=", "<link", "@import", "url(", "<iframe", "<img", "srcset",
        ] {
            assert!(!page.contains(loading), "{loading}");
        }
        let links = page.matches("<a href=\"http").count();
        assert!(links > 40 && links == page.matches("rel=\"noopener noreferrer\"").count());
    }

    #[test]
    fn every_part_a_reader_was_promised_is_there() {
        let page = page(&audit_of(sample::verdicts(), true));
        for needed in [
            "<html lang=\"th\">",
            "79.78–80.78",
            "ระดับ B",
            "สิ่งที่ควรทำก่อน",
            "รายงานผล 2561</a>” แต่เป็นข้อมูลปี 2561",
            "วิธีการดำเนินการ",
            "ระยะเวลาการดำเนินการ",
            "การติดตามผล",
            "ถ้อยคำเกณฑ์ยังไม่ยืนยัน",
            "สิ่งที่ได้อ่านและไม่ได้อ่าน",
            "จากสูงไปต่ำ",
            "ประจำปีงบประมาณ พ.ศ. 2565",
            "5f2a5f2a",
            "9c419c41",
        ] {
            assert!(page.contains(needed), "{needed}");
        }
        for id in 1..=43 {
            assert!(
                page.contains(&format!("<th scope=\"row\">O{id}</th>")),
                "O{id}"
            );
        }
        for item in sample::FAILED {
            assert_eq!(page.matches(&format!("id=\"{item}\"")).count(), 1);
        }
        assert_eq!(
            page.matches("<table").count(),
            page.matches("<thead").count(),
            "a table without headers"
        );
        assert_eq!(page.matches("<tr>").count(), page.matches("</tr>").count());
    }

    #[test]
    fn every_shape_of_audit_can_be_printed() {
        let mut bare = audit_of(sample::plain(&[], &[]), false);
        page(&bare);
        bare.coverage.complete = false;
        bare.coverage.stop = Some("pages".to_owned());
        bare.capture_digest = None;
        bare.agency.name.clear();
        bare.faults.push(crate::audit::RuleFault {
            item: "O1".into(),
            message: "<b>".into(),
        });
        for item in &mut bare.items {
            item.verdict.evidence.clear();
            item.verdict.criteria.clear();
        }
        let page = page(&bare);
        assert!(page.contains("ถึงจำนวนหน้าสูงสุดที่กำหนด") && page.contains("&lt;b&gt;"));
        assert!(
            render(
                &audit_of(sample::plain(&[], &["O1", "O43"]), true),
                UndefinedBehavior::SemiStrict
            )
            .is_ok()
        );
    }

    #[test]
    fn several_years_stand_on_one_page_with_anchors_of_their_own() {
        let mut later = audit_of(sample::plain(&["O1"], &["O2"]), false);
        later.year = crate::year::FiscalYear(2565);
        let years = Years::of(vec![audit_of(sample::verdicts(), true), later]);
        let page = render_years(&years, UndefinedBehavior::SemiStrict).unwrap();
        for needed in [
            "ปี 2564 เทียบกับปี 2565",
            "id=\"y2564\"",
            "id=\"y2565-O1\"",
            "href=\"#y2564-O23\"",
            "<title>ผลตรวจ OIT 2564 2565",
        ] {
            assert!(page.contains(needed), "{needed}");
        }
        assert!(!page.contains("<script"), "a quote became a script");
        let anchors: Vec<&str> = page.split(" id=\"").skip(1).collect();
        let named = anchors.iter().map(|rest| rest.split('"').next().unwrap());
        let distinct: std::collections::BTreeSet<&str> = named.collect();
        assert_eq!(distinct.len(), anchors.len(), "an anchor stands twice");
    }

    #[test]
    fn the_same_audit_gives_the_same_bytes() {
        let audit = audit_of(sample::verdicts(), true);
        assert_eq!(page(&audit), page(&audit));
    }

    #[test]
    fn only_addresses_a_reader_may_follow_become_links() {
        assert_eq!(
            href("https://a.go.th/ข่าว"),
            "https://a.go.th/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"
        );
        assert_eq!(href("mailto:a@b.go.th"), "mailto:a@b.go.th");
        for other in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "/public",
        ] {
            assert_eq!(href(other), "", "{other}");
        }
    }

    #[test]
    fn the_page_of_a_fleet_tells_what_the_text_tells() {
        let mut summary = crate::fleet::summary::tests::summary();
        let hostile = "<script>alert(1)</script>";
        if let Some(best) = &mut summary.items[0].best {
            best.place.label = hostile.to_owned();
            best.place.url = "javascript:alert(1)".to_owned();
        }
        let page = render_fleet(&summary, UndefinedBehavior::Strict).unwrap();
        for words in [
            "ปีงบประมาณ พ.ศ. 2565",
            "เชียงใหม่",
            "ไม่ระบุจังหวัด",
            "ไม่ตอบภายในเวลา",
            "HTTP 403",
            "44.44–55.56",
            "หน่วยงานที่ผลแย่ลง",
            "✔ ผ่าน</span> → <span class=\"mark fail\">✘ ไม่ผ่าน",
            "ยังไม่มีหน่วยงานที่ผ่านครบ",
        ] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains(hostile) && !page.contains("href=\"javascript"));
        let empty = FleetSummary::of(summary.run, &[]);
        assert!(render_fleet(&empty, UndefinedBehavior::Strict).is_ok());
    }
}
