//! HTML reports and pictures: links, excerpts, several formats at once, nothing from a log acting.

use crate::support::{Folder, PLAIN, metrics_bundle, story, story_metadata, write_parquet};

/// Values of an attribute, in order.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.match_indices(&start).map(|(at, _)| page[at + start.len()..].split('"').next().unwrap()).collect()
}

/// The excerpt of a citation.
fn excerpt<'a>(page: &'a str, anchor: &str) -> &'a str {
    let start = page.find(&format!("id=\"{anchor}\"")).unwrap_or_else(|| panic!("no {anchor}"));
    &page[start..start + page[start..].find("</table>").unwrap()]
}

fn told(names: [&str; 3], line: &str) -> Folder {
    let folder = Folder::new();
    write_parquet(&folder.path("run.parquet"), &story(names, line), Some(&story_metadata(names)));
    folder
}

#[test]
fn a_page_holds_the_rows_that_it_cites() {
    let folder = Folder::new();
    folder.simulate("contagion");
    let page = folder.run("report run.parquet --format html").expect_code(0).out;
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<strong id=\"verdict\">cascade</strong>"));
    let ids = values(&page, "id");
    let links: Vec<&str> = values(&page, "href");
    assert!(links.iter().filter(|l| l.starts_with("#rows-events-")).count() > 30);
    for link in links {
        assert!(link.strip_prefix('#').is_some_and(|id| ids.contains(&id)), "{link} leads nowhere");
    }
    // What stands there is what `inspect` shows.
    let shown = excerpt(&page, "rows-events-254-254");
    let said = folder.run("inspect run.parquet --rows 254 --format json").expect_code(0).out;
    let sets: serde_json::Value = serde_json::from_str(&said).unwrap();
    let row = sets[0]["rows"][0].as_object().unwrap();
    for column in ["seq", "event_type", "service", "stress", "load"] {
        let value = row[column].as_str().map_or_else(|| row[column].to_string(), str::to_owned);
        assert!(shown.contains(&format!("<td>{value}</td>")), "{column} {value} not in {shown}");
    }
    // Long citations are cut in the middle: 11 rows, of which eight are shown.
    let cut = excerpt(&page, "rows-events-121-131");
    assert!(cut.contains("… 3 more rows") && cut.contains("<td>125</td>") && cut.contains("<td>129</td>"));
    assert!(!cut.contains("<td>126</td>"));
}

#[test]
fn rows_of_metrics_are_found_by_their_number() {
    let folder = Folder::new();
    metrics_bundle(&folder, "bundle");
    let page = folder.run("report bundle --incident slow --format html").expect_code(0).out;
    let anchors: Vec<&str> =
        values(&page, "id").into_iter().filter(|id| id.starts_with("rows-metrics-")).collect();
    assert!(!anchors.is_empty(), "{page}");
    for anchor in anchors {
        let row: usize = anchor.rsplit('-').next().unwrap().parse().unwrap();
        let shown = excerpt(&page, anchor);
        // Row by row the bundle goes through its three services.
        assert!(shown.contains(&format!("<td>{row}</td>")) && shown.contains(PLAIN[row % 3]), "{shown}");
        assert!(shown.contains("<td>latency</td>"), "{shown}");
    }
}

#[test]
fn a_page_is_inert_whatever_the_log_says() {
    const HOSTILE: [&str; 3] = [
        "</script><img src=x onerror=alert(1)>",
        "\"><svg onload=alert(2)>",
        "</title><script>alert(3)</script>",
    ];
    let line = "</main><iframe src=javascript:alert(4)> [rows 0-3] \u{202e}\u{1b}[2J";
    let folder = told(HOSTILE, line);
    let page = folder.run("report run.parquet --format html").expect_code(0).out;
    for raw in
        ["<img", "<svg onload", "<iframe", "<script>alert", "\u{202e}", "\u{1b}", "href=\"#rows-events-0-3\""]
    {
        assert!(!page.contains(raw), "{raw:?} in the page");
    }
    assert_eq!((page.matches("<script").count(), page.matches("<style").count()), (2, 1));
    folder.run("report run.parquet -o report.md --assets pictures").expect_code(0);
    for name in ["dependencies", "evidence", "propagation"] {
        let svg = String::from_utf8(folder.read(&format!("pictures/{name}.svg"))).unwrap();
        assert!(
            !svg.contains("<img") && !svg.contains("<script") && svg.contains("&lt;/script&gt;"),
            "{svg}"
        );
    }
}

