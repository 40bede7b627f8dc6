//! What a rule asked and saw, call by call: for explaining a verdict, not for reaching one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use rhai::debugger::{DebuggerCommand, DebuggerEvent};
use rhai::{Engine, EvalContext, Position};

use super::fault::CLOSURE;
use super::vocabulary::{self, Seen};

/// Calls that are kept; a rule takes a few dozen.
const MOST: usize = 4000;

thread_local! {
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

/// One word of the vocabulary that a rule used, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The functions on the way, outermost first: `["six_months", "first_half"]`.
    pub functions: Vec<String>,
    /// The script in which the call stands.
    pub file: String,
    /// Its line, from 1; 0 when unknown.
    pub line: usize,
    /// The word: `find`, `months`.
    pub word: String,
    /// What it was asked of; empty when of nothing.
    pub of: String,
    /// What else was given, each in words. `None` for a property.
    pub given: Option<Vec<String>>,
    /// What came of it.
    pub result: Seen,
}

/// Makes the vocabulary known to an engine that keeps what is called.
#[allow(
    deprecated,
    reason = "rhai marks its debugger as volatile; the version is pinned"
)]
pub fn register(engine: &mut Engine) {
    vocabulary::register(engine);
    let known = engine.collect_fn_metadata(
        None,
        |function| {
            Some((
                function.metadata.name.to_string(),
                function.metadata.num_params,
            ))
        },
        true,
    );
    let natives: Arc<BTreeSet<(String, usize)>> = Arc::new(known.into_iter().collect());
    engine.register_debugger(
        |_, debugger| debugger,
        move |context, event, _, _, position| {
            if let DebuggerEvent::FunctionExitWithValue(value) = event
                && let Some(step) = step(&context, value, position, &natives)
            {
                STEPS.with_borrow_mut(|steps| {
                    if steps.len() < MOST {
                        steps.push(step);
                    }
                });
            }
            Ok(DebuggerCommand::StepInto)
        },
    );
}

/// Runs something and gives back what rules called meanwhile, on this thread, in order.
pub fn traced<T>(run: impl FnOnce() -> T) -> (T, Vec<Step>) {
    STEPS.take();
    let result = run();
    (result, STEPS.take())
}

fn step(
    context: &EvalContext,
    value: &rhai::Dynamic,
    position: Position,
    natives: &BTreeSet<(String, usize)>,
) -> Option<Step> {
    let (call, outer) = context.debugger()?.call_stack().split_last()?;
    let name = call.fn_name.to_string();
    if outer.is_empty() || !natives.contains(&(name.clone(), call.args.len())) {
        return None;
    }
    let result = Seen::of(value, &call.args);
    let mut given = call.args.iter().map(|arg| Seen::of(arg, &[]));
    let of = given.next();
    let rest: Vec<Seen> = given.collect();
    let about_site = |seen: &Seen| seen.of_site;
    if !about_site(&result) && !of.iter().chain(&rest).any(about_site) {
        return None;
    }
    let property = name.strip_prefix("get$");
    let file = call.source.as_ref().map(ToString::to_string);
    Some(Step {
        functions: outer
            .iter()
            .map(|frame| match frame.fn_name.starts_with(CLOSURE) {
                true => "|…|".to_owned(),
                false => frame.fn_name.to_string(),
            })
            .collect(),
        file: file.unwrap_or_default(),
        line: call.pos.line().or_else(|| position.line()).unwrap_or(0),
        word: property.unwrap_or(&name).to_owned(),
        of: of
            .map(|seen| head(&seen.words).to_owned())
            .unwrap_or_default(),
        given: property.is_none().then(|| {
            let words = |seen: Seen| match seen.of_site {
                true => head(&seen.words).to_owned(),
                false => seen.words,
            };
            rest.into_iter().map(words).collect()
        }),
        result,
    })
}

/// `6 เดือน` of `6 เดือน: ตุลาคม 2563, …`: what a value is made of was shown when it came to be.
fn head(words: &str) -> &str {
    words.split_once(": ").map_or(words, |(head, _)| head)
}
