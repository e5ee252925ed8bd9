//! `import tables` on a folder, and with built-in maps.

use std::path::Path;

use crate::support::Folder;

/// Tables in the layout of PetShop, in our own words.
fn shop() -> Folder {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("shop")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path("shop").join(name), text).unwrap();
    let mut normal = "scenario,timestamp,component,metric,statistic,value\n".to_owned();
    for i in 0..30 {
        let value = 0.1 + 0.01 * f64::from(i % 3);
        normal.push_str(&format!(
            "low,{},Site,latency,p50,{value}\nlow,{},Db,latency,p50,{value}\n",
            300 * i,
            300 * i
        ));
    }
    write("quiet.csv", &normal);
    write(
        "trouble.csv",
        "scenario,case,timestamp,component,metric,statistic,value\n\
         low,low/1,90000,Site,latency,p50,0.1\nlow,low/1,90300,Site,latency,p50,5\n\
         low,low/1,90000,Db,latency,p50,0.1\nlow,low/1,90300,Db,latency,p50,5\n",
    );
    write("graph.csv", "scenario,caller,callee\nlow,Site,Db\n");
    write("nodes.csv", "scenario,component\nlow,Site\nlow,Db\n");
    write(
        "cases.json",
        r#"[{"case": "low/1", "scenario": "low",
            "target": {"node": "Site", "metric": "latency", "agg": "p50", "timestamp": 90400}}]"#,
    );
    write("labels.json", "never opened");
    write("other.json", "[1, 2]");
    folder
}

#[test]
fn a_folder_is_recognised_and_ranked() {
    let folder = shop();
    let said = folder.run("import tables shop -o bundle").expect_code(0);
    assert!(
        said.err.contains("other.json: not imported: no section of the map knows its columns"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("labels"), "{}", said.err);
    said.says(&["2 services, 1 dependencies, 1 incidents, 64 rows: bundle"]);
    folder.run("import tables shop --config petshop -o named").expect_code(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("bundle/run.json"), read("named/run.json"));
    assert_eq!(read("bundle/metrics.parquet"), read("named/metrics.parquet"));
    folder.run("rank bundle --incident low/1").expect_code(0).says(&["Db"]);
}

#[test]
fn a_folder_and_its_files_by_name_give_the_same_run() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/tables/contagion");
    let folder = Folder::new();
    for entry in std::fs::read_dir(&tables).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    folder.run("import tables . --config map.toml -o by_folder").expect_code(0);
    let line = "import tables --metrics metrics.csv --edges edges.csv --incidents incidents.json \
        --config map.toml -o by_name";
    folder.run(line).expect_code(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("by_folder/run.json"), read("by_name/run.json"));
    assert_eq!(read("by_folder/metrics.parquet"), read("by_name/metrics.parquet"));
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_written() {
    let folder = shop();
    folder
        .run("import tables shop --config nezha -o bundle")
        .expect_code(3)
        .complains(&["[[metrics]]: no file has its columns", "[incidents]: no file has its columns"]);
    folder
        .run("import tables shop --config petshp -o bundle")
        .expect_code(3)
        .complains(&["no map file `petshp`", "built in: nezha, petshop"]);
    std::fs::remove_file(folder.path("shop/quiet.csv")).unwrap();
    std::fs::remove_file(folder.path("shop/trouble.csv")).unwrap();
    folder
        .run("import tables shop -o bundle")
        .expect_code(3)
        .complains(&["no built-in map fits", "petshop: [metrics]: no file has its columns"]);
    folder.run("import tables nowhere -o bundle").expect_code(3).complains(&["nowhere: cannot be read"]);
    folder.run("import tables -o bundle").expect_code(2);
    folder.run("import tables shop --metrics shop/cases.json --config petshop -o bundle").expect_code(2);
    assert_eq!(folder.names(), ["shop"]);
}
