//! Values that certainly are of the wrong type, seen without running the script.
//!
//! A criterion is given Places and the Site; what words give is in their signatures. Whatever is not certain is taken to be
//! right: a rule that works is never blamed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use rhai::{ASTFlags, ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::fault::{Fault, hint};
use super::kind::Kind;
use super::lint::{Function, LOCATE, Script, Tree, place_of};
use super::words::{ANY, EVIDENCE, Form, WORDS, Word, is_host, thai};

/// Functions that are followed into one another.
const DEPTH: usize = 24;
/// Expressions looked at in one file. The longest rule has a hundredth of it.
const STEPS: usize = 400_000;

/// What is known of a value: the name of its type, or nothing.
type Type<'a> = Option<&'a str>;

/// What a line of a script uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Used<'a> {
    /// A word of the vocabulary.
    Word(&'a Word),
    /// A function of a lib: `shows`, `any`.
    Lib(String, String),
}

/// Words by name, and what libs give.
pub(super) struct Types<'a> {
    words: BTreeMap<&'a str, Vec<&'a Word>>,
    libs: &'a BTreeMap<String, Tree>,
    /// What functions of libs give, by lib, name and number of values.
    given: RefCell<BTreeMap<(String, String, usize), Type<'a>>>,
    /// Whether the host has sites: a vocabulary of another kind is not second-guessed.
    sites: bool,
}

impl<'a> Types<'a> {
    pub(super) fn new(words: &'a [Word], libs: &'a BTreeMap<String, Tree>) -> Self {
        let mut named: BTreeMap<&str, Vec<&Word>> = BTreeMap::new();
        for word in words {
            named.entry(&word.name).or_default().push(word);
        }
        Self {
            words: named,
            libs,
            given: RefCell::default(),
            sites: words.iter().any(|word| word.of == "Site"),
        }
    }

    /// What is certainly wrong in a script. `criteria` are the functions that must answer; a lib has none.
    pub(super) fn faults(&'a self, script: &Script, tree: &Tree, criteria: &[&str]) -> Vec<Fault> {
        let file = FileTypes::new(self, tree);
        let mut found = BTreeSet::new();
        for function in &tree.functions {
            let name = function.name.as_str();
            let wanted = match name {
                LOCATE => Some("Places"),
                name if criteria.contains(&name) => Some(ANSWER),
                _ => None,
            };
            let mut body = Body::new(&file, function, wanted.is_some());
            let results = body.run(function);
            found.append(&mut body.wrong);
            let Some(wanted) = wanted.filter(|_| self.sites) else {
                continue;
            };
            for (place, given) in results {
                if let Some(message) = given.and_then(|given| no_answer(name, wanted, given)) {
                    let place = match place.is_none() {
                        true => place_of(script, name),
                        false => place,
                    };
                    found.insert((Kind::NoAnswer, place.into_key(), message));
                }
            }
        }
        let faults = found.into_iter();
        faults
            .map(|(kind, place, message)| script.fault(kind, Position::from_key(place), message))
            .collect()
    }

    /// The words that are certainly used, each with its line.
    pub(super) fn used(&'a self, tree: &Tree, criteria: &[&str]) -> BTreeSet<(Used<'a>, usize)> {
        let file = FileTypes::new(self, tree);
        for function in &tree.functions {
            let name = function.name.as_str();
            let called = name == LOCATE || criteria.contains(&name);
            Body::new(&file, function, called).run(function);
        }
        file.used.into_inner()
    }

    /// What a function of a lib gives.
    fn of_lib(&'a self, space: &str, name: &str, takes: usize, depth: usize) -> Type<'a> {
        let key = (space.to_owned(), name.to_owned(), takes);
        if let Some(known) = self.given.borrow().get(&key) {
            return *known;
        }
        let tree = self.libs.get(space)?;
        // Whoever asks again while it is being found out learns nothing.
        self.given.borrow_mut().insert(key.clone(), None);
        let file = FileTypes::new(self, tree);
        let given = file.of_own(name, takes, depth + 1);
        self.given.borrow_mut().insert(key, given);
        given
    }

    fn overloads(&self, name: &str, takes: usize) -> impl Iterator<Item = &'a Word> {
        let words = self.words.get(name).map(Vec::as_slice).unwrap_or_default();
        words
            .iter()
            .copied()
            .filter(move |word| word.form != Form::Property && values(word) == takes)
    }

