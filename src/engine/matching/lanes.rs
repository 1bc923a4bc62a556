//! Sums over lines of numbers, in sixteen lanes of a fixed order: done in wide registers, and the
//! same on every machine.

/// Sums that run beside each other.
const LANES: usize = 16;

/// Sum of a line, in lanes.
#[inline(always)]
pub(super) fn sum(line: &[f32]) -> f64 {
    let (blocks, rest) = line.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += value;
        }
    }
    let tail: f64 = rest.iter().map(|&value| f64::from(value)).sum();
    lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>() + tail
}

/// Sum of two lines' products, in lanes.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    let ((blocks, rest), (others, left)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut lanes = [0.0_f32; LANES];
    for (block, other) in blocks.iter().zip(others) {
        for ((lane, a), b) in lanes.iter_mut().zip(block).zip(other) {
            *lane += a * b;
        }
    }
    let tail = rest.iter().zip(left).map(|(&a, &b)| f64::from(a * b));
    lanes.iter().map(|&lane| f64::from(lane)).sum::<f64>() + tail.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_in_lanes_are_sums() {
        let line: Vec<f32> = (0..77_u8).map(f32::from).collect();
        assert!((sum(&line) - 2926.0).abs() < 1e-6);
        assert!((dot(&line, &line) - 149_226.0).abs() < 0.1);
    }
}
