//! gzip and Zstandard, told by the first bytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::support::{Folder, LONG, series};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

const CASES: &[u8] = br#"[{"id": "a", "at": 1060}]"#;

fn map() -> String {
    format!("{LONG}[incidents]\nid = \"id\"\ntime = \"at\"\nafter = \"60s\"\n")
}

#[test]
fn packed_tables_and_records_are_the_same_whatever_their_names() {
    let plain = Folder::new().metrics("m.csv", &series(&[1_000, 1_060]));
    let table = std::fs::read(plain.path("m.csv")).unwrap();
    let plain = plain.incidents("c.json", std::str::from_utf8(CASES).unwrap()).import(&map());
    // A second member of a gzip file belongs to it; an ending may be missing.
    let (head, tail) = table.split_at(20);
    let two_members = [gzip(head), gzip(tail)].concat();
    for (name, bytes, cases) in [
        ("m.csv.gz", gzip(&table), gzip(CASES)),
        ("m.csv.zst", zstd(&table), zstd(CASES)),
        ("m.csv", two_members, zstd(CASES)),
    ] {
        let folder = Folder::new();
        let path = folder.write(name, bytes);
        let records = folder.write("c.json.gz", cases);
        let folder = folder.input("metrics", path).input("incidents", records);
        let imported = folder.import(&map());
        assert_eq!(imported.rows, plain.rows, "{name}");
        assert_eq!(imported.metadata, plain.metadata, "{name}");
    }
}

#[test]
fn a_damaged_packed_table_is_refused_with_its_name() {
    let table = b"t,service,metric,agg,value\n1000,web,latency,p50,1\n".repeat(50);
    for (name, bytes) in [("m.csv.gz", gzip(&table)), ("m.csv.zst", zstd(&table))] {
        let folder = Folder::new();
        let path = folder.write(name, &bytes[..bytes.len() / 2]);
        let told = folder.input("metrics", path).refused(LONG);
        assert!(told.starts_with(&format!("{name}: ")) && told.contains("cannot be unpacked"), "{told}");
    }
}

#[test]
fn a_bomb_is_refused_before_it_unpacks() {
    let folder = Folder::new().metrics("m.csv", &series(&[1_000]));
    let path = folder.write("c.json.gz", gzip(&vec![b' '; 65 << 20]));
    let told = folder.input("incidents", path).refused(&map());
    assert!(told.starts_with("c.json.gz: refused: the JSON text is "), "{told}");
    let folder = Folder::new();
    let path = folder.write("m.csv.zst", zstd(&vec![b'\n'; 200 << 20]));
    let told = folder.input("metrics", path).refused(LONG);
    assert!(told.contains("refused") && told.contains("packs that well"), "{told}");
}
