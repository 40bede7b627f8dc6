//! A child of our own that answers one question after the other, so that hundreds of files do not cost hundreds of starts.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use super::child::{Running, told};
use super::frame::{receive, send};
use super::{End, Limits};

/// The stack on which answers are found: readers descend into what a file nests. Only what is used takes memory.
const STACK: usize = 64 << 20;
/// The longest question: a file and its address.
const QUESTION_MAX: u64 = 256 << 20;
/// The longest answer.
const ANSWER_MAX: u64 = 64 << 20;

/// Workers that answer questions.
#[derive(Debug, Clone, Copy)]
pub struct Crew {
    /// How many work side by side.
    pub at_once: usize,
    /// Bytes of memory of each.
    pub memory: u64,
    /// Bytes of memory of one that works alone, on what did not fit.
    pub memory_alone: u64,
    /// Time by the clock for one answer.
    pub wall: Duration,
}

impl Crew {
    /// Asks every question and gives the answers in the same order. A worker that falls costs its question only: a fresh one
    /// goes on. What did not fit into a worker's memory is asked again of a fresh worker that has it alone, so that many at
    /// once stay small, a large file is still read, and what does not fit never depends on what was read before.
    ///
    /// The error is that no worker can be started.
    pub fn ask<T: Send + Sync>(
        self,
        program: &(impl Fn() -> Command + Sync),
        questions: &[Vec<&[u8]>],
        understand: impl Fn(&[u8]) -> Option<T> + Sync,
    ) -> Result<Vec<Result<T, End>>, End> {
        let answered = |worker: &mut Worker, question: &[&[u8]]| {
            let answer = worker.ask(question, self.wall)?;
            understand(&answer).ok_or(End::Failed)
        };
        let slots: Vec<OnceLock<Result<T, End>>> =
            questions.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..self.at_once.min(questions.len()) {
                scope.spawn(|| {
                    let mut worker = None;
                    while let Some((question, slot)) = Some(next.fetch_add(1, Ordering::Relaxed))
                        .and_then(|at| questions.get(at).zip(slots.get(at)))
                    {
                        let answer = self
                            .at_work(&mut worker, program, self.memory)
                            .and_then(|worker| answered(worker, question));
                        if answer.is_err() {
                            worker = None;
                        }
                        let is_over = matches!(answer, Err(End::NotStarted));
                        let _ = slot.set(answer);
                        if is_over {
                            return;
                        }
                    }
                });
            }
        });
        let mut answers = Vec::with_capacity(questions.len());
        for (slot, question) in slots.into_iter().zip(questions) {
            let mut answer = slot.into_inner().unwrap_or(Err(End::NotStarted));
            if matches!(answer, Err(End::Memory)) {
                answer = self
                    .at_work(&mut None, program, self.memory_alone)
                    .and_then(|worker| answered(worker, question));
            }
            if matches!(answer, Err(End::NotStarted)) {
                return Err(End::NotStarted);
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    /// The worker, started when there is none.
    fn at_work<'w>(
        self,
        worker: &'w mut Option<Worker>,
        program: &impl Fn() -> Command,
        memory: u64,
    ) -> Result<&'w mut Worker, End> {
        let limits = Limits {
            memory: memory + STACK as u64,
            cpu: None,
            wall: self.wall,
        };
        Ok(match worker {
            Some(worker) => worker,
            None => {
                let (running, stdin, stdout) = Running::start(&mut program(), limits)?;
                worker.insert(Worker {
                    running,
                    stdin,
                    stdout,
                })
            }
        })
    }
}

/// The worker's side: answers questions until there are no more, each within a time on the processor. The process does
/// nothing else.
pub fn serve(
    mut from: impl Read + Send,
    mut to: impl Write + Send,
    cpu: Duration,
    answer: impl Fn(&[u8]) -> Vec<u8> + Send,
) -> std::io::Result<()> {
    let work = move || {
        while let Some(question) = receive(&mut from, QUESTION_MAX)? {
            allow(cpu);
            send(&mut to, &[&answer(&question)])?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let done = thread.spawn_scoped(scope, work)?;
        done.join()
            .unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))
    })
}

/// Sets this process's limit of processor time to what it has used and the time of one answer.
#[cfg(unix)]
fn allow(cpu: Duration) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    use rustix::time::{ClockId, clock_gettime};
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let limit = used + 1 + cpu.as_secs();
    let known = getrlimit(Resource::Cpu);
    // Where it is refused the parent's clock still stands.
    let _ = setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(known.maximum.map_or(limit, |most| limit.min(most))),
            maximum: known.maximum,
        },
    );
}

