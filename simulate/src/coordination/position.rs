//! States of circuit breakers and what passes them (specification, section 9).

/// State of a breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Position {
    /// Lets operations pass.
    #[default]
    Closed,
    /// Lets nothing pass.
    Open,
    /// Lets one operation in ten pass.
    HalfOpen,
}

impl Position {
    /// The position of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Closed, Self::Open, Self::HalfOpen].into_iter().find(|position| position.name() == name)
    }

    /// Its name in logs, also a status of services.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
        }
    }
}

/// The states that an entity lies behind: of the mesh, its sector, its cluster.
pub(crate) type Chain = [Position; 3];

/// Whether any of the three is open: then nothing passes.
pub(crate) fn is_blocked(chain: Chain) -> bool {
    chain.contains(&Position::Open)
}

/// Whether operation `op` may address an entity. While one of the three breakers is half open,
/// one operation in ten passes.
pub(crate) fn passes(chain: Chain, entity: u32, op: u64) -> bool {
    let is_limited = chain.contains(&Position::HalfOpen);
    !is_blocked(chain) && (!is_limited || op.wrapping_add(entity.into()).is_multiple_of(10))
}
