//! What is written is what the parquet crate's own reader reads.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;
use infra_eventlog::RunMetadata;
use infra_eventlog::metadata::SignalSpec;
use infra_eventlog::writer::{EventRow, EventWriter, LogRow, LogWriter, ROW_GROUP_ROWS};
use infra_eventlog::{Run, TableKind};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

/// A row of the events table that owns its texts.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    event_id: i64,
    cause_id: Option<i64>,
    time_ns: i64,
    names: [String; 2],
    service: Option<String>,
    status: Option<String>,
    /// By their bits, so that every NaN and both zeros count.
    signals: [Option<u64>; 2],
    message: Option<String>,
    attributes: Option<String>,
}

impl Row {
    fn write(&self, writer: &mut EventWriter) {
        let row = EventRow {
            event_id: self.event_id,
            cause_id: self.cause_id,
            time_ns: self.time_ns,
            event_type: &self.names[0],
            source: &self.names[1],
            service: self.service.as_deref(),
            status: self.status.as_deref(),
            signals: &self.signals.map(|signal| signal.map(f64::from_bits)),
            message: self.message.as_deref(),
            attributes: self.attributes.as_deref(),
        };
        writer.push(&row).unwrap();
    }
}

fn metadata() -> RunMetadata {
    let mut metadata = RunMetadata::new("roundtrip");
    metadata.signals = vec![SignalSpec::named("latency"), SignalSpec::named("error_rate")];
    metadata
}

fn write(path: &Path, rows: impl Iterator<Item = Row>) -> i64 {
    let mut writer = EventWriter::single_file(path, &metadata()).unwrap();
    rows.for_each(|row| row.write(&mut writer));
    writer.finish().unwrap()
}

fn batches(path: &Path) -> impl Iterator<Item = RecordBatch> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    builder.build().unwrap().map(Result::unwrap)
}

/// The rows of a file, in order.
fn read(path: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for batch in batches(path) {
        let integers = |name| batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().clone();
        let reals = |name| batch.column_by_name(name).unwrap().as_primitive::<Float64Type>().clone();
        let texts = |name| {
            let column = cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap();
            move |i: usize| {
                let column = column.as_string::<i32>();
                column.is_valid(i).then(|| column.value(i).to_owned())
            }
        };
        let (seq, event_id, cause_id, time_ns) =
            (integers("seq"), integers("event_id"), integers("cause_id"), integers("time_ns"));
        let (latency, error_rate) = (reals("latency"), reals("error_rate"));
        let (event_type, source) = (texts("event_type"), texts("source"));
        let (service, status) = (texts("service"), texts("status"));
        let (message, attributes) = (texts("message"), texts("attributes"));
        for i in 0..batch.num_rows() {
            assert_eq!(seq.value(i), rows.len() as i64);
            let signal =
                |column: &arrow::array::Float64Array| column.is_valid(i).then(|| column.value(i).to_bits());
            rows.push(Row {
                event_id: event_id.value(i),
                cause_id: cause_id.is_valid(i).then(|| cause_id.value(i)),
                time_ns: time_ns.value(i),
                names: [event_type(i).unwrap(), source(i).unwrap()],
                service: service(i),
                status: status(i),
                signals: [signal(&latency), signal(&error_rate)],
                message: message(i),
                attributes: attributes(i),
            });
        }
    }
    rows
}

/// Bits of a real number: few different ones, many, or odd ones.
fn real(kind: u8, r: u64) -> Option<u64> {
    match kind {
        0 => None,
        1 => Some(0.25_f64.to_bits()),
        2 => (!r.is_multiple_of(3)).then(|| ((r % 50) as f64).to_bits()),
        3 => Some(r),
        _ => Some([f64::NAN, -f64::NAN, 0.0, -0.0, f64::INFINITY, f64::MIN][(r % 6) as usize].to_bits()),
    }
}

/// A text: none, few, many, long.
fn text(kind: u8, r: u64) -> Option<String> {
    match kind {
        0 => None,
        1 => r.is_multiple_of(8).then(|| format!("line {}", r % 5)),
        2 => Some(format!("{r:x}")),
        3 => (!r.is_multiple_of(5)).then(|| format!("{r:x}").repeat((r % 40) as usize)),
        _ => Some("é".repeat((r % 700) as usize)),
    }
}

fn name(kind: u8, r: u64) -> String {
    match kind {
        0 => "TICK".to_owned(),
        1 => format!("service-{}", r % 300),
        2 => format!("{}", r % 2),
        _ => format!("{r}"),
    }
}

prop_compose! {
    fn rows()(
        kinds in proptest::array::uniform8(0_u8..5),
        random in proptest::collection::vec(any::<[u64; 4]>(), 0..1500),
    ) -> Vec<Row> {
        let mut time = 0_i64;
        random.into_iter().map(|[a, b, c, d]| {
            // Now and then all of the range at once: differences overflow.
            if a % 200 == 0 && kinds[0] == 4 { time = if time > 0 { time } else { i64::MIN + (b >> 1).cast_signed() }; }
            time = time.saturating_add((b >> (13 * kinds[0] + 10)).cast_signed());
            let event_id = if kinds[1] == 4 { c.cast_signed().max(i64::MIN + 1) } else { (c % 1000).cast_signed() };
            Row {
                event_id,
                cause_id: (d % 4 > 0 && kinds[1] > 0).then(|| event_id - 1),
                time_ns: time,
                names: [name(kinds[2], a), name(kinds[3], b)],
                service: (c % 9 > 0).then(|| name(kinds[4], c)),
                status: (kinds[4] > 0).then(|| name(2, d)),
                signals: [real(kinds[5], a ^ d), real(kinds[6], b ^ d)],
                message: text(kinds[7], c),
                attributes: text(kinds[2], b),
            }
        }).scan(i64::MIN, |last, mut row| { *last = row.time_ns.max(*last); row.time_ns = *last; Some(row) }).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn rows_come_back_bit_for_bit(rows in rows()) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.parquet");
        prop_assert_eq!(write(&path, rows.iter().cloned()), rows.len() as i64);
        prop_assert_eq!(read(&path), rows);
    }
}

