//! Whole pages of the engines that agencies use, read into one readable form.

#[path = "extract/dump.rs"]
mod dump;

use prongsai::extract::{DocumentKind, Extracted, Reading, extract};
use url::Url;

#[test]
fn whole_pages_are_read_as_a_person_reads_them() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/extract"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _guard = settings.bind_to_scope();
    insta::glob!("extract/pages/*.html", |path| {
        let body = std::fs::read(path).unwrap_or_default();
        let url = Url::parse("http://www.example.go.th/site/page.php");
        let Ok(Extracted::Page(page)) = url.map(|url| extract(&url, Some("text/html"), &body))
        else {
            panic!("{} is not a page", path.display());
        };
        insta::assert_snapshot!(dump::dump(&page));
    });
}

#[test]
fn an_old_sheet_is_read() {
    let body = include_bytes!("extract/files/old.xls");
    let url = Url::parse("http://www.example.go.th/download.php?id=3");
    let Ok(Extracted::Document(document)) = url.map(|url| extract(&url, None, body)) else {
        panic!("not a document");
    };
    assert_eq!(
        (document.kind, document.reading),
        (DocumentKind::Sheet, Reading::Text)
    );
    assert_eq!(
        document.tables[0].header,
        ["ลำดับ", "รายการ", "วงเงิน (บาท)", "วันที่"]
    );
    assert_eq!(
        document.tables[0].rows,
        [["1", "ซื้อวัสดุ", "12,500.50", "15 พฤษภาคม 2564"]]
    );
}
