#!/usr/bin/python3
"""Writes schedules.json: the learning rates of PyTorch's schedulers, a base rate of 1 at every step of short runs, by the
options of src/optim/schedules.ts. Made with PyTorch 1.13 (Debian): /usr/bin/python3 test/golden/make_schedules.py"""

import json
import pathlib

import torch
from torch.optim import lr_scheduler as schedulers

RUNS = [
    {"name": "constant", "totalSteps": 5, "warmupSteps": 0},
    {"name": "constant", "totalSteps": 6, "warmupSteps": 4},
    {"name": "step", "totalSteps": 12, "warmupSteps": 0, "milestones": [4, 9], "gamma": 0.3},
    {"name": "step", "totalSteps": 12, "warmupSteps": 5, "milestones": [3, 9]},
    {"name": "cosine", "totalSteps": 10, "warmupSteps": 0},
    {"name": "cosine", "totalSteps": 17, "warmupSteps": 3, "minFactor": 0.05},
    {"name": "one-cycle", "totalSteps": 1, "warmupSteps": 0},
    {"name": "one-cycle", "totalSteps": 3, "warmupSteps": 0},
    {"name": "one-cycle", "totalSteps": 20, "warmupSteps": 0},
    {"name": "one-cycle", "totalSteps": 37, "warmupSteps": 0},
    {"name": "one-cycle", "totalSteps": 11, "warmupSteps": 0, "riseShare": 0.5, "divFactor": 10, "finalDivFactor": 100},
]


def scheduler(run, optimizer):
    total, warmup = run["totalSteps"], run["warmupSteps"]
    if run["name"] == "one-cycle":
        return schedulers.OneCycleLR(
            optimizer,
            max_lr=1,
            total_steps=total,
            pct_start=run.get("riseShare", 0.3),
            div_factor=run.get("divFactor", 25),
            final_div_factor=run.get("finalDivFactor", 1e4),
        )
    rise = [schedulers.LinearLR(optimizer, start_factor=1 / (warmup + 1), total_iters=warmup)] if warmup else []
    if run["name"] == "cosine":
        fall = schedulers.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=run.get("minFactor", 0))
        return schedulers.SequentialLR(optimizer, [*rise, fall], milestones=[warmup]) if rise else fall
    fall = schedulers.MultiStepLR(optimizer, run.get("milestones", []), run.get("gamma", 0.1))
    return schedulers.ChainedScheduler([*rise, fall])


def rates(run):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1, momentum=0.9)
    schedule = scheduler(run, optimizer)
    found = []
    for _ in range(run["totalSteps"]):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(found) < run["totalSteps"]:
            schedule.step()
    return found


if __name__ == "__main__":
    entries = [json.dumps({"schedule": run, "rates": rates(run)}) for run in RUNS]
    path = pathlib.Path(__file__).resolve().parent / "schedules.json"
    path.write_text("[\n" + ",\n".join(entries) + "\n]\n")
