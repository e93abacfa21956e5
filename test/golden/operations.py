"""PyTorch's results for every case of every operation. Activations are [N, H, W, C] on the outside, as in the kernels, and
weights OIHW; inputs are made as in inputs.ts. Each function returns compute(dtype) -> {tensor name: array}."""

import json
import subprocess

import numpy as np
import torch
import torch.nn.functional as F

from formula import formula_labels, formula_tensor, uniform
from record import records

SAMPLE = 256


def leaf(values, dtype):
    return torch.tensor(values, dtype=getattr(torch, dtype), requires_grad=True)


def nchw(activation):
    return activation.permute(0, 3, 1, 2)


def nhwc(activation):
    return activation.permute(0, 2, 3, 1)


def results(prefix, y, grad_name, leaves, dtype):
    """Runs backward from the formula's output gradient; y and the gradient of each leaf."""
    grad = formula_tensor(f"{prefix}/{grad_name}", tuple(y.shape))
    gradients = torch.autograd.grad(y, list(leaves.values()), torch.tensor(grad, dtype=getattr(torch, dtype)))
    return {"y": y, **dict(zip(leaves, gradients))}


def conv2d(prefix, case):
    n, h, w, c, k, r, s = (case[key] for key in "nhwckrs")

    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", (n, h, w, c)), dtype)
        weight = leaf(formula_tensor(f"{prefix}/weight", (k, c, r, s), scale=1 / np.sqrt(c * r * s)), dtype)
        y = nhwc(F.conv2d(nchw(x), weight, stride=case["stride"], padding=case["padding"]))
        return results(prefix, y, "gradOutput", {"gradInput": x, "gradWeight": weight}, dtype)

    return compute


def grouped_conv2d(prefix, case):
    n, h, w, c, k, groups = (case[key] for key in ("n", "h", "w", "c", "k", "groups"))
    top, left, bottom, right = case["padding"]
    shape = (k, c // groups, *case["kernel"])

    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", (n, h, w, c)), dtype)
        weight = leaf(formula_tensor(f"{prefix}/weight", shape, scale=1 / np.sqrt(np.prod(shape[1:]))), dtype)
        padded = F.pad(nchw(x), (left, right, top, bottom))
        y = nhwc(F.conv2d(padded, weight, stride=case["stride"], dilation=case["dilation"], groups=groups))
        return results(prefix, y, "gradOutput", {"gradInput": x, "gradWeight": weight}, dtype)

    return compute


def batch_norm(prefix, case):
    n, h, w, c = (case[key] for key in "nhwc")

    def compute(dtype):
        found = {}
        for mode in ("batch", "running"):
            x = leaf(formula_tensor(f"{prefix}/x", (n, h, w, c), offset=case["inputMean"]), dtype)
            weight = leaf(formula_tensor(f"{prefix}/weight", (c,), scale=0.5, offset=1), dtype)
            bias = leaf(formula_tensor(f"{prefix}/bias", (c,), scale=0.1), dtype)
            mean = leaf(formula_tensor(f"{prefix}/runningMean", (c,), scale=0.1), dtype).detach()
            var = leaf(formula_tensor(f"{prefix}/runningVar", (c,), scale=0.5, offset=1), dtype).detach()
            y = nhwc(F.batch_norm(nchw(x), mean, var, weight, bias, mode == "batch", 0.1, case["eps"]))
            leaves = {"gradInput": x, "gradWeight": weight, "gradBias": bias}
            tensors = results(prefix, y, "gradOutput", leaves, dtype)
            if mode == "batch":
                tensors.update(runningMean=mean, runningVar=var)
            found.update({f"{mode}/{key}": value for key, value in tensors.items()})
        return found

    return compute


def max_pool(prefix, case):
    def compute(dtype):
        values = formula_tensor(f"{prefix}/x", tuple(case[key] for key in "nhwc"))
        x = leaf(np.floor(2 * values) / 2 if case["ties"] else values, dtype)
        y = nhwc(F.max_pool2d(nchw(x).contiguous(), case["kernel"], case["stride"], case["padding"]))
        return results(prefix, y, "gradOutput", {"gradInput": x}, dtype)

    return compute


def avg_pool(prefix, case):
    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", tuple(case[key] for key in "nhwc")), dtype)
        return results(prefix, x.mean(dim=(1, 2)), "gradOutput", {"gradInput": x}, dtype)

    return compute


def padded(x, case, value):
    """x in NCHW with the case's padding around it, which PyTorch's pools know only where both sides of an axis are the same."""
    top, left, bottom, right = case["padding"]
    if (top, left) == (bottom, right):
        return nchw(x).contiguous(), (top, left)
    return F.pad(nchw(x), (left, right, top, bottom), value=value), (0, 0)


def window_max(prefix, case):
    def compute(dtype):
        values = formula_tensor(f"{prefix}/x", tuple(case[key] for key in "nhwc"))
        x = leaf(np.floor(2 * values) / 2 if case["ties"] else values, dtype)
        image, padding = padded(x, case, -np.inf)
        y = F.max_pool2d(image, case["kernel"], case["stride"], padding, case["dilation"], case["ceil"])
        return results(prefix, nhwc(y), "gradOutput", {"gradInput": x}, dtype)

    return compute


def window_average(prefix, case):
    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", tuple(case[key] for key in "nhwc")), dtype)
        image, padding = padded(x, case, 0)
        counts = case.get("countIncludePad", True)
        y = F.avg_pool2d(image, case["kernel"], case["stride"], padding, case["ceil"], counts, case.get("divisorOverride"))
        return results(prefix, nhwc(y), "gradOutput", {"gradInput": x}, dtype)

    return compute


def linear(prefix, case):
    n, inputs, outputs = case["n"], case["inFeatures"], case["outFeatures"]

    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", (n, inputs)), dtype)
        weight = leaf(formula_tensor(f"{prefix}/weight", (outputs, inputs), scale=1 / np.sqrt(inputs)), dtype)
        bias = leaf(formula_tensor(f"{prefix}/bias", (outputs,)), dtype)
        leaves = {"gradInput": x, "gradWeight": weight, "gradBias": bias}
        return results(prefix, F.linear(x, weight, bias), "gradOutput", leaves, dtype)

    return compute


def elementwise(prefix, case):
    function = {
        "relu": F.relu,
        "relu6": F.relu6,
        "sigmoid": torch.sigmoid,
        "silu": F.silu,
        "hard-sigmoid": F.hardsigmoid,
        "hard-swish": F.hardswish,
        "gelu": F.gelu,
        "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"),
        "add": torch.add,
        "mul": torch.mul,
    }
    operands = "ab" if case["operation"] in ("add", "mul") else "a"

    def compute(dtype):
        leaves = {
            f"grad{name.upper()}": leaf(formula_tensor(f"{prefix}/{name}", (case["count"],), scale=case["scale"]), dtype)
            for name in operands
        }
        return results(prefix, function[case["operation"]](*leaves.values()), "gradOutput", leaves, dtype)

    return compute