#[cfg(not(unix))]
fn allow(_: Duration) {}

/// A child that waits for questions.
struct Worker {
    running: Running,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Worker {
    /// The answer to a question. After an error the worker is gone.
    fn ask(&mut self, question: &[&[u8]], wall: Duration) -> Result<Vec<u8>, End> {
        let Self {
            running,
            stdin,
            stdout,
        } = self;
        let (tell, answered) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let answer = send(stdin, question).and_then(|()| receive(stdout, ANSWER_MAX));
                let _ = tell.send(answer);
            });
            match answered.recv_timeout(wall) {
                Ok(Ok(Some(answer))) => Ok(answer),
                // It fell, or it talks without end.
                Ok(_) => Err(running.stop().map_or(End::Failed, told)),
                Err(_) => {
                    running.stop();
                    Err(End::Time)
                }
            }
        })
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    const CREW: Crew = Crew {
        at_once: 2,
        memory: 64 << 20,
        memory_alone: 128 << 20,
        wall: Duration::from_secs(60),
    };

    fn asked(crew: Crew, script: &str, questions: &[&[u8]]) -> Vec<Result<Vec<u8>, End>> {
        let program = || {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(script);
            shell
        };
        let questions: Vec<Vec<&[u8]>> = questions.iter().map(|&part| vec![part]).collect();
        crew.ask(&program, &questions, |answer| Some(answer.to_vec()))
            .unwrap()
    }

    #[test]
    fn answers_stand_in_the_order_of_their_questions() {
        let questions: Vec<Vec<u8>> = (0..50u8)
            .map(|n| vec![n; usize::from(n) * 1000 + 1])
            .collect();
        let questions: Vec<&[u8]> = questions.iter().map(Vec::as_slice).collect();
        let answers = asked(CREW, "cat", &questions);
        for (answer, question) in answers.iter().zip(&questions) {
            assert_eq!(answer.as_deref(), Ok(*question));
        }
        assert_eq!(answers.len(), questions.len());
    }

    #[test]
    fn a_worker_that_falls_costs_one_question() {
        // Eight bytes of length and one letter; it falls at `x` and echoes what else comes, one at a time.
        let script = "while q=$(head -c 9 | tr '\\0' _); [ -n \"$q\" ]; do \
            case $q in *x) kill -SEGV $$;; *m) kill -ABRT $$;; esac; \
            printf '%s' \"$q\" | tr _ '\\0'; done";
        let answers = asked(CREW, script, &[b"a", b"x", b"b", b"m", b"c", b"d"]);
        let told: Vec<Result<&[u8], End>> = answers
            .iter()
            .map(|a| a.as_deref().map_err(|e| *e))
            .collect();
        assert_eq!(
            told,
            [
                Ok(&b"a"[..]),
                Err(End::Failed),
                Ok(b"b"),
                Err(End::Memory),
                Ok(b"c"),
                Ok(b"d")
            ]
        );
    }

    #[test]
    fn a_worker_that_stands_still_is_ended() {
        let crew = Crew {
            wall: Duration::from_millis(100),
            ..CREW
        };
        let answers = asked(crew, "sleep 60 & sleep 60", &[b"a", b"b"]);
        assert_eq!(answers, [Err(End::Time), Err(End::Time)]);
    }

    #[test]
    fn a_worker_that_talks_without_end_is_ended() {
        let script = "head -c 9 >/dev/null; yes";
        assert_eq!(asked(CREW, script, &[b"a"]), [Err(End::Memory)]);
    }

    #[test]
    fn no_worker_is_an_error_of_the_run() {
        let program = || Command::new("no-such-program-here");
        let none = CREW.ask(&program, &[vec![b"a"]], |_| Some(()));
        assert_eq!(none, Err(End::NotStarted));
    }

    #[test]
    fn questions_are_served_until_they_end() {
        let mut pipe = Vec::new();
        for question in [&b"ab"[..], b"", b"c"] {
            send(&mut pipe, &[question]).unwrap();
        }
        let mut told = Vec::new();
        let cpu = Duration::from_secs(3600);
        serve(&pipe[..], &mut told, cpu, |question| question.repeat(2)).unwrap();
        let mut told = &told[..];
        let mut next = || receive(&mut told, 99).unwrap();
        assert_eq!(next().unwrap(), b"abab");
        assert_eq!(next().unwrap(), b"");
        assert_eq!(next().unwrap(), b"cc");
        assert_eq!(next(), None);
    }
}
