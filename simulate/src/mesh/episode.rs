//! Episodes: the initial state from difficulty and seed, or from a task, draw for draw
//! (specification, section 14).

use super::catalogue::Catalogue;
use super::difficulty::Difficulty;
use super::fault::{FaultConfig, FaultKind, FaultState};
use super::model::{BcmMode, Blueprint, Mesh, MeshError};
use super::mt19937::Mt19937;
use super::rounding::rounded;
use super::state::Service;
use super::task::{FieldsByService, Task};

/// Red herrings have an error ratio from this ...
const DECOY_LOW: f64 = 0.05;
/// ... to this.
const DECOY_HIGH: f64 = 0.09;

/// Why no episode can be generated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EpisodeError {
    /// The catalogue has no such task.
    #[error("no task is named `{0}`")]
    UnknownTask(String),
    /// A field cannot hold what a task sets.
    #[error("{service}: `{field}` holds {holds}")]
    Field {
        /// Whose.
        service: String,
        /// Which field.
        field: String,
        /// What it holds.
        holds: &'static str,
    },
    /// The state contradicts itself.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

/// Generator of episodes.
#[derive(Clone, Copy, Debug)]
pub struct Episode;

impl Episode {
    /// The mesh of an episode: of the task of that id (with or without `task_`), else of the
    /// first task of this difficulty and seed, else a generic one.
    ///
    /// # Errors
    /// [`EpisodeError::UnknownTask`] for an id that the catalogue does not have.
    pub fn generate(difficulty: Difficulty, seed: u64, task: Option<&str>) -> Result<Mesh, EpisodeError> {
        let catalogue = Catalogue::get();
        let task = match task {
            Some(id) => Some(catalogue.task(id).ok_or_else(|| EpisodeError::UnknownTask(id.to_owned()))?),
            None => catalogue.task_of(difficulty, seed),
        };
        Self::blueprint(difficulty, seed, task).and_then(|blueprint| Ok(Mesh::new(blueprint)?))
    }

    /// What such an episode is made of; without a task it is generic.
    ///
    /// # Errors
    /// [`EpisodeError::Field`] if a task sets a field to what it cannot hold.
    pub fn blueprint(
        difficulty: Difficulty,
        seed: u64,
        task: Option<&Task>,
    ) -> Result<Blueprint, EpisodeError> {
        let catalogue = Catalogue::get();
        let mut random = Mt19937::new(seed);
        let (names, mut config) = match task {
            Some(task) => (task.services.clone(), config_of(task)),
            None => drawn_config(catalogue, difficulty, &mut random),
        };
        let mut services: Vec<Service> =
            names.iter().map(|name| drawn_service(catalogue, name, &mut random)).collect();
        for decoy in &config.red_herring_services {
            if let Some(service) = named(&mut services, decoy) {
                service.error = rounded(DECOY_LOW + random.random() * (DECOY_HIGH - DECOY_LOW), 4);
                service.status = service.judged().0;
            }
        }
        if let Some(root) = named(&mut services, &config.root_cause_service) {
            prepare_root(root, config.fault_type, &mut random);
        }
        let mut faults =
            vec![FaultState::new(config.fault_type, &config.root_cause_service, config.degradation_speed)];
        if let Some(task) = task {
            if let (Some(kind), Some(service)) = (task.secondary_fault_type, &task.secondary_fault_service) {
                faults.push(FaultState::new(kind, service, task.secondary_fault_speed));
            }
            set_fields(&mut services, &task.initial_state_overrides, true)?;
            set_fields(&mut services, &task.task_metrics_schema, false)?;
            if let Some(planted) = task.adversarial_logs.first() {
                config.prompt_injection_service = Some(planted.service.clone());
            }
        }
        Ok(Blueprint {
            services,
            graph: catalogue.graph(&names),
            config,
            difficulty,
            faults,
            fault_halted: false,
            planted: task.map(|task| task.adversarial_logs.clone()).unwrap_or_default(),
            task: task.cloned(),
            bcm_mode: task.map_or(BcmMode::Standard, |task| task.bcm_mode),
            slo_budget: difficulty.slo_budget(),
            slo_burn_rate: difficulty.slo_burn_rate(),
            user_facing: None,
        })
    }
}

