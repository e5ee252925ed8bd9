//! Outputs that cannot be written: exit code 4, one message, nothing left over or destroyed.

use std::time::Duration;

use crate::support::{BINARY, Folder};

#[test]
fn a_path_under_a_file_is_no_place() {
    let folder = Folder::new();
    folder.simulate("reference");
    folder.write("file", b"precious");
    for line in [
        "simulate flood -o file/run.parquet",
        "report run.parquet -o file/report.md",
        "rank run.parquet -o file/rank.csv",
        "export run.parquet -o file/frames",
        "export run.parquet -o file",
    ] {
        folder.run(line).expect_code(4).complains(&["file"]);
    }
    folder.run("simulate flood -o .").expect_code(4);
    assert_eq!(folder.read("file"), b"precious");
    assert_eq!(folder.names(), ["file", "run.parquet", "run.truth.json"]);
}

#[cfg(unix)]
#[test]
fn a_file_size_limit_leaves_nothing() {
    let folder = Folder::new();
    folder.simulate("contagion");
    let before = folder.names();
    for line in [
        "simulate flood --scenario late-policy -o late.parquet",
        "report run.parquet -o report.md",
        "export run.parquet -o frames --format arrow,parquet,csv",
    ] {
        let said = folder.shell(&format!("ulimit -f 1; exec \"$BIN\" {line}")).expect_code(4);
        said.complains(&["cannot be written"]);
        assert_eq!(folder.names(), before, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn an_existing_output_survives_a_failed_run() {
    let folder = Folder::new();
    folder.simulate("contagion");
    let (run, truth) = (folder.read("run.parquet"), folder.read("run.truth.json"));
    let limited = "ulimit -f 1; exec \"$BIN\" simulate flood --scenario late-policy -o run.parquet";
    folder.shell(limited).expect_code(4);
    folder.run("simulate flood --set schedule.0.delay=-1 -o run.parquet").expect_code(2);
    assert!(folder.read("run.parquet") == run && folder.read("run.truth.json") == truth);
}

#[test]
fn an_output_never_replaces_the_input() {
    let folder = Folder::new();
    folder.simulate("reference");
    let run = folder.read("run.parquet");
    folder.run("report run.parquet -o ./run.parquet").expect_code(2).complains(&["is the input"]);
    folder.run("rank run.parquet -o run.parquet").expect_code(2).complains(&["is the input"]);
    assert!(folder.read("run.parquet") == run);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_to_and_never_replaced() {
    let folder = Folder::new();
    folder.simulate("reference");
    let full = folder.shell("\"$BIN\" report run.parquet > /dev/full").expect_code(4);
    full.complains(&["standard output"]);
    folder.run("report run.parquet -o /dev/full").expect_code(4).complains(&["/dev/full"]);
    folder.run("report run.parquet -o /dev/null").expect_code(0);
    folder.run("simulate flood -o /dev/null").expect_code(4);
    assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    folder.run("report run.parquet -o -").expect_code(0).says(&["`emergency`"]);
    folder.shell("\"$BIN\" report run.parquet | head -c 10 > /dev/null").expect_code(0);
}

#[test]
fn a_device_that_is_absent_is_told_and_the_cpu_takes_its_place() {
    let folder = Folder::new();
    folder.simulate("reference");
    let said = folder.run("report run.parquet --device cuda -o report.md").expect_code(0);
    // A build for CUDA on a machine with a GPU has nothing to tell.
    let warned = said.err.contains("warning: device cuda is not available");
    assert_eq!(warned, said.err.contains("computing on the cpu"), "{}", said.err);
    assert!(folder.path("report.md").exists());
}

/// Starts the program, interrupts it, and returns its exit code.
#[cfg(unix)]
fn interrupted(folder: &Folder, line: &str, ready: impl Fn() -> bool) -> i32 {
    let mut child = std::process::Command::new(BINARY)
        .args(line.split_whitespace())
        .current_dir(folder.path(""))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while !ready() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    // The program may be done by now; then there is nobody to interrupt.
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    // Before the handler stands, the signal itself ends the program.
    child.wait().unwrap().code().unwrap_or(130)
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing() {
    let folder = Folder::new();
    // From the first byte on disk on.
    let line = "simulate flood --set schedule.0.repeat=5000000 -o big.parquet";
    assert_eq!(interrupted(&folder, line, || !folder.names().is_empty()), 130);
    assert!(folder.names().is_empty(), "{:?}", folder.names());
}

#[cfg(unix)]
#[test]
fn interrupted_outputs_are_the_old_ones_or_the_new_ones() {
    let folder = Folder::new();
    folder.run("simulate flood --set schedule.0.repeat=20000 -o run.parquet").expect_code(0);
    folder.run("export run.parquet -o otlp --format otlp").expect_code(0);
    let mut stopped = 0;
    for line in [
        "import otlp otlp/metrics.json otlp/logs.json -o bundle",
        "export run.parquet -o frames --format parquet,csv",
        "report run.parquet -o report.md",
    ] {
        let output = line.rsplit("-o ").next().unwrap().split(' ').next().unwrap();
        // Twice: into nothing, then over what stands there.
        for round in 0..2 {
            let before = folder.names();
            for doubled in 0..12 {
                let delay = Duration::from_millis(1 << doubled);
                let code = interrupted(&folder, line, || {
                    std::thread::sleep(delay);
                    true
                });
                assert!([0, 130].contains(&code), "{line}: {code}");
                stopped += i32::from(code == 130);
                let names = folder.names();
                assert!(names.iter().all(|n| !n.contains(".tmp-")), "{line}: {names:?}");
                let inside = folder.path(output);
                if inside.is_dir() {
                    let hidden = std::fs::read_dir(inside).unwrap().map(|e| e.unwrap().file_name());
                    assert!(hidden.into_iter().all(|n| !n.to_string_lossy().contains(".tmp-")), "{line}");
                }
                if code == 130 && round == 1 {
                    assert_eq!(names, before, "{line}");
                }
                if code == 0 {
                    break;
                }
            }
            folder.run(line).expect_code(0);
        }
        folder
            .run(if output == "bundle" { "validate bundle" } else { "validate run.parquet" })
            .expect_code(0);
    }
    assert!(stopped >= 6, "interrupted {stopped} times only");
}

#[test]
fn an_export_keeps_what_else_is_in_the_folder() {
    let folder = Folder::new();
    folder.simulate("reference");
    folder.write("frames/mine.txt", b"precious");
    folder.write("frames/ranking.arrow", b"old");
    folder.run("export run.parquet -o frames --format arrow,graphml").expect_code(0).says(&["frames"]);
    assert_eq!(folder.read("frames/mine.txt"), b"precious");
    assert!(folder.read("frames/ranking.arrow").starts_with(b"ARROW1"));
    assert!(folder.path("frames/graph.graphml").exists());
}
