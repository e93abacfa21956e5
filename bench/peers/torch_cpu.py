"""PyTorch on the same cores, without any GPU: what a software adapter could reach at best. It speaks serve.ts' lines."""

import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import torchvision


def read_safetensors(path):
    """The float32 tensors of a safetensors file by name."""
    with open(path, "rb") as file:
        data = file.read()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[start + begin : start + end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


def main(path, learning_rate):
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    tensors = read_safetensors(path)
    images = tensors.pop("images").permute(0, 3, 1, 2).contiguous()
    labels = tensors.pop("labels").long()
    model = torchvision.models.resnet18(num_classes=tensors["fc.bias"].numel())
    model.load_state_dict(tensors, strict=False)  # a count of batches is all that is missing
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)

    def forward():
        model.eval()
        with torch.inference_mode():
            return model(images).flatten().tolist()

    def train():
        model.train()
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.item()]

    def send(message):
        print(json.dumps(message), flush=True)

    workloads = {"forward": forward, "train": train}
    send({"version": f"PyTorch {torch.__version__} CPU", "adapter": f"{torch.get_num_threads()} CPU threads"})
    for line in iter(sys.stdin.readline, ""):
        start = time.perf_counter()
        values = workloads[line.strip()]()
        send({"ms": (time.perf_counter() - start) * 1e3, "values": values})


main(sys.argv[1], float(sys.argv[2]))
