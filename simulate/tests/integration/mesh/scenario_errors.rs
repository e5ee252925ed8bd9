//! Scenarios that cannot be used are refused, with every problem at once.

use infra_simulate::Scenario;
use infra_simulate::scenario::Format;

use crate::support::toml;

#[track_caller]
fn refused(text: &str) -> String {
    toml(&format!("world = \"mesh\"\n{text}")).unwrap_err().to_string()
}

#[test]
fn unknown_names_have_a_hint() {
    for (text, expected) in [
        (
            "task = \"task_easy_oom_basline\"",
            "task (line 2): no task is named `task_easy_oom_basline` (hint: did you mean `task_easy_oom_baseline`?)",
        ),
        (
            "difficulty = \"hrad\"",
            "difficulty (line 2): unknown difficulty `hrad` (hint: did you mean `hard`?)",
        ),
        (
            "difficulty = \"easy\"\nmechanisms = true",
            "mechanisms (line 3): unknown key (hint: did you mean `mechanism`?)",
        ),
        (
            "[connected]\nservice = 20",
            "connected.service (line 3): unknown key (hint: did you mean `services`?)",
        ),
        (
            "[connected]\nfault_type = \"bad_deplo\"",
            "connected.fault_type (line 3): unknown fault `bad_deplo` (hint: did you mean `bad_deploy`?)",
        ),
        ("difficulty = \"easy\"\n[switches]\nnoise = true", "switches.noise (line 4): unknown key"),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{error}");
    }
    let error = Scenario::named("mesh", "conected").unwrap_err().to_string();
    assert!(error.contains("did you mean `connected`?"), "{error}");
}

#[test]
fn services_that_are_not_there_are_named() {
    let error = refused("[connected]\nservices = 20\nfault_service = \"payments\"");
    assert!(error.contains("connected.fault_service (line 4): no service is named `payments`"), "{error}");
    let task = "task = \"task_easy_oom_baseline\"\n";
    let error = refused(&format!(
        "{task}[[script]]\nafter_tick = 1\nop = \"action\"\naction = \"restart_service\"\ntarget = \"auth-servise\"\n"
    ));
    assert!(
        error.contains("no service is named `auth-servise` (hint: did you mean `auth-service`?)"),
        "{error}"
    );
    let error = refused(&format!(
        "{task}[[script]]\nafter_tick = 1\nop = \"set\"\nservice = \"nobody\"\nfield = \"x\"\nvalue = 1\n"
    ));
    assert!(error.contains("no service is named `nobody`"), "{error}");
    let error = refused(&format!("{task}[[script]]\nafter_tick = 1\nop = \"halt_fault\"\nindex = 3\n"));
    assert!(error.contains("halts fault 3 of 1"), "{error}");
}

#[test]
fn numbers_beyond_their_limits_are_refused() {
    for (line, expected) in [
        ("services = -5", "expected an integer of at least 0, found -5"),
        ("services = 9", "9 services; expected 10 to 100000"),
        ("depth = 1", "expected 2 to half of the services, 64 at most"),
        ("depth = 31", "expected 2 to half of the services, 64 at most"),
        ("out_degree_max = 0", "expected 1 to 64"),
        ("faults = 16", "16 faults; expected 0 to 15, a quarter of the services"),
        ("fault_speed = -1.0", "-1.0 is outside 0 to 100"),
        ("decoys = 0.6", "0.6 is outside 0 to 0.5"),
        ("noise = nan", "NaN"),
        ("noise = -0.1", "-0.1 is outside 0 to 0.5"),
        ("warmup = -1", "-1 ticks; expected 0 to 100000"),
        ("halt_after = 100001", "100001 ticks; expected 0 to 100000"),
        ("services = \"many\"", "found"),
        ("fault_type = []", "found"),
    ] {
        let error = refused(&format!("[connected]\n{line}"));
        let key = line.split(' ').next().unwrap();
        let place = format!("connected.{key} (line 3): ");
        assert!(error.contains(&place) && error.contains(expected), "{line}: {error}");
    }
    for ticks in ["0", "-1", "100001"] {
        let error = refused(&format!("difficulty = \"easy\"\nticks = {ticks}"));
        assert!(error.contains("ticks (line 3): ") && error.contains("expected 1 to 100000"), "{error}");
    }
    let error = refused("ticks = 100000\n[connected]\nservices = 5000");
    assert!(error.contains("500000000 state rows; at most 200000000 are written"), "{error}");
    let error = refused("difficulty = \"easy\"\ntick = 60");
    assert!(error.contains("a tick of the mesh world lasts 30 seconds"), "{error}");
}

#[test]
fn what_is_played_is_said_once() {
    let error = refused("seed = 1");
    assert!(error.contains("is missing; expected task, difficulty or [connected]"), "{error}");
    let error = refused("task = \"task_easy_oom_baseline\"\ndifficulty = \"easy\"");
    assert!(error.contains("task and difficulty exclude each other"), "{error}");
    let error = refused("difficulty = \"easy\"\nmode = \"coupled\"");
    assert!(error.contains("the mesh world has no coupled rules"), "{error}");
}

#[test]
fn operations_that_make_no_sense_are_refused() {
    let task = "task = \"task_easy_oom_baseline\"\n";
    for (script, expected) in [
        ("script = 3", "script (line 3): expected a list of tables"),
        ("[[script]]\nafter_tick = 1\nop = \"explode\"", "script[0] (line 3): "),
        ("[[script]]\nop = \"halt_fault\"\nindex = 0", "script[0] (line 3): "),
        ("[[script]]\nafter_tick = 1\nop = \"halt_fault\"\nindex = -1", "script[0] (line 3): "),
    ] {
        let error = refused(&format!("{task}{script}\n"));
        assert!(error.contains(expected), "{script}: {error}");
    }
    for (field, value, expected) in [
        ("http_server_error_rate", "\"high\"", "`http_server_error_rate` holds a number"),
        ("http_server_error_rate", "1.5", "`http_server_error_rate` holds a ratio from 0 to 1"),
        ("http_server_error_rate", "-0.5", "`http_server_error_rate` holds a ratio from 0 to 1"),
        ("http_server_request_duration_p99", "-1.0", "holds nothing below 0"),
        ("process_open_file_descriptors", "-7", "holds nothing below 0"),
        ("service_name", "\"other\"", "holds a name, which cannot be changed"),
        ("status", "\"well\"", "holds healthy, degraded, critical or down"),
    ] {
        let set = format!("service = \"auth-service\"\nfield = \"{field}\"\nvalue = {value}\n");
        let error = refused(&format!("{task}[[script]]\nafter_tick = 1\nop = \"set\"\n{set}"));
        assert!(error.contains(expected), "{field} = {value}: {error}");
    }
}

#[test]
fn a_case_that_is_none_is_refused() {
    let error = Scenario::parse("{\"service_order\": 3}", Format::Json, "case").unwrap_err().to_string();
    assert!(error.contains("no mesh case"), "{error}");
}

#[test]
fn all_problems_are_listed() {
    let error = refused(
        "seed = -1\nticks = 0\nspeed = 2\n[connected]\nservices = 5\ndecoys = 2.0\nnoise = 2.0\nwarmup = -1\nlayers = 3\n",
    );
    for what in [
        "seed",
        "ticks (line 3)",
        "speed (line 4)",
        "connected.services",
        "connected.decoys",
        "connected.noise",
        "connected.warmup",
        "connected.layers",
    ] {
        assert!(error.contains(what), "{what}\n{error}");
    }
}
