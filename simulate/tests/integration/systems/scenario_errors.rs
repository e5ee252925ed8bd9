//! Messages about systems scenarios: what, where, what to do.

use infra_simulate::Scenario;

use crate::support::toml;

/// The whole message about a text.
#[track_caller]
fn check(text: &str, expected: &str) {
    let error = toml(&format!("world = \"systems\"\n{text}")).map(|_| ()).unwrap_err().to_string();
    assert_eq!(error, expected.trim());
}

/// A part of the message about a text, whose problems are counted.
#[track_caller]
fn refuses(text: &str, problems: usize, part: &str) {
    let error = toml(&format!("world = \"systems\"\n{text}")).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(part), "{error}");
    let found = error.lines().filter(|line| line.trim_start().starts_with("- ")).count().max(1);
    assert_eq!(found, problems, "{error}");
}

#[test]
fn all_problems_are_listed_with_their_paths_and_lines() {
    check(
        r#"
rouds = 5
base_traffic = -1
chaos_level = "extrem"
sre_skill = "expert"
[switches]
durations = true
[[servers]]
name = "a"
services = ["x", "x"]
colour = "red"
[[servers]]
name = "a"
[[chaos_scenarios]]
name = "spike"
probability = -0.1
duration = -3
[[schedule]]
round = 16
scenario = "spke"
server = "b"
"#,
        r#"13 problems
  - test.toml: rouds (line 3): unknown key (hint: did you mean `rounds`?)
  - test.toml: base_traffic (line 4): -1.0 is outside 0 to 1000000000000
  - test.toml: chaos_level (line 5): no `extrem` is defined (hint: did you mean `extreme`?)
  - test.toml: sre_skill (line 6): no `expert` is defined (hint: known: junior, mid, senior)
  - test.toml: switches (line 7): durations changes the rules, and the mode is `reference` (hint: set mode = "coupled")
  - test.toml: servers[0].services (line 11): holds an empty, padded, overlong or repeated name
  - test.toml: servers[0].colour (line 12): unknown key (hint: known: name, type, services, cpu_capacity, memory_capacity, is_primary)
  - test.toml: servers[1].name (line 14): `a` is the name of two
  - test.toml: chaos_scenarios[0].probability (line 17): -0.1 is outside 0 to 1000000
  - test.toml: chaos_scenarios[0].duration (line 18): expected an integer of at least 0, found -3
  - test.toml: schedule[0].round (line 20): 16 is no round from 1 to 15
  - test.toml: schedule[0].scenario (line 21): no `spke` is defined (hint: did you mean `spike`?)
  - test.toml: schedule[0].server (line 22): no `b` is defined (hint: did you mean `a`?)
"#,
    );
}

#[test]
fn lists_that_are_needed_are_not_empty() {
    check("servers = []", "test.toml: servers (line 2): an empty list; at least one is needed");
    check("sres = []", "test.toml: sres (line 2): an empty list; at least one is needed");
    check(
        "remediation_actions = []",
        "test.toml: remediation_actions (line 2): an empty list; at least one is needed",
    );
    refuses("servers = 3", 1, "servers (line 2)");
    assert!(toml("world = \"systems\"\nchaos_scenarios = []").is_ok(), "no chaos is fine");
}

#[test]
fn names_are_unique_and_sound() {
    for (list, key) in
        [("servers", "name"), ("chaos_scenarios", "name"), ("remediation_actions", "name"), ("sres", "id")]
    {
        let text = format!("[[{list}]]\n{key} = \"x\"\n[[{list}]]\n{key} = \"x\"\n");
        check(&text, &format!("test.toml: {list}[1].{key} (line 5): `x` is the name of two"));
        let text = format!("[[{list}]]\n{key} = \" \"\n");
        check(&text, &format!("test.toml: {list}[0].{key} (line 3): an empty, padded or overlong name"));
        refuses(&format!("[[{list}]]\n"), 1, "is missing");
        refuses(&format!("[[{list}]]\n{key} = \"{}\"\n", "n".repeat(300)), 1, "overlong name");
    }
}

#[test]
fn unknown_keys_name_the_nearest() {
    for (text, path, near) in [
        ("rounds_ = 1", "rounds_", "rounds"),
        ("[switches]\ncoupeling = 1.0", "switches.coupeling", "coupling"),
        ("[skills.x]\npanic_treshold = 1", "skills.x.panic_treshold", "panic_threshold"),
        ("[alert_thresholds.cpu_usag]\nwarning = 1.0", "alert_thresholds.cpu_usag", "cpu_usage"),
        ("[[servers]]\nname = \"a\"\nservice = []", "servers[0].service", "services"),
        ("[[sres]]\nid = \"a\"\nskil = \"mid\"", "sres[0].skil", "skill"),
        ("[[chaos_scenarios]]\nname = \"a\"\nprobabilty = 1", "chaos_scenarios[0].probabilty", "probability"),
        (
            "[[chaos_scenarios]]\nname = \"a\"\neffect = { set = { cpu_usge = 1.0 } }",
            "chaos_scenarios[0].effect.set.cpu_usge",
            "cpu_usage",
        ),
        (
            "[[remediation_actions]]\nname = \"a\"\neffects = { restrt = true }",
            "remediation_actions[0].effects.restrt",
            "restart",
        ),
    ] {
        refuses(text, 1, &format!("test.toml: {path} (line"));
        refuses(text, 1, &format!("unknown key (hint: did you mean `{near}`?)"));
    }
    refuses(
        "[[remediation_actions]]\nname = \"a\"\nhandles = [\"cpu\", \"memory_usag\"]",
        2,
        "no alert is about `memory_usag` (hint: did you mean `memory_usage`?)",
    );
}

