//! Search keys and twins of addresses while a site is built: every page says again what its menu says.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use foldhash::fast::RandomState;
use url::Url;

use crate::fetch::address;
use crate::thai;

/// Keys by their texts and addresses.
#[derive(Default)]
pub(super) struct Keys {
    texts: Table,
    addresses: Table,
}

/// Whole texts are hashed, so the hash is one that reads them fast; nothing hangs on the order.
type Table = RefCell<HashMap<Rc<str>, Rc<str>, RandomState>>;

impl Keys {
    /// The search key of a text.
    pub(super) fn of(&self, text: &str) -> Rc<str> {
        known(&self.texts, text, || thai::key(text))
    }

    /// The key under which an address stands for all its twins.
    pub(super) fn twin(&self, url: &Url) -> Rc<str> {
        known(&self.addresses, url.as_str(), || address::twin(url))
    }
}

fn known(table: &Table, text: &str, make: impl FnOnce() -> String) -> Rc<str> {
    if let Some(key) = table.borrow().get(text) {
        return key.clone();
    }
    let key: Rc<str> = make().into();
    table.borrow_mut().insert(text.into(), key.clone());
    key
}
