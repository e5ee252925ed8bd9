//! From the name that monitoring emits to the service's name.

use std::borrow::Cow;

/// One step of the way; steps are applied in the order in which the map lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServiceRule {
    /// Drops this ending, if the name has it.
    StripSuffix(String),
    /// Drops the last occurrence of a mark and everything after it.
    StripAfter(String),
    /// Keeps what stands before the first occurrence of a mark.
    KeepBefore(String),
    /// Drops a replica's own part of a Kubernetes pod name.
    Replicas,
    /// Writes the name in lower case.
    LowerCase,
}

impl ServiceRule {
    /// The name after this step. A step that would leave nothing is not taken.
    fn apply<'a>(&self, name: Cow<'a, str>) -> Cow<'a, str> {
        match name {
            Cow::Borrowed(name) => self.of(name),
            Cow::Owned(name) => Cow::Owned(self.of(&name).into_owned()),
        }
    }

    fn of<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let short = match self {
            Self::LowerCase => return Cow::Owned(name.to_lowercase()),
            Self::StripSuffix(suffix) => name.strip_suffix(suffix.as_str()),
            Self::StripAfter(mark) => name.rfind(mark.as_str()).map(|at| &name[..at]),
            Self::KeepBefore(mark) => name.find(mark.as_str()).map(|at| &name[..at]),
            Self::Replicas => without_replica(name),
        };
        Cow::Borrowed(short.filter(|s| !s.is_empty()).unwrap_or(name))
    }
}

/// The name after all steps.
pub(super) fn apply<'a>(rules: &[ServiceRule], name: &'a str) -> Cow<'a, str> {
    rules.iter().fold(Cow::Borrowed(name), |name, rule| rule.apply(name))
}

/// `web-5f6585d649-fnmft` (a deployment's pod) and `db-0` (a stateful set's) lose their endings.
fn without_replica(pod: &str) -> Option<&str> {
    let (rest, last) = pod.rsplit_once('-')?;
    if !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()) && last.len() <= 4 {
        return Some(rest);
    }
    let (service, set) = rest.rsplit_once('-')?;
    let code = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    (last.len() == 5 && (8..=10).contains(&set.len()) && code(last) && code(set)).then_some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicas_of_deployments_and_stateful_sets_lose_their_endings() {
        let service = |pod| apply(&[ServiceRule::Replicas], pod);
        assert_eq!(service("adservice-5f6585d649-fnmft"), "adservice");
        assert_eq!(service("ts-order-service-84cbf6c7-7njv6"), "ts-order-service");
        assert_eq!(service("db-0"), "db");
        for whole in ["adservice", "ad-service", "a-B-c", "-5f6585d649-fnmft", "-0", "frontend-external"] {
            assert_eq!(service(whole), whole);
        }
    }

    #[test]
    fn marks_are_cut_at_the_first_or_the_last_occurrence() {
        let rule = |rule, name| apply(&[rule], name).into_owned();
        assert_eq!(rule(ServiceRule::KeepBefore("/".into()), "a/b/c"), "a");
        assert_eq!(rule(ServiceRule::StripAfter("/".into()), "a/b/c"), "a/b");
        assert_eq!(rule(ServiceRule::StripSuffix("-svc".into()), "cart-svc"), "cart");
        assert_eq!(rule(ServiceRule::KeepBefore("/".into()), "/b"), "/b");
        let steps = [ServiceRule::LowerCase, ServiceRule::Replicas];
        assert_eq!(apply(&steps, "Front-0"), "front");
    }
}