#[test]
fn negative_and_absurd_numbers_are_refused() {
    for text in [
        "rounds = -1",
        "rounds = 1000001",
        "rounds = 1.5",
        "warmup = 99999999",
        "base_traffic = nan",
        "base_traffic = 1e300",
        "sla_target = 100.1",
        "diagnoser_timeout_s = 0.0",
        "diagnoser_timeout_s = 1e9",
        "chaos_levels.medium = -0.5",
        "skills.x.diagnosis_accuracy = 1.01",
        "skills.x.panic_threshold = -1",
        "alert_thresholds.cpu_usage.warning = -1.0",
        "[[servers]]\nname = \"a\"\ncpu_capacity = -1.0",
        "[[chaos_scenarios]]\nname = \"a\"\nduration = 10000000",
        "[[chaos_scenarios]]\nname = \"a\"\neffect = { cpu_usage = 101.0 }",
        "[[chaos_scenarios]]\nname = \"a\"\neffect = { traffic_multiplier = -2.0 }",
        "[[chaos_scenarios]]\nname = \"a\"\neffect = { memory_growth = inf }",
        "[[chaos_scenarios]]\nname = \"a\"\neffect = 5",
        "[[remediation_actions]]\nname = \"a\"\nsuccess_rate = 1.5",
        "[[remediation_actions]]\nname = \"a\"\ncooldown = -2",
        "[[schedule]]\nround = 0\nscenario = \"cpu_spike\"\nserver = \"web-1\"",
        "[[schedule]]\nround = -3\nscenario = \"cpu_spike\"\nserver = \"web-1\"",
    ] {
        refuses(text, 1, "test.toml: ");
    }
    check(
        "mode = \"coupled\"\nswitches.coupling = 11.0",
        "test.toml: switches.coupling (line 3): 11.0 is outside 0 to 10",
    );
    let many: String = (0..30).map(|i| format!("[[servers]]\nname = \"s{i}\"\n")).collect();
    refuses(
        &format!("rounds = 1000000\n{many}"),
        1,
        "1000000 rounds of 30 servers or chaos scenarios are too many",
    );
    let lasting = "mode = \"coupled\"\nswitches.durations = true\nrounds = 1000000\n\
                   [[chaos_scenarios]]\nname = \"a\"\nduration = 1000000\n";
    refuses(&format!("{lasting}probability = 0.1"), 1, "last so long are too many");
    assert!(toml(&format!("world = \"systems\"\n{lasting}probability = 0.0001")).is_ok());
    refuses("tick = 100000000.0\nrounds = 1000", 1, "do not fit 64 bits");
}

#[test]
fn a_schedule_names_what_there_is() {
    check(
        "[[schedule]]\nround = 3\nscenario = \"cpu_spke\"\nserver = \"web-3\"\n",
        "2 problems\n  \
         - test.toml: schedule[0].scenario (line 4): no `cpu_spke` is defined (hint: did you mean `cpu_spike`?)\n  \
         - test.toml: schedule[0].server (line 5): no `web-3` is defined (hint: did you mean `web-1`?)",
    );
    check(
        "rounds = 9\n[[schedule]]\nround = 10\nscenario = \"cpu_spike\"\nserver = \"web-1\"\n",
        "test.toml: schedule[0].round (line 4): 10 is no round from 1 to 9",
    );
    refuses(
        "[[sres]]\nid = \"a\"\nskill = \"medium\"\n",
        1,
        "sres[0].skill (line 4): no `medium` is defined",
    );
}

/// The graph of services may have cycles and loose ends; a loose end of a hosted service is told.
#[test]
fn dependencies_that_nobody_hosts_are_warned_of() {
    let text = "world = \"systems\"\n[service_dependencies]\napp-api = [\"postgresl\", \"redis\"]\nelsewhere = [\"x\"]\n";
    let warnings = toml(text).unwrap().systems().unwrap().warnings;
    assert_eq!(
        warnings,
        ["service `app-api`: nobody hosts `postgresl`, which it needs (did you mean `postgresql`?)"]
    );
    refuses("service_dependencies = { a = \"b\" }", 1, "service_dependencies.a (line 2)");
    refuses("service_dependencies = [\"a\"]", 1, "service_dependencies (line 2)");
}

#[test]
fn switches_need_the_coupled_mode() {
    check(
        "[switches]\ndurations = true\ncoupling = 1.0\n",
        "test.toml: switches (line 2): durations, coupling changes the rules, and the mode is `reference` \
         (hint: set mode = \"coupled\")",
    );
    assert!(toml("world = \"systems\"\n[switches]\ncoupling = 0.0\n").is_ok(), "all off");
}

#[test]
fn overrides_reach_into_lists_and_tables_and_are_checked() {
    let mut scenario = Scenario::named("systems", "cascading-outage").unwrap();
    for (path, value) in [
        ("switches.coupling", "0.5"),
        ("skills.seasoned.panic_threshold", "1"),
        ("schedule.0.round", "20"),
        ("servers.web-1.type", "\"edge\""),
    ] {
        scenario.set(path, value).unwrap_or_else(|e| panic!("{e}"));
    }
    let checked = scenario.systems().unwrap();
    assert_eq!((checked.switches.coupling, checked.schedule[0].round), (0.5, 20));
    assert_eq!((checked.skills["seasoned"].panic_threshold, &checked.servers[0].kind[..]), (1, "edge"));

    // What is refused changes nothing.
    let before = scenario.systems().unwrap();
    let refused = scenario.set("rounds", "-4").unwrap_err().to_string();
    assert!(refused.contains("rounds"), "{refused}");
    assert_eq!(scenario.systems().unwrap(), before);
}
