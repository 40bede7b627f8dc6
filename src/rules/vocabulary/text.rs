//! Words about texts that a rule holds in its hand.

use rhai::Array;
use rhai::plugin::*;

use super::{Fallible, needles};
use crate::rules::priced::too_large;
use crate::rules::sandbox::{TEXT_LIMIT, spend};
use crate::thai::Text;

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
}

#[export_module]
mod words {
    /// ข้อความมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn has(text: &mut ImmutableString, words: Dynamic) -> Fallible<bool> {
        let needles = needles(&words)?;
        // Making a text ready takes the square of its length where nothing parts it.
        spend(needles.len() + text.len().saturating_mul(text.len()) / 20_000);
        Ok(Text::new(text.to_string()).has_any(&needles))
    }

    /// ต่อรายการข้อความด้วยตัวคั่น
    #[rhai_fn(pure, return_raw)]
    pub fn join(list: &mut Array, separator: &str) -> Fallible<String> {
        let mut joined = String::new();
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                joined.push_str(separator);
            }
            joined.push_str(&item.to_string());
            if joined.len() > TEXT_LIMIT {
                return too_large();
            }
        }
        spend(list.len() + joined.len() / 64);
        Ok(joined)
    }
}