def broadcast(prefix, case):
    """y and both gradients by each operator."""
    function = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}

    def compute(dtype):
        found = {}
        for name, operator in function.items():
            a = leaf(formula_tensor(f"{prefix}/a", tuple(case["a"])), dtype)
            b = leaf(formula_tensor(f"{prefix}/b", tuple(case["b"]), scale=0.5, offset=1.25), dtype)
            tensors = results(prefix, operator(a, b), "gradOutput", {"gradA": a, "gradB": b}, dtype)
            found.update({f"{name}/{key}": value for key, value in tensors.items()})
        return found

    return compute


def sum_axes(prefix, case):
    def compute(dtype):
        found = {}
        for name, function in {"sum": torch.sum, "mean": torch.mean}.items():
            x = leaf(formula_tensor(f"{prefix}/x", tuple(case["shape"]), offset=0.25), dtype)
            y = function(x, dim=case["axes"]) if case["axes"] else x * 1
            tensors = results(prefix, y, "gradOutput", {"gradInput": x}, dtype)
            found.update({f"{name}/{key}": value for key, value in tensors.items()})
        return found

    return compute


def logits(prefix, case, shape):
    scale = case["logits"]["scale"]
    if case["logits"]["kind"] == "uniform":
        return formula_tensor(f"{prefix}/logits", shape, scale=scale)
    return np.where(uniform(f"{prefix}/logits", int(np.prod(shape))) < 0, -scale, scale).astype(np.float32).reshape(shape)


def softmax(prefix, case):
    shape = tuple(case[key] for key in ("outer", "length", "inner"))

    def compute(dtype):
        found = {}
        for name, function in {"plain": F.softmax, "log": F.log_softmax}.items():
            x = leaf(logits(prefix, case, shape), dtype)
            tensors = results(prefix, function(x, dim=1), "gradOutput", {"gradInput": x}, dtype)
            found.update({f"{name}/{key}": value for key, value in tensors.items()})
        return found

    return compute


def layer_norm(prefix, case):
    rows, length = case["rows"], case["length"]

    def compute(dtype):
        x = leaf(formula_tensor(f"{prefix}/x", (rows, length), offset=case["inputMean"]), dtype)
        weight = leaf(formula_tensor(f"{prefix}/weight", (length,), scale=0.5, offset=1), dtype)
        bias = leaf(formula_tensor(f"{prefix}/bias", (length,), scale=0.1), dtype)
        leaves = {"gradInput": x, "gradWeight": weight, "gradBias": bias}
        return results(prefix, F.layer_norm(x, (length,), weight, bias, case["eps"]), "gradOutput", leaves, dtype)

    return compute


def loss_and_gradient(loss, x):
    return {"loss": loss, "gradLogits": torch.autograd.grad(loss.sum(), x)[0]}


