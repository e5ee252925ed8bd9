//! Measures cases once each, without the rest of the program: `measure NAME... `, or all.
//!
//! `cargo run --release -p infra-simulate --example measure -- kernel log`

use std::error::Error;

use infra_simulate::measure::CASES;

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let scratch = tempfile::tempdir()?;
    for case in CASES.iter().filter(|case| names.is_empty() || names.iter().any(|n| n == case.name)) {
        match case.measure(scratch.path()) {
            Ok(done) => {
                println!(
                    "{}: {:.3} s, {:.2} million {}/s",
                    case.name,
                    done.seconds,
                    done.rate() / 1e6,
                    case.unit
                )
            },
            Err(error) => println!("{}: {error}", case.name),
        }
    }
    for file in std::fs::read_dir(scratch.path())? {
        let file = file?;
        println!("{}: {} bytes", file.path().display(), file.metadata()?.len());
    }
    Ok(())
}
