//! The built-in scenarios tell the stories that their texts promise, the catalogue's tasks included.

use infra_simulate::mesh::{Catalogue, Source};
use infra_simulate::scenario::Format;
use infra_simulate::{Scenario, builtins};

use crate::played::{Played, Row, play};

const VERDICTS: [&str; 8] = [
    "no incident",
    "metastable loop",
    "retry storm",
    "several incidents",
    "cascade",
    "resource exhaustion",
    "partition",
    "localized overload",
];

fn named(name: &str) -> Played {
    play(&Scenario::named("mesh", name).unwrap())
}

/// State rows of a service, a row a tick from 0.
fn of<'a>(played: &'a Played, service: &'a str) -> Vec<&'a Row> {
    let state = |r: &&Row| r.event_type == "TICK" && !r.own && r.service.as_deref() == Some(service);
    played.rows.iter().filter(state).collect()
}

fn errors(played: &Played, service: &str) -> Vec<f64> {
    of(played, service).iter().map(|row| played.signal(row, "error_rate").unwrap()).collect()
}

#[test]
fn descriptions_are_those_of_the_scenarios() {
    let all = builtins("mesh");
    assert_eq!(all.len(), 64);
    for builtin in all {
        let scenario = Scenario::named("mesh", builtin.name).unwrap();
        let mesh = scenario.mesh().unwrap();
        assert_eq!(
            (mesh.header.name.as_str(), mesh.header.description.as_str()),
            (builtin.name, builtin.description)
        );
        let again = Scenario::parse(&mesh.to_json(), Format::Json, "again").unwrap();
        assert_eq!(again.mesh().unwrap(), mesh);
        assert_eq!(again.scenario_json().unwrap(), scenario.scenario_json().unwrap());
    }
}

#[test]
fn every_task_of_the_catalogue_is_a_built_in_that_plays() {
    let tasks = Catalogue::get().tasks();
    assert_eq!(tasks.len(), 60);
    for task in tasks {
        assert!(task.task_id.starts_with("task_"));
        let scenario = Scenario::named("mesh", &task.task_id).unwrap();
        let mesh = scenario.mesh().unwrap();
        assert_eq!(mesh.source, Source::Task(task.task_id.clone()));
        assert_eq!((mesh.header.seed, mesh.ticks), (task.seed, 30), "{}", task.task_id);
        let played = play(&scenario);
        played.check_order();
        let services: Vec<&str> = played.metadata.services.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(services, task.services, "{}", task.task_id);
        assert_eq!(played.events("TICK").count(), 31, "{}", task.task_id);
        let mut roots = vec![task.fault_service.clone()];
        roots.extend(task.secondary_fault_service.clone());
        roots.retain(|root| task.services.contains(root));
        let mut told = played.truth.root_causes.clone();
        roots.sort();
        told.sort();
        assert_eq!(told, roots, "{}", task.task_id);
        assert!(
            VERDICTS.contains(&played.verdict()) && played.verdict() != "no incident",
            "{}",
            task.task_id
        );
        // Planted lines are data and arrive as they are.
        for planted in task.adversarial_logs.iter().filter(|p| task.services.contains(&p.service)) {
            let told =
                played.events("LOG_LINE").any(|row| row.message.as_deref() == Some(planted.line.as_str()));
            assert!(told || planted.service == task.fault_service, "{}: {}", task.task_id, planted.line);
        }
        // Nothing that the run says about itself names the fault.
        let metadata = serde_json::to_string(&played.metadata.event_types).unwrap()
            + &serde_json::to_string(&played.metadata.periods).unwrap();
        assert!(!metadata.contains(&task.fault_service), "{}", task.task_id);
    }
}

#[test]
fn the_reference_leaks_below_its_callers() {
    let played = named("reference");
    assert_eq!(played.verdict(), "cascade");
    assert_eq!(played.truth.root_causes, ["payment-service"]);
    assert_eq!(played.truth.faults[0].kind, "memory_leak");
    let memory: Vec<f64> =
        of(&played, "payment-service").iter().map(|r| played.signal(r, "memory").unwrap()).collect();
    assert!(memory.is_sorted() && memory[30] > 0.96, "{memory:?}");
    assert!(
        played.truth.propagation.iter().any(|h| h.from == "payment-service" && h.to == "checkout-service")
    );
    // One decoy that looks a little ill and never gets worse.
    let decoys = played.truth.extra["red_herrings"].as_array().unwrap();
    assert_eq!(decoys.len(), 1);
    let decoy = errors(&played, decoys[0].as_str().unwrap());
    assert!(decoy.iter().all(|error| *error == decoy[0] && (0.05..=0.09).contains(error)), "{decoy:?}");
}

#[test]
fn a_loop_that_breaks_comes_back() {
    let played = named("metastable");
    assert_eq!(played.verdict(), "metastable loop");
    assert_eq!(played.truth.root_causes, ["search-service"]);
    assert_eq!(played.truth.extra["metastable_relapse"], true);
    let rules: Vec<&str> = played.events("FAULT_STEP").map(|row| row.text("rule")).collect();
    assert!(rules[..20].iter().all(|rule| *rule == "metastable"), "{rules:?}");
    assert_eq!(rules[20], "break");
    assert!(rules[21..].iter().all(|rule| *rule == "plain"), "{rules:?}");
    let errors = errors(&played, "search-service");
    assert!(errors[21] < 0.6 * errors[20] && errors[40] == 1.0, "{errors:?}");
}

#[test]
fn halting_one_fault_heals_both_services() {
    let played = named("dual-fault");
    assert_eq!(played.verdict(), "several incidents");
    assert_eq!(played.truth.faults.len(), 2);
    let (halted, alive) = (&played.truth.faults[0], &played.truth.faults[1]);
    assert_eq!((halted.end_ns, alive.end_ns), (Some(13 * 30_000_000_000), None));
    assert_eq!(played.truth.extra["live_fault_under_recovery"], serde_json::json!([alive.service]));
    let errors = errors(&played, &alive.service);
    assert!(errors[40] < 0.1 && errors[12] > errors[40], "{errors:?}");
    assert_eq!(played.events("OPERATION").count(), 1);
}

#[test]
fn a_deployment_fails_below_the_surface_and_callers_follow() {
    let played = named("connected");
    assert_eq!(played.verdict(), "cascade");
    assert_eq!(played.metadata.services.len(), 60);
    let fault = &played.truth.faults[0];
    let tick = 30_000_000_000;
    assert_eq!(
        (fault.kind.as_str(), fault.start_ns, fault.end_ns),
        ("bad_deploy", 21 * tick, Some(41 * tick))
    );
    let normal = &played.metadata.periods[0];
    assert_eq!((normal.start_ns, normal.end_ns), (0, 21 * tick));
    let callers: Vec<&str> =
        played.metadata.edges.iter().filter(|e| e.to == fault.service).map(|e| e.from.as_str()).collect();
    assert!(!callers.is_empty());
    let first = played.truth.extra["first_unhealthy_tick"].as_object().unwrap();
    let root = first[&fault.service].as_i64().unwrap();
    assert!((21..41).contains(&root), "{first:?}");
    assert!(callers.iter().any(|c| first.get(*c).is_some_and(|t| t.as_i64().unwrap() > root)), "{first:?}");
    // The operator ends it.
    let errors = errors(&played, &fault.service);
    assert!(errors[40] > 0.9 && errors[60] < 0.1, "{errors:?}");
}
