//! What a script says in vain: words that find nothing more, statements nobody comes to, conditions that never change.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::fault::Fault;
use super::kind::Kind;
use super::lint::{Function, Script, Tree};
use super::types::returns;
use super::words::{Form, WORDS, Word, is_host};
use crate::thai::Needle;

/// Words of one list that are compared each with each. The longest list of a rule has a quarter of them.
const LIST: usize = 300;
/// Functions that a list is followed through.
const DEPTH: usize = 8;

/// What becomes of a list of words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Whether any is there: their order says nothing.
    Any,
    /// The first that is there is shown: a narrower word may stand before a wider one.
    First,
}

/// A parameter: the lib, the function, how many values it takes, which of them.
type ParamKey = (String, String, usize, usize);

/// Where lists of words go.
pub(super) struct Lists<'a> {
    words: BTreeMap<&'a str, Vec<&'a Word>>,
    libs: &'a BTreeMap<String, Tree>,
    known: RefCell<BTreeMap<ParamKey, Option<Use>>>,
}

impl<'a> Lists<'a> {
    pub(super) fn new(words: &'a [Word], libs: &'a BTreeMap<String, Tree>) -> Self {
        let mut named: BTreeMap<&str, Vec<&Word>> = BTreeMap::new();
        for word in words {
            named.entry(&word.name).or_default().push(word);
        }
        Self {
            words: named,
            libs,
            known: RefCell::default(),
        }
    }

    /// What a word of the host does with the value at a place, the one before the dot aside.
    fn of_host(&self, name: &str, method: bool, takes: usize, at: usize) -> Option<Use> {
        let mut all = self.words.get(name)?.iter().filter(|word| {
            let written = match method {
                true => word.form == Form::Method,
                false => word.form == Form::Function,
            };
            written && word.params.len() == takes && (is_host(&word.of) || word.of == "String")
        });
        let mut any = false;
        if !all.all(|word| {
            any = true;
            word.params.get(at).is_some_and(|param| param.kind == WORDS)
        }) || !any
        {
            return None;
        }
        match name {
            // What stands behind the word counts, so that a longer one is another word.
            "with_phone_after" | "with_number_after" => None,
            "mentioning" | "with_heading" => Some(Use::First),
            _ => Some(Use::Any),
        }
    }

    /// What a call does with the value at a place. `space` is the lib in which the call stands.
    fn of_call(
        &self,
        tree: &Tree,
        space: &str,
        call: &FnCallExpr,
        method: bool,
        at: usize,
        depth: usize,
    ) -> Option<Use> {
        let (name, takes) = (call.name.as_str(), call.args.len());
        if depth > DEPTH {
            return None;
        }
        if !method && call.is_qualified() {
            let space = call.namespace.to_string();
            let tree = self.libs.get(&space)?;
            let function = tree.function(name, takes)?;
            return self.of_param(tree, &space, function, at, depth + 1);
        }
        match tree.function(name, takes).filter(|_| !method) {
            Some(function) => self.of_param(tree, space, function, at, depth + 1),
            None => self.of_host(name, method, takes, at),
        }
    }

    /// What a function does with a value it is given: the same wherever it uses it, or nothing is known.
    fn of_param(
        &self,
        tree: &Tree,
        space: &str,
        function: &Function,
        at: usize,
        depth: usize,
    ) -> Option<Use> {
        let takes = function.params.len();
        let key = (space.to_owned(), function.name.to_string(), takes, at);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        self.known.borrow_mut().insert(key.clone(), None);
        let param = function.params.get(at)?.as_str();
        let mut uses = Vec::new();
        let mut path = Vec::new();
        for statement in &function.body {
            statement.walk(&mut path, &mut |path| {
                if let Some(ASTNode::Expr(Expr::Variable(parts, ..))) = path.last()
                    && parts.2.is_empty()
                    && parts.1 == param
                {
                    uses.push(self.use_of(tree, space, path, depth));
                }
                true
            });
        }
        let given = all(&uses);
        self.known.borrow_mut().insert(key, given);
        given
    }

