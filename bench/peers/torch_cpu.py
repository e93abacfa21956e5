"""PyTorch on the same cores, without any GPU: what a software adapter could reach at best. It speaks serve.ts' lines, and
does tasks.ts' tasks. In `head` the trunk runs in every step, as in the program that graft grew from; with `--cached` its
features are computed before.
"""

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


def freeze_below(model, trained):
    """Freezes all but the top-level modules in `trained`; what is frozen normalises by its running statistics."""
    for name, module in model.named_children():
        module.train(name in trained)
        module.requires_grad_(name in trained)


def training_step(model, images, labels, task, learning_rate, cached):
    """The function that takes one step of `task` and returns its loss."""
    trained = {"train": [name for name, _ in model.named_children()], "layer4": ["layer4", "fc"], "head": ["fc"]}
    freeze_below(model, trained[task])
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=learning_rate)
    trunk = torch.nn.Sequential(*list(model.children())[:-1], torch.nn.Flatten())
    if cached:
        with torch.no_grad():
            features = trunk(images)

    def step():
        loss = F.cross_entropy(model.fc(features) if cached else model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return [loss.item()]

    return step


def main(path, task, learning_rate, cached=False):
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    tensors = read_safetensors(path)
    images = tensors.pop("images").permute(0, 3, 1, 2).contiguous()
    labels = tensors.pop("labels").long()
    model = torchvision.models.resnet18(num_classes=tensors["fc.bias"].numel())
    model.load_state_dict(tensors, strict=False)  # a count of batches is all that is missing

    def forward():
        with torch.inference_mode():
            return model(images).flatten().tolist()

    if task == "forward":
        model.eval()
        call = forward
    else:
        call = training_step(model, images, labels, task, learning_rate, cached)

    def send(message):
        print(json.dumps(message), flush=True)

    send({"version": f"PyTorch {torch.__version__} CPU", "adapter": f"{torch.get_num_threads()} CPU threads"})
    for _ in iter(sys.stdin.readline, ""):
        start = time.perf_counter()
        values = call()
        send({"ms": (time.perf_counter() - start) * 1e3, "values": values})


main(sys.argv[1], sys.argv[2], float(sys.argv[3]), "--cached" in sys.argv[4:])
