//! A program run once: bytes in, bytes out. Nothing is written to disk.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{End, Limits};

/// Output beyond this is not text of a page, nor a picture of one.
const OUTPUT_MAX: u64 = 64 << 20;

/// Runs a program. No shell is involved, and the child inherits none of our streams.
pub fn run(program: &mut Command, input: &[u8], limits: Limits) -> Result<Vec<u8>, End> {
    let end = Instant::now() + limits.wall;
    let (mut running, mut stdin, stdout) = Running::start(program, limits)?;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that has seen enough closes early; that is no fault.
            let _ = stdin.write_all(input);
        });
        let output = scope.spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(OUTPUT_MAX).read_to_end(&mut bytes);
            read.is_ok().then_some(bytes)
        });
        while !running.has_ended() {
            if Instant::now() >= end {
                running.stop();
                return Err(End::Time);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let status = running.stop().ok_or(End::Failed)?;
        match output.join().ok().flatten() {
            Some(bytes) if status.success() => Ok(bytes),
            _ => Err(told(status)),
        }
    })
}

/// A child in a process group of its own. It does not outlive this value.
pub(super) struct Running {
    child: Child,
    status: Option<ExitStatus>,
}

impl Running {
    /// Starts a program within limits.
    pub(super) fn start(
        program: &mut Command,
        limits: Limits,
    ) -> Result<(Self, ChildStdin, ChildStdout), End> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(program, 0);
        let child = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| End::NotStarted)?;
        limits.hold(&child);
        let mut running = Self {
            child,
            status: None,
        };
        let streams = running.child.stdin.take().zip(running.child.stdout.take());
        let (stdin, stdout) = streams.ok_or(End::NotStarted)?;
        Ok((running, stdin, stdout))
    }

    /// Looks, and leaves the child's number taken: until it is waited for, its group is no other's.
    #[cfg(unix)]
    fn has_ended(&self) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.status.is_some()
            || !matches!(
                waitid(WaitId::Pid(Pid::from_child(&self.child)), look),
                Ok(None) | Err(rustix::io::Errno::INTR)
            )
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends the child and what it started. The status is its own when it had ended before.
    pub(super) fn stop(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            #[cfg(unix)]
            {
                use rustix::process::{Pid, Signal, kill_process_group};
                let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            }
            let _ = self.child.kill();
            self.status = self.child.wait().ok();
        }
        self.status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a status tells: the system ends a child that is over its time by a signal of that name, a program that gets no
/// more memory (or no more stack) aborts, and one that talked without end, or took what the machine did not have, is killed.
pub(super) fn told(status: ExitStatus) -> End {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt;
        let by = |signal: Signal| status.signal() == Some(signal.as_raw());
        if by(Signal::XCPU) {
            return End::Time;
        }
        if by(Signal::ABORT) || by(Signal::KILL) {
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
        // What is left behind holds the output open; it ends with its parent.
        let left = run(&mut shell("sleep 60 & exit 1"), &[], ROOM);
        assert_eq!(left, Err(End::Failed));
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
