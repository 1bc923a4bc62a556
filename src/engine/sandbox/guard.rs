//! Children that do not outlive who started them.

use std::io;
use std::process::Child;
use std::process::ExitStatus;

/// A child that does not outlive its watcher.
pub(super) struct Guard(pub(super) Child);

impl Guard {
    /// Ends the child and says how it ended.
    pub(super) fn stop(&mut self) -> io::Result<ExitStatus> {
        // Killing fails only where the child has ended by itself.
        let _ = self.0.kill();
        self.0.wait()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}
