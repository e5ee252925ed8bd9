//! The one table of constants for all heads, the ranking and the detectors.
//!
//! Nothing here is fitted to labels: the values are conventions (three scales make a deviation,
//! two observations make a run) or were stated with the method before it met any incident. Every
//! constant can be overridden by name; `config show` prints the table and reports cite it.

/// A constant as shown to people.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Entry {
    /// Name to set it by.
    pub name: &'static str,
    /// Value in force.
    pub value: f64,
    /// Default value.
    pub default: f64,
    /// Smallest and largest value that makes sense.
    pub range: (f64, f64),
    /// Unit; `1` is dimensionless.
    pub unit: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// Why a constant could not be set.
#[derive(Debug, thiserror::Error)]
pub enum ConstantError {
    /// There is no constant of that name.
    #[error("no constant `{name}`{}", .nearest.map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default())]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest one.
        nearest: Option<&'static str>,
    },
    /// The value makes no sense.
    #[error("constant `{name}` = {value} is outside {low} .. {high}")]
    OutOfRange {
        /// The constant.
        name: &'static str,
        /// The value given.
        value: f64,
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
    },
}

macro_rules! constants {
    ($( $name:ident = $value:expr, $low:expr => $high:expr, $unit:literal, $doc:literal; )+) => {
        /// All constants; see the module's documentation.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Constants { $( #[doc = $doc] pub $name: f64 ),+ }

        impl Default for Constants {
            fn default() -> Self { Self { $( $name: $value ),+ } }
        }

        impl Constants {
            /// The table in its documented order.
            #[must_use]
            pub fn entries(&self) -> Vec<Entry> {
                vec![ $( Entry {
                    name: stringify!($name), value: self.$name, default: $value,
                    range: ($low, $high), unit: $unit, doc: $doc,
                } ),+ ]
            }

            /// Sets a constant by name.
            ///
            /// # Errors
            /// [`ConstantError`] for an unknown name or a value that makes no sense.
            pub fn set(&mut self, name: &str, value: f64) -> Result<(), ConstantError> {
                match name {
                    $( stringify!($name) => {
                        if !($low..=$high).contains(&value) {
                            return Err(ConstantError::OutOfRange { name: stringify!($name), value, low: $low, high: $high });
                        }
                        self.$name = value;
                        Ok(())
                    } )+
                    _ => Err(ConstantError::Unknown {
                        name: name.to_owned(),
                        nearest: infra_eventlog::error::nearest(name, [ $( stringify!($name) ),+ ])
                            .and_then(|n| [ $( stringify!($name) ),+ ].into_iter().find(|c| *c == n)),
                    }),
                }
            }
        }
    };
}

