#!/usr/bin/python3
"""Writes the golden files beside it from PyTorch (made with 1.13.0 and torchvision 0.14.1, Debian's python3-torch and
python3-torchvision; `/usr/bin/python3 test/golden/make.py`) and prints the noise floor: how far PyTorch's own
float32 is from the float64 that the goldens hold."""

import json
import pathlib

import network
from formula import formula_labels, formula_tensor, sample_indices, uniform
from operations import operation_goldens

HERE = pathlib.Path(__file__).resolve().parent


def write(name, value):
    """One entry a line, so that a change of one case is a change of its lines."""
    text = json.dumps(value, ensure_ascii=False).replace('}, "', '},\n"').replace('{"', '{\n"', 1)
    (HERE / f"{name}.json").write_text(text + "\n")
    print(f"{name}.json: {len(text) / 1024:.0f} KB")


def formula_golden():
    """The formula's values as Python computes them, for the test of its twin in TypeScript."""
    sequences = {
        name: {
            "uniform": uniform(name, 64).tolist(),
            "tensor": formula_tensor(name, (2, 3, 5), scale=0.1, offset=1).ravel().tolist(),
            "labels": formula_labels(name, 16, 10).tolist(),
            "sample": sample_indices(name, 2_359_296, 16).tolist(),
        }
        for name in ("", "x", "conv2d/3x3-odd-channels/weight", "größe")
    }
    state = network.network("resnet18", network.CLASSES, "float32").state_dict()
    kinds = ("conv1.weight", "bn1.bias", "layer1.0.bn1.weight", "layer1.0.bn2.weight", "layer2.0.downsample.1.weight")
    kinds += ("layer4.1.bn2.running_mean", "layer4.1.bn2.running_var", "fc.weight", "fc.bias")
    images = network.images("input/12", network.BATCH, "float32").permute(0, 2, 3, 1).numpy().ravel()
    return {
        "sequences": sequences,
        "parameters": {
            name: {"shape": list(state[name].shape), "first": state[name].flatten()[:8].tolist()} for name in kinds
        },
        "images": {"input/12": images[sample_indices("input/12", images.size, 256)].tolist()},
    }


def print_noise_floor(goldens):
    """The worst float32 error of each operation, or of each kind of tensor of each network."""
    worst = {}
    for name, golden in goldens.items():
        parts = name.split("/")
        kind = parts[0] if not name.startswith(("resnet", "mobilenet")) else "/".join(parts[:2] + parts[2].split("_")[0].split(".")[-1:])
        worst[kind] = max(worst.get(kind, (-1, "")), (golden["torchError"], name))
    for kind, (error, name) in worst.items():
        print(f"  {kind}: float32 within {error:.1e}, worst {name}")


if __name__ == "__main__":
    write("formula", formula_golden())
    operations = operation_goldens(HERE.parent.parent)
    write("operations", {"tensors": operations})
    print_noise_floor(operations)
    networks = network.network_goldens()
    write("network", {"inputs": network.INPUTS, "tensors": networks})
    print_noise_floor(networks)
    explained = network.explain_goldens()
    write("explain", {"inputs": network.EXPLAINED, "tensors": explained})
    print_noise_floor(explained)
    for run in network.INPUTS:
        print(f"  {run}: no gradient jumps within {network.margin(run):.1e} of {network.INPUTS[run]['input']}")
    training = network.training_goldens()
    write("training", training)
    for tune, run in training.items():
        spread = max(abs(a - b) / a for a, b in zip(run["losses"], run["torchFloat32"]))
        print(f"  {tune}: float32 within {spread:.1e} of {', '.join(f'{loss:.4f}' for loss in run['losses'])}")
