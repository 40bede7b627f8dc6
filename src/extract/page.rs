//! HTML to a [`Page`].

use scraper::{Html, Node};
use url::Url;

use super::dom::{Dom, tame};
use super::flow;
use super::form::forms;
use super::one_line as clean;
use super::part::parts;
use super::people::people;
use super::script::is_filled_by_script;
use super::table::tables;
use super::target::{from_refresh, from_script, resolve};
use super::{Link, Page, Part};
use crate::thai::decode;

/// HTML beyond this is not read: no page is so long, and a tree takes ten times the memory of its text.
const MAX_HTML: usize = 16 << 20;
/// Scripts are searched for a redirect only on pages with fewer links.
const FEW_LINKS: usize = 3;

/// Reads an HTML page.
pub(super) fn read(url: &Url, content_type: Option<&str>, body: &[u8]) -> Page {
    let text = decode(&body[..body.len().min(MAX_HTML)], content_type);
    let html = Html::parse_document(&tame(&text));
    let dom = Dom::new(&html);
    if dom.len() == 0 {
        return Page::default();
    }
    let base = base(&dom, url);
    let parts = parts(&dom);
    let tables = tables(&dom);
    let mut flow = flow::read(&dom, &parts, &tables, &base);
    let trail = breadcrumb(&dom);
    redirects(&html, &dom, &base, &mut flow.links, &flow.frames);
    let people = people(&dom, &flow);
    let forms = forms(&dom, &parts, &flow.captions, url, &base);
    let tables = tables
        .found
        .into_iter()
        .map(|(node, mut table)| {
            if table.title.is_empty() {
                let above = flow.captions.get(&node).and_then(|above| above.last());
                table.title = above.cloned().unwrap_or_default();
            }
            table
        })
        .collect();
    Page {
        title: title(&dom),
        breadcrumb: if trail.is_empty() {
            flow.breadcrumb
        } else {
            trail
        },
        blocks: flow.blocks,
        links: flow.links,
        tables,
        forms,
        images: flow.images,
        people,
        frames: flow.frames,
        scripted: is_filled_by_script(&html, &dom),
    }
}

fn base(dom: &Dom, url: &Url) -> Url {
    dom.first(0, "base")
        .and_then(|node| dom.attr(node, "href"))
        .and_then(|href| url.join(href.trim()).ok())
        .filter(|base| matches!(base.scheme(), "http" | "https"))
        .unwrap_or_else(|| url.clone())
}

fn title(dom: &Dom) -> String {
    dom.first(0, "title")
        .map(|node| dom.text_of(node))
        .unwrap_or_default()
}

/// The trail in an element that calls itself one.
fn breadcrumb(dom: &Dom) -> Vec<String> {
    let is_trail = |i: usize| {
        dom.attr(i, "aria-label")
            .is_some_and(|label| label.to_lowercase().contains("breadcrumb"))
            || dom.name_words(i).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "breadcrumb" | "breadcrumbs" | "crumbs" | "pathway"
                )
            })
    };
    let Some(node) = (0..dom.len()).find(|&i| {
        dom.text(i).is_none()
            && !matches!(dom.tag(i), "html" | "body")
            && dom.chars(i) > 0
            && dom.chars(i) < 600
            && is_trail(i)
    }) else {
        return Vec::new();
    };
    let items: Vec<usize> = (node + 1..dom.end(node))
        .filter(|&j| dom.tag(j) == "li")
        .collect();
    let texts: Vec<String> = if items.is_empty() {
        let text = dom.text_of(node);
        text.split(['»', '›', '>', '→', '/', '|', '▸', '❯'])
            .map(clean)
            .collect()
    } else {
        items.iter().map(|&item| dom.text_of(item)).collect()
    };
    texts
        .iter()
        .map(|text| {
            text.trim_matches(['»', '›', '>', '→', '/', '|', ' '])
                .to_owned()
        })
        .filter(|text| !text.is_empty())
        .collect()
}

