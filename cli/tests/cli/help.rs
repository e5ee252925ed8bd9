//! Help, manual, completions.

use crate::support::Folder;

const COMMANDS: [&str; 22] = [
    "simulate",
    "import",
    "import tables",
    "report",
    "batch",
    "rank",
    "compare",
    "inspect",
    "validate",
    "export",
    "evaluate",
    "verify",
    "verify world",
    "verify gat",
    "bench",
    "bench simulate",
    "template",
    "template dump",
    "config",
    "config show",
    "completions",
    "man",
];

#[test]
fn every_help_shows_an_example() {
    let folder = Folder::new();
    folder.run("--help").expect_code(0).says(&["Example", "Exit codes"]);
    for command in COMMANDS {
        folder.run(&format!("{command} --help")).expect_code(0).says(&["Usage:", "Example", "infra-analyze"]);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn manual_and_completions_are_printed() {
    let folder = Folder::new();
    folder.run("man").expect_code(0).says(&[".TH", "simulate"]);
    folder.run("man report").expect_code(0).says(&["symptom"]);
    folder.run("man import otlp").expect_code(0).says(&["infra-analyze-import-otlp", "strict"]);
    folder.run("man repotr").expect_code(2).complains(&["did you mean `report`?"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        folder.run(&format!("completions {shell}")).expect_code(0).says(&["simulate"]);
    }
}

#[test]
fn version_and_no_arguments() {
    let folder = Folder::new();
    folder.run("--version").expect_code(0).says(&["infra-analyze "]);
    let said = folder.run("").expect_code(2);
    assert!(said.err.contains("Usage:"), "{}", said.err);
}
