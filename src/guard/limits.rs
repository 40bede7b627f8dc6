//! What a child may use, and how the system is told.

use std::process::Child;
use std::time::Duration;

/// Files a child may hold open: its streams, and what its libraries read.
#[cfg(target_os = "linux")]
const FILES: u64 = 64;
/// Bytes of one file that a child writes: Tesseract keeps pictures in temporary ones.
#[cfg(target_os = "linux")]
const WRITTEN: u64 = 256 << 20;

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of memory of its own (heap and stacks of threads). The mapped program does not count: its size says nothing
    /// about what a file does, and differs from build to build.
    pub memory: u64,
    /// Time on a processor, in whole seconds; `None` leaves it to the child.
    pub cpu: Option<Duration>,
    /// Time by the clock.
    pub wall: Duration,
}

impl Limits {
    /// Holds a child to the limits, as far as the system can. A child of our own has read nothing yet: it waits for input.
    #[cfg(target_os = "linux")]
    pub(super) fn hold(self, child: &Child) {
        use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
        let pid = Some(Pid::from_child(child));
        let mut limits = vec![
            (Resource::Data, self.memory, 0),
            (Resource::Core, 0, 0),
            (Resource::Nofile, FILES, 0),
            (Resource::Fsize, WRITTEN, 0),
        ];
        // The first limit sends the signal that tells why; the last would end the child without a word.
        limits.extend(self.cpu.map(|cpu| (Resource::Cpu, cpu.as_secs().max(1), 2)));
        for (resource, wanted, grace) in limits {
            let least = |a: u64, b: Option<u64>| Some(b.map_or(a, |b| a.min(b)));
            let most = getrlimit(resource).maximum;
            let held = Rlimit {
                current: least(wanted, most),
                maximum: least(wanted + grace, most),
            };
            // What the system refuses leaves the limit of time.
            let _ = prlimit(pid, resource, held);
        }
    }

    /// Other systems do not hold a process to its memory; the limit of time stands.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn hold(self, _: &Child) {}
}
