//! Which build of the kernels a shape wants: how a warp's lanes lie on heads
//! and columns. Plain arithmetic, so tests without a GPU use it too.

/// Lanes of a warp.
const WARP: usize = 32;

/// Threads of a block of `attend` and `attend_wide`: eight warps.
pub(crate) const BLOCK: u32 = 256;

/// Threads of a block of `attend_hubs`: sixteen warps.
pub(crate) const HUB_BLOCK: u32 = 512;

/// Most incoming edges that one warp works on; more get a block.
pub(crate) const HUB_DEGREE: u32 = 512;

/// Slots a kernel may step beyond the last edge; their numbers must fit u32.
pub(crate) const SLOTS_BEYOND: usize = 1 << 16;

/// How the attention kernel is laid out; see `attention.cu`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layout {
    /// A head's row lies in the registers of a warp: one pass over the edges.
    Fused {
        /// Neighbouring numbers that a lane reads at once: 1, 2 or 4.
        vec: usize,
        /// Lanes side by side on a head, a power of two.
        lanes: usize,
        /// Heads side by side in a warp, a power of two.
        heads: usize,
        /// How often the lanes step along a head's row: 1, 2 or 4.
        passes: usize,
    },
    /// Any number of channels, two passes over the edges.
    Wide,
}

impl Layout {
    /// The layout for H heads of C channels with elements of `bytes` bytes;
    /// `aligned` says how many elements every row start is a multiple of (the
    /// start of the first row, that is; C is looked at here).
    pub(crate) fn new(bytes: usize, heads: usize, channels: usize, aligned: usize) -> Self {
        let fits =
            |vec: &usize| vec * bytes <= 16 && channels.is_multiple_of(*vec) && aligned.is_multiple_of(*vec);
        let vec = [4, 2].into_iter().find(fits).unwrap_or(1);
        let packs = channels.div_ceil(vec);
        let lanes = packs.next_power_of_two().min(WARP);
        let passes = packs.div_ceil(lanes).next_power_of_two();
        if passes > 4 {
            return Self::Wide;
        }
        let heads = heads.next_power_of_two().min(WARP / lanes);
        Self::Fused { vec, lanes, heads, passes }
    }

    /// Heads that one warp computes.
    pub(crate) fn heads_of_a_warp(self) -> usize {
        match self {
            Self::Fused { heads, .. } => heads,
            Self::Wide => 1,
        }
    }

    /// Macros for the compiler; each name gets the prefix `GAT_`.
    pub(crate) fn defines(self, scalar: &str, dynamic: bool, edge: bool) -> Vec<(&'static str, String)> {
        let mut defines = vec![
            ("SCALAR", scalar.to_owned()),
            ("DYNAMIC", u8::from(dynamic).to_string()),
            ("EDGE", u8::from(edge).to_string()),
        ];
        if let Self::Fused { vec, lanes, heads, passes } = self {
            let sizes = [("VEC", vec), ("LANES", lanes), ("HEADS", heads), ("PASSES", passes)];
            defines.extend(sizes.map(|(name, size)| (name, size.to_string())));
        }
        defines
    }
}

/// Lanes that share a row of C channels in `head_dot`.
pub(crate) fn dot_lanes(channels: usize) -> u32 {
    channels.next_power_of_two().min(WARP) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_heads_of_thirty_two_fill_a_warp_with_one_row() {
        let layout = Layout::new(4, 4, 32, 4);
        assert_eq!(layout, Layout::Fused { vec: 4, lanes: 8, heads: 4, passes: 1 });
    }

    #[test]
    fn every_column_has_a_lane_and_lanes_fit_a_warp() {
        for bytes in [4, 8] {
            for (heads, channels) in (1..40).flat_map(|h| (1..700).map(move |c| (h, c))) {
                let Layout::Fused { vec, lanes, heads: side, passes } =
                    Layout::new(bytes, heads, channels, 4)
                else {
                    assert!(channels > 128, "{channels}");
                    continue;
                };
                assert!(lanes * side <= WARP && (lanes * side).is_power_of_two());
                assert!(vec * lanes * passes >= channels && channels % vec == 0 && vec * bytes <= 16);
                assert!(side.div_ceil(2) <= heads, "no warp is laid out for twice the heads");
            }
        }
    }

    #[test]
    fn an_odd_start_is_read_number_by_number() {
        assert_eq!(Layout::new(4, 1, 8, 3), Layout::Fused { vec: 1, lanes: 8, heads: 1, passes: 1 });
        assert_eq!(Layout::new(8, 1, 8, 4), Layout::Fused { vec: 2, lanes: 4, heads: 1, passes: 1 });
    }
}
