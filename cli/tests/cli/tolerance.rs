//! Input that is odd but acceptable is read, with a note.

use std::sync::Arc;

use arrow::array::Float64Array;

use crate::support::{
    Columns, Folder, PLAIN, Said, floats, ints, story, story_metadata, texts, with, write_parquet,
};

fn report(columns: &Columns, metadata: &str) -> Said {
    let folder = Folder::new();
    write_parquet(&folder.path("run.parquet"), columns, Some(metadata));
    folder.run("inspect run.parquet").expect_code(0);
    folder.run("report run.parquet").expect_code(0)
}

#[test]
fn numbers_that_are_none_read_as_null() {
    let columns = story(PLAIN, "");
    let n = columns[0].1.len();
    let odd = |i: usize| match i {
        3 => f64::NAN,
        4 => f64::INFINITY,
        5 => f64::NEG_INFINITY,
        i => i as f64 % 3.0 * 0.01,
    };
    let stress = ("stress".to_owned(), Arc::new(Float64Array::from_iter_values((0..n).map(odd))) as _);
    report(&with(columns, "stress", Some(stress)), &story_metadata(PLAIN)).says(&["3 ", "NaN or infinite"]);
}

#[test]
fn an_edge_may_lead_to_a_service_without_rows() {
    let metadata =
        story_metadata(PLAIN).replace(r#""edges":["#, r#""edges":[{"from":"alpha","to":"ghost"},"#);
    report(&story(PLAIN, ""), &metadata).says(&["ghost", "`alpha`"]);
}

#[test]
fn dependencies_may_go_in_circles() {
    let metadata =
        story_metadata(PLAIN).replace(r#""edges":["#, r#""edges":[{"from":"alpha","to":"gamma"},"#);
    report(&story(PLAIN, ""), &metadata).says(&["`alpha`", "cycle"]);
    let itself = story_metadata(PLAIN).replace(r#""edges":["#, r#""edges":[{"from":"alpha","to":"alpha"},"#);
    report(&story(PLAIN, ""), &itself).says(&["`alpha`"]);
}

#[test]
fn a_newer_minor_version_is_read_with_a_warning() {
    let metadata = story_metadata(PLAIN).replace("infra-run/1", "infra-run/1.7");
    let said = report(&story(PLAIN, ""), &metadata).says(&["`alpha`", "infra-run/1.7"]);
    assert!(said.err.contains("warning: ") && said.err.contains("infra-run/1.7"), "{}", said.err);
}

#[test]
fn a_run_without_rows_gives_a_report_that_says_so() {
    let none: Columns = story(PLAIN, "").into_iter().map(|(name, array)| (name, array.slice(0, 0))).collect();
    report(&none, &story_metadata(PLAIN)).says(&["no incident", "no rows"]);
    let bare = vec![
        ints("seq", []),
        ints("event_id", []),
        ints("time_ns", []),
        texts("event_type", []),
        texts("source", []),
        texts("service", []),
    ];
    report(&bare, r#"{"schema":"infra-run/1"}"#).says(&["no rows"]);
}

#[test]
fn quiet_keeps_warnings_back_and_verbose_tells_the_steps() {
    let folder = Folder::new();
    let metadata = story_metadata(PLAIN).replace("infra-run/1", "infra-run/1.7");
    write_parquet(&folder.path("run.parquet"), &story(PLAIN, ""), Some(&metadata));
    assert!(folder.run("report -q run.parquet").expect_code(0).err.is_empty());
    let said = folder.run("report run.parquet --verbose").expect_code(0);
    assert!(said.err.contains("reading run.parquet"), "{}", said.err);
}

#[test]
fn extreme_numbers_are_numbers() {
    let columns = story(PLAIN, "");
    let n = columns[0].1.len() as i64;
    let huge = |i: i64| if i % 3 == 0 { 1e308 } else { -1e308 };
    type Times = (&'static str, fn(i64) -> i64);
    let times: [Times; 3] = [
        ("both ends", |i| if i < 60 { i64::MIN } else { i64::MAX }),
        ("far apart", |i| i * 70_000_000_000_000_000),
        ("the far end", |i| i64::MAX - 200 + i),
    ];
    for (name, time) in times {
        let folder = Folder::new();
        let columns = with(columns.clone(), "time_ns", Some(ints("time_ns", (0..n).map(time))));
        let columns = with(columns, "stress", Some(floats("stress", (0..n).map(huge))));
        write_parquet(&folder.path("run.parquet"), &columns, Some(&story_metadata(PLAIN)));
        for line in ["report run.parquet", "inspect run.parquet", "export run.parquet -o x --format csv,dot"]
        {
            let said = folder.run(line).expect_calm();
            assert!([0, 3].contains(&said.code), "{name}: {line}: {said:?}");
        }
    }
}
