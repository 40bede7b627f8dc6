//! Numbers as a sheet shows them: its format codes, and dates as Thai readers write them.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::year::{Month, thai_date};

/// A cell's format code, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Format {
    /// For positive numbers, negative ones and zero.
    sections: Vec<Section>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Section {
    tokens: Vec<Token>,
    decimals: usize,
    is_grouped: bool,
    thousands: i32,
    percent: i32,
    is_general: bool,
    in_thai_digits: bool,
    is_buddhist: bool,
    day: bool,
    month: bool,
    /// Digits of the year.
    year: usize,
    time: bool,
    elapsed: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// `0`, `#` or `?` before the decimal point.
    Digit(char),
    /// The decimal point and what follows.
    Fraction,
    Words(String),
}

impl Format {
    /// Reads a code: `#,##0.00;[Red]-#,##0.00`, `[$-41E]d mmmm yyyy`.
    pub(super) fn new(code: &str) -> Self {
        Self {
            sections: split(code).iter().map(|part| Section::new(part)).collect(),
        }
    }

    /// A format by its number, where it has no code: those that Excel builds in, the Thai ones included.
    pub(super) fn built_in(number: u16) -> Self {
        Self::new(match number {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            14 => "d/m/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18..=21 | 45 | 47 => "h:mm",
            22 => "d/m/yyyy h:mm",
            37 | 38 => "#,##0;(#,##0)",
            39 | 40 => "#,##0.00;(#,##0.00)",
            41 | 42 => "#,##0;(#,##0);\"-\"",
            43 | 44 => "#,##0.00;(#,##0.00);\"-\"",
            46 => "[h]:mm",
            59 => "t0",
            60 => "t0.00",
            61 => "t#,##0",
            62 => "t#,##0.00",
            67 => "t0%",
            68 => "t0.00%",
            71 => "[$-D070000]d/m/bbbb",
            72 => "[$-D070000]d-mmm-bb",
            73 => "[$-D070000]d-mmm",
            74 => "[$-D070000]mmm-bb",
            77 => "[$-D070000]d/m/bbbb h:mm",
            75 | 76 | 78..=80 => "[$-D070000]h:mm",
            81 => "d/m/bb",
            _ => "General",
        })
    }

    /// What the reader of a cell sees; `from_1904` says which day is day zero.
    pub(super) fn shown(&self, value: f64, from_1904: bool) -> String {
        let nothing = Section::default();
        let (section, value) = match self.sections.as_slice() {
            [] => (&nothing, value),
            [_, negative, ..] if value < 0.0 => (negative, value.abs()),
            [_, _, zero, ..] if value == 0.0 => (zero, value),
            [first, ..] => (first, value),
        };
        let text = if section.is_moment() {
            section.moment(value, from_1904)
        } else {
            Some(section.number(value))
        };
        let text = text.unwrap_or_else(|| general(value));
        if section.in_thai_digits {
            in_thai_digits(&text)
        } else {
            text
        }
    }
}

