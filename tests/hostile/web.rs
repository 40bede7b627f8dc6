//! Pages made to harm.

use super::Named;

pub(crate) fn hostile() -> Vec<Named> {
    let numbered = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<String>();
    let pages = [
        ("deep-div", "<div>".repeat(1_000_000)),
        ("deep-bold", "<b>".repeat(1_000_000)),
        ("deep-table", "<table><tr><td>".repeat(300_000)),
        ("paragraphs", "<p>".repeat(5_000_000)),
        (
            "one-attribute",
            format!("<p title='{}'>ก", "ก".repeat(17_000_000)),
        ),
        (
            "attributes",
            format!("<p {}>ก", numbered(3_000_000, &|n| format!("a{n}=1 "))),
        ),
        (
            "attributes-each",
            format!("<p {}>ก", numbered(150, &|n| format!("a{n} "))).repeat(15_000),
        ),
        (
            "elements",
            numbered(400_000, &|n| format!("<p class=a{n} id=b{n}>x</p>")),
        ),
        ("entities", "&amp;".repeat(3_000_000)),
        ("entities-thai", "&#3585;".repeat(2_000_000)),
        (
            "links",
            numbered(500_000, &|n| format!("<a href=/x/{n}>ก</a>")),
        ),
        (
            "open-fonts",
            [
                numbered(3000, &|n| format!("<font size={n}>")),
                "<p>".repeat(30_000),
            ]
            .concat(),
        ),
        (
            "adoption",
            ["<a><p>".repeat(300_000), "</a>".repeat(300_000)].concat(),
        ),
        ("comment", format!("<!--{}", "-".repeat(8 << 20))),
        ("unfinished", "<a".repeat(4 << 20)),
        ("unfinished-quotes", "<a b='".repeat(1 << 20)),
        ("title", format!("<title>{}", "ก ".repeat(2 << 20))),
        ("text", "ก".repeat(5 << 20)),
        ("words", "กระทรวง 2565 ".repeat(400_000)),
        ("digits", "1 ".repeat(4 << 20)),
        ("options", "<select><option>".repeat(500_000)),
        (
            "cells",
            format!(
                "<table>{}",
                "<tr><td colspan=1000 rowspan=65000>1".repeat(200_000)
            ),
        ),
        (
            "frames",
            numbered(200_000, &|n| format!("<iframe src=/f/{n}></iframe>")),
        ),
        (
            "refresh",
            "<meta http-equiv=refresh content='0;url=/'>".repeat(200_000),
        ),
    ];
    let page = |(name, body): (&str, String)| {
        (
            format!("{name}.html"),
            format!("<html><head><title>x</title></head><body>{body}").into_bytes(),
        )
    };
    pages.into_iter().map(page).collect()
}