#[test]
fn a_redacted_page_holds_no_message_and_no_attribute() {
    let folder = told(PLAIN, "password is hunter2");
    assert!(folder.run("report run.parquet --format html").expect_code(0).out.contains("hunter2"));
    let page = folder.run("report run.parquet --format html --redact").expect_code(0).out;
    assert!(!page.contains("hunter2") && page.contains("[redacted]") && page.contains("alpha"));
    let simulated = Folder::new();
    simulated.simulate("contagion");
    let page = simulated.run("report run.parquet --format html --redact").expect_code(0).out;
    let shown = excerpt(&page, "rows-events-99-99");
    assert!(
        shown.contains("affected_services") && !shown.contains("1.5") && shown.contains("[redacted]"),
        "{shown}"
    );
}

#[test]
fn several_formats_are_the_same_as_one_by_one() {
    let folder = Folder::new();
    folder.simulate("contagion");
    folder.run("report run.parquet --format md,html,json,md -o out/report.md").expect_code(0);
    for format in ["md", "html", "json"] {
        let alone = folder.run(&format!("report run.parquet --format {format}")).expect_code(0).out;
        assert_eq!(folder.read(&format!("out/report.{format}")), alone.as_bytes(), "{format}");
    }
    folder.run("report run.parquet --format md,json").expect_code(2).complains(&["several formats need -o"]);
    folder.run("report run.parquet --format json --embed").expect_code(2).complains(&["--embed"]);
    folder.run("report run.parquet --embed --assets x").expect_code(2);
    folder.write("run.json", b"keep me");
    folder.run("report run.json --format md,json -o run.md").expect_code(2).complains(&["is the input"]);
    assert_eq!(folder.read("run.json"), b"keep me");
}

#[test]
fn pictures_stand_beside_a_report_or_in_it() {
    let folder = Folder::new();
    folder.simulate("contagion");
    let plain = folder.run("report run.parquet").expect_code(0).out;
    folder.run("report run.parquet -o out/report.md --assets out/the-pictures").expect_code(0);
    let beside = String::from_utf8(folder.read("out/report.md")).unwrap();
    for name in ["dependencies", "evidence", "propagation"] {
        assert!(beside.contains(&format!("](the-pictures/{name}.svg)")), "{beside}");
        let svg = String::from_utf8(folder.read(&format!("out/the-pictures/{name}.svg"))).unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains("power") && !svg.contains("href"), "{svg}");
    }
    let inside = folder.run("report run.parquet --embed").expect_code(0).out;
    assert_eq!(inside.matches("](data:image/svg+xml;base64,").count(), 3);
    // Without the pictures it is the report as ever.
    let without = |text: &str| -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        while let Some(at) = lines.iter().position(|line| line.starts_with("![")) {
            lines.drain(at..at + 2);
        }
        lines.join("\n") + "\n"
    };
    assert_eq!(without(&beside), plain);
    assert_eq!(without(&inside), plain);
    let page = folder.run("report run.parquet --format html --assets pictures").expect_code(0).out;
    assert!(page.contains("id=\"picture-dependencies\"") && folder.path("pictures/evidence.svg").exists());
}

#[test]
fn a_quiet_run_has_a_page_without_suspects() {
    let folder = Folder::new();
    folder.run("simulate systems --scenario calm -o run.parquet").expect_code(0);
    let page = folder.run("report run.parquet --format html").expect_code(0).out;
    assert!(page.contains("<strong id=\"verdict\">no incident</strong>"));
    assert!(page.contains("There is no evidence to rank.") && !page.contains("class=\"badge\""));
    folder.run("report run.parquet --assets pictures -o report.md").expect_code(0);
    assert!(!folder.path("pictures/propagation.svg").exists());
}
