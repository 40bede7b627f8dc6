//! Mistakes found when a script is loaded, before it meets a site. This is the only place that walks Rhai's syntax tree.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{
    AST, ASTFlags, ASTNode, Engine, Expr, FnAccess, FnCallExpr, Position, ScriptFuncDef, Stmt,
};

use super::data::{Datum, literal};
use super::fault::{CLOSURE, Fault, Texts, hint, unknown_variable};
use super::kind::Kind;
use super::outline::Outline;
use super::rule::Rule;
use crate::year::FiscalYear;

/// The function that says where on the site an item is.
pub(super) const LOCATE: &str = "locate";

/// Names of functions and how many values they take.
type Names = BTreeMap<String, BTreeSet<usize>>;

/// Everything a script may call: the host's vocabulary, the language's own functions, the libs.
pub(super) struct Vocabulary {
    functions: Names,
    properties: BTreeSet<String>,
    namespaces: BTreeMap<String, Names>,
    /// Libs that could not be read: whatever is called in them may be there.
    pub(super) vague: BTreeSet<String>,
}

impl Vocabulary {
    /// What an engine knows. `libs` are there even when they hold no function.
    pub(super) fn of<'a>(engine: &Engine, libs: impl IntoIterator<Item = &'a String>) -> Self {
        let known = engine.collect_fn_metadata(
            None,
            |function| {
                let data = function.metadata;
                let (name, space) = (data.name.to_string(), function.namespace.to_string());
                Some((space, name, data.num_params))
            },
            true,
        );
        let mut vocabulary = Self {
            functions: Names::new(),
            properties: BTreeSet::new(),
            namespaces: libs
                .into_iter()
                .map(|lib| (lib.clone(), Names::new()))
                .collect(),
            vague: BTreeSet::new(),
        };
        for (space, name, params) in known {
            if let Some(property) = name.strip_prefix("get$") {
                vocabulary.properties.insert(property.to_owned());
                continue;
            }
            let names = match space.as_str() {
                "" => &mut vocabulary.functions,
                space => vocabulary.namespaces.entry(space.to_owned()).or_default(),
            };
            names.entry(name).or_default().insert(params);
        }
        vocabulary
    }
}

/// One script, and how to report on it.
pub(super) struct Script<'a> {
    pub(super) file: &'a str,
    pub(super) ast: &'a AST,
    pub(super) texts: &'a Texts,
}

impl Script<'_> {
    pub(super) fn fault(&self, kind: Kind, place: Position, message: impl Into<String>) -> Fault {
        Fault::at(self.file, place, message, self.texts).of(kind)
    }

    /// Functions the author wrote, closures left out.
    pub(super) fn functions(&self) -> impl Iterator<Item = &ScriptFuncDef> {
        self.ast
            .iter_fn_def()
            .map(AsRef::as_ref)
            .filter(|function| !function.name.starts_with(CLOSURE))
    }

    /// Where a function's name stands; the tree keeps only where its body begins.
    pub(super) fn place_of(&self, function: &ScriptFuncDef) -> Position {
        let body = function.body.start_position();
        let last = body.line().unwrap_or(usize::MAX);
        let lines = self.texts.get(self.file).map_or("", String::as_str).lines();
        let found = lines.take(last).enumerate().filter_map(|(index, line)| {
            let (head, tail) = line.split_once("fn ")?;
            let declares = matches!(head.trim(), "" | "private");
            let name = tail.trim_start();
            let rest = name.strip_prefix(function.name.as_str())?.trim_start();
            let column = line.chars().count() - name.chars().count();
            (declares && rest.starts_with('(')).then_some((index, column))
        });
        match found.last() {
            Some((line, column)) => place(line + 1, column + 1),
            None => body,
        }
    }
}

/// A function with its statements, which Rhai shows only on a walk.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) params: Vec<String>,
    pub(super) body: Vec<Stmt>,
    pub(super) start: Position,
}

/// A script taken apart: its constants and its functions, closures among them.
pub(super) struct Tree {
    pub(super) constants: BTreeMap<String, Expr>,
    pub(super) functions: Vec<Function>,
}

