//! Bad input: one clear message, exit code 3 (or 2 for wrong usage), nothing written, no panic.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::support::{
    Columns, Folder, PLAIN, floats, ints, metrics_bundle, story, story_metadata, texts, with, write_parquet,
};

/// Every command that reads a run refuses it with code 3 and these words, and writes nothing.
#[track_caller]
fn refused(folder: &Folder, run: &str, words: &[&str]) {
    folder.write("kept.md", b"precious");
    let before = folder.names();
    for line in
        ["report RUN -o kept.md", "rank RUN", "inspect RUN", "export RUN -o frames --format arrow,dot"]
    {
        let said = folder.run(&line.replace("RUN", run)).expect_code(3);
        assert!(said.out.is_empty() || line.starts_with("inspect"), "{}", said.out);
        if said.err.is_empty() {
            // `inspect` lists rule breaks of rows as problems.
            said.says(&["problems ("]).says(words);
        } else {
            said.complains(words).complains(&[run]);
        }
    }
    let said = folder.run(&format!("validate {run}")).expect_code(3);
    let told = format!("{}{}", said.out, said.err);
    assert!(words.iter().all(|w| told.contains(w)), "{told}");
    assert_eq!(folder.read("kept.md"), b"precious");
    assert_eq!(folder.names(), before);
}

/// A run made of the story, changed.
#[track_caller]
fn changed(change: impl FnOnce(Columns) -> Columns, words: &[&str]) {
    let folder = Folder::new();
    let columns = change(story(PLAIN, "an alarm"));
    write_parquet(&folder.path("run.parquet"), &columns, Some(&story_metadata(PLAIN)));
    refused(&folder, "run.parquet", words);
}

#[test]
fn the_unchanged_story_is_accepted() {
    let folder = Folder::new();
    write_parquet(&folder.path("run.parquet"), &story(PLAIN, "an alarm"), Some(&story_metadata(PLAIN)));
    folder.run("report run.parquet").expect_code(0).says(&["`alpha`"]);
    folder.run("validate run.parquet").expect_code(0).says(&["ok"]);
}

#[test]
fn what_is_no_run_at_all() {
    let folder = Folder::new();
    refused(&folder, "missing.parquet", &["cannot be read"]);
    folder.write("empty.parquet", b"");
    refused(&folder, "empty.parquet", &["the file is empty"]);
    folder.write("picture.parquet", b"\x89PNG\r\n\x1a\n and then some pixels");
    refused(&folder, "picture.parquet", &["a PNG image"]);
    folder.write("folder/readme.txt", b"no tables");
    refused(&folder, "folder", &["run.json"]);
    folder.write("bundle/run.json", br#"{"schema":"infra-run/1"}"#);
    refused(&folder, "bundle", &["without tables"]);
    folder.write("text.parquet", b"time,service\n1,a\n");
    refused(&folder, "text.parquet", &["not Parquet"]);
}

#[test]
fn damaged_files() {
    let folder = Folder::new();
    folder.simulate("reference");
    let whole = folder.read("run.parquet");
    for share in [2, 3, 10] {
        folder.write("cut.parquet", &whole[..whole.len() - whole.len() / share]);
        refused(&folder, "cut.parquet", &["damaged"]);
    }
    let mut random = 1_u64;
    let mut noise = b"PAR1".to_vec();
    noise.extend(
        std::iter::repeat_with(|| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 56) as u8
        })
        .take(4_000),
    );
    noise.extend(1_000_u32.to_le_bytes());
    noise.extend(b"PAR1");
    folder.write("noise.parquet", &noise);
    refused(&folder, "noise.parquet", &["damaged"]);
}