fn named<'a>(services: &'a mut [Service], name: &str) -> Option<&'a mut Service> {
    services.iter_mut().find(|service| service.name == name)
}

fn config_of(task: &Task) -> FaultConfig {
    FaultConfig {
        root_cause_service: task.fault_service.clone(),
        fault_type: task.fault_type,
        red_herring_services: task.red_herrings.clone(),
        prompt_injection_service: None,
        degradation_speed: task.fault_speed,
        cascade_depth: 3,
    }
}

/// Step 2 of the draws.
fn drawn_config(
    catalogue: &Catalogue,
    difficulty: Difficulty,
    random: &mut Mt19937,
) -> (Vec<String>, FaultConfig) {
    let names = random.sample(catalogue.services(), difficulty.services());
    let root = random.choice(&names).cloned().unwrap_or_default();
    let fault_type = random.choice(difficulty.fault_pool()).copied().unwrap_or(FaultKind::Oom);
    let others: Vec<String> = names.iter().filter(|name| **name != root).cloned().collect();
    let decoys = random.sample(&others, difficulty.red_herrings());
    let injection = if difficulty == Difficulty::Hard { random.choice(&decoys).cloned() } else { None };
    let config = FaultConfig {
        root_cause_service: root,
        fault_type,
        red_herring_services: decoys,
        prompt_injection_service: injection,
        degradation_speed: difficulty.speed(),
        cascade_depth: 3,
    };
    (names, config)
}

/// Step 3 of the draws.
fn drawn_service(catalogue: &Catalogue, name: &str, random: &mut Mt19937) -> Service {
    let mut service = Service::new(name);
    let (a, b, c) = (random.random(), random.random(), random.random());
    service.active_requests = i64::from(30 + random.randint(0, 80));
    let suffix = random.choices("abcdef0123456789", 6);
    let (major, minor, patch) = (random.randint(1, 3), random.randint(0, 9), random.randint(0, 9));
    service.version = format!("v{major}.{minor}.{patch}");
    let prefix: String = name.split('-').next().unwrap_or_default().chars().take(4).collect();
    service.instance_id = format!("{prefix}-{suffix}-{}", suffix.get(3..).unwrap_or_default());
    let e = random.random();
    service.open_files = i64::from(80 + random.randint(0, 80));
    service.uptime_s = i64::from(3600 + random.randint(0, 172_800));
    service.deployment_sha = random.choices("0123456789abcdef", 7);
    service.deployment_age_s = i64::from(3600 + random.randint(0, 604_800));
    service.config_revision = i64::from(random.randint(1, 20));
    service.config_age_s = i64::from(3600 + random.randint(0, 604_800));
    service.memory_limit = catalogue.memory_limit(name);
    service.memory = 0.25 + a * 0.15;
    service.use_memory();
    service.memory = rounded(service.memory, 4);
    service.cpu = rounded(0.10 + b * 0.10, 4);
    service.latency = rounded(0.05 + c * 0.10, 4);
    service.error = rounded(e * 0.02, 4);
    service
}

/// Step 5 of the draws.
fn prepare_root(root: &mut Service, kind: FaultKind, random: &mut Mt19937) {
    match kind {
        FaultKind::BadDeploy => {
            root.deployment_age_s = i64::from(random.randint(30, 300));
            root.deployment_sha = random.choices("0123456789abcdef", 7);
        },
        FaultKind::ConfigDrift => {
            root.config_age_s = i64::from(random.randint(10, 120));
            root.config_revision += 1;
        },
        FaultKind::Oom | FaultKind::MemoryLeak | FaultKind::NetworkPartition => {},
    }
}

/// Sets fields; services that are not there are passed over.
fn set_fields(services: &mut [Service], fields: &FieldsByService, judge: bool) -> Result<(), EpisodeError> {
    for (name, values) in fields {
        let Some(service) = named(services, name) else { continue };
        for (field, value) in values {
            service.set_field(field, value.clone()).map_err(|holds| EpisodeError::Field {
                service: name.clone(),
                field: field.clone(),
                holds,
            })?;
        }
        if judge {
            service.status = service.judged().0;
        }
    }
    Ok(())
}