    fn getters(&self, name: &str) -> impl Iterator<Item = &'a Word> {
        let words = self.words.get(name).map(Vec::as_slice).unwrap_or_default();
        words
            .iter()
            .copied()
            .filter(|word| word.form == Form::Property)
    }

    /// ` มีใน People, Tables` or the nearest name the type has.
    fn elsewhere(&self, name: &str, of: &str) -> String {
        let mut others: Vec<&str> = self
            .words
            .get(name)
            .into_iter()
            .flatten()
            .map(|word| word.of.as_str())
            .filter(|other| is_host(other))
            .collect();
        others.sort_unstable();
        others.dedup();
        let own = self.words.values().flatten().filter(|word| word.of == of);
        let near = hint(name, own.map(|word| word.name.as_str()));
        match (near.is_empty(), others.is_empty()) {
            (false, _) => near,
            (true, false) => format!(" คำนี้เป็นของ {}", others.join(", ")),
            (true, true) => String::new(),
        }
    }
}

/// What a criterion's function gives.
const ANSWER: &str = "Answer";

/// Values a word takes, the one before the dot among them.
fn values(word: &Word) -> usize {
    word.params.len() + usize::from(word.form == Form::Method)
}

/// The type of a word's value at a place, counted with the one before the dot.
fn wants(word: &Word, at: usize) -> (&str, &str) {
    match (word.form, at) {
        (Form::Method, 0) => ("", &word.of),
        (Form::Method, at) => (&word.params[at - 1].name, &word.params[at - 1].kind),
        (_, at) => (&word.params[at].name, &word.params[at].kind),
    }
}

fn takes(wanted: &str, given: Type) -> bool {
    let Some(given) = given else { return true };
    match wanted {
        ANY => true,
        WORDS => matches!(given, "String" | "Array" | "char"),
        EVIDENCE => matches!(given, "Places" | "People" | "Leaders" | "Forms" | "Tables"),
        // A function may be given by its name.
        "FnPtr" => matches!(given, "FnPtr" | "Fn" | "String"),
        wanted => wanted == given,
    }
}

fn no_answer(name: &str, wanted: &str, given: &str) -> Option<String> {
    if given == wanted {
        return None;
    }
    Some(match (name, given) {
        (LOCATE, "()") => {
            "`locate` จบตรงนี้โดยไม่ได้ให้ Places กลับ ให้บรรทัดสุดท้ายเป็นสิ่งที่พบ เช่น `site.find([…])`"
                .to_owned()
        }
        (LOCATE, given) => format!("`locate` ต้องให้ Places กลับ แต่ตรงนี้ให้ {}", thai(given)),
        (name, "()") => {
            format!("เกณฑ์ `{name}` อาจจบตรงนี้โดยไม่มีคำตอบ ให้ลงท้ายด้วย met, unmet หรือ unsure")
        }
        (name, given) => format!(
            "เกณฑ์ `{name}` ต้องตอบด้วย met, unmet, unsure หรือ ask_person แต่ตรงนี้ให้ {}",
            thai(given)
        ),
    })
}

/// Positions do not sort; pairs do.
trait Key {
    fn into_key(self) -> (u16, u16);
    fn from_key(key: (u16, u16)) -> Self;
}

impl Key for Position {
    fn into_key(self) -> (u16, u16) {
        let short = |number: Option<usize>| number.map_or(0, |n| u16::try_from(n).unwrap_or(0));
        (short(self.line()), short(self.position()))
    }

    fn from_key((line, column): (u16, u16)) -> Self {
        match line {
            0 => Self::NONE,
            line => Self::new(line, column),
        }
    }
}

