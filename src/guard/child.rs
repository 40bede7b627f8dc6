//! A program run once: bytes in, bytes out. Nothing is written to disk.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{End, Limits};

/// Output beyond this is not text of a page, nor a picture of one.
const OUTPUT_MAX: u64 = 64 << 20;

/// Runs a program. No shell is involved, and the child inherits none of our streams.
pub fn run(program: &mut Command, input: &[u8], limits: Limits) -> Result<Vec<u8>, End> {
    let end = Instant::now() + limits.wall;
    let mut child = start(program, limits)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that has seen enough closes early; that is no fault.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        let output = scope.spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.map(|stdout| stdout.take(OUTPUT_MAX).read_to_end(&mut bytes));
            read.and_then(Result::ok).map(|_| bytes)
        });
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
                _ => {
                    stop(&mut child);
                    break Err(End::Time);
                }
            }
        };
        let bytes = output.join().ok().flatten();
        match (status?, bytes) {
            (status, Some(bytes)) if status.success() => Ok(bytes),
            (status, _) => Err(told(status)),
        }
    })
}

/// Starts a program within limits, in a process group of its own.
pub(super) fn start(program: &mut Command, limits: Limits) -> Result<Child, End> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(program, 0);
    let child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| End::NotStarted)?;
    limits.hold(&child);
    Ok(child)
}

/// Ends a child and what it started.
pub(super) fn stop(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process_group};
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// What a status tells: the system ends a child that is over its time by a signal of that name, and a program that gets no
/// more memory (or no more stack) aborts.
pub(super) fn told(status: ExitStatus) -> End {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt;
        let by = |signal: Signal| status.signal() == Some(signal.as_raw());
        if by(Signal::XCPU) {
            return End::Time;
        }
        if by(Signal::ABORT) {
            return End::Memory;
        }
    }
    let _ = status;
    End::Failed
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const ROOM: Limits = Limits {
        memory: 1 << 30,
        cpu: None,
        wall: Duration::from_secs(60),
    };

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script);
        shell
    }

    #[test]
    fn bytes_go_in_and_come_out() {
        let much = vec![b'a'; 1 << 20];
        assert_eq!(run(&mut Command::new("cat"), &much, ROOM), Ok(much));
    }

    #[test]
    fn a_child_that_takes_too_long_is_ended_with_what_it_started() {
        let limits = Limits {
            wall: Duration::from_millis(200),
            ..ROOM
        };
        let begun = Instant::now();
        // The grandchild holds the output open: it must end too.
        let ended = run(&mut shell("sleep 60 & sleep 60"), &[], limits);
        assert_eq!(ended, Err(End::Time));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn failures_are_told_apart() {
        let failed = run(&mut Command::new("false"), &[0; 100_000], ROOM);
        assert_eq!(failed, Err(End::Failed));
        let missing = run(&mut Command::new("no-such-program-here"), &[], ROOM);
        assert_eq!(missing, Err(End::NotStarted));
        let aborted = run(&mut shell("kill -ABRT $$"), &[], ROOM);
        assert_eq!(aborted, Err(End::Memory));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_processor_is_not_had_for_ever() {
        let limits = Limits {
            cpu: Some(Duration::from_secs(1)),
            ..ROOM
        };
        // The limit stands before the script turns: it waits for its input first.
        let ended = run(&mut shell("read go; while :; do :; done"), b"go\n", limits);
        assert_eq!(ended, Err(End::Time));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_core_files_and_handles_are_bounded() {
        let told = run(
            &mut shell("read go; ulimit -d; ulimit -c; ulimit -n"),
            b"go\n",
            ROOM,
        );
        let told = String::from_utf8(told.unwrap()).unwrap();
        assert_eq!(
            told.split_whitespace().collect::<Vec<_>>(),
            ["1048576", "0", "64"]
        );
    }
}
