//! Length-prefixed protobuf, encoded here from the specification's field numbers.

use infra_ingest::import::TelemetryFormat::Otlp;

use crate::support::{Folder, MS, T0, span, traces};

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push((n as u8 & 0x7f) | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// A field of bytes: text, message, id.
fn bytes(number: u64, content: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
}

fn fixed64(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3 | 1), value.to_le_bytes().to_vec()].concat()
}

fn integer(number: u64, value: u64) -> Vec<u8> {
    [varint(number << 3), varint(value)].concat()
}

fn resource(service: &str) -> Vec<u8> {
    let value = bytes(1, service.as_bytes());
    bytes(1, &[bytes(1, b"service.name"), bytes(2, &value)].concat())
}

/// A request of one service with these records.
fn request(service: &str, records: &[Vec<u8>]) -> Vec<u8> {
    let scope: Vec<u8> = records.iter().flat_map(|r| bytes(2, r)).collect();
    bytes(1, &[bytes(1, &resource(service)), bytes(2, &scope)].concat())
}

fn a_span(id: u64, parent: u64, start_ms: i64, end_ms: i64) -> Vec<u8> {
    let mut parts = vec![
        bytes(1, &7_u128.to_be_bytes()),
        bytes(2, &id.to_be_bytes()),
        bytes(5, b"op"),
        integer(6, 2),
        fixed64(7, (T0 + start_ms * MS) as u64),
        fixed64(8, (T0 + end_ms * MS) as u64),
    ];
    if parent != 0 {
        parts.push(bytes(4, &parent.to_be_bytes()));
    }
    parts.concat()
}

fn framed(message: &[u8]) -> Vec<u8> {
    [(message.len() as u32).to_be_bytes().to_vec(), message.to_vec()].concat()
}

fn two_requests() -> (Vec<u8>, Vec<u8>) {
    (request("web", &[a_span(1, 0, 0, 50)]), request("db", &[a_span(2, 1, 10, 40)]))
}

#[test]
fn protobuf_and_json_give_the_same_bundle() {
    let folder = Folder::new();
    let (one, two) = two_requests();
    let proto = folder.write("proto", [framed(&one), framed(&two)].concat());
    let json =
        folder.write("json", traces("web", &[span(1, 0, 0, 50)]) + &traces("db", &[span(2, 1, 10, 40)]));
    folder.try_import(Otlp, &[proto], "a").unwrap();
    folder.try_import(Otlp, &[json], "b").unwrap();
    assert_eq!(folder.bytes("a"), folder.bytes("b"));
}

#[test]
fn metrics_and_logs_are_told_apart() {
    let point = [fixed64(3, T0 as u64), fixed64(4, 0.25_f64.to_bits())].concat();
    let metric = [bytes(1, b"system.cpu.utilization"), bytes(3, b"1"), bytes(5, &bytes(1, &point))].concat();
    let imported = Folder::new().import(Otlp, framed(&request("web", &[metric])));
    assert_eq!(imported.value("cpu", "last"), 0.25);
    let line = [fixed64(1, T0 as u64), integer(2, 13), bytes(5, &bytes(1, b"slow"))].concat();
    let imported = Folder::new().import(Otlp, framed(&request("web", &[line])));
    assert_eq!(imported.logs(), [("WARN".to_owned(), "slow".to_owned())]);
}

#[test]
fn wrong_lengths_are_counted_or_refused() {
    let (one, two) = two_requests();
    for wrong in [two.len() as u32 + 1, u32::MAX, two.len() as u32 - 3] {
        let text = [framed(&one), wrong.to_be_bytes().to_vec(), two.clone()].concat();
        let imported = Folder::new().import(Otlp, text);
        assert_eq!(imported.spans().len(), 1, "{wrong}");
        imported.noted("damaged lines or records");
        imported.noted(&format!("input byte {}", framed(&one).len()));
        let alone = [wrong.to_be_bytes().to_vec(), two.clone()].concat();
        assert!(Folder::new().refused(Otlp, alone).contains("neither OTLP/JSON nor length-prefixed"));
    }
}

#[test]
fn every_cut_of_a_file_is_read_or_refused() {
    let (one, two) = two_requests();
    let whole = [framed(&one), framed(&two)].concat();
    for cut in 1..whole.len() {
        let folder = Folder::new();
        let input = folder.write("input", &whole[..cut]);
        match folder.try_import(Otlp, &[input], "out") {
            Ok(report) => assert!(cut >= framed(&one).len() && report.spans == 1, "{cut}"),
            Err(why) => assert!(cut < framed(&one).len(), "{cut}: {why}"),
        }
    }
}
