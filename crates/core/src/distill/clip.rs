//! Clipping of the outer gradient: its norm is bounded by a constant, by a multiple of the norm's
//! running mean, or by both.

use burn::tensor::{Tensor, backend::Backend};

use super::DistillSettings;

/// Weight of the past in the running mean of the gradient's norm.
const PAST: f64 = 0.9;

/// Returns the factor by which the norm exceeds its bound, `[1]`, at least 1, and updates the running
/// mean of the norm. Returns `None` if there is no bound. `norm` is `[1]`.
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
