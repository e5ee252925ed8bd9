//! Messages about scenarios: what, where, what to do.

use infra_simulate::scenario::{Format, MAX_TEXT_BYTES};
use infra_simulate::{Scenario, ScenarioError};

use crate::support::toml;

#[track_caller]
fn check(text: &str, expected: &str) {
    let error = toml(text).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, expected.trim());
}

const HEAD: &str = "until = 5\nagents = []\n";

#[test]
fn broken_texts_have_line_and_column() {
    check("until = 5\nagents = [", "test.toml: line 2, column 11: unclosed array, expected `]`");
    let error = Scenario::parse("{\"until\": 5,\n}", Format::Json, "a.json").unwrap_err().to_string();
    assert_eq!(error, "a.json: line 2, column 1: trailing comma");
}

#[test]
fn negative_and_missing_delays_name_their_entry_and_line() {
    check(
        &format!(
            "{HEAD}[[schedule]]\ndelay = -1\nevent_type = \"X\"\nsource = \"s\"\n\n[[schedule]]\nevent_type = \"X\"\nsource = \"s\"\n"
        ),
        "2 problems\n  \
         - test.toml: schedule[0].delay (line 4): a negative delay (-1); the past cannot be scheduled\n  \
         - test.toml: schedule[1].delay (line 8): is missing; expected an integer",
    );
    // The same in JSON, whose lines are known too.
    let json = "{\"until\": 5, \"agents\": [],\n\"schedule\": [\n{\"delay\": -3, \"event_type\": \"X\", \"source\": \"s\"}]}";
    let error = Scenario::parse(json, Format::Json, "a.json").unwrap_err().to_string();
    assert_eq!(
        error,
        "a.json: schedule[0].delay (line 3): a negative delay (-3); the past cannot be scheduled"
    );
}

#[test]
fn all_problems_are_listed_with_their_paths() {
    check(
        r#"
schema = "infra-scenario/2"
untill = 5
seed = -1
tick = 0
[[agents]]
kind = "servise"
id = "a"
[[agents]]
kind = "service"
id = "b"
capacity = nan
dependencies = "a"
treshold = 1
[[agents]]
kind = "citizen"
id = "b"
demand_profile = "much"
panic_threshold = 1
[[agents]]
kind = "policy"
id = " p"
intervention_delay = -2
budget = 1
"#,
        r#"13 problems
  - test.toml: until (line 1): is missing; expected an integer
  - test.toml: schema (line 2): this version reads `infra-scenario/1`, not `infra-scenario/2`
  - test.toml: untill (line 3): unknown key (hint: did you mean `until`?)
  - test.toml: seed (line 4): expected an integer of at least 0, found -1
  - test.toml: tick (line 5): 0.0 seconds; a tick lasts at least a nanosecond and at most 285 years
  - test.toml: agents[0].kind (line 7): unknown kind `servise` (hint: did you mean `service`?)
  - test.toml: agents[1].capacity (line 12): expected a finite number, found NaN
  - test.toml: agents[1].dependencies (line 13): expected a list of texts, found the text "a"
  - test.toml: agents[1].treshold (line 14): unknown key (hint: known: kind, id, initial_stress, is_active, capacity, dependencies, overload_threshold, stress_increment, initial_load)
  - test.toml: agents[2].id (line 17): `b` is the id of two agents
  - test.toml: agents[2].demand_profile (line 18): expected a finite number, found the text "much"
  - test.toml: agents[3].id (line 22): an empty, padded or overlong name
  - test.toml: agents[3].intervention_delay (line 23): a negative delay (-2)"#,
    );
}

#[test]
fn switches_need_the_coupled_mode() {
    check(
        &format!("{HEAD}[switches]\nrelief = 0.5\nsingle_delay = true\n"),
        "test.toml: switches (line 3): single_delay, relief changes the rules, and the mode is `reference` \
         (hint: set mode = \"coupled\")",
    );
    check(
        &format!("mode = \"coupeld\"\n{HEAD}[switches]\nrelief = 1.5\ncouplin = 1\n"),
        "3 problems\n  \
         - test.toml: mode (line 1): unknown mode `coupeld` (hint: did you mean `coupled`?)\n  \
         - test.toml: switches.relief (line 5): 1.5 is outside 0 (off) to 1\n  \
         - test.toml: switches.couplin (line 6): unknown key (hint: did you mean `coupling`?)",
    );
    assert!(toml(&format!("{HEAD}[switches]\nrelief = 0\ncoupling = 0.0\n")).is_ok(), "all off");
}

