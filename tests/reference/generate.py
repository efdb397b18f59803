"""Writes the numbers that `cargo test --test reference` compares Retort's with.

    python tests/reference/generate.py [NAME ...]

It writes the fixtures of the cases that are named, or all of them. Other machines round the last digits differently:
name the cases that have changed, so that the others stay as they are.

Needs PyTorch, of any recent version; the fixtures were written with 2.15. Everything is computed in double
precision, by automatic differentiation of whole graphs, after the formulas of the papers: no part of it
follows Retort's code, but for the order in which weights are stored (`networks.stored`).

`context.safetensors` holds what most cases share; the file of a case holds its settings, whatever it has of
its own, and what is compared: `loss`, `gradient.*`, `moved.*` (the set after the outer optimiser's step)
and `aged.*` (the network after its training on the moved set).
"""

import sys
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F

from generator import augmentations, files, methods, networks
from generator.methods import Problem
from generator.networks import normal

FIXTURES = Path(__file__).parent / "fixtures"
PICTURE, CLASSES, PER_CLASS, REAL = (2, 8, 8), 3, 2, 18

# The cases to write; none for all. The others are computed too: all draw from one generator, in the same order.
CHOSEN = sys.argv[1:]
WRITTEN = set()

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(20210507)


def convnet(activation):
    return {"kind": "convnet", "width": 4, "depth": 2, "activation": activation}


def sgd(rate, **others):
    return {"optimiser": "sgd", "learning_rate": rate, "momentum": 0.5, **others}


def adam(rate, momentum=0.9, **others):
    return {"optimiser": "adam", "learning_rate": rate, "momentum": momentum, **others}


def single(tensor):
    """Numbers that single precision holds, as a task's rows are."""
    return tensor.float().double()


# What most cases share.
LABELS = torch.arange(REAL) % CLASSES
MEANS = normal((CLASSES, *PICTURE), generator)
ROWS = single(MEANS[LABELS] + 0.7 * normal((REAL, *PICTURE), generator))
WEIGHTS = networks.draw_convnet(convnet("softplus"), PICTURE, CLASSES, generator)
HARD = F.one_hot(torch.arange(CLASSES).repeat_interleave(PER_CLASS)).double()
POINTS = {
    "inputs": normal((CLASSES * PER_CLASS, *PICTURE), generator),
    "targets": HARD + 0.2 * normal(HARD.shape, generator),
}
VELOCITY = {name: 0.1 * normal(tensor.shape, generator) for name, tensor in POINTS.items()}


def large(weights):
    """The same network with gradients so large that no epsilon of a cosine counts: small convolutions,
    which the normalisation makes up for, large features and a small readout."""
    scaled = dict(weights)
    for name, factor in {
        "convolutions.0.weight": 0.02,
        "convolutions.1.weight": 0.02,
        "norms.1.scale": 40.0,
        "norms.1.shift": 40.0,
        "readout.weight": 0.025,
    }.items():
        scaled[name] = factor * weights[name]
    return scaled


def problem(network, weights=None):
    one_hot = F.one_hot(LABELS).double()
    weights = WEIGHTS if weights is None else weights
    return Problem(networks.network(network), weights, ROWS, one_hot, LABELS, F.cross_entropy)


def flat(tensors, prefix):
    """Tensors of a set or a task as Retort has them: pictures as rows, plane by plane."""
    rows = {name: tensor.flatten(1) if tensor.dim() > 1 else tensor for name, tensor in tensors.items()}
    return {f"{prefix}{name}": tensor for name, tensor in rows.items()}


