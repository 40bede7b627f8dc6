//! `prongsai doctor`: what of the outside programs is installed, and how to install what is not.

use std::fmt::Write as _;
use std::io::Write as _;

use prongsai::ocr::{LANGUAGES, Toolbox};

use super::{Exit, Failure};

#[derive(clap::Args)]
pub(super) struct Args {}

pub(super) fn run() -> Result<Exit, Failure> {
    let there = Toolbox::look();
    // A reader such as `head` may leave early; that is no fault.
    let _ = std::io::stdout().write_all(tell(&there).as_bytes());
    Ok(if there.is_complete() {
        Exit::Done
    } else {
        Exit::Gaps
    })
}

fn tell(there: &Toolbox) -> String {
    let mut told = String::from("การอ่านเอกสารสแกนและรูปภาพ (OCR)\n");
    let mark = |is_there| {
        if is_there {
            "มี   "
        } else {
            "ไม่มี"
        }
    };
    let version = there.version.as_deref().unwrap_or_default();
    let _ = writeln!(
        told,
        "  {}  โปรแกรม tesseract {version}",
        mark(there.version.is_some())
    );
    for (language, _) in LANGUAGES {
        let words = match language {
            "tha" => "ภาษาไทย",
            "eng" => "ภาษาอังกฤษ",
            _ => "การหาทิศของหน้า",
        };
        let _ = writeln!(
            told,
            "  {}  ข้อมูล{words} ({language})",
            mark(!there.missing.contains(&language))
        );
    }
    if there.is_complete() {
        told.push_str("\nพร้อมใช้: ข้อที่ตัดสินไม่ได้เพราะเอกสารเป็นภาพ โปรแกรมจะลองอ่านด้วย OCR แล้วตัดสินใหม่\nตัวเลขไทยในภาพอ่านได้เฉพาะปี และเฉพาะเมื่อแน่ใจทุกหลัก นอกนั้นดูจากชื่อลิงก์ หัวข้อ และเลขอารบิก\n");
    } else {
        told.push_str("\nใช้งานได้โดยไม่ต้องติดตั้งเพิ่ม: ข้อที่เอกสารเป็นภาพจะส่งให้คนตรวจ\n");
        told.push_str("ถ้าต้องการให้โปรแกรมอ่านเอกสารสแกนเอง ติดตั้งดังนี้ แล้วเรียก prongsai doctor อีกครั้ง\n");
        let is_there = there.version.is_some();
        let program = (!is_there).then_some("tesseract-ocr");
        // The program brings English and the turning of pages along.
        let languages = LANGUAGES
            .iter()
            .filter(|(name, _)| there.missing.contains(name) && (is_there || *name == "tha"));
        let debian: Vec<&str> = program
            .into_iter()
            .chain(languages.map(|(_, package)| *package))
            .collect();
        let (fedora, brew, windows) = if is_there {
            (
                "tesseract-langpack-tha tesseract-osd",
                "tesseract-lang",
                "เรียกตัวติดตั้ง Tesseract อีกครั้งแล้วเลือก Additional language data: Thai",
            )
        } else {
            (
                "tesseract tesseract-langpack-tha",
                "tesseract tesseract-lang",
                "winget install UB-Mannheim.TesseractOCR (เลือก Additional language data: Thai) แล้วเพิ่มโฟลเดอร์ของโปรแกรมใน PATH",
            )
        };
        let _ = writeln!(
            told,
            "  Debian, Ubuntu:  sudo apt install {}",
            debian.join(" ")
        );
        let _ = writeln!(told, "  Fedora:          sudo dnf install {fedora}");
        let _ = writeln!(told, "  macOS:           brew install {brew}");
        let _ = writeln!(told, "  Windows:         {windows}");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_with_what_to_do() {
        let none = tell(&Toolbox {
            version: None,
            missing: vec!["tha", "eng", "osd"],
        });
        assert!(none.contains("sudo apt install tesseract-ocr tesseract-ocr-tha"));
        assert_eq!(none.matches("ไม่มี  ").count(), 4, "{none}");
        let no_thai = tell(&Toolbox {
            version: Some("5.3.0".into()),
            missing: vec!["tha"],
        });
        assert!(
            no_thai.contains("มี     โปรแกรม tesseract 5.3.0")
                && no_thai.contains("sudo apt install tesseract-ocr-tha\n")
                && no_thai.contains("brew install tesseract-lang\n"),
            "{no_thai}"
        );
        let all = tell(&Toolbox {
            version: Some("5.3.0".into()),
            missing: vec![],
        });
        assert!(all.contains("พร้อมใช้") && !all.contains("apt install"));
    }
}
