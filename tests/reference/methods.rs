//! Every method.

use std::collections::BTreeSet;

use retort_core::objective::ObjectiveSettings;

use crate::case::check;
use crate::fixture::Fixture;

macro_rules! cases {
    ($($(#[$doc:meta])* $test:ident: $name:literal,)+) => {
        const CASES: &[&str] = &[$($name),+];
        $($(#[$doc])* #[test] fn $test() { check($name); })+
    };
}

cases! {
    /// DC: the layer-wise cosine as the paper has it, with gradients so large that no ε counts; then
    /// three steps of ageing.
    gradient_matching: "gradient-matching",
    /// DC on a network with kinks, with Retort's ε.
    gradient_matching_with_relu: "gradient-matching-relu",
    /// Phase 1 of theory.md.
    gradient_matching_of_features: "gradient-matching-features",
    /// DM.
    distribution_matching: "distribution-matching",
    /// DD: momentum, a step size for each step, points in two parts by turns.
    performance_matching: "performance-matching",
    /// RaT-BPTT: Adam inside, with the backward pass through the last four of six steps.
    performance_matching_in_a_window: "performance-matching-window",
    /// MTT.
    trajectory_matching: "trajectory-matching",
    /// FRePo; then one step of ageing.
    kernel_regression: "kernel-regression",
    /// FRePo with points that stand for their mirror images.
    kernel_regression_of_mirrored_points: "kernel-regression-mirrored",
    /// KIP, with the kernels of the rows.
    kernel_inducing_points_of_laplace: "kernel-inducing-points-laplace",
    /// The same with a Gaussian kernel.
    kernel_inducing_points_of_gauss: "kernel-inducing-points-gaussian",
    /// The same with a linear kernel.
    kernel_inducing_points_of_products: "kernel-inducing-points-linear",
    /// The same with the kernel of a wide network, and the cross-entropy.
    kernel_inducing_points_of_a_wide_network: "kernel-inducing-points-tangent",
    /// SNC.
    neighbour_compression: "neighbour-compression",
    /// A weighted average of two.
    average: "average",
    /// Phase 2 of theory.md.
    readout_matching: "readout-matching",
}

#[test]
fn every_registered_objective_has_a_case() {
    let kinds = CASES.iter().map(|name| {
        let fixture = Fixture::case(name);
        fixture.settings(fixture.task().interface()).objective[0].kind()
    });
    let kinds: BTreeSet<&str> = kinds.collect();
    assert_eq!(kinds, BTreeSet::from_iter(ObjectiveSettings::kinds()));
}
