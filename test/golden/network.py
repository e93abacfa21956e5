"""torchvision's ResNets and MobileNets with weights from the formula: one step in each mode of batch norm, and ten steps of Adam. Weights and
images are made as in inputs.ts, conditioned so that float32's own error stays far below what the tests ask: small last norms
of the blocks keep the residual stream, and so the logits, of order one; images that differ in their large areas, and not in
noise alone, keep batch statistics away from zero."""

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

from formula import formula_labels, formula_tensor
from record import records

CLASSES, BATCH, SIZE, CELL = 10, 4, 64, 16

# Grad-CAM: the gradient goes no further back than the last activation, behind which nothing jumps, so any images do. 128 pixels
# give that activation four by four places.
EXPLAINED = {
    "resnet18/explained": {"input": "explained", "batch": 3},
    "resnet50/explained": {"input": "explained", "batch": 2},
    "resnet18/one-logit-explained": {"input": "explained", "batch": 2},
}
EXPLAINED_SIZE = 128

# A gradient jumps where a ReLU's input crosses zero, that of a hard sigmoid or swish crosses 3 or -3, or two values of a pooling window
# change places, and no float32 engine can be asked to land on the same side. These inputs were chosen among 60 since none of their activations lies that near: margin().
INPUTS = {
    "resnet18/batch": {"input": "input/12", "batch": BATCH},
    "resnet18/running": {"input": "input/12", "batch": BATCH},
    "resnet18/one-logit": {"input": "input/12", "batch": BATCH},
    "resnet34/running": {"input": "input/40", "batch": 2},
    "resnet50/running": {"input": "input/4", "batch": 2},
    "mobilenet_v3_small/batch": {"input": "input/7", "batch": BATCH},
    "mobilenet_v3_small/running": {"input": "input/25", "batch": 2},
    "mobilenet_v3_large/running": {"input": "input/7", "batch": 2},
}

# With the default learning rate a change of 1e-6 in the initial weights moves the losses of a fully trained run by up to 5e-3
# within ten steps, as Adam's first steps are as large for noise as for signal; at 1e-4 it moves them by 6e-5. The same change
# moves the losses of the layer4 run by up to 2e-3, those of the head's by 6e-7. ResNet-50 is more chaotic: float32 alone moves its
# losses by 5e-3 at 1e-4, and by 4e-4 at 3e-5, where training moves them by up to 5e-2. MobileNetV3-Small is calm: float32 moves its
# losses by 3e-5 at 1e-3, where training moves them by 1.
TRAINED = {
    "head": {"architecture": "resnet18", "learning_rate": 1e-3, "tuned": ("fc.",)},
    "layer4": {"architecture": "resnet18", "learning_rate": 1e-3, "tuned": ("layer4.", "fc.")},
    "all": {"architecture": "resnet18", "learning_rate": 1e-4, "tuned": ("",)},
    "resnet50/all": {"architecture": "resnet50", "learning_rate": 3e-5, "tuned": ("",)},
    "mobilenet_v3_small/all": {"architecture": "mobilenet_v3_small", "learning_rate": 1e-3, "tuned": ("",)},
}
STEPS = 10
# How many elements of each tensor are kept.
SAMPLES = {"resnet18": 1024, "resnet34": 64, "resnet50": 64, "mobilenet": 16}


def network_tensor(name, shape):
    """The parameter or buffer of torchvision's name; twin of networkTensor in inputs.ts."""
    if len(shape) == 4:
        return formula_tensor(name, shape, scale=np.sqrt(6 / np.prod(shape[1:])))
    if name.startswith("fc."):
        return formula_tensor(name, shape, scale=1 / np.sqrt(512))
    if len(shape) == 2:
        return formula_tensor(name, shape, scale=np.sqrt(3 / shape[1]))
    if name.endswith(("bn2.weight", "bn3.weight", ".block.2.1.weight", ".block.3.1.weight")):
        return formula_tensor(name, shape, scale=0.15, offset=0.3)
    if name.endswith(("running_var", "weight")):
        return formula_tensor(name, shape, scale=0.5, offset=1)
    return formula_tensor(name, shape, scale=0.1)


def network(architecture, classes, dtype):
    """The model with the formula's weights, in `dtype`, without dropout: which features that drops, no two engines agree on."""
    model = getattr(torchvision.models, architecture)(weights=None, num_classes=classes)
    state = model.state_dict()
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            state[name] = torch.from_numpy(network_tensor(name, tuple(tensor.shape)))
    model.load_state_dict(state)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0
    return model.to(getattr(torch, dtype))


