//! The run in virtual time (specification, section 3).

use std::collections::VecDeque;

use super::detector::Detector;
use super::draws::{Draw, Draws};
use super::observer::{Failure, Kind, Observer, Request, Tick};
use super::settings::QueueScenario;
use super::telemetry::Window;
use crate::kernel::{Agenda, AgendaError, Limits, Seconds};

/// At equal times: completions, then clients, then clients that give up, then the control loop.
const COMPLETION: i32 = 0;
const CLIENT: i32 = 1;
const GIVING_UP: i32 = 2;
const CONTROL: i32 = 3;

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// A time left the finite numbers.
    #[error("a time is no longer finite: the times of the scenario are too long")]
    Time,
    /// The agenda cannot go on.
    #[error(transparent)]
    Agenda(#[from] AgendaError),
}

/// What can be due.
#[derive(Clone, Copy, Debug)]
enum Due {
    Wake(Attempt),
    Admit(Attempt),
    Complete { attempt: Attempt, since: f64, status: u16 },
    GiveUp(Attempt),
    PoolTimeout(Attempt),
    Tick,
}

/// One attempt of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    pub(super) agent: u32,
    pub(super) number: u32,
}

/// What a client is doing, for attempts that may be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    Idle,
    InPool(u32),
    Asking(u32),
}

/// Plays a scenario; returns when the last request was decided \[s\].
///
/// # Errors
/// [`QueueError`] if a time or the number of events leaves its bounds.
pub fn run_queue(
    scenario: &QueueScenario,
    draws: &impl Draws,
    observer: &mut impl Observer,
) -> Result<f64, QueueError> {
    let mut run = Run::new(scenario, draws, observer);
    for agent in 0..scenario.queue.agents {
        let draw = run.draws.of(agent, 0);
        let (from, to) = (scenario.queue.start_min, scenario.queue.start_max);
        run.schedule(from + (to - from) * draw.u_delay, CLIENT, Due::Wake(Attempt { agent, number: 0 }))?;
    }
    run.schedule(scenario.queue.control_period, CONTROL, Due::Tick)?;
    while let Some(due) = run.agenda.advance()? {
        let now = due.key.at.get();
        match due.event {
            Due::Wake(attempt) => run.wake(now, attempt)?,
            Due::Admit(attempt) => run.connect(now, attempt)?,
            Due::Complete { attempt, since, status } => run.complete(now, attempt, since, status)?,
            Due::GiveUp(attempt) => run.give_up(now, attempt)?,
            Due::PoolTimeout(attempt) => run.pool_timeout(now, attempt)?,
            // A tick at or after the end does not run.
            Due::Tick if run.is_over() => break,
            Due::Tick => run.tick(now)?,
        }
        if run.observer.stop() {
            break;
        }
    }
    Ok(run.end)
}

struct Run<'a, D, O> {
    scenario: &'a QueueScenario,
    draws: &'a D,
    observer: &'a mut O,
    agenda: Agenda<Seconds, Due>,
    /// Attempts that wait for a worker, and since when.
    queue: VecDeque<(Attempt, f64)>,
    /// When the latest attempt of each client was put into the queue.
    produced_at: Vec<f64>,
    clients: Vec<Client>,
    /// Clients whose request is not decided.
    undecided: u32,
    busy: u32,
    pool: VecDeque<Attempt>,
    in_pool: u32,
    window: Window,
    detector: Detector,
    throttle: f64,
    last_depth: u32,
    last_tick: f64,
    end: f64,
}

impl<'a, D: Draws, O: Observer> Run<'a, D, O> {
    fn new(scenario: &'a QueueScenario, draws: &'a D, observer: &'a mut O) -> Self {
        let agents = scenario.queue.agents;
        let attempts = u64::from(agents) * (1 + u64::from(scenario.network.retries));
        let limits = Limits { events: 100_000_000.max(8 * attempts), immediate_events: 10_000_000 };
        Self {
            agenda: Agenda::new(Seconds::default(), limits),
            queue: VecDeque::new(),
            produced_at: vec![0.0; agents as usize],
            clients: vec![Client::Idle; agents as usize],
            undecided: agents,
            busy: 0,
            pool: VecDeque::new(),
            in_pool: 0,
            window: Window::new(scenario.queue.window as usize),
            detector: Detector::new(scenario.detector),
            throttle: 0.0,
            last_depth: 0,
            last_tick: 0.0,
            end: 0.0,
            scenario,
            draws,
            observer,
        }
    }

