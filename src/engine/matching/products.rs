//! The sums of products that the least squares on a window ask for, in four lanes of a fixed order.

/// Sums that run beside each other in one register.
pub(super) const LANES: usize = 4;

/// Sums of four lines' products with each other, the upper triangle by rows; whole lanes only.
#[inline(always)]
pub(super) fn products(weighted: [&[f32]; 4], lines: [&[f32]; 4]) -> [f64; 10] {
    let weighted = weighted.map(|line| line.as_chunks::<LANES>().0);
    let lines = lines.map(|line| line.as_chunks::<LANES>().0);
    let mut sums = [[0.0_f32; LANES]; 10];
    let left = weighted[0].iter().zip(weighted[1]);
    let left = left.zip(weighted[2].iter().zip(weighted[3]));
    let right = lines[0].iter().zip(lines[1]);
    let right = right.zip(lines[2].iter().zip(lines[3]));
    for (((a, b), (c, d)), ((e, f), (g, h))) in left.zip(right) {
        let pairs = [
            (a, e),
            (a, f),
            (a, g),
            (a, h),
            (b, f),
            (b, g),
            (b, h),
            (c, g),
            (c, h),
            (d, h),
        ];
        for (sum, (left, right)) in sums.iter_mut().zip(pairs) {
            add(sum, left, right);
        }
    }
    sums.map(total)
}

/// The other sums of a system.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) total: f64,
    pub(super) loss: f64,
    pub(super) squares: f64,
    pub(super) offsets: [f64; 4],
    pub(super) rights: [f64; 4],
}

/// Sums of the weights, the weighted lines and their products with the residual; whole lanes only.
#[inline(always)]
pub(super) fn sums(weighted: [&[f32]; 4], (weight, residual): (&[f32], &[f32])) -> Sums {
    let weighted = weighted.map(|line| line.as_chunks::<LANES>().0);
    let (weight, residual) = (weight.as_chunks().0, residual.as_chunks().0);
    let mut sums = [[0.0_f32; LANES]; 11];
    let lines = weighted[0].iter().zip(weighted[1]);
    let lines = lines.zip(weighted[2].iter().zip(weighted[3]));
    for (((a, b), (c, d)), (w, e)) in lines.zip(weight.iter().zip(residual)) {
        let one = [1.0; LANES];
        let missed: [f32; LANES] = std::array::from_fn(|lane| w[lane] * e[lane]);
        let pairs = [
            (a, &one),
            (b, &one),
            (c, &one),
            (d, &one),
            (a, e),
            (b, e),
            (c, e),
            (d, e),
            (w, &one),
            (&missed, &one),
            (&missed, e),
        ];
        for (sum, (left, right)) in sums.iter_mut().zip(pairs) {
            add(sum, left, right);
        }
    }
    let [a, b, c, d, e, f, g, h, total, loss, squares] = sums.map(total);
    Sums {
        total,
        loss,
        squares,
        offsets: [a, b, c, d],
        rights: [e, f, g, h],
    }
}

#[inline(always)]
fn add(sum: &mut [f32; LANES], left: &[f32; LANES], right: &[f32; LANES]) {
    for ((sum, a), b) in sum.iter_mut().zip(left).zip(right) {
        *sum += a * b;
    }
}

#[inline(always)]
fn total(lanes: [f32; LANES]) -> f64 {
    lanes.into_iter().map(f64::from).sum()
}
