//! `compare`: two runs, two folders, other seeds, gates, and input that is wrong.

use serde_json::Value;

use crate::support::{Folder, story, story_metadata, write_parquet};

/// Simulates seeds 1 to `n` of a scenario to `FOLDER/seed-N.parquet`.
#[track_caller]
fn seeds(folder: &Folder, name: &str, scenario: &str, n: u64) {
    for seed in 1..=n {
        let line = format!("simulate {scenario} --seed {seed} -o {name}/seed-{seed}.parquet");
        folder.run(&line).expect_code(0);
    }
}

/// The comparison as JSON.
#[track_caller]
fn compared(folder: &Folder, arguments: &str) -> Value {
    let out = folder.run(&format!("compare {arguments} --format json")).expect_code(0).out;
    serde_json::from_str(&out).unwrap()
}

/// A figure of the first pair by its measure and the last name of its subject.
fn figure<'a>(model: &'a Value, measure: &str, last: &str) -> &'a Value {
    let is = |f: &&Value| {
        let subject = f["subject"].as_array().unwrap();
        f["measure"] == measure && subject.last().is_none_or(|s| s == last)
    };
    model["pairs"][0]["figures"].as_array().unwrap().iter().find(is).unwrap_or(&Value::Null)
}

/// Two seeds, held against twenty others; the two are in the folder as well and do not count.
#[track_caller]
fn two_seeds_are_within_the_spread(scenario: &str) -> Value {
    let folder = Folder::new();
    seeds(&folder, "seeds", scenario, 22);
    let line = "seeds/seed-1.parquet seeds/seed-2.parquet --spread seeds --fail-on worse,changed";
    let model = compared(&folder, line);
    assert_eq!(model["conclusion"], "within_spread", "{model:#}");
    let pair = &model["pairs"][0];
    let siblings = serde_json::json!({ "used": 20, "other_scenario": 0, "repeated": 2, "surplus": 0 });
    assert_eq!(pair["siblings"], siblings);
    assert!(pair["tally"]["changed"].as_u64().unwrap() > 3 && pair["chance"]["pairs"] == 190, "{pair:#}");
    folder.run(&format!("compare {line}")).expect_code(0).says(&[
        "**Conclusion: within the spread**",
        "of 20 siblings",
        "By chance:",
    ]);
    // Without other seeds nothing says that the change is usual.
    let alone = compared(&folder, "seeds/seed-1.parquet seeds/seed-2.parquet");
    assert_ne!(alone["conclusion"], "within_spread");
    model
}

#[test]
fn two_seeds_of_a_queue_are_within_the_spread() {
    let model = two_seeds_are_within_the_spread("queue --scenario exp-003");
    let failed = figure(&model, "failed_requests", "");
    assert_eq!(failed["judgement"], "within");
    assert_eq!(failed["evidence"]["pairs"], 190);
}

#[test]
fn two_seeds_of_a_mesh_are_within_the_spread() {
    // Every seed has services of its own: another suspect, another path is nothing new.
    let model = two_seeds_are_within_the_spread("mesh --scenario connected");
    let suspect = figure(&model, "first_suspect", "");
    assert_ne!(suspect["base"], suspect["candidate"]);
    assert_eq!(suspect["judgement"], "within");
    assert!(suspect["evidence"]["candidate"]["new"].as_f64().is_none_or(|new| new > 0.5), "{suspect}");
}

const DELAYED: &str = "simulate flood --scenario late-policy \
    --set agents.policy:council.intervention_delay=10 -o delayed.parquet";

