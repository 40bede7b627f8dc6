//! Help and mistakes on the command line, in Thai.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Where clap would print English headings.
pub(super) const TEMPLATE: &str = "{about}\n\nวิธีใช้: {usage}\n\n{all-args}{after-help}";

/// The same template and headings for every command, and for the commands of commands.
pub(super) fn in_thai(command: clap::Command) -> clap::Command {
    command
        .override_usage("prongsai <คำสั่ง> [ตัวเลือก]")
        .mut_subcommands(|one| one_in_thai(one, "prongsai"))
}

fn one_in_thai(one: clap::Command, under: &str) -> clap::Command {
    let wanted: String = one
        .get_positionals()
        .map(|arg| format!(" <{}>", arg.get_value_names().unwrap_or_default().join(" ")))
        .collect();
    let name = format!("{under} {}", one.get_name());
    let usage = match one.has_subcommands() {
        true => format!("{name} <คำสั่ง> [ตัวเลือก]"),
        false => format!("{name} [ตัวเลือก]{wanted}"),
    };
    one.override_usage(usage)
        .help_template(TEMPLATE)
        .subcommand_value_name("คำสั่ง")
        .subcommand_help_heading("คำสั่ง")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .mut_args(under_heading)
        .mut_subcommands(|inner| one_in_thai(inner, &name))
}

fn under_heading(arg: clap::Arg) -> clap::Arg {
    if arg.is_positional() {
        arg.help_heading("สิ่งที่ต้องระบุ")
    } else if arg.get_help_heading().is_none() {
        arg.help_heading("ตัวเลือก")
    } else {
        arg
    }
}

/// What is wrong with a command line, and what to do.
pub(super) fn message(error: &clap::Error) -> String {
    let told = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (
        told(ContextKind::InvalidArg),
        told(ContextKind::InvalidValue),
    );
    let title = match error.kind() {
        ErrorKind::UnknownArgument => format!("ไม่รู้จักตัวเลือก {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("ไม่รู้จักคำสั่ง {}", told(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("ยังไม่ได้ระบุ {argument}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} ต้องมีค่าตามหลัง"),
        ErrorKind::InvalidValue => {
            format!(
                "{argument} เป็น {value} ไม่ได้ เลือกจาก {}",
                told(ContextKind::ValidValue)
            )
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error)
                .map(ToString::to_string)
                .unwrap_or_default();
            format!("{argument} เป็น “{value}” ไม่ได้: {why}")
        }
        ErrorKind::ArgumentConflict => format!("ใช้ {argument} ซ้ำหรือใช้คู่กับตัวเลือกอื่นนี้ไม่ได้"),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return error.render().to_string();
        }
        _ => format!("อ่านคำสั่งไม่ได้\n{error}"),
    };
    let suggestion = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(told)
    .find(|one| !one.is_empty())
    .map(|one| format!("\n  หมายถึง {one} หรือไม่"))
    .unwrap_or_default();
    format!("ผิดพลาด: {title}{suggestion}\n  ดูวิธีใช้: prongsai --help")
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::Number(one) => one.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn said(line: &[&str]) -> String {
        let line = std::iter::once("prongsai").chain(line.iter().copied());
        let command = in_thai(super::super::Cli::command());
        message(&command.try_get_matches_from(line).unwrap_err())
    }

    #[test]
    fn a_mistake_is_explained_in_thai_with_a_way_out() {
        assert!(
            said(&["audit"]).contains("ยังไม่ได้ระบุ <URL>"),
            "{}",
            said(&["audit"])
        );
        let unknown = said(&["audit", "https://a.go.th", "--yaer", "2564"]);
        assert!(
            unknown.contains("ไม่รู้จักตัวเลือก --yaer") && unknown.contains("หมายถึง --year หรือไม่"),
            "{unknown}"
        );
        let era = said(&["audit", "https://a.go.th", "--year", "2021"]);
        assert!(era.contains("ใช้ พ.ศ.: 2564"), "{era}");
        let form = said(&["audit", "https://a.go.th", "--format", "pdf"]);
        assert!(form.contains("เลือกจาก text, json, html"), "{form}");
        assert!(said(&["adit"]).contains("ไม่รู้จักคำสั่ง adit"));
        assert!(said(&["audit", "ftp://a"]).contains("ใส่ที่อยู่เว็บไซต์"));
        assert!(said(&["crawl", "a.go.th", "--resolve", "x"]).contains("HOST:PORT:ADDR"));
    }
}
