//! A figure run by run, in the height of a line of text.

use std::fmt::Write as _;

/// Size of the picture \[user units\].
const WIDTH: f64 = 144.0;
const HEIGHT: f64 = 24.0;
/// Room for the dots at the edges.
const MARGIN: f64 = 3.0;
/// More runs than this are drawn without dots.
const DOTTED: usize = 60;

/// An inline SVG: a dot a run, joined where runs follow one another; runs without the figure are
/// gaps. The table beside it says the same in numbers, so it is hidden from screen readers.
pub(super) fn spark(values: &[Option<f64>]) -> String {
    let known = values.iter().copied().flatten();
    let (least, most) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), v| (l.min(v), m.max(v)));
    if most < least {
        return String::new();
    }
    let x = |i: usize| {
        let share = if values.len() > 1 { i as f64 / (values.len() - 1) as f64 } else { 0.5 };
        MARGIN + share * (WIDTH - 2.0 * MARGIN)
    };
    let y = |v: f64| {
        let share = if most > least { (v - least) / (most - least) } else { 0.5 };
        HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN)
    };
    let mut line = String::new();
    let mut dots = String::new();
    let mut pen_is_down = false;
    for (i, value) in values.iter().enumerate() {
        let Some(value) = *value else {
            pen_is_down = false;
            continue;
        };
        let _ = write!(line, "{}{:.1} {:.1}", if pen_is_down { "L" } else { "M" }, x(i), y(value));
        if values.len() <= DOTTED {
            let _ = write!(
                dots,
                r#"<circle cx="{:.1}" cy="{:.1}" r="1.6" fill="currentColor"/>"#,
                x(i),
                y(value)
            );
        }
        pen_is_down = true;
    }
    format!(
        r#"<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"><path d="{line}" fill="none" stroke="currentColor" stroke-width="1.2" opacity="0.7"/>{dots}</svg>"#
    )
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn gaps_break_the_line_and_the_scale_is_filled() {
        let svg = spark(&[Some(1.0), Some(3.0), None, Some(2.0)]);
        assert!(svg.contains(r#"d="M3.0 21.0L49.0 3.0M141.0 12.0""#), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(spark(&[None, None]), "");
        assert!(spark(&[Some(5.0)]).contains("M72.0 12.0"));
    }
}
