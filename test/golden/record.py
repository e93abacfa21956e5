"""How a result becomes a golden: the truth is PyTorch in float64 rounded to float32, kept as the whole tensor's norm and a
sample of its elements. PyTorch's own float32 error is kept beside it: the noise floor under which no engine can be judged."""

import base64

import numpy as np

from formula import sample_indices


def relative_error(actual, expected):
    """||actual - expected|| / ||expected||; zero for two tensors of zeros."""
    difference, norm = np.linalg.norm(actual - expected), np.linalg.norm(expected)
    return 0.0 if difference == 0 else float(difference / norm)


def record(name, truth, single, count):
    """The golden of one tensor from its float64 and float32 results; `count` elements at most are kept."""
    truth = np.asarray(truth, dtype=np.float64)
    flat = truth.ravel()
    sample = flat[sample_indices(name, flat.size, count)].astype("<f4")
    return {
        "shape": list(truth.shape),
        "norm": float(np.linalg.norm(flat)),
        "torchError": float(f"{relative_error(np.asarray(single, dtype=np.float64).ravel(), flat):.2g}"),
        "sample": base64.b64encode(sample.tobytes()).decode(),
    }


def records(prefix, compute, count):
    """Goldens of all tensors that compute(dtype) returns by name, under `prefix`/."""
    truths, singles = compute("float64"), compute("float32")
    return {f"{prefix}/{key}": record(f"{prefix}/{key}", truths[key], singles[key], count) for key in truths}
