//! Switches A to F (specification, section 10), each on a scenario small enough to compute by
//! hand. The numbers in the comments follow the rules left to right.

use crate::support::{flood, play};
use infra_simulate::flood::{FloodError, Ignore, run_flood};

/// One service, one citizen, one policy; the parts vary.
fn scenario(switches: &str, service: &str, citizen: &str, policy: &str, schedule: &str) -> String {
    format!(
        "mode = \"coupled\"\nuntil = 12\n[switches]\n{switches}\n\
         [[agents]]\nkind = \"service\"\nid = \"s\"\ndependencies = []\n{service}\n\
         [[agents]]\nkind = \"citizen\"\nid = \"c\"\n{citizen}\n\
         [[agents]]\nkind = \"policy\"\nid = \"p\"\n{policy}\n{schedule}"
    )
}

const CALM_CITIZEN: &str = "demand_profile = 1.0\npanic_threshold = 100.0";
const BLIND_POLICY: &str = "intervention_delay = 2\nbudget = 1.0\nstress_threshold = 100.0";

fn demand(delay: i64, intensity: f64) -> String {
    format!(
        "[[schedule]]\ndelay = {delay}\nevent_type = \"NORMAL_DEMAND\"\nsource = \"outside\"\n\
         payload = {{ intensity = {intensity:?} }}\n"
    )
}

#[test]
fn a_citizens_demand_comes_true_one_at_a_time() {
    let schedule = demand(1, 0.5);
    let text = |k: i64| {
        scenario(
            &format!("citizen_demand_delay = {k}"),
            "capacity = 100.0",
            CALM_CITIZEN,
            BLIND_POLICY,
            &schedule,
        )
    };
    // Off: the intent is dropped, the only event is the scheduled one.
    let (_, outcome) = play(&text(0));
    assert_eq!((outcome.events, outcome.loads[0].1), (1, 0.5));
    // k = 3: demand at 1 (scheduled), 4, 7, 10 and, beyond the horizon, 13; each adds 1.
    let (recorder, outcome) = play(&text(3));
    let times: Vec<i64> = recorder.metrics.iter().map(|row| row.time).collect();
    assert_eq!(times, [1, 4, 7, 10, 13]);
    assert_eq!(outcome.loads[0].1, 4.5);
    assert_eq!(outcome.left_over.len(), 1, "one pending per citizen");
    assert!(outcome.beyond_horizon);
}

#[test]
fn under_a_a_second_intent_is_dropped_while_one_is_pending() {
    let schedule = demand(1, 0.5) + &demand(2, 0.5);
    let text =
        scenario("citizen_demand_delay = 5", "capacity = 100.0", CALM_CITIZEN, BLIND_POLICY, &schedule);
    let (recorder, _) = play(&text);
    let fates: Vec<_> = recorder.intents.iter().map(|i| (i.time, i.scheduled_time)).collect();
    assert_eq!(fates, [(1, Some(6)), (2, None), (6, Some(11)), (11, Some(16)), (16, Some(21))]);
}

#[test]
fn under_a_panic_looks_at_the_systems_stress() {
    // The service starts with stress 2: over the citizen's threshold, though his own is 0.
    let service = "capacity = 100.0\ninitial_stress = 2.0";
    let citizen = "demand_profile = 1.5\npanic_threshold = 2.0";
    let text = |k: i64| {
        scenario(&format!("citizen_demand_delay = {k}"), service, citizen, BLIND_POLICY, &demand(1, 0.5))
    };
    assert_eq!(play(&text(0)).0.intents[0].event_type, "NORMAL_DEMAND");
    let (recorder, _) = play(&text(1));
    assert_eq!(recorder.intents[0].event_type, "DEMAND_SPIKE");
    assert_eq!(recorder.intents[0].payload["intensity"], 3.0);
}