    fn schedule(&mut self, at: f64, rank: i32, due: Due) -> Result<(), QueueError> {
        let at = Seconds::new(at).ok_or(QueueError::Time)?;
        Ok(self.agenda.schedule(at, rank, due)?)
    }

    fn is_over(&self) -> bool {
        self.undecided == 0 && self.queue.is_empty() && self.busy == 0
    }

    fn depth(&self) -> u32 {
        u32::try_from(self.queue.len()).unwrap_or(u32::MAX)
    }

    fn draw(&self, attempt: Attempt) -> Draw {
        self.draws.of(attempt.agent, attempt.number)
    }

    /// Whether the client's request is heavy; its first draw decides for all attempts.
    fn is_heavy(&self, agent: u32) -> bool {
        let (draw, share) = (self.draws.of(agent, 0), self.scenario.queue.heavy_share);
        match draw.type_index {
            Some(index) => index == 2,
            // The specification's mix is one of three kinds.
            None if share == 1.0 / 3.0 => (3.0 * draw.u_type).floor() == 2.0,
            None => draw.u_type >= 1.0 - share,
        }
    }

    fn tell(&mut self, kind: Kind, now: f64, attempt: Attempt, latency: f64, status: u16, failure: Failure) {
        if kind.is_telemetry() {
            self.window.push(now, latency, status);
        }
        let request = Request {
            kind,
            time: now,
            agent: attempt.agent,
            attempt: attempt.number,
            heavy: self.is_heavy(attempt.agent),
            latency,
            status,
            depth: self.depth(),
            failure,
        };
        self.observer.request(&request);
    }

    /// A client wakes up; it looks at the throttle once.
    fn wake(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        let mut wait = 0.0;
        if self.throttle > 0.0 {
            wait = self.throttle;
            self.tell(Kind::Throttled, now, attempt, wait, 200, Failure::None);
        }
        let jitter = self.scenario.network.jitter;
        if jitter > 0.0 {
            wait += jitter * self.draws.jitter(attempt.agent, attempt.number);
        }
        if wait > 0.0 {
            self.schedule(now + wait, CLIENT, Due::Admit(attempt))
        } else {
            self.connect(now, attempt)
        }
    }

    /// Takes a connection, or waits for one.
    fn connect(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        let size = self.scenario.network.pool_size;
        if size > 0 && self.in_pool >= size {
            let wait = self.scenario.network.pool_timeout;
            if wait <= 0.0 {
                self.tell(Kind::Fault, now, attempt, 0.0, 503, Failure::PoolExhausted);
                return self.failed(now, attempt);
            }
            self.clients[attempt.agent as usize] = Client::InPool(attempt.number);
            self.pool.push_back(attempt);
            return self.schedule(now + wait, GIVING_UP, Due::PoolTimeout(attempt));
        }
        self.in_pool += 1;
        self.admit(now, attempt)
    }

    /// Gives a connection back; the first that still waits takes it.
    fn release(&mut self, now: f64) -> Result<(), QueueError> {
        self.in_pool = self.in_pool.saturating_sub(1);
        while let Some(next) = self.pool.pop_front() {
            if self.clients[next.agent as usize] == Client::InPool(next.number) {
                self.in_pool += 1;
                return self.admit(now, next);
            }
        }
        Ok(())
    }

    fn admit(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        self.end = now;
        let depth = self.depth();
        let buffer = self.scenario.queue.buffer;
        let share = f64::from(depth) / f64::from(buffer);
        let chance = self.scenario.queue.drop_rate + share * share;
        let failure = if self.draw(attempt).u_admit < chance && depth > 0 {
            Failure::Congestion
        } else if depth >= buffer {
            Failure::Overflow
        } else {
            Failure::None
        };
        if failure != Failure::None {
            self.tell(Kind::Fault, now, attempt, 0.0, 503, failure);
            self.clients[attempt.agent as usize] = Client::Idle;
            self.release(now)?;
            return self.failed(now, attempt);
        }
        self.produced_at[attempt.agent as usize] = now;
        self.clients[attempt.agent as usize] = Client::Asking(attempt.number);
        self.queue.push_back((attempt, now));
        self.tell(Kind::Created, now, attempt, 0.0, 200, Failure::None);
        let timeout = self.scenario.network.socket_timeout;
        if timeout > 0.0 {
            self.schedule(now + timeout, GIVING_UP, Due::GiveUp(attempt))?;
        }
        self.start(now)
    }

