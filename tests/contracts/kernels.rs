//! The fast kernels are Burn's own operations on the reference backend: values, first and second
//! derivatives, on random shapes, to 1e-5 in single and 1e-10 in double precision.

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, Tensor, TensorData, TensorPrimitive, activation};
use proptest::prelude::*;
use retort_core::kernel::norm_relu_pool::{EPSILON, pooled};
use retort_core::kernel::{self, Geometry, Kernels};
use retort_core::numeric::total;
use retort_core::seed::Seed;
use retort_core::tape::{Derivatives, Leaf, Twice, lift};

use crate::numbers::{Double, Single, norm, normal, numbers, relative, tensor};
use crate::precision::{CASES, PRECISIONS};

/// Normal numbers of that type.
pub fn draw<B: Kernels, const D: usize>(
    shape: [usize; D],
    dtype: DType,
    name: &str,
) -> Tensor<B, D> {
    let values = normal(shape.iter().product(), &Seed::new(7).child(name));
    let device = B::Device::default();
    Tensor::from_data(TensorData::new(values, shape), (&device, dtype))
}

/// The same numbers on the reference backend.
pub fn exact<B: Kernels, const D: usize>(tensor: &Tensor<B, D>) -> Tensor<Double, D> {
    crate::numbers::tensor(&numbers(tensor), tensor.dims())
}

type Operand<B, const D: usize> = Tensor<B, D>;

/// An operation's value, its gradient's, and the derivatives of that gradient's product with
/// directions, all numbers in a row: of S = ⟨f(a, b), c⟩ the gradients (p, q) by a and b, and of
/// ⟨p, u⟩ + ⟨q, v⟩ those by a, b and c.
pub fn derivatives<B: Kernels, const A: usize, const D: usize>(
    a: &Operand<B, A>,
    b: &Operand<B, D>,
    dtype: DType,
    f: impl Fn(Tensor<Twice<B>, A>, Tensor<Twice<B>, D>) -> Tensor<Twice<B>, A>,
) -> Vec<Vec<f64>> {
    let (a, b) = (Leaf::new(a.clone()), Leaf::new(b.clone()));
    let (a2, b2) = (Leaf::new(a.tracked()), Leaf::new(b.tracked()));
    let value = f(a2.tracked(), b2.tracked());
    let c = Leaf::new(draw::<B, A>(value.dims(), dtype, "derivative"));
    let first = Derivatives::of(total::of(value.clone() * lift(c.tracked())));
    let (p, q) = (first.at(a2, "a"), first.at(b2, "b"));
    let u = lift(draw::<B, A>(p.dims(), dtype, "along inputs"));
    let v = lift(draw::<B, D>(q.dims(), dtype, "along weights"));
    let product = total::of(p.clone() * u) + total::of(q.clone() * v);
    let second = Derivatives::of(product);
    vec![
        numbers(&value.inner().inner()),
        numbers(&p.inner()),
        numbers(&q.inner()),
        numbers(&second.at(a, "a")),
        numbers(&second.at(b, "b")),
        numbers(&second.at_unused(c)),
    ]
}

/// How far two ways to these numbers are apart, by name.
pub fn errors(fast: &[Vec<f64>], own: &[Vec<f64>]) -> Vec<(&'static str, f64)> {
    const NAMES: [&str; 6] = [
        "value",
        "by a",
        "by b",
        "second by a",
        "second by b",
        "second by derivative",
    ];
    // A derivative may be zero, but for rounding: derivatives are drawn from N(0, 1).
    let error =
        |(fast, own): (&Vec<f64>, &Vec<f64>)| relative(fast, own) * norm(own) / norm(own).max(1.0);
    NAMES
        .into_iter()
        .zip(fast.iter().zip(own).map(error))
        .collect()
}

fn same(fast: &[Vec<f64>], own: &[Vec<f64>], bound: f64) {
    for (name, error) in errors(fast, own) {
        assert!(error < bound, "{name}: {error:.1e}");
    }
}

fn burns_convolution<B: Kernels>(
    x: Tensor<Twice<B>, 4>,
    w: Tensor<Twice<B>, 4>,
    geometry: Geometry,
) -> Tensor<Twice<B>, 4> {
    let Geometry { stride, padding } = geometry;
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
    let planes = x.permute([0, 3, 1, 2]);
    conv2d(planes, w.permute([3, 2, 0, 1]), None, options).permute([0, 2, 3, 1])
}

fn composed<B: Kernels>(
    x: Tensor<Twice<B>, 4>,
    affine: Tensor<Twice<B>, 2>,
    pool: usize,
) -> Tensor<Twice<B>, 4> {
    let row = |row| {
        let channels = affine.dims()[1];
        affine
            .clone()
            .narrow(0, row, 1)
            .reshape([1, 1, 1, channels])
    };
    let centred = x.clone() - x.mean_dim(1).mean_dim(2);
    let variance = centred.clone().square().mean_dim(1).mean_dim(2);
    let normal = centred / variance.add_scalar(EPSILON).sqrt();
    pooled(activation::relu(normal * row(0) + row(1)), pool)
}

#[derive(Debug, Clone)]
struct Case {
    inputs: [usize; 4],
    side: usize,
    outputs: usize,
    geometry: Geometry,
}

fn case() -> impl Strategy<Value = Case> {
    let sizes = (1..4_usize, 1..10_usize, 1..10_usize, 1..6_usize);
    (sizes, 1..6_usize, 1..40_usize, 1..3_usize, 0..3_usize)
        .prop_map(
            |((n, h, w, channels), side, outputs, stride, padding)| Case {
                inputs: [n, h, w, channels],
                side,
                outputs,
                geometry: Geometry { stride, padding },
            },
        )
        .prop_filter("the kernel fits", |case| {
            let fits = |length| case.geometry.output(length, case.side) > 0;
            fits(case.inputs[1]) && fits(case.inputs[2])
        })
}