#[test]
fn b_floods_lower_the_capacity_that_counts() {
    // A flood of 2.95 drains 0.295: load 2.95 is within 3.0 and above 2.705.
    let schedule = "[[schedule]]\ndelay = 1\nevent_type = \"FLOOD_IMPACT\"\nsource = \"environment:flood\"\n\
                    payload = { intensity = 2.95, affected_services = [\"s\"] }\n";
    let text = |on: bool| {
        scenario(
            &format!("effective_capacity = {on}"),
            "capacity = 3.0",
            CALM_CITIZEN,
            BLIND_POLICY,
            schedule,
        )
    };
    let reports =
        |text: &str| play(text).0.metrics.iter().filter(|row| row.event_type == "SERVICE_OVERLOAD").count();
    assert_eq!((reports(&text(false)), reports(&text(true))), (0, 1));
}

/// Events of that type with their times.
fn times(text: &str, event_type: &str) -> Vec<i64> {
    let (recorder, _) = play(text);
    recorder.metrics.iter().filter(|row| row.event_type == event_type).map(|row| row.time).collect()
}

#[test]
fn c_the_policys_delay_counts_once() {
    let service = "capacity = 100.0\ninitial_stress = 2.0";
    let policy = "intervention_delay = 4\nbudget = 1.0\nstress_threshold = 1.0";
    let text =
        |on: bool| scenario(&format!("single_delay = {on}"), service, CALM_CITIZEN, policy, &demand(1, 0.5));
    // Off: intent at 1 + 4, intervention at 1 + 8, which decides again: intent at 13, beyond 12.
    assert_eq!(times(&text(false), "POLICY_INTENT"), [5, 13]);
    assert_eq!(times(&text(false), "POLICY_INTERVENTION"), [9]);
    // On: intent at 1, intervention at 5, and again every 4 ticks; the one at 13 is the last event.
    assert_eq!(times(&text(true), "POLICY_INTENT"), [1, 5, 9]);
    assert_eq!(times(&text(true), "POLICY_INTERVENTION"), [5, 9, 13]);
}

#[test]
fn d_the_budget_runs_out() {
    let service = "capacity = 100.0\ninitial_stress = 2.0";
    let policy = "intervention_delay = 1\nbudget = 0.5\nstress_threshold = 1.0";
    let text =
        |on: bool| scenario(&format!("spend_budget = {on}"), service, CALM_CITIZEN, policy, &demand(1, 0.5));
    let releases = |text: &str| -> Vec<f64> {
        let (recorder, _) = play(text);
        let intents = recorder.intents.iter().filter(|i| i.event_type == "POLICY_INTENT");
        intents.map(|i| i.payload["budget_release"].as_f64().unwrap()).collect()
    };
    assert_eq!(releases(&text(false)), [0.2; 7]);
    // 0.5 - 0.2 = 0.3, 0.3 - 0.2 = 0.09999999999999998 in doubles, then nothing is left.
    assert_eq!(releases(&text(true)), [0.2, 0.2, 0.09999999999999998]);
    let (_, outcome) = play(&text(true));
    assert_eq!(outcome.agents[2].resource, 0.0);
    // The service received what the policy spent: 100 + 0.2 + 0.2 + 0.09999999999999998.
    assert_eq!(outcome.agents[0].resource, 100.0 + 0.2 + 0.2 + 0.09999999999999998);
}

#[test]
fn e_interventions_take_load_and_stress_away() {
    let service = "capacity = 100.0\ninitial_load = 8.0\ninitial_stress = 2.0\nstress_increment = 0.5";
    let schedule = "[[schedule]]\ndelay = 3\nrepeat = 2\nspacing = 1\nevent_type = \"POLICY_INTERVENTION\"\n\
                    source = \"p\"\npayload = { budget_release = 0.2 }\n";
    let text = |relief: f64| {
        scenario(&format!("relief = {relief:?}"), service, CALM_CITIZEN, BLIND_POLICY, schedule)
    };
    let (_, outcome) = play(&text(0.0));
    assert_eq!((outcome.loads[0].1, outcome.agents[0].stress), (8.0, 2.0));
    // 8 · 0.75 · 0.75 = 4.5; 2 - 2 · 0.25 · 0.5 = 1.75.
    let (_, outcome) = play(&text(0.25));
    assert_eq!((outcome.loads[0].1, outcome.agents[0].stress), (4.5, 1.75));
}

