//! Charts as SVG, drawn from [`Exhibits`](crate::exhibits::Exhibits); one chart a file.
//!
//! * [`dependencies`]: the dependency graph, edges in the direction of failure;
//! * [`propagation`]: who left its band when, and what else happened;
//! * [`evidence`]: the most telling signal of each affected service, on one time axis;
//! * [`measurement`]: one signal of one service.
//!
//! A [`Drawing`] becomes part of a page or a file of its own. Bytes depend on the exhibits alone;
//! every text is escaped, whoever wrote it.

mod dependencies;
mod drawing;
mod evidence;
mod label;
mod layout;
mod measurement;
mod plot;
mod propagation;
mod scale;
mod svg;
mod time_axis;
mod units;

pub use dependencies::dependencies;
pub use drawing::{Drawing, STYLE};
pub use evidence::evidence;
pub use measurement::measurement;
pub use propagation::propagation;
pub(crate) use svg::push_escaped;
pub use units::unit_of;

#[cfg(test)]
pub(crate) mod tests;
