//! The log line of an event. It says what happened and nothing that only the simulator knows.

use super::action::Action;
use super::observer::Executed;
use super::world::World;

/// Words an event, with the state after it.
pub(crate) fn message(event: &Executed<'_>, world: &World<'_>) -> String {
    let source = event.source;
    match event.action {
        Action::FloodImpact { intensity, affected_services } => {
            let services = if affected_services.is_empty() {
                "nothing".to_owned()
            } else {
                affected_services.join(", ")
            };
            format!("flood of intensity {} hits {services}", short(*intensity))
        },
        Action::Demand { spike: false, intensity } => {
            format!("{source} demands {} of every service", short(*intensity))
        },
        Action::Demand { spike: true, intensity } => {
            format!("demand spike by {source}: {} of every service", short(*intensity))
        },
        Action::ServiceOverload { .. } => overload(source, world),
        Action::PolicyIntent { desired_delay, budget_release } => format!(
            "{source} prepares an intervention that releases {} in {}",
            short(*budget_release),
            ticks(*desired_delay)
        ),
        Action::PolicyIntervention { budget_release } => intervention(source, *budget_release, world),
        Action::DependencyImpact { target, intensity } => {
            format!("overload of {source} adds load {} to {target}", short(*intensity))
        },
        Action::Other { event_type, .. } => format!("{event_type} from {source}"),
    }
}

fn overload(source: &str, world: &World<'_>) -> String {
    let position = world.id_of(source);
    let limit = position.and_then(|agent| world.limit(agent));
    let Some((agent, limit)) = position.zip(limit) else {
        return format!("overload reported by {source}");
    };
    let load = world.load(agent).unwrap_or(0.0);
    let limit_name =
        if world.scenario().switches.effective_capacity { "effective capacity" } else { "capacity" };
    let (mut load_text, mut limit_text) = (short(load), short(limit));
    if load != limit && load_text == limit_text {
        // Rounding must not hide which of the two is larger.
        (load_text, limit_text) = (load.to_string(), limit.to_string());
    }
    if load > limit {
        format!("overload reported by {source}: load {load_text} over {limit_name} {limit_text}")
    } else {
        format!(
            "overload reported by {source}: load {load_text} is meanwhile within {limit_name} {limit_text}"
        )
    }
}

fn intervention(source: &str, budget_release: f64, world: &World<'_>) -> String {
    let scenario = world.scenario();
    if scenario.agents.iter().all(|agent| agent.id != source) {
        return format!("intervention in the name of {source}, whom nobody knows, has no effect");
    }
    let active =
        scenario.agents.iter().filter(|agent| agent.is_active && agent.role.name() == "service").count();
    let services = if active == 1 { "service" } else { "services" };
    let mut text =
        format!("{source} intervenes: {} released to {active} active {services}", short(budget_release));
    let relief = scenario.switches.relief;
    if relief > 0.0 {
        text.push_str(&format!(", their load cut by {} %", short(relief * 100.0)));
    }
    text
}

fn ticks(count: i64) -> String {
    if count == 1 { "1 tick".to_owned() } else { format!("{count} ticks") }
}

/// At most three decimals, without trailing zeros; very small and very large numbers in full.
pub(crate) fn short(value: f64) -> String {
    if value != 0.0 && !(0.001..1e15).contains(&value.abs()) {
        return format!("{value:e}");
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let texts: Vec<String> =
            [4.0, 4.700000000000001, 0.3333333333333333, 0.0, -0.15, 1e-9].map(short).into();
        assert_eq!(texts, ["4", "4.7", "0.333", "0", "-0.15", "1e-9"]);
    }
}
