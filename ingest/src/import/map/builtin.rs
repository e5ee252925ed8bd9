//! Maps that come with the program, for the layouts of public data sets.

/// Names and texts of the built-in maps, in the order of names.
const BUILTIN: &[(&str, &str)] = &[
    ("nezha", include_str!("../../../../datasets/maps/nezha.toml")),
    ("petshop", include_str!("../../../../datasets/maps/petshop.toml")),
];

/// Names and texts of the built-in maps, in the order of names.
#[must_use]
pub const fn builtin_maps() -> &'static [(&'static str, &'static str)] {
    BUILTIN
}
