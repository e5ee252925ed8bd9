//! A data pipeline whose queue grows when it processes less than comes in (specification,
//! section 9).

use super::SECONDS_PER_TICK;
use super::extra::{
    Extra, FEATURE_AGE, FRESHNESS_LAG, INGESTION_RATE, PIPELINE_QUEUE, PROCESSING_RATE, THROUGHPUT_RATIO,
};
use super::facts::{FieldStep, Rule, RuleStep};
use super::model::Mesh;
use super::observer::Observer;
use super::rounding::rounded;
use super::state::Service;

impl Mesh {
    /// Moves the pipeline of every service that has one.
    pub(super) fn move_pipelines<O: Observer + ?Sized>(&mut self, observer: &mut O) {
        for (place, service) in self.services.iter_mut().enumerate() {
            if service.extras.is_empty() {
                continue;
            }
            let rates = (service.extras.number(PROCESSING_RATE), service.extras.number(INGESTION_RATE));
            let (Some(processing), Some(ingestion)) = rates else { continue };
            let fields = move_on(service, processing, ingestion);
            let levels = service.levels();
            let (before, after) = (levels, levels);
            observer.rule(&RuleStep { rule: Rule::Pipeline, service: place, before, after, fields: &fields });
        }
    }
}

fn move_on(service: &mut Service, processing: f64, ingestion: f64) -> [FieldStep; 4] {
    let extras = &mut service.extras;
    let old_queue = extras.integer(PIPELINE_QUEUE).unwrap_or(0);
    let queue = (old_queue as f64 + (ingestion - processing) * SECONDS_PER_TICK as f64) as i64;
    let queue = queue.max(0);
    let old_ratio = extras.number(THROUGHPUT_RATIO);
    let ratio = if ingestion > 0.0 { Some(rounded(processing / ingestion, 3)) } else { old_ratio };
    let lag = if queue > 0 && processing > 0.0 { rounded(queue as f64 / processing, 1) } else { 0.0 };
    let step = |field, before: Option<f64>, after: f64| FieldStep { field, before, after };
    let fields = [
        step(PIPELINE_QUEUE, extras.number(PIPELINE_QUEUE), queue as f64),
        step(THROUGHPUT_RATIO, old_ratio, ratio.unwrap_or(0.0)),
        step(FRESHNESS_LAG, extras.number(FRESHNESS_LAG), lag),
        step(FEATURE_AGE, extras.number(FEATURE_AGE), lag),
    ];
    extras.set(PIPELINE_QUEUE, Extra::Integer(queue));
    if let Some(ratio) = ratio {
        extras.set(THROUGHPUT_RATIO, Extra::Real(ratio));
    }
    extras.set(FRESHNESS_LAG, Extra::Real(lag));
    extras.set(FEATURE_AGE, Extra::Real(lag));
    fields
}
