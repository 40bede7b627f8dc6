//! JSON → few bytes and back: one byte a Thai letter, deflated against a text that is known already.

use encoding_rs::{DecoderResult, EncoderResult, WINDOWS_874};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::fault::StoreError;

/// The longest text that is unpacked, bytes: far above any judged item, far below what harms.
const LONGEST: usize = 64 << 20;

/// JSON in one byte a Thai letter. Letters that windows-874 lacks become `\uXXXX`, which JSON reads as the same letter;
/// JSON has no letter beyond ASCII outside its strings, so any JSON can be written so.
pub(super) fn narrow(json: &str) -> Vec<u8> {
    let mut encoder = WINDOWS_874.new_encoder();
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    loop {
        let room = encoder
            .max_buffer_length_from_utf8_without_replacement(rest.len())
            .unwrap_or(rest.len() + 16);
        out.reserve(room);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut out, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return out,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(letter) => {
                let mut pair = [0; 2];
                for unit in letter.encode_utf16(&mut pair) {
                    out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
}

/// The JSON that [`narrow`] wrote; its escapes stay.
pub(super) fn widen(narrow: &[u8]) -> Result<String, StoreError> {
    let mut decoder = WINDOWS_874.new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length_without_replacement(narrow.len())
        .ok_or_else(|| StoreError::damaged("ข้อความยาวเกิน"))?;
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(narrow, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        _ => Err(StoreError::damaged("ข้อความมีอักขระที่อ่านไม่ได้")),
    }
}

/// Deflates `text` against `known`, which [`unpack`] needs too. The length comes first.
pub(super) fn pack(text: &[u8], known: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(text.len() / 4 + 32);
    write_number(&mut out, text.len() as u64);
    let mut deflate = Compress::new(Compression::best(), false);
    if !known.is_empty() {
        deflate
            .set_dictionary(known)
            .map_err(|error| StoreError::damaged(error.to_string()))?;
    }
    loop {
        let read = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
        let rest = text.get(read..).unwrap_or_default();
        out.reserve(rest.len() / 2 + 64);
        match deflate.compress_vec(rest, &mut out, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => return Ok(out),
            Ok(_) => {}
            Err(error) => return Err(StoreError::damaged(error.to_string())),
        }
    }
}

/// What [`pack`] packed.
pub(super) fn unpack(packed: &[u8], known: &[u8]) -> Result<Vec<u8>, StoreError> {
    let broken = || StoreError::damaged("ข้อความที่ย่อไว้คลายไม่ออก");
    let mut from = packed;
    let length = read_number(&mut from).ok_or_else(broken)?;
    let length = usize::try_from(length).map_err(|_| broken())?;
    if length > LONGEST {
        return Err(broken());
    }
    let mut inflate = Decompress::new(false);
    if !known.is_empty() {
        inflate.set_dictionary(known).map_err(|_| broken())?;
    }
    // One byte of room beyond the end lets the stream tell that it ended.
    let mut out = Vec::with_capacity(length + 1);
    match inflate.decompress_vec(from, &mut out, FlushDecompress::Finish) {
        Ok(Status::StreamEnd) if out.len() == length => Ok(out),
        _ => Err(broken()),
    }
}

/// Seven bits a byte, the lowest first.
pub(super) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// The next number; `None` at the end or when it is not one.
pub(super) fn read_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_thai_letter_takes_one_byte() {
        assert_eq!(narrow("\"โปร่งใส…“”\"").len(), 12);
    }

    /// Deflate looks back 32 kB: of a longer text only the end serves, and it serves on both sides.
    #[test]
    fn a_known_text_may_be_longer_than_what_deflate_looks_back_on() {
        let known: Vec<u8> = (0..200_000_u32)
            .map(|n| (n.wrapping_mul(n) >> 7) as u8)
            .collect();
        let text = &known[100_000..];
        let packed = pack(text, &known).unwrap();
        assert_eq!(unpack(&packed, &known).unwrap(), text);
        let end = &known[190_000..];
        assert!(pack(end, &known).unwrap().len() * 10 < pack(end, &[]).unwrap().len());
    }

    proptest! {
        /// Whatever a website's words are made of, they come back: through the escapes and through the packing.
        #[test]
        fn any_text_comes_back(text in any::<String>(), known in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            let small = narrow(&json);
            let known = known.as_bytes();
            let back = widen(&unpack(&pack(&small, known).unwrap(), known).unwrap()).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&back).unwrap(), text);
        }

        /// A damaged row is an error, not a panic and not a flood of memory.
        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes in any::<Vec<u8>>()) {
            let _ = unpack(&bytes, b"known");
            let _ = widen(&bytes);
        }

        #[test]
        fn any_number_comes_back(number in any::<u64>()) {
            let mut out = Vec::new();
            write_number(&mut out, number);
            prop_assert_eq!(read_number(&mut out.as_slice()), Some(number));
        }
    }
}
