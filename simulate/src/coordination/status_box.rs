//! The status box of the console (specification, section 14).

/// Inner width of the box; longer lines make it wider.
const WIDTH: usize = 40;
/// Its title.
const TITLE: &str = "MESH-30K STATUS";

/// What the box shows: the attributes of a STATUS row.
///
/// ```
/// use infra_simulate::coordination::{StatusInputs, status_box};
///
/// let row = r#"{"active":285,"total":300,"sectors_healthy":0,"sectors":1,"mean_impedance_ms":99.95,
///     "conflicts_last_hour":2,"mode":"FULL","seconds_since_cascade":null}"#;
/// let inputs: StatusInputs = serde_json::from_str(row)?;
/// let lines = status_box(&inputs);
/// assert_eq!(lines[3], "│ Agents: 285 / 300 active (95.0%)       │");
/// assert_eq!(lines[8], "│ Last cascade: never                    │");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
pub struct StatusInputs {
    /// Active agents.
    pub active: u64,
    /// All agents.
    pub total: u64,
    /// Healthy sectors.
    pub sectors_healthy: u64,
    /// All sectors.
    pub sectors: u64,
    /// Mean score of active agents of classes A to E \[ms\]; `None` if there are none.
    pub mean_impedance_ms: Option<f64>,
    /// Conflicts of the last hour.
    pub conflicts_last_hour: u64,
    /// Mode of operation.
    pub mode: String,
    /// Time since the last cascade ended \[s\]; `None` if there was none.
    pub seconds_since_cascade: Option<f64>,
}

/// The box as lines of equal width. The mode is shown as it is given.
#[must_use]
pub fn status_box(inputs: &StatusInputs) -> Vec<String> {
    let rate = if inputs.total == 0 { 0.0 } else { 100.0 * inputs.active as f64 / inputs.total as f64 };
    let impedance =
        inputs.mean_impedance_ms.map_or_else(|| "none".to_owned(), |ms| format!("{}ms", whole(ms)));
    let lines = [
        format!(" Agents: {} / {} active ({rate:.1}%)", grouped(inputs.active), grouped(inputs.total)),
        format!(" Sectors: {}/{} healthy", grouped(inputs.sectors_healthy), grouped(inputs.sectors)),
        format!(" Mean Impedance: {impedance}"),
        format!(" Conflicts (last hour): {}", grouped(inputs.conflicts_last_hour)),
        format!(" Mode: {}", inputs.mode),
        format!(" Last cascade: {}", inputs.seconds_since_cascade.map_or_else(|| "never".to_owned(), ago)),
    ];
    let longest = lines.iter().map(|line| line.chars().count() + 1).max().unwrap_or(0);
    let width = WIDTH.max(longest);
    let rule = "─".repeat(width);
    let head = [format!("┌{rule}┐"), format!("│{TITLE:^width$}│"), format!("├{rule}┤")];
    let body = lines.iter().map(|line| format!("│{line:<width$}│"));
    head.into_iter().chain(body).chain([format!("└{rule}┘")]).collect()
}

/// 3h 27m ago.
fn ago(seconds: f64) -> String {
    let minutes = (seconds / 60.0).floor() as u64;
    format!("{}h {}m ago", grouped(minutes / 60), minutes % 60)
}

/// Without decimals, halves to the even neighbour.
fn whole(value: f64) -> String {
    grouped(value.round_ties_even() as u64)
}

/// Thousands separated by commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_mesh_widens_the_box_and_nothing_breaks_it() {
        let inputs = StatusInputs {
            active: 1_000_000,
            total: 1_000_000,
            sectors_healthy: 3334,
            sectors: 3334,
            mean_impedance_ms: None,
            conflicts_last_hour: u64::MAX,
            mode: "a mode longer than any that a mesh of this world can have".to_owned(),
            seconds_since_cascade: None,
        };
        let lines = status_box(&inputs);
        let widths: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
        assert_eq!(widths.iter().min(), widths.iter().max());
        assert_eq!(lines.len(), 10);
        assert!(lines[3].contains("1,000,000 / 1,000,000 active (100.0%)"), "{}", lines[3]);
        assert!(lines[5].contains("Mean Impedance: none"), "{}", lines[5]);
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!((whole(150.5), whole(151.5), whole(1234.4)), ("150".into(), "152".into(), "1,234".into()));
    }
}
