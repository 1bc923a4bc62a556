//! Loops in the widest registers that the machine has.
//!
//! Each lane does what one number alone would have done, and nothing is summed in another order: the
//! result is the same on every machine.

use fearless_simd::Level;

/// The widest registers that loops are compiled for, to write them by name: those of eight numbers (AVX2) at most.
///
/// With those of sixteen a search among codes took twice as long.
#[must_use]
pub fn widest() -> Level {
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = level.as_avx2() {
        return Level::Avx2(avx2);
    }
    level
}

/// Runs a loop as compiled for registers of eight numbers, where the machine has them (AVX2).
///
/// The loop, and what it calls, must be inlined: what is called as a function is as narrow as ever.
/// Registers of sixteen are left alone (chosen: one more copy of each loop, and no gain was seen).
#[inline(always)]
pub fn wide<R>(run: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Level::new().as_avx2() {
        return fearless_simd::Simd::vectorize(avx2, run);
    }
    run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_loop_gives_what_a_narrow_one_gives() {
        let values: Vec<f32> = (0..77_u8).map(|i| 1.0 / (f32::from(i) + 0.3)).collect();
        let narrow: Vec<f32> = values.iter().map(|v| v * 1.7 + 0.1).collect();
        let wide = wide(
            #[inline(always)]
            || values.iter().map(|v| v * 1.7 + 0.1).collect::<Vec<f32>>(),
        );
        assert_eq!(narrow, wide);
    }
}
