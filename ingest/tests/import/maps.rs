//! The map files in `datasets/maps`: each is sound, and reads tables of the layout it is for.

use std::path::{Path, PathBuf};

use infra_ingest::import::{TableMap, builtin_maps};

use crate::support::{Folder, Table, float, int, text};

fn maps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/maps")
}

#[test]
fn every_map_is_sound_and_says_where_its_data_comes_from() {
    let mut n = 0;
    for entry in std::fs::read_dir(maps()).unwrap() {
        let path = entry.unwrap().path();
        TableMap::load(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for part in ["# source ", "# licence ", "# layout ", "# command ", "# units "] {
            assert!(text.contains(part), "{}: no `{part}`", path.display());
        }
        n += 1;
    }
    assert_eq!(n, builtin_maps().len());
}

#[test]
fn every_map_file_is_built_in_under_its_name() {
    for (name, text) in builtin_maps() {
        assert_eq!(std::fs::read_to_string(maps().join(format!("{name}.toml"))).unwrap(), *text);
        TableMap::builtin(name).unwrap().unwrap();
    }
    assert!(TableMap::builtin("nezah").is_none());
}

#[test]
fn petshop_reads_two_scenarios() {
    let normal: Table = vec![
        ("scenario", text(&["low", "low"])),
        ("timestamp", int(&[0, 300])),
        ("component", text(&["Site", "Site"])),
        ("metric", text(&["availability", "availability"])),
        ("statistic", text(&["Average", "Average"])),
        ("value", float(&[Some(100.0), None])),
    ];
    let mut issues: Table = normal.iter().filter(|c| c.0 != "timestamp").cloned().collect();
    issues.push(("timestamp", int(&[90_000, 90_300])));
    issues.push(("case", text(&["low/1", "low/1"])));
    let graph: Table =
        vec![("scenario", text(&["low"])), ("caller", text(&["Site"])), ("callee", text(&["Db"]))];
    let components: Table = vec![("scenario", text(&["low", "low"])), ("component", text(&["Site", "Db"]))];
    let cases = r#"[{"case": "low/1", "scenario": "low", "split": "test",
        "target": {"node": "Site", "metric": "availability", "agg": "Average", "timestamp": 90301}}]"#;
    let folder = Folder::new()
        .metrics("normal_metrics.parquet", &normal)
        .metrics("issue_metrics.parquet", &issues)
        .edges("call_graph.parquet", &graph)
        .services("components.parquet", &components)
        .incidents("cases.json", cases);
    let imported = folder.import(&std::fs::read_to_string(maps().join("petshop.toml")).unwrap());
    assert_eq!(imported.incidents(), [("low/1", 90_000, 90_600)]);
    assert_eq!(imported.normal(), [(0, 600)]);
    assert_eq!(imported.rows[0].4, Some(1.0));
    assert_eq!(imported.edges(), [("Site", "Db")]);
    assert_eq!(imported.metadata.incidents[0].symptom.as_ref().unwrap().time_ns, Some(90_301_000_000_000));
    assert_eq!(imported.metadata.run_id, "petshop");
}

#[test]
fn nezha_reads_pods_by_the_minute() {
    let mut table: Table = vec![
        (
            "Time",
            text(&[
                "2022-08-22 03:51:19.607158889 +0000 UTC m=+0.11",
                "2022-08-22 03:51:20.4 +0000 UTC m=+1",
            ]),
        ),
        ("PodName", text(&["cart-5f6585d649-fnmft", "shipping-7b598fc7d-lmggd"])),
    ];
    let columns = [
        "PodServerLatencyP90(s)",
        "PodServerLatencyP95(s)",
        "PodServerLatencyP99(s)",
        "PodClientLatencyP90(s)",
        "PodClientLatencyP95(s)",
        "PodClientLatencyP99(s)",
        "PodWorkload(Ops)",
        "CpuUsageRate(%)",
        "MemoryUsageRate(%)",
        "SyscallRead",
        "SyscallWrite",
        "NetworkReceiveBytes",
        "NetworkTransmitBytes",
    ];
    table.extend(columns.map(|c| (c, float(&[Some(50.0), None]))));
    let mut folder = Folder::new().metrics("pod_metrics.parquet", &table);
    folder.inputs.incidents =
        vec![folder.write("cases.json", r#"[{"case": "a", "inject_time": "2022-08-22 03:50:54Z"}]"#)];
    let imported = folder.import(&std::fs::read_to_string(maps().join("nezha.toml")).unwrap());
    assert_eq!(imported.services(), ["cart", "shipping"]);
    assert_eq!((imported.report.rows_written, imported.report.incidents), (26, 1));
    // Both pods at the time of the first one.
    assert_eq!(imported.metadata.time.origin.as_deref(), Some("2022-08-22T03:50:19.607158889Z"));
    assert!(imported.rows.iter().all(|row| row.0 == 60));
    let value = |signal: &str| imported.rows.iter().find(|r| r.1 == "cart" && r.2 == signal).unwrap().4;
    assert_eq!((value("cpu"), value("requests"), value("latency")), (Some(0.5), Some(3_000.0), Some(50.0)));
}
