//! The language by example: what is said, what is refused, what trips.

use super::expr::Expr;
use super::fixture;
use super::outcome::{Gate, Status};
use super::subject::Subject;
use crate::findings::Findings;

fn error(text: &str) -> String {
    text.parse::<Expr>().unwrap_err().to_string()
}

fn judged(text: &str, found: &Findings) -> (Status, String) {
    let outcome = Gate::parse(text).unwrap().judge(&Subject::read(found));
    (outcome.status, outcome.why.plain())
}

#[test]
fn spellings_have_one_shortest_form() {
    for (text, shortest) in [
        ("verdict = collapse", "verdict=congestion_collapse"),
        ("verdict='Retry storm'", "verdict=retry_storm"),
        ("mttr > 7 min 30 s", "mttr>450s"),
        ("mttr>300s", "mttr>5min"),
        ("mttr>=0.5h", "mttr>=30min"),
        ("mttd>1.5ms", "mttd>1500us"),
        ("mttd>2µs", "mttd>2us"),
        ("mttr>3 ticks", "mttr>3ticks"),
        ("agreement<0.9", "agreement<90%"),
        ("slo_budget<-25%", "slo_budget<-25%"),
        ("slo_budget<0.0", "slo_budget<0"),
        ("recovered=false", "not recovered"),
        ("recovered!=false", "recovered"),
        ("root_cause~db-*", "root_cause~'db-*'"),
        ("world in (\"mesh\",flood)", "world in ('mesh', 'flood')"),
        ("(a_b=1)", ""),
        ("(failed or (retry_storm and cascade))", "failed or retry_storm and cascade"),
        ("(failed or retry_storm) and cascade", "(failed or retry_storm) and cascade"),
        ("not (failed or cascade)", "not (failed or cascade)"),
        ("worse(mttr,10%)", "worse(mttr, 10%)"),
        ("scenario='it\\'s'", "scenario='it\\'s'"),
    ] {
        match text.parse::<Expr>() {
            Ok(expr) => assert_eq!(expr.to_string(), shortest, "{text}"),
            Err(e) => assert!(shortest.is_empty(), "{e}"),
        }
    }
}