/// Where an entry page sends its visitor by itself.
fn redirects(html: &Html, dom: &Dom, base: &Url, links: &mut Vec<Link>, frames: &[Url]) {
    let mut targets: Vec<Url> = (0..dom.len())
        .filter(|&i| {
            dom.tag(i) == "meta"
                && dom
                    .attr(i, "http-equiv")
                    .is_some_and(|name| name.eq_ignore_ascii_case("refresh"))
        })
        .filter_map(|i| resolve(base, from_refresh(dom.attr(i, "content")?)?))
        .collect();
    if links.len() < FEW_LINKS && frames.is_empty() {
        targets.extend(scripted(html, base));
    }
    for to in targets {
        links.push(Link {
            to,
            label: String::new(),
            row: String::new(),
            under: Vec::new(),
            part: Part::Content,
        });
    }
}

fn scripted(html: &Html, base: &Url) -> Option<Url> {
    html.tree.root().descendants().find_map(|node| {
        let in_script = node.parent().and_then(|up| {
            up.value()
                .as_element()
                .map(|element| element.name() == "script")
        });
        match node.value() {
            Node::Text(text) if in_script == Some(true) => {
                let at = text.find("location")?;
                let rest = &text[at..];
                let end = rest.find([';', '\n', '}']).unwrap_or(rest.len());
                resolve(base, from_script(&rest[..end])?)
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Extracted, Link, Page, Part, Person, extract};
    use url::Url;

    fn page(html: &str) -> Page {
        let url = Url::parse("http://www.a.go.th/x/index.php").unwrap();
        match extract(&url, Some("text/html"), html.as_bytes()) {
            Extracted::Page(page) => page,
            other => panic!("not a page: {other:?}"),
        }
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.blocks
            .iter()
            .map(|block| block.text.as_str())
            .collect()
    }

    fn link<'p>(page: &'p Page, label: &str) -> &'p Link {
        page.links.iter().find(|link| link.label == label).unwrap()
    }

    fn person<'p>(page: &'p Page, name: &str) -> &'p Person {
        page.people
            .iter()
            .find(|person| person.name == name)
            .unwrap()
    }

    #[test]
    fn text_is_read_in_order_without_scripts_and_with_lines() {
        let page = page(
            "<title> ก \n ข </title><style>p{}</style><h2>หัวข้อ</h2>ข้อความ<div>บรรทัด 1<br>บรรทัด 2</div>\
             <script>x='<p>ไม่อ่าน</p>'</script><noscript>ไม่อ่าน</noscript><ul><li>หนึ่ง<li>สอง</ul><dl><dt>คำ<dd>ความหมาย</dl>",
        );
        assert_eq!(page.title, "ก ข");
        assert_eq!(
            texts(&page),
            [
                "หัวข้อ",
                "ข้อความ",
                "บรรทัด 1\nบรรทัด 2",
                "หนึ่ง",
                "สอง",
                "คำ",
                "ความหมาย"
            ]
        );
        assert_eq!(page.blocks[0].level, 2);
    }

    #[test]
    fn hidden_panes_that_open_are_read_and_hidden_junk_is_not() {
        let page = page(
            "<a href='#t2'>ปี 2565</a><div id=t2 style='display: none'><a href=o.pdf>แผน</a></div>\
             <ul class=sub style='display:none'><li><a href=y>ย่อย</a></ul>\
             <div style='display:none'><a href=http://casino.example>บาคาร่า</a></div><p hidden>ลับ</p>",
        );
        assert_eq!(page.links.len(), 2);
        assert_eq!(link(&page, "แผน").under, ["ปี 2565"]);
        assert!(!texts(&page).contains(&"ลับ"));
    }

    #[test]
    fn parts_are_told_by_tag_by_class_and_by_place() {
        let page = page(
            "<header><h1>อบต.</h1></header><div id=navbar><a href=1>หน้าแรก</a><a href=2>ข่าว</a></div>\
             <div class='entry-header'><h2>ประกาศ</h2></div><main><header><p>หัวของเนื้อหา</p></header><p>เนื้อหาของหน้านี้ยาวกว่าหัวและท้ายของหน้า เพราะเป็นเรื่องที่ผู้อ่านมาหา และมีหลายบรรทัดให้อ่าน ไม่ใช่เมนู และไม่ใช่ท้ายหน้า</p></main>\
             <div><p>โทร 0 7529 0000</p><p>© 2565 ออกแบบและพัฒนาโดย บริษัท</p></div>",
        );
        let part = |text: &str| {
            let block = page.blocks.iter().find(|block| block.text.contains(text));
            block.map(|block| block.part)
        };
        assert_eq!(part("อบต."), Some(Part::Menu));
        assert_eq!(link(&page, "ข่าว").part, Part::Menu);
        assert_eq!(part("ประกาศ"), Some(Part::Content));
        assert_eq!(part("หัวของเนื้อหา"), Some(Part::Content));
        assert_eq!(part("โทร"), Some(Part::Footer));
    }

    #[test]
    fn a_side_column_of_a_layout_table_is_a_menu_and_a_list_of_links_is_not() {
        let menu: String = (0..8)
            .map(|n| format!("<a href=m{n}>เมนูที่ {n}</a><br>"))
            .collect();
        let running = "ข้อความของหน้า ".repeat(20);
        let layout = page(&format!(
            "<table><tr><td width=150>{menu}</td><td><p>{running}</p></td></tr></table>"
        ));
        assert_eq!(link(&layout, "เมนูที่ 3").part, Part::Menu);
        let list = page(&format!("<table><tr><td>{menu}</td></tr></table>"));
        assert_eq!(link(&list, "เมนูที่ 3").part, Part::Content);
    }

    #[test]
    fn a_wrapper_that_only_mentions_a_menu_is_content() {
        let running = "ข้อความของหน้า ".repeat(30);
        let page = page(&format!(
            "<div class='with-sidebar header-fixed'><p>{running}</p></div>"
        ));
        assert_eq!(page.blocks[0].part, Part::Content);
    }

    #[test]
    fn a_contact_page_is_not_its_own_foot() {
        let page = page(
            "<div><h2>ติดต่อเรา</h2></div><div><p>99 หมู่ 2 ตำบลก อำเภอข จังหวัดค 92150</p><p>โทร 0 7529 0000</p></div>",
        );
        assert!(page.blocks.iter().all(|block| block.part == Part::Content));
    }

    #[test]
    fn links_are_found_wherever_they_hide() {
        let page = page(
            "<base href='http://www.a.go.th/b/'><a href='a.php#x'>ก</a><table><tr onclick=\"location.href='row.php?id=1'\"><td>ข</td></tr></table>\
             <div onclick=\"window.open('/w.html','','width=3')\">ค</div><a href=\"javascript:openPdf('f.pdf')\">ง</a>\
             <select onchange=go()><option value=''>เลือก</option><option value='opt.php'>จ</option></select>\
             <select name=p><option value='นาย'>นาย</option></select><map><area href=m.html alt='แผนที่'></map>\
             <a href='mailto:a@b.go.th'>อีเมล</a><a href='tel:+6675290000'>โทร</a><a href='#'>บน</a><a href='javascript:void(0)'>เมนู</a>\
             <iframe src='https://docs.google.com/gview?url=http://www.a.go.th/o4.pdf'></iframe><a href=i><img src=e.jpg alt='แบนเนอร์'></a>",
        );
        let to: Vec<&str> = page.links.iter().map(|link| link.to.as_str()).collect();
        for wanted in [
            "http://www.a.go.th/b/a.php",
            "http://www.a.go.th/b/row.php?id=1",
            "http://www.a.go.th/w.html",
            "http://www.a.go.th/b/f.pdf",
            "http://www.a.go.th/b/opt.php",
            "http://www.a.go.th/b/m.html",
            "mailto:a@b.go.th",
            "tel:+6675290000",
            "http://www.a.go.th/o4.pdf",
        ] {
            assert!(to.contains(&wanted), "{wanted} in {to:?}");
        }
        assert_eq!(page.links.len(), 11);
        assert_eq!(link(&page, "แบนเนอร์").to.path(), "/b/i");
        assert_eq!(page.frames.len(), 1);
    }

    #[test]
    fn each_link_of_a_year_list_has_its_own_year() {
        let page = page(
            "<div><b>แผนพัฒนาท้องถิ่น</b><br>ปีงบประมาณ 2565<br><a href=65>ดาวน์โหลดที่นี่</a><br>ปีงบประมาณ 2564<br>\
             <a href=64>ดาวน์โหลดที่นี่</a></div>",
        );
        assert_eq!(page.links[0].under, ["ปีงบประมาณ 2565"]);
        assert_eq!(page.links[1].under, ["ปีงบประมาณ 2564"]);
        assert_eq!(page.links[1].row, "ดาวน์โหลดที่นี่");
    }

    #[test]
    fn several_links_in_a_line_share_it_out() {
        let before = page("<p>ต.ค. 64 <a href=1>ดูไฟล์</a> พ.ย. 64 <a href=2>ดูไฟล์</a></p>");
        assert_eq!(before.links[1].row, "พ.ย. 64 ดูไฟล์");
        let after = page("<p><a href=1>แผน</a> (1 ต.ค. 64) <a href=2>ผล</a> (5 เม.ย. 65)</p>");
        assert_eq!(after.links[0].row, "แผน (1 ต.ค. 64)");
        assert_eq!(after.links[1].row, "ผล (5 เม.ย. 65)");
        let years = page("<p>รายงาน : <a href=1>2564</a> | <a href=2>2565</a></p>");
        assert_eq!(years.links[1].row, "รายงาน : 2565");
    }

    #[test]
    fn a_download_button_takes_the_text_of_its_card_only() {
        let page = page(
            "<div class=list><div class=card><div>แผนปี 2565</div><small>1 ต.ค. 2564</small><div><a href=1>ดาวน์โหลด</a></div></div>\
             <div class=card><div>แผนปี 2564</div><div><a href=2>ดาวน์โหลด</a></div></div></div>",
        );
        assert_eq!(page.links[0].row, "แผนปี 2565 1 ต.ค. 2564 ดาวน์โหลด");
        assert_eq!(page.links[1].row, "แผนปี 2564 ดาวน์โหลด");
    }

    #[test]
    fn captions_of_groups_stand_above_their_links_only() {
        let page = page(
            "<h2>รายงาน</h2><table><tr><td colspan=2 bgcolor=#9c9>ปี 2565</td></tr><tr><td><a href=1>ก</a></td><td>x</td></tr>\
             <tr><td colspan=2 bgcolor=#9c9>ปี 2564</td></tr><tr><td><a href=2>ข</a></td><td>x</td></tr></table>\
             <p>เอกสารแนบ</p><ul><li><a href=3>ค</a></li></ul><details><summary>เก่า</summary><a href=4>ง</a></details><p><a href=5>จ</a></p>",
        );
        assert_eq!(link(&page, "ก").under, ["รายงาน", "ปี 2565"]);
        assert_eq!(link(&page, "ข").under, ["รายงาน", "ปี 2564"]);
        assert_eq!(link(&page, "ค").under, ["รายงาน", "เอกสารแนบ"]);
        assert_eq!(link(&page, "ง").under, ["รายงาน", "เก่า"]);
        assert_eq!(link(&page, "จ").under, ["รายงาน"]);
    }

    #[test]
    fn nested_lists_name_their_links() {
        let page = page(
            "<ul><li>การเงิน<ul><li>ปี 2565<ul><li><a href=1>ก</a></li></ul></li><li>ปี 2564<ul><li><a href=2>ข</a></li></ul></li></ul></li></ul>",
        );
        assert_eq!(link(&page, "ก").under, ["การเงิน", "ปี 2565"]);
        assert_eq!(link(&page, "ข").under, ["การเงิน", "ปี 2564"]);
    }

    #[test]
    fn a_cell_over_several_rows_belongs_to_each() {
        let page = page(
            "<table><tr><th>ปี</th><th>เดือน</th><th>ไฟล์</th></tr><tr><td rowspan=2>2565</td><td>ม.ค.</td><td><a href=1>เปิด</a></td></tr>\
             <tr><td>ก.พ.</td><td><a href=2>เปิด</a></td></tr></table>",
        );
        assert_eq!(page.links[1].row, "2565 | ก.พ. | เปิด");
        assert_eq!(page.tables[0].rows[1], ["2565", "ก.พ.", "เปิด"]);
    }

    #[test]
    fn headers_of_several_rows_are_joined_by_column() {
        let page = page(
            "<h3>ผลการเบิกจ่าย</h3><table border=1><tr><td rowspan=2>ที่</td><td colspan=2>งบประมาณ</td></tr><tr><td>ตั้งไว้</td><td>เบิกจ่าย</td></tr>\
             <tr><td>1</td><td>100</td><td>50</td></tr></table>",
        );
        assert_eq!(page.tables[0].title, "ผลการเบิกจ่าย");
        assert_eq!(
            page.tables[0].header,
            ["ที่", "งบประมาณ ตั้งไว้", "งบประมาณ เบิกจ่าย"]
        );
        assert_eq!(page.tables[0].rows, [["1", "100", "50"]]);
    }

    #[test]
    fn layout_tables_and_labelled_values_are_not_data() {
        let page = page(
            "<table><tr><td><a href=1>ข่าว</a></td><td>1 ม.ค. 65</td></tr><tr><td><a href=2>ข่าว 2</a></td><td>2 ม.ค. 65</td></tr></table>\
             <table><tr><td>ที่อยู่ :</td><td>หมู่ 2</td></tr><tr><td>โทร :</td><td>0 7529 0000</td></tr></table>\
             <table><tr><td><table><tr><td>ก</td></tr></table></td><td>ข</td></tr></table>",
        );
        assert_eq!(page.tables, []);
        assert_eq!(texts(&page)[0], "ข่าว | 1 ม.ค. 65");
    }

    #[test]
    fn a_header_without_rows_is_an_empty_table() {
        let page = page("<table><tr><th>เดือน</th><th>จำนวน</th></tr></table>");
        assert_eq!(page.tables[0].header, ["เดือน", "จำนวน"]);
        assert_eq!(page.tables[0].rows.len(), 0);
    }

    #[test]
    fn fields_are_named_by_what_stands_beside_them() {
        let page = page(
            "<h2>แจ้งเรื่องร้องเรียน</h2><form method=POST action='save.php'><label for=n>ชื่อ</label><input id=n>\
             <label>เรื่อง <textarea></textarea></label><table><tr><td>หลักฐาน :</td><td><input type=file></td></tr></table>\
             <input type=email placeholder='อีเมล'><input type=hidden name=t><input type=submit value='ส่งข้อมูล'></form>",
        );
        let form = &page.forms[0];
        assert_eq!(form.title, "แจ้งเรื่องร้องเรียน");
        assert!(form.post);
        assert_eq!(form.action.as_str(), "http://www.a.go.th/x/save.php");
        let fields: Vec<String> = form
            .fields
            .iter()
            .map(|field| format!("{}={}", field.kind, field.label))
            .collect();
        assert_eq!(
            fields,
            ["text=ชื่อ", "textarea=เรื่อง", "file=หลักฐาน", "email=อีเมล"]
        );
        assert_eq!(form.submit, "ส่งข้อมูล");
    }

    #[test]
    fn a_form_that_a_table_pushed_out_keeps_its_fields() {
        let page = page(
            "<table><form action=s.php method=post><tr><td>ชื่อ</td><td><input name=a></td></tr><tr><td><input type=submit value=ส่ง></td></tr></form></table>",
        );
        assert_eq!(page.forms.len(), 1);
        assert_eq!(page.forms[0].fields[0].label, "ชื่อ");
        assert_eq!(page.forms[0].submit, "ส่ง");
    }

    #[test]
    fn a_card_is_a_name_with_what_stands_around_it() {
        let page = page(
            "<h2>คณะผู้บริหาร</h2><div class=c><img src=a.jpg><h4>ว่าที่ ร.ต.สมชาย ใจดี</h4><p>นายก อบต.</p><p>โทร. 08-1234-5678</p>\
             <a href='mailto:s@a.go.th'><i class=icon></i></a></div><div class=c><img src=no-photo.png><h4>น.ส.มาลี ณ นคร</h4><p>รองนายก อบต.</p></div>\
             <div class=c><img src=b.jpg><p>- ว่าง -</p><p>ปลัด อบต.</p></div><p>ผู้ดูแลเว็บไซต์ โทร 089-000-3999</p>",
        );
        let first = person(&page, "ว่าที่ ร.ต.สมชาย ใจดี");
        assert_eq!(first.position, "นายก อบต.");
        assert!(first.photo);
        assert_eq!(first.contacts, ["08-1234-5678", "s@a.go.th"]);
        let second = person(&page, "น.ส.มาลี ณ นคร");
        assert!(!second.photo);
        assert!(second.contacts.is_empty());
        assert_eq!(person(&page, "ว่าง").position, "ปลัด อบต.");
        assert_eq!(page.people.len(), 3);
    }

    #[test]
    fn people_in_layout_tables_keep_their_own_photos() {
        let page = page(
            "<table><tr><td><img src=1.jpg></td><td><img src=2.jpg></td></tr><tr><td>นายหนึ่ง ใจดี<br>นายกเทศมนตรี<br>081-111-1111</td>\
             <td>นางสอง ใจงาม<br>ปลัดเทศบาล</td></tr></table>",
        );
        assert!(page.people.iter().all(|person| person.photo));
        assert_eq!(person(&page, "นายหนึ่ง ใจดี").contacts, ["081-111-1111"]);
        assert!(person(&page, "นางสอง ใจงาม").contacts.is_empty());
    }

    #[test]
    fn one_picture_for_everybody_is_nobodys_photo() {
        let page = page(
            "<div><img src=same.jpg><p>นายหนึ่ง ใจดี</p><p>นายก อบต.</p></div><div><img src=same.jpg><p>นายสอง ใจงาม</p><p>ปลัด อบต.</p></div>",
        );
        assert_eq!(page.people.len(), 2);
        assert!(page.people.iter().all(|person| !person.photo));
    }

    #[test]
    fn a_run_of_lines_is_shared_out_among_people() {
        let page = page(
            "<div id=detail><img src=1.jpg><br>นายหนึ่ง ใจดี<br>นายก อบต.<br>โทร 081-111-1111<br><img src=2.jpg><br>นางสอง ใจงาม<br>รองนายก อบต.<br>โทร 082-222-2222</div>",
        );
        let second = person(&page, "นางสอง ใจงาม");
        assert_eq!(
            (second.position.as_str(), second.photo),
            ("รองนายก อบต.", true)
        );
        assert_eq!(second.contacts, ["082-222-2222"]);
        assert_eq!(person(&page, "นายหนึ่ง ใจดี").contacts, ["081-111-1111"]);
    }

    #[test]
    fn a_table_row_of_a_person_is_a_person() {
        let page = page(
            "<table><tr><th>ที่</th><th>ชื่อ-สกุล</th><th>ตำแหน่ง</th><th>โทร</th></tr><tr><td>1</td><td>นายหนึ่ง ใจดี</td><td>นายก อบต.</td><td>081-111-1111</td></tr>\
             <tr><td>2</td><td>ว่าง</td><td>ปลัด อบต.</td><td>-</td></tr></table>",
        );
        assert_eq!(person(&page, "นายหนึ่ง ใจดี").position, "นายก อบต.");
        assert_eq!(person(&page, "นายหนึ่ง ใจดี").contacts, ["081-111-1111"]);
        assert_eq!(person(&page, "ว่าง").position, "ปลัด อบต.");
    }

    #[test]
    fn positions_and_sentences_are_not_people() {
        let page = page(
            "<ul><li>นายกองค์การบริหารส่วนตำบล กะลาเส</li><li>นายช่างโยธา ชำนาญงาน</li><li>นายกเทศมนตรี จำนวน 1 คน</li></ul>\
             <p>นายสุทิน โนนวงศ์ นายก อบต. เป็นประธานเปิดการประชุม</p><p>โดยมีนายหนึ่ง ใจดี ปลัด อบต. ร่วมงาน</p><p>ตำแหน่งว่าง</p>",
        );
        assert_eq!(page.people, []);
    }

    #[test]
    fn the_trail_is_read_from_its_list_or_its_line() {
        let list =
            page("<ol class=breadcrumb><li><a href=/>หน้าหลัก</a></li><li>ข่าว</li></ol><p>ก</p>");
        assert_eq!(list.breadcrumb, ["หน้าหลัก", "ข่าว"]);
        let line = page(
            "<div><a href=/>หน้าแรก</a> &raquo; <a href=/n>ข่าว</a> &raquo; ประกาศ</div><p>ก</p>",
        );
        assert_eq!(line.breadcrumb, ["หน้าแรก", "ข่าว", "ประกาศ"]);
        let not = page("<p><a href=/>หน้าแรก</a> ของเว็บไซต์</p>");
        assert!(not.breadcrumb.is_empty());
    }

    #[test]
    fn an_entry_page_leads_on() {
        let meta = page("<meta http-equiv=Refresh content='3; URL=home.php'><p>ทรงพระเจริญ</p>");
        assert_eq!(meta.links[0].to.path(), "/x/home.php");
        let script = page("<script>window.location.href = 'main/index.php';</script>");
        assert_eq!(script.links[0].to.path(), "/x/main/index.php");
    }

    #[test]
    fn frames_are_pages_of_their_own() {
        let page = page(
            "<frameset rows='1,*'><frame src=top.php><frameset cols='1,*'><frame src=left.php><frame src=main.php></frameset></frameset>",
        );
        let paths: Vec<&str> = page.frames.iter().map(|frame| frame.path()).collect();
        assert_eq!(paths, ["/x/top.php", "/x/left.php", "/x/main.php"]);
    }

    #[test]
    fn a_page_is_read_as_far_as_a_person_reads() {
        let read = |middle: &str| {
            let page = page(&format!("<body><p>ต้น</p>{middle}<p>ปลาย</p>"));
            let texts: Vec<String> = page.blocks.into_iter().map(|block| block.text).collect();
            let length: usize = texts.iter().map(String::len).sum();
            assert_eq!(texts.first().map(String::as_str), Some("ต้น"));
            assert!(length < 2 << 20, "{length}");
            texts.last().is_some_and(|last| last == "ปลาย")
        };
        // What a browser fetches for itself is not read.
        assert!(read(&format!(
            "<script>{}</script>",
            "var a;".repeat(1 << 20)
        )));
        assert!(read(&format!(
            "<img src='data:image/png;base64,{}'>",
            "A".repeat(4 << 20)
        )));
        assert!(read(&format!("<!-- {} -->", "ก".repeat(1 << 20))));
        assert!(read(&"<p class=a id=b>ก</p>".repeat(20_000)));
        assert!(!read(&"ข้อความ ".repeat(200_000)));
        assert!(!read(&"ข้อ < ความ ".repeat(100_000)));
        assert!(!read(&format!(
            "<textarea>{}</textarea>",
            "ก".repeat(1 << 20)
        )));
        assert!(!read(&"<b>".repeat(500_000)));
        assert!(!read(&"<p a b c d e f g h i>".repeat(100_000)));
        // One tag with a very long name, as a browser sees it: what follows is text.
        assert!(read(&"<a".repeat(1 << 20)));
    }

    #[test]
    fn hostile_pages_end_soon() {
        let n = 60_000;
        let bombs = [
            "<div>".repeat(n),
            "<table><tr><td>".repeat(n),
            "<b class=x>".repeat(n),
            (0..n)
                .map(|i| format!("<font size={i}><p>"))
                .collect::<String>(),
            "<ul><li>".repeat(n),
            format!(
                "<a {}>x</a>",
                (0..n).map(|i| format!("a{i}=1 ")).collect::<String>()
            ),
            "<a href=x>".repeat(n),
            "<span onclick=\"location='x'\">".repeat(n),
            format!(
                "<table><tr>{}</table>",
                "<td colspan=1000 rowspan=60000>x".repeat(2000)
            ),
            "นายหนึ่ง ใจดี<br>".repeat(n),
            format!("{}<![CDATA[{}", "<p>".repeat(n), "</b>".repeat(n)),
            format!("{}{}", "<form>".repeat(n), "<input>".repeat(n)),
            "<svg><foreignObject>".repeat(n),
            "<!--".repeat(n),
            "<select><option>".repeat(n),
        ];
        for bomb in bombs {
            let begun = std::time::Instant::now();
            page(&format!("<body>{bomb}"));
            let name: String = bomb.chars().take(30).collect();
            assert!(
                begun.elapsed().as_secs() < 10,
                "{name}: {:?}",
                begun.elapsed()
            );
        }
    }
}
