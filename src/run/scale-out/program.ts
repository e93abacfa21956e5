/** The program as text: what it is and how it differs, its `CONFIG`, and the parts in `program/`. */
import { pythonLiteral, type Fields } from './literal.ts';
import { photos } from './program/photos.py.ts';
import { recipe } from './program/recipe.py.ts';
import { tools } from './program/tools.py.ts';
import { training } from './program/training.py.ts';

/** What the head of the program tells. */
export interface ProgramFacts {
  readonly run: string;
  readonly version: string;
  readonly decoder: string;
  /** By how many times too large JPEGs were shrunk while they were loaded; null for never. */
  readonly shrinkFrom: number | null;
}

/** The text of `scale_out.py`. */
export function programText(facts: ProgramFacts, config: Fields): string {
  const body = [tools, photos, recipe, training].map((part) => part.trim()).join('\n\n\n');
  return `${head(facts)}\n\nCONFIG = ${pythonLiteral(config)}\n\nHERE = Path(__file__).resolve().parent\n\n\n${body}\n`;
}

function head({ run, version, decoder, shrinkFrom }: ProgramFacts): string {
  const shrunk =
    shrinkFrom === null
      ? ''
      : `
  JPEGs of ${shrinkFrom} times the size that the network sees, or more, were shrunk while graft loaded them; here they are read whole.`;
  return `"""The run ${JSON.stringify(run).slice(1, -1)} of graft ${version} as a PyTorch program, for one process or many, on one machine or several.

  python3 scale_out.py                                                   one process
  torchrun --nproc_per_node 8 scale_out.py                               one machine, a process for each GPU
  torchrun --nnodes 2 --nproc_per_node 8 --rdzv_backend c10d \\\\
           --rdzv_endpoint HOST:29500 scale_out.py                       the same on each of two machines

It needs torch 1.13 or newer, torchvision and Pillow, and the files beside it. The first process writes result/best.safetensors,
which graft reads: graft predict --model result/best.safetensors PHOTO.jpg. SIGTERM and Ctrl-C stop it after a step; called again,
with as many processes as you like, it goes on from its last checkpoint.

The same as in graft: photos and split, starting weights and fresh head, the order of photos, what augmentation draws for each of
them and what dropout drops, steps, rates and losses. A batch is shared out among all processes, so that their number changes neither the batch nor the
rate: gradients are those of the whole batch's mean, and batch norm that learns sees all of the batch.

Not the same:
  Sums are added in another order and by other kernels: losses differ in their last digits, and more so as training goes on.
  Photos were read by ${decoder} and are read by Pillow here. It says how many have the very same pixels; for others a few levels differ.${shrunk}
  Best is the same (the most accurate epoch, then the lower loss), but no temperature is fitted: the model is as sure as training
  left it. There is no report; history.csv has the same columns, and answers.csv what the best model said to each validation photo.
"""

import argparse
import contextlib
import csv
import functools
import hashlib
import io
import json
import math
import os
import shutil
import signal
import socket
import struct
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL
import torch
import torch.distributed as dist
import torch.distributed.nn.functional as across
import torch.nn.functional as F
import torchvision
from PIL import Image, ImageOps`;
}
