//! Measures cases of `infra_graph::measure`: `measure [NAME [TIMES]]`, one line a measurement.

use std::io::Write;

use infra_graph::measure::CASES;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let times: u32 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let mut out = std::io::stdout();
    for case in CASES.iter().filter(|case| name.is_empty() || case.name == name) {
        for _ in 0..times {
            let done = case.measure()?;
            writeln!(out, "{:16} {:10.3} ms  {:8} {}", case.name, done.seconds * 1e3, done.work, case.unit)?;
        }
    }
    Ok(())
}
