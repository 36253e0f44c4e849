//! Tells the program which commit it was built from; `unknown` outside a checkout.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/logs/HEAD");
    let commit = Command::new("git")
        .args(["rev-parse", "--short=9", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned());
    // Not BACKTRAIL_…: `cargo run` hands it to the program, which would take it for a setting.
    println!("cargo:rustc-env=BUILD_COMMIT={commit}");
}
