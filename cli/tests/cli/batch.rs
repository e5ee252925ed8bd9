//! `batch`: broken runs are rows, an interrupted batch goes on, gates fail it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{BINARY, Folder};

/// Runs of three worlds, one of them cut short and one no run at all.
fn runs(folder: &Folder) {
    for (seed, world) in [(1, "flood --scenario contagion"), (2, "queue"), (3, "systems"), (4, "systems")] {
        folder.run(&format!("simulate {world} --seed {seed} -o runs/deep/r{seed}.parquet")).expect_code(0);
    }
    folder.run("simulate flood -o runs/calm.parquet").expect_code(0);
    let whole = folder.read("runs/deep/r2.parquet");
    folder.write("runs/cut.parquet", &whole[..whole.len() / 2]);
    folder.write("runs/none.parquet", b"not a run");
}

/// Every file below a folder and its bytes.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn broken_runs_are_rows_and_the_others_have_their_reports() {
    let folder = Folder::new();
    runs(&folder);
    let said = folder.run("batch runs -o out").expect_code(3);
    assert!(
        said.err.contains("[7/7]") && said.err.contains("7 runs, 5 with an incident, 2 failed"),
        "{}",
        said.err
    );
    let index = String::from_utf8(folder.read("out/index.md")).unwrap();
    assert!(index.contains("| 1 | `calm` | localized overload | `emergency` (high) |"), "{index}");
    assert!(index.contains("| 2 | `cut` | **failed**:") && index.contains("| 7 | `none` |"), "{index}");
    assert!(index.contains("[md](runs/deep__r1.md)") && !index.contains("runs/cut.md"), "{index}");
    // The report is the one that `report` writes.
    let alone = folder.run("report runs/deep/r1.parquet").expect_code(0).out;
    assert_eq!(String::from_utf8(folder.read("out/runs/deep__r1.md")).unwrap(), alone);
}

#[test]
fn any_number_of_jobs_and_an_interruption_give_the_same_bytes() {
    let folder = Folder::new();
    runs(&folder);
    folder.run("batch runs -o whole --jobs 1").expect_code(3);
    folder.run("batch runs -o many --jobs 8").expect_code(3);
    let whole = files(&folder.path("whole"));
    assert_eq!(whole.len(), 3 + 3 * 5);
    assert_eq!(whole, files(&folder.path("many")));

    let mut child = Command::new(BINARY)
        .args(["batch", "runs", "-o", "killed", "--jobs", "1"])
        .current_dir(folder.path(""))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while fs::read_dir(folder.path("killed/runs")).map_or(0, Iterator::count) == 0 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    folder.run("batch runs -o killed").expect_code(3);
    assert_eq!(whole, files(&folder.path("killed")));
}

#[test]
fn what_was_analysed_is_not_analysed_again_unless_something_changed() {
    let folder = Folder::new();
    runs(&folder);
    let again = |line: &str| folder.run(line).expect_code(3).err.matches("(analysed before)").count();
    assert_eq!(again("batch runs -o out"), 0);
    assert_eq!(again("batch runs -o out"), 5);
    assert_eq!(again("batch runs -o out --force"), 0);
    assert_eq!(again("batch runs -o out --top 3"), 0);
    assert_eq!(again("batch runs -o out --top 3"), 5);
    fs::remove_file(folder.path("out/runs/calm.md")).unwrap();
    folder.run("simulate queue --seed 9 -o runs/deep/r2.parquet").expect_code(0);
    assert_eq!(again("batch runs -o out --top 3"), 3);
    // A record that was tampered with stands for nothing.
    folder.write("out/runs/calm.json", b"{}");
    assert_eq!(again("batch runs -o out --top 3"), 4);
}

#[test]
fn gates_fail_the_batch_and_are_checked_before_any_work() {
    let folder = Folder::new();
    runs(&folder);
    let said = folder.run_with(
        &["batch", "runs", "-o", "out", "--fail-on", "mtr>5min", "--fail-on", "verdict=cascade"],
        &[],
    );
    let said = said.expect_code(2);
    assert!(said.err.contains("did you mean `mttr`?") && !folder.path("out").exists(), "{}", said.err);

    let judge = |expression: &str, code: i32| {
        folder.run_with(&["batch", "runs/deep", "-o", "out", "--fail-on", expression], &[]).expect_code(code)
    };
    judge("blast_radius>1000", 0);
    let said = judge("verdict=cascade and blast_radius>5", 1);
    assert!(said.err.contains("tripped at r1: verdict = cascade"), "{}", said.err);

    // The same runs against themselves hold nothing new; another first suspect is.
    folder.run("batch runs/deep -o before").expect_code(0);
    let against =
        |dir: &'static str| ["batch", dir, "-o", "out", "--fail-on", "new_root_cause", "--against", "before"];
    folder.run_with(&against("runs/deep"), &[]).expect_code(0);
    folder.run("simulate systems --scenario cascading-outage -o runs/deep/r1.parquet").expect_code(0);
    folder.run_with(&against("runs/deep"), &[]).expect_code(1);
    folder.run("batch runs/deep -o out --fail-on new_root_cause").expect_code(2);
}

#[test]
fn inputs_come_from_patterns_and_from_standard_input() {
    let folder = Folder::new();
    runs(&folder);
    folder.run_with(&["batch", "runs/deep/*.parquet", "-o", "a"], &[]).expect_code(0);
    folder.shell("find runs/deep -name '*.parquet' | sort | $BIN batch - -o b").expect_code(0);
    assert_eq!(files(&folder.path("a")), files(&folder.path("b")));
    let said = folder.run("batch gone -o c").expect_code(3);
    assert!(said.err.contains("gone: failed"), "{}", said.err);
    folder
        .run_with(&["batch", "nothing/*.parquet", "-o", "c"], &[])
        .expect_code(3)
        .complains(&["no run found"]);
}