#[test]
fn a_decompression_bomb_is_refused_before_it_goes_off() {
    let folder = Folder::new();
    let path = folder.path("bomb.parquet");
    let level = Compression::ZSTD(ZstdLevel::try_new(1).unwrap());
    let properties = WriterProperties::builder().set_compression(level).set_dictionary_enabled(false).build();
    let megabyte = "a".repeat(1 << 20);
    let message: ArrayRef = Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&megabyte, 40)));
    let batch = RecordBatch::try_from_iter([("message", message)]).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(properties)).unwrap();
    for _ in 0..8 {
        writer.write(&batch).unwrap();
    }
    writer.close().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
    refused(&folder, "bomb.parquet", &["refused", "the cap is"]);
}

#[test]
fn columns_that_break_the_format() {
    changed(|c| with(c, "time_ns", None), &["column `time_ns`", "missing"]);
    changed(
        |c| with(with(c, "source", None), "event_type", None),
        &["`source`", "`event_type`", "2 problems"],
    );
    changed(
        |c| {
            let n = c[0].1.len() as i64;
            with(c, "service", Some(ints("service", 0..n)))
        },
        &["column `service`", "Int64", "text"],
    );
    changed(
        |c| {
            let n = c[0].1.len();
            with(c, "time_ns", Some(floats("time_ns", (0..n).map(|i| i as f64))))
        },
        &["column `time_ns`", "Float64"],
    );
}

#[test]
fn rows_that_break_the_format() {
    changed(
        |c| {
            let n = c[0].1.len() as i64;
            with(c, "seq", Some(ints("seq", (0..n).map(|i| if i == 7 { 6 } else { i }))))
        },
        &["column `seq`", "row 7"],
    );
    changed(
        |c| {
            let n = c[0].1.len() as i64;
            with(c, "time_ns", Some(ints("time_ns", (0..n).map(|i| if i == 9 { 0 } else { i }))))
        },
        &["column `time_ns`", "row 9"],
    );
    changed(
        |c| {
            let n = c[0].1.len();
            with(c, "source", Some(texts("source", (0..n).map(|i| (i != 5).then_some("x")))))
        },
        &["column `source`", "null"],
    );
}