#[test]
fn a_policy_that_acts_later_changes_outcome_and_path() {
    let folder = Folder::new();
    seeds(&folder, "seeds", "flood --scenario late-policy", 8);
    folder.run("simulate flood --scenario late-policy -o late.parquet").expect_code(0);
    folder.run(DELAYED).expect_code(0);
    for spread in ["", "--spread seeds"] {
        let model = compared(&folder, &format!("late.parquet delayed.parquet {spread}"));
        assert_eq!(model["conclusion"], "worse", "{model:#}");
        let judged = if spread.is_empty() { "unknown" } else { "beyond" };
        let recover = figure(&model, "time_to_recover", "");
        assert_eq!(recover["base"]["number"], 71e9);
        assert_eq!(recover["candidate"]["absent"], "never");
        assert_eq!([&recover["judgement"], &recover["trend"]], [judged, "worse"]);
        let [gone, new] = ["hospitals", "shelters"].map(|end| figure(&model, "path", end));
        assert_eq!([&gone["base"]["flag"], &new["candidate"]["flag"]], [true, true]);
        assert_eq!([&gone["judgement"], &new["judgement"]], [judged, judged]);
        let line = format!("compare late.parquet delayed.parquet {spread} --fail-on worse");
        let said = folder.run(&line).expect_code(1).says(&[
            "**Conclusion: worse**",
            "Time to recover: not within the run, was 71 ticks",
            "New path: `power` → `water` → `hospitals` → `shelters`.",
            "Path that is gone: `power` → `water` → `hospitals`.",
        ]);
        assert_eq!(said.err, "gate tripped: worse (conclusion: worse)\n");
    }
    // The other way round it is better, which is a change, and no reason to fail.
    let back = "compare delayed.parquet late.parquet --spread seeds -o back.html --format html";
    folder.run(&format!("{back} --fail-on worse")).expect_code(0);
    folder.run(&format!("{back} --fail-on changed")).expect_code(1);
    let html = String::from_utf8(folder.read("back.html")).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains(">better</strong>"), "{html}");
}

#[test]
fn folders_are_paired_and_what_is_left_is_listed() {
    let folder = Folder::new();
    seeds(&folder, "before", "queue --scenario exp-001", 4);
    for (seed, name) in [(1, "seed-1"), (2, "another-name"), (3, "seed-3"), (9, "added")] {
        let line = format!(
            "simulate queue --scenario exp-001 --seed {seed} --set queue.workers=6 -o after/{name}.parquet"
        );
        folder.run(&line).expect_code(0);
    }
    folder.write("after/notes.txt", b"no run");
    folder.write("after/labels.json", b"{\"schema\": \"mine\"}");
    let said = folder.run("compare before after --format json").expect_code(0);
    assert!(said.err.contains("labels.json: left out: no report"), "{}", said.err);
    let model: Value = serde_json::from_str(&said.out).unwrap();
    let names: Vec<&str> =
        model["pairs"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["seed-1", "seed-2", "seed-3"]);
    assert_eq!(model["pairs"][1]["candidate"]["name"], "another-name.parquet");
    assert_eq!(model["unpaired"], serde_json::json!({ "base": ["seed-4"], "candidate": ["added"] }));
    let failed = model["overview"].as_array().unwrap().iter().find(|l| l["measure"] == "verdict").unwrap();
    assert!(failed["changed"].as_u64().unwrap() <= 3, "{failed}");
    folder.run("compare before after").expect_code(0).says(&[
        "In the base only: `seed-4`",
        "## Over all pairs",
        "## `seed-2`",
    ]);
    folder.run("compare before before --fail-on changed").expect_code(0).says(&["Conclusion: the same"]);
}

#[test]
fn a_report_says_the_same_as_its_run() {
    let folder = Folder::new();
    folder.run("simulate flood --scenario late-policy -o late.parquet").expect_code(0);
    folder.run(DELAYED).expect_code(0);
    for run in ["late", "delayed"] {
        folder.run(&format!("report {run}.parquet --format json -o {run}.json")).expect_code(0);
    }
    let [runs, reports, mixed] =
        ["late.parquet delayed.parquet", "late.json delayed.json", "late.json delayed.parquet"]
            .map(|both| compared(&folder, both)["pairs"].clone());
    assert_eq!(runs, reports);
    assert_eq!(runs, mixed);
    // Where both stand in a folder the run counts, once.
    for (file, dir) in [("late", "before"), ("delayed", "after")] {
        std::fs::create_dir(folder.path(dir)).unwrap();
        for extension in ["parquet", "json"] {
            let [from, to] = [format!("{file}.{extension}"), format!("{dir}/x.{extension}")];
            std::fs::copy(folder.path(&from), folder.path(&to)).unwrap();
        }
    }
    let model = compared(&folder, "before after");
    assert_eq!(model["pairs"].as_array().unwrap().len(), 1);
    assert_eq!(model["conclusion"], "worse");
}

