//! Three-valued logic (Kleene's strong one): what is not known stays unknown, unless the rest decides.

/// True, false, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    False,
    /// The record does not tell.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
            Self::False => Self::True,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

    #[test]
    fn the_laws_hold() {
        for a in ALL {
            assert_eq!(!!a, a);
            assert_eq!(a.and(Truth::True), a);
            assert_eq!(a.or(Truth::False), a);
            assert_eq!(a.and(Truth::False), Truth::False);
            assert_eq!(a.or(Truth::True), Truth::True);
            for b in ALL {
                assert_eq!(!(a.and(b)), (!a).or(!b));
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(a.or(a.and(b)), a);
                for c in ALL {
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
                    assert_eq!(a.or(b).or(c), a.or(b.or(c)));
                }
            }
        }
    }

    #[test]
    fn unknown_is_neither() {
        assert_eq!(Truth::Unknown.or(!Truth::Unknown), Truth::Unknown);
        assert_eq!(Truth::Unknown.and(Truth::True), Truth::Unknown);
    }
}