    /// An idle worker, if any, takes the head of the queue.
    fn start(&mut self, now: f64) -> Result<(), QueueError> {
        if self.busy >= self.scenario.queue.workers {
            return Ok(());
        }
        let Some((attempt, since)) = self.queue.pop_front() else { return Ok(()) };
        self.busy += 1;
        let settings = self.scenario.queue;
        let draw = self.draw(attempt);
        let slow = draw.u_spike < settings.slow_probability;
        let service = if slow { settings.slow_service } else { settings.normal_service };
        if draw.u_error < settings.drop_rate {
            return self.schedule(now + service, COMPLETION, Due::Complete { attempt, since, status: 500 });
        }
        let heavy = self.is_heavy(attempt.agent);
        let weight = if heavy { settings.heavy_weight } else { settings.light_weight };
        let at = (now + service) + settings.extra_service * weight;
        self.schedule(at, COMPLETION, Due::Complete { attempt, since, status: 200 })
    }

    fn complete(&mut self, now: f64, attempt: Attempt, since: f64, status: u16) -> Result<(), QueueError> {
        self.end = now;
        let latency = now - since;
        self.busy -= 1;
        let awaited = self.clients[attempt.agent as usize] == Client::Asking(attempt.number);
        let failure = match (awaited, status) {
            (false, _) => Failure::Wasted,
            (true, 500..) => Failure::Spike,
            _ => Failure::None,
        };
        self.tell(Kind::Completed, now, attempt, latency, status, failure);
        // Before the client's connection lets another one in: the worker is never idle beside work.
        self.start(now)?;
        if awaited {
            self.clients[attempt.agent as usize] = Client::Idle;
            self.release(now)?;
            if status >= 500 { self.failed(now, attempt)? } else { self.undecided -= 1 }
        }
        Ok(())
    }

    /// The client's socket timed out; the worker does not know.
    fn give_up(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        if self.clients[attempt.agent as usize] != Client::Asking(attempt.number) {
            return Ok(());
        }
        self.end = now;
        let waited = now - self.produced_at[attempt.agent as usize];
        self.tell(Kind::TimedOut, now, attempt, waited, 504, Failure::Timeout);
        self.clients[attempt.agent as usize] = Client::Idle;
        self.release(now)?;
        self.failed(now, attempt)
    }

    fn pool_timeout(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        if self.clients[attempt.agent as usize] != Client::InPool(attempt.number) {
            return Ok(());
        }
        self.end = now;
        self.clients[attempt.agent as usize] = Client::Idle;
        self.tell(Kind::Fault, now, attempt, 0.0, 503, Failure::PoolExhausted);
        self.failed(now, attempt)
    }

    /// An attempt failed: the client tries again, or is finished.
    fn failed(&mut self, now: f64, attempt: Attempt) -> Result<(), QueueError> {
        let network = self.scenario.network;
        if attempt.number >= network.retries {
            self.undecided -= 1;
            return Ok(());
        }
        let wait = network.retry_backoff * f64::from(1_u32 << attempt.number.min(16));
        let next = Attempt { agent: attempt.agent, number: attempt.number + 1 };
        self.schedule(now + wait, CLIENT, Due::Wake(next))
    }

    fn tick(&mut self, now: f64) -> Result<(), QueueError> {
        let depth = self.depth();
        let p95 = self.window.p95_latency();
        let mut dq_dt = 0.0;
        let passed = now - self.last_tick;
        if passed > 0.0 {
            dq_dt = (f64::from(depth) - f64::from(self.last_depth)) / passed;
            self.last_depth = depth;
            self.last_tick = now;
        }
        let (state, anomalies) = self.detector.judge(p95, depth, self.scenario.queue.buffer, dq_dt);
        self.throttle = match state {
            super::State::Stable => 0.0,
            super::State::Degraded => self.scenario.queue.throttle_degraded,
            super::State::Collapsed => self.scenario.queue.throttle_collapsed,
        };
        self.observer.tick(&Tick {
            time: now,
            p95,
            depth,
            dq_dt,
            state,
            anomalies: &anomalies,
            throttle: self.throttle,
            busy: self.busy,
            throughput: self.window.throughput(),
            error_rate: self.window.error_rate(),
            error_clustering: self.window.error_clustering(),
        });
        self.schedule(now + self.scenario.queue.control_period, CONTROL, Due::Tick)
    }
}
