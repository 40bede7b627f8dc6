//! The kinds of mistakes a script can hold, each with a name that programs may rely on.

use serde::Serialize;

/// Whether a mistake would stop the rule, or only looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The rule cannot be run, or ends in a fault where it comes by.
    Error,
    /// It runs, and hardly does what its author meant.
    Warning,
}

/// Declares the kinds with their stable ids, how grave they are, and a line about each for lists of rules.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $id:literal $severity:ident $thai:literal,)+) => {
        /// What sort of mistake it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)+ }

        impl Kind {
            /// All kinds, in the order they are declared.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),+];

            /// Its name for programs, which never changes: `unknown-function`.
            pub fn id(self) -> &'static str {
                match self { $(Self::$kind => $id,)+ }
            }

            /// How grave it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$kind => Severity::$severity,)+ }
            }

            /// What it is, for people.
            pub fn thai(self) -> &'static str {
                match self { $(Self::$kind => $thai,)+ }
            }
        }
    };
}

kinds! {
    /// A file that cannot be opened, is too large, or is not UTF-8.
    UnreadableFile "unreadable-file" Error "อ่านไฟล์ไม่ได้",
    /// A year without a `pack.rhai` that is asked for.
    MissingYear "missing-year" Error "ไม่มีกฎของปีที่ต้องใช้",
    /// A rule file that no item of any year uses.
    StrayFile "stray-file" Error "ไฟล์กฎที่ไม่มีข้อใดใช้",
    /// A file or folder that is no part of any year.
    StrayFolder "stray-folder" Warning "ไฟล์หรือโฟลเดอร์ที่ไม่ใช่ของปีใด",
    /// A name of a file, an item or a criterion that may not be one.
    BadName "bad-name" Error "ชื่อผิดรูปแบบ",
    /// The parser refuses it.
    Syntax "syntax" Error "เขียนผิดไวยากรณ์",
    /// Outside functions stands something other than data.
    NotData "not-data" Error "นอกฟังก์ชันเขียนได้เฉพาะข้อมูล",
    /// A key that RULE or PACK does not have.
    UnknownKey "unknown-key" Error "ช่องข้อมูลที่ไม่รู้จัก",
    /// A key that must be there.
    MissingKey "missing-key" Error "ขาดช่องข้อมูล",
    /// A value of RULE or PACK of the wrong type, or empty.
    WrongValue "wrong-value" Error "ค่าในช่องข้อมูลผิดชนิดหรือว่าง",
    /// A word of `basis`, `reason`, `only` or a tool's `id` that there is not.
    UnknownValue "unknown-value" Error "คำที่ช่องนี้ไม่มีให้เลือก",
    /// What must hold in an outline as a whole.
    Outline "outline" Error "โครงร่างของปีไม่สอดคล้องกัน",
    /// An id of an item, a group or a criterion that is there already.
    DuplicateId "duplicate-id" Error "ชื่อหรือเลขซ้ำ",
    /// An item whose rule file is not there.
    ItemWithoutRule "item-without-rule" Error "ข้อที่ไม่มีไฟล์กฎ",
    /// A criterion that no function decides.
    CriterionWithoutFunction "criterion-without-function" Error "เกณฑ์ที่ไม่มีฟังก์ชัน",
    /// A function that no criterion asks for.
    FunctionWithoutCriterion "function-without-criterion" Error "ฟังก์ชันที่ไม่มีเกณฑ์",
    /// No `locate`.
    MissingLocate "missing-locate" Error "ไม่มี fn locate(site)",
    /// A criterion's function or `locate` that does not take what it is given.
    WrongParameters "wrong-parameters" Error "ฟังก์ชันรับค่าไม่ตรงกับที่ระบบให้",
    /// A function nobody knows.
    UnknownFunction "unknown-function" Error "คำสั่งที่ไม่รู้จัก",
    /// A property nobody knows.
    UnknownProperty "unknown-property" Error "คุณสมบัติที่ไม่รู้จัก",
    /// A lib that there is not.
    UnknownNamespace "unknown-namespace" Error "ชุดคำสั่งที่ไม่รู้จัก",
    /// A constant that the file does not have.
    UnknownConstant "unknown-constant" Error "ค่าคงที่ที่ไม่รู้จัก",
    /// A variable nobody declared.
    UnknownVariable "unknown-variable" Error "ตัวแปรที่ไม่รู้จัก",
    /// More or fewer values than a function takes.
    WrongCount "wrong-count" Error "จำนวนค่าที่ให้คำสั่งผิด",
    /// A property called like a function, or a function without its brackets.
    CallForm "call-form" Error "เขียนวงเล็บผิดที่",
    /// A name that the host or a lib has already.
    ShadowsName "shadows-name" Error "ชื่อทับคำสั่งของระบบ",
    /// A name that can be mistaken for another.
    ConfusingName "confusing-name" Warning "ชื่อซ้ำกับชุดคำสั่งหรือคำของระบบ",
    /// A value that certainly is of the wrong type.
    WrongType "wrong-type" Error "ใช้ค่าผิดชนิด",
    /// A list of words to look for without any word.
    NoWords "no-words" Error "รายการคำที่ค้นหาว่างเปล่า",
    /// A way through a criterion's function that ends without an answer.
    NoAnswer "no-answer" Error "บางทางไม่มีคำตอบ",
    /// A word that another of its list finds already.
    UnreachableWord "unreachable-word" Warning "คำที่ไม่ช่วยให้พบอะไรเพิ่ม",
    /// A word that finds nothing.
    EmptyWord "empty-word" Warning "คำที่ไม่มีตัวอักษรให้ค้นหา",
    /// What stands behind a `return`.
    UnreachableCode "unreachable-code" Warning "คำสั่งที่ไปไม่ถึง",
    /// An answer that nobody gets: the function goes on behind it.
    LostAnswer "lost-answer" Warning "คำตอบที่ไม่ถูกใช้",
    /// An `if` whose condition never changes.
    ConstantCondition "constant-condition" Warning "เงื่อนไขที่เป็นจริงหรือเท็จเสมอ",
    /// A failure while the rule was running.
    Running "running" Error "ผิดพลาดขณะทำงาน",
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_kebab_case_and_each_its_own() {
        let ids: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.id()).collect();
        assert_eq!(ids.len(), Kind::ALL.len());
        for id in ids {
            let plain = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(id.chars().all(plain) && !id.starts_with('-'), "{id}");
        }
    }
}
