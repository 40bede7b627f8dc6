//! The language's own words on texts and lists, at their price: what is done natively costs fuel by what it goes through.
//!
//! Rhai counts one step for a call, however long the text. Registered over the packages' own words of the same names.

use std::any::TypeId;

use rhai::{Array, Dynamic, Engine, EvalAltResult, ImmutableString, NativeCallContext, Position};

use super::sandbox::{TEXT_LIMIT, spend};

type Fallible<T> = Result<T, Box<EvalAltResult>>;

/// Bytes of text that one step pays for.
const BYTES: usize = 64;
/// Lists in lists that are compared.
const DEPTH: usize = 64;

/// The fault about a text or a list that would grow too long.
pub(super) fn too_large<T>() -> Fallible<T> {
    Err(EvalAltResult::ErrorDataTooLarge("Length".into(), Position::NONE).into())
}

fn read(text: &str) {
    spend(text.len() / BYTES);
}

pub(super) fn register(engine: &mut Engine) {
    texts(engine);
    lists(engine);
    by_name(engine);
}

fn texts(engine: &mut Engine) {
    type Text = ImmutableString;
    engine
        .register_fn("to_upper", |text: Text| -> Text {
            read(&text);
            text.to_uppercase().into()
        })
        .register_fn("to_lower", |text: Text| -> Text {
            read(&text);
            text.to_lowercase().into()
        })
        .register_fn("make_upper", |text: &mut Text| {
            read(text);
            *text = text.to_uppercase().into();
        })
        .register_fn("make_lower", |text: &mut Text| {
            read(text);
            *text = text.to_lowercase().into();
        })
        .register_fn("contains", |text: &str, part: &str| {
            read(text);
            text.contains(part)
        })
        .register_fn("contains", |text: &str, part: char| {
            read(text);
            text.contains(part)
        })
        .register_fn("index_of", |text: &str, part: &str| {
            read(text);
            index(text, text.find(part))
        })
        .register_fn("index_of", |text: &str, part: char| {
            read(text);
            index(text, text.find(part))
        })
        .register_fn("split", |text: &mut Text| -> Fallible<Array> {
            read(text);
            parts(text.split_whitespace())
        })
        .register_fn("split", |text: &mut Text, by: &str| -> Fallible<Array> {
            read(text);
            parts(text.split(by))
        })
        .register_fn("split", |text: &mut Text, by: char| -> Fallible<Array> {
            read(text);
            parts(text.split(by))
        })
        .register_fn("remove", |text: &mut Text, part: &str| {
            read(text);
            *text = text.replace(part, "").into();
        })
        .register_get("len", |text: &mut Text| -> i64 {
            read(text);
            text.chars().count() as i64
        })
        .register_fn("len", |text: &str| -> i64 {
            read(text);
            text.chars().count() as i64
        })
        .register_fn("replace", |text: &mut Text, find: Text, by: Text| {
            replace(text, &find, &by)
        })
        .register_fn("replace", |text: &mut Text, find: char, by: Text| {
            replace(text, find.encode_utf8(&mut [0; 4]), &by)
        });
}

fn index(text: &str, found: Option<usize>) -> i64 {
    found.map_or(-1, |at| text[..at].chars().count() as i64)
}

/// As many parts as a list may hold.
fn parts<'a>(all: impl Iterator<Item = &'a str>) -> Fallible<Array> {
    let mut list = Array::new();
    for part in all {
        if list.len() >= super::sandbox::LIST_LIMIT {
            return too_large();
        }
        list.push(part.to_owned().into());
    }
    Ok(list)
}

/// Rhai's own builds its result before looking at the limit: 64 KB into 64 KB makes 4 GB.
fn replace(text: &mut ImmutableString, find: &str, by: &str) -> Fallible<()> {
    let grown = text
        .matches(find)
        .count()
        .saturating_mul(by.len())
        .saturating_add(text.len());
    if grown > TEXT_LIMIT + text.len() {
        return too_large();
    }
    spend(grown / BYTES);
    *text = text.replace(find, by).into();
    Ok(())
}

