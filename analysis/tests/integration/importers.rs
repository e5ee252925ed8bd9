//! The same incident through several importers.

use infra_ingest::import::TelemetryFormat::{Jaeger, Otlp, Zipkin};

use crate::telemetry::{Fault, INJECTED, Shop, Telemetry, TimeUnit};
use crate::traced::{Answer, Folder, answer, answer_of_tables, ranked, tables_of};

/// Spans, log lines and counts of requests: tables and OTLP can both tell these in full.
fn told(fault: Fault) -> Telemetry {
    let mut told = Shop::new(fault).telemetry();
    told.metrics.retain(|m| m.signal == "requests");
    told
}

/// Equal to the last byte: the importers keep the same rows in the same order.
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
        let json = [("t", told.otlp_traces()), ("l", told.otlp_logs()), ("m", told.otlp_metrics())];
        let json = json.each_ref().map(|(name, text)| (*name, text.as_bytes()));
        let proto = [
            ("t", told.otlp_traces_proto()),
            ("l", told.otlp_logs_proto()),
            ("m", told.otlp_metrics_proto()),
        ];
        let proto = proto.each_ref().map(|(name, bytes)| (*name, bytes.as_slice()));
        for (what, files) in [("OTLP/JSON", json), ("OTLP as protobuf", proto)] {
            let folder = Folder::new();
            expect_same(&tables, &ranked(&folder.telemetry(Otlp, &files)), what);
        }
    }
}

#[test]
fn jaeger_and_zipkin_give_the_same_answer_as_otlp() {
    for fault in Fault::ALL {
        // They keep neither log lines nor metrics.
        let told = told(fault);
        let of = |format, text: String| {
            let folder = Folder::new();
            ranked(&folder.telemetry(format, &[("t", text.as_bytes())]))
        };
        let otlp = of(Otlp, told.otlp_traces());
        expect_same(&otlp, &of(Jaeger, told.jaeger()), "Jaeger");
        expect_same(&otlp, &of(Zipkin, told.zipkin()), "Zipkin");
    }
}

#[test]
fn the_tables_do_not_depend_on_the_unit_of_time() {
    let told = Shop::new(Fault::SlowWork).telemetry();
    let plain = answer(&told);
    for unit in TimeUnit::ALL {
        let other = answer_of_tables(unit, &tables_of(&told, unit));
        expect_same(&plain, &other, &format!("{unit:?}"));
    }
}
