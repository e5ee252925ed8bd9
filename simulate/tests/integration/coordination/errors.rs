//! Scenarios that cannot be used are refused, with every problem at once.

use crate::support::toml;

#[track_caller]
fn refused(text: &str) -> String {
    let error = toml(&format!("world = \"coordination\"\n{text}")).unwrap_err();
    error.to_string()
}

#[test]
fn ten_million_agents_are_refused() {
    assert_eq!(
        refused("[population]\nagents = 10000000"),
        "test.toml: population.agents (line 3): 10000000 agents; expected 100 to 1000000"
    );
    assert!(refused("[population]\nagents = 99").contains("99 agents; expected 100 to 1000000"));
    assert!(refused("[population]\nagents = -1").contains("expected an integer of at least 0, found -1"));
}

#[test]
fn unknown_names_have_a_hint() {
    let text = refused("[population]\nagent = 100");
    assert!(text.contains("population.agent (line 3): unknown key (hint: did you mean `agents`?)"), "{text}");
    let text = refused("[[actions]]\nt_ms = 1\nkind = \"ofline\"");
    assert!(text.contains("unknown kind `ofline` (hint: did you mean `offline`?)"), "{text}");
    let text = refused("[[actions]]\nt_ms = 1\nkind = \"operation\"\nvalue = 3");
    assert!(text.contains("actions[0].value (line 5): unknown key"), "{text}");
    let text = refused("[[actions]]\nt_ms = 1\nkind = \"operation\"\nstrategy = \"waves\"");
    assert!(text.contains("did you mean `wave`?"), "{text}");
}

#[test]
fn all_problems_are_listed() {
    let text = refused(
        "[population]\nagents = 300\ncluster_size = 0\nlayout = \"random\"\n[run]\nduration_s = 7200\n\
         [[actions]]\nt_ms = 99999999\nkind = \"loss\"\nscope = \"sector\"\nids = [5]\nvalue = 1.5\n\
         [[actions]]\nkind = \"spike\"\nscope = \"cluster\"\n\
         [[actions]]\nt_ms = 5\nkind = \"rogue_agent\"\nscope = \"mesh\"\n\
         [[actions]]\nt_ms = 5\nkind = \"operation\"\nrepeat = 100\nmin_rate = 2.0\npriority = 4\n",
    );
    for what in [
        "population.cluster_size (line 4): 0; expected 1 to 1000",
        "unknown layout `random`",
        "run.duration_s (line 7): 7200 s; expected 10 to 3600",
        "actions[0].value (line 13): 1.5; expected 0 to 1 for loss",
        "actions[1].t_ms (line 14): is missing",
        "actions[1].ids (line 14): is missing; expected numbers of the scope `cluster`",
        "actions[1].value (line 14): is missing",
        "rogue_agent has the scope `agent`",
        "actions[3].min_rate (line 25): 2.0; expected 0 to 1",
        "actions[3].priority (line 26): 4; expected 0 to 3",
    ] {
        assert!(text.contains(what), "{what}\n{text}");
    }
}

#[test]
fn too_many_messages_are_refused() {
    let text = refused(
        "[population]\nagents = 1000000\n[run]\nduration_s = 3600\n\
         [[actions]]\nt_ms = 5\nkind = \"operation\"\nrepeat = 100\nevery_ms = 1000\n",
    );
    assert!(text.contains("100000000 messages (agents times operations); the limit is 50000000"), "{text}");
}

#[test]
fn nobody_outside_the_population_is_hit() {
    let text = refused(
        "[population]\nagents = 3000\n[[actions]]\nt_ms = 5\nkind = \"crash\"\nscope = \"agent\"\n\
         ids = [2999, 3000, 1000099, 1000100, 2000009, 2000010, -1]\n",
    );
    for id in ["3000", "1000100", "2000010", "-1"] {
        assert!(text.contains(&format!("{id} is no agent of this population")), "{text}");
    }
    for id in [" 2999", " 1000099", " 2000009"] {
        assert!(!text.contains(&format!("{id} is no agent")), "{text}");
    }
}
