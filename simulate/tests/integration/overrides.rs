//! `--set PATH=VALUE`.

use infra_simulate::flood::{Action, Role, Switches};
use infra_simulate::scenario::Mode;
use infra_simulate::{Scenario, ScenarioError};

fn reference() -> Scenario {
    Scenario::named("flood", "reference").unwrap()
}

#[test]
fn every_part_of_a_scenario_can_be_set() {
    let mut scenario = reference();
    for (path, value) in [
        ("until", "20"),
        ("seed", "18446744073709551615"),
        ("switches.relief", "0.5"),
        ("mode", "coupled"),
        ("name", "3"),
        ("tick", "0.25"),
        ("agents.emergency.capacity", "2"),
        ("agents.policy:central.intervention_delay", "2"),
        ("agents.0.is_active", "false"),
        ("agents.power.dependencies", "[\"transport\"]"),
        ("agents.power.initial_load", "none"),
        ("schedule.0.repeat", "5"),
        ("schedule.0.spacing", "2"),
        ("schedule.0.payload.intensity", "0.5"),
        ("schedule.1.event_type", "DEMAND_SPIKE"),
    ] {
        scenario.set(path, value).unwrap_or_else(|e| panic!("{e}"));
    }
    let flood = scenario.flood().unwrap();
    assert_eq!((flood.until, flood.header.seed, flood.header.tick_ns), (20, u64::MAX, 250_000_000));
    assert_eq!((flood.header.mode, flood.header.name.as_str()), (Mode::Coupled, "3"));
    assert_eq!(flood.switches, Switches { relief: 0.5, ..Switches::default() });
    assert!(!flood.agents[0].is_active);
    let Role::Service(emergency) = &flood.agents[1].role else { panic!("no service") };
    assert_eq!(emergency.capacity, 2.0);
    let Role::Service(power) = &flood.agents[2].role else { panic!("no service") };
    assert_eq!(
        (power.dependencies.as_slice(), power.initial_load),
        (["transport".to_owned()].as_slice(), None)
    );
    let Role::Policy(policy) = &flood.agents[4].role else { panic!("no policy") };
    assert_eq!(policy.intervention_delay, 2);
    assert_eq!((flood.schedule[0].repeat, flood.schedule[0].spacing), (5, 2));
    assert!(matches!(flood.schedule[0].action, Action::FloodImpact { intensity: 0.5, .. }));
    assert!(matches!(flood.schedule[1].action, Action::Demand { spike: true, intensity: 1.0 }));
}

#[test]
fn bad_overrides_leave_the_scenario_as_it_was() {
    let mut scenario = reference();
    let before = scenario.scenario_json().unwrap();
    for (path, value, expected) in [
        ("untill", "3", "--set untill: unknown key `untill` (hint: did you mean `until`?)"),
        ("until", "soon", "--set until: expected an integer, found the text \"soon\""),
        ("until", "2.5", "--set until: expected an integer, found 2.5"),
        ("world", "flood", "--set world: cannot be changed"),
        ("switches", "1", "--set switches: expected switches.KEY"),
        ("agents", "1", "--set agents: expected agents.ID.KEY"),
        ("until.x", "1", "--set until.x: `until` holds no further keys"),
        (
            "switches.relif",
            "1",
            "--set switches.relif: unknown key `relif` in `switches` (hint: did you mean `relief`?)",
        ),
        ("switches.relief", "2", "--set switches.relief: 2.0 is outside 0 (off) to 1"),
        (
            "agents.emergncy.capacity",
            "1",
            "--set agents.emergncy.capacity: no agent `emergncy` (hint: did you mean `emergency`?)",
        ),
        (
            "agents.emergency.budgt",
            "1",
            "--set agents.emergency.budgt: unknown key `budgt` of a service (hint: known: kind, id, initial_stress, \
             is_active, capacity, dependencies, overload_threshold, stress_increment, initial_load)",
        ),
        ("agents.power.id", "transport", "--set agents.power.id: `transport` is the id of two agents"),
        ("schedule.7.delay", "1", "--set schedule.7.delay: no entry `7`; the schedule has 2, counted from 0"),
        (
            "schedule.1.delay",
            "-4",
            "--set schedule.1.delay: a negative delay (-4); the past cannot be scheduled",
        ),
        (
            "schedule.1.payload.intensty",
            "1",
            "--set schedule.1.payload.intensty: unknown key `intensty` in the payload of NORMAL_DEMAND \
             (hint: did you mean `intensity`?)",
        ),
    ] {
        let error = scenario.set(path, value).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.is_usage());
    }
    assert_eq!(scenario.scenario_json().unwrap(), before);
}

#[test]
fn what_overrides_contradict_is_told_when_it_is_used() {
    let mut scenario = reference();
    scenario.set("switches.coupling", "1").unwrap();
    let error = scenario.flood().unwrap_err();
    assert!(matches!(error, ScenarioError::Invalid(_)));
    assert_eq!(
        error.to_string(),
        "flood/reference: switches: coupling changes the rules, and the mode is `reference` \
         (hint: set mode = \"coupled\")"
    );
    scenario.set("mode", "coupled").unwrap();
    assert!(scenario.flood().is_ok());
}
