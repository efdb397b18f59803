//! Kernel inducing points: the points move such that kernel ridge regression fitted on them does well on real
//! data. The kernel is one of the input rows themselves, so there is no network.
//!
//! min over X, Y of ‖f − y‖²/2 with f = K(real, X) (K(X, X) + λI)⁻¹ Y, mean over real rows — Nguyen, Chen and Lee,
//! "Dataset Meta-Learning from Kernel Ridge-Regression" (KIP), ICLR 2021, eq. 7, with kernels of their
//! section 4. It needs only first derivatives, and those of a linear solve.
//!
//! Classes are regressed as centred one-hot rows, 1 − 1/C for the class and −1/C for the others. With the
//! cross-entropy as loss, the prediction is softmax(t f) with the t > 0 that fits the batch best. Since the loss
//! has no slope in t there, its gradient is that with t held constant.

use std::collections::BTreeSet;

use burn::tensor::backend::Backend;
use serde::{Deserialize, Serialize};

use super::kernel_regression::centred;
use super::{Context, Method, Objective, ObjectiveState, OuterGradient, check_learn, kernel_width};
use crate::error::Result;
use crate::inner::ridge::tracked_coefficients;
use crate::inner::scale::best_scale;
use crate::inner::{Loss, RowKernel};
use crate::network::AnyNetwork;
use crate::numeric::total;
use crate::paper::Paper;
use crate::seed::Seed;
use crate::settings::{Check, range, table};
use crate::synthetic::{Part, SyntheticSet};
use crate::tape::lift;

const KIP: Paper = Paper {
    used: "kernel inducing points (KIP)",
    citation: "Nguyen, Chen and Lee. Dataset Meta-Learning from Kernel Ridge-Regression. ICLR 2021",
    link: "https://arxiv.org/abs/2011.00050",
};

/// Settings of kernel inducing points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelInducingPoints {
    /// The learned parts of the set: `inputs` (default), `targets` or both.
    pub learn: BTreeSet<Part>,
    /// The kernel. Default: Laplace.
    pub kernel: RowKernel,
    /// Width of the kernel, as a share of the median distance between the points at the start; 1e-3 to 1e3.
    /// `neural-tangent` has none. Default: 0.5.
    pub width: f64,
    /// Ridge penalty, relative to the mean kernel of a point with itself; 1e-9 to 1e3. Default: 0.01.
    pub penalty: f64,
    /// The loss on real rows, for classes. For values it is the squared error. Default: squared error.
    pub loss: KernelLoss,
}

/// The loss of kernel ridge regression on real rows of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KernelLoss {
    /// Half the squared error of centred one-hot rows.
    #[default]
    SquaredError,
    /// The cross-entropy at the best scale of the predictions.
    CrossEntropy,
}

impl Default for KernelInducingPoints {
    fn default() -> Self {
        Self {
            learn: BTreeSet::from([Part::Inputs]),
            kernel: RowKernel::Laplace,
            width: 0.5,
            penalty: 0.01,
            loss: KernelLoss::SquaredError,
        }
    }
}

impl Check for KernelInducingPoints {
    fn check(&self) -> Result<()> {
        check_learn(&self.learn, &[Part::Inputs, Part::Targets])?;
        range::within("objective.width", self.width, 1e-3..=1e3)?;
        range::within("objective.penalty", self.penalty, 1e-9..=1e3)
    }
}

impl Method for KernelInducingPoints {
    fn kind(&self) -> &'static str {
        "kernel-inducing-points"
    }

    fn settings(&self) -> Result<toml::Table> {
        table(self)
    }

    fn learns(&self) -> BTreeSet<Part> {
        self.learn.clone()
    }

    fn papers(&self) -> Vec<Paper> {
        vec![KIP]
    }
}

impl<B: Backend> Objective<B> for KernelInducingPoints {
    fn check_state(
        &self,
        _network: &dyn AnyNetwork<B>,
        _set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
    ) -> Result<()> {
        kernel_width::check(&mut state).map(drop)
    }

    fn outer_gradient(
        &self,
        context: &Context<'_, B>,
        set: &SyntheticSet<B>,
        mut state: ObjectiveState<B>,
        seed: &Seed,
    ) -> Result<OuterGradient<B>> {
        let width = kernel_width::width(self.width, context.training.part, set, &mut state)?;
        let real = context.real(seed);
        let transform = context.augmentation.siamese(seed);
        let on_tape = set.on_tape(&self.learn);
        let points = transform.apply(on_tape.set.inputs());
        let is_classes = context.loss == Loss::CrossEntropy;
        let mut targets = on_tape.set.targets();
        if is_classes {
            targets = centred(targets);
        }
        let among = self.kernel.among(points.clone(), width);
        let coefficients = tracked_coefficients(among, targets, self.penalty)?;
        let inputs = lift(transform.apply(real.inputs));
        let real_to_points = self.kernel.between(inputs, points, width);
        let predicted = real_to_points.matmul(coefficients);
        let loss = match (is_classes, self.loss) {
            (true, KernelLoss::CrossEntropy) => {
                let scale = best_scale(&predicted.clone().inner(), &real.targets)?;
                let wanted = lift(real.targets);
                Loss::CrossEntropy.value(predicted.mul_scalar(scale), wanted)
            }
            _ => {
                let wanted = match is_classes {
                    true => centred(real.targets),
                    false => real.targets,
                };
                let residual = predicted - lift(wanted);
                let outputs = residual.dims()[1] as f64;
                total::mean(residual.square()).mul_scalar(0.5 * outputs)
            }
        };
        let value = loss.clone().inner();
        Ok(OuterGradient::new(value, on_tape.gradients(loss)).keeping(state))
    }
}
