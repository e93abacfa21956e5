/** ResNet-18 in PyTorch as src/bench/models has it, timed on request. It needs torch and nothing else; process.ts speaks with it. */
import { python } from '../../../run/scale-out/program/python.ts';

/** Lines of JSON come in on stdin, and each is answered by one on stdout. */
export const PROGRAM = python`
import json
import os
import sys
import time

# Whatever libraries print goes to stderr, and answers alone to stdout.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x), inplace=True)


def resnet18(classes):
    stages = [
        Block(inputs, outputs, stride)
        for before, outputs, first in ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
        for inputs, stride in ((before, first), (outputs, 1))
    ]
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes))


def choose_device(only_cpu):
    if only_cpu:
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    if getattr(torch, "xpu", None) is not None and torch.xpu.is_available():
        return "xpu"
    if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        return "mps"
    return "cpu"


DEVICE = choose_device("cpu" in sys.argv[1:])
IS_ROCM = getattr(torch.version, "hip", None) is not None
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
torch.set_num_threads(THREADS)


def synchronise():
    if DEVICE != "cpu":
        getattr(torch, DEVICE).synchronize()


def ways():
    """eager is f32 throughout; TF32 rounds what tensor cores multiply to 11 bits, and there are such from Ampere on."""
    found = ["eager"]
    tensor_cores = DEVICE == "cuda" and not IS_ROCM and torch.cuda.get_device_capability()[0] >= 8
    if tensor_cores:
        found.append("eager TF32")
    if DEVICE == "cuda" and hasattr(torch, "compile"):
        found += ["compile"] + (["compile TF32"] if tensor_cores else [])
    return found


def hello():
    runtime = device = ""
    if DEVICE == "cuda":
        device = torch.cuda.get_device_name()
        runtime = f"ROCm {torch.version.hip}" if IS_ROCM else f"CUDA {torch.version.cuda}"
    elif DEVICE == "xpu":
        device = torch.xpu.get_device_name()
    kind = "rocm" if DEVICE == "cuda" and IS_ROCM else DEVICE
    version = {"version": torch.__version__, "kind": kind, "device": device, "runtime": runtime}
    return {**version, "threads": THREADS, "ways": ways()}


def set_tf32(way):
    torch.backends.cuda.matmul.allow_tf32 = way.endswith("TF32")
    torch.backends.cudnn.allow_tf32 = way.endswith("TF32")


def call_of(task, batch, size, way):
    """One forward pass in evaluation, or one step of Adam on all parameters, on photos that lie on the device."""
    model = resnet18(10).to(DEVICE)
    images = torch.randn(batch, 3, size, size, device=DEVICE)
    labels = torch.arange(batch, device=DEVICE) % 10
    network = torch.compile(model, dynamic=False) if way.startswith("compile") else model
    if task == "forward":
        model.eval()

        def forward():
            with torch.inference_mode():
                network(images)

        return forward
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return step


def seconds(call, times):
    synchronise()
    start = time.perf_counter()
    for _ in range(times):
        call()
    synchronise()
    return time.perf_counter() - start


subjects = {}
WARM = 3


def open_subject(id, task, batch, size, way, milliseconds):
    set_tf32(way)
    call = call_of(task, batch, size, way)
    first = seconds(call, 1)
    warm = min(seconds(call, 1) for _ in range(WARM if first < 5 or way.startswith("compile") else 1))
    times = max(1, min(1000, int(milliseconds / 1e3 / warm) + 1))
    subjects[id] = (call, times, way)
    return {"first": first * 1e3}


def sample(id):
    call, times, way = subjects[id]
    set_tf32(way)
    return {"ms": seconds(call, times) * 1e3 / times}


def close_subject(id):
    subjects.pop(id, None)
    if DEVICE == "cuda":
        torch.cuda.empty_cache()
    return {}


def send(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


DO = {"open": open_subject, "sample": sample, "close": close_subject}
send(hello())
for line in iter(sys.stdin.readline, ""):
    request = json.loads(line)
    try:
        send(DO[request.pop("do")](**request))
    except Exception as error:
        send({"error": str(error)[:2000], "memory": "out of memory" in str(error).lower()})
`;
