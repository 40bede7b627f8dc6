//! Rule files are embedded by folder: a new one must lead to a new build.
#![allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=rules");
}