    /// What becomes of the last expression of a path: it must be given to a call straight away.
    fn use_of(&self, tree: &Tree, space: &str, path: &[ASTNode], depth: usize) -> Option<Use> {
        let [.., parent, ASTNode::Expr(value)] = path else {
            return None;
        };
        let (call, method) = match parent {
            ASTNode::Stmt(Stmt::FnCall(call, _)) | ASTNode::Expr(Expr::FnCall(call, _)) => {
                (call, false)
            }
            ASTNode::Expr(Expr::MethodCall(call, _)) => (call, true),
            _ => return None,
        };
        let at = call.args.iter().position(|arg| std::ptr::eq(arg, *value))?;
        self.of_call(tree, space, call, method, at, depth)
    }

    /// Everything a script says in vain. `space` is the lib it is; empty for a rule.
    pub(super) fn faults(&self, script: &Script, tree: &Tree, space: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        let constants = &tree.constants;
        let mut uses: BTreeMap<String, Vec<Option<Use>>> = BTreeMap::new();
        let mut look = |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Variable(parts, ..))) if !parts.2.is_empty() => {
                    let used = self.use_of(tree, space, path, 0);
                    uses.entry(parts.1.to_string()).or_default().push(used);
                }
                Some(ASTNode::Expr(list @ Expr::Array(..))) => {
                    if let Some(used) = self.use_of(tree, space, path, 0) {
                        faults.extend(vain_words(script, list, used));
                    }
                }
                Some(ASTNode::Expr(Expr::Dot(parts, ..))) => {
                    faults.extend(vain_search(script, &parts.rhs, constants));
                }
                Some(ASTNode::Stmt(Stmt::If(parts, _))) => {
                    if let Some(always) = constant(&parts.expr) {
                        let word = if always {
                            "จริง"
                        } else {
                            "เท็จ"
                        };
                        let message = format!("เงื่อนไขนี้เป็น{word}เสมอ");
                        let place = parts.expr.start_position();
                        faults.push(script.fault(Kind::ConstantCondition, place, message));
                    }
                    for block in [&parts.body, &parts.branch] {
                        faults.extend(vain_statements(script, block.statements()));
                    }
                }
                Some(ASTNode::Stmt(Stmt::For(parts, _))) => {
                    faults.extend(vain_statements(script, parts.2.body.statements()));
                }
                Some(ASTNode::Stmt(Stmt::Block(block))) => {
                    faults.extend(vain_statements(script, block.statements()));
                }
                _ => {}
            }
            true
        };
        for statement in tree.functions.iter().flat_map(|function| &function.body) {
            statement.walk(&mut Vec::new(), &mut look);
        }
        for function in &tree.functions {
            faults.extend(vain_statements(script, &function.body));
        }
        for (name, uses) in &uses {
            if let (Some(list), Some(used)) = (constants.get(name), all(uses)) {
                faults.extend(vain_words(script, list, used));
            }
        }
        faults
    }
}

/// What is made of something all in all; unknown as soon as one use is.
fn all(uses: &[Option<Use>]) -> Option<Use> {
    let known: Option<Vec<Use>> = uses.iter().copied().collect();
    known?.into_iter().max()
}

/// The texts of a list that holds nothing else.
fn texts(list: &Expr) -> Option<Vec<(&str, Position)>> {
    let Expr::Array(items, _) = list else {
        return None;
    };
    items
        .iter()
        .map(|item| match item {
            Expr::StringConstant(text, place) => Some((text.as_str(), *place)),
            _ => None,
        })
        .collect()
}

