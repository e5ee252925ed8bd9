//! What a server publishes (section 7): rounded, and all that the engineer ever sees of it.

use super::Server;

/// A published snapshot.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Snapshot {
    /// Whether there is one: an isolated server publishes nothing under D4.
    pub(crate) missing: bool,
    pub(crate) round: u64,
    pub(crate) health: f64,
    /// \[%\], one decimal, as memory and disk.
    pub(crate) cpu_usage: f64,
    pub(crate) memory_usage: f64,
    pub(crate) disk_usage: f64,
    pub(crate) request_rate: f64,
    /// \[%\], two decimals.
    pub(crate) error_rate: f64,
    /// \[ms\], whole.
    pub(crate) latency_p50: f64,
    /// \[ms\], whole.
    pub(crate) latency_p99: f64,
    pub(crate) services_down: Vec<usize>,
    pub(crate) isolated: bool,
    pub(crate) chaos_active: bool,
}

impl Snapshot {
    /// Publishes the state of a server, in place.
    pub(crate) fn publish(&mut self, server: &Server) {
        self.missing = false;
        self.round = server.round;
        self.health = server.health;
        self.cpu_usage = rounded(server.cpu_usage, 10.0);
        self.memory_usage = rounded(server.memory_usage, 10.0);
        self.disk_usage = rounded(server.disk_usage, 10.0);
        self.request_rate = server.request_rate;
        self.error_rate = rounded(server.error_rate, 100.0);
        self.latency_p50 = rounded(server.latency_p50, 1.0);
        self.latency_p99 = rounded(server.latency_p99, 1.0);
        self.services_down.clone_from(&server.services_down);
        self.isolated = server.isolated;
        self.chaos_active = !server.chaos_effects.is_empty();
    }
}

/// Rounds `value` (not negative) to a multiple of 1 / `scale`: nearest to the exact binary value,
/// ties to even. The product is rounded itself; what it lost decides where it seems a tie.
fn rounded(value: f64, scale: f64) -> f64 {
    let product = value * scale;
    let lost = value.mul_add(scale, -product);
    let floor = product.floor();
    let above = product - floor;
    let up = if above != 0.5 {
        above > 0.5
    } else if lost != 0.0 {
        lost > 0.0
    } else {
        floor % 2.0 != 0.0
    };
    (if up { floor + 1.0 } else { floor }) / scale
}

#[cfg(test)]
mod tests {
    use super::rounded;
    use proptest::prelude::*;

    #[test]
    fn ties_go_to_even_and_near_ties_do_not() {
        assert_eq!([0.5, 1.5, 2.5].map(|x| rounded(x, 1.0)), [0.0, 2.0, 2.0]);
        assert_eq!([0.25, 0.75, 90.05, 0.35].map(|x| rounded(x, 10.0)), [0.2, 0.8, 90.0, 0.3]);
        assert_eq!([1.005, 0.125, 2.675].map(|x| rounded(x, 100.0)), [1.0, 0.12, 2.67]);
    }

    proptest! {
        /// The standard library formats exactly, ties to even.
        #[test]
        fn it_rounds_as_exact_decimal_text(value in 0.0..20_000.0_f64, k in 0..40_000_u32) {
            for x in [value, f64::from(k) / 200.0, f64::from(k) / 2000.0] {
                prop_assert_eq!(rounded(x, 10.0), format!("{x:.1}").parse::<f64>().unwrap());
                prop_assert_eq!(rounded(x, 100.0), format!("{x:.2}").parse::<f64>().unwrap());
                prop_assert_eq!(rounded(x, 1.0), format!("{x:.0}").parse::<f64>().unwrap());
            }
        }
    }
}
