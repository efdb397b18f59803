"""The loss of one outer step of every method, as a graph over the learned points.

A `problem` has a network, the weights it starts from, real rows (`inputs`, `targets`, `labels`) and the
loss of a training; `points` are the learned tensors: `inputs`, `targets`, `step_sizes` (logarithms) and
`labels`.
"""

import math
from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F


@dataclass
class Problem:
    network: Callable
    weights: dict
    inputs: torch.Tensor
    targets: torch.Tensor
    labels: torch.Tensor | None
    loss: Callable

    @property
    def classes(self):
        return self.targets.shape[1]


def leaves(weights):
    return {name: tensor.detach().clone().requires_grad_() for name, tensor in weights.items()}


def weight_gradient(problem, weights, inputs, targets, track=True):
    loss = problem.loss(problem.network(weights, inputs)[0], targets)
    gradients = torch.autograd.grad(loss, list(weights.values()), create_graph=track)
    return dict(zip(weights, gradients))


def groups(problem, points, by_class):
    """Real rows and points that are matched with one another; points are ordered by class."""
    if not by_class:
        return [(slice(None), slice(None))]
    each = len(points["inputs"]) // problem.classes
    return [
        (problem.labels == label, slice(label * each, (label + 1) * each))
        for label in range(problem.classes)
    ]


def unchanged(pictures):
    return pictures


# --- Gradient matching: Zhao, Mopuri and Bilen, 2021, eq. 4 and 9; the same through a transformation.


def gradient_matching(problem, points, settings, epsilon=0.0, transform=unchanged):
    chosen = settings.get("parameters", list(problem.weights))
    loss = 0
    for rows, group in groups(problem, points, settings["by_class"]):
        start = leaves(problem.weights)
        real = weight_gradient(problem, start, transform(problem.inputs[rows]), problem.targets[rows], track=False)
        found = weight_gradient(problem, start, transform(points["inputs"][group]), points["targets"][group])
        pairs = [(found[name], real[name]) for name in chosen]
        if settings["distance"] == "layerwise-cosine":
            loss = loss + layerwise_cosine(pairs, epsilon)
        else:
            loss = loss + relative_squared(pairs)
    return loss


def layerwise_cosine(pairs, epsilon):
    """The sum over layers and output neurons of 1 - cos; vectors such as biases do not count.

    The paper has epsilon = 0. Retort's cosine is that of rows with sqrt(epsilon) as one coordinate more.
    """
    total = 0
    for a, b in pairs:
        if a.dim() > 1:
            rows = [F.pad(t.flatten(1), (0, 1), value=epsilon**0.5) for t in (a, b)]
            total = total + (1 - F.cosine_similarity(*rows, dim=1)).sum()
    return total


def relative_squared(pairs):
    """||a - b||^2 / ||b||^2."""
    a, b = (torch.cat([pair[side].flatten() for pair in pairs]) for side in (0, 1))
    return (a - b).square().sum() / b.square().sum()


# --- Distribution matching: Zhao and Bilen, 2023, eq. 4.


def distribution_matching(problem, points, settings):
    loss = 0
    for rows, group in groups(problem, points, settings["by_class"]):
        real = problem.network(problem.weights, problem.inputs[rows])[1].mean(dim=0)
        found = problem.network(problem.weights, points["inputs"][group])[1].mean(dim=0)
        loss = loss + (real - found).square().sum()
    return loss


# --- Training steps on the points, differentiated as a whole.


def sgd(momentum):
    def step(moment, size, gradient, _number):
        weights, velocities = moment
        velocities = {
            name: momentum * velocities[name] + slope if velocities else slope for name, slope in gradient.items()
        }
        return {name: w - size * velocities[name] for name, w in weights.items()}, velocities

    return step


def adam(beta, second=0.999, epsilon=1e-8):
    """Kingma and Ba, 2015, algorithm 1.

    The bias of a convolution before an instance normalisation stays: its gradient is zero, where the
    root of its square has no derivative.
    """

    def step(moment, size, gradient, number):
        weights, memory = moment
        moved, remembered = dict(weights), {}
        for name, slope in gradient.items():
            if name.startswith("convolutions") and name.endswith("bias"):
                continue
            m, v = memory.get(name, (0.0, 0.0))
            m = beta * m + (1 - beta) * slope
            v = second * v + (1 - second) * slope**2
            remembered[name] = m, v
            m_hat, v_hat = m / (1 - beta**number), v / (1 - second**number)
            moved[name] = weights[name] - size * m_hat / (v_hat.sqrt() + epsilon)
        return moved, remembered

    return step


