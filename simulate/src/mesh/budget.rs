//! SLO budget (specification, section 11).

/// Share of the burn rate that is burned while users notice nothing.
const MITIGATED_BURN: f64 = 0.2;

/// What is left of the SLO budget, counted in two ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    start: f64,
    burn_rate: f64,
    engine: f64,
    shielded: f64,
}

impl Budget {
    pub(super) const fn new(start: f64, burn_rate: f64) -> Self {
        Self { start, burn_rate, engine: start, shielded: start }
    }

    /// Budget at the start.
    #[must_use]
    pub const fn start(&self) -> f64 {
        self.start
    }

    /// Budget burned by a tick in which every service is bad.
    #[must_use]
    pub const fn burn_rate(&self) -> f64 {
        self.burn_rate
    }

    /// Budget left by the engine's burn.
    #[must_use]
    pub const fn engine(&self) -> f64 {
        self.engine
    }

    /// Budget left by the episode's burn, which goes easy while users notice nothing.
    #[must_use]
    pub const fn shielded(&self) -> f64 {
        self.shielded
    }

    /// Burns both for tick number `tick` (from 1) with `bad` of `services` not healthy.
    pub(super) fn burn(&mut self, tick: i64, bad: usize, services: usize, user_impact: bool) {
        let old = self.burn_rate * (bad as f64 / services as f64);
        self.engine = spend(self.engine, bad, old);
        if tick <= 1 {
            self.shielded = spend(self.shielded, bad, old);
            return;
        }
        let left = spend(self.shielded, bad, old);
        let restored = self.start.min(left + old);
        let burn = if user_impact { self.burn_rate } else { self.burn_rate * MITIGATED_BURN };
        self.shielded = (restored - burn).max(0.0);
    }
}

fn spend(budget: f64, bad: usize, burn: f64) -> f64 {
    let left = if bad > 0 { budget - burn } else { budget };
    left.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shield_goes_easy_while_users_notice_nothing() {
        let mut budget = Budget::new(30.0, 1.5);
        budget.burn(1, 3, 3, false);
        assert_eq!((budget.engine(), budget.shielded()), (28.5, 28.5));
        budget.burn(2, 3, 3, false);
        assert_eq!((budget.engine(), budget.shielded()), (27.0, 28.5 - 1.5 * 0.2));
        for tick in 3..100 {
            budget.burn(tick, 3, 3, true);
        }
        assert_eq!((budget.engine(), budget.shielded()), (0.0, 0.0));
    }
}
