//! Large populations. Slow without optimization: `cargo test --release -- --ignored scale`.

use infra_simulate::simulate_to;

use super::support::scenario;

fn plays(text: &str, beats: u64) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let summary = simulate_to(&path, &scenario(text)).unwrap();
    let truth = crate::support::truth(&path);
    assert_eq!(truth.extra["heartbeats"], beats);
    assert!(summary.rows > 400_000 * i64::from(beats > 4_000_000), "{}", summary.rows);
}

#[test]
#[ignore = "large"]
fn scale_30_000_agents_for_ten_minutes() {
    plays(
        "seed = 1\n[run]\nduration_s = 600\n\
         [[actions]]\nt_ms = 20000\nkind = \"operation\"\nstrategy = \"parallel\"\nrepeat = 5\nevery_ms = 110000\n\
         [[actions]]\nt_ms = 50000\nkind = \"operation\"\nstrategy = \"priority_first\"\nrepeat = 5\nevery_ms = 110000\n\
         [[actions]]\nt_ms = 80000\nkind = \"operation\"\nstrategy = \"wave\"\nrepeat = 5\nevery_ms = 110000\n\
         [[actions]]\nt_ms = 200000\nkind = \"crash\"\nscope = \"sector\"\nids = [4]\n\
         [[actions]]\nt_ms = 300000\nkind = \"loss\"\nscope = \"sector\"\nids = [9]\nvalue = 0.2\nduration_ms = 90000\n",
        3_600_001,
    );
}

#[test]
#[ignore = "large"]
fn scale_1_000_000_agents_for_a_minute() {
    plays(
        "seed = 1\n[population]\nagents = 1000000\n[run]\nduration_s = 60\n\
         [[actions]]\nt_ms = 20000\nkind = \"operation\"\nstrategy = \"parallel\"\n\
         [[actions]]\nt_ms = 40000\nkind = \"operation\"\nstrategy = \"wave\"\n",
        12_000_001,
    );
}