/// One file: its functions, constants and keys.
struct FileTypes<'a, 's> {
    types: &'a Types<'a>,
    tree: &'s Tree,
    /// Keys of maps the file makes: a property of such a name says nothing.
    keys: BTreeSet<String>,
    given: RefCell<BTreeMap<(String, usize), Type<'a>>>,
    used: RefCell<BTreeSet<(Used<'a>, usize)>>,
    steps: Cell<usize>,
}

impl<'a, 's> FileTypes<'a, 's> {
    fn new(types: &'a Types<'a>, tree: &'s Tree) -> Self {
        let mut keys = BTreeSet::new();
        for statement in tree.functions.iter().flat_map(|function| &function.body) {
            statement.walk(&mut Vec::new(), &mut |path| {
                if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
                    keys.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
                }
                true
            });
        }
        Self {
            types,
            tree,
            keys,
            given: RefCell::default(),
            used: RefCell::default(),
            steps: Cell::new(STEPS),
        }
    }

    /// What a function of the file gives, whatever it is given.
    fn of_own(&self, name: &str, takes: usize, depth: usize) -> Type<'a> {
        let key = (name.to_owned(), takes);
        if let Some(known) = self.given.borrow().get(&key) {
            return *known;
        }
        let function = self.tree.function(name, takes)?;
        if depth > DEPTH {
            return None;
        }
        self.given.borrow_mut().insert(key.clone(), None);
        let mut body = Body::new(self, function, false);
        body.depth = depth;
        let results = body.run(function);
        let mut kinds = results.iter().map(|(_, given)| *given);
        let first = kinds.next().flatten();
        let given = first.filter(|_| kinds.all(|other| other == first));
        self.given.borrow_mut().insert(key, given);
        given
    }
}