#[test]
fn metadata_that_cannot_be_read() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| write_parquet(&folder.path(name), &story(PLAIN, ""), Some(text));
    write("broken.parquet", "{\"schema\": \"infra-run/1\", ");
    refused(&folder, "broken.parquet", &["broken JSON", "line 1"]);
    write("newer.parquet", r#"{"schema":"infra-run/2"}"#);
    refused(&folder, "newer.parquet", &["infra-run/2", "newer infra-analyze"]);
    write("other.parquet", r#"{"schema":"something"}"#);
    refused(&folder, "other.parquet", &["no infra-run version"]);
    write("wrong.parquet", r#"{"schema":"infra-run/1","services":5}"#);
    refused(&folder, "wrong.parquet", &["metadata", "expected a sequence", "column 36"]);
    let deep = format!("{{\"schema\":\"infra-run/1\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    write("deep.parquet", &deep);
    refused(&folder, "deep.parquet", &["metadata"]);
}

#[test]
fn names_from_files_cannot_drive_the_terminal() {
    let folder = Folder::new();
    let evil = "\u{1b}[31mred\u{202e}";
    let mut columns = story(PLAIN, "");
    columns.push((evil.to_owned(), ints("x", 0..columns[0].1.len() as i64).1));
    write_parquet(&folder.path("run.parquet"), &columns, Some(&story_metadata(PLAIN)));
    for line in
        ["report run.parquet", "inspect run.parquet", "validate run.parquet", "inspect run.parquet --rows 1"]
    {
        let said = folder.run(line).expect_code(0);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{line}");
        assert!(!said.out.contains('\u{202e}') && !said.err.contains('\u{202e}'), "{line}");
    }
    let said = folder.run_with(&["report", "no\u{1b}[2Jsuch"], &[]).expect_code(3);
    assert!(!said.err.contains('\u{1b}'), "{}", said.err);
}

#[test]
fn scenarios() {
    let folder = Folder::new();
    folder.write("bad.toml", b"schema = \"infra-scenario/1\"\nworld = \"flood\"\nuntil = = 3\n");
    folder
        .run("simulate flood --scenario bad.toml -o x.parquet")
        .expect_code(3)
        .complains(&["bad.toml", "line 3"]);
    folder.write("key.toml", b"schema = \"infra-scenario/1\"\nworld = \"flood\"\nname = \"x\"\nuntl = 3\n");
    let said = folder.run("simulate flood --scenario key.toml -o x.parquet").expect_code(3);
    said.complains(&["key.toml", "untl", "until"]);
    folder
        .run("simulate flood --scenario no/such.toml -o x.parquet")
        .expect_code(3)
        .complains(&["cannot be read"]);
    folder.run("simulate flod -o x.parquet").expect_code(2).complains(&["did you mean `flood`?"]);
    folder.run("simulate flood --scenario contagon -o x.parquet").expect_code(2).complains(&["`contagion`"]);
    folder
        .run("simulate flood --set untl=3 -o x.parquet")
        .expect_code(2)
        .complains(&["--set untl", "`until`"]);
    folder.run("simulate flood --set until=soon -o x.parquet").expect_code(2).complains(&["--set until"]);
    folder.run("simulate flood --set until -o x.parquet").expect_code(2).complains(&["NAME=VALUE"]);
    let mut names = folder.names();
    names.retain(|n| !n.ends_with(".toml"));
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn arguments() {
    let folder = Folder::new();
    folder.simulate("reference");
    metrics_bundle(&folder, "bundle");
    for (line, words) in [
        ("report run.parquet --format jsn", &["json"][..]),
        ("report run.parquet --constant tua=1", &["did you mean `tau`?"]),
        ("report run.parquet --constant tau=much", &["no number"]),
        ("report run.parquet --constant tau=1e9", &["outside"]),
        ("report run.parquet --symptom emergenci", &["did you mean `emergency`?"]),
        ("rank run.parquet --why emergenci", &["did you mean `emergency`?"]),
        ("report run.parquet --incident other", &["no incident `other`"]),
        ("report bundle --incident slwo", &["it has slow"]),
        ("report run.parquet --baseline 5..3", &["ends before"]),
        ("report run.parquet --incident-window yesterday", &["A..B", "ticks"]),
        ("report bundle --baseline 2023-08-21T09:00:00..now", &["no time of this run", "RFC 3339"]),
        ("report run.parquet --top 0", &["--top"]),
        ("inspect run.parquet --rows 5-3", &["the first row comes after"]),
        ("inspect run.parquet --rows metric:3", &["did you mean `metrics`?"]),
        ("export run.parquet -o x --format graphm", &["graphml"]),
        ("verify world flod .", &["did you mean `flood`?"]),
    ] {
        folder.run(line).expect_code(2).complains(words);
    }
    folder.run("nonsense").expect_code(2);
    assert_eq!(folder.names(), ["bundle", "run.parquet", "run.truth.json"]);
}

#[test]
fn imports() {
    let folder = Folder::new();
    folder.write("bundle/run.json", br#"{"schema":"infra-run/1"}"#);
    folder.write("metrics.csv", b"t,service,latency\n0,a,1\n60,a,2\n");
    folder.write("map.toml", b"schema = \"infra-map/1\"\n[metrics]\nlayuot = \"long\"\n");
    let line = "import tables --metrics metrics.csv --config map.toml -o bundle";
    folder.run(line).expect_code(3).complains(&["map.toml:3", "layout"]);
    folder
        .run(&line.replace("map.toml", "none.toml"))
        .expect_code(3)
        .complains(&["none.toml", "cannot be read"]);
    folder.run(&format!("{line} --where scenario")).expect_code(2).complains(&["NAME=VALUE"]);
    assert_eq!(folder.read("bundle/run.json"), br#"{"schema":"infra-run/1"}"#);
}
