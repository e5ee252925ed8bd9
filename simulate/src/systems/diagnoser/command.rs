//! A child process that diagnoses: one JSON line per alert on its standard input, one JSON line
//! per answer on its standard output.
//!
//! The run never hangs on it: answers have a time limit, and the child is killed at the end. A
//! late child is not asked again, since its answers would be out of step; a dead one is not
//! started again.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Answer, Diagnose, Question};
use crate::scenario::shorten;

/// Longer answers are refused \[bytes\].
const MAX_ANSWER_BYTES: u64 = 64 << 10;

/// A running child, or why it is not asked any more.
pub(crate) struct CommandDiagnoser {
    child: Option<Running>,
    over: &'static str,
    timeout: Duration,
}

struct Running {
    process: Child,
    questions: Sender<String>,
    answers: Receiver<Line>,
}

/// What was read of the child.
enum Line {
    Text(Vec<u8>),
    TooLong,
    Ended,
}

impl CommandDiagnoser {
    /// Starts the program `argv[0]`, without a shell. One that cannot be started is a dead one.
    pub(crate) fn start(argv: &[String], timeout: Duration) -> Self {
        let child = argv.split_first().and_then(|(program, arguments)| Running::start(program, arguments));
        Self { child, over: "it could not be started", timeout }
    }

    /// Nobody asks it again.
    fn stop(&mut self, over: &'static str) {
        self.over = over;
        self.child = None;
    }
}

impl Diagnose for CommandDiagnoser {
    fn ask(&mut self, question: &Question<'_>) -> Answer {
        let none = |reason: String| Answer::None { reason };
        let Some(child) = &self.child else {
            return none(format!("not asked: {}", self.over));
        };
        let mut line = question.to_json().to_string();
        line.push('\n');
        let answer = match child.questions.send(line) {
            Ok(()) => child.answers.recv_timeout(self.timeout),
            Err(_) => Ok(Line::Ended),
        };
        match answer {
            Ok(Line::Text(text)) => match action_in(&text) {
                Ok(name) => match question.runbook.position(&name) {
                    Some(action) => Answer::Action(action),
                    None => none(format!("unknown action `{}`", shorten(&name))),
                },
                Err(why) => none(why),
            },
            Ok(Line::TooLong) => {
                self.stop("its answer was too long before");
                none(format!("an answer of more than {MAX_ANSWER_BYTES} bytes"))
            },
            Err(RecvTimeoutError::Timeout) => {
                self.stop("it was late before");
                none(format!("no answer within {} s", self.timeout.as_secs_f64()))
            },
            Ok(Line::Ended) | Err(RecvTimeoutError::Disconnected) => {
                self.stop("it has ended");
                none("it ended without an answer".to_owned())
            },
        }
    }
}

/// The action that an answer names.
fn action_in(answer: &[u8]) -> Result<String, String> {
    let shown = || shorten(String::from_utf8_lossy(answer).trim_end());
    let value: Value =
        serde_json::from_slice(answer).map_err(|_| format!("the answer is no JSON: `{}`", shown()))?;
    match value.get("action") {
        Some(Value::String(name)) => Ok(name.clone()),
        _ => Err(format!("the answer names no action: `{}`", shown())),
    }
}

impl Running {
    fn start(program: &str, arguments: &[String]) -> Option<Self> {
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (Some(stdin), Some(stdout)) = (process.stdin.take(), process.stdout.take()) else {
            // Both were asked for.
            let _ = process.kill();
            return None;
        };
        let (questions, to_ask) = channel();
        let (answered, answers) = channel();
        // Reading and writing may block for ever; whoever waits for this thread has a time limit.
        // It ends when the child does or when nobody asks any more.
        thread::spawn(move || converse(stdin, BufReader::new(stdout), &to_ask, &answered));
        Some(Self { process, questions, answers })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already. Not reaping it would leave a zombie behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Passes questions on and answers back, one by one, until the child or its owner is gone.
fn converse(
    mut stdin: ChildStdin,
    mut stdout: BufReader<ChildStdout>,
    questions: &Receiver<String>,
    answers: &Sender<Line>,
) {
    for question in questions {
        let asked = stdin.write_all(question.as_bytes()).and_then(|()| stdin.flush());
        // A child that reads no more may still have answered in advance: what it wrote counts.
        let line = read_line(&mut stdout);
        let is_over = asked.is_err() || !matches!(line, Line::Text(_));
        if answers.send(line).is_err() || is_over {
            return;
        }
    }
}

fn read_line(stdout: &mut BufReader<ChildStdout>) -> Line {
    let mut line = Vec::new();
    match stdout.by_ref().take(MAX_ANSWER_BYTES).read_until(b'\n', &mut line) {
        Err(_) | Ok(0) => Line::Ended,
        Ok(_) if line.ends_with(b"\n") => Line::Text(line),
        Ok(n) if n as u64 >= MAX_ANSWER_BYTES => Line::TooLong,
        // The last line of a child that ended.
        Ok(_) => Line::Text(line),
    }
}
