//! Matrix products, their gradients and the derivatives of those agree with double precision, however many
//! stages their sums have.
//!
//! A device takes a sum in stages of 8, 16, 32 or 64 terms, and some kernels two stages at a time. Those that
//! autotuning over wgpu chooses among in Burn 0.21 round an odd number of stages up and add what lies behind
//! their operands (burn #5237 and #5626, cubek #434). So every length up to five stages is met here, one more
//! and one less of it too, in each of the three places that a product's shape has: the gradients by both
//! operands sum along the other two. Double buffering is tried from 512 on, so one side is as long as that.

use std::collections::BTreeSet;

use burn::tensor::{DType, Tensor};
use retort_core::kernel::{self, Kernels};
use retort_core::tape::Twice;

use crate::kernels::{derivatives, draw, errors, exact};
use crate::numbers::Single;
use crate::precision::PRECISIONS;

/// Terms that a device may take at once.
const STAGES: [usize; 4] = [8, 16, 32, 64];

/// Shapes that wrong sums were reported of, with fewer rows.
const REPORTED: [[usize; 3]; 2] = [[512, 104, 208], [512, 440, 440]];

/// One to five stages of each size, one term more and one less.
fn lengths() -> BTreeSet<usize> {
    let whole = STAGES
        .iter()
        .flat_map(|stage| (1..=5).map(move |count| stage * count));
    whole.flat_map(|length| length - 1..=length + 1).collect()
}

/// Shapes `[rows, inner, columns]` with each length in each place, and with one column.
fn shapes() -> impl Iterator<Item = [usize; 3]> {
    let of = |length| {
        [
            [512, length, 32],
            [length, 32, 512],
            [32, 512, length],
            [512, length, 1],
        ]
    };
    lengths().into_iter().flat_map(of).chain(REPORTED)
}

/// Leaves large numbers in the memory that is given out next: what lies behind an operand is often zero by
/// chance, and then nobody sees that it was added.
fn soil<B: Kernels>() {
    let large = Tensor::<B, 1>::full([1 << 20], 1e6, &B::Device::default());
    drop(large.to_data());
}

/// A product on the nested tapes: Burn's, or the layers'.
type Product = fn(Tensor<Twice<Single>, 2>, Tensor<Twice<Single>, 2>) -> Tensor<Twice<Single>, 2>;

/// What is too far apart in the product of that shape, as a line to read.
fn apart(
    (name, product): (&str, Product),
    [rows, inner, columns]: [usize; 3],
    dtype: DType,
    bound: f64,
) -> Option<String> {
    soil::<Single>();
    let a = draw::<Single, 2>([rows, inner], dtype, "left");
    let b = draw::<Single, 2>([inner, columns], dtype, "right");
    let found = derivatives(&a, &b, dtype, product);
    let expected = derivatives(&exact(&a), &exact(&b), DType::F64, Tensor::matmul);
    let far: Vec<String> = errors(&found, &expected)
        .into_iter()
        .filter(|(_, error)| error.is_nan() || *error >= bound)
        .map(|(name, error)| format!("{name} {error:.1e}"))
        .collect();
    let shape = format!("{name}, {rows}×{inner} by {inner}×{columns} in {dtype:?}");
    (!far.is_empty()).then(|| format!("{shape}: {}", far.join(", ")))
}

#[test]
fn of_any_number_of_stages() {
    let shapes: Vec<[usize; 3]> = shapes().collect();
    let ways: [(&str, Product); 2] = [("Burn's", Tensor::matmul), ("the layers'", kernel::product)];
    for (way, (dtype, bound)) in ways.iter().flat_map(|&way| PRECISIONS.map(|it| (way, it))) {
        let far: Vec<String> = shapes
            .iter()
            .filter_map(|&shape| apart(way, shape, dtype, bound))
            .collect();
        assert!(
            far.is_empty(),
            "{} of {} products are wrong:\n{}",
            far.len(),
            shapes.len(),
            far.join("\n")
        );
    }
}

/// Results that several threads share, with rows or columns over.
#[test]
fn of_large_results() {
    for shape in [[1030, 3, 70], [70, 3, 1030], [1100, 5, 1050]] {
        for (dtype, bound) in PRECISIONS {
            let far = apart(("the layers'", kernel::product), shape, dtype, bound);
            assert_eq!(far, None);
        }
    }
}
