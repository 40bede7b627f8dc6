//! A page as people read it, for snapshots.

use std::fmt::Write;

use prongsai::extract::{Page, Part};

fn mark(part: Part) -> &'static str {
    match part {
        Part::Menu => "M",
        Part::Content => " ",
        Part::Footer => "F",
    }
}

/// The whole page in readable text.
pub(crate) fn dump(page: &Page) -> String {
    let mut out = String::new();
    let _ = write(page, &mut out);
    out
}

fn write(page: &Page, out: &mut String) -> std::fmt::Result {
    writeln!(out, "title: {}", page.title)?;
    writeln!(out, "trail: {}", page.breadcrumb.join(" > "))?;
    writeln!(out, "-- blocks")?;
    for block in &page.blocks {
        let level = if block.level > 0 {
            "#".repeat(block.level.into()) + " "
        } else {
            String::new()
        };
        let text = block.text.replace('\n', "\n     ");
        writeln!(out, "{}| {level}{text}", mark(block.part))?;
    }
    writeln!(out, "-- links")?;
    for link in &page.links {
        write!(out, "{}| [{}] {}", mark(link.part), link.label, link.to)?;
        if link.row != link.label {
            write!(out, "\n     row: {}", link.row)?;
        }
        if !link.under.is_empty() {
            write!(out, "\n     under: {}", link.under.join(" / "))?;
        }
        writeln!(out)?;
    }
    for table in &page.tables {
        writeln!(out, "-- table: {}", table.title)?;
        writeln!(out, "   = {}", table.header.join(" = "))?;
        for row in &table.rows {
            writeln!(out, "   - {}", row.join(" - "))?;
        }
    }
    for form in &page.forms {
        let method = if form.post { "POST" } else { "GET" };
        writeln!(
            out,
            "-- form {}: {} ({method} {})",
            mark(form.part).trim(),
            form.title,
            form.action
        )?;
        for field in &form.fields {
            writeln!(out, "   {}: {}", field.kind, field.label)?;
        }
        writeln!(out, "   [{}]", form.submit)?;
    }
    if !page.people.is_empty() {
        writeln!(out, "-- people")?;
    }
    for person in &page.people {
        let photo = if person.photo { " (photo)" } else { "" };
        writeln!(
            out,
            "   {} = {}{photo} {}",
            person.name,
            person.position,
            person.contacts.join(", ")
        )?;
    }
    for image in &page.images {
        writeln!(
            out,
            "-- image {}: {} {}",
            mark(image.part).trim(),
            image.src,
            image.alt
        )?;
    }
    for frame in &page.frames {
        writeln!(out, "-- frame: {frame}")?;
    }
    Ok(())
}
