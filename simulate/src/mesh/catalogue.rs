//! The known services and the 60 tasks (specification, sections 4 and 16), from embedded data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::difficulty::Difficulty;
use super::graph::Graph;
use super::task::Task;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = include_str!("../../../datasets/scenarios/mesh/catalogue.json");
    // A test makes sure that the embedded text is read; there is no other.
    serde_json::from_str(text).unwrap_or_default()
});

/// Services in the order of the draws, their calls, their memory, and all tasks.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Catalogue {
    all_services: Vec<String>,
    dependency_graph: BTreeMap<String, Vec<String>>,
    memory_limit_bytes: BTreeMap<String, i64>,
    memory_limit_default: i64,
    tasks: Vec<Task>,
}

impl Catalogue {
    /// The catalogue.
    #[must_use]
    pub fn get() -> &'static Self {
        &CATALOGUE
    }

    /// Names of the services that generic episodes are drawn from.
    #[must_use]
    pub fn services(&self) -> &[String] {
        &self.all_services
    }

    /// All tasks.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// The task of that id, with or without the prefix `task_`.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&Task> {
        let short = |id: &'_ str| id.strip_prefix("task_").unwrap_or(id).to_owned();
        let wanted = short(id);
        self.tasks.iter().find(|task| short(&task.task_id) == wanted)
    }

    /// The first task of that difficulty and seed.
    #[must_use]
    pub fn task_of(&self, difficulty: Difficulty, seed: u64) -> Option<&Task> {
        self.tasks.iter().find(|task| task.difficulty == difficulty && task.seed == seed)
    }

    /// Services that a service calls, in order; none for an unknown one.
    #[must_use]
    pub fn calls(&self, service: &str) -> &[String] {
        self.dependency_graph.get(service).map_or(&[], Vec::as_slice)
    }

    /// Memory limit of a service \[bytes\].
    #[must_use]
    pub fn memory_limit(&self, service: &str) -> i64 {
        self.memory_limit_bytes.get(service).copied().unwrap_or(self.memory_limit_default)
    }

    /// The call graph among these services only.
    #[must_use]
    pub fn graph(&self, services: &[String]) -> Graph {
        let place = |name: &String| services.iter().position(|service| service == name);
        let calls: Vec<Vec<usize>> =
            services.iter().map(|name| self.calls(name).iter().filter_map(place).collect()).collect();
        Graph::new(&calls).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_whole() {
        let catalogue = Catalogue::get();
        assert_eq!((catalogue.services().len(), catalogue.tasks().len()), (43, 60));
        assert_eq!(catalogue.memory_limit("ml-inference-service"), 8192 << 20);
        assert_eq!(catalogue.memory_limit("user-profile-service"), 512 << 20);
        assert!(catalogue.task("easy_oom_baseline").is_some());
        let first = catalogue.task_of(Difficulty::Easy, 336).map(|task| task.task_id.as_str());
        assert_eq!(first, Some("task_easy_thundering_herd"));
    }

    #[test]
    fn every_fault_of_a_task_is_on_one_of_its_services() {
        for task in Catalogue::get().tasks() {
            let faults = [Some(&task.fault_service), task.secondary_fault_service.as_ref()];
            for service in faults.into_iter().flatten() {
                assert!(task.services.contains(service), "{}: {service}", task.task_id);
            }
        }
    }
}
