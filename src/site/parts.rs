//! Where the parts of a text begin and what each is called, so that a quotation places its words.

/// Pages, sheets, slides, files of an archive, pictures: in the order of the text.
#[derive(Debug, Default)]
pub struct Parts(Vec<(usize, String)>);

impl Parts {
    /// A part begins at a byte; its name may be empty.
    pub fn begin(&mut self, at: usize, name: String) {
        self.0.push((at, name));
    }

    /// Bytes at which parts begin.
    pub fn starts(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|(start, _)| *start)
    }

    /// Words from a byte on, with the name of the part they stand in and how they were read.
    pub fn place(&self, at: usize, how: &str, words: &str) -> String {
        let part = self.0.iter().rfind(|(start, _)| *start <= at);
        let name = part.map_or("", |(_, name)| name.as_str());
        let place = [name, how].join(" ");
        let place = place.trim();
        if place.is_empty() {
            words.to_owned()
        } else {
            format!("{place}: {words}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_with_the_part_they_stand_in() {
        let mut parts = Parts::default();
        parts.begin(0, "แผน.pdf หน้า 1".to_owned());
        parts.begin(10, "แผ่นงาน ก.พ. 65".to_owned());
        assert_eq!(parts.place(9, "", "งบ"), "แผน.pdf หน้า 1: งบ");
        assert_eq!(
            parts.place(10, "(อ่านด้วย OCR)", "งบ"),
            "แผ่นงาน ก.พ. 65 (อ่านด้วย OCR): งบ"
        );
        assert_eq!(Parts::default().place(3, "", "งบ"), "งบ");
        assert_eq!(
            Parts::default().place(3, "(อ่านด้วย OCR)", "งบ"),
            "(อ่านด้วย OCR): งบ"
        );
    }
}
