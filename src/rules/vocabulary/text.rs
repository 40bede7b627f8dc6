//! Words about texts that a rule holds in its hand.

use rhai::Array;
use rhai::plugin::*;

use super::{Fallible, needles};
use crate::thai::Text;

pub(super) fn register(engine: &mut Engine) {
    engine.register_global_module(rhai::exported_module!(words).into());
}

#[export_module]
mod words {
    /// ข้อความมีคำใดคำหนึ่ง
    #[rhai_fn(pure, return_raw)]
    pub fn has(text: &mut ImmutableString, words: Dynamic) -> Fallible<bool> {
        Ok(Text::new(text.to_string()).has_any(&needles(&words)?))
    }

    /// ต่อรายการข้อความด้วยตัวคั่น
    #[rhai_fn(pure)]
    pub fn join(list: &mut Array, separator: &str) -> String {
        let texts: Vec<String> = list.iter().map(Dynamic::to_string).collect();
        texts.join(separator)
    }
}
