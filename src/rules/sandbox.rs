//! Where scripts run: an engine that reaches nothing outside itself, and the fuel that ends every script.

use std::cell::Cell;
use std::sync::Once;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage,
    BasicStringPackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Engine, OptimizationLevel};

use super::priced;

/// Steps one call of a rule's function may take, about a tenth of a second.
pub const FUEL: u64 = 1_000_000;

/// Longest script file, bytes. The longest rule is a tenth of it.
pub const FILE_LIMIT: usize = 256 * 1024;

/// Longest text a rule may make or write, bytes.
pub const TEXT_LIMIT: usize = 64 * 1024;

/// How deep functions may call each other.
pub const CALL_LEVELS: usize = 32;

/// Most values in a list, those in lists within it among them.
pub const LIST_LIMIT: usize = 2000;

/// Words of the language that rules do without: files, code made at run time, errors swallowed, loops without an end.
pub const FORBIDDEN: [&str; 9] = [
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
    priced::register(&mut engine);
    for word in FORBIDDEN {
        engine.disable_symbol(word);
    }
    // The positions of a constant's keys survive only an unoptimised parse. Rhai's default limits differ between
    // debug and release builds, so all of them are stated.
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        .set_max_call_levels(CALL_LEVELS)
        .set_max_expr_depths(64, 32)
        .set_max_string_size(TEXT_LIMIT)
        .set_max_array_size(LIST_LIMIT)
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

/// Takes fuel for work that is done natively. Where none is left the script ends at its next step.
pub(super) fn spend(steps: usize) {
    let steps = u64::try_from(steps).unwrap_or(u64::MAX);
    FUEL_LEFT.with(|fuel| fuel.set(fuel.get().saturating_sub(steps)));
}

/// What this thread's last call of a rule's function took.
pub fn fuel_spent() -> u64 {
    FUEL_SPENT.get()
}
