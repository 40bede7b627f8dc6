//! Search keys while a site is built: every page says again what its menu says.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::thai;

/// Keys by their texts.
#[derive(Default)]
pub(super) struct Keys(RefCell<HashMap<String, Rc<str>>>);

impl Keys {
    /// The search key of a text.
    pub(super) fn of(&self, text: &str) -> Rc<str> {
        if let Some(key) = self.0.borrow().get(text) {
            return key.clone();
        }
        let key: Rc<str> = thai::key(text).into();
        self.0.borrow_mut().insert(text.to_owned(), key.clone());
        key
    }
}
