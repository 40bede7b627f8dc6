//! `prongsai new`: a rule and its cases from a commented draft.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use prongsai::rules::draft;
use prongsai::rules::pack::Sources;
use prongsai::year::FiscalYear;

use super::kit::{Rules, asked};
use super::{Exit, Failure, args, output, say};

/// เริ่มเขียนกฎของข้อใหม่: ไฟล์กฎพร้อมคำอธิบาย กรณีตัวอย่างสามกรณี และที่ของข้อในโครงร่างของปี
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// เลขข้อ เช่น O44
    #[arg(value_name = "ข้อ")]
    item: String,
    /// ปีงบประมาณ (พ.ศ.) ของข้อ ปีที่ยังไม่มีกฎจะเริ่มจากโครงร่างของปีล่าสุด
    #[arg(long, value_name = "ปี", value_parser = args::year)]
    year: FiscalYear,
    /// ชื่อข้อตามคู่มือ
    #[arg(
        long,
        value_name = "ชื่อข้อ",
        default_value = "ชื่อข้อตามคู่มือ",
        hide_default_value = true
    )]
    title: String,
    /// ตัวชี้วัดย่อยที่ข้อนี้อยู่ เช่น 9.5 (ปกติตัวชี้วัดย่อยสุดท้าย)
    #[arg(long, value_name = "เลข")]
    group: Option<String>,
    /// โฟลเดอร์กฎ ถ้าไม่ระบุใช้โฟลเดอร์ rules ที่อยู่ตรงนี้ ถ้ายังไม่มีจะคัดลอกกฎที่มากับโปรแกรมมาให้
    #[arg(long, value_name = "โฟลเดอร์")]
    rules: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (_, items) = asked(std::slice::from_ref(&args.item))?;
    let [item] = &items[..] else {
        return Err(Failure::usage("ระบุเลขข้อ เช่น O44"));
    };
    let folder = args.rules.clone().unwrap_or_else(|| PathBuf::from("rules"));
    let sources = Sources::Dir(folder.clone());
    if sources.years().is_empty() {
        let shipped = Sources::shipped();
        say(&format!("คัดลอกกฎที่มากับโปรแกรมลง {}", folder.display()));
        write(&folder, &shipped)?;
    }
    let rules = Rules::find(Some(&folder))?;
    let (mut files, group) = placed(args, &rules, item)?;
    for (file, text) in draft::item(args.year, item, &args.title, &group) {
        if sources.read(&file).ok().flatten().is_some() {
            return Err(Failure::usage(format!(
                "มีไฟล์ {} อยู่แล้ว จึงไม่เขียนทับ\n  แก้ไฟล์นั้น หรือเลือกเลขข้ออื่น",
                rules.path(&file)
            )));
        }
        files.insert(file, text);
    }
    write(&folder, &files)?;
    for file in files.keys() {
        say(&format!("เขียนแล้ว: {}", rules.path(file)));
    }
    say(&format!(
        "ต่อไป: แก้ไฟล์กฎ แล้วสั่ง prongsai test {} {item}",
        args.year
    ));
    Ok(Exit::Done)
}

/// The outline with the item in it, when it is not there yet, and the item's group.
fn placed(
    args: &Args,
    rules: &Rules,
    item: &str,
) -> Result<(BTreeMap<String, String>, String), Failure> {
    let years = rules.sources.years();
    let is_new = !years.contains(&args.year);
    let from = if is_new {
        let mut older = years.range(..args.year);
        *older.next_back().ok_or_else(|| {
            Failure::usage(format!(
                "ไม่มีปีก่อนหน้า {} ให้เริ่มจากโครงร่าง\n  ระบุ --year หลังปีแรกที่มีกฎ",
                args.year
            ))
        })?
    } else {
        args.year
    };
    let pack = rules.pack(from)?;
    let old = format!("{from}/pack.rhai");
    let text = rules.sources.read(&old).ok().flatten().unwrap_or_default();
    let mut text = match is_new {
        true => draft::outline(&text, &pack.outline, args.year),
        false => text,
    };
    let group = match (
        &args.group,
        pack.rules.iter().find(|rule| rule.item == item),
    ) {
        (_, Some(there)) => there.group.clone(),
        (Some(group), None) => group.clone(),
        (None, None) => pack
            .rules
            .last()
            .map(|rule| rule.group.clone())
            .unwrap_or_default(),
    };
    let is_listed = pack.rules.iter().any(|rule| rule.item == item);
    if !is_listed {
        text = draft::with_item(&text, &group, item).ok_or_else(|| {
            let mut groups: Vec<&str> = pack.rules.iter().map(|rule| rule.group.as_str()).collect();
            groups.dedup();
            Failure::usage(format!(
                "ไม่พบตัวชี้วัดย่อย {group} ในโครงร่างปี {from}\n  ตัวชี้วัดย่อยที่มี: {}",
                groups.join(" ")
            ))
        })?;
    }
    let changed = is_new || !is_listed;
    let files = changed.then(|| (format!("{}/pack.rhai", args.year), text));
    Ok((files.into_iter().collect(), group))
}

fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (file, text) in files {
        output::save_in(&folder.join(file), text.as_bytes())?;
    }
    Ok(())
}
