"""The program that graft grew from, in PyTorch: transfer learning with ResNet-18 on a folder of photos, timed from start to
written model. Its one fault is left out: probabilities, not logits, are compared with 0.5.

    /usr/bin/time python3 bench/peers/seed_program.py DATA WEIGHTS.pth [--epochs 5] [--tune head|layer4]

DATA holds train/ and test/ with a folder of photos a class, two of them. Needs torch and torchvision.
"""
import argparse
import time

START = time.time()

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("weights")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--tune", choices=["head", "layer4"], default="head")
parser.add_argument("--workers", type=int, default=4, help="processes that decode photos; the program has 4")
parser.add_argument("--output", default="/tmp/seed-program.pth")
args = parser.parse_args()

normalise = [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
train_transform = transforms.Compose(
    [
        transforms.Resize((150, 150)),
        transforms.RandomCrop(128),
        transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(brightness=0.2, contrast=0.2),
        *normalise,
    ]
)
valid_transform = transforms.Compose([transforms.Resize((128, 128)), *normalise])
train = DataLoader(datasets.ImageFolder(f"{args.data}/train", train_transform), 64, shuffle=True, num_workers=args.workers)
valid = DataLoader(datasets.ImageFolder(f"{args.data}/test", valid_transform), 64, num_workers=args.workers)

torch.manual_seed(42)
model = models.resnet18()
model.load_state_dict(torch.load(args.weights))
for name, parameter in model.named_parameters():
    parameter.requires_grad = args.tune == "layer4" and name.startswith("layer4")
model.fc = nn.Linear(model.fc.in_features, 1)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def accuracy():
    model.eval()
    with torch.no_grad():
        right = sum(((torch.sigmoid(model(x)).squeeze(1) > 0.5) == y.bool()).sum().item() for x, y in valid)
    return right / len(valid.dataset)


for epoch in range(1, args.epochs + 1):
    model.train()
    losses = []
    for inputs, labels in train:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels.float().unsqueeze(1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"epoch {epoch}  loss {sum(losses) / len(losses):.4f}  accuracy {accuracy():.4f}  {time.time() - START:.1f} s", flush=True)
torch.save(model.state_dict(), args.output)
print(f"written after {time.time() - START:.1f} s")