impl Tree {
    pub(super) fn of(ast: &AST) -> Self {
        let constants = ast
            .statements()
            .iter()
            .filter_map(|statement| match statement {
                Stmt::Var(parts, ..) => Some((parts.0.name.to_string(), parts.1.clone())),
                _ => None,
            });
        let functions = ast.iter_fn_def().map(|function| {
            let mut body = Vec::new();
            alone(ast, function).walk(&mut |path| {
                if let [ASTNode::Stmt(statement)] = path {
                    body.push((*statement).clone());
                }
                true
            });
            Function {
                name: function.name.to_string(),
                params: function.params.iter().map(ToString::to_string).collect(),
                body,
                start: function.body.start_position(),
            }
        });
        Self {
            constants: constants.collect(),
            functions: functions.collect(),
        }
    }

    /// The function of this name that takes so many values.
    pub(super) fn function(&self, name: &str, takes: usize) -> Option<&Function> {
        let mut all = self.functions.iter();
        all.find(|known| known.name == name && known.params.len() == takes)
    }
}

/// A script with one of its functions only: what a name means depends on the function it stands in.
/// (Rhai's `clone_functions_only_filtered` filters nothing when it starts from an empty module.)
fn alone(ast: &AST, function: &ScriptFuncDef) -> AST {
    let mut alone = ast.clone_functions_only();
    alone.retain_functions(|_, _, name, params| {
        name == function.name.as_str() && params == function.params.len()
    });
    alone
}

fn place(line: usize, column: usize) -> Position {
    match (u16::try_from(line), u16::try_from(column)) {
        (Ok(line), Ok(column)) => Position::new(line, column),
        _ => Position::NONE,
    }
}

/// Outside functions a script holds data only, so that loading it runs nothing.
pub(super) fn top_level(script: &Script) -> Vec<Fault> {
    let mut faults = Vec::new();
    for statement in script.ast.statements() {
        match statement {
            Stmt::Noop(_) => {}
            Stmt::Var(parts, flags, _) if flags.contains(ASTFlags::CONSTANT) => {
                if !literal(&parts.1) && !matches!(parts.0.name.as_str(), "RULE" | "PACK") {
                    let message = format!("ค่าคงที่ `{}` ต้องเป็นข้อมูลที่เขียนไว้ตรง ๆ", parts.0.name);
                    faults.push(script.fault(Kind::NotData, parts.0.pos, message));
                }
            }
            other => {
                let message = "นอกฟังก์ชันเขียนได้เฉพาะ `const ชื่อ = ข้อมูล;`";
                faults.push(script.fault(Kind::NotData, other.position(), message));
            }
        }
    }
    faults
}

/// Names in a script that nothing has, and functions that hide the host's.
pub(super) fn names(script: &Script, vocabulary: &Vocabulary) -> Vec<Fault> {
    let mut own = Names::new();
    let mut faults = Vec::new();
    for function in script.functions() {
        let (name, params) = (function.name.to_string(), function.params.len());
        let hides = vocabulary
            .functions
            .get(&name)
            .is_some_and(|known| known.contains(&params));
        if hides {
            let message = format!("ชื่อ `{name}` เป็นคำสั่งของระบบอยู่แล้ว ให้ตั้งชื่ออื่น");
            faults.push(script.fault(Kind::ShadowsName, script.place_of(function), message));
        }
        own.entry(name).or_default().insert(params);
    }
    let mut keys = BTreeSet::new();
    let mut constants = BTreeSet::new();
    for statement in script.ast.statements() {
        if let Stmt::Var(parts, ..) = statement
            && parts.0.name != "RULE"
        {
            constants.insert(parts.0.name.as_str());
        }
    }
    script.ast.walk(&mut |path| {
        let data = matches!(path.first(), Some(ASTNode::Stmt(Stmt::Var(parts, ..))) if parts.0.name == "RULE");
        if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last()
            && !data
        {
            keys.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
        }
        true
    });
    let names = Scope {
        script,
        vocabulary,
        own: &own,
        keys: &keys,
        constants: &constants,
    };
    for function in script.ast.iter_fn_def() {
        alone(script.ast, function).walk(&mut |path| {
            faults.extend(path.last().and_then(|node| names.node(node, function)));
            true
        });
    }
    faults
}

struct Scope<'a> {
    script: &'a Script<'a>,
    vocabulary: &'a Vocabulary,
    own: &'a Names,
    /// Keys of the maps the script itself makes.
    keys: &'a BTreeSet<String>,
    constants: &'a BTreeSet<&'a str>,
}

/// What is wrong, without its place.
type Wrong = (Kind, String);

