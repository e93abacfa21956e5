#!/usr/bin/python3
"""Writes imagenet.json: what PyTorch's ResNet-18 says about each photo of ../shared/data/imagenet-sample.

For each file the indices of its five likeliest classes, with torchvision's own transform (resize 256, centre crop 224).
Made with PyTorch 1.13 and torchvision 0.14 (Debian): /usr/bin/python3 test/golden/make_imagenet.py
"""

import json
from pathlib import Path

import torch
from PIL import Image
from torchvision import models, transforms

HERE = Path(__file__).resolve().parent
SHARED = HERE / "../../../shared"

transform = transforms.Compose(
    [
        transforms.Resize(256),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)

model = models.resnet18()
model.load_state_dict(torch.load(SHARED / "weights/resnet18-imagenet-nc.pth", map_location="cpu"))
model.eval()

lines = []
with torch.no_grad():
    for path in sorted((SHARED / "data/imagenet-sample").glob("*.jpg")):
        image = transform(Image.open(path).convert("RGB"))
        top = model(image[None])[0].topk(5).indices.tolist()
        lines.append(f"  {json.dumps(path.name)}: {json.dumps(top)}")

(HERE / "imagenet.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
