//! Pooling, as reshapes and means. The backward pass of Burn's own pooling cannot be differentiated again
//! (see [`crate::tape`]).

use burn::tensor::{Tensor, backend::Backend};

use crate::kernel::norm_relu_pool::pooled;

/// The mean over squares of side `side`: `[n, h, w, channels]` to `[n, h/side, w/side, channels]`. `side`
/// must divide h and w.
pub fn average<B: Backend>(pictures: Tensor<B, 4>, side: usize) -> Tensor<B, 4> {
    if side == 1 {
        return pictures;
    }
    pooled(pictures, side)
}

/// The mean over all pixels: `[n, h, w, channels]` to `[n, channels]`.
pub fn global_average<B: Backend>(pictures: Tensor<B, 4>) -> Tensor<B, 2> {
    let [n, _, _, channels] = pictures.dims();
    let means = pictures.mean_dim(1).mean_dim(2);
    means.reshape([n, channels])
}