#[test]
fn errors_point_at_the_place_and_say_what_to_do() {
    assert_eq!(
        error("verdict=cascade and mtr>5min"),
        "`verdict=cascade and mtr>5min`: no field `mtr`\n  verdict=cascade and mtr>5min\n  \
         \x20                   ^^^\n  did you mean `mttr`?"
    );
    for (text, parts) in [
        ("mttr>300", vec!["a duration needs its unit", "write mttr>300s", "ns, us, ms, s, min, h, d, ticks"]),
        ("mttr>5m", vec!["no unit `m`", "min"]),
        ("mttr>999999999d", vec!["292 years"]),
        ("agreement<90", vec!["share, 0 to 1", "write 90% if that was meant"]),
        ("slo_budget<10", vec!["at most 1", "write 10%"]),
        ("blast_radius>5s", vec!["plain number, without `s`", "its unit is always services"]),
        ("blast_radius>many", vec!["a number, and one is expected here", "for example blast_radius>5"]),
        ("verdict>cascade", vec!["`verdict` is a verdict, which `>` does not compare"]),
        ("verdict=incident", vec!["may mean no_incident or several_incidents"]),
        ("verdict=cascad_", vec!["no verdict `cascad_`", "did you mean `cascade`?"]),
        ("confidence<sure", vec!["one of low, medium, high"]),
        ("mttr", vec!["`mttr` must be compared with a duration", "for example mttr>5min"]),
        ("mttr~'5*'", vec!["`~` does not compare"]),
        ("recovered=yes", vec!["`recovered` is true or false", "write `recovered` or `not recovered`"]),
        ("recovered in (true)", vec!["takes no list"]),
        ("mttr==5min", vec!["write `=`"]),
        ("failed && cascade", vec!["write `and`"]),
        ("!failed", vec!["write `not`"]),
        ("failed cascade", vec!["over before this", "`and` or `or`"]),
        ("(failed", vec!["`)` is expected here", "begun at character 1"]),
        ("failed)", vec!["closes none"]),
        ("failed and", vec!["a field is expected here"]),
        ("", vec!["a field is expected here"]),
        ("Verdict=cascade", vec!["did you mean `verdict`?"]),
        ("failed AND cascade", vec!["over before this"]),
        ("root_cause=3scale", vec!["`root_cause` is text", "put it into quotes"]),
        ("root_cause='db", vec!["has no end", "close it with '"]),
        ("root_cause='a\\n'", vec!["backslash"]),
        ("worse(verdict)", vec!["`verdict` has no better and worse", "one of impact, blast_radius"]),
        ("worse(mttr, -1%)", vec!["not negative"]),
        ("mttr>5min extra\u{1b}[31m", vec!["this character has no meaning here"]),
        ("root_cause in ()", vec!["`root_cause` is text"]),
    ] {
        let shown = error(text);
        for part in parts {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
        assert!(!shown.contains('\u{1b}'));
    }
}

#[test]
fn long_and_deep_expressions_are_refused() {
    assert!(error(&"failed or ".repeat(1000)).contains("at most 4096 bytes"));
    assert!(error(&format!("{}failed{}", "(".repeat(100), ")".repeat(100))).contains("levels deep"));
    assert!(error(&format!("{}failed", "not ".repeat(100))).contains("levels deep"));
}

#[test]
fn gates_trip_and_say_why() {
    let found = fixture::cascade();
    for (text, status, why) in [
        ("verdict=cascade", Status::Tripped, "verdict = cascade [rows 9-35]"),
        ("verdict!=cascade", Status::Passed, "verdict = cascade [rows 9-35]"),
        ("verdict=collapse", Status::Passed, "verdict = cascade, not congestion collapse [rows 9-35]"),
        (
            "verdict in (cascade, partition)",
            Status::Tripped,
            "verdict = cascade, one of cascade, partition [rows 9-35]",
        ),
        ("mttr>5min", Status::Tripped, "mttr = 7 min 30 s > 5 min [rows 9-14]"),
        ("mttr>450s", Status::Passed, "mttr = 7 min 30 s, not > 7 min 30 s [rows 9-14]"),
        (
            "mttr>3ticks",
            Status::Undecided,
            "mttr = 7 min 30 s, which cannot be compared with 3 ticks [rows 9-14]",
        ),
        ("slo_budget<0", Status::Tripped, "slo_budget = -40 % < 0 %"),
        ("slos_missed>0", Status::Tripped, "slos_missed = 1 > 0"),
        ("blast_radius>2", Status::Tripped, "blast_radius = 3 > 2 [rows 9-14] [rows 20-25] [rows 30-35]"),
        ("blast_share>=25%", Status::Tripped, "blast_share = 25 % > = 25 %"),
        ("agreement<90%", Status::Tripped, "agreement = 87.5 % < 90 % [rows 9-14]"),
        ("confidence<high", Status::Tripped, "confidence = medium < high [rows 9-14]"),
        ("confidence<medium", Status::Passed, "confidence = medium, not < medium [rows 9-14]"),
        ("root_cause~'db-*'", Status::Tripped, "root_cause = db-main, like db-* [rows 9-14]"),
        (
            "affected='web'",
            Status::Tripped,
            "affected = db-main, checkout, web [rows 9-14] [rows 20-25] [rows 30-35]",
        ),
        (
            "affected!='web'",
            Status::Passed,
            "affected = db-main, checkout, web [rows 9-14] [rows 20-25] [rows 30-35]",
        ),
        ("waiting>1min", Status::Tripped, "waiting = 95.5 s > 60 s"),
        ("retry_storm", Status::Passed, "retry_storm does not hold"),
        ("partition", Status::Undecided, "partition is not known: nothing was recorded that tells"),
        ("recovered", Status::Tripped, "recovered = true [rows 9-14]"),
        ("seed=1", Status::Undecided, "seed is not known: the run has none"),
        ("missing(seed)", Status::Tripped, "seed is not known: the run has none"),
        ("missing(mttr)", Status::Passed, "mttr = 7 min 30 s [rows 9-14]"),
        ("failed", Status::Passed, "the run was read"),
        ("severity>=2 and mttr>1h", Status::Passed, "mttr = 7 min 30 s, not > 1 h [rows 9-14]"),
        (
            "mttr>5min or cascade",
            Status::Tripped,
            "mttr = 7 min 30 s > 5 min [rows 9-14]; cascade holds [rows 9-35]",
        ),
        (
            "new_root_cause",
            Status::Undecided,
            "new_root_cause is not known: there is no baseline of this run",
        ),
    ] {
        let why = why.replace("> = 25", ">= 25");
        let (is, told) = judged(text, &found);
        assert_eq!(is, status, "{text}: {told}");
        assert!(told.starts_with(&why), "{text}\n{told}\n{why}");
    }
}

#[test]
fn what_did_not_end_is_longer_than_any_duration() {
    let found = fixture::unrecovered();
    let told = "mttr: not recovered when the record ends, 7 min after onset; counts as > 1000 d [rows 9-14]";
    assert_eq!(judged("mttr>1000d", &found), (Status::Tripped, told.to_owned()));
    assert_eq!(judged("mttr<1000d", &found).0, Status::Passed);
    assert_eq!(judged("mttd>5min", &found).0, Status::Tripped);
    assert_eq!(judged("not recovered and not detected", &found).0, Status::Tripped);
    assert_eq!(judged("slo_budget<0", &found).0, Status::Undecided);
    assert_eq!(judged("missing(slo_budget) or slo_budget<0", &found).0, Status::Tripped);
    assert_eq!(judged("failed_requests>0 or cascade", &found).0, Status::Tripped);
}

#[test]
fn a_run_without_an_incident_passes() {
    let found = fixture::quiet();
    for text in [
        "mttr>5min",
        "mttr<5min",
        "not (mttr<=5min)",
        "not recovered",
        "root_cause~'*'",
        "failed_requests>0",
        "retry_storm",
        "blast_radius>0",
        "verdict!=no_incident",
        "missing(mttr)",
        "missing(root_cause)",
    ] {
        assert_eq!(judged(text, &found).0, Status::Passed, "{text}");
    }
    assert_eq!(judged("mttr>5min", &found).1, "mttr does not apply: there was no incident");
    assert_eq!(judged("slo_budget<0", &found).0, Status::Tripped);
}

#[test]
fn ticks_count_in_runs_by_ticks() {
    let found = fixture::by_ticks();
    assert_eq!(
        judged("mttr>449 ticks", &found),
        (Status::Tripped, "mttr = 450 ticks > 449 ticks [rows 9-14]".into())
    );
    assert_eq!(judged("mttr>450ticks", &found).0, Status::Passed);
    assert_eq!(judged("mttr>5min", &found).1, "mttr = 450 ticks > 300 ticks [rows 9-14]");
}

#[test]
fn runs_are_compared_with_their_baseline() {
    let (now, base, quiet) = (fixture::cascade(), fixture::cascade(), fixture::quiet());
    let against = |text: &str, now: &Findings, base: &Findings| {
        let gate = Gate::parse(text).unwrap();
        assert!(gate.expr.needs_baseline());
        let outcome = gate.judge(&Subject::read(now).against(Some(base)));
        (outcome.status, outcome.why.plain())
    };
    let told = "root_cause = db-main, was db-main [rows 9-14]";
    assert_eq!(against("new_root_cause", &now, &base), (Status::Passed, told.into()));
    let told = "verdict = cascade, was no incident [rows 9-35]";
    assert_eq!(against("new_verdict", &now, &quiet), (Status::Tripped, told.into()));
    assert_eq!(against("new_root_cause", &now, &quiet).0, Status::Tripped);
    assert_eq!(against("new_root_cause", &quiet, &base).0, Status::Passed);
    assert_eq!(against("new_verdict", &now, &quiet).0, Status::Tripped);
    assert_eq!(against("new_verdict", &quiet, &now).0, Status::Passed);
    assert_eq!(against("worse(mttr)", &now, &base).0, Status::Passed);
    assert_eq!(against("worse(mttr)", &quiet, &base).0, Status::Passed);
    assert_eq!(against("worse(mttr)", &quiet, &quiet).0, Status::Passed);
    let told = "mttr = 7 min 30 s, was (no incident) [rows 9-14]";
    assert_eq!(against("worse(mttr)", &now, &quiet), (Status::Tripped, told.into()));
    assert_eq!(against("worse(mttr)", &fixture::unrecovered(), &base).0, Status::Tripped);
    assert_eq!(against("worse(slo_budget)", &fixture::unrecovered(), &base).0, Status::Undecided);

    let mut slower = fixture::cascade();
    slower.impact.mttr_ns = Some(480_000_000_000);
    slower.impact.failed_requests = Some(1500.0);
    slower.slos[0].budget = -0.5;
    assert_eq!(against("worse(mttr, 10%)", &slower, &base).0, Status::Passed);
    let told = "mttr = 8 min, was 7 min 30 s, 5 % tolerated [rows 9-14]";
    assert_eq!(against("worse(mttr, 5%)", &slower, &base), (Status::Tripped, told.into()));
    let told = "failed_requests = 1500, was 1300";
    assert_eq!(against("worse(impact)", &slower, &base), (Status::Tripped, told.into()));
    assert_eq!(against("worse(slo_budget, 20%)", &slower, &base).0, Status::Tripped);
}

#[test]
fn a_list_of_gates_is_checked_as_a_whole() {
    let errors = Gate::parse_all(["mttr>5min", "mtr>1s", "verdict=x"]).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert_eq!(Gate::parse_all(["mttr>5min", "mttr > 300s"]).unwrap().len(), 1);
}

#[test]
fn names_from_a_log_stay_names() {
    let mut found = fixture::cascade();
    found.causes[0].service = "**x** <b>".into();
    let outcome = Gate::parse("root_cause~'*'").unwrap().judge(&Subject::read(&found));
    let marked = serde_json::to_value(&outcome.why).unwrap();
    let shown = crate::markdown::escape_marked(marked.as_str().unwrap());
    assert!(shown.contains("\\*\\*x\\*\\* &lt;b&gt;"), "{shown}");
}
