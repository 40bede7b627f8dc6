//! JSON apart: its shape, which many audits share, and the numbers in it.

use serde_json::{Number, Value};

use super::fault::StoreError;
use super::pack::{read_number, write_number};

/// Takes the numbers out of a value, in the order in which [`fill`] puts them back, and leaves zeros.
pub(super) fn part(value: &mut Value) -> Vec<u8> {
    let mut out = Vec::new();
    each(value, &mut |number| {
        write(&mut out, number);
        *number = Number::from(0);
        Ok(())
    })
    .unwrap_or_default();
    out
}

/// Puts the numbers back.
pub(super) fn fill(value: &mut Value, mut figures: &[u8]) -> Result<(), StoreError> {
    each(value, &mut |number| {
        *number = read(&mut figures).ok_or_else(|| StoreError::damaged("ตัวเลขของการตรวจขาดไป"))?;
        Ok(())
    })?;
    if figures.is_empty() {
        Ok(())
    } else {
        Err(StoreError::damaged("ตัวเลขของการตรวจเกินมา"))
    }
}

type Step<'a> = dyn FnMut(&mut Number) -> Result<(), StoreError> + 'a;

/// Audits nest a handful deep, and [`serde_json`] refuses a depth of 128.
fn each(value: &mut Value, step: &mut Step<'_>) -> Result<(), StoreError> {
    match value {
        Value::Number(number) => step(number),
        Value::Array(all) => all.iter_mut().try_for_each(|one| each(one, step)),
        Value::Object(all) => all.values_mut().try_for_each(|one| each(one, step)),
        _ => Ok(()),
    }
}

/// How a number is written: the kind in the lowest two bits of the first of one or two numbers.
const WHOLE: u64 = 0;
/// Hundredths, as points are.
const HUNDREDTHS: u64 = 1;
/// The eight bytes of a float follow.
const FLOAT: u64 = 2;
/// A whole number below zero or beyond 62 bits: eight bytes follow.
const LONG: u64 = 3;

fn write(out: &mut Vec<u8>, number: &Number) {
    if let Some(whole) = number.as_u64().filter(|whole| *whole < 1 << 62) {
        return write_number(out, whole << 2 | WHOLE);
    }
    if let Some(whole) = number.as_i64() {
        write_number(out, LONG);
        out.extend_from_slice(&whole.to_le_bytes());
        return;
    }
    let float = number.as_f64().unwrap_or_default();
    let hundredths = (float * 100.0).round();
    // Only a number that comes back to the bit.
    if float.is_sign_positive()
        && (0.0..1e15).contains(&hundredths)
        && (hundredths / 100.0).to_bits() == float.to_bits()
        && Number::from_f64(float).as_ref() == Some(number)
    {
        return write_number(out, (hundredths as u64) << 2 | HUNDREDTHS);
    }
    write_number(out, FLOAT);
    out.extend_from_slice(&float.to_le_bytes());
}

fn read(from: &mut &[u8]) -> Option<Number> {
    let word = read_number(from)?;
    let mut eight = || -> Option<[u8; 8]> {
        let (bytes, rest) = from.split_first_chunk::<8>()?;
        *from = rest;
        Some(*bytes)
    };
    match word & 3 {
        WHOLE => Some(Number::from(word >> 2)),
        HUNDREDTHS => Number::from_f64((word >> 2) as f64 / 100.0),
        FLOAT => Number::from_f64(f64::from_le_bytes(eight()?)),
        _ => Some(Number::from(i64::from_le_bytes(eight()?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_come_back_and_two_scores_share_their_shape() {
        let score = |low: f64| serde_json::json!({"low": low, "high": 91.5, "n": [3, -7, 0.1234]});
        let (mut one, mut other) = (score(88.25), score(90.0));
        let figures = part(&mut one);
        part(&mut other);
        assert_eq!(one, other);
        fill(&mut one, &figures).unwrap();
        assert_eq!(one, score(88.25));
    }

    #[test]
    fn figures_of_another_shape_are_damage() {
        let mut value = serde_json::json!([1, 2]);
        assert!(fill(&mut value, &[4]).is_err());
        assert!(fill(&mut value, &[4, 4, 4]).is_err());
    }

    proptest! {
        #[test]
        fn any_number_comes_back(float in any::<f64>(), whole in any::<i64>(), big in any::<u64>()) {
            prop_assume!(float.is_finite() && big <= i64::MAX as u64);
            let before = serde_json::json!([float, whole, big]);
            let mut value = before.clone();
            let figures = part(&mut value);
            fill(&mut value, &figures).unwrap();
            prop_assert_eq!(value, before);
        }
    }
}
