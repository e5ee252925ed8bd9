//! Scenarios that cannot be used are refused, with every problem at once.

use infra_simulate::Scenario;

use crate::support::toml;

#[track_caller]
fn refused(text: &str) -> String {
    let scenario: Result<Scenario, _> = toml(&format!("world = \"systems\"\n{text}"));
    scenario.unwrap_err().to_string()
}

#[test]
fn unknown_names_have_a_hint() {
    for (text, expected) in [
        ("roundz = 3", "roundz (line 2): unknown key (hint: did you mean `rounds`?)"),
        ("chaos_level = \"hi\"", "chaos_level (line 2): no `hi` is defined (hint: "),
        ("sre_skill = \"god\"", "sre_skill (line 2): no `god` is defined (hint: "),
        ("[switches]\nduration = true", "duration"),
        (
            "mode = \"coupled\"\n[[schedule]]\nround = 3\nscenario = \"cpu_spyke\"\nserver = \"web-1\"",
            "cpu_spyke",
        ),
        (
            "mode = \"coupled\"\n[[schedule]]\nround = 3\nscenario = \"cpu_spike\"\nserver = \"web-9\"",
            "web-9",
        ),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn servers_must_be_there_and_differ() {
    let error = refused("servers = []");
    assert!(error.contains("servers"), "{error}");
    let twice = "[[servers]]\nname = \"a\"\n[[servers]]\nname = \"a\"";
    assert!(refused(twice).contains('a'), "{}", refused(twice));
}

#[test]
fn numbers_beyond_their_limits_are_refused() {
    for line in [
        "rounds = -1",
        "rounds = 1000000000000",
        "base_traffic = -5.0",
        "base_traffic = nan",
        "sla_target = 101.0",
        "warmup = -1",
        "diagnoser_timeout_s = 0.0",
        "mode = \"coupled\"\n[switches]\ncoupling = -1.0",
        "[chaos_levels]\nmedium = -1.0",
        "[skills.odd]\ndiagnosis_accuracy = 1.5\nremediation_speed = 1.0\npanic_threshold = 3",
    ] {
        let error = refused(line);
        assert!(!error.is_empty() && !error.contains('\u{1b}'), "{line}: {error}");
    }
}

#[test]
fn switches_are_for_the_coupled_mode() {
    let error = refused("mode = \"reference\"\n[switches]\ncoupling = 1.0");
    assert!(error.contains("switches"), "{error}");
}