impl Scope<'_> {
    fn node(&self, node: &ASTNode, function: &ScriptFuncDef) -> Option<Fault> {
        let (place, (kind, message)) = match node {
            ASTNode::Stmt(Stmt::FnCall(call, place)) | ASTNode::Expr(Expr::FnCall(call, place)) => {
                let (kind, message) = self.call(call)?;
                let place = match kind {
                    Kind::UnknownNamespace => call.namespace.position(),
                    _ => *place,
                };
                (place, (kind, message))
            }
            ASTNode::Expr(Expr::MethodCall(call, place)) => (*place, self.method(call)?),
            ASTNode::Expr(Expr::Property(parts, place)) => (*place, self.property(&parts.2)?),
            ASTNode::Expr(Expr::Variable(parts, short, place)) if parts.2.is_empty() => {
                let name = &parts.1;
                let known = short.is_some()
                    || parts.0.is_some()
                    || function.params.contains(name)
                    || self.own.contains_key(name.as_str());
                if known {
                    return None;
                }
                (*place, (Kind::UnknownVariable, unknown_variable(name)))
            }
            ASTNode::Expr(Expr::Variable(parts, _, place)) => {
                (*place, self.constant(parts.2.root(), &parts.1)?)
            }
            _ => return None,
        };
        Some(self.script.fault(kind, place, message))
    }

    fn call(&self, call: &FnCallExpr) -> Option<Wrong> {
        let (name, given) = (call.name.as_str(), call.args.len());
        if call.is_operator_call() || matches!(name, "curry" | "call" | "type_of") {
            return None;
        }
        if call.is_qualified() {
            let space = call.namespace.to_string();
            if self.vocabulary.vague.contains(&space) {
                return None;
            }
            let Some(names) = self.vocabulary.namespaces.get(&space) else {
                let hint = hint(
                    &space,
                    self.vocabulary.namespaces.keys().map(String::as_str),
                );
                let message = format!("ไม่รู้จักชุดคำสั่ง `{space}`{hint}");
                return Some((Kind::UnknownNamespace, message));
            };
            return match names.get(name) {
                Some(takes) => wrong_count(name, takes, given, 0),
                None => {
                    let hint = hint(name, names.keys().map(String::as_str));
                    let message = format!("ชุดคำสั่ง `{space}` ไม่มี `{name}`{hint}");
                    Some((Kind::UnknownFunction, message))
                }
            };
        }
        let takes: BTreeSet<usize> = [self.own.get(name), self.vocabulary.functions.get(name)]
            .into_iter()
            .flatten()
            .flatten()
            .copied()
            .collect();
        if takes.is_empty() {
            let known = self.own.keys().chain(self.vocabulary.functions.keys());
            let hint = hint(name, known.map(String::as_str));
            let message = format!("ไม่รู้จักคำสั่ง `{name}`{hint}");
            return Some((Kind::UnknownFunction, message));
        }
        wrong_count(name, &takes, given, 0)
    }

    fn method(&self, call: &FnCallExpr) -> Option<Wrong> {
        let name = call.name.as_str();
        if name == "call" {
            return None;
        }
        if let Some(takes) = self.vocabulary.functions.get(name) {
            return wrong_count(name, takes, call.args.len() + 1, 1);
        }
        if self.vocabulary.properties.contains(name) {
            let message = format!("`{name}` เป็นคุณสมบัติ เขียน `.{name}` โดยไม่มีวงเล็บ");
            return Some((Kind::CallForm, message));
        }
        if self.own.contains_key(name) {
            let message = format!("`{name}` เป็นฟังก์ชันของไฟล์นี้ เรียกแบบ `{name}(…)`");
            return Some((Kind::CallForm, message));
        }
        let hint = hint(name, self.vocabulary.functions.keys().map(String::as_str));
        Some((
            Kind::UnknownFunction,
            format!("ไม่รู้จักคำสั่ง `.{name}()`{hint}"),
        ))
    }

    fn property(&self, name: &str) -> Option<Wrong> {
        let known = &self.vocabulary.properties;
        if known.contains(name) || self.keys.contains(name) {
            return None;
        }
        if self.vocabulary.functions.contains_key(name) {
            let message = format!("`{name}` เป็นคำสั่ง เขียน `.{name}(…)` โดยมีวงเล็บ");
            return Some((Kind::CallForm, message));
        }
        let hint = hint(name, known.iter().map(String::as_str));
        Some((
            Kind::UnknownProperty,
            format!("ไม่รู้จักคุณสมบัติ `.{name}`{hint}"),
        ))
    }

    fn constant(&self, space: &str, name: &str) -> Option<Wrong> {
        if space != "global" {
            let message =
                format!("ค่าคงที่ของ `{space}` อ่านจากไฟล์อื่นไม่ได้ ให้เขียนเป็นคำสั่ง `{space}::…()`");
            return Some((Kind::UnknownConstant, message));
        }
        let hint = hint(name, self.constants.iter().copied());
        let message = format!("ไฟล์นี้ไม่มีค่าคงที่ `{name}`{hint}");
        (!self.constants.contains(name)).then_some((Kind::UnknownConstant, message))
    }
}

