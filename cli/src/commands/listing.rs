//! `simulate --list`: worlds and their built-in scenarios.

use infra_simulate::builtin::{Builtin, WorldInfo};
use infra_simulate::{builtins, worlds};

/// Longest line of names.
const WIDTH: usize = 100;

/// The listing. Scenarios have a line each, tasks of a catalogue their names only.
pub(super) fn text() -> String {
    let mut text = String::new();
    for world in worlds() {
        list(world, builtins(world.name), &mut text);
    }
    text
}

fn list(world: &WorldInfo, builtins: &[Builtin], text: &mut String) {
    text.push_str(&format!("{}  {}\n", world.name, world.description));
    let (tasks, scenarios): (Vec<&Builtin>, Vec<&Builtin>) = builtins.iter().partition(|b| is_task(b));
    let width = scenarios.iter().map(|b| b.name.len()).max().unwrap_or(0);
    for scenario in scenarios {
        text.push_str(&format!("  {:width$}  {}\n", scenario.name, scenario.description));
    }
    if !tasks.is_empty() {
        text.push_str(&format!("  {} tasks (--task or --scenario):\n", tasks.len()));
        wrap(tasks.iter().map(|b| b.name), text);
    }
}

/// Whether a scenario is nothing but a task: it is named after the one that it chooses.
fn is_task(builtin: &Builtin) -> bool {
    let chosen = builtin.text.lines().find_map(|line| {
        let value = line.strip_prefix("task")?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches('"'))
    });
    chosen.is_some_and(|task| task.ends_with(builtin.name))
}

/// Names, as many a line as fit.
fn wrap<'a>(names: impl Iterator<Item = &'a str>, text: &mut String) {
    let mut column = 0;
    for name in names {
        if column > 0 && column + 2 + name.len() > WIDTH {
            column = 0;
            text.push('\n');
        }
        let gap = if column == 0 { "    " } else { "  " };
        text.push_str(gap);
        text.push_str(name);
        column += gap.len() + name.len();
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_share_lines_and_scenarios_do_not() {
        let world = WorldInfo { name: "w", description: "a world" };
        let task = |name, text| Builtin { name, description: "d", text };
        let builtins = [
            task("reference", "task = \"task_a\"\n"),
            task("task_a", "name = \"x\"\ntask = \"task_a\"\n"),
            task("b", "task=\"task_b\""),
        ];
        let mut text = String::new();
        list(&world, &builtins, &mut text);
        assert_eq!(text, "w  a world\n  reference  d\n  2 tasks (--task or --scenario):\n    task_a  b\n");
    }
}
