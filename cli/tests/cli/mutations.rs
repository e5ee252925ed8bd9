//! Valid runs with single bytes changed: read or refused, never a panic, a signal or a hang.

use crate::support::{Folder, metrics_bundle};

/// A small deterministic source of numbers (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// Changes one byte per trial and runs every line; the file is put back at the end.
fn mutate(folder: &Folder, file: &str, lines: &[&str], trials: u64) {
    let whole = folder.read(file);
    let mut refused = 0;
    for seed in 0..trials {
        let mut numbers = Numbers(seed);
        let mut bytes = whole.clone();
        // Every other change hits the footer, where sizes and types stand.
        let start = if seed % 2 == 0 { 0 } else { whole.len() * 2 / 3 };
        let at = start + numbers.below(whole.len() - start);
        bytes[at] ^= 1 << numbers.below(8);
        folder.write(file, &bytes);
        for line in lines {
            let said = folder.run(line).expect_calm();
            assert!([0, 3].contains(&said.code), "seed {seed}, byte {at}, {line}: {said:?}");
            refused += usize::from(said.code == 3);
        }
    }
    assert!(refused > 0);
    folder.write(file, &whole);
}

#[test]
fn bytes_of_an_event_log() {
    let folder = Folder::new();
    folder.simulate("reference");
    mutate(&folder, "run.parquet", &["report run.parquet", "validate run.parquet"], 200);
}

#[test]
fn bytes_of_a_metrics_table() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    // Row 0 is there whatever a changed footer says of the number of rows, or the file is refused.
    mutate(&folder, "bundle/metrics.parquet", &["report bundle", "export bundle -o frames"], 100);
}

#[test]
fn bytes_of_cited_rows() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    let whole = folder.read("bundle/metrics.parquet");
    for seed in 0..100 {
        let mut bytes = whole.clone();
        let at = Numbers(seed).below(bytes.len());
        bytes[at] ^= 0x55;
        folder.write("bundle/metrics.parquet", &bytes);
        // A footer that now tells of no rows makes the range wrong usage.
        let said = folder.run("inspect bundle --rows metrics:0-7,metrics:100-110").expect_calm();
        assert!([0, 2, 3].contains(&said.code), "seed {seed}: {said:?}");
    }
}

#[test]
fn bytes_of_bundle_metadata() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    mutate(&folder, "bundle/run.json", &["report bundle", "inspect bundle"], 100);
}
