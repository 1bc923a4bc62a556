//! libjpeg-turbo's decoding of a JPEG in full: the time that every other is set against.

use std::time::Duration;

/// CPU time of one decoding; `None` without the feature, which needs Debian's libturbojpeg0-dev.
#[cfg(feature = "bench-turbojpeg")]
pub(crate) fn timed(jpeg: &[u8]) -> Option<Duration> {
    Some(crate::cpu::timed(|| decode(jpeg)))
}

/// The same where there is nothing to compare with.
#[cfg(not(feature = "bench-turbojpeg"))]
pub(crate) fn timed(_: &[u8]) -> Option<Duration> {
    None
}

/// Decodes with libjpeg-turbo.
#[cfg(feature = "bench-turbojpeg")]
pub(crate) fn decode(jpeg: &[u8]) {
    let decoded = turbojpeg::decompress(jpeg, turbojpeg::PixelFormat::RGB);
    std::hint::black_box(decoded.expect("drawn here"));
}

/// A time in seconds beside the floor's.
pub(crate) fn ratio(time: f64, floor: Option<f64>) -> String {
    floor.map_or_else(
        || "no floor: build with --features bench-turbojpeg".to_owned(),
        |floor| {
            format!(
                "{:.2} times libjpeg-turbo's {:.1} ms",
                time / floor,
                1000.0 * floor
            )
        },
    )
}