/// Words of a list that find nothing, or nothing that another of them does not find.
fn vain_words(script: &Script, list: &Expr, used: Use) -> Vec<Fault> {
    let Some(texts) = texts(list).filter(|texts| texts.len() <= LIST) else {
        return Vec::new();
    };
    let needles: Vec<(Needle, Position)> = texts
        .iter()
        .map(|(text, place)| (Needle::parse(text), *place))
        .collect();
    let mut faults = Vec::new();
    for (at, (needle, place)) in needles.iter().enumerate() {
        if needle.is_empty() {
            let message = format!(
                "คำ `{}` ไม่มีตัวอักษรหรือตัวเลขให้ค้นหา จึงไม่พบอะไร",
                needle.as_str()
            );
            faults.push(script.fault(Kind::EmptyWord, *place, message));
            continue;
        }
        // Of two that find the same, the later one is in vain.
        let wider = needles.iter().enumerate().find(|(other, (wider, _))| {
            let before = *other < at;
            *other != at
                && (before || used == Use::Any)
                && wider.covers(needle)
                && (before || !needle.covers(wider))
        });
        if let Some((_, (wider, _))) = wider {
            let (narrow, wide) = (needle.as_str(), wider.as_str());
            let message = match narrow == wide {
                true => format!("คำ `{narrow}` มีในรายการนี้แล้ว ลบออกได้"),
                false => format!(
                    "คำ `{narrow}` ไม่ช่วยให้พบอะไรเพิ่ม เพราะ `{wide}` ในรายการเดียวกันพบอยู่แล้ว ลบออกได้"
                ),
            };
            faults.push(script.fault(Kind::UnreachableWord, *place, message));
        }
    }
    faults
}

/// `find(…).without(…)` that leaves out whatever it finds.
fn vain_search(script: &Script, chain: &Expr, constants: &BTreeMap<String, Expr>) -> Vec<Fault> {
    let written = |call: &FnCallExpr| -> Option<Vec<Needle>> {
        let [list] = &call.args[..] else { return None };
        let list = match list {
            Expr::Variable(parts, ..) if !parts.2.is_empty() => constants.get(parts.1.as_str())?,
            list => list,
        };
        let words: Vec<Needle> = texts(list)?
            .iter()
            .map(|(text, _)| Needle::parse(text))
            .collect();
        (!words.is_empty() && words.len() <= LIST).then_some(words)
    };
    let mut rest = chain;
    let mut wanted: Option<Vec<Needle>> = None;
    let mut faults = Vec::new();
    loop {
        let (step, next) = match rest {
            Expr::Dot(parts, ..) => (&parts.lhs, Some(&parts.rhs)),
            step => (step, None),
        };
        if let Expr::MethodCall(call, place) = step {
            match (call.name.as_str(), &wanted) {
                ("find" | "sections" | "named", _) => wanted = written(call),
                ("without", Some(found)) => {
                    let cut = written(call).unwrap_or_default();
                    let gone = |word: &Needle| cut.iter().any(|other| other.covers(word));
                    if found.iter().all(gone) {
                        let message = "คำใน `without` อยู่ในทุกคำที่ค้นหา จึงตัดทุกแห่งที่พบออกหมด";
                        faults.push(script.fault(Kind::UnreachableWord, *place, message));
                    }
                }
                _ => {}
            }
        }
        match next {
            Some(next) => rest = next,
            None => return faults,
        }
    }
}

fn vain_statements(script: &Script, statements: &[Stmt]) -> Option<Fault> {
    let end = statements.iter().position(returns)?;
    let next = statements.get(end + 1)?;
    let message = "ไม่มีทางมาถึงบรรทัดนี้ เพราะจบไปแล้วก่อนหน้า";
    Some(script.fault(Kind::UnreachableCode, next.position(), message))
}

/// What a condition always is, where nothing in it can change.
fn constant(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::BoolConstant(value, _) => Some(*value),
        Expr::And(items, _) => {
            let known: Vec<_> = items.iter().map(constant).collect();
            if known.contains(&Some(false)) {
                return Some(false);
            }
            known.iter().all(|one| *one == Some(true)).then_some(true)
        }
        Expr::Or(items, _) => {
            let known: Vec<_> = items.iter().map(constant).collect();
            if known.contains(&Some(true)) {
                return Some(true);
            }
            known.iter().all(|one| *one == Some(false)).then_some(false)
        }
        Expr::FnCall(call, _) if call.is_operator_call() => {
            match (call.name.as_str(), &call.args[..]) {
                ("!", [one]) => constant(one).map(|value| !value),
                (operator, [one, other]) => {
                    let (one, other) = (literal(one)?, literal(other)?);
                    match operator {
                        "==" => Some(one == other),
                        "!=" => Some(one != other),
                        _ => None,
                    }
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::IntegerConstant(number, _) => Some(number.to_string()),
        Expr::StringConstant(text, _) => Some(format!("\"{text}")),
        Expr::BoolConstant(value, _) => Some(value.to_string()),
        _ => None,
    }
}
