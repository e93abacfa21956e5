/** The network and how it learns: what is trained, batch norm over all processes, losses, optimizers, schedules. */
import { python } from './python.ts';

export const recipe = python`
# --- The network ---


class BatchNorm(torch.nn.BatchNorm2d):
    """Batch norm as the run has it: by the batch where it is trained or told to, else by its running statistics. The
    batch is that of all processes together, so that their number changes nothing. PyTorch's own normalises the photos of
    each process by themselves, and its SyncBatchNorm, which does not, is for CUDA alone."""

    @property
    def uses_batch(self):
        is_trained = self.weight.requires_grad or self.bias.requires_grad
        return self.training and (is_trained or CONFIG["batch_norm"] == "batch")

    def forward(self, x):
        if not self.uses_batch:
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        if WORLD == 1:
            return super().forward(x)
        channels = x.shape[1]
        sums = torch.cat([x.sum((0, 2, 3)), x.new_tensor([x.numel() / channels])])
        sums = across.all_reduce(sums)  # the gradient flows through it
        count = sums[-1].detach()
        mean = sums[:channels] / count
        centred = x - mean[:, None, None]
        variance = across.all_reduce((centred * centred).sum((0, 2, 3))) / count
        with torch.no_grad():
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return centred * scale[:, None, None] + self.bias[:, None, None]


class Dropout(torch.nn.Module):
    """Drops what graft drops. Of a stream that a step's batch opens, draw i decides on number i of the whole batch, whichever
    process has it, so that the number of processes changes nothing."""

    step = ()  # the run's seed, the stream's number, epoch, step and batch: for all layers
    first = 0  # of the batch's rows, how many the processes before this one have

    def __init__(self, p, seed, path):
        super().__init__()
        self.p, self.seed, self.path = p, seed, path

    def forward(self, x):
        if not self.training:
            return x
        state = Random(self.seed, *Dropout.step, *self.path, 0).counter
        numbers = np.arange(1, x.numel() + 1, dtype=np.uint64) + Dropout.first * math.prod(x.shape[1:])
        draws = mix(state + numbers * Random.STEP & 0xFFFFFFFF)
        is_kept = torch.from_numpy(draws >= math.floor(self.p * 2**32 + 0.5)).reshape(x.shape).to(x.device)
        return x * is_kept / (1 - self.p)


def is_within(name, parts):
    return any(part == "" or name == part or name.startswith(part + ".") for part in parts)


def build():
    network = getattr(torchvision.models, CONFIG["architecture"])
    norm_layer = functools.partial(BatchNorm, **CONFIG["norm_layer"])
    model = network(num_classes=CONFIG["outputs"], norm_layer=norm_layer)
    dropouts = [name for name, module in model.named_modules() if isinstance(module, torch.nn.Dropout)]
    for name, drawing in zip(dropouts, CONFIG["dropouts"]):
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, Dropout(**drawing))
    return model.to(DEVICE)


def freeze(model, trained):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = is_within(name, trained)


def uses_batch(model):
    return any(module.uses_batch for module in model.train().modules() if isinstance(module, BatchNorm))


# --- Losses: of some rows of a batch, as their part of the whole batch's mean ---


def training_loss(logits, labels, whole):
    """whole are the labels of the whole batch, the other processes' included."""
    smoothing, weights = CONFIG["label_smoothing"], CONFIG["class_weights"]
    weights = torch.tensor(weights or [1.0] * len(CONFIG["classes"]), device=logits.device)
    if CONFIG["loss"] == "bce":
        targets = labels.float() * (1 - smoothing) + smoothing / 2
        positive = weights[1] / weights[0]
        total = F.binary_cross_entropy_with_logits(logits[:, 0], targets, pos_weight=positive, reduction="sum")
        return total / len(whole)
    total = F.cross_entropy(logits, labels, weights, label_smoothing=smoothing, reduction="sum")
    return total / weights[whole].sum()


def validation_loss(logits, labels):
    """The sum over the rows, without smoothing and weights."""
    if CONFIG["loss"] == "bce":
        return F.binary_cross_entropy_with_logits(logits[:, 0], labels.float(), reduction="sum")
    return F.cross_entropy(logits, labels, reduction="sum")


def count_right(logits, labels):
    answers = (logits[:, 0] > 0).long() if CONFIG["loss"] == "bce" else logits.argmax(1)
    return (answers == labels).sum()


def probabilities(logits):
    if CONFIG["loss"] == "bce":
        second = logits[:, :1].sigmoid()
        return torch.cat([1 - second, second], 1)
    return logits.softmax(1)


# --- Steps ---


def make_optimizer(model, rate):
    """Groups by stage, the head's first: each learns slower than the one after it. Biases and batch norm do not decay."""
    groups = []
    for depth, parts in enumerate(reversed(CONFIG["stages"])):
        trained = [p for name, p in model.named_parameters() if p.requires_grad and is_within(name, parts)]
        for parameters, decay in (
            ([p for p in trained if p.dim() > 1], CONFIG["weight_decay"]),
            ([p for p in trained if p.dim() <= 1], 0.0),
        ):
            if parameters:
                scale = CONFIG["layer_decay"] ** depth
                groups.append({"params": parameters, "weight_decay": decay, "scale": scale})
    if CONFIG["optimizer"] == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=CONFIG["momentum"])
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[CONFIG["optimizer"]](groups, lr=rate)


def rate_factor(step, total, warmup):
    """The share of the highest learning rate at a step of a phase, counted from 0."""
    cosine = lambda start, end, share: end + (start - end) / 2 * (1 + math.cos(math.pi * share))
    step, risen = min(step, total - 1), min(1.0, (step + 1) / (warmup + 1))
    name = CONFIG["schedule"]
    if name == "one-cycle":
        peak, last = 0.3 * total - 1, total - 1
        if step <= peak:
            return cosine(1 / 25, 1, step / peak) if peak > 0 else 1.0
        return cosine(1, 1 / 25 / 1e4, (step - peak) / (last - peak) if last > peak else 1)
    if name == "cosine":
        return risen * (1.0 if step <= warmup else cosine(1, 0, (step - warmup) / (total - warmup)))
    if name == "step":
        return risen * 0.1 ** sum(step >= one for one in (math.ceil(total / 2), math.ceil(total * 3 / 4)))
    return risen


def steps_of_epoch(count, epoch, model):
    """The batches of each optimizer step of an epoch, as indices of photos. A last batch of one photo is left out where
    batch norm would take its statistics from it."""
    size, accumulate = CONFIG["batch_size"], CONFIG["accumulate"]
    left_out = 1 if uses_batch(model) and size > 1 and count > 1 and count % size == 1 else 0
    order = permutation(count, Random(CONFIG["seed"], 0xE70C4, epoch))
    batches = [order[at : at + size] for at in range(0, count - left_out, size)]
    return [batches[at : at + accumulate] for at in range(0, len(batches), accumulate)]
`;