/// `skip` is 1 for a method, whose first value stands before the dot.
fn wrong_count(name: &str, takes: &BTreeSet<usize>, given: usize, skip: usize) -> Option<Wrong> {
    if takes.contains(&given) {
        return None;
    }
    let takes: Vec<String> = takes
        .iter()
        .filter_map(|count| count.checked_sub(skip))
        .map(|count| count.to_string())
        .collect();
    let takes = takes.join(" หรือ ");
    let given = given - skip;
    let message = format!("คำสั่ง `{name}` รับค่า {takes} ตัว แต่ตรงนี้ให้ {given} ตัว");
    Some((Kind::WrongCount, message))
}

/// What ties the data of a rule to its functions.
pub(super) fn criteria(script: &Script, rule: &Rule, datum: &Datum) -> Vec<Fault> {
    let mut faults = Vec::new();
    if rule.criteria.is_empty() {
        let message = "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ";
        faults.push(script.fault(Kind::WrongValue, datum.place("criteria"), message));
    }
    let mut ids = BTreeSet::new();
    for (index, criterion) in rule.criteria.iter().enumerate() {
        let id = criterion.id.as_str();
        let here = datum.place(&format!("criteria/{index}/id"));
        if !is_name(id) || id == LOCATE {
            let message = format!("ชื่อเกณฑ์ `{id}` ต้องเป็น a-z 0-9 _ ขึ้นต้นด้วยตัวอักษร และไม่ใช่ locate");
            faults.push(script.fault(Kind::BadName, here, message));
        } else if !ids.insert(id) {
            let message = format!("มีเกณฑ์ชื่อ `{id}` อยู่แล้ว");
            faults.push(script.fault(Kind::DuplicateId, here, message));
        } else {
            let public = script
                .functions()
                .filter(|function| function.access == FnAccess::Public);
            let hint = hint(id, public.map(|function| function.name.as_str()));
            let missing = format!("เกณฑ์ `{id}` ไม่มีฟังก์ชันชื่อ {id}{hint}");
            faults.extend(one_function(script, id, 1..=2, here, &missing));
        }
    }
    let missing = "ไม่มี fn locate(site) ซึ่งบอกว่าข้อนี้อยู่ที่ใดของเว็บไซต์";
    faults.extend(one_function(
        script,
        LOCATE,
        1..=1,
        datum.place(""),
        missing,
    ));
    for function in script.functions() {
        let name = function.name.as_str();
        let expected = function.access == FnAccess::Private || name == LOCATE;
        if !expected && !ids.contains(name) {
            let hint = hint(name, ids.iter().copied());
            let message = format!("ไม่มีเกณฑ์ชื่อ `{name}`{hint} ถ้าใช้ภายในไฟล์ให้เขียน `private fn`");
            let place = script.place_of(function);
            faults.push(script.fault(Kind::FunctionWithoutCriterion, place, message));
        }
    }
    faults
}

fn one_function(
    script: &Script,
    name: &str,
    params: std::ops::RangeInclusive<usize>,
    asked: Position,
    missing: &str,
) -> Option<Fault> {
    let mut found: Vec<_> = script
        .functions()
        .filter(|function| function.name == name)
        .collect();
    found.sort_by_key(|function| function.params.len());
    match found[..] {
        [] => {
            let kind = match name {
                LOCATE => Kind::MissingLocate,
                _ => Kind::CriterionWithoutFunction,
            };
            Some(script.fault(kind, asked, missing))
        }
        [function] if params.contains(&function.params.len()) => None,
        [function] => {
            let shape = if name == LOCATE {
                "(site)"
            } else {
                "(found) หรือ (found, site)"
            };
            let message = format!("`{name}` ต้องรับ {shape}");
            Some(script.fault(Kind::WrongParameters, script.place_of(function), message))
        }
        [.., function] => {
            let message = format!("มีฟังก์ชันชื่อ `{name}` มากกว่าหนึ่ง");
            Some(script.fault(Kind::DuplicateId, script.place_of(function), message))
        }
    }
}

