//! A whole run: ticks and the script's operations between them.

use super::facts::Phase;
use super::model::Mesh;
use super::observer::Observer;
use super::script::Script;

/// Plays `ticks` ticks of `mesh`. The operations of `script` follow the tick that they name;
/// those for tick 0 come before the first. Ends early if the observer wants it.
///
/// ```
/// use infra_simulate::mesh::{Difficulty, Episode, Ignore, Script, Status, run_mesh};
///
/// let mut mesh = Episode::generate(Difficulty::Easy, 42, Some("task_easy_oom_baseline"))?;
/// run_mesh(&mut mesh, &Script::default(), 20, &mut Ignore);
/// let root = mesh.index_of("auth-service").and_then(|place| mesh.services().get(place));
/// assert_eq!(root.map(|service| service.status), Some(Status::Down));
/// # Ok::<(), infra_simulate::mesh::EpisodeError>(())
/// ```
pub fn run_mesh<O: Observer + ?Sized>(mesh: &mut Mesh, script: &Script, ticks: i64, observer: &mut O) {
    observer.state(mesh, Phase::Ticked);
    operate(mesh, script, observer);
    for _ in 0..ticks {
        if observer.stop() {
            return;
        }
        mesh.tick(observer);
        observer.state(mesh, Phase::Ticked);
        operate(mesh, script, observer);
    }
}

fn operate<O: Observer + ?Sized>(mesh: &mut Mesh, script: &Script, observer: &mut O) {
    let due = script.after(mesh.tick_count());
    for scheduled in due {
        mesh.apply(&scheduled.op, observer);
    }
    if !due.is_empty() {
        observer.state(mesh, Phase::Operated);
    }
}