/// A row of a long log; columns of which each has another way to be stored.
fn long_row(i: i64) -> Row {
    let r = i.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Row {
        event_id: i / 8,
        cause_id: (i >= 8).then(|| i / 8 - 1),
        time_ns: i / 8 * 1_000_000_000,
        names: ["TICK".to_owned(), format!("source-{}", r % 2_000)],
        service: (i % 8 > 0).then(|| format!("service-{}", i % 8)),
        status: (i % 8 > 0).then(|| name(2, r >> 60)),
        signals: [real(3, r), real(2, r >> 7)],
        message: text(if i < 200_000 { 1 } else { 3 }, r),
        attributes: (i % 8 == 0).then(|| format!("{{\"demand\":{r}}}")),
    }
}

#[test]
fn row_groups_are_written_in_order_with_their_statistics() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    let count = 3 * ROW_GROUP_ROWS as i64 + 77;
    assert_eq!(write(&path, (0..count).map(long_row)), count);
    let again = dir.path().join("again.parquet");
    write(&again, (0..count).map(long_row));
    assert!(std::fs::read(&path).unwrap() == std::fs::read(&again).unwrap(), "the bytes differ");
    assert!(read(&path).into_iter().eq((0..count).map(long_row)));
    let run = Run::open(&path).unwrap();
    let part = &run.table(TableKind::Events).unwrap().parts()[0];
    let ranges = part.int_ranges("seq");
    assert_eq!(ranges.len(), 4);
    for (group, range) in (0..).zip(ranges) {
        let first = group * ROW_GROUP_ROWS as i64;
        assert_eq!(range, Some((first, (first + ROW_GROUP_ROWS as i64).min(count) - 1)));
    }
    assert_eq!(
        part.int_ranges("time_ns")[3],
        Some((3 * 16_384_000_000_000, (count - 1) / 8 * 1_000_000_000))
    );
    let footer = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).unwrap()).unwrap();
    let group = footer.metadata().row_group(0);
    let absent = |name: &str| {
        let column = group.columns().iter().find(|c| c.column_path().string() == name).unwrap();
        column.statistics().unwrap().null_count_opt()
    };
    assert_eq!((absent("service"), absent("attributes")), (Some(16_384), Some(114_688)));
}

#[test]
fn texts_longer_than_a_page_and_names_without_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logs.parquet");
    let mut writer = LogWriter::create(&path, infra_eventlog::writer::LogColumns::default(), None).unwrap();
    let service = |i: usize| format!("{i}-{}", "s".repeat(30_000));
    let message = |i: usize| (!i.is_multiple_of(3)).then(|| format!("{i}{}", "é".repeat(i * 997)));
    for i in 0..500 {
        let (service, message) = (service(i), message(i));
        let row = LogRow { service: &service, message: message.as_deref(), ..LogRow::default() };
        writer.push(&row).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), 500);
    let mut i = 0;
    for batch in batches(&path) {
        let services = cast(batch.column_by_name("service").unwrap(), &DataType::Utf8).unwrap();
        let messages = batch.column_by_name("message").unwrap().as_string::<i32>();
        for (found_service, found_message) in services.as_string::<i32>().iter().zip(messages) {
            assert_eq!((found_service, found_message), (Some(service(i).as_str()), message(i).as_deref()));
            i += 1;
        }
    }
    assert_eq!(i, 500);
}

#[test]
fn a_writer_that_is_dropped_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.parquet");
    for count in [10, ROW_GROUP_ROWS as i64 * 2 + 5] {
        let mut writer = EventWriter::single_file(&path, &metadata()).unwrap();
        (0..count).for_each(|i| long_row(i).write(&mut writer));
        drop(writer);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "after {count} rows");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_whoever_writes() {
    for count in [10, ROW_GROUP_ROWS as i64 * 6] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run.parquet");
        // The writer follows the link, and that device takes nothing.
        let temporary = dir.path().join(format!(".run.parquet.tmp-{}", std::process::id()));
        std::os::unix::fs::symlink("/dev/full", temporary).unwrap();
        let mut writer = EventWriter::single_file(&path, &metadata()).unwrap();
        let told = (0..count).find_map(|i| {
            let row = EventRow { event_id: i, event_type: "A", source: "x", ..EventRow::default() };
            writer.push(&row).err()
        });
        let told = match told {
            // Whatever follows an error is refused.
            Some(error) => {
                assert!(writer.finish().is_err());
                error
            },
            None => writer.finish().unwrap_err(),
        };
        match told {
            infra_eventlog::RunError::Unwritable { path: of, source } => {
                assert_eq!(of, path);
                assert!(source.to_string().contains("No space left on device"), "{source}");
            },
            other => panic!("{other}"),
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "after {count} rows");
    }
}
