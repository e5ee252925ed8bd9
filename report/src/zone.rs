//! The time zone that a reader asked for.
//!
//! Rules of all zones are part of the program, so that a report does not depend on what the
//! machine has installed.

use std::fmt;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// A time zone: one of the IANA list, or a fixed offset from UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// A text that names no zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidZone(String);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// `Europe/Berlin`, `UTC`, `Z`, or an offset as `+02:00`, `-0330` or `+9`.
    ///
    /// # Errors
    /// [`InvalidZone`] says what would be one. `local` is refused: a report must not depend on the
    /// machine that wrote it.
    pub fn parse(text: &str) -> Result<Self, InvalidZone> {
        if ["utc", "z"].contains(&text.to_ascii_lowercase().as_str()) {
            return Ok(Self::utc());
        }
        if text.eq_ignore_ascii_case("local") {
            return Err(InvalidZone(
                "`local` would give every machine another report; name the zone, as `Europe/Berlin`"
                    .to_owned(),
            ));
        }
        if text.starts_with(['+', '-']) {
            let offset = offset(text).ok_or_else(|| {
                InvalidZone(format!("`{text}` is no offset; expected one as `+02:00`, at most 14 hours"))
            })?;
            return Ok(if offset == Offset::ZERO {
                Self::utc()
            } else {
                Self { name: shown(offset), rules: TimeZone::fixed(offset) }
            });
        }
        let rules = TimeZoneDatabase::bundled().get(text).map_err(|_| {
            InvalidZone(format!(
                "`{text}` is no time zone; expected an IANA name as `Europe/Berlin`, `UTC`, or an offset as `+02:00`"
            ))
        })?;
        let name = rules.iana_name().unwrap_or(text).to_owned();
        Ok(Self { name, rules })
    }

    /// The zone's name as the list of zones spells it, or its offset.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this is UTC.
    #[must_use]
    pub fn is_utc(&self) -> bool {
        self.rules == TimeZone::UTC
    }

    /// An instant in this zone: `2023-08-21 11:05:00 +02:00`, or `2023-08-21 09:05:00 UTC`.
    #[must_use]
    pub fn show(&self, instant: jiff::Timestamp) -> String {
        let local = instant.to_zoned(self.rules.clone());
        let text = local.strftime("%Y-%m-%d %H:%M:%S");
        if self.is_utc() { format!("{text} UTC") } else { format!("{text} {}", shown(local.offset())) }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// `+H`, `+HH`, `+HHMM` or `+HH:MM`, either sign.
fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    if !rest.bytes().all(|b| b.is_ascii_digit() || b == b':') {
        return None;
    }
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some((hours, minutes)), 5) => (hours, minutes),
        (None, 4) => rest.split_at(2),
        (None, 1 | 2) => (rest, "0"),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = sign * (hours * 3_600 + minutes * 60);
    (minutes < 60 && seconds.abs() <= 14 * 3_600).then(|| Offset::from_seconds(seconds).ok()).flatten()
}

/// `+02:00`; seconds only where a zone of old times has them.
fn shown(offset: Offset) -> String {
    let size = offset.seconds().unsigned_abs();
    let sign = if offset.seconds() < 0 { '-' } else { '+' };
    let text = format!("{sign}{:02}:{:02}", size / 3_600, size / 60 % 60);
    if size.is_multiple_of(60) { text } else { format!("{text}:{:02}", size % 60) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(zone: &str, instant: &str) -> String {
        Zone::parse(zone).unwrap().show(instant.parse().unwrap())
    }

    #[test]
    fn zones_follow_summer_and_winter() {
        assert_eq!(at("Europe/Berlin", "2023-08-21T09:05:00Z"), "2023-08-21 11:05:00 +02:00");
        assert_eq!(at("Europe/Berlin", "2023-12-21T09:05:00Z"), "2023-12-21 10:05:00 +01:00");
        assert_eq!(at("America/St_Johns", "2023-12-21T09:05:00Z"), "2023-12-21 05:35:00 -03:30");
        assert_eq!(at("Asia/Kathmandu", "2023-12-21T20:00:00Z"), "2023-12-22 01:45:00 +05:45");
        assert_eq!(at("UTC", "2023-12-21T09:05:00Z"), "2023-12-21 09:05:00 UTC");
    }

    #[test]
    fn names_are_kept_as_the_list_spells_them() {
        assert_eq!(Zone::parse("europe/berlin").unwrap().name(), "Europe/Berlin");
        for (text, name) in [("+9", "+09:00"), ("-0330", "-03:30"), ("+05:45", "+05:45"), ("-00:00", "UTC")] {
            assert_eq!(Zone::parse(text).unwrap().name(), name, "{text}");
        }
        assert!(Zone::parse("z").unwrap().is_utc() && Zone::parse("Utc").unwrap().is_utc());
    }

    #[test]
    fn what_is_no_zone_is_refused_with_a_hint() {
        for text in ["", "local", "Mars/Olympus", "+25:00", "+1:30", "+12:75", "-", "+é", "../etc/passwd"] {
            let message = Zone::parse(text).unwrap_err().to_string();
            assert!(message.contains("Europe/Berlin") || message.contains("+02:00"), "{text}: {message}");
        }
    }

    proptest! {
        #[test]
        fn a_name_names_its_zone(text in "\\PC{0,12}|[+-][0-9:]{0,6}|[A-Z][a-z]{2,8}/[A-Z][a-z]{2,8}") {
            if let Ok(zone) = Zone::parse(&text) {
                prop_assert_eq!(Zone::parse(zone.name()).unwrap(), zone);
            }
        }
    }
}
