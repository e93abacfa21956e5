"""Inputs and weights that Python and TypeScript compute bit for bit alike; formula.ts is this file's twin and says why."""

import numpy as np


def fnv1a(text):
    """FNV-1a of a string's UTF-8 bytes, 32 bits."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return np.uint32(value)


def mix(h):
    """MurmurHash3's finaliser on a uint32 array."""
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def hashes(name, count):
    """The first `count` 32-bit hashes of the sequence that `name` stands for."""
    return mix(mix(np.arange(count, dtype=np.uint32)) + fnv1a(name))


def uniform(name, count):
    """The first `count` values of the uniform sequence in [-1, 1), float64 (and exact in float32)."""
    return (hashes(name, count) >> np.uint32(8)) / 2.0**23 - 1


def formula_tensor(name, shape, scale=1.0, offset=0.0):
    """offset + scale * uniform, computed in float64 and rounded once to float32."""
    return (offset + scale * uniform(name, int(np.prod(shape)))).astype(np.float32).reshape(shape)


def formula_labels(name, count, classes):
    """`count` labels in 0 ... classes - 1."""
    return (hashes(name, count) % np.uint32(classes)).astype(np.int64)


def sample_indices(name, size, count):
    """Which elements of a tensor a golden keeps: all if it has at most `count`, else `count` hashed indices."""
    return np.arange(size) if size <= count else formula_labels(f"{name}#sample", count, size)