/// One function while it is looked through.
struct Body<'a, 's, 'f> {
    file: &'f FileTypes<'a, 's>,
    /// Variables in sight, innermost last.
    seen: Vec<(String, Type<'a>)>,
    /// Variables that get another value somewhere: of what type, nobody knows.
    changing: BTreeSet<String>,
    /// Where the function ends, and with what.
    results: Vec<(Position, Type<'a>)>,
    wrong: BTreeSet<(Kind, (u16, u16), String)>,
    depth: usize,
}

impl<'a, 's, 'f> Body<'a, 's, 'f> {
    /// `called` by the judge, which gives Places and the Site.
    fn new(file: &'f FileTypes<'a, 's>, function: &Function, called: bool) -> Self {
        let mut changing = BTreeSet::new();
        let mut path = Vec::new();
        for statement in &function.body {
            statement.walk(&mut path, &mut |path| {
                if let Some(ASTNode::Stmt(Stmt::Assignment(parts))) = path.last()
                    && let Expr::Variable(variable, ..) = &parts.1.lhs
                {
                    changing.insert(variable.1.to_string());
                }
                true
            });
        }
        let params = function.params.iter().enumerate().map(|(at, name)| {
            let given = match (called && file.types.sites, function.name.as_str(), at) {
                (true, LOCATE, 0) | (true, _, 1) => Some("Site"),
                (true, _, 0) => Some("Places"),
                _ => None,
            };
            let name = name.to_string();
            let given = given.filter(|_| !changing.contains(&name));
            (name, given)
        });
        Self {
            file,
            seen: params.collect(),
            changing,
            results: Vec::new(),
            wrong: BTreeSet::new(),
            depth: 0,
        }
    }

    fn run(&mut self, function: &Function) -> Vec<(Position, Type<'a>)> {
        let body: Vec<&Stmt> = function.body.iter().collect();
        let ends = self.ends(&body, function.start);
        self.results.extend(ends);
        std::mem::take(&mut self.results)
    }

    fn blame(&mut self, kind: Kind, place: Position, message: String) {
        self.wrong.insert((kind, place.into_key(), message));
    }

    /// Notes a word where no other can be meant.
    fn note(&mut self, used: Used<'a>, place: Position) {
        let line = place.line().unwrap_or_default();
        self.file.used.borrow_mut().insert((used, line));
    }

    /// Values that a block may come to at its end. Whether it comes there is nobody's business here: what stands behind a
    /// `return` is told elsewhere, and comes to nothing.
    fn ends(&mut self, statements: &[&Stmt], place: Position) -> Vec<(Position, Type<'a>)> {
        let shown = self.seen.len();
        let Some((last, before)) = statements.split_last() else {
            return vec![(place, Some("()"))];
        };
        let is_over = self.statements(before.iter().copied());
        let mut ends = match last {
            Stmt::If(parts, place) => {
                self.condition(&parts.expr);
                let mut ends = self.ends(&parts.body.iter().collect::<Vec<_>>(), *place);
                ends.extend(self.ends(&parts.branch.iter().collect::<Vec<_>>(), *place));
                ends
            }
            Stmt::Block(block) => self.ends(&block.iter().collect::<Vec<_>>(), block.position()),
            Stmt::Expr(expr) => vec![(expr.start_position(), self.value(expr))],
            Stmt::FnCall(call, place) => vec![(*place, self.call(call, *place))],
            Stmt::Var(..) | Stmt::For(..) | Stmt::Assignment(..) => {
                self.statement(last);
                vec![(last.position(), Some("()"))]
            }
            Stmt::Return(..) => {
                self.statement(last);
                Vec::new()
            }
            _ => {
                self.statement(last);
                vec![(last.position(), None)]
            }
        };
        self.seen.truncate(shown);
        if is_over {
            ends.clear();
        }
        ends
    }

    /// What a statement comes to and nobody uses. Of an answer its author thinks that it is given.
    fn lose(&mut self, given: Type<'a>, place: Position) {
        if given == Some(ANSWER) {
            let message = "คำตอบตรงนี้ไม่ถูกใช้ กฎเดินต่อเหมือนไม่ได้ตอบ ให้เขียน `return` ไว้ข้างหน้า";
            self.blame(Kind::LostAnswer, place, message.to_owned());
        }
    }

    fn block<'b>(&mut self, statements: impl Iterator<Item = &'b Stmt>) {
        let shown = self.seen.len();
        self.statements(statements);
        self.seen.truncate(shown);
    }

    /// Statements one after another, and whether one of them returns. What stands behind it is told elsewhere.
    fn statements<'b>(&mut self, statements: impl Iterator<Item = &'b Stmt>) -> bool {
        let mut is_over = false;
        for statement in statements {
            match is_over {
                true => drop(self.ends(&[statement], Position::NONE)),
                false => self.statement(statement),
            }
            is_over |= returns(statement);
        }
        is_over
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(parts, _) => {
                self.condition(&parts.expr);
                self.block(parts.body.iter());
                self.block(parts.branch.iter());
            }
            Stmt::Switch(parts, _) => {
                self.value(&parts.0);
                for case in &parts.1.expressions {
                    self.value(&case.lhs);
                    self.value(&case.rhs);
                }
            }
            Stmt::For(parts, _) => {
                let (name, counter, flow) = &**parts;
                if let Some(given) = self.value(&flow.expr)
                    && (is_host(given) || matches!(given, "int" | "float" | "bool" | "()"))
                {
                    let place = flow.expr.start_position();
                    let message = format!("`for` วน {} ไม่ได้ เพราะไม่ใช่รายการ", thai(given));
                    self.blame(Kind::WrongType, place, message);
                }
                let shown = self.seen.len();
                self.seen.push((name.name.to_string(), None));
                if let Some(counter) = counter {
                    self.seen.push((counter.name.to_string(), Some("int")));
                }
                self.block(flow.body.iter());
                self.seen.truncate(shown);
            }
            Stmt::Var(parts, ..) => {
                let given = self.value(&parts.1);
                let name = parts.0.name.to_string();
                let given = given.filter(|_| !self.changing.contains(&name));
                self.seen.push((name, given));
            }
            Stmt::Assignment(parts) => {
                self.value(&parts.1.lhs);
                self.value(&parts.1.rhs);
            }
            Stmt::FnCall(call, place) => {
                let given = self.call(call, *place);
                self.lose(given, *place);
            }
            Stmt::Block(block) => self.block(block.iter()),
            Stmt::Expr(expr) => {
                let given = self.value(expr);
                self.lose(given, expr.start_position());
            }
            Stmt::Return(Some(expr), flags, _) => {
                let given = self.value(expr);
                if !flags.contains(ASTFlags::BREAK) {
                    self.results.push((expr.start_position(), given));
                }
            }
            Stmt::Return(None, flags, place) if !flags.contains(ASTFlags::BREAK) => {
                self.results.push((*place, Some("()")));
            }
            _ => {}
        }
    }

    fn condition(&mut self, expr: &Expr) {
        let given = self.value(expr);
        let Some(given) = given.filter(|given| *given != "bool") else {
            return;
        };
        let instead = match given {
            "Places" | "People" | "Leaders" | "Forms" | "Tables" | "Months" => {
                " ถามว่าพบหรือไม่ด้วย `!….is_empty`"
            }
            "String" => " ถามว่ามีข้อความหรือไม่ด้วย `… != \"\"`",
            "Array" => " ถามว่ามีสมาชิกหรือไม่ด้วย `….len > 0`",
            _ => "",
        };
        let message = format!("เงื่อนไขต้องเป็นจริงหรือเท็จ แต่ได้ {}{instead}", thai(given));
        self.blame(Kind::WrongType, expr.start_position(), message);
    }

    fn value(&mut self, expr: &Expr) -> Type<'a> {
        let left = self.file.steps.get();
        self.file.steps.set(left.saturating_sub(1));
        if left == 0 {
            return None;
        }
        match expr {
            Expr::BoolConstant(..) => Some("bool"),
            Expr::IntegerConstant(..) => Some("int"),
            Expr::FloatConstant(..) => Some("float"),
            Expr::CharConstant(..) => Some("char"),
            Expr::StringConstant(..) => Some("String"),
            Expr::Unit(..) => Some("()"),
            Expr::InterpolatedString(parts, _) => {
                parts.iter().for_each(|part| {
                    self.value(part);
                });
                Some("String")
            }
            Expr::Array(items, _) => {
                items.iter().for_each(|item| {
                    self.value(item);
                });
                Some("Array")
            }
            Expr::Map(map, _) => {
                map.0.iter().for_each(|(_, item)| {
                    self.value(item);
                });
                Some("Map")
            }
            Expr::Variable(parts, ..) if !parts.2.is_empty() => {
                let constant = self.file.tree.constants.get(parts.1.as_str())?;
                plain(constant)
            }
            Expr::Variable(parts, ..) => {
                let mut seen = self.seen.iter().rev();
                seen.find(|(name, _)| *name == parts.1.as_str())?.1
            }
            Expr::Dot(parts, ..) => {
                let before = self.value(&parts.lhs);
                self.chain(before, &parts.rhs)
            }
            Expr::Index(parts, flags, _) => {
                self.value(&parts.lhs);
                self.behind_index(&parts.rhs, *flags)
            }
            Expr::And(items, _) | Expr::Or(items, _) => {
                items.iter().for_each(|item| self.condition(item));
                Some("bool")
            }
            Expr::Coalesce(items, _) => {
                items.iter().for_each(|item| {
                    self.value(item);
                });
                None
            }
            Expr::Stmt(block) => {
                // The value is used where it stands.
                self.ends(&block.iter().collect::<Vec<_>>(), Position::NONE);
                None
            }
            Expr::FnCall(call, place) => self.call(call, *place),
            _ => None,
        }
    }

    /// What follows a dot.
    fn chain(&mut self, before: Type<'a>, rest: &Expr) -> Type<'a> {
        match rest {
            Expr::Property(parts, place) => self.property(before, &parts.2, *place),
            Expr::MethodCall(call, place) => self.method(before, call, *place),
            Expr::Dot(parts, ..) => {
                let before = self.chain(before, &parts.lhs);
                self.chain(before, &parts.rhs)
            }
            Expr::Index(parts, flags, _) => {
                self.chain(before, &parts.lhs);
                self.behind_index(&parts.rhs, *flags)
            }
            _ => None,
        }
    }

    /// `[index]` and what follows it: of an element nothing is known.
    fn behind_index(&mut self, rest: &Expr, flags: ASTFlags) -> Type<'a> {
        match rest {
            Expr::Dot(parts, ..) if !flags.contains(ASTFlags::BREAK) => {
                self.value(&parts.lhs);
                self.chain(None, &parts.rhs)
            }
            Expr::Index(parts, flags, _) if !flags.contains(ASTFlags::BREAK) => {
                self.value(&parts.lhs);
                self.behind_index(&parts.rhs, *flags)
            }
            index => {
                self.value(index);
                None
            }
        }
    }

    fn property(&mut self, before: Type<'a>, name: &str, place: Position) -> Type<'a> {
        let types = self.file.types;
        if before == Some("Map") || self.file.keys.contains(name) {
            return None;
        }
        let Some(of) = before else {
            let mut all = types.getters(name);
            if let (Some(word), None) = (all.next(), all.next()) {
                self.note(Used::Word(word), place);
            }
            return same(types.getters(name).map(|word| word.returns.as_str()));
        };
        if let Some(word) = types.getters(name).find(|word| word.of == of) {
            self.note(Used::Word(word), place);
            return known(&word.returns);
        }
        let called = types.words.get(name).into_iter().flatten();
        if called
            .clone()
            .any(|word| word.form == Form::Method && word.of == of)
        {
            let message = format!("`{name}` เป็นคำสั่ง เขียน `.{name}(…)` โดยมีวงเล็บ");
            self.blame(Kind::CallForm, place, message);
        } else if called.count() > 0 && self.understood(of) {
            let where_else = types.elsewhere(name, of);
            let message = format!("{} ไม่มีคุณสมบัติ `.{name}`{where_else}", thai(of));
            self.blame(Kind::WrongType, place, message);
        }
        None
    }

    /// Whether all words of a type are known, so that one that is not there is wrong.
    fn understood(&self, of: &str) -> bool {
        is_host(of) || matches!(of, "String" | "Array" | "int" | "bool" | "float")
    }

    fn method(&mut self, before: Type<'a>, call: &FnCallExpr, place: Position) -> Type<'a> {
        let mut given = vec![before];
        given.extend(
            call.args
                .iter()
                .map(|arg| self.value(arg))
                .collect::<Vec<_>>(),
        );
        let name = call.name.as_str();
        if name == "call" {
            return None;
        }
        let types = self.file.types;
        if let Some(of) = before
            && call.args.is_empty()
            && types.getters(name).any(|word| word.of == of)
            && !types.overloads(name, 1).any(|word| word.of == of)
        {
            let message = format!(
                "`{name}` ของ {} เป็นคุณสมบัติ เขียน `.{name}` โดยไม่มีวงเล็บ",
                thai(of)
            );
            self.blame(Kind::CallForm, place, message);
            return None;
        }
        let values: Vec<Option<&Expr>> = std::iter::once(None)
            .chain(call.args.iter().map(Some))
            .collect();
        self.host(name, &given, &values, place, true)
    }

    fn call(&mut self, call: &FnCallExpr, place: Position) -> Type<'a> {
        let given: Vec<Type<'a>> = call.args.iter().map(|arg| self.value(arg)).collect();
        let name = call.name.as_str();
        if call.is_operator_call() {
            return self.operator(name, &given, place);
        }
        if matches!(
            name,
            "curry" | "call" | "type_of" | "is_def_var" | "is_def_fn" | "is_shared"
        ) {
            return None;
        }
        let (file, takes) = (self.file, given.len());
        if call.is_qualified() {
            let space = call.namespace.to_string();
            self.note(Used::Lib(space.clone(), name.to_owned()), place);
            return file.types.of_lib(&space, name, takes, self.depth);
        }
        if file.tree.function(name, takes).is_some() {
            return file.of_own(name, takes, self.depth + 1);
        }
        let values: Vec<Option<&Expr>> = call.args.iter().map(Some).collect();
        self.host(name, &given, &values, place, false)
    }

    /// A word of the host with these values.
    fn host(
        &mut self,
        name: &str,
        given: &[Type<'a>],
        values: &[Option<&Expr>],
        place: Position,
        method: bool,
    ) -> Type<'a> {
        let types = self.file.types;
        let all: Vec<&Word> = types.overloads(name, given.len()).collect();
        let fit = |word: &&Word, at: usize| takes(wants(word, at).1, given[at]);
        let fits: Vec<&Word> = all
            .iter()
            .copied()
            .filter(|word| (0..given.len()).all(|at| fit(word, at)))
            .collect();
        if fits.is_empty() {
            self.misfit(name, &all, given, values, place, method);
            return None;
        }
        if let [word] = fits[..] {
            self.note(Used::Word(word), place);
        }
        for (at, value) in values.iter().enumerate() {
            let words = fits.iter().all(|word| wants(word, at).1 == WORDS);
            if let Some(value) = value.filter(|_| words) {
                self.words(value);
            }
        }
        same(fits.iter().map(|word| word.returns.as_str()))
    }

    /// No word of the name takes these values: which of them is wrong, if that is certain.
    fn misfit(
        &mut self,
        name: &str,
        all: &[&Word],
        given: &[Type<'a>],
        values: &[Option<&Expr>],
        place: Position,
        method: bool,
    ) {
        let types = self.file.types;
        let first = given.first().copied().flatten();
        let mut near: Vec<&Word> = all.to_vec();
        if method && let Some(of) = first {
            near.retain(|word| takes(wants(word, 0).1, Some(of)));
            if near.is_empty() {
                let counted = types.words.get(name).into_iter().flatten();
                let counts = counted.filter(|word| word.of == of && word.form == Form::Method);
                let counts: BTreeSet<usize> = counts.map(|word| word.params.len()).collect();
                if !counts.is_empty() {
                    let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
                    let message = format!(
                        "`{name}` ของ {} รับค่า {} ตัว แต่ตรงนี้ให้ {} ตัว",
                        thai(of),
                        counts.join(" หรือ "),
                        given.len() - 1
                    );
                    self.blame(Kind::WrongCount, place, message);
                } else if !all.is_empty() && self.understood(of) {
                    let where_else = types.elsewhere(name, of);
                    let message = format!("{} ไม่มีคำสั่ง `.{name}()`{where_else}", thai(of));
                    self.blame(Kind::WrongType, place, message);
                }
                return;
            }
        }
        // The value that no near word takes, though all take those before it.
        let wrong = (0..given.len()).find(|&at| {
            given[at].is_some() && near.iter().all(|word| !takes(wants(word, at).1, given[at]))
        });
        let (Some(at), Some(word)) = (wrong, near.first()) else {
            return;
        };
        let Some(kind) = given[at] else { return };
        let place = values[at].map_or(place, Expr::start_position);
        let mut wanted: Vec<String> = near.iter().map(|word| thai(wants(word, at).1)).collect();
        wanted.sort();
        wanted.dedup();
        let (param, _) = wants(word, at);
        let number = at + usize::from(!method);
        let called = match param {
            "" | "_" => String::new(),
            param => format!(" ({param})"),
        };
        let message = format!(
            "ค่าที่ {number} ของ `{name}`{called} ต้องเป็น{} แต่ให้ {}",
            wanted.join(" หรือ "),
            thai(kind)
        );
        self.blame(Kind::WrongType, place, message);
    }

    /// Words to look for, where they are written out.
    fn words(&mut self, value: &Expr) {
        let value = match value {
            Expr::Variable(parts, ..) if !parts.2.is_empty() => {
                match self.file.tree.constants.get(parts.1.as_str()) {
                    Some(constant) => constant,
                    None => return,
                }
            }
            value => value,
        };
        let Expr::Array(items, place) = value else {
            return;
        };
        let mut open: Vec<&Expr> = items.iter().collect();
        let mut any = false;
        while let Some(item) = open.pop() {
            match item {
                Expr::Array(items, _) => open.extend(items.iter()),
                Expr::IntegerConstant(..)
                | Expr::FloatConstant(..)
                | Expr::BoolConstant(..)
                | Expr::Map(..)
                | Expr::Unit(..) => {
                    let kind = plain(item).map_or_else(String::new, thai);
                    let message =
                        format!("คำที่ค้นหาต้องเป็นข้อความ แต่ตรงนี้เป็น{kind} ให้ใส่เครื่องหมายคำพูด \"…\"");
                    self.blame(Kind::WrongType, item.start_position(), message);
                    any = true;
                }
                _ => any = true,
            }
        }
        if !any {
            let message = "รายการคำที่ค้นหาว่างเปล่า ให้ใส่อย่างน้อยหนึ่งคำ".to_owned();
            self.blame(Kind::NoWords, *place, message);
        }
    }

    fn operator(&mut self, name: &str, given: &[Type<'a>], place: Position) -> Type<'a> {
        let number = |kind: &str| matches!(kind, "int" | "float");
        let (one, other) = match given {
            [one] => return one.filter(|kind| *kind == "bool" || number(kind)),
            [one, other] => (*one, *other),
            _ => return None,
        };
        let compares = matches!(name, "==" | "!=" | "<" | ">" | "<=" | ">=");
        let (Some(left), Some(right)) = (one, other) else {
            return match (compares || name == "in", name) {
                (true, _) => Some("bool"),
                (_, "+") => (one == Some("String") || other == Some("String")).then_some("String"),
                _ => None,
            };
        };
        let defined = self.file.types.overloads(name, 2);
        let defined = defined
            .into_iter()
            .find(|word| word.params[0].kind == left && word.params[1].kind == right);
        let host = is_host(left) || is_host(right);
        if let Some(word) = defined {
            self.note(Used::Word(word), place);
        }
        if compares {
            if left != right && host && left != "()" && right != "()" {
                let count = match (left, right) {
                    ("int", _) | (_, "int") => " เทียบจำนวนด้วย `.len`",
                    _ => "",
                };
                let message = format!(
                    "เทียบ {} กับ {} ด้วย `{name}` ไม่ได้{count}",
                    thai(left),
                    thai(right)
                );
                self.blame(Kind::WrongType, place, message);
            }
            return Some("bool");
        }
        if let Some(word) = defined {
            return known(&word.returns);
        }
        match name {
            "+" if left == "String" || right == "String" => Some("String"),
            "+" | "-" | "*" | "/" | "%" if number(left) && number(right) => {
                Some(if left == right { left } else { "float" })
            }
            "+" | "-" | "*" | "/" | "%" if host => {
                let message = format!("ใช้ `{name}` กับ {} และ {} ไม่ได้", thai(left), thai(right));
                self.blame(Kind::WrongType, place, message);
                None
            }
            _ => None,
        }
    }
}

/// The type of a constant's data.
fn plain<'a>(expr: &Expr) -> Type<'a> {
    Some(match expr {
        Expr::BoolConstant(..) => "bool",
        Expr::IntegerConstant(..) => "int",
        Expr::FloatConstant(..) => "float",
        Expr::CharConstant(..) => "char",
        Expr::StringConstant(..) => "String",
        Expr::Array(..) => "Array",
        Expr::Map(..) => "Map",
        Expr::Unit(..) => "()",
        _ => return None,
    })
}

fn known(kind: &str) -> Type<'_> {
    (kind != ANY).then_some(kind)
}

/// The one type that all have.
fn same<'a>(mut kinds: impl Iterator<Item = &'a str>) -> Type<'a> {
    let first = kinds.next()?;
    kinds
        .all(|kind| kind == first)
        .then_some(first)
        .and_then(known)
}

/// Whether a statement never comes to its end.
pub(super) fn returns(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(..) | Stmt::BreakLoop(..) => true,
        Stmt::Block(block) => block.iter().any(returns),
        Stmt::If(parts, _) => {
            parts.body.iter().any(returns)
                && !parts.branch.is_empty()
                && parts.branch.iter().any(returns)
        }
        _ => false,
    }
}
