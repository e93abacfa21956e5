"""Writes test/golden/pth: files that PyTorch itself saved, for the tests of src/weights.

Run as `/usr/bin/python3 test/golden/make_pth.py` (Debian's python3-torch). Element i of a storage with seed s is
((37 i + s) mod 101 - 50) / 64, which every float format here holds exactly, or its numerator in integers; the test
computes the same. Files named *-legacy hold memory addresses as storage keys, so their bytes differ from run to run.
"""
import argparse
import datetime
import inspect
import os
import pathlib
from collections import OrderedDict, defaultdict

import numpy
import torch

folder = pathlib.Path(__file__).parent / 'pth'
torch.manual_seed(0)


def values(shape, seed, dtype=torch.float32):
    numerators = torch.tensor([(37 * i + seed) % 101 - 50 for i in range(torch.Size(shape).numel())])
    numbers = numerators / 64 if dtype.is_floating_point else numerators
    return numbers.to(dtype).reshape(shape)


def source_without_path(cls):
    """What PyTorch's old format stores beside a model's class, but for the place of this script on the disk."""
    lines, start = inspect.getsourcelines(cls)
    return lines, start, 'make_pth.py'


torch.serialization.get_source_lines_and_file = source_without_path


def save(name, obj, **options):
    torch.save(obj, folder / name, **options)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 4, 3, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(4, 2)


def filled():
    net = Net()
    with torch.no_grad():
        for seed, tensor in enumerate(net.state_dict().values()):
            tensor.copy_(values(tensor.shape, seed, tensor.dtype))
    return net


def views():
    """Tensors that see one storage of 60 numbers (seed 7) in every way that strides allow."""
    base = values([60], 7)
    matrix = base.view(6, 10)
    return OrderedDict(
        whole=base,
        transposed=matrix.t(),
        block=matrix[1:4, 2:9:3],
        channels_last=base[:48].view(2, 3, 2, 4).permute(0, 2, 3, 1),
        scalar=matrix[2, 3],
        broadcast=matrix[0, :3].expand(4, 3),
        empty=matrix[0:0],
        other=values([5], 8),
    )


def dtypes():
    floats = [torch.float32, torch.float16, torch.bfloat16, torch.float64]
    integers = [torch.int64, torch.int32, torch.int16, torch.int8]
    tensors = OrderedDict((str(d)[6:], values([3, 5], 9, d)) for d in floats + integers)
    tensors['uint8'] = torch.arange(15, dtype=torch.uint8) * 17
    tensors['bool'] = torch.tensor([True, False, True, True])
    tensors['half_specials'] = torch.tensor(
        [0.0, -0.0, 2**-24, 2**-14, 65504.0, float('inf'), float('-inf'), float('nan')], dtype=torch.float16
    )
    return tensors


class CallsSystem:
    """What an attacker would write: unpickling it runs a command."""

    def __reduce__(self):
        return os.system, ('echo this file could have done anything',)


class Settings:
    """An object of the writer's own class among the weights: harmless, and still not to be built."""

    def __init__(self):
        self.depth = 18


def training(net):
    """What a training program leaves behind: the network among objects of all the kinds that such programs keep."""
    model = filled()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.5)
    images = torch.zeros(2, 3, 3, 3)
    model.fc(model.bn1(model.conv1(images)).flatten(1)).sum().backward()
    optimizer.step()
    return {
        'args': argparse.Namespace(lr=0.5, data=pathlib.PurePosixPath('/data'), device=torch.device('cpu'), seed=None),
        'started': datetime.datetime(2024, 2, 29, 12, 30),
        'took': datetime.timedelta(seconds=90),
        'accuracy': numpy.float64(0.75),
        'losses': numpy.arange(4.0),
        'names': {'cat', 'dog'},
        'frozen': frozenset({'conv1'}),
        'counts': defaultdict(list, {'a': [1, 2]}),
        'dtype': torch.float32,
        'random': torch.get_rng_state()[:16].clone(),
        'range': range(3),
        'complex': 1 + 2j,
        'shape': torch.Size([2, 3]),
        'large': 2**70,
        'optimizer': optimizer.state_dict(),
        'scheduler': torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=3).state_dict(),
        'scaler': {'scale': 65536.0, '_growth_tracker': 0},
        'model_ema': OrderedDict(n_averaged=torch.tensor(5), **{'module.' + k: v for k, v in net.state_dict().items()}),
        'model': net.state_dict(),
    }


class Scale(torch.nn.Module):
    """A model that is saved whole: its class goes into the file, and PyTorch's old format adds the source."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(values([4], 3))


def main():
    folder.mkdir(exist_ok=True)
    net = filled()
    old = {'_use_new_zipfile_serialization': False}
    save('zip.pth', net.state_dict())
    save('legacy.pth', net.state_dict(), **old)
    save('protocol4.pth', net.state_dict(), pickle_protocol=4)
    save('views-zip.pth', views())
    save('views-legacy.pth', views(), **old)
    save('dtypes-zip.pth', dtypes())
    save('dtypes-legacy.pth', dtypes(), **old)
    save('parameters.pth', OrderedDict(net.named_parameters()))
    parallel = torch.nn.DataParallel(net)
    save('checkpoint.pth', {'epoch': 3, 'arch': 'net', 'best': 0.5, 'state_dict': parallel.state_dict(), 'optimizer': {'state': {}}})
    save('inexact.pth', {'steps': torch.tensor([1, 2**24 + 1])})
    save('os-system-zip.pth', {'fc.weight': CallsSystem()})
    save('os-system-legacy.pth', {'fc.weight': CallsSystem()}, **old)
    save('class.pth', {'state_dict': net.state_dict(), 'settings': Settings()})
    save('training.pth', training(net))
    save('training-protocol4.pth', training(net), pickle_protocol=4)
    save('training-legacy.pth', training(net), **old)
    averaged = torch.optim.swa_utils.AveragedModel(parallel)
    save('averaged.pth', averaged.state_dict())
    counts = net.state_dict()
    counts['bn1.num_batches_tracked'] = torch.tensor([2**24 + 1])
    save('counts.pth', counts)
    save('whole-model-zip.pth', Scale())
    save('whole-model-legacy.pth', Scale(), **old)


if __name__ == '__main__':
    main()
