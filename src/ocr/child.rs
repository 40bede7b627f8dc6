//! A program run as a child: bytes in, bytes out, killed when its time is over. Nothing is written to disk.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Fault;

/// Output beyond this is not text of a page, nor a picture of one.
const OUTPUT_MAX: u64 = 64 << 20;

/// Runs a program. No shell is involved, and the child inherits none of our streams.
pub(super) fn run(program: &mut Command, input: &[u8], limit: Duration) -> Result<Vec<u8>, Fault> {
    let end = Instant::now() + limit;
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Fault::Engine)?;
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
                    let _ = child.kill();
                    let _ = child.wait();
                    break Err(Fault::Timeout);
                }
            }
        };
        let bytes = output.join().ok().flatten();
        match (status?, bytes) {
            (status, Some(bytes)) if status.success() => Ok(bytes),
            _ => Err(Fault::Unreadable),
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_in_and_come_out() {
        let much = vec![b'a'; 1 << 20];
        assert_eq!(
            run(&mut Command::new("cat"), &much, Duration::from_secs(20)),
            Ok(much)
        );
    }

    #[test]
    fn a_child_that_takes_too_long_is_ended() {
        let begun = Instant::now();
        let ended = run(
            Command::new("sleep").arg("60"),
            &[],
            Duration::from_millis(100),
        );
        assert_eq!(ended, Err(Fault::Timeout));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn failures_are_told_apart() {
        let limit = Duration::from_secs(20);
        assert_eq!(
            run(&mut Command::new("false"), &[0; 100_000], limit),
            Err(Fault::Unreadable)
        );
        assert_eq!(
            run(&mut Command::new("no-such-program-here"), &[], limit),
            Err(Fault::Engine)
        );
    }
}
