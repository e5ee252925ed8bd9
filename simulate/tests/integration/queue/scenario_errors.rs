//! Scenarios that cannot be used are refused, with every problem at once.

use infra_simulate::Scenario;

use crate::support::toml;

#[track_caller]
fn refused(text: &str) -> String {
    toml(&format!("world = \"queue\"\n{text}")).unwrap_err().to_string()
}

#[test]
fn unknown_names_have_a_hint() {
    for (text, expected) in [
        ("[queue]\nworker = 3", "queue.worker (line 3): unknown key (hint: did you mean `workers`?)"),
        (
            "[detector]\ngradent = 1.0",
            "detector.gradent (line 3): unknown key (hint: did you mean `gradient`?)",
        ),
        ("[resolution]\nloss = 1.0", "resolution.loss (line 3): unknown key"),
        (
            "mode = \"coupled\"\n[network]\nretrys = 1",
            "network.retrys (line 4): unknown key (hint: did you mean `retries`?)",
        ),
        ("[netwrk]\njitter = 1.0", "netwrk (line 2): unknown key (hint: did you mean `network`?)"),
        ("[switches]\nretries = true", "switches.retries (line 3): unknown key"),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{error}");
    }
    let error = Scenario::named("queue", "exp-01").unwrap_err().to_string();
    assert!(error.contains("exp-01") && error.contains("did you mean `exp-001`?"), "{error}");
}

#[test]
fn numbers_beyond_their_limits_are_refused() {
    for (line, expected) in [
        ("agents = -1", "expected an integer of at least 0, found -1"),
        ("agents = 0", "0 is outside 1 to 1000000"),
        ("agents = 1000001", "1000001 is outside 1 to 1000000"),
        ("workers = 0", "0 is outside 1 to 1000000"),
        ("buffer = 0", "0 is outside 1 to 1000000"),
        ("window = 0", "0 is outside 1 to 1000000"),
        ("drop_rate = -0.1", "-0.1 is outside 0 to 1"),
        ("drop_rate = nan", "NaN"),
        ("heavy_share = 1.5", "1.5 is outside"),
        ("slow_service = inf", "inf"),
        ("normal_service = -1.0", "-1.0 is outside"),
        ("extra_service = 1e300", "1e300 is outside"),
        ("control_period = 0.0", "0.0 is outside 0.0001 to 86400"),
        ("throttle_collapsed = 86401.0", "86401.0 is outside"),
        ("start_max = 0.001", "ends at 0.001 s, before it starts at 0.005 s"),
        ("agents = \"many\"", "found"),
        ("agents = []", "found"),
        ("drop_rate = true", "found"),
    ] {
        let error = refused(&format!("[queue]\n{line}"));
        let key = line.split(' ').next().unwrap();
        assert!(
            error.contains(&format!("queue.{key} (line 3): ")) && error.contains(expected),
            "{line}: {error}"
        );
    }
}

#[test]
fn a_run_that_would_hardly_end_is_refused() {
    let error =
        refused("[queue]\nagents = 1000000\nworkers = 1\nslow_service = 86400.0\ncontrol_period = 0.0001");
    assert!(error.contains("queue.control_period (line 6)") && error.contains("control ticks"), "{error}");
    // A patient control loop makes it bearable, and so do defaults with the most clients.
    toml("world = \"queue\"\n[queue]\nagents = 1000000\nworkers = 2").unwrap();
}

#[test]
fn all_problems_are_listed() {
    let error = refused(
        "seed = -3\nmode = \"emulated\"\n[queue]\nagents = 0\nspeed = 1\n[detector]\ngrowth = -1.0\n[resolution]\ndegraded_loss = 2.0\n[network]\nretries = 17\njitter = -1.0\n",
    );
    for what in [
        "seed",
        "mode",
        "queue.agents",
        "queue.speed",
        "detector.growth",
        "resolution.degraded_loss",
        "17 retries; at most 16",
        "network.jitter",
    ] {
        assert!(error.contains(what), "{what}\n{error}");
    }
}

#[test]
fn the_reference_mode_has_no_network() {
    let error = refused("[network]\nretries = 2");
    assert!(error.contains("the mode is `reference`") && error.contains("set mode = \"coupled\""), "{error}");
    // Emulation that is off changes nothing.
    toml("world = \"queue\"\n[network]\nretries = 0").unwrap();
    let error = refused("queue = 3\ndetector = []");
    assert!(error.contains("queue (line 2)") && error.contains("detector (line 3)"), "{error}");
}

#[test]
fn an_empty_scenario_is_the_control_profile() {
    let queue = toml("world = \"queue\"").unwrap().queue().unwrap();
    let control = Scenario::named("queue", "exp-001").unwrap().queue().unwrap();
    assert_eq!(
        (queue.queue, queue.detector, queue.resolution),
        (control.queue, control.detector, control.resolution)
    );
}