def unrolled(problem, points, steps, first, parts, descent):
    """The weights after so many steps; what happens before step `first` counts as constant."""
    sizes = points["step_sizes"].exp().flatten()
    moment = (leaves(problem.weights), {})
    for step in range(steps):
        if step == first:
            moment = cut(moment)
        turn = slice(step % parts, None, parts)
        gradient = weight_gradient(problem, moment[0], points["inputs"][turn], points["targets"][turn])
        size = sizes[step] if len(sizes) > 1 else sizes[0]
        moment = descent(moment, size, gradient, step + 1)
    return moment[0]


def cut(tree):
    """The same numbers without a history."""
    if isinstance(tree, torch.Tensor):
        return tree.detach().requires_grad_()
    if isinstance(tree, dict):
        return {name: cut(inner) for name, inner in tree.items()}
    return tuple(cut(inner) for inner in tree) if isinstance(tree, tuple) else tree


def performance_matching(problem, points, settings):
    """Wang et al., 2018, eq. 3 to 5; with a window at the end, truncated as by Feng et al., 2024."""
    steps, momentum = settings["unroll"], settings["inner_momentum"]
    window = settings["window"] or steps
    descent = adam(momentum) if settings["inner_optimiser"] == "adam" else sgd(momentum)
    end = unrolled(problem, points, steps, steps - window, settings["parts"], descent)
    return problem.loss(problem.network(end, problem.inputs)[0], problem.targets)


def trajectory_matching(problem, points, settings, expert_end):
    """Cazenavette et al., 2022, eq. 2: from where the expert stood to where it stood later."""
    end = unrolled(problem, points, settings["unroll"], 0, settings["parts"], sgd(0.0))
    rest = sum((end[name] - there).square().sum() for name, there in expert_end.items())
    way = sum((problem.weights[name] - there).square().sum() for name, there in expert_end.items())
    return rest / way


# --- Kernel regression: Zhou, Nezhadarya and Ba, 2022, eq. 3 to 6 with the margin of the labels.


def mirrored(points):
    """Each point twice: as it is, and left for right."""
    inputs, targets = points["inputs"], points["targets"]
    return {"inputs": torch.cat([inputs, inputs.flip(-1)]), "targets": torch.cat([targets, targets])}


def kernel_regression(problem, points, settings):
    real = problem.network(problem.weights, problem.inputs)[1]
    seen = mirrored(points) if settings.get("mirrored") else points
    found = problem.network(problem.weights, seen["inputs"])[1]
    kernel = found @ found.T
    ridge = settings["penalty"] * kernel.trace() / len(kernel)
    solved = torch.linalg.solve(kernel + ridge * torch.eye(len(kernel)), seen["targets"])
    residual = real @ found.T @ solved - (problem.targets - 1 / problem.classes)
    top, second = points["targets"].topk(2, dim=1).values.T
    margin = torch.clamp(top - second, max=1 / problem.classes)
    return (residual.square().sum(dim=1) / 2).mean() - margin.mean()


# --- Kernels of the rows themselves: Nguyen, Chen and Lee, 2021, eq. 7; Kusner et al., 2014, eq. 3 and 4.


