//! The same figure over all pairs of two folders.

use std::collections::BTreeMap;

use super::figure::Trend;
use super::measure::Measure;
use super::model::{Figure, Judgement, OverviewLine, PairComparison};
use super::pair::numbers;

/// One line a figure that always counts; none for a single pair.
pub(super) fn lines(pairs: &[PairComparison]) -> Vec<OverviewLine> {
    if pairs.len() < 2 {
        return Vec::new();
    }
    let mut by_measure: BTreeMap<Measure, Vec<&Figure>> = BTreeMap::new();
    for figure in pairs.iter().flat_map(|p| &p.figures).filter(|f| f.id.measure.is_headline()) {
        by_measure.entry(figure.id.measure).or_default().push(figure);
    }
    by_measure.into_iter().map(|(measure, figures)| line(measure, &figures)).collect()
}

fn line(measure: Measure, figures: &[&Figure]) -> OverviewLine {
    let count = |is: &dyn Fn(&Figure) -> bool| figures.iter().filter(|f| is(f)).count();
    OverviewLine {
        measure,
        unit: measure.unit(),
        changed: count(&|f| f.judgement != Judgement::Same),
        beyond: count(&|f| f.judgement == Judgement::Beyond),
        worse: count(&|f| f.trend == Trend::Worse),
        better: count(&|f| f.trend == Trend::Better),
        median: median(figures.iter().filter_map(|f| numbers(f)).collect()),
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(lower + (upper - lower) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
