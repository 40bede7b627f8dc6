//! `prongsai doctor`: what of the outside programs is installed, and how to install what is not.

use std::fmt::Write as _;
use std::io::Write as _;

use prongsai::ocr::{LANGUAGES, Toolbox};

use super::{Exit, Failure};

#[derive(clap::Args)]
pub(super) struct Args {}

pub(super) fn run() -> Result<Exit, Failure> {
    let told = tell(&Toolbox::look());
    // A reader such as `head` may leave early; that is no fault.
    let _ = std::io::stdout().write_all(told.as_bytes());
    Ok(Exit::Done)
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
        told.push_str("\nพร้อมใช้: ข้อที่ตัดสินไม่ได้เพราะเอกสารเป็นภาพ โปรแกรมจะลองอ่านด้วย OCR แล้วตัดสินใหม่\nตัวเลขไทยในภาพอ่านไม่ได้ ปีจึงดูจากชื่อลิงก์ หัวข้อ และเลขอารบิกเท่านั้น\n");
    } else {
        told.push_str("\nใช้งานได้โดยไม่ต้องติดตั้งเพิ่ม: ข้อที่เอกสารเป็นภาพจะส่งให้คนตรวจ\n");
        told.push_str("ถ้าต้องการให้โปรแกรมอ่านเอกสารสแกนเอง ติดตั้งดังนี้\n");
        told.push_str("  Debian, Ubuntu:  sudo apt install tesseract-ocr tesseract-ocr-tha\n");
        told.push_str("  Fedora:          sudo dnf install tesseract tesseract-langpack-tha\n");
        told.push_str("  macOS:           brew install tesseract tesseract-lang\n");
        told.push_str(
            "  Windows:         ติดตั้ง Tesseract (เลือกภาษา Thai) แล้วเพิ่มโฟลเดอร์ของโปรแกรมใน PATH\n",
        );
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
            no_thai.contains("มี     โปรแกรม tesseract 5.3.0") && no_thai.contains("apt install"),
            "{no_thai}"
        );
        let all = tell(&Toolbox {
            version: Some("5.3.0".into()),
            missing: vec![],
        });
        assert!(all.contains("พร้อมใช้") && !all.contains("apt install"));
    }
}