def cross_entropy(prefix, case):
    def compute(dtype):
        x = leaf(logits(prefix, case, (case["n"], case["classes"])), dtype)
        labels = torch.from_numpy(formula_labels(f"{prefix}/labels", case["n"], case["classes"]))
        weight = None
        if case.get("weighted"):
            weight = formula_tensor(f"{prefix}/classWeights", (case["classes"],), scale=0.9, offset=1)
            weight = torch.tensor(weight, dtype=x.dtype)
        options = {"weight": weight, "ignore_index": case.get("ignoreIndex", -100), "reduction": case.get("reduction", "mean")}
        tensors = loss_and_gradient(F.cross_entropy(x, labels, label_smoothing=case.get("labelSmoothing", 0.0), **options), x)
        if "labelSmoothing" in case:
            return tensors
        nll = loss_and_gradient(F.nll_loss(F.log_softmax(x, dim=1), labels, **options), x)
        return {**tensors, **{f"nll/{key}": value for key, value in nll.items()}}

    return compute


def bce_with_logits(prefix, case):
    def compute(dtype):
        x = leaf(logits(prefix, case, (case["n"],)), dtype)
        targets = torch.from_numpy(formula_labels(f"{prefix}/targets", case["n"], 2)).to(x.dtype)
        smoothing = case.get("labelSmoothing", 0)
        targets = targets * (1 - smoothing) + smoothing / 2
        weight = torch.tensor(case.get("positiveWeight", 1), dtype=x.dtype)
        return loss_and_gradient(F.binary_cross_entropy_with_logits(x, targets, pos_weight=weight, reduction=case.get("reduction", "mean")), x)

    return compute


def adam(prefix, case):
    def compute(dtype):
        parameters = leaf(formula_tensor(f"{prefix}/parameters", (case["size"],), scale=0.01), dtype)
        kind = torch.optim.AdamW if case.get("decoupled") else torch.optim.Adam
        optimizer = kind(
            [parameters],
            lr=case["learningRate"],
            betas=(case["beta1"], case["beta2"]),
            eps=case["epsilon"],
            weight_decay=case["weightDecay"],
        )
        for step in range(case["steps"]):
            gradient = formula_tensor(f"{prefix}/gradient/{step}", (case["size"],), scale=case["gradientScale"])
            parameters.grad = torch.tensor(gradient, dtype=parameters.dtype)
            optimizer.step()
        state = optimizer.state[parameters]
        return {"parameters": parameters, "firstMoment": state["exp_avg"], "secondMoment": state["exp_avg_sq"]}

    return compute


def sgd(prefix, case):
    def compute(dtype):
        parameters = leaf(formula_tensor(f"{prefix}/parameters", (case["size"],), scale=0.1), dtype)
        optimizer = torch.optim.SGD(
            [parameters],
            lr=case["learningRate"],
            momentum=case["momentum"],
            weight_decay=case["weightDecay"],
            nesterov=case.get("nesterov", False),
        )
        for step in range(case["steps"]):
            gradient = formula_tensor(f"{prefix}/gradient/{step}", (case["size"],), scale=0.1)
            parameters.grad = torch.tensor(gradient, dtype=parameters.dtype)
            optimizer.step()
        return {"parameters": parameters}

    return compute


def clip_grad_norm(prefix, case):
    """The gradient as two parameters' of unlike size, whose norms count together."""

    def compute(dtype):
        gradients = leaf(formula_tensor(f"{prefix}/gradients", (case["size"],), scale=case["scale"]), dtype).detach()
        parts = [leaf(np.zeros(part.numel()), dtype) for part in gradients.split(case["size"] // 3 + 1)]
        for parameter, part in zip(parts, gradients.split(case["size"] // 3 + 1)):
            parameter.grad = part.clone()
        torch.nn.utils.clip_grad_norm_(parts, case["maxNorm"])
        return {"clipped": torch.cat([parameter.grad for parameter in parts])}

    return compute


OPERATIONS = {
    "conv2d": conv2d,
    "grouped-conv2d": grouped_conv2d,
    "batch-norm": batch_norm,
    "max-pool": max_pool,
    "avg-pool": avg_pool,
    "window-max": window_max,
    "window-average": window_average,
    "linear": linear,
    "elementwise": elementwise,
    "broadcast": broadcast,
    "sum": sum_axes,
    "softmax": softmax,
    "layer-norm": layer_norm,
    "cross-entropy": cross_entropy,
    "bce-with-logits": bce_with_logits,
    "adam": adam,
    "sgd": sgd,
    "clip-grad-norm": clip_grad_norm,
}


def operation_goldens(root):
    """Goldens of all operations over the cases that dump-cases.ts prints; `root` is the project's folder."""
    command = ["npx", "--no-install", "tsx", "test/golden/dump-cases.ts"]
    cases = json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout)
    goldens = {}
    for operation, make in OPERATIONS.items():
        for case in cases[operation]:
            prefix = f"{operation}/{case['name']}"
            compute = make(prefix, case)
            arrays = lambda dtype: {key: value.detach().numpy() for key, value in compute(dtype).items()}
            goldens.update(records(prefix, arrays, SAMPLE))
    return goldens
