//! The scenario of the flood case: a city of two hundred services and a river that never stops.

use std::fmt::Write;

/// Services of the city.
const SERVICES: usize = 200;

/// The scenario as TOML. Service `i` needs service `i / 2`; demand moves the load of every
/// service in every tick, the river hits another one in each schedule entry, overload travels to
/// dependents, and a policy relieves.
pub(super) fn scenario(ticks: u64) -> String {
    let mut text = format!(
        "schema = \"infra-scenario/1\"\nworld = \"flood\"\nname = \"measure-{SERVICES}\"\nseed = 1\nmode = \"coupled\"\nuntil = {ticks}\n[switches]\ncoupling = 0.3\nrelief = 0.4\n"
    );
    for i in 0..SERVICES {
        let capacity = 40.0 + (i % 7) as f64;
        let needs = if i == 0 { String::new() } else { format!("\"service-{:03}\"", i / 2) };
        // Writing into a String does not fail, here and below.
        let _ = write!(
            text,
            "[[agents]]\nkind = \"service\"\nid = \"service-{i:03}\"\ncapacity = {capacity:?}\ninitial_load = 2.0\ndependencies = [{needs}]\n"
        );
    }
    text.push_str(
        "[[agents]]\nkind = \"citizen\"\nid = \"citizen:north\"\ndemand_profile = 0.037\npanic_threshold = 2.0\n[[agents]]\nkind = \"policy\"\nid = \"policy:council\"\nintervention_delay = 10\nbudget = 1.0\nstress_threshold = 1.0\n",
    );
    let _ = write!(
        text,
        "[[schedule]]\ndelay = 1\nrepeat = {ticks}\nspacing = 1\nevent_type = \"NORMAL_DEMAND\"\nsource = \"citizen:north\"\npayload = {{ intensity = 0.037 }}\n"
    );
    for entry in 0..10 {
        let hit = entry * SERVICES / 10;
        let _ = write!(
            text,
            "[[schedule]]\ndelay = {delay}\nrepeat = {repeat}\nspacing = 40\nevent_type = \"FLOOD_IMPACT\"\nsource = \"environment:flood\"\npayload = {{ intensity = 1.3, affected_services = [\"service-{hit:03}\"] }}\n",
            delay = 5 + 4 * entry,
            repeat = ticks / 40,
        );
    }
    text
}
