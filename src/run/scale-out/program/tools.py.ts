/** What the program stands on: graft's random numbers, processes that talk to each other, and files that are whole or not there. */
import { python } from './python.ts';

export const tools = python`
# --- Random numbers: graft's own, so that splits, orders and augmentation are the run's ---


def mix(x):
    """A bijection of 32 bits with little bias (lowbias32)."""
    x = (x ^ (x >> 16)) * 0x7FEB352D & 0xFFFFFFFF
    x = (x ^ (x >> 15)) * 0x846CA68B & 0xFFFFFFFF
    return x ^ (x >> 16)


class Random:
    """A counter run through that hash; a key of several numbers opens a stream of its own."""

    STEP = 0x9E3779B9

    def __init__(self, *key):
        self.counter = 0
        for part in key:
            self.counter = mix(mix((self.counter ^ part) & 0xFFFFFFFF) + (part >> 32) + self.STEP & 0xFFFFFFFF)

    def uniform(self):
        self.counter = self.counter + self.STEP & 0xFFFFFFFF
        return mix(self.counter) / 2**32

    def below(self, bound):
        return int(self.uniform() * bound)


def permutation(count, random):
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = random.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return order


# --- Processes: torchrun tells each one which it is; without it there is one ---

RANK, WORLD = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
LOCAL_RANK, LOCAL_WORLD = int(os.environ.get("LOCAL_RANK", 0)), int(os.environ.get("LOCAL_WORLD_SIZE", 1))
DEVICE = torch.device("cuda", LOCAL_RANK) if torch.cuda.is_available() else torch.device("cpu")
CONTROL = None  # the group in which processes agree on what to do, beside the one for gradients


def connect():
    global CONTROL
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # graft computes in 32 bits
    if DEVICE.type == "cuda":
        torch.cuda.set_device(DEVICE)
    if WORLD > 1:
        dist.init_process_group("nccl" if DEVICE.type == "cuda" else "gloo")
        CONTROL = dist.new_group(backend="gloo")


def say(text):
    if RANK == 0:
        print(text, flush=True)


def barrier():
    if WORLD > 1:
        dist.barrier(CONTROL)


def summed(numbers):
    """The sums over all processes of some numbers that each of them has."""
    values = torch.tensor(numbers, dtype=torch.float64)
    if WORLD > 1:
        dist.all_reduce(values, group=CONTROL)
    return values.tolist()


def gathered(value):
    """What each process has, in a list."""
    values = [value] * WORLD
    if WORLD > 1:
        dist.all_gather_object(values, value, CONTROL)
    return values


def from_first(value):
    """What the first process has, for all."""
    values = [value if RANK == 0 else None]
    if WORLD > 1:
        dist.broadcast_object_list(values, 0, CONTROL)
    return values[0]


# --- Files ---


def write_whole(path, write):
    """Writes a file completely, or leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


DTYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    """The tensors of a safetensors file: numbers and nothing else, so that no file can run code."""
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    return {
        name: torch.frombuffer(bytearray(data[start + entry["data_offsets"][0] : start + entry["data_offsets"][1]]),
                               dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


def write_safetensors(path, tensors, metadata):
    """Metadata are texts by name; graft's commands find in them what they need to use the model."""
    header, blocks, end = {"__metadata__": metadata}, [], 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].dtype != torch.int64):  # eights before fours
        block = tensor.cpu().contiguous().numpy().tobytes()
        dtype = next(key for key, value in DTYPES.items() if value == tensor.dtype)
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [end, end + len(block)]}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, lambda file: file.writelines([struct.pack("<Q", len(text)), text, *blocks]))
`;
