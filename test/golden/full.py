#!/usr/bin/python3
"""Compares whole tensors where PyTorch is installed; the committed goldens hold samples only.

    python3 test/golden/full.py RUN DIR

RUN is resnet18/batch, resnet18/running, resnet18/one-logit, resnet34/running or resnet50/running (network.py says what each computes). DIR holds an
engine's results as raw little-endian float32 files in torchvision's names and OIHW order: logits.f32, loss.f32,
grad/layer1.0.conv1.weight.f32, layer1.0.bn1.running_mean.f32, ... Prints each tensor's relative error, the largest first, and exits with
1 if a tensor is missing or of another size, an output differs by more than 1e-4 or a gradient by more than 1e-3."""

import pathlib
import sys

import numpy as np

from network import INPUTS, step
from record import relative_error


def compare(run, folder):
    """(relative error, allowed, name) of every tensor of the run; infinite where a file is missing or of another size."""
    for name, truth in step(run)("float64").items():
        file = folder / f"{name}.f32"
        actual = np.fromfile(file, dtype="<f4").astype(np.float64) if file.exists() else np.empty(0)
        same_size = actual.size == truth.size
        error = relative_error(actual, truth.ravel()) if same_size else np.inf
        yield error if np.isfinite(error) else np.inf, 1e-3 if name.startswith("grad/") else 1e-4, name


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in INPUTS:
        sys.exit(f"usage: full.py RUN DIR, RUN one of {', '.join(INPUTS)}")
    rows = sorted(compare(sys.argv[1], pathlib.Path(sys.argv[2])), reverse=True)
    for error, allowed, name in rows:
        note = "missing, or of another size, or not finite" if error == np.inf else "" if error <= allowed else f"over {allowed:.0e}"
        print(f"{error:9.2e}  {name}  {note}".rstrip())
    sys.exit(any(error > allowed for error, allowed, _ in rows))
