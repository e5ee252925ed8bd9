//! From evidence to ranked causes and paths.
//!
//! Reading order: [`explain`] (what a dependency explains is not the caller's own),
//! [`attention`] (the graph attention network that carries it), [`walk`] (where mass that starts
//! at the symptom comes to rest), [`score`] (one ranking), [`ensemble`], [`confidence`] (many
//! rankings), [`paths`] (how it spread), [`spread`] (how far), [`baselines`] (what simpler methods would have said).

pub mod attention;
pub mod baselines;
mod common_mode;
pub mod confidence;
pub mod ensemble;
pub mod explain;
pub mod paths;
pub mod score;
pub mod spread;
pub mod walk;
