//! The same incident through several importers.

use infra_ingest::import::TelemetryFormat::{Jaeger, Otlp, Zipkin};

use crate::telemetry::{Fault, INJECTED, Shop, Telemetry, TimeUnit};
use crate::traced::{Answer, Folder, answer, ranked};

/// Spans and log lines without metrics, which OTLP files of traces do not hold.
fn told(fault: Fault) -> Telemetry {
    Telemetry { metrics: Vec::new(), ..Shop::new(fault).telemetry() }
}

/// Equal to the last byte: the importers keep the same spans and lines in the same order.
#[track_caller]
fn expect_same(a: &Answer, b: &Answer, what: &str) {
    assert_eq!(a.names()[0], INJECTED, "{what}");
    assert_eq!((&a.order, &a.paths, a.agreement), (&b.order, &b.paths, b.agreement), "{what}");
    assert_eq!(a.json, b.json, "{what}");
}

#[test]
fn otlp_as_json_as_protobuf_and_tables_give_the_same_answer() {
    for fault in Fault::ALL {
        let told = told(fault);
        let tables = answer(&told);
        let files = [("t", told.otlp_traces()), ("l", told.otlp_logs())];
        let json = Folder::new();
        let json = ranked(&json.telemetry(Otlp, &files.each_ref().map(|(n, text)| (*n, text.as_bytes()))));
        expect_same(&tables, &json, "OTLP/JSON");
        let files = [("t", told.otlp_traces_proto()), ("l", told.otlp_logs_proto())];
        let proto = Folder::new();
        let proto = ranked(&proto.telemetry(Otlp, &files.each_ref().map(|(n, bytes)| (*n, &bytes[..]))));
        expect_same(&tables, &proto, "OTLP as protobuf");
    }
}

#[test]
fn jaeger_and_zipkin_give_the_same_answer() {
    for fault in [Fault::SlowWork, Fault::Exception] {
        // They keep no log lines.
        let told = Telemetry { lines: Vec::new(), ..told(fault) };
        let tables = answer(&told);
        for (format, text) in [(Jaeger, told.jaeger()), (Zipkin, told.zipkin())] {
            let folder = Folder::new();
            let other = ranked(&folder.telemetry(format, &[("t", text.as_bytes())]));
            expect_same(&tables, &other, format.name());
        }
    }
}

#[test]
fn the_tables_do_not_depend_on_the_unit_of_time() {
    let told = Shop::new(Fault::SlowWork).telemetry();
    let plain = answer(&told);
    for unit in TimeUnit::ALL {
        let other = crate::traced::answer_of_tables(unit, &crate::traced::tables_of(&told, unit));
        expect_same(&plain, &other, &format!("{unit:?}"));
    }
}
