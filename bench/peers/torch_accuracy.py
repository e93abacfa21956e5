"""What PyTorch makes of photos by its customary recipes: the accuracy of the last epoch on the validation photos, one seed after
the other. It reads from standard input what graft found in a folder, so that both sides have the same photos and classes:

    {"classes": N, "train": [[file, label], …], "valid": …, "weights": FILE.pth, "seeds": [1, …], "recipes": [NAME, …]}

and prints a JSON line for each recipe and seed, {"recipe", "seed", "last", "best", "seconds"}. Needs torch and torchvision.
"""

import json
import sys
import time
from functools import lru_cache

import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from torch.optim.lr_scheduler import OneCycleLR
from torchvision import transforms as T

NORMALISE = [T.ToTensor(), T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]

# How a photo becomes the network's square.
VIEWS = {
    "squash 160": [T.Resize((160, 160))],
    "squash 224": [T.Resize((224, 224))],
    "short side 224": [T.Resize(224), T.CenterCrop(224)],
    "256 to 224": [T.Resize(256), T.CenterCrop(224)],
}
# A linear head on frozen features: the view, the peak of one cycle, label smoothing, epochs. AdamW, batches of 64.
HEADS = {
    "squash 160, hot": ("squash 160", 1e-2, 0.1, 20),
    "squash 224": ("squash 224", 3e-3, 0.0, 30),
    "short side 224": ("short side 224", 3e-3, 0.0, 30),
    "256 to 224": ("256 to 224", 3e-3, 0.0, 30),
}
# Fine-tuning with crops, flips and colours: what is trained, the size, whether frozen layers keep their statistics.
TUNED = {"layer4 160": ("layer4", 160), "layer4 224": ("layer4", 224), "all 160": ("all", 160)}
TUNED_EPOCHS = 6
BATCH = 64


def network(weights, classes):
    model = torchvision.models.resnet18()
    model.load_state_dict(torch.load(weights, map_location="cpu"))
    model.fc = torch.nn.Linear(model.fc.in_features, classes)
    return model


def read(file):
    return Image.open(file).convert("RGB")


class Photos(torch.utils.data.Dataset):
    def __init__(self, rows, steps):
        self.rows, self.transform = rows, T.Compose([*steps, *NORMALISE])

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        file, label = self.rows[index]
        return self.transform(read(file)), label


def accuracy(logits, labels):
    return (logits.argmax(1) == labels).float().mean().item()


@lru_cache(maxsize=None)
def features(view):
    """Features and labels of both parts, and the seconds that they took; the trunk's statistics are the pretrained ones."""
    start = time.time()
    trunk = network(JOB["weights"], 1)
    trunk.fc = torch.nn.Identity()
    trunk.eval()
    parts = []
    with torch.no_grad():
        for rows in (JOB["train"], JOB["valid"]):
            loader = torch.utils.data.DataLoader(Photos(rows, VIEWS[view]), 16, num_workers=2)
            batches = [(trunk(x), y) for x, y in loader]
            parts += [torch.cat([x for x, _ in batches]), torch.cat([y for _, y in batches])]
    return parts, time.time() - start


def train_head(recipe, seed):
    view, rate, smoothing, epochs = HEADS[recipe]
    (x, y, valid_x, valid_y), seconds = features(view)
    start = time.time()
    torch.manual_seed(seed)
    head = torch.nn.Linear(x.shape[1], JOB["classes"])
    optimizer = torch.optim.AdamW(head.parameters(), lr=rate, weight_decay=0.01)
    steps = -(-len(x) // BATCH)
    schedule = OneCycleLR(optimizer, max_lr=rate, total_steps=epochs * steps)
    history = []
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(head(x[rows]), y[rows], label_smoothing=smoothing).backward()
            optimizer.step()
            schedule.step()
        with torch.no_grad():
            history.append(accuracy(head(valid_x), valid_y))
    return history, seconds + time.time() - start


def fine_tune(recipe, seed):
    trained, size = TUNED[recipe]
    start = time.time()
    torch.manual_seed(seed)
    model = network(JOB["weights"], JOB["classes"])
    heads = [p for p in model.fc.parameters()]
    if trained == "layer4":
        model.requires_grad_(False)
        model.layer4.requires_grad_(True)
        model.fc.requires_grad_(True)
    rest = [p for name, p in model.named_parameters() if p.requires_grad and not name.startswith("fc.")]
    varied = [T.RandomResizedCrop(size, scale=(0.35, 1)), T.RandomHorizontalFlip(), T.ColorJitter(0.2, 0.2, 0.2)]
    train = torch.utils.data.DataLoader(Photos(JOB["train"], varied), 32, shuffle=True, drop_last=True, num_workers=2)
    valid = torch.utils.data.DataLoader(Photos(JOB["valid"], [T.Resize((size, size))]), 32, num_workers=2)
    groups = [{"params": heads, "lr": 1e-3}, {"params": rest, "lr": 2e-4}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = OneCycleLR(optimizer, max_lr=[1e-3, 2e-4], total_steps=TUNED_EPOCHS * len(train))
    history = []
    for _ in range(TUNED_EPOCHS):
        model.train()
        if trained == "layer4":  # what is frozen keeps its statistics
            for name, module in model.named_children():
                module.train(name in ("layer4", "fc"))
        for x, y in train:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y, label_smoothing=0.1).backward()
            optimizer.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            answers = [(model(x), y) for x, y in valid]
        history.append(accuracy(torch.cat([z for z, _ in answers]), torch.cat([y for _, y in answers])))
    return history, time.time() - start


JOB = json.load(sys.stdin)
for recipe in JOB["recipes"]:
    for seed in JOB["seeds"]:
        history, seconds = (train_head if recipe in HEADS else fine_tune)(recipe, seed)
        row = {"recipe": recipe, "seed": seed, "last": history[-1], "best": max(history), "seconds": seconds}
        print(json.dumps(row), flush=True)
