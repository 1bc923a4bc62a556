//! One page as a JPEG for people to look at: decoded and drawn in a child of its own, never by the service.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::geometry::PixelRect;
use crate::sandbox::PAINTER_ARGUMENT;
use crate::sandbox::guard::Guard;

/// Longest side of a picture, in pixels. Chosen: a screen of 4K, and far below what JPEG can hold.
pub const SIDE_MAX: u32 = 4_096;
/// Bytes of a picture: more than any of this side has.
const BYTES_MAX: u64 = 64 << 20;
/// Time on the clock for one picture. Chosen: thirty times what a page of 600 dpi takes.
const WALL_MAX: Duration = Duration::from_secs(30);
/// What a JPEG begins with; a reason does not.
pub(super) const JPEG_START: [u8; 2] = [0xff, 0xd8];

/// What is to be seen of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The page, counted from one.
    pub page: u32,
    /// The part of it, in page pixels; `None` for all of it.
    pub part: Option<PixelRect>,
    /// Longest side of the picture in pixels: larger parts are shrunk by a whole number.
    pub side_max: u32,
}

impl View {
    fn arguments(self) -> Vec<OsString> {
        let part = self
            .part
            .map(|part| [part.x, part.y, part.width, part.height]);
        let [x, y, width, height] = part.unwrap_or([0; 4]);
        let numbers = [self.page, self.side_max, x, y, width, height];
        numbers
            .map(|number| OsString::from(number.to_string()))
            .to_vec()
    }

    /// The view that these arguments ask for; `None` if they ask for none.
    pub(super) fn of(numbers: &[u32]) -> Option<Self> {
        let &[page, side_max, x, y, width, height] = numbers else {
            return None;
        };
        let part = PixelRect {
            x,
            y,
            width,
            height,
        };
        Some(Self {
            page,
            part: (width > 0 && height > 0).then_some(part),
            side_max: side_max.clamp(1, SIDE_MAX),
        })
    }
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// The JPEG of a view of the document at `path`, by a child (`executable`, whose `main` calls
/// [`crate::sandbox::painter_main`]).
///
/// # Errors
/// [`Failure`] if the document or the page cannot be decoded, or not within the limits.
pub fn draw(path: &Path, view: View, executable: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure(format!("the page cannot be drawn ({error})"));
    let document = File::open(path).map_err(failed)?;
    let mut child = Command::new(executable)
        .arg(PAINTER_ARGUMENT)
        .args(view.arguments())
        .env_clear()
        .stdin(Stdio::from(document))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map(Guard)
        .map_err(failed)?;
    let output = child.0.stdout.take();
    let output = output.ok_or_else(|| Failure("the page cannot be drawn".to_owned()))?;
    let (sender, receiver) = channel();
    // Nobody waits for this thread: it ends with the pipe, and the child with this function.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What cannot be read is missing from the answer.
        let _ = output.take(BYTES_MAX + 1).read_to_end(&mut bytes);
        sender.send(bytes)
    });
    let answer = receiver.recv_timeout(WALL_MAX);
    let answer = answer.map_err(|_| Failure("drawing the page took too long".to_owned()))?;
    if answer.len() as u64 > BYTES_MAX {
        return Err(Failure("the picture is larger than it may be".to_owned()));
    }
    if answer.starts_with(&JPEG_START) {
        return Ok(answer);
    }
    let said: String = String::from_utf8_lossy(&answer).chars().take(200).collect();
    Err(Failure(match said.is_empty() {
        true => "the page needs more memory or time than it may have".to_owned(),
        false => said,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_understood_as_it_was_asked_for() {
        let part = PixelRect {
            x: 1,
            y: 2,
            width: 3,
            height: 4,
        };
        for part in [Some(part), None] {
            let view = View {
                page: 7,
                part,
                side_max: 900,
            };
            let arguments = view.arguments();
            let numbers = arguments
                .iter()
                .map(|own| own.to_str().unwrap().parse().unwrap());
            assert_eq!(View::of(&numbers.collect::<Vec<u32>>()), Some(view));
        }
        assert_eq!(View::of(&[1, 2]), None);
        assert_eq!(
            View::of(&[1, u32::MAX, 0, 0, 0, 0]).unwrap().side_max,
            SIDE_MAX
        );
    }
}