fn lists(engine: &mut Engine) {
    engine
        .register_fn(
            "==",
            |rule: NativeCallContext, one: &mut Array, other: Array| -> Fallible<bool> {
                same_lists(&rule, one, &other, 0)
            },
        )
        .register_fn(
            "!=",
            |rule: NativeCallContext, one: &mut Array, other: Array| -> Fallible<bool> {
                same_lists(&rule, one, &other, 0).map(|same| !same)
            },
        )
        .register_fn(
            "contains",
            |rule: NativeCallContext, list: &mut Array, value: Dynamic| -> Fallible<bool> {
                for item in list.iter() {
                    if same(&rule, item, &value, 0)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            },
        )
        .register_fn(
            "index_of",
            |rule: NativeCallContext, list: &mut Array, value: Dynamic| -> Fallible<i64> {
                for (at, item) in list.iter().enumerate() {
                    if same(&rule, item, &value, 0)? {
                        return Ok(at as i64);
                    }
                }
                Ok(-1)
            },
        )
        .register_fn(
            "dedup",
            |rule: NativeCallContext, list: &mut Array| -> Fallible<()> {
                let mut kept = Array::new();
                for item in std::mem::take(list) {
                    let again = match kept.last() {
                        Some(last) => same(&rule, last, &item, 0)?,
                        None => false,
                    };
                    if !again {
                        kept.push(item);
                    }
                }
                *list = kept;
                Ok(())
            },
        )
        .register_fn("reverse", |list: &mut Array| {
            spend(list.len());
            list.reverse();
        });
}

fn same_lists(
    rule: &NativeCallContext,
    one: &[Dynamic],
    other: &[Dynamic],
    depth: usize,
) -> Fallible<bool> {
    if one.len() != other.len() {
        return Ok(false);
    }
    for (one, other) in one.iter().zip(other) {
        if !same(rule, one, other, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two values are the same; values of different types are not, numbers aside.
fn same(rule: &NativeCallContext, one: &Dynamic, other: &Dynamic, depth: usize) -> Fallible<bool> {
    spend(1);
    if depth > DEPTH {
        return too_large();
    }
    if let (Some(one), Some(other)) = (
        one.read_lock::<ImmutableString>(),
        other.read_lock::<ImmutableString>(),
    ) {
        read(&one);
        return Ok(*one == *other);
    }
    if let (Some(one), Some(other)) = (one.read_lock::<Array>(), other.read_lock::<Array>()) {
        return same_lists(rule, &one, &other, depth + 1);
    }
    if let (Ok(one), Ok(other)) = (one.as_int(), other.as_int()) {
        return Ok(one == other);
    }
    let number = |value: &Dynamic| value.is_int() || value.is_float();
    let comparable = one.type_id() == other.type_id() || number(one) && number(other);
    if !comparable {
        return Ok(false);
    }
    if one.is_unit() {
        return Ok(true);
    }
    let (mut one, mut other) = (one.clone(), other.clone());
    let answer = rule.call_native_fn_raw("==", true, &mut [&mut one, &mut other])?;
    Ok(answer.as_bool().unwrap_or(false))
}

/// Functions given by their name call anything, looked for by nobody when the script was loaded: they are given as
/// `|x| …` instead.
fn by_name(engine: &mut Engine) {
    let refuse = || -> Fallible<Dynamic> {
        Err("ให้ส่งคำสั่งเป็น |x| … ไม่ใช่ชื่อในเครื่องหมายคำพูด".into())
    };
    let known = engine.collect_fn_metadata(
        None,
        |function| {
            let data = function.metadata;
            let kinds = &data.param_types;
            let named = kinds.first() == Some(&TypeId::of::<Array>())
                && kinds.get(1) == Some(&TypeId::of::<ImmutableString>())
                && data.params_info.get(1).is_some_and(|info| {
                    ["filter", "map", "compar", "reduc"]
                        .iter()
                        .any(|word| info.starts_with(word))
                });
            named.then(|| (data.name.to_string(), kinds.to_vec()))
        },
        true,
    );
    for (name, kinds) in known {
        match kinds[2..] {
            [] => {
                engine.register_fn(name, move |_: &mut Array, _: &str| refuse());
            }
            [third] if third == TypeId::of::<i64>() => {
                engine.register_fn(name, move |_: &mut Array, _: &str, _: i64| refuse());
            }
            _ => {
                engine.register_fn(name, move |_: &mut Array, _: &str, _: Dynamic| refuse());
            }
        }
    }
}