def images(name, batch, dtype, size=SIZE):
    """A formula's images, cells of one colour each with noise upon them: [N, 3, H, W] for PyTorch."""
    cells = formula_tensor(f"{name}/cells", (batch, size // CELL, size // CELL, 3)).repeat(CELL, 1).repeat(CELL, 2)
    values = (2 * cells.astype(np.float64) + formula_tensor(name, (batch, size, size, 3))).astype(np.float32)
    return torch.from_numpy(values).permute(0, 3, 1, 2).contiguous().to(getattr(torch, dtype))


def step(run):
    """compute(dtype) of a run's forward and backward pass: logits, loss, all gradients, and the statistics that it leaves."""
    architecture, mode = run.split("/")
    name, batch = INPUTS[run]["input"], INPUTS[run]["batch"]
    classes = 1 if mode == "one-logit" else CLASSES

    def compute(dtype):
        model = network(architecture, classes, dtype)
        model.train(mode == "batch")
        logits = model(images(name, batch, dtype))
        labels = torch.from_numpy(formula_labels(f"{name}/labels", batch, max(classes, 2)))
        if classes == 1:
            loss = F.binary_cross_entropy_with_logits(logits[:, 0], labels.to(logits.dtype))
        else:
            loss = F.cross_entropy(logits, labels)
        loss.backward()
        tensors = {"logits": logits, "loss": loss}
        tensors.update({f"grad/{name}": parameter.grad for name, parameter in model.named_parameters()})
        if mode == "batch":
            tensors.update({name: value for name, value in model.named_buffers() if "running" in name})
        return {name: tensor.detach().numpy() for name, tensor in tensors.items()}

    return compute


def network_goldens():
    """One step of ResNet-18 in both modes, of ResNet-18 with a single logit (in running mode), of ResNet-34 and of ResNet-50; of
    MobileNetV3-Small in both modes, and of Large."""
    goldens = {}
    for run in INPUTS:
        found = records(run, step(run), SAMPLES[run.split("_")[0].split("/")[0]])
        if run.endswith("one-logit"):
            found = {name: tensor for name, tensor in found.items() if "grad/" not in name or "grad/fc." in name}
        # What the bias behind a MobileNet's block adds to a channel, the batch norms of all that read it take away again: gradients of 0,
        # of which rounding is all that there is to see.
        found = {name: tensor for name, tensor in found.items() if tensor["norm"] > 1e-9}
        goldens.update(found)
    return goldens


def explain(run):
    """compute(dtype) of Grad-CAM (Selvaraju et al. 2017) with hooks, as PyTorch's users write it: the maps [N, h, w] of the labels'
    classes, each divided by its largest value. A single logit speaks for the second class and against the first."""
    architecture, mode = run.split("/")
    name, batch = EXPLAINED[run]["input"], EXPLAINED[run]["batch"]
    classes = 1 if mode.startswith("one-logit") else CLASSES

    def compute(dtype):
        model, kept = network(architecture, classes, dtype).eval(), []
        model.layer4.register_forward_hook(lambda module, inputs, output: kept.append(output))
        logits = model(images(name, batch, dtype, EXPLAINED_SIZE))
        labels = torch.from_numpy(formula_labels(f"{name}/labels", batch, max(classes, 2)))
        if classes == 1:
            score = (logits[:, 0] * (2 * labels - 1)).sum()
        else:
            score = logits.gather(1, labels[:, None]).sum()
        gradient = torch.autograd.grad(score, kept[0])[0]
        maps = F.relu((gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1))
        return {"maps": (maps / maps.amax((1, 2), keepdim=True)).detach().numpy()}

    return compute


def explain_goldens():
    """Grad-CAM's maps of ResNet-18, of ResNet-50 and of ResNet-18 with a single logit."""
    goldens = {}
    for run in EXPLAINED:
        goldens.update(records(run, explain(run), 64))
    return goldens


def train(run, dtype):
    """Losses of ten Adam steps, each on its own batch, with batch norm in batch mode and only the tuned layers trained."""
    architecture, learning_rate, tuned = run["architecture"], run["learning_rate"], run["tuned"]
    model = network(architecture, CLASSES, dtype).train()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith(tuned)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=learning_rate)
    losses = []
    for index in range(STEPS):
        labels = torch.from_numpy(formula_labels(f"train/{index}/labels", BATCH, CLASSES))
        loss = F.cross_entropy(model(images(f"train/{index}", BATCH, dtype)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def training_goldens():
    """The losses in float64, which are the truth, and in float32, which shows how chaotic the run is."""
    return {
        name: {
            "learningRate": run["learning_rate"],
            "losses": train(run, "float64"),
            "torchFloat32": train(run, "float32"),
        }
        for name, run in TRAINED.items()
    }


def margin(run):
    """How near a run's input comes to a jump of the gradient: over all activations and the max-pool, the least distance from a corner, or
    between a window's first two values, over the layer's standard deviation."""
    architecture, mode = run.split("/")
    model, least = network(architecture, CLASSES, "float64").train(mode == "batch"), []

    def relu(_, inputs):
        least.append(inputs[0].abs().min() / inputs[0].std())

    def hard(_, inputs):
        least.append((inputs[0].abs() - 3).abs().min() / inputs[0].std())

    def pool(_, inputs):
        x = inputs[0]
        first, second = F.unfold(x.flatten(0, 1)[:, None], 3, padding=1, stride=2).topk(2, dim=1).values.unbind(1)
        least.append((first - second)[first > 0].min() / x.std())

    for module in model.modules():
        if isinstance(module, torch.nn.MaxPool2d):
            module.register_forward_pre_hook(pool)
        if isinstance(module, (torch.nn.Hardswish, torch.nn.Hardsigmoid)):
            module.register_forward_pre_hook(hard)
        if isinstance(module, torch.nn.ReLU):
            module.register_forward_pre_hook(relu)
    with torch.no_grad():
        model(images(INPUTS[run]["input"], INPUTS[run]["batch"], "float64"))
    return float(min(least))
