//! What an analysis found, as plain typed facts, and how it is shown.
//!
//! The analysis fills these types; this crate knows no frame, no tensor, no log file. One model,
//! many renderers. Reading order:
//!
//! * [`text`], [`cite`], [`time`], [`zone`]: prose with names kept apart, citations, times for people;
//! * [`verdict`]: the closed lists of verdicts and confidence levels;
//! * [`model`]: the report, section by section; [`findings`]: the same as figures for machines;
//! * [`exhibits`]: what pictures are drawn from; [`charts`]: the pictures, as SVG;
//!   [`pictures`]: those that stand beside a Markdown report;
//! * [`markdown`], [`html`], [`json`]: the renderers; [`human`]: sections that people write, kept;
//! * [`gate`]: expressions over findings, for CI; [`ci`]: many runs and their gates, rendered for CI;
//! * [`index`]: many runs at a glance; [`compare`]: what changed between two, held against other seeds.

pub mod base64;
pub mod charts;
pub mod ci;
pub mod cite;
pub mod compare;
pub mod error;
pub mod exhibits;
pub mod findings;
pub mod gate;
pub mod html;
pub mod human;
pub mod index;
pub mod json;
pub mod markdown;
pub mod model;
pub mod pictures;
pub mod text;
pub mod time;
pub mod verdict;
pub mod zone;

pub use cite::Cite;
pub use error::RenderError;
pub use exhibits::Exhibits;
pub use findings::Findings;
pub use html::to_html;
pub use json::to_json;
pub use markdown::{Template, to_markdown, to_markdown_with};
pub use model::ReportModel;
pub use pictures::Pictures;
pub use text::Text;
pub use time::{Clock, TimeScale};
pub use verdict::{Level, Verdict};
pub use zone::Zone;

#[cfg(test)]
mod published;