constants! {
    entry_z = 1.5, 0.0 => 100.0, "scales", "no incident is reported if nothing deviates by more than this, and by more than in normal time";
    false_alarms = 0.03, 0.0 => 1.0, "1", "share of normal stretches in which an incident may be found";
    onset_z = 3.0, 0.0 => 100.0, "scales", "a window this far from normal is beyond the baseline band";
    onset_run = 2.0, 1.0 => 100.0, "windows", "consecutive observations beyond the band that make an onset";
    found_z = 6.0, 0.1 => 1000.0, "scales", "an undeclared incident begins where a series is this far off for onset_run windows";
    drift_z = 3.0, 0.0 => 100.0, "scales", "bins just before the trigger further off than this become the base";
    undated_share = 0.5, 0.0 => 1.0, "1", "without normal time, what was there from the first observation on counts by this share";
    gate_z = 3.0, 0.1 => 100.0, "scales", "deviation at which a gate z^2/(z^2+gate_z^2) is half open";
    shrink_n = 10.0, 0.0 => 1000.0, "windows", "a scale from n normal windows counts n/(n+shrink_n)";
    tail_quantile = 0.95, 0.5 => 1.0, "1", "quantile of normal deviations that makes a scale";
    tail_normal = 1.645, 0.1 => 10.0, "1", "what that quantile would be for a standard normal";
    second_largest = 2.5, 0.1 => 10.0, "1", "divisor of the second-largest normal deviation";
    floor_share = 0.05, 0.0001 => 1.0, "1", "smallest scale of a level, as share of its base";
    latency_floor_share = 0.1, 0.0001 => 1.0, "1", "smallest scale of excess time, as share of the base latency";
    latency_floor_s = 0.001, 0.0 => 10.0, "s", "smallest scale of excess time per request";
    error_floor = 0.005, 0.00001 => 1.0, "1", "smallest scale of an error ratio";
    utilisation_floor = 0.03, 0.0001 => 1.0, "1", "smallest scale of cpu and disk ratios";
    cpu_floor_share = 0.3, 0.0001 => 1.0, "1", "smallest scale of cpu, memory and disk, as share of the base";
    memory_floor = 0.01, 0.0001 => 1.0, "1", "smallest scale of memory ratios";
    rolling_windows = 10.0, 1.0 => 1000.0, "windows", "normal windows behind a rolling median";
    surprise_floor = 0.05, 0.0001 => 10.0, "nats", "smallest scale of the surprise of a follow-up";
    novel_share = 0.1, 0.0 => 1.0, "1", "a follow-up rarer than this in normal time is new";
    log_windows = 6.0, 1.0 => 1000.0, "windows", "log lines are judged against at least this many normal windows";
    shortfall_floor = 0.05, 0.0001 => 1.0, "1", "smallest scale of requests missing below a service";
    saturation_strength = 0.95, 0.0 => 1.0, "1", "how much of failures a dependency at its capacity explains";
    climb_strength = 0.8, 0.0 => 1.0, "1", "how much of climbing evidence a clearer one further down explains";
    mix_strength = 0.5, 0.0 => 1.0, "1", "how much of another mix of the usual a deviating caller explains";
    climb_hop = 0.9, 0.0 => 1.0, "1", "evidence further down counts this much less at every hop";
    warning_scales = 3.0, 0.1 => 100.0, "scales", "a declared warning threshold lies this far from its baseline";
    declared_signal_weight = 0.9, 0.0 => 1.0, "1", "weight of the symptom's own signal when a symptom is declared";
    other_signal_weight = 0.1, 0.0 => 1.0, "1", "weight of the other additive signals then";
    weight_stress = 1.0, 0.0 => 10.0, "1", "weight of the stress head";
    weight_status = 1.0, 0.0 => 10.0, "1", "weight of statuses, where nothing else speaks";
    weight_queue = 1.0, 0.0 => 10.0, "1", "weight of the queue head";
    weight_latency = 1.0, 0.0 => 10.0, "1", "weight of the latency head without a declared symptom";
    weight_errors = 1.0, 0.0 => 10.0, "1", "weight of the errors head without a declared symptom";
    weight_network = 1.0, 0.0 => 10.0, "1", "weight of the network head";
    weight_network_metrics = 0.7, 0.0 => 10.0, "1", "weight of the network head read from metrics";
    weight_uncovered = 0.7, 0.0 => 10.0, "1", "weight of latency not covered by calls, read from quantiles";
    weight_order = 1.0, 0.0 => 10.0, "1", "weight of the order head";
    weight_logs = 1.0, 0.0 => 10.0, "1", "weight of the logs head";
    weight_shortfall = 0.7, 0.0 => 10.0, "1", "weight of the shortfall head";
    weight_resource = 0.7, 0.0 => 10.0, "1", "weight of the resource head";
    weight_cpu = 1.0, 0.0 => 10.0, "1", "weight of the cpu head";
    weight_memory = 0.5, 0.0 => 10.0, "1", "weight of the memory head";
    weight_io = 0.3, 0.0 => 10.0, "1", "weight of the disk head";
    weight_handles = 0.3, 0.0 => 10.0, "1", "weight of the handles head";
    norm = 3.0, 1.0 => 16.0, "1", "heads are combined by this norm";
    tau = 0.5, 0.01 => 10.0, "1", "temperature of the attention logits";
    attention_floor = 0.03, 0.000001 => 0.5, "1", "added to explanations before their logarithm is taken";
    walk_depth = 12.0, 1.0 => 64.0, "hops", "longest risk walk";
    walk_exponent = 0.25, 0.0 => 1.0, "1", "exponent of the absorbed mass in the score";
    spread_mass = 0.25, 0.0 => 1.0, "1", "share of the starting mass spread by local evidence";
    jitter_copies = 64.0, 1.0 => 4096.0, "copies", "size of the ensemble that confidence is read from";
    jitter_sigma = 0.5, 0.0 => 3.0, "1", "log-normal spread of head weights in the ensemble";
    jitter_tau_low = 0.3, 0.01 => 10.0, "1", "lowest temperature in the ensemble";
    jitter_tau_high = 0.8, 0.01 => 10.0, "1", "highest temperature in the ensemble";
    agreement_high = 0.9, 0.0 => 1.0, "1", "agreement on the first place that counts as high confidence";
    agreement_medium = 0.6, 0.0 => 1.0, "1", "agreement that counts as medium confidence";
    path_probability = 0.05, 0.0 => 1.0, "1", "paths that explain less than this are not told";
    confirmed_gate = 0.5, 0.0 => 1.0, "1", "every service on a confirmed path deviates at least this clearly";
    change_boost = 0.25, 0.0 => 10.0, "1", "a change before onset raises the evidence of a service that deviates by up to this share";
    change_windows = 10.0, 0.0 => 100000.0, "windows", "changes count that precede an onset by so many windows, or by the incident's length if that is more";
    calm_windows = 10.0, 0.0 => 100000.0, "windows", "trouble after a calm longer than this, and than the trouble before, is another incident";
    second_origin = 0.8, 0.0 => 1.0, "1", "a second origin has at least this share of the first one's evidence";
    saturated_share = 0.9, 0.0 => 1.0, "1", "a service whose load is at this share of its declared capacity does all that it can";
    collapse_share = 0.9, 0.0 => 1.0, "1", "share of failing requests at a full queue that is a congestion collapse";
    sustained_share = 0.9, 0.0 => 1.0, "1", "a queue that ends at this share of its longest did not shrink";
    normal_demand = 1.25, 1.0 => 100.0, "1", "demand up to this many times that at the onset is no more than normal";
    retry_share = 0.5, 0.0 => 0.99, "1", "share of retries among requests that is a retry storm";
    slo_bad_share = 0.01, 0.000001 => 1.0, "1", "share of windows that may break an objective whose signal is no share of failures";
    timeout_s = 5.0, 0.001 => 3600.0, "s", "requests that wait this long at once wait for an answer that does not come";
    inferred_calls = 5.0, 1.0 => 1000000.0, "calls", "observed calls that make an undeclared dependency";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_set_by_name_and_checked() {
        let mut constants = Constants::default();
        constants.set("tau", 0.7).unwrap();
        assert_eq!(constants.tau, 0.7);
        let error = constants.set("tua", 0.7).unwrap_err().to_string();
        assert_eq!(error, "no constant `tua` (did you mean `tau`?)");
        assert!(constants.set("tau", f64::NAN).is_err());
    }

    #[test]
    fn defaults_are_inside_their_ranges() {
        for e in Constants::default().entries() {
            assert!(e.range.0 <= e.default && e.default <= e.range.1, "{}", e.name);
        }
    }
}