#[test]
fn a_comparison_is_the_same_on_any_number_of_threads() {
    let folder = Folder::new();
    seeds(&folder, "seeds", "queue --scenario exp-002", 7);
    let line = "compare seeds/seed-1.parquet seeds/seed-2.parquet --spread seeds --format";
    for format in ["md", "html", "json"] {
        let [one, four] = ["1", "4"].map(|n| {
            let arguments = format!("{line} {format}");
            let arguments: Vec<&str> = arguments.split(' ').collect();
            let said = folder.run_with(&arguments, &[("RAYON_NUM_THREADS", n), ("POLARS_MAX_THREADS", n)]);
            said.expect_code(0).out
        });
        assert!(one == four, "{format}");
    }
}

#[test]
fn names_from_logs_are_inert() {
    let names = ["</td><script>x</script>", "=cmd|' /C calc'!A0", "a|b`c\n# Fake [x](javascript:1)"];
    let folder = Folder::new();
    for (run, names) in [("a", names), ("b", [names[1], names[0], names[2]])] {
        let path = folder.path(&format!("{run}.parquet"));
        write_parquet(&path, &story(names, "# Fake line"), Some(&story_metadata(names)));
    }
    let markdown = folder.run("compare a.parquet b.parquet").expect_code(0).out;
    let html = folder.run("compare a.parquet b.parquet --format html").expect_code(0).out;
    assert!(markdown.contains("calc") && html.contains("calc"));
    for text in [&markdown, &html] {
        assert!(!text.contains("<script") && !text.contains("</td><s"), "{text}");
    }
    assert!(!markdown.contains("](javascript") && !markdown.lines().any(|l| l.starts_with("# Fake")));
}

#[test]
fn wrong_input_is_named() {
    let folder = Folder::new();
    let run = folder.simulate("reference");
    let two = |arguments: &str| folder.run(&format!("compare {arguments}"));
    two("run.parquet missing.parquet").expect_code(3).complains(&["missing.parquet"]);
    folder.write("broken/x.parquet", b"PAR1 and nothing");
    two("broken broken").expect_code(3).complains(&["x.parquet"]);
    std::fs::create_dir(folder.path("empty")).unwrap();
    two("empty empty").expect_code(3).complains(&["no runs in it"]);
    two("run.parquet run.parquet --spread empty").expect_code(3).complains(&["no runs in it"]);
    folder.write("rank.json", b"{\"schema\": \"infra-rank/1\"}");
    two("rank.json run.parquet").expect_code(3).complains(&["infra-rank/1", "report RUN --format json"]);
    folder.write("cut.json", b"{\"schema\": \"infra-report/1\", \"findings\": {");
    two("cut.json run.parquet").expect_code(3).complains(&["cut.json", "no report that can be read"]);
    for name in ["one/a.parquet", "one/b.parquet", "other/c.parquet"] {
        std::fs::create_dir_all(folder.path(name).parent().unwrap()).unwrap();
        std::fs::copy(&run, folder.path(name)).unwrap();
    }
    two("one run.parquet").expect_code(2).complains(&["two folders"]);
    // Both have the seed of the other: neither is chosen.
    two("one other").expect_code(3).complains(&["no run of one has a counterpart"]);
    folder.write("one/b/run.json", b"{}");
    two("one other").expect_code(3).complains(&["`b` and `b.parquet` have one name"]);
    two("run.parquet run.parquet -o run.parquet").expect_code(2).complains(&["is the input"]);
    two("run.parquet run.parquet --fail-on better").expect_code(2);
    // A spread of strangers is none, and that is told.
    folder.run("simulate queue --scenario exp-001 -o strangers/q.parquet").expect_code(0);
    let said = two("run.parquet run.parquet --spread strangers").expect_code(0);
    assert!(said.err.contains("no run of the spread is of its world and scenario"), "{}", said.err);
}
