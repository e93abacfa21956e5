/** The loop: phases of epochs of steps over all processes, with checkpoints from which any number of them goes on. */
import { python } from './python.ts';

export const training = python`
# --- What a phase learns from ---


class Images:
    """Photos through the whole network."""

    def __init__(self, model, pixels):
        self.model, self.pixels = model, pixels

    def rows(self, part, indices, epoch):
        size = CONFIG["size"]
        if len(indices) == 0:  # of a last batch that is smaller than the number of processes
            return torch.empty(0, 3, size, size, device=DEVICE)
        return torch.stack([shown(self.pixels[part][index].to(DEVICE), index, epoch) for index in indices])


class Features:
    """What the trunk makes of the photos, where it never changes: computed once, shared out, and kept by every process.
    Of an augmented photo there are several views, which epochs go through in turn; the first is the photo as it is."""

    def __init__(self, trunk, images, epochs):
        head = trunk.get_submodule(CONFIG["head"])
        # Features are what comes to the head, before dropout, of which evaluation knows nothing.
        self.model = torch.nn.Sequential(*(one for one in trunk.modules() if isinstance(one, Dropout)), head)
        self.views = 1 if CONFIG["augment"] is None else min(CONFIG["views"], epochs)
        trunk.eval()
        self.kept = {}
        for part, views in (("train", self.views), ("valid", 1)):
            count = len(images.pixels[part])
            all_rows = [(view, index) for view in range(views) for index in range(count)]
            mine, computed = all_rows[RANK::WORLD], []
            hook = head.register_forward_pre_hook(lambda _, given: computed.append(given[0].cpu()))
            with torch.no_grad():
                for at in range(0, len(mine), CONFIG["batch_size"]):
                    some = mine[at : at + CONFIG["batch_size"]]
                    trunk(torch.cat([images.rows(part, [index], view) for view, index in some]))
            hook.remove()
            parts = gathered(torch.cat(computed) if computed else None)
            kept = torch.empty(len(all_rows), parts[0].shape[1])
            for rank, rows in enumerate(parts):
                if rows is not None:
                    kept[rank::WORLD] = rows
            self.kept[part] = kept.reshape(views, count, -1).to(DEVICE)
        count = sum(map(len, images.pixels.values()))
        say(f"features of {count} photos computed, {self.views} view(s) of each to train on")

    def rows(self, part, indices, epoch):
        indices = torch.tensor(indices, dtype=torch.long)
        return self.kept[part][(epoch - 1 + indices) % self.views if epoch > 0 else 0 * indices, indices]


# --- Training ---


class Run:
    """The model, its progress, and what is written of it: all that a checkpoint holds."""

    def __init__(self, photos, output, seconds):
        self.photos, self.output, self.seconds = photos, output, seconds
        self.labels = {part: torch.tensor([row["label"] for row in rows]) for part, rows in photos.items()}
        self.model = build()
        self.progress = {"phase": 0, "phase_epochs": 0, "best": None, "since_best": 0, "history": [], **start_of_epoch()}
        self.moments = None
        self.last_saved = time.monotonic()
        kept = from_first(self.read_checkpoint())
        self.model.load_state_dict(kept["model"] if kept else read_safetensors(HERE / "start.safetensors"))
        if kept:
            self.progress, self.moments = json.loads(kept["progress"]), kept["moments"]
            self.progress["sums"] = self.progress["sums"] if RANK == 0 else [0.0, 0.0]
            say(f"goes on at epoch {len(self.progress['history']) + 1}, after {self.progress['step']} of its steps")

    def read_checkpoint(self):
        path = self.output / "checkpoint.pt"
        if RANK > 0 or not path.exists():
            return None
        kept = torch.load(path, map_location="cpu", weights_only=True)
        if kept["config"] != digest():
            raise SystemExit(f"{path} is of another run. Give another --output, or delete it.")
        return kept

    def save(self, optimizer):
        """Every process calls it; the first one writes."""
        progress = self.progress
        progress["sums"] = summed(progress["sums"])
        if RANK == 0:
            # Numbers as a text: PyTorch 1.13 finds floats unsafe to load.
            state = {"config": digest(), "progress": json.dumps(progress), "model": self.model.state_dict()}
            state["moments"] = optimizer.state_dict()["state"] if optimizer else None
            write_whole(self.output / "checkpoint.pt", lambda file: torch.save(state, file))
        else:
            progress["sums"] = [0.0, 0.0]  # the first process has them all
        self.last_saved = time.monotonic()

    def train(self, pixels):
        images = Images(self.model, pixels)
        for index, phase in enumerate(CONFIG["phases"]):
            if index < self.progress["phase"]:
                continue
            freeze(self.model, phase["trains"])
            trained = [name for name, parameter in self.model.named_parameters() if parameter.requires_grad]
            is_head = all(is_within(name, [CONFIG["head"]]) for name in trained)
            is_fixed = is_head and CONFIG["batch_norm"] == "running" and CONFIG["views"] > 0
            inputs = Features(self.model, images, phase["epochs"]) if is_fixed else images
            self.train_phase(index, phase, inputs)

    def train_phase(self, index, phase, inputs):
        progress = self.progress
        optimizer = make_optimizer(self.model, phase["learning_rate"])
        if self.moments is not None:
            optimizer.load_state_dict({**optimizer.state_dict(), "state": self.moments})
            self.moments = None
        network = inputs.model
        if WORLD > 1:  # all have the same statistics, so that none need be sent
            devices = [LOCAL_RANK] if DEVICE.type == "cuda" else None
            network = torch.nn.parallel.DistributedDataParallel(network, devices, broadcast_buffers=False)
        while progress["phase"] == index:
            rate = self.train_epoch(phase, inputs, network, optimizer)
            began = time.monotonic()
            loss, accuracy, answers = self.validate(inputs)
            self.end_epoch(phase, rate, loss, accuracy, answers, time.monotonic() - began)
            self.save(optimizer if progress["phase"] == index else None)

    def train_epoch(self, phase, inputs, network, optimizer):
        """The steps of the epoch that are not done yet; returns the rate of the last."""
        progress, labels = self.progress, self.labels["train"]
        epoch = len(progress["history"]) + 1
        self.model.train()
        steps = steps_of_epoch(len(labels), epoch, self.model)
        first, total = progress["phase_epochs"] * len(steps), phase["epochs"] * len(steps)
        warmup = min(total, math.floor(CONFIG["warmup_epochs"] * len(steps) + 0.5))
        rate_at = lambda step: phase["learning_rate"] * rate_factor(first + step, total, warmup)
        while progress["step"] < len(steps):
            for group in optimizer.param_groups:
                group["lr"] = rate_at(progress["step"]) * group["scale"]
            began = time.monotonic()
            optimizer.zero_grad()
            batches = steps[progress["step"]]
            for number, batch in enumerate(batches):
                self.add_gradients(inputs, network, batch, epoch, number, len(batches))
            if CONFIG["clip_grad"] is not None:
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), CONFIG["clip_grad"])
            optimizer.step()
            progress["step"] += 1
            progress["count"] += sum(map(len, batches))
            progress["seconds"] += time.monotonic() - began
            is_due = RANK == 0 and time.monotonic() - self.last_saved >= self.seconds
            wants_stop, wants_save = summed([STOP.is_set(), is_due])  # all save and stop after the same step
            if wants_stop or wants_save:
                self.save(optimizer)
            if wants_stop:
                say("stopped; the same command goes on from here")
                sys.exit(130)
        return rate_at(len(steps) - 1)

    def add_gradients(self, inputs, network, batch, epoch, number, batches):
        """The gradients of a batch's mean loss, of which each process computes its share of the rows."""
        is_last = number == batches - 1
        shares = np.array_split(batch, WORLD)
        mine = [int(index) for index in shares[RANK]]
        Dropout.step = (CONFIG["seed"], 0xD409, epoch, self.progress["step"], number)
        Dropout.first = sum(map(len, shares[:RANK]))
        labels = self.labels["train"][mine].to(DEVICE)
        with contextlib.nullcontext() if WORLD == 1 or is_last else network.no_sync():
            logits = network(inputs.rows("train", mine, epoch))
            loss = training_loss(logits, labels, self.labels["train"][batch])
            # DistributedDataParallel takes the mean over processes; the batch's mean is the sum of their shares.
            (loss * WORLD / batches).backward()
        sums = self.progress["sums"]
        sums[0] += loss.item() * len(batch)
        sums[1] += count_right(logits, labels).item()

    def validate(self, inputs):
        """Loss, accuracy and the probabilities for each photo, in evaluation mode."""
        self.model.eval()
        labels, size = self.labels["valid"], CONFIG["batch_size"]
        mine, sums, answers = range(RANK, len(labels), WORLD), [0.0, 0.0], []
        with torch.no_grad():
            for at in range(0, len(mine), size):
                rows = list(mine[at : at + size])
                logits, wanted = inputs.model(inputs.rows("valid", rows, 0)), labels[rows].to(DEVICE)
                sums[0] += validation_loss(logits, wanted).item()
                sums[1] += count_right(logits, wanted).item()
                answers += probabilities(logits).tolist()
        loss, right = summed(sums)
        shares = [None] * len(labels)
        for rank, some in enumerate(gathered(answers)):
            shares[rank::WORLD] = some
        return loss / len(labels), right / len(labels), shares

    def end_epoch(self, phase, rate, loss, accuracy, answers, valid_seconds):
        progress, count = self.progress, self.progress["count"]
        train_loss, right = summed(progress["sums"])
        if not math.isfinite(train_loss + loss):
            raise SystemExit("Training has diverged. Try a lower learning rate, or fewer trained layers.")
        epoch, best = len(progress["history"]) + 1, progress["best"]
        is_best = best is None or accuracy > best[0] or (accuracy == best[0] and loss < best[1])
        values = (epoch, train_loss / count, right / count, loss, accuracy, rate, int(is_best))
        values += (progress["seconds"], valid_seconds, count / progress["seconds"])
        progress["history"].append(dict(zip(HISTORY, values)))
        progress["since_best"] = 0 if is_best else progress["since_best"] + 1
        if is_best:
            progress["best"] = [accuracy, loss]
        if RANK == 0:
            self.write_results(is_best, answers)
        is_tired = CONFIG["patience"] is not None and progress["since_best"] >= CONFIG["patience"]
        progress["phase_epochs"] += 1
        if progress["phase_epochs"] >= phase["epochs"] or is_tired:
            progress.update(phase=progress["phase"] + 1, phase_epochs=0, since_best=0)
        progress.update(start_of_epoch())
        say(f"epoch {epoch}  train loss {values[1]:.4f}, {values[2]:.1%} right; "
            f"validation loss {loss:.4f}, {accuracy:.1%} right")

    def write_results(self, is_best, answers):
        history = self.progress["history"]
        last = history[-1]
        write_table(self.output / "history.csv", [HISTORY, *(row.values() for row in history)])
        if not is_best:
            return
        result = {"epoch": last["epoch"], "val_accuracy": last["valid_accuracy"], "val_loss": last["valid_loss"]}
        card = {**CONFIG["card"], **{key: str(value) for key, value in result.items()}}
        write_safetensors(self.output / "best.safetensors", self.model.state_dict(), card)
        head = ["file", "label", *(f"p_{name}" for name in CONFIG["classes"])]
        labelled = ((row["file"], CONFIG["classes"][row["label"]]) for row in self.photos["valid"])
        rows = ([*label, *shares] for label, shares in zip(labelled, answers))
        write_table(self.output / "answers.csv", [head, *rows])


HISTORY = ["epoch", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "learning_rate", "is_best",
           "train_seconds", "valid_seconds", "images_per_second"]
STOP = threading.Event()


def start_of_epoch():
    """Steps and photos done, the sums of their losses and of right answers that this process has, and seconds."""
    return {"step": 0, "count": 0, "sums": [0.0, 0.0], "seconds": 0.0}


def write_table(path, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_whole(path, lambda file: file.write(text.getvalue().encode()))


def digest():
    """What tells this run from others: all that decides its weights."""
    return hashlib.sha256(json.dumps({**CONFIG, "data": None}, sort_keys=True).encode()).hexdigest()


def main():
    cache = Path.home() / ".cache" / "graft" / f"scale-out-{socket.gethostname()}"
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind, default, about in (
        ("--data", Path, HERE / CONFIG["data"], "the folder of photos"),
        ("--output", Path, HERE / "result", "where the first process writes"),
        ("--cache", Path, cache, "each machine's own folder for decoded photos, of use as long as it trains"),
        ("--checkpoint-seconds", float, 30, "from one checkpoint to the next"),
    ):
        options.add_argument(name, type=kind, default=default, help=f"{about} (default: %(default)s)")
    options = options.parse_args()
    for name, expected in CONFIG["checksums"].items():
        if hashlib.sha256((HERE / name).read_bytes()).hexdigest() != expected:
            raise SystemExit(f"{HERE / name} is not the file that belongs to this program. Copy its folder again.")
    if WORLD > CONFIG["batch_size"]:
        raise SystemExit(f"{WORLD} processes cannot share out batches of {CONFIG['batch_size']} photos. Start fewer.")
    connect()
    photos = json.loads((HERE / "photos.json").read_text("utf-8"))
    sides = CONFIG["sides"].items()
    pixels = {part: decoded(photos[part], side, options.data, options.cache) for part, side in sides}
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: STOP.set())
    run = Run(photos, options.output, options.checkpoint_seconds)
    counts = [len(photos[part]) for part in ("train", "valid")]
    say(f"{WORLD} process(es) on {DEVICE.type}, {counts[0]} photos to train on, {counts[1]} to validate")
    run.train(pixels)
    say(f"the best model is {options.output / 'best.safetensors'}")
    if WORLD > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
`;