#[test]
fn e_stress_stops_at_zero_and_reporting_is_armed_again() {
    // Load 8 over capacity 2: reported at tick 1, stress 1 at tick 2, not below the threshold 1,
    // so that nothing is reported again. Relief 1 takes all stress and load.
    let service = "capacity = 2.0\ninitial_load = 8.0\nstress_increment = 1.0";
    let schedule = demand(1, 1.0)
        + &demand(3, 1.0)
        + "[[schedule]]\ndelay = 5\nrepeat = 2\nspacing = 1\nevent_type = \"POLICY_INTERVENTION\"\nsource = \"p\"\n"
        + &demand(8, 3.0);
    let text = scenario("relief = 1.0", service, CALM_CITIZEN, BLIND_POLICY, &schedule);
    assert_eq!(times(&text, "SERVICE_OVERLOAD"), [2, 9]);
    let (recorder, outcome) = play(&text);
    let stress: Vec<(i64, f64)> = recorder.metrics.iter().map(|r| (r.time, r.stress_level)).collect();
    assert_eq!(stress, [(1, 0.0), (2, 1.0), (3, 1.0), (5, 0.0), (6, 0.0), (8, 0.0), (9, 1.0)]);
    assert_eq!(outcome.loads[0].1, 3.0);
}

const CHAIN: &str = r#"
    [[agents]]
    kind = "service"
    id = "b"
    capacity = 3.0
    dependencies = ["a", "a"]
    [[agents]]
    kind = "service"
    id = "a"
    capacity = 2.0
    dependencies = []
    [[agents]]
    kind = "service"
    id = "c"
    capacity = 1.0
    initial_load = "none"
    dependencies = ["a", "b"]
    [[schedule]]
    delay = 1
    event_type = "FLOOD_IMPACT"
    source = "environment:flood"
    payload = { intensity = 5.0, affected_services = ["a"] }
"#;

#[test]
fn f_overloads_load_their_dependents() {
    let head = |c: f64| format!("mode = \"coupled\"\nuntil = 4\n[switches]\ncoupling = {c:?}\n{CHAIN}");
    let (_, outcome) = play(&head(0.0));
    assert_eq!(outcome.loads, [("b".to_owned(), 0.0), ("a".to_owned(), 5.0)]);
    // a: 5 > 2 at 1, reported at 2. Impacts 0.5·5/2 = 1.25 on b, then c (order of registration,
    // the repeated dependency counts once), at 3. c has no entry until then; 1.25 > 1 is reported
    // at 4 after a's second report, which was emitted in the pass of the first impact.
    let (recorder, outcome) = play(&head(0.5));
    let events: Vec<(i64, &str, &str)> = recorder
        .metrics
        .chunks(3)
        .map(|rows| (rows[0].time, rows[0].event_type.as_str(), rows[0].source.as_str()))
        .collect();
    assert_eq!(
        events,
        [
            (1, "FLOOD_IMPACT", "environment:flood"),
            (2, "SERVICE_OVERLOAD", "a"),
            (3, "DEPENDENCY_IMPACT", "a"),
            (3, "DEPENDENCY_IMPACT", "a"),
            (4, "SERVICE_OVERLOAD", "a"),
            (4, "SERVICE_OVERLOAD", "c"),
            (5, "DEPENDENCY_IMPACT", "a"),
        ]
    );
    // The last impact, beyond the horizon, is the second one on b: 1.25 + 1.25.
    let loads = [("b".to_owned(), 2.5), ("a".to_owned(), 5.0), ("c".to_owned(), 1.25)];
    assert_eq!(outcome.loads, loads);
    // In its pass a and c, armed again, report for 6; the second impact on c still waits.
    let left: Vec<_> =
        outcome.left_over.iter().map(|l| (l.tick, l.event_type.as_str(), l.source.as_str())).collect();
    assert_eq!(
        left,
        [(5, "DEPENDENCY_IMPACT", "a"), (6, "SERVICE_OVERLOAD", "a"), (6, "SERVICE_OVERLOAD", "c")]
    );
}