/// ASCII names: they become file names, JSON keys and names of functions.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_'))
}

/// Where a function of a script is declared.
pub(super) fn place_of(script: &Script, function: &str) -> Position {
    script
        .functions()
        .find(|known| known.name == function)
        .map_or(Position::NONE, |known| script.place_of(known))
}

/// An item's number: `O14`. It is a file name, so nothing else may be in it.
pub(super) fn is_item(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What must hold in an outline beyond its keys and types.
pub(super) fn outline(
    script: &Script,
    year: FiscalYear,
    outline: &Outline,
    datum: &Datum,
) -> Vec<Fault> {
    let mut wrong = Vec::new();
    let mut say = |path: &str, message: String| {
        wrong.push(script.fault(Kind::Outline, datum.place(path), message));
    };
    if outline.year != year {
        say(
            "year",
            format!("ไฟล์นี้อยู่ในโฟลเดอร์ {year} แต่เขียนว่าเป็นปี {}", outline.year),
        );
    }
    if outline.inherits.is_some_and(|older| older >= year) {
        say("inherits", "รับช่วงได้จากปีก่อนหน้าเท่านั้น".to_owned());
    }
    if !(0.0..=100.0).contains(&outline.measure_below) {
        say("measure_below", "ต้องอยู่ระหว่าง 0 ถึง 100".to_owned());
    }
    let weights: f64 = outline.tools.iter().map(|tool| tool.weight).sum();
    if (weights - 1.0).abs() > 1e-9 {
        say("tools", format!("น้ำหนักของเครื่องมือรวมกันได้ {weights} ต้องได้ 1"));
    }
    let mut seen = BTreeSet::new();
    let mut once = |path: &str, id: &str| {
        let message = format!("`{id}` ซ้ำ");
        let place = datum.place(path);
        (!seen.insert(id.to_owned())).then(|| script.fault(Kind::DuplicateId, place, message))
    };
    let mut repeated = Vec::new();
    for (t, tool) in outline.tools.iter().enumerate() {
        let path = format!("tools/{t}");
        repeated.extend(once(&format!("{path}/id"), &tool.id));
        if tool.indicators.is_empty() {
            say(&path, "เครื่องมือนี้ไม่มีตัวชี้วัด".to_owned());
        }
        for (i, indicator) in tool.indicators.iter().enumerate() {
            let path = format!("{path}/indicators/{i}");
            repeated.extend(once(&format!("{path}/id"), &indicator.id));
            match (indicator.groups.is_empty(), indicator.measure.is_some()) {
                (true, false) => say(&path, "ตัวชี้วัดที่ไม่มีตัวชี้วัดย่อยต้องมี `measure`".to_owned()),
                (false, true) => say(
                    &path,
                    "ตัวชี้วัดที่มีตัวชี้วัดย่อยใช้มาตรการของแต่ละข้อ ไม่ต้องมี `measure`".to_owned(),
                ),
                _ => {}
            }
            for (g, group) in indicator.groups.iter().enumerate() {
                let path = format!("{path}/groups/{g}");
                repeated.extend(once(&format!("{path}/id"), &group.id));
                if group.items.is_empty() {
                    say(&path, "ตัวชี้วัดย่อยนี้ไม่มีข้อ".to_owned());
                }
                for (n, item) in group.items.iter().enumerate() {
                    let path = format!("{path}/items/{n}");
                    repeated.extend(once(&path, item.item()));
                    if !is_item(item.item()) {
                        say(
                            &path,
                            format!("เลขข้อ `{}` ต้องเป็นอักษรอังกฤษและตัวเลข เช่น O14", item.item()),
                        );
                    }
                }
            }
        }
    }
    let descending = outline
        .grades
        .windows(2)
        .all(|pair| pair[0].from > pair[1].from);
    if !descending || outline.grades.last().is_none_or(|last| last.from != 0.0) {
        say(
            "grades",
            "ระดับต้องเรียงจากสูงไปต่ำ และระดับสุดท้ายเริ่มที่ 0".to_owned(),
        );
    }
    wrong.extend(repeated);
    wrong
}
