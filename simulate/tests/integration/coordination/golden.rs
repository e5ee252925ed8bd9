//! The golden data of the coordination specification: reals within 1e-9, everything else exact.

use std::fs;
use std::path::{Path, PathBuf};

use infra_simulate::scenario::WorldName;
use infra_simulate::verify::{VerifyError, VerifyReport, verify_world, verify_world_coordination};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/coordination")
}

#[test]
fn every_golden_file_is_reproduced() {
    let report = verify_world_coordination(&golden()).unwrap();
    assert!(report.passed(), "{}", report.failures.join("\n"));
    assert!(report.max_error < 1e-9, "{}", report.max_error);
    eprintln!("{} {} {}", report.cases, report.values, report.max_error);
}