#[test]
fn payloads_are_checked_by_event_type() {
    check(
        &format!(
            "{HEAD}[[schedule]]\ndelay = 1\nevent_type = \"FLOOD_IMPACT\"\nsource = \"f\"\npayload = {{ intensty = 1.0, affected_services = [\"a\"] }}\n"
        ),
        "2 problems\n  \
         - test.toml: schedule[0].payload.intensty (line 7): unknown key (hint: did you mean `intensity`?)\n  \
         - test.toml: schedule[0].payload.intensity (line 7): is missing; expected a finite number",
    );
    let mistyped = format!(
        "{HEAD}[[schedule]]\ndelay = 1\nevent_type = \"FLOOD_IMPCT\"\nsource = \"f\"\npayload = {{ x = [1, {{ y = 2 }}] }}\n"
    );
    let warnings = toml(&mistyped).unwrap().flood().unwrap().warnings;
    assert_eq!(
        warnings,
        ["schedule[0].event_type (line 5): `FLOOD_IMPCT` has no effect (did you mean `FLOOD_IMPACT`?)"]
    );
}

#[test]
fn sizes_are_capped() {
    let large = " ".repeat(usize::try_from(MAX_TEXT_BYTES).unwrap() + 1);
    let error = toml(&large).map(|_| ()).unwrap_err();
    assert!(matches!(error, ScenarioError::TooLarge { .. }), "{error}");
    let entry = |repeat: &str| {
        format!("[[schedule]]\ndelay = 1\nrepeat = {repeat}\nevent_type = \"X\"\nsource = \"s\"\n")
    };
    check(
        &format!("{HEAD}{}{}", entry("9000000"), entry("1000001")),
        "test.toml: schedule[1].repeat (line 10): 10000001 scheduled events up to here, the cap is 10000000",
    );
    let deep = format!("x = {}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(matches!(toml(&deep), Err(ScenarioError::Syntax { .. })));
    let dotted = format!("{HEAD}x{} = 1", ".x".repeat(100_000));
    assert!(toml(&dotted).is_err());
    let mut scenario = Scenario::named("flood", "reference").unwrap();
    assert!(scenario.set("until", &deep).is_err());
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(matches!(Scenario::parse(&deep, Format::Json, "d"), Err(ScenarioError::Syntax { .. })));
    check(
        "tick = 1000000000\nuntil = 100\nagents = []",
        "test.toml: until (line 2): 100 ticks of 1000000000000000000 ns do not fit 64 bits of nanoseconds \
         (hint: use fewer or shorter ticks)",
    );
}

#[test]
fn worlds_and_names_are_known() {
    check(
        "until = 1",
        "test.toml: world (line 1): is missing (hint: known worlds: flood, queue, systems, mesh, coordination)",
    );
    check(
        "world = \"flod\"",
        "test.toml: world (line 1): unknown world `flod` (hint: known worlds: flood, queue, systems, mesh, coordination)",
    );
    let named = |world: &str, name: &str| Scenario::named(world, name).unwrap_err();
    assert_eq!(named("flod", "x").to_string(), "no world `flod` (hint: did you mean `flood`?)");
    assert_eq!(
        named("flood", "contagoin").to_string(),
        "world `flood` has no built-in scenario `contagoin` (hint: did you mean `contagion`?)"
    );
    assert!(named("flod", "x").is_usage() && !toml("=").unwrap_err().is_usage());
}

#[test]
fn files_are_read_by_extension_or_look() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        Scenario::load(&path)
    };
    assert!(write("a.toml", HEAD.as_bytes()).is_ok());
    assert!(write("b", HEAD.as_bytes()).is_ok());
    assert!(write("c", b" {\"until\": 1, \"agents\": []}").is_ok());
    let named = write("storm surge.json", b"{\"until\": 1, \"agents\": []}").unwrap();
    assert!(named.scenario_json().unwrap().contains("\"name\":\"storm surge\""));
    let error = write("d.toml", b"until = 1\nx = \"\xff\"").unwrap_err().to_string();
    assert!(error.ends_with("d.toml: line 2, column 6: not UTF-8 text"), "{error}");
    let error = Scenario::load(&dir.path().join("none.toml")).unwrap_err();
    assert!(matches!(error, ScenarioError::Unreadable { .. }));
}
