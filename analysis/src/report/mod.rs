//! The report model and its rendering.
