//! The fields of a service by the names that golden data, tasks and scripts use.

use super::extra::Extra;
use super::state::{Service, Status};

/// Names of the declared fields, in the order of section 2.1.
pub const FIELDS: [&str; 23] = [
    "service_name",
    "service_version",
    "service_instance_id",
    "status",
    "http_server_request_duration_p99",
    "http_server_error_rate",
    "http_server_active_requests",
    "process_cpu_utilization",
    "process_memory_usage_bytes",
    "process_memory_limit_bytes",
    "process_memory_utilization",
    "process_open_file_descriptors",
    "runtime_gc_pause_duration_ms",
    "runtime_gc_count_per_second",
    "runtime_jvm_threads_count",
    "runtime_jvm_threads_max",
    "runtime_thread_pool_queue_depth",
    "runtime_uptime_seconds",
    "restart_count",
    "last_deployment_sha",
    "last_deployment_age_seconds",
    "last_config_revision",
    "last_config_age_seconds",
];

/// A declared field, to be written.
enum Slot<'a> {
    Text(&'a mut String),
    Status(&'a mut Status),
    Real(&'a mut f64),
    Integer(&'a mut i64),
}

impl Service {
    /// The value of a field, declared or further.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Extra> {
        Some(match name {
            "service_name" => Extra::Text(self.name.clone()),
            "service_version" => Extra::Text(self.version.clone()),
            "service_instance_id" => Extra::Text(self.instance_id.clone()),
            "status" => Extra::Text(self.status.name().to_owned()),
            "http_server_request_duration_p99" => Extra::Real(self.latency),
            "http_server_error_rate" => Extra::Real(self.error),
            "http_server_active_requests" => Extra::Integer(self.active_requests),
            "process_cpu_utilization" => Extra::Real(self.cpu),
            "process_memory_usage_bytes" => Extra::Integer(self.memory_used),
            "process_memory_limit_bytes" => Extra::Integer(self.memory_limit),
            "process_memory_utilization" => Extra::Real(self.memory),
            "process_open_file_descriptors" => Extra::Integer(self.open_files),
            "runtime_gc_pause_duration_ms" => Extra::Real(self.gc_pause_ms),
            "runtime_gc_count_per_second" => Extra::Real(self.gc_per_second),
            "runtime_jvm_threads_count" => Extra::Integer(self.threads),
            "runtime_jvm_threads_max" => Extra::Integer(self.threads_max),
            "runtime_thread_pool_queue_depth" => Extra::Integer(self.thread_queue),
            "runtime_uptime_seconds" => Extra::Integer(self.uptime_s),
            "restart_count" => Extra::Integer(self.restarts),
            "last_deployment_sha" => Extra::Text(self.deployment_sha.clone()),
            "last_deployment_age_seconds" => Extra::Integer(self.deployment_age_s),
            "last_config_revision" => Extra::Integer(self.config_revision),
            "last_config_age_seconds" => Extra::Integer(self.config_age_s),
            _ => return self.extras.get(name).cloned(),
        })
    }

    /// Sets a field, declared or further. The name and the instance of a service stay. A number
    /// for a count is taken toward zero; a value of another kind is refused.
    ///
    /// # Errors
    /// What the field holds.
    pub fn set_field(&mut self, name: &str, value: Extra) -> Result<(), &'static str> {
        let slot = match name {
            "service_name" => return Err("a name, which cannot be changed"),
            "service_version" => Slot::Text(&mut self.version),
            "service_instance_id" => Slot::Text(&mut self.instance_id),
            "status" => Slot::Status(&mut self.status),
            "http_server_request_duration_p99" => Slot::Real(&mut self.latency),
            "http_server_error_rate" => Slot::Real(&mut self.error),
            "http_server_active_requests" => Slot::Integer(&mut self.active_requests),
            "process_cpu_utilization" => Slot::Real(&mut self.cpu),
            "process_memory_usage_bytes" => Slot::Integer(&mut self.memory_used),
            "process_memory_limit_bytes" => Slot::Integer(&mut self.memory_limit),
            "process_memory_utilization" => Slot::Real(&mut self.memory),
            "process_open_file_descriptors" => Slot::Integer(&mut self.open_files),
            "runtime_gc_pause_duration_ms" => Slot::Real(&mut self.gc_pause_ms),
            "runtime_gc_count_per_second" => Slot::Real(&mut self.gc_per_second),
            "runtime_jvm_threads_count" => Slot::Integer(&mut self.threads),
            "runtime_jvm_threads_max" => Slot::Integer(&mut self.threads_max),
            "runtime_thread_pool_queue_depth" => Slot::Integer(&mut self.thread_queue),
            "runtime_uptime_seconds" => Slot::Integer(&mut self.uptime_s),
            "restart_count" => Slot::Integer(&mut self.restarts),
            "last_deployment_sha" => Slot::Text(&mut self.deployment_sha),
            "last_deployment_age_seconds" => Slot::Integer(&mut self.deployment_age_s),
            "last_config_revision" => Slot::Integer(&mut self.config_revision),
            "last_config_age_seconds" => Slot::Integer(&mut self.config_age_s),
            _ => {
                self.extras.set(name, value);
                return Ok(());
            },
        };
        match slot {
            Slot::Text(text) => match value {
                Extra::Text(value) => *text = value,
                _ => return Err("a text"),
            },
            Slot::Status(status) => {
                let named = if let Extra::Text(name) = &value { Status::named(name) } else { None };
                *status = named.ok_or("healthy, degraded, critical or down")?;
            },
            Slot::Real(real) => *real = value.number().ok_or("a number")?,
            Slot::Integer(integer) => *integer = value.integer().ok_or("an integer")?,
        }
        Ok(())
    }

    /// All fields with their values: the declared ones, then the further ones by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, Extra)> {
        let declared = FIELDS.into_iter().filter_map(|name| self.field(name).map(|value| (name, value)));
        declared.chain(self.extras.iter().map(|(name, value)| (name, value.clone())))
    }
}
