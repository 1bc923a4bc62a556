//! CPU time of this process, all threads together, as a measurement for criterion.

use std::time::Duration;

use cpu_time::ProcessTime;
use criterion::measurement::Measurement;
use criterion::measurement::ValueFormatter;
use criterion::measurement::WallTime;

/// Measures CPU time rather than wall time, so that threads do not hide work.
pub(crate) struct CpuTime;

/// CPU time that this process has used so far.
pub(crate) fn cpu_time() -> Duration {
    ProcessTime::now().as_duration()
}

/// What a routine uses.
pub(crate) fn timed(routine: impl Fn()) -> Duration {
    let before = cpu_time();
    routine();
    cpu_time() - before
}

/// The least in seconds: what else runs on a machine only adds to it.
pub(crate) fn least(times: &[Duration]) -> Option<f64> {
    times.iter().min().map(Duration::as_secs_f64)
}

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        cpu_time()
    }

    fn end(&self, start: Duration) -> Duration {
        cpu_time() - start
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}
