//! `--tz`: times in the reader's zone.

use crate::support::{Folder, metrics_bundle};

#[test]
fn times_are_shown_in_the_zone_that_was_asked_for() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    // 1,800 s after 09:00 UTC, in summer.
    for (command, utc, berlin) in [
        ("report bundle", "2023-08-21 09:30:00 UTC", "2023-08-21 11:30:00 +02:00"),
        ("report bundle --format json", "2023-08-21 09:30:00 UTC", "2023-08-21 11:30:00 +02:00"),
        ("inspect bundle", "2023-08-21 09:30:00 UTC", "2023-08-21 11:30:00 +02:00"),
        ("inspect bundle --rows metrics:87-89", "2023-08-21 09:30:00 UTC", "2023-08-21 11:30:00 +02:00"),
    ] {
        let plain = folder.run(command).expect_code(0).says(&[utc]).out;
        assert!(!plain.contains("+02:00"), "{plain}");
        let said = folder.run(&format!("{command} --tz europe/berlin")).expect_code(0).says(&[berlin]);
        assert!(!said.out.contains(" UTC"), "{}", said.out);
        let said = folder.run(&format!("{command} --tz UTC")).expect_code(0);
        assert_eq!(said.out, plain, "{command}");
    }
    let provenance = folder.run("rank bundle --tz -03:30 --format json").expect_code(0);
    provenance.says(&["--tz -03:30"]);
    folder.run("report bundle --tz Europe/Berlin").expect_code(0).says(&["--tz Europe/Berlin"]);
}

#[test]
fn zones_need_nothing_of_the_machine() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    let zones = [("TZ", "Asia/Tokyo"), ("TZDIR", "/nonexistent")];
    let there = folder.run_with(&["report", "bundle", "--tz", "America/New_York"], &zones).expect_code(0);
    assert_eq!(there.out, folder.run("report bundle --tz America/New_York").expect_code(0).out);
    assert!(there.out.contains("05:30:00 -04:00"), "{}", there.out);
}

#[test]
fn what_is_no_zone_is_wrong_usage_and_ticks_have_none() {
    let folder = Folder::new();
    folder.simulate("reference");
    for zone in ["Nowhere/Land", "local", "+99"] {
        let said = folder.run(&format!("report run.parquet --tz {zone}")).expect_code(2);
        assert!(said.err.contains("--tz") && said.err.contains(zone), "{}", said.err);
    }
    let said = folder.run("report run.parquet --tz Asia/Tokyo").expect_code(0).says(&["t=2"]);
    assert!(said.err.contains("has no dates"), "{}", said.err);
}
