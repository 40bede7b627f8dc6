//! `prongsai`: reads an agency's website as an ITA assessor does, and says what to do about the gaps.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::main()
}