def weights(tensors, prefix):
    last = (4, PICTURE[1] // 4, PICTURE[2] // 4)
    return {f"{prefix}{name}": networks.stored(name, tensor, last) for name, tensor in tensors.items()}


def write(name, tensors, metadata):
    if not CHOSEN or name in CHOSEN:
        files.write(FIXTURES / f"{name}.safetensors", tensors, metadata)
        WRITTEN.add(name)


def case(name, network, objective, distill, loss, points=None, velocity=None, own=None, ageing=None, **more):
    """One case: `loss` maps points and the objective's settings to a number; `own` are further tensors."""
    points = {**POINTS, **(points or {})}
    members = objective.get("members", [objective])
    parts = dict.fromkeys(part for member in members for part in member["learn"])
    learned = [part.replace("-", "_") for part in parts]
    on_tape = {part: tensor.clone().requires_grad_(part in learned) for part, tensor in points.items()}
    value = loss(on_tape, objective)
    gradients = dict(zip(learned, torch.autograd.grad(value, [on_tape[part] for part in learned])))
    velocity = (VELOCITY if velocity is None else velocity) if distill["optimiser"] == "sgd" else {}
    velocity = {part: velocity[part] for part in learned if part in velocity}
    after = methods.moved(points, gradients, distill, velocity)
    tensors = {
        "loss": value.reshape(1),
        **flat(gradients, "gradient."),
        **flat({part: after[part] for part in learned}, "moved."),
        **(own or {}),
    }
    if ageing is not None:
        tensors |= weights(ageing(after), "aged.")
    constant = {"schedule": "constant", "batch": 0, "steps": 2, "checkpoint_every": 1}
    settings = {"network": network, "objective": objective, "distill": {**distill, **constant}, **more}
    # Velocities of the shared context are stored there.
    tensors |= flat({part: v for part, v in velocity.items() if v is not VELOCITY.get(part)}, "velocity.")
    write(name, tensors, {"settings": files.toml(settings)})
    print(f"{name}: loss {value.item():.6g}")


def gradient_matching():
    network = convnet("softplus")
    objective = {
        "kind": "gradient-matching",
        "learn": ["inputs", "targets"],
        "distance": "layerwise-cosine",
        "by_class": True,
        "life": 2,
        "ageing_steps": 3,
        "ageing_rate": 0.01,
    }
    start = problem(network, large(WEIGHTS))
    descent = partial(torch.optim.SGD, lr=objective["ageing_rate"])
    case(
        "gradient-matching",
        network,
        objective,
        sgd(0.1),
        lambda points, settings: methods.gradient_matching(start, points, settings),
        own=weights(start.weights, "weights."),
        ageing=lambda after: methods.aged(start, after, objective["ageing_steps"], descent, F.cross_entropy),
    )
    kinked = problem(convnet("relu"))
    case(
        "gradient-matching-relu",
        convnet("relu"),
        {**objective, "life": 1},
        sgd(0.1),
        lambda points, settings: methods.gradient_matching(kinked, points, settings, epsilon=1e-6),
    )
    siamese(network, {**objective, "life": 1}, start)


def siamese(network, objective, start):
    """Gradient matching through each operation: transformed points, loss and gradient."""
    tensors = weights(start.weights, "weights.")
    for operation, parameters in augmentations.PARAMETERS.items():
        name = operation.__name__
        points = {part: tensor.clone().requires_grad_(part == "inputs") for part, tensor in POINTS.items()}
        transform = lambda pictures: operation(pictures, *parameters)
        loss = methods.gradient_matching(start, points, objective, transform=transform)
        (gradient,) = torch.autograd.grad(loss, [points["inputs"]])
        of_operation = {
            "parameters": torch.tensor(parameters, dtype=torch.float64),
            "seen": transform(POINTS["inputs"]),
            "loss": loss.reshape(1),
            "gradient": gradient,
        }
        tensors |= flat(of_operation, f"{name}.")
    settings = files.toml({"network": network, "objective": {**objective, "learn": ["inputs"]}})
    write("augmentations", tensors, {"settings": settings})


def distribution_matching():
    network = convnet("relu")
    start = problem(network)
    objective = {"kind": "distribution-matching", "learn": ["inputs"], "by_class": True}
    loss = partial(methods.distribution_matching, start)
    case("distribution-matching", network, objective, sgd(1.0), loss)


def performance_matching():
    for name, network, settings, sizes, distill in [
        (
            "performance-matching",
            convnet("softplus"),
            {"unroll": 5, "window": 0, "inner_optimiser": "sgd", "inner_momentum": 0.8, "parts": 2},
            torch.linspace(-3.0, -2.0, 5),
            adam(0.01, 0.5, step_size_learning_rate=0.002),
        ),
        (
            "performance-matching-window",
            convnet("tanh"),
            {"unroll": 6, "window": 4, "inner_optimiser": "adam", "inner_momentum": 0.9, "parts": 1},
            torch.tensor([-4.0]),
            adam(0.001, clip_to_mean=2.0),
        ),
    ]:
        objective = {
            "kind": "performance-matching",
            "learn": ["inputs", "targets", "step-sizes"],
            "window_place": "end",
            "step_sizes": "per-step" if len(sizes) > 1 else "one",
            **settings,
        }
        points = {"step_sizes": sizes.reshape(-1, 1)}
        loss = partial(methods.performance_matching, problem(network))
        case(name, network, objective, distill, loss, points, own=flat(points, "points."))


def trajectory_matching():
    network = convnet("softplus")
    objective = {
        "kind": "trajectory-matching",
        "learn": ["inputs", "targets", "step-sizes"],
        "unroll": 4,
        "parts": 1,
        "expert_epochs": 2,
        "max_start_epoch": 1,
        "experts": {"count": 1, "epochs": 2},
    }
    end = {name: w + 0.05 * normal(w.shape, generator) for name, w in WEIGHTS.items()}
    points = {"step_sizes": torch.tensor([[-1.5]])}
    velocity = {**VELOCITY, "step_sizes": torch.tensor([[0.3]])}
    own = {**flat(points, "points."), **weights(end, "expert.")}
    loss = partial(methods.trajectory_matching, problem(network), expert_end=end)
    distill = sgd(1.0, step_size_learning_rate=1e-2)
    case("trajectory-matching", network, objective, distill, loss, points, velocity, own)


def kernel_regression():
    network = convnet("softplus")
    start = problem(network)
    objective = {
        "kind": "kernel-regression",
        "learn": ["inputs", "targets"],
        "penalty": 1e-6,
        "pool": 1,
        "life": 100,
        "ageing_rate": 3e-4,
    }
    # Some margins are above the most that counts, and some below.
    points = {"targets": 0.4 * (HARD - 1 / CLASSES) + 0.2 * normal(HARD.shape, generator)}
    descent = partial(torch.optim.Adam, lr=objective["ageing_rate"])
    loss = partial(methods.kernel_regression, start)
    ageing = lambda after: methods.aged(start, after, 1, descent, F.mse_loss)
    own = flat(points, "points.")
    case("kernel-regression", network, objective, adam(0.003), loss, points, own=own, ageing=ageing)
    mirrored = {**objective, "mirrored": True}
    ageing = lambda after: methods.aged(start, methods.mirrored(after), 1, descent, F.mse_loss)
    case("kernel-regression-mirrored", network, mirrored, adam(0.003), loss, points, own=own, ageing=ageing)


def row_kernels():
    network = convnet("softplus")
    start = problem(network)
    learn = ["inputs", "targets"]

    def inducing(kernel, width, **more):
        kind = {"kind": "kernel-inducing-points", "learn": learn, "kernel": kernel}
        return {**kind, "width": width, "penalty": 0.01, **more}

    neighbours = {"kind": "neighbour-compression", "learn": learn, "width": 0.6}
    members = [{**inducing("laplace", 0.5), "weight": 2.0}, {**neighbours, "weight": 0.5}]
    settings = {
        "kernel-inducing-points-laplace": inducing("laplace", 0.5),
        "kernel-inducing-points-gaussian": inducing("gaussian", 0.8),
        "kernel-inducing-points-linear": inducing("linear", 1.0),
        "kernel-inducing-points-tangent": inducing("neural-tangent", 1.0, penalty=1.0, loss="cross-entropy"),
        "neighbour-compression": neighbours,
        "average": {"kind": "average", "members": members},
    }
    # Points near rows of their class, so that they tell classes apart.
    near = ROWS[torch.arange(REAL).reshape(-1, CLASSES)[:PER_CLASS].T.flatten()]
    points = {"inputs": near + 4.0 * normal(near.shape, generator), "targets": HARD}
    for name, objective in settings.items():
        method = methods.BY_KIND.get(objective["kind"], methods.average)
        loss = partial(method, start)
        case(name, network, objective, adam(0.003), loss, points, own=flat(points, "points."))


def two_layer():
    """Both phases of the multi-index construction: a regression on vectors."""
    network = {"kind": "two-layer", "width": 8, "activation": "tanh"}
    start = networks.draw_two_layer(network, 5, generator)
    rows = single(normal((REAL, 5), generator))
    targets = single(normal((REAL, 1), generator))
    task = Problem(networks.network(network), start, rows, targets, None, F.mse_loss)
    points = {"inputs": normal((6, 5), generator), "targets": normal((6, 1), generator)}
    own = {
        **flat({"inputs": rows, "targets": targets}, "real."),
        **{f"weights.{name}": networks.stored(name, w) for name, w in start.items()},
    }
    features = {
        "kind": "gradient-matching",
        "learn": ["inputs", "targets"],
        "distance": "relative-squared",
        "parameters": ["hidden.weight"],
        "by_class": False,
    }
    loss = partial(methods.gradient_matching, task)
    here = {**own, **flat(points, "points.")}
    case("gradient-matching-features", network, features, adam(0.05), loss, points, own=here)
    points["labels"] = normal((7, 1), generator)
    references = normal((7, 5), generator)
    readout = {"kind": "readout-matching", "learn": ["targets", "labels"]}
    loss = partial(methods.readout_matching, task, references=references, penalty=0.1)
    here = {**own, **flat(points, "points."), "references": references}
    reference = {"synthetic": {"reference": {"penalty": 0.1}}}
    case("readout-matching", network, readout, adam(0.05), loss, points, own=here, **reference)


def context():
    real = {"inputs": ROWS, "targets": F.one_hot(LABELS).double()}
    tensors = {
        **flat(real, "real."),
        **flat(POINTS, "points."),
        **flat(VELOCITY, "velocity."),
        **weights(WEIGHTS, "weights."),
        "picture": torch.tensor(PICTURE, dtype=torch.float64),
    }
    write("context", tensors, {"torch": torch.__version__})


if __name__ == "__main__":
    FIXTURES.mkdir(exist_ok=True)
    context()
    gradient_matching()
    distribution_matching()
    performance_matching()
    trajectory_matching()
    kernel_regression()
    two_layer()
    row_kernels()
    if unknown := set(CHOSEN) - WRITTEN:
        sys.exit(f"no such cases: {', '.join(sorted(unknown))}")
