//! The bound on the gradient's norm: a fixed one, a multiple of the norm's running mean, or both.

use burn::tensor::{Tensor, backend::Backend};

use super::DistillSettings;

/// Share of the past in the running mean of the gradient's norm.
const PAST: f64 = 0.9;

/// By how much the gradient's norm is above its bound, at least 1, where there is a bound; and the
/// norm's running mean goes on.
pub(super) fn excess<B: Backend>(
    settings: &DistillSettings,
    running: &mut Option<Tensor<B, 1>>,
    norm: &Tensor<B, 1>,
) -> Option<Tensor<B, 1>> {
    let &DistillSettings {
        clip, clip_to_mean, ..
    } = settings;
    let above = |bound: Tensor<B, 1>| {
        let excess = norm.clone() / bound.clamp_min(f32::MIN_POSITIVE);
        excess.clamp_min(1.0)
    };
    let fixed = (clip > 0.0).then(|| above(norm.full_like(clip)));
    if clip_to_mean == 0.0 {
        return fixed;
    }
    let mean = running.take();
    let relative = mean
        .clone()
        .map(|mean| above(mean.mul_scalar(clip_to_mean)));
    let excess = match (fixed, relative) {
        (Some(fixed), Some(relative)) => Some(fixed.max_pair(relative)),
        (fixed, relative) => fixed.or(relative),
    };
    let bounded = match &excess {
        Some(excess) => norm.clone() / excess.clone(),
        None => norm.clone(),
    };
    *running = Some(match mean {
        Some(mean) => mean.mul_scalar(PAST) + bounded.mul_scalar(1.0 - PAST),
        None => bounded,
    });
    excess
}
