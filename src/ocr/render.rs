//! A page of a PDF as a grey picture. Run in a child: a page of 100 bytes can ask for minutes and gigabytes.

use std::io::{Read, Write};

use pdfboss_core::Document as Pdf;
use pdfboss_render::{Pixmap, RenderOptions, render_page_with_options};

/// The command by which this program renders a page: PDF on standard input, PGM on standard output.
pub const RENDER_COMMAND: &str = "render-page";

/// Points an inch. Tesseract reads 200 as well as 300.
const DPI: f32 = 200.0;
/// Points of the largest picture: A3 has 7.7 million.
const POINTS_MAX: f32 = 16e6;
/// The largest file that is read.
const FILE_MAX: u64 = 128 << 20;

/// The page cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Spoilt {
    /// Not a PDF that can be read, or no such page.
    #[error("แสดงหน้า PDF เป็นภาพไม่ได้ ({0})\n  ตรวจว่าไฟล์เปิดได้ด้วยโปรแกรมอ่าน PDF")]
    Pdf(#[from] pdfboss_core::Error),
    /// Standard input or output failed.
    #[error("อ่านหรือเขียนข้อมูลไม่ได้ ({0})")]
    Pipe(#[from] std::io::Error),
}

/// Renders a page, from 0, of the PDF on `from` to `to`. Who starts this process sets its limits.
pub fn render(page: usize, from: impl Read, mut to: impl Write) -> Result<(), Spoilt> {
    let mut body = Vec::new();
    from.take(FILE_MAX).read_to_end(&mut body)?;
    to.write_all(&picture(body, page)?)?;
    Ok(to.flush()?)
}

fn picture(body: Vec<u8>, page: usize) -> Result<Vec<u8>, Spoilt> {
    let pdf = Pdf::load(body)?;
    let page = pdf.page(page)?;
    let (width, height) = (page.crop_box.width().abs(), page.crop_box.height().abs());
    let scale = (DPI / 72.0).min((POINTS_MAX / (width * height).max(1.0)).sqrt());
    let drawn = render_page_with_options(&pdf, &page, scale, &RenderOptions::default())?;
    Ok(grey(&drawn))
}

/// A PGM: the smallest picture format there is, and every image library reads it. White shows through.
fn grey(drawn: &Pixmap) -> Vec<u8> {
    let mut pgm = format!("P5\n{} {}\n255\n", drawn.width, drawn.height).into_bytes();
    pgm.extend(drawn.data.chunks_exact(4).map(|point| {
        let [red, green, blue, alpha] = [point[0], point[1], point[2], point[3]].map(u32::from);
        let luma = (red * 299 + green * 587 + blue * 114) / 1000;
        u8::try_from((luma * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
    }));
    pgm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_grey_on_white() {
        let drawn = Pixmap {
            width: 3,
            height: 1,
            data: vec![0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0],
        };
        assert_eq!(grey(&drawn), b"P5\n3 1\n255\n\x00\xFF\xFF");
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        assert!(picture(b"%PDF-1.4 nothing".to_vec(), 0).is_err());
    }
}
