"""The six operations of differentiable siamese augmentation, with given parameters.

Zhao and Bilen, "Dataset Condensation with Differentiable Siamese Augmentation", ICML 2021. Pictures are
[n, channels, height, width].
"""

import math

import torch
import torch.nn.functional as F


def color(pictures, brightness, saturation, contrast):
    """Brightness, then saturation, then contrast, each by a number of [0, 1)."""
    pictures = pictures + (brightness - 0.5)
    grey = pictures.mean(dim=1, keepdim=True)
    pictures = (pictures - grey) * (2 * saturation) + grey
    mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
    return (pictures - mean) * (contrast + 0.5) + mean


def crop(pictures, down, right):
    """Shifted by whole pixels; zeros come in."""
    height, width = pictures.shape[2:]
    most = max(abs(down), abs(right))
    padded = F.pad(pictures, [most] * 4)
    return padded[:, :, most + down : most + down + height, most + right : most + right + width]


def cutout(pictures, row, column):
    """A square of half the side around that pixel set to zero, as far as it lies in the picture."""
    mask = torch.ones_like(pictures)
    spans = []
    for centre, side in zip((row, column), pictures.shape[2:]):
        length = int(0.5 * side + 0.5)
        first = centre - length // 2
        spans.append(slice(max(first, 0), max(first + length, 0)))
    mask[:, :, spans[0], spans[1]] = 0
    return pictures * mask


def flip(pictures):
    """Left for right."""
    return pictures.flip(3)


def scale(pictures, vertical, horizontal):
    """The sampling grid stretched by these factors."""
    return sampled(pictures, [[horizontal, 0.0, 0.0], [0.0, vertical, 0.0]])


def rotate(pictures, degrees):
    """The sampling grid turned by an angle."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return sampled(pictures, [[cosine, -sine, 0.0], [sine, cosine, 0.0]])


def sampled(pictures, matrix):
    """Bilinear, zeros around the picture, corners of pixels and not their centres at -1 and 1."""
    matrix = torch.tensor(matrix).expand(pictures.shape[0], 2, 3)
    grid = F.affine_grid(matrix, pictures.shape, align_corners=False)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


# In the order of their parameters in the fixture; every parameter but the angle is exact in single
# precision.
PARAMETERS = {
    color: (0.8125, 0.3125, 0.6875),
    crop: (1, -1),
    cutout: (1, 6),
    flip: (),
    scale: (1.125, 0.875),
    rotate: (11.0,),
}