#[test]
fn without_coupling_a_dependency_impact_is_an_event_like_any_other() {
    let text = format!(
        "until = 4\n{CHAIN}\n[[schedule]]\ndelay = 2\nevent_type = \"DEPENDENCY_IMPACT\"\nsource = \"a\"\n\
         payload = {{ target = \"b\", intensity = 9.0 }}\n"
    );
    let (_, outcome) = play(&text);
    assert_eq!(outcome.loads[0], ("b".to_owned(), 0.0));
    let coupled = format!("mode = \"coupled\"\nswitches = {{ coupling = 0.5 }}\n{text}");
    let (_, outcome) = play(&coupled);
    assert!(outcome.loads[0].1 >= 9.0, "{:?}", outcome.loads);
}

#[test]
fn a_policy_without_delay_is_diagnosed() {
    let service = "capacity = 100.0\ninitial_stress = 2.0";
    let policy = "intervention_delay = 0\nbudget = 1.0";
    let text = scenario("", service, CALM_CITIZEN, policy, &demand(3, 0.5));
    let error = run_flood(&flood(&text), &mut Ignore).unwrap_err();
    assert!(matches!(error, FloodError::Livelock { tick: 3, events: 10_000, .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "tick 3: time stands still: 10000 events were scheduled without delay at this tick, the last one \
         POLICY_INTENT by `p`. The policy decides, acts at once and, as stress stays above its threshold, \
         decides again (hint: give it an intervention_delay of at least 1)"
    );
}

#[test]
fn many_events_at_one_tick_are_no_livelock() {
    let schedule = "[[schedule]]\ndelay = 1\nrepeat = 30000\nevent_type = \"NORMAL_DEMAND\"\nsource = \"c\"\n\
                    payload = { intensity = 0.001 }\n";
    let text = scenario("", "capacity = 1.0", CALM_CITIZEN, BLIND_POLICY, schedule);
    assert_eq!(play(&text).1.events, 30_001);
}

#[test]
fn an_endless_run_meets_the_cap() {
    let service = "capacity = 100.0\ninitial_stress = 2.0";
    let policy = "intervention_delay = 1\nbudget = 1.0";
    let text =
        scenario("", service, CALM_CITIZEN, policy, &demand(1, 0.5)).replace("until = 12", "until = 900000");
    let mut scenario = flood(&text);
    scenario.limits.events = 1000;
    let error = run_flood(&scenario, &mut Ignore).unwrap_err();
    assert!(error.to_string().contains("1000 events were executed, the cap (hint: lower `until`"), "{error}");
}

#[test]
fn events_from_the_wrong_source_are_errors() {
    let event = |event_type: &str, source: &str, payload: &str| {
        let schedule = format!(
            "[[schedule]]\ndelay = 2\nevent_type = \"{event_type}\"\nsource = \"{source}\"\npayload = {{ {payload} }}\n"
        );
        let text = scenario("", "capacity = 1.0", CALM_CITIZEN, BLIND_POLICY, &schedule);
        run_flood(&flood(&text), &mut Ignore)
    };
    let error = event("SERVICE_OVERLOAD", "nobody", "delta_stress = 1").unwrap_err().to_string();
    assert!(error.starts_with("tick 2: SERVICE_OVERLOAD from `nobody`, who is no agent"), "{error}");
    let error = event("POLICY_INTERVENTION", "s", "").unwrap_err().to_string();
    assert!(error.starts_with("tick 2: POLICY_INTERVENTION from `s`, a service"), "{error}");
    assert_eq!(event("POLICY_INTERVENTION", "nobody", "").unwrap().events, 1);
    let huge = scenario(
        "",
        "capacity = 1.0\ninitial_load = 1.7e308",
        CALM_CITIZEN,
        BLIND_POLICY,
        &demand(1, 1.7e308),
    );
    let error = run_flood(&flood(&huge), &mut Ignore).unwrap_err().to_string();
    assert!(error.starts_with("tick 1: the load of `s` is no longer finite"), "{error}");
}