/// The three convolutions on one backend, from the same numbers.
fn convolutions_on<B: Kernels>(case: &Case) -> [Vec<f64>; 3] {
    let Case {
        inputs: [n, h, w, channels],
        side,
        outputs,
        geometry,
    } = *case;
    let draw = |shape: [usize; 4], name| {
        let values = normal(shape.iter().product(), &Seed::new(7).child(name));
        tensor::<B, 4>(&values, shape).into_primitive().tensor()
    };
    let [rows, columns] = [h, w].map(|length| geometry.output(length, side));
    let x = draw([n, h, w, channels], "inputs");
    let kernel = draw([side, side, channels, outputs], "kernel");
    let derivative = draw([n, rows, columns, outputs], "derivative");
    let read = |found| numbers::<B, 4>(&Tensor::from_primitive(TensorPrimitive::Float(found)));
    [
        read(B::convolution(x.clone(), kernel.clone(), geometry)),
        read(B::convolution_input_gradient(
            derivative.clone(),
            kernel,
            geometry,
            [h, w],
        )),
        read(B::convolution_weight_gradient(
            x, derivative, geometry, side,
        )),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn convolutions_of_the_reference_backend(case in case()) {
        let (found, expected) = (convolutions_on::<Single>(&case), convolutions_on::<Double>(&case));
        for (name, (found, expected)) in ["value", "by inputs", "by kernel"].iter().zip(found.iter().zip(&expected)) {
            let error = relative(found, expected);
            prop_assert!(error < 1e-5, "{name}: {error:.1e}, {found:?} {expected:?}");
        }
    }

    #[test]
    fn convolutions(case in case()) {
        let Case { inputs, side, outputs, geometry } = case;
        for (dtype, bound) in PRECISIONS {
            let x = draw::<Single, 4>(inputs, dtype, "inputs");
            let w = draw([side, side, inputs[3], outputs], dtype, "kernel");
            let fast = derivatives(&x, &w, dtype, |x, w| kernel::convolution(x, w, geometry));
            let (x, w) = (exact(&x), exact(&w));
            let own = derivatives(&x, &w, DType::F64, |x, w| burns_convolution(x, w, geometry));
            same(&fast, &own, bound);
        }
    }

    #[test]
    fn norm_relu_pool(n in 1..4_usize, rows in 1..5_usize, columns in 1..5_usize,
                      channels in 1..20_usize, pool in 1..4_usize) {
        let shape = [n, rows * pool, columns * pool, channels];
        prop_assume!(shape[1] * shape[2] > 2);
        for (dtype, bound) in PRECISIONS {
            let x = draw::<Single, 4>(shape, dtype, "inputs").mul_scalar(2.0).add_scalar(0.7);
            let affine = draw([2, channels], dtype, "affine");
            let fast = derivatives(&x, &affine, dtype, |x, a| kernel::norm_relu_pool(x, a, pool));
            let (x, affine) = (exact(&x), exact(&affine));
            let own = derivatives(&x, &affine, DType::F64, |x, a| composed(x, a, pool));
            same(&fast, &own, bound);
        }
    }
}

#[test]
fn formulas_of_the_reference_backend() {
    let dtype = DType::F64;
    for pool in [1, 2, 3] {
        let x = draw::<Double, 4>([2, 6, 6, 5], dtype, "inputs");
        let affine = draw([2, 5], dtype, "affine");
        let fast = derivatives(&x, &affine, dtype, |x, a| {
            kernel::norm_relu_pool(x, a, pool)
        });
        let own = derivatives(&x, &affine, dtype, |x, a| composed(x, a, pool));
        same(&fast, &own, 1e-12);
    }
}

/// In single precision a channel's mean is taken off before anything else: what is left of pixels that
/// are 100 standard deviations away from zero is as good as Burn's own.
#[test]
fn far_from_zero() {
    let shape = [2, 6, 6, 5];
    let affine = draw([2, 5], DType::F32, "affine");
    let x = draw::<Single, 4>(shape, DType::F32, "inputs").add_scalar(100.0);
    let (x64, affine64) = (exact(&x), exact(&affine));
    let fast = derivatives(&x, &affine, DType::F32, |x, a| {
        kernel::norm_relu_pool(x, a, 2)
    });
    let own = derivatives(&x64, &affine64, DType::F64, |x, a| composed(x, a, 2));
    same(&fast, &own, 1e-4);
}

#[test]
fn numbers_that_are_none_stay_none() {
    let x = draw::<Single, 4>([1, 4, 4, 3], DType::F32, "inputs").mul_scalar(f64::NAN);
    let value = kernel::norm_relu_pool(x, draw([2, 3], DType::F32, "affine"), 2);
    assert!(numbers(&value).iter().all(|value| value.is_nan()));
}

/// Pictures large enough for several tiles, in the sizes of the standard ConvNet.
#[test]
fn many_tiles() {
    let geometry = Geometry {
        stride: 1,
        padding: 1,
    };
    let (dtype, bound) = PRECISIONS[PRECISIONS.len() - 1];
    let x = draw::<Single, 4>([5, 16, 16, 64], dtype, "inputs");
    let w = draw([3, 3, 64, 96], dtype, "kernel");
    let fast = derivatives(&x, &w, dtype, |x, w| kernel::convolution(x, w, geometry));
    let (x, w) = (exact(&x), exact(&w));
    let own = derivatives(&x, &w, DType::F64, |x, w| burns_convolution(x, w, geometry));
    same(&fast, &own, bound);
}
