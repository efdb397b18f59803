"""The networks, as functions of a dictionary of weights in PyTorch's layouts."""

import torch
import torch.nn.functional as F

ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh, "softplus": F.softplus}


def network(settings):
    """A function (weights, inputs) -> (outputs, features)."""
    activation = ACTIVATIONS[settings["activation"]]
    if settings["kind"] == "convnet":
        depth = settings["depth"]
        return lambda weights, inputs: convnet(weights, inputs, depth, activation)
    return lambda weights, inputs: two_layer(weights, inputs, activation)


def convnet(weights, pictures, depth, activation):
    """Blocks of 3x3 convolution, instance normalisation, activation and 2x2 average pooling."""
    maps = pictures
    for block in range(depth):
        kernel, bias = (weights[f"convolutions.{block}.{name}"] for name in ("weight", "bias"))
        scale, shift = (weights[f"norms.{block}.{name}"] for name in ("scale", "shift"))
        maps = F.conv2d(maps, kernel, bias, padding=1)
        maps = F.group_norm(maps, maps.shape[1], scale, shift, eps=1e-5)
        maps = F.avg_pool2d(activation(maps), 2)
    features = maps.flatten(1)
    return F.linear(features, weights["readout.weight"], weights["readout.bias"]), features


def two_layer(weights, inputs, activation):
    """f(x) = sum over j of a_j sigma(w_j x + b_j)."""
    features = activation(F.linear(inputs, weights["hidden.weight"], weights["hidden.bias"]))
    return F.linear(features, weights["readout"]), features


def draw_convnet(settings, picture, classes, generator):
    """Weights from U(+-1/sqrt(fan_in)); scales near 1 and shifts near 0, no two of them alike."""
    weights, (channels, height, width) = {}, picture
    for block in range(settings["depth"]):
        fan_in = 9 * channels
        channels_out = settings["width"]
        weights[f"convolutions.{block}.weight"] = uniform((channels_out, channels, 3, 3), fan_in, generator)
        weights[f"convolutions.{block}.bias"] = uniform((channels_out,), fan_in, generator)
        weights[f"norms.{block}.scale"] = 1 + 0.2 * normal((channels_out,), generator)
        weights[f"norms.{block}.shift"] = 0.2 * normal((channels_out,), generator)
        channels, height, width = channels_out, height // 2, width // 2
    flat = channels * height * width
    weights["readout.weight"] = uniform((classes, flat), flat, generator)
    weights["readout.bias"] = uniform((classes,), flat, generator)
    return weights


def draw_two_layer(settings, inputs, generator):
    """Hidden weights on the unit sphere, random biases, a readout of +-1/sqrt(width)."""
    width = settings["width"]
    directions = normal((width, inputs), generator)
    return {
        "hidden.weight": directions / directions.norm(dim=1, keepdim=True),
        "hidden.bias": normal((width,), generator),
        "readout": torch.sign(normal((1, width), generator)) / width**0.5,
    }


def stored(name, tensor, last_maps=None):
    """A weight in Retort's layout: neurons last, flattened pictures with channels last.

    `last_maps` are channels, height and width of what a ConvNet's readout sees.
    """
    if tensor.dim() == 4:
        return tensor.permute(2, 3, 1, 0)
    if name == "readout.weight" and last_maps is not None:
        neurons = tensor.shape[0]
        return tensor.reshape(neurons, *last_maps).permute(2, 3, 1, 0).reshape(-1, neurons)
    return tensor.T if tensor.dim() == 2 else tensor


def uniform(shape, fan_in, generator):
    return (2 * torch.rand(shape, generator=generator) - 1) / fan_in**0.5


def normal(shape, generator):
    return torch.randn(shape, generator=generator)