/// Sections between semicolons that are not quoted.
fn split(code: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in code.chars().take(400) {
        let is_literal = is_quoted || is_escaped;
        is_escaped = !is_literal && matches!(c, '\\' | '_' | '*');
        is_quoted ^= c == '"' && (is_quoted || !is_literal);
        if c == ';' && !is_literal {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

impl Section {
    fn new(code: &str) -> Self {
        let mut section = Self::default();
        if code.to_ascii_lowercase().contains("general") {
            section.is_general = true;
        }
        let mut rest = code.chars().peekable();
        let mut in_fraction = false;
        let mut commas = 0;
        while let Some(c) = rest.next() {
            if !matches!(c, ',') {
                if matches!(c, '0' | '#' | '?') && commas > 0 {
                    section.is_grouped = true;
                    commas = 0;
                } else if commas > 0 {
                    section.thousands += commas;
                    commas = 0;
                }
            }
            match c {
                '"' => {
                    let words: String = rest.by_ref().take_while(|&c| c != '"').collect();
                    section.tokens.push(Token::Words(words));
                }
                '\\' => section.word(rest.next()),
                '_' | '*' => {
                    rest.next();
                }
                '[' => {
                    let inside: String = rest.by_ref().take_while(|&c| c != ']').collect();
                    section.bracket(&inside);
                }
                _ if section.is_general => {}
                '0' | '#' | '?' if in_fraction => section.decimals = (section.decimals + 1).min(9),
                '0' | '#' | '?' => section.tokens.push(Token::Digit(c)),
                '.' if !in_fraction => {
                    in_fraction = true;
                    section.tokens.push(Token::Fraction);
                }
                ',' => commas += i32::from(section.has_digits()),
                '%' => {
                    section.percent += 1;
                    section.word(Some('%'));
                }
                // Fractions and powers of ten are shown as plain numbers.
                'E' if matches!(rest.peek(), Some('+' | '-')) => section.is_general = true,
                'd' | 'D' => {
                    let letters = run(&mut rest, c);
                    section.day |= letters <= 2;
                }
                'm' | 'M' => {
                    let letters = run(&mut rest, c);
                    // Minutes follow hours, at most two letters.
                    section.month |= !(section.time && letters <= 2);
                }
                'y' | 'Y' => section.year = run(&mut rest, c),
                'b' | 'B' => {
                    section.year = run(&mut rest, c);
                    section.is_buddhist = true;
                }
                'h' | 'H' | 's' | 'S' => section.time = true,
                'A' | 'a' if matches!(rest.peek(), Some('M' | 'm' | '/')) => {
                    while rest.peek().is_some_and(|c| "AaPpMm/".contains(*c)) {
                        rest.next();
                    }
                }
                't' => section.in_thai_digits = true,
                '/' if section.has_digits() => section.is_general = true,
                '@' => section.is_general = true,
                c => section.word(Some(c)),
            }
        }
        section.thousands += commas;
        section
    }

    fn has_digits(&self) -> bool {
        self.tokens
            .iter()
            .any(|token| matches!(token, Token::Digit(_)))
    }

    fn word(&mut self, c: Option<char>) {
        self.tokens.extend(c.map(|c| Token::Words(c.to_string())));
    }

    /// `[$฿-41E]`, `[$-D07041E]` (digits, calendar, language), `[h]`, `[Red]`, `[>100]`.
    fn bracket(&mut self, inside: &str) {
        if let Some(locale) = inside.strip_prefix('$') {
            let (sign, code) = locale.rsplit_once('-').unwrap_or((locale, ""));
            let code = u32::from_str_radix(code, 16).unwrap_or(0);
            self.in_thai_digits |= code >> 24 == 0x0D;
            self.is_buddhist |= (code >> 16) & 0xFF == 7;
            if !sign.is_empty() {
                self.tokens.push(Token::Words(sign.to_owned()));
            }
        } else if matches!(
            inside.chars().next(),
            Some('h' | 'H' | 'm' | 'M' | 's' | 'S')
        ) && inside.chars().all(|c| "hHmMsS".contains(c))
        {
            self.elapsed = true;
        }
    }

    fn is_moment(&self) -> bool {
        !self.is_general && (self.day || self.month || self.year > 0 || self.time || self.elapsed)
    }

    fn number(&self, value: f64) -> String {
        let has_place = self.has_digits() || self.tokens.contains(&Token::Fraction);
        if !self.is_general && !has_place && !self.tokens.is_empty() {
            return self.words();
        }
        if self.is_general || !has_place {
            return general(value);
        }
        let scaled =
            value.abs() * 100f64.powi(self.percent.min(2)) / 1000f64.powi(self.thousands.min(3));
        if scaled >= 1e15 || !scaled.is_finite() {
            return general(value);
        }
        // Halves as people round them: 1,005.005 is stored a hair below.
        let text = format!("{:.*}", self.decimals, scaled * (1.0 + 1e-15));
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
        let mut digits: Vec<char> = whole.trim_start_matches('0').chars().collect();
        let mut left = self
            .tokens
            .iter()
            .filter(|token| matches!(token, Token::Digit(_)))
            .count();
        let mut out: Vec<String> = Vec::new();
        let mut count = 0;
        for token in self.tokens.iter().rev() {
            match token {
                Token::Words(words) => out.push(words.clone()),
                Token::Fraction if fraction.is_empty() => {}
                Token::Fraction => out.push(format!(".{fraction}")),
                Token::Digit(place) => {
                    left -= 1;
                    let mut piece = String::new();
                    // The first place shows all digits that are left.
                    loop {
                        let digit = match digits.pop() {
                            Some(digit) => digit,
                            None if *place == '0' && piece.is_empty() => '0',
                            None => break,
                        };
                        if self.is_grouped && count > 0 && count % 3 == 0 {
                            piece.push(',');
                        }
                        piece.push(digit);
                        count += 1;
                        if left > 0 || digits.is_empty() {
                            break;
                        }
                    }
                    out.push(piece.chars().rev().collect());
                }
            }
        }
        out.reverse();
        let text = out.concat();
        if value < 0.0 && !is_zero {
            format!("-{text}")
        } else {
            text
        }
        .trim()
        .to_owned()
    }

    fn words(&self) -> String {
        let words = self.tokens.iter().filter_map(|token| match token {
            Token::Words(words) => Some(words.as_str()),
            _ => None,
        });
        words.collect::<String>().trim().to_owned()
    }

    /// A day, a month, a year or an hour: the parts that the format shows.
    fn moment(&self, value: f64, from_1904: bool) -> Option<String> {
        if !(0.0..3_000_000.0).contains(&value) {
            return None;
        }
        let seconds = ((value.fract() * 86_400.0).round() as i64).min(86_399);
        let clock = format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
        if self.elapsed {
            let minutes = (value * 1440.0).round() as i64;
            return Some(format!("{}:{:02}", minutes / 60, minutes % 60));
        }
        if !self.day && !self.month && self.year == 0 {
            return Some(clock);
        }
        let day = day(value.trunc() as i64, from_1904)?;
        // Two digits of a year of the Buddhist era, which Excel took for one of the last century.
        if self.year > 0
            && self.year <= 2
            && !self.is_buddhist
            && (1943..2000).contains(&day.year())
        {
            let day_of = if self.day {
                format!("{}/", day.day())
            } else {
                String::new()
            };
            return Some(format!("{day_of}{}/{:02}", day.month(), day.year() % 100));
        }
        let day = if day.year() > 2400 {
            // Typed in the Buddhist era.
            Date::new(day.year() - 543, day.month(), day.day().min(28))
                .ok()
                .map(|moved| moved.with().day(day.day()).build().unwrap_or(moved))?
        } else {
            day
        };
        let month = Month::of(day);
        let name = Month::NAMES[usize::from(day.month().unsigned_abs() - 1)];
        let shown = match (self.day, self.month, self.year > 0) {
            (true, true, true) => thai_date(day),
            (true, true, false) => format!("{} {name}", day.day()),
            (_, true, true) => month.to_string(),
            (_, true, false) => name.to_owned(),
            (_, _, true) => month.year.to_string(),
            (_, _, _) => day.day().to_string(),
        };
        Some(if self.time && self.day {
            format!("{shown} {clock}")
        } else {
            shown
        })
    }
}

/// Letters of one kind in a row, the first one read.
fn run(rest: &mut std::iter::Peekable<std::str::Chars>, c: char) -> usize {
    let mut letters = 1;
    while rest.next_if(|next| next.eq_ignore_ascii_case(&c)).is_some() {
        letters += 1;
    }
    letters
}

/// The day by its number. Excel counts a 29 February 1900 that never was.
fn day(number: i64, from_1904: bool) -> Option<Date> {
    let zero = match (from_1904, number > 59) {
        (true, _) => Date::constant(1904, 1, 1),
        (false, true) => Date::constant(1899, 12, 30),
        (false, false) => Date::constant(1899, 12, 31),
    };
    let days: Span = number.days();
    zero.checked_add(days).ok()
}

/// A number without format. Sums of amounts carry the noise of binary fractions.
pub(super) fn general(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    if value.abs() >= 1e15 || !value.is_finite() {
        return format!("{value:e}");
    }
    let rounded = format!("{value:.6}");
    rounded
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

fn in_thai_digits(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0'..='9' => char::from_u32('๐' as u32 + c as u32 - '0' as u32).unwrap_or(c),
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thai::dates;

    fn shown(code: &str, value: f64) -> String {
        Format::new(code).shown(value, false)
    }

    /// 15 May 2021.
    const DAY: f64 = 44331.0;

    #[test]
    fn numbers_are_shown_as_their_format_says() {
        for (code, value, text) in [
            ("General", 2565.0, "2565"),
            ("General", 0.1 + 0.2, "0.3"),
            ("#,##0.00", 3_200_000.0, "3,200,000.00"),
            ("#,##0.00", 1005.005, "1,005.01"),
            ("#,##0", 999.0, "999"),
            ("#,##0", -1234.4, "-1,234"),
            ("#,##0.00;(#,##0.00)", -5.0, "(5.00)"),
            (
                r#"_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)"#,
                0.0,
                "-",
            ),
            (
                r#"_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)"#,
                1500.0,
                "1,500.00",
            ),
            (r#"#,##0.00" บาท""#, 12.5, "12.50 บาท"),
            ("[$฿-41E]#,##0.00", 99.0, "฿99.00"),
            ("0.00%", 0.975, "97.50%"),
            ("0%", 1.0, "100%"),
            ("0000", 42.0, "0042"),
            (r"0\-0000\-0000", 812_345_678.0, "8-1234-5678"),
            ("000-000-0000", 812_345_678.0, "081-234-5678"),
            ("#,##0,", 1_234_000.0, "1,234"),
            ("[Red]#,##0", 7.0, "7"),
            ("#,##0.00", 0.0, "0.00"),
            ("#.##", 0.5, ".50"),
            ("0", 1e300, "1e300"),
            ("# ?/?", 0.5, "0.5"),
            ("@", 25.0, "25"),
            ("t#,##0", 2565.0, "๒,๕๖๕"),
            ("[$-D00041E]0", 2565.0, "๒๕๖๕"),
        ] {
            assert_eq!(shown(code, value), text, "{code}");
        }
        assert_eq!(shown("0", f64::NAN), "NaN");
    }

    #[test]
    fn days_are_thai_dates_that_the_date_reader_reads() {
        for code in [
            "dd/mm/yyyy",
            "[$-41E]d mmmm yyyy",
            "[$-107041E]d mmmm yyyy;@",
            "[$-41E]d mmmm bbbb",
            "d mmm bb",
            "d/m/yy",
            r"d\ mmmm\ yyyy",
            "[$-F800]dddd, mmmm dd, yyyy",
        ] {
            let text = shown(code, DAY);
            assert_eq!(text, "15 พฤษภาคม 2564", "{code}");
            let read = dates::scan(&text).first().map(|mention| mention.when);
            assert_eq!(
                read,
                Some(dates::When::Day(Date::constant(2021, 5, 15))),
                "{code}"
            );
        }
        assert_eq!(shown("[$-D07041E]d mmmm yyyy", DAY), "๑๕ พฤษภาคม ๒๕๖๔");
        assert_eq!(Format::built_in(71).shown(DAY, false), "๑๕ พฤษภาคม ๒๕๖๔");
    }

    #[test]
    fn a_format_that_shows_less_than_a_day_says_no_more() {
        assert_eq!(shown("[$-41E]mmmm yyyy", DAY), "พฤษภาคม 2564");
        assert_eq!(shown("mmm-yy", DAY), "พฤษภาคม 2564");
        assert_eq!(shown("mmmm", DAY), "พฤษภาคม");
        assert_eq!(shown("bbbb", DAY), "2564");
        assert_eq!(shown("h:mm AM/PM", 0.5), "12:00");
        assert_eq!(shown("d/m/yyyy h:mm", DAY + 0.25), "15 พฤษภาคม 2564 06:00");
        assert_eq!(shown("[h]:mm", 1.5), "36:00");
    }

    #[test]
    fn years_typed_in_the_buddhist_era_stay_what_was_meant() {
        // 15/5/2564 typed as it stands.
        let typed = 44331.0 + 198_327.0;
        assert_eq!(shown("d/m/yyyy", typed), "15 พฤษภาคม 2564");
        // 15/5/64, kept as 1964 and shown as 15/5/64; with all four digits the reader sees 1964.
        let taken = 23512.0;
        assert_eq!(shown("d/m/yy", taken), "15/5/64");
        assert_eq!(shown("d/m/yyyy", taken), "15 พฤษภาคม 2507");
    }

    #[test]
    fn no_code_and_no_value_is_too_strange() {
        for code in [
            "",
            ";",
            "\"",
            "[",
            "[$",
            "\\",
            "_",
            "****",
            ";;;",
            "bbbbbbbbbb",
            "0.0.0.0,,,",
        ] {
            for value in [
                0.0,
                -1.0,
                1e308,
                f64::MIN,
                f64::INFINITY,
                f64::NAN,
                2_958_466.0,
            ] {
                let _ = shown(code, value);
            }
        }
        assert_eq!(shown(";;;", 5.0), "5");
    }
}
