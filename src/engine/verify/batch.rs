//! Many documents at once, their results in the order of the documents.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Results that may wait for a slow document, for each worker: bounds the memory they take.
const AHEAD_PER_WORKER: usize = 4;

/// What the workers share.
struct Progress<T> {
    next: usize,
    emitted: usize,
    stopped: bool,
    done: BTreeMap<usize, T>,
}

/// Runs `work` on `0..count` with `workers` threads and gives each result to `sink`, in order.
///
/// Stops handing out work once `sink` breaks, and returns what it broke with.
pub fn in_order<T: Send, B>(
    count: usize,
    workers: NonZeroUsize,
    work: impl Fn(usize) -> T + Sync,
    mut sink: impl FnMut(usize, T) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let ahead = workers.get().saturating_mul(AHEAD_PER_WORKER);
    let progress = Mutex::new(Progress {
        next: 0,
        emitted: 0,
        stopped: false,
        done: BTreeMap::new(),
    });
    let changed = Condvar::new();
    std::thread::scope(|scope| {
        for _ in 0..workers.get().min(count) {
            scope.spawn(|| {
                while let Some(index) = take(&progress, &changed, count, ahead) {
                    // A panic of one document must not leave the others waiting for ever.
                    let _stop = StopOnPanic(&progress, &changed);
                    let result = work(index);
                    lock(&progress).done.insert(index, result);
                    changed.notify_all();
                }
            });
        }
        for index in 0..count {
            let Some(result) = wait(&progress, &changed, index) else {
                break;
            };
            let flow = sink(index, result);
            let mut state = lock(&progress);
            state.emitted = index + 1;
            state.stopped = flow.is_break();
            drop(state);
            changed.notify_all();
            if flow.is_break() {
                return flow;
            }
        }
        ControlFlow::Continue(())
    })
}

/// The next piece of work, once it is not too far ahead of the results given out.
fn take<T>(
    progress: &Mutex<Progress<T>>,
    changed: &Condvar,
    count: usize,
    ahead: usize,
) -> Option<usize> {
    let mut state = lock(progress);
    loop {
        if state.stopped || state.next >= count {
            return None;
        }
        if state.next < state.emitted + ahead {
            state.next += 1;
            return Some(state.next - 1);
        }
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

/// The result of `index` once it is there; `None` if a worker died.
fn wait<T>(progress: &Mutex<Progress<T>>, changed: &Condvar, index: usize) -> Option<T> {
    let mut state = lock(progress);
    loop {
        if let Some(result) = state.done.remove(&index) {
            return Some(result);
        }
        if state.stopped {
            return None;
        }
        state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn lock<T>(progress: &Mutex<Progress<T>>) -> MutexGuard<'_, Progress<T>> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

struct StopOnPanic<'a, T>(&'a Mutex<Progress<T>>, &'a Condvar);

impl<T> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(self.0).stopped = true;
            self.1.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn workers(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).unwrap()
    }

    #[test]
    fn results_come_in_order_though_the_first_takes_longest() {
        let work = |index: usize| {
            if index == 0 {
                std::thread::sleep(Duration::from_millis(30));
            }
            index * 10
        };
        let mut seen = Vec::new();
        let flow = in_order(40, workers(3), work, |index, result| {
            seen.push((index, result));
            ControlFlow::<()>::Continue(())
        });
        assert_eq!(flow, ControlFlow::Continue(()));
        let expected: Vec<_> = (0..40).map(|index| (index, index * 10)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn breaking_stops_the_work() {
        let started = std::sync::atomic::AtomicUsize::new(0);
        let work = |_| started.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let flow = in_order(1000, workers(2), work, |index, _| match index {
            3 => ControlFlow::Break("enough"),
            _ => ControlFlow::Continue(()),
        });
        assert_eq!(flow, ControlFlow::Break("enough"));
        assert!(started.into_inner() < 100, "work went on");
    }

    #[test]
    fn no_work_gives_no_result() {
        let flow = in_order(0, workers(2), |index| index, |_, _| ControlFlow::Break(()));
        assert_eq!(flow, ControlFlow::Continue(()));
    }
}
