//! Where scripts run: an engine that reaches nothing outside itself, and the fuel that ends every script.

use std::cell::Cell;
use std::sync::Once;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Engine, EvalAltResult, ImmutableString, OptimizationLevel, Position};

/// Steps one call of a rule's function may take, about a tenth of a second.
pub const FUEL: u64 = 1_000_000;

/// Longest script file, bytes. The longest rule is a tenth of it.
pub const FILE_LIMIT: usize = 256 * 1024;

const TEXT_LIMIT: usize = 64 * 1024;

/// Words of the language that rules do without: files, code made at run time, errors swallowed, loops without an end.
const FORBIDDEN: [&str; 9] = [
    "eval", "import", "export", "try", "while", "loop", "do", "Fn", "this",
];

/// Fixed, so that names of closures and the order of functions are the same in every run.
const HASHING_SEED: [u64; 4] = [2564, 43, 10, 3];

thread_local! {
    static FUEL_LEFT: Cell<u64> = const { Cell::new(0) };
    static FUEL_SPENT: Cell<u64> = const { Cell::new(0) };
}

/// Fixes what Rhai would draw at random. Call it before anything else touches Rhai; calling it again does nothing.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if rhai::config::hashing::set_hashing_seed(Some(HASHING_SEED)).is_err() {
            tracing::warn!("rhai's hashing seed was set by somebody else");
        }
    });
}

/// An engine with the language, limits, and no vocabulary yet.
pub fn engine() -> Engine {
    prepare();
    let mut engine = Engine::new_raw();
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    BasicFnPackage::new().register_into_engine(&mut engine);
    bound_replace(&mut engine);
    for word in FORBIDDEN {
        engine.disable_symbol(word);
    }
    // The positions of a constant's keys survive only an unoptimised parse. Rhai's default limits differ between
    // debug and release builds, so all of them are stated.
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        .set_max_call_levels(32)
        .set_max_expr_depths(64, 32)
        .set_max_string_size(TEXT_LIMIT)
        .set_max_array_size(2000)
        .set_max_map_size(500)
        .set_max_variables(64)
        .set_max_functions(64)
        .set_max_modules(0);
    engine.on_print(|_| ());
    engine.on_debug(|_, _, _| ());
    engine.on_progress(|_| {
        FUEL_LEFT.with(|fuel| match fuel.get() {
            0 => Some("fuel".into()),
            left => {
                fuel.set(left - 1);
                None
            }
        })
    });
    engine
}

/// Runs something with a full tank.
///
/// Fuel and not time: the same rule on the same site stops at the same step on every machine. Rhai's own
/// `max_operations` is no bound, since calls of closures start counting anew.
pub(super) fn with_fuel<T>(run: impl FnOnce() -> T) -> T {
    FUEL_LEFT.set(FUEL);
    let result = run();
    FUEL_SPENT.set(FUEL - FUEL_LEFT.replace(0));
    result
}

/// What this thread's last call of a rule's function took.
pub fn fuel_spent() -> u64 {
    FUEL_SPENT.get()
}

/// Rhai's own `replace` builds its result before looking at the limit: 64 KB into 64 KB makes 4 GB.
fn bound_replace(engine: &mut Engine) {
    engine.register_fn(
        "replace",
        |text: &mut ImmutableString, find: ImmutableString, by: ImmutableString| {
            replace(text, &find, &by)
        },
    );
    engine.register_fn(
        "replace",
        |text: &mut ImmutableString, find: char, by: ImmutableString| {
            replace(text, find.encode_utf8(&mut [0; 4]), &by)
        },
    );
}

fn replace(text: &mut ImmutableString, find: &str, by: &str) -> Result<(), Box<EvalAltResult>> {
    let grown = text
        .matches(find)
        .count()
        .saturating_mul(by.len())
        .saturating_add(text.len());
    if grown > TEXT_LIMIT + text.len() {
        return Err(
            EvalAltResult::ErrorDataTooLarge("Length of string".into(), Position::NONE).into(),
        );
    }
    *text = text.replace(find, by).into();
    Ok(())
}
