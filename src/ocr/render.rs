//! A page of a PDF, or a JPEG or PNG, as a grey picture of bounded size. Run in a child: 100 bytes can ask for minutes and
//! gigabytes.

use std::io::{Read, Write};

use pdfboss_core::Document as Pdf;
use pdfboss_render::{Pixmap, RenderOptions, render_page_with_options};

/// The command by which this program renders a page: PDF, JPEG or PNG on standard input, PGM on standard output.
pub const RENDER_COMMAND: &str = "render-page";

/// Points an inch. Tesseract reads 200 as well as 300.
const DPI: f32 = 200.0;
/// Points of the largest picture: A3 has 7.7 million.
const POINTS_MAX: f32 = 16e6;
/// Points of the largest PNG that is opened.
const POINTS_PNG: usize = 40_000_000;
/// The largest file that is read.
const FILE_MAX: u64 = 128 << 20;

/// The page cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Spoilt {
    /// Not a PDF that can be read, or no such page.
    #[error("แสดงหน้า PDF เป็นภาพไม่ได้ ({0})\n  ตรวจว่าไฟล์เปิดได้ด้วยโปรแกรมอ่าน PDF")]
    Pdf(#[from] pdfboss_core::Error),
    /// Not a JPEG that can be read.
    #[error("เปิดภาพ JPEG ไม่ได้ ({0})\n  ตรวจว่าไฟล์เปิดได้ด้วยโปรแกรมดูภาพ")]
    Jpeg(#[from] jpeg_decoder::Error),
    /// Not a PNG that can be read.
    #[error("เปิดภาพ PNG ไม่ได้ ({0})\n  ตรวจว่าไฟล์เปิดได้ด้วยโปรแกรมดูภาพ")]
    Png(#[from] png::DecodingError),
    /// No picture of a kind that is read here.
    #[error("ไม่ใช่ PDF JPEG หรือ PNG ที่อ่านได้")]
    Kind,
    /// Standard input or output failed.
    #[error("อ่านหรือเขียนข้อมูลไม่ได้ ({0})")]
    Pipe(#[from] std::io::Error),
}

/// Renders a page, from 0, of the PDF (or the picture) on `from` to `to`. Who starts this process sets its limits.
pub fn render(page: usize, from: impl Read, mut to: impl Write) -> Result<(), Spoilt> {
    let mut body = Vec::new();
    from.take(FILE_MAX).read_to_end(&mut body)?;
    let drawn = match body.get(..4) {
        Some([0xFF, 0xD8, ..]) => jpeg(&body)?,
        Some(b"\x89PNG") => png(&body)?,
        _ => picture(body, page)?,
    };
    to.write_all(&drawn)?;
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

fn jpeg(body: &[u8]) -> Result<Vec<u8>, Spoilt> {
    let mut decoder = jpeg_decoder::Decoder::new(body);
    decoder.read_info()?;
    let info = decoder.info().ok_or(Spoilt::Kind)?;
    let points = f32::from(info.width) * f32::from(info.height);
    // The decoder halves the sides of a picture that is too large while it decodes.
    let shrunk = (POINTS_MAX / points.max(1.0)).sqrt().min(1.0);
    let side = |long: u16| ((f32::from(long) * shrunk) as u16).max(1);
    let (width, height) = decoder.scale(side(info.width), side(info.height))?;
    let points = decoder.decode()?;
    let format = decoder.info().ok_or(Spoilt::Kind)?.pixel_format;
    use jpeg_decoder::PixelFormat;
    let grey: Vec<u8> = match format {
        PixelFormat::L8 => points,
        PixelFormat::L16 => points.chunks_exact(2).map(|point| point[0]).collect(),
        PixelFormat::RGB24 => points.chunks_exact(3).map(luma).collect(),
        // Ink of four colours; what JPEGs hold of it is turned round: 255 is no ink.
        PixelFormat::CMYK32 => {
            let light = |point: &[u8]| {
                let black = u32::from(point[3]);
                let colours =
                    [point[0], point[1], point[2]].map(|ink| (u32::from(ink) * black / 255) as u8);
                luma(&colours)
            };
            points.chunks_exact(4).map(light).collect()
        }
    };
    pgm(usize::from(width), usize::from(height), &grey)
}

pub(super) fn png(body: &[u8]) -> Result<Vec<u8>, Spoilt> {
    let limits = png::Limits {
        bytes: POINTS_PNG * 4,
    };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(body), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    if width.saturating_mul(height) > POINTS_PNG {
        return Err(Spoilt::Kind);
    }
    let channels = reader.output_color_type().0.samples();
    let grey_of = |points: &[u8]| -> Vec<u8> {
        let points = points.chunks_exact(channels);
        points
            .map(|point| match point {
                [grey] => *grey,
                [grey, alpha] => on_white(*grey, *alpha),
                [_, _, _, alpha] => on_white(luma(point), *alpha),
                _ => luma(point),
            })
            .collect()
    };
    let mut grey = Vec::with_capacity(width * height);
    if reader.info().interlaced {
        let size = reader.output_buffer_size().ok_or(Spoilt::Kind)?;
        let mut whole = vec![0; size];
        reader.next_frame(&mut whole)?;
        grey = grey_of(&whole);
    } else {
        while let Some(row) = reader.next_row()? {
            grey.extend(grey_of(row.data()));
        }
    }
    pgm(width, height, &grey)
}

fn luma(point: &[u8]) -> u8 {
    let [red, green, blue] = [point[0], point[1], point[2]].map(u32::from);
    u8::try_from((red * 299 + green * 587 + blue * 114) / 1000).unwrap_or(255)
}

fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
}

/// A PGM of a grey picture, its sides divided by a whole number when it is too large.
fn pgm(width: usize, height: usize, grey: &[u8]) -> Result<Vec<u8>, Spoilt> {
    if width == 0 || height == 0 || grey.len() != width * height {
        return Err(Spoilt::Kind);
    }
    let by = (grey.len() as f32 / POINTS_MAX).sqrt().ceil().max(1.0) as usize;
    let (wide, high) = (width / by, height / by);
    let mut pgm = format!("P5\n{wide} {high}\n255\n").into_bytes();
    if by == 1 {
        pgm.extend(grey);
        return Ok(pgm);
    }
    for y in 0..high {
        for x in 0..wide {
            let rows = grey.chunks_exact(width).skip(y * by).take(by);
            let sum: usize = rows
                .flat_map(|row| &row[x * by..(x + 1) * by])
                .map(|point| usize::from(*point))
                .sum();
            pgm.push(u8::try_from(sum / (by * by)).unwrap_or(255));
        }
    }
    Ok(pgm)
}

/// A PGM: the smallest picture format there is, and every image library reads it. White shows through.
fn grey(drawn: &Pixmap) -> Vec<u8> {
    let mut pgm = format!("P5\n{} {}\n255\n", drawn.width, drawn.height).into_bytes();
    pgm.extend(
        drawn
            .data
            .chunks_exact(4)
            .map(|point| on_white(luma(point), point[3])),
    );
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
    fn a_picture_is_drawn_in_grey_and_a_large_one_made_small() {
        let white = vec![255_u8; 5000 * 4000 * 3];
        let mut large = Vec::new();
        let mut encoder = png::Encoder::new(&mut large, 5000, 4000);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&white).unwrap();
        writer.finish().unwrap();
        let mut drawn = Vec::new();
        render(0, &large[..], &mut drawn).unwrap();
        assert!(drawn.starts_with(b"P5\n2500 2000\n255\n\xFF"));
        for broken in [&large[..200], b"\xFF\xD8\xFF\xE0 nothing", b"GIF89a"] {
            assert!(render(0, broken, &mut Vec::new()).is_err());
        }
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        assert!(picture(b"%PDF-1.4 nothing".to_vec(), 0).is_err());
    }
}
