//! The same input gives the same bytes, on any number of threads, whatever stands beside it.

use crate::support::Folder;

const THREADS: [[(&str, &str); 2]; 2] = [
    [("RAYON_NUM_THREADS", "1"), ("POLARS_MAX_THREADS", "1")],
    [("RAYON_NUM_THREADS", "4"), ("POLARS_MAX_THREADS", "4")],
];

/// Everything that the program makes of a scenario.
fn make(scenario: &str, environment: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let folder = Folder::new();
    let run = |line: &str| {
        folder.run_with(&line.split(' ').collect::<Vec<_>>(), environment).expect_code(0);
    };
    run(&format!("simulate flood --scenario {scenario} -o run.parquet"));
    run("report run.parquet -o report.md");
    run("report run.parquet --format json -o report.json");
    run("report run.parquet --format html -o report.html");
    run("report run.parquet -o frames/pictures.md --assets frames");
    run("rank run.parquet --format csv -o rank.csv");
    run("export run.parquet --format arrow,parquet,csv,graphml,dot,mermaid -o frames");
    let mut files = vec![];
    for dir in [folder.path(""), folder.path("frames")] {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn threads_change_no_byte() {
    for scenario in ["reference", "contagion"] {
        let [one, four] = THREADS.map(|environment| make(scenario, &environment));
        assert!(one.len() > 35, "{}", one.len());
        for (a, b) in one.iter().zip(&four) {
            assert_eq!(a.0, b.0);
            assert!(a.1 == b.1, "{scenario}: {} differs", a.0);
        }
        assert_eq!(one.len(), four.len());
    }
}

#[test]
fn a_report_does_not_know_the_truth() {
    let folder = Folder::new();
    folder.simulate("contagion");
    let truth = folder.read("run.truth.json");
    let report = || folder.run("report run.parquet").expect_code(0).out;
    let with = report();
    std::fs::remove_file(folder.path("run.truth.json")).unwrap();
    let without = report();
    let other = String::from_utf8(truth).unwrap().replace("power", "hospital");
    folder.write("run.truth.json", other.as_bytes());
    let with_another = report();
    folder.write("run.truth.json", b"no JSON at all");
    let with_a_false_one = report();
    assert!(with == without && with == with_another && with == with_a_false_one);
}

#[test]
fn a_report_does_not_know_where_the_run_lies() {
    let folder = Folder::new();
    folder.simulate("reference");
    let here = folder.run("report run.parquet").expect_code(0).out;
    std::fs::create_dir_all(folder.path("a/b")).unwrap();
    std::fs::copy(folder.path("run.parquet"), folder.path("a/b/run.parquet")).unwrap();
    assert_eq!(here, folder.run("report a/b/run.parquet").expect_code(0).out);
}