def median_distance(rows):
    """The median distance of two different rows; of an even number, the larger one of the middle."""
    distances = torch.pdist(rows).sort().values
    return distances[len(distances) // 2]


ROW_KERNELS = {
    "laplace": lambda x, z, w: torch.exp(-(torch.sqrt(squared_distances(x, z) + (1e-2 * w) ** 2) - 1e-2 * w) / w),
    "gaussian": lambda x, z, w: torch.exp(-squared_distances(x, z) / (2 * w**2)),
    "linear": lambda x, z, w: 1 + x @ z.T / w**2,
    "neural-tangent": lambda x, z, w: neural_tangent(x, z),
}


def neural_tangent(x, z):
    """One hidden layer of ReLU without an end: Jacot, Gabriel and Hongler, 2018, of rows with a 1 more."""
    x, z = (F.pad(rows, (0, 1), value=1.0) for rows in (x, z))
    lengths = x.norm(dim=1)[:, None] * z.norm(dim=1)[None]
    cosine = (x @ z.T / lengths).clamp(-1 + 1e-5, 1 - 1e-5)
    angle = torch.acos(cosine)
    features = lengths * (torch.sqrt(1 - cosine**2) + (torch.pi - angle) * cosine)
    return (features + x @ z.T * (torch.pi - angle)) / torch.pi / x.shape[1] + 0.1


def best_scale(found, targets):
    """The scale at which the cross-entropy is lowest, by ternary search of its logarithm."""
    low, high = math.log(0.1), math.log(100.0)
    loss = lambda log: F.cross_entropy(found.detach() * math.exp(log), targets).item()
    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return math.exp((low + high) / 2)


def squared_distances(x, z):
    return (x[:, None] - z[None]).square().sum(dim=2)


def rows_of(problem, points):
    """Real rows and points as rows of numbers."""
    return problem.inputs.flatten(1), points["inputs"].flatten(1)


def kernel_inducing_points(problem, points, settings):
    real, own = rows_of(problem, points)
    width = settings["width"] * median_distance(own.detach())
    kernel = ROW_KERNELS[settings["kernel"]]
    among = kernel(own, own, width)
    ridge = settings["penalty"] * among.trace() / len(own) * torch.eye(len(own))
    found = kernel(real, own, width) @ torch.linalg.solve(among + ridge, points["targets"] - 1 / problem.classes)
    if settings.get("loss") == "cross-entropy":
        return F.cross_entropy(best_scale(found, problem.targets) * found, problem.targets)
    return (found - (problem.targets - 1 / problem.classes)).square().sum(dim=1).mean() / 2


def neighbour_compression(problem, points, settings):
    real, own = rows_of(problem, points)
    width = settings["width"] * median_distance(own.detach())
    near = torch.softmax(-squared_distances(real, own) / width**2, dim=1)
    found = (near @ points["targets"] * problem.targets).sum(dim=1)
    return -torch.log(found + 1e-3).mean()


BY_KIND = {"kernel-inducing-points": kernel_inducing_points, "neighbour-compression": neighbour_compression}


def average(problem, points, settings):
    losses = [(member["weight"], BY_KIND[member["kind"]](problem, points, member)) for member in settings["members"]]
    return sum(weight * loss for weight, loss in losses) / sum(weight for weight, _ in losses)


# --- Readout matching: phase 2 of the two-layer construction.


def readout_matching(problem, points, settings, references, penalty):
    start = leaves(problem.weights)
    slope = weight_gradient(problem, start, points["inputs"], points["targets"])["hidden.weight"]
    moved = -1.5 * slope / slope.norm(dim=1).mean()
    stepped = {**start, "hidden.weight": moved}
    phi = problem.network(stepped, references)[1]
    count, width = phi.shape
    normal = phi.T @ phi / count + penalty * torch.eye(width)
    readout = torch.linalg.solve(normal, phi.T @ points["labels"] / count)
    return F.mse_loss(problem.network(stepped, problem.inputs)[1] @ readout, problem.targets)


# --- The step of the outer optimiser, and the training of networks that age.


def moved(points, gradients, settings, velocity):
    """The points after one step; `velocity` is what gradient descent remembers of earlier ones."""
    after = {name: points[name].detach().clone().requires_grad_() for name in gradients}
    own_rate = settings.get("step_size_learning_rate", settings["learning_rate"])
    of_sizes = [after[name] for name in after if name == "step_sizes"]
    others = [after[name] for name in after if name != "step_sizes"]
    rows = [{"params": others}] + ([{"params": of_sizes, "lr": own_rate}] if of_sizes else [])
    if settings["optimiser"] == "adam":
        optimiser = torch.optim.Adam(rows, lr=settings["learning_rate"], betas=(settings["momentum"], 0.999))
    else:
        optimiser = torch.optim.SGD(rows, lr=settings["learning_rate"], momentum=settings["momentum"])
        for name in velocity:
            optimiser.state[after[name]]["momentum_buffer"] = velocity[name].clone()
    for name, gradient in gradients.items():
        after[name].grad = gradient.clone()
    optimiser.step()
    return {**points, **after}


def aged(problem, points, steps, optimiser, loss):
    """The network after some steps on all points."""
    weights = leaves(problem.weights)
    descent = optimiser(list(weights.values()))
    for _ in range(steps):
        descent.zero_grad()
        loss(problem.network(weights, points["inputs"].detach())[0], points["targets"].detach()).backward()
        descent.step()
    return weights
