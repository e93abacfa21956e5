/** From files to pixels, once a machine: the photos of the run and no others, turned and resized as graft does it. */
import { python } from './python.ts';

export const photos = python`
# --- Photos: decoded once a machine into a file of bytes, which all its processes read ---


def decode(row, side, folder):
    """A photo's bytes [side, side, 3]. Ends the program where the file is not the one that the run was trained on."""
    path = folder / row["file"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SystemExit(f"{path} cannot be read ({error}). --data names the folder that the photos are in.")
    if len(data) != row["bytes"] or hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise SystemExit(f"{path} is not the photo that the run was trained on. Copy the folder again.")
    try:
        photo = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    except (OSError, SyntaxError) as error:
        raise SystemExit(f"Pillow {PIL.__version__} cannot read {path} ({error}). A newer one reads more formats.")
    if CONFIG["background"] is None:
        photo = photo.convert("RGB")
    else:
        photo = photo.convert("RGBA")
        behind = Image.new("RGBA", photo.size, (*CONFIG["background"], 255))
        photo = Image.alpha_composite(behind, photo).convert("RGB")
    return np.asarray(photo.resize((side, side), Image.BILINEAR))


def decoded(rows, side, folder, cache):
    """All photos of rows as bytes [photos, side, side, 3], in a file that this machine's processes fill together."""
    key = hashlib.sha256(json.dumps([rows, side, CONFIG["background"]]).encode()).hexdigest()[:16]
    path, done = cache / f"{key}.pixels", cache / f"{key}.done"
    is_new = not done.exists()
    barrier()  # all have looked before the first one writes
    shape = (len(rows), side, side, 3)
    if is_new and LOCAL_RANK == 0:
        cache.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(cache).free < math.prod(shape):
            raise SystemExit(f"{cache} has no room for {math.prod(shape) / 1e6:.0f} MB. --cache names another place.")
        with open(path, "wb") as file:
            file.truncate(math.prod(shape))
    barrier()
    mine, equal = range(LOCAL_RANK, len(rows), LOCAL_WORLD) if is_new else (), 0
    pixels = np.memmap(path, np.uint8, "r+" if is_new else "c", shape=shape)
    with ThreadPoolExecutor(max(1, (os.cpu_count() or 1) // LOCAL_WORLD)) as pool:
        for index, photo in zip(mine, pool.map(lambda index: decode(rows[index], side, folder), mine)):
            pixels[index] = photo
            equal += zlib.crc32(photo.tobytes()) == rows[index]["pixels"]
    pixels.flush()
    equal, all_of_them = summed([equal, len(mine)])
    if all_of_them > 0:
        say(f"decoded {all_of_them:.0f} photos at {side} px; {equal:.0f} have the very pixels that graft saw")
    if is_new and LOCAL_RANK == 0:
        done.touch()
    return torch.from_numpy(np.memmap(path, np.uint8, "c", shape=shape))


# --- Augmentation: what graft draws for a photo in an epoch, drawn again ---


def draw(index, epoch, side):
    """What happens to a photo: crop (x, y, width, height), flip, radians of rotation, factors of colours in order."""
    size, policy = CONFIG["size"], CONFIG["augment"] if epoch > 0 else None
    if policy is None:
        start = round((side - size) / 2)  # halves to the even neighbour, as torchvision's CenterCrop
        return (start, start, size, size), False, 0.0, []
    random = Random(CONFIG["seed"], 0xA06, epoch, index)
    within = lambda most: most * (2 * random.uniform() - 1)
    if policy["crop"] == "shifted":
        crop = (random.below(side - size + 1), random.below(side - size + 1), size, size)
    else:
        crop = resized_crop(random, side, **policy["crop"])
    flip = random.below(2) == 1
    factors = {"brightness": 1 + within(policy["jitter"]["brightness"])}
    factors["contrast"] = 1 + within(policy["jitter"]["contrast"])
    order = ["contrast", "brightness"] if random.below(2) == 1 else ["brightness", "contrast"]
    if policy["jitter"]["saturation"] > 0:
        order.insert(random.below(3), "saturation")
    factors["saturation"] = 1 + within(policy["jitter"]["saturation"])
    return crop, flip, within(math.radians(policy["rotation"])), [(name, factors[name]) for name in order]


def resized_crop(random, side, area, aspect):
    """torchvision's RandomResizedCrop: a share of the area, a shape within 1/aspect … aspect, anywhere in the photo."""
    single = lambda value: float(np.float32(value))
    for _ in range(10):
        pixels = side * side * (area[0] + (area[1] - area[0]) * random.uniform())
        ratio = math.exp(math.log(aspect) * (2 * random.uniform() - 1))
        width, height = single(math.sqrt(pixels * ratio)), single(math.sqrt(pixels / ratio))
        if width <= side and height <= side:
            x = single(random.uniform() * (side - width))
            return x, single(random.uniform() * (side - height)), width, height
    width, height = min(side, side * aspect), min(side, side * aspect)
    return (side - width) / 2, (side - height) / 2, width, height


def shown(photo, index, epoch):
    """A photo's bytes [side, side, 3] as the network sees them in an epoch [3, size, size]; in epoch 0 as they are."""
    side, size = photo.shape[0], CONFIG["size"]
    (x, y, width, height), flip, rotation, colours = draw(index, epoch, side)
    image = photo.permute(2, 0, 1).float() / 255
    if rotation == 0 and width == size == height:
        image = image[:, y : y + size, x : x + size]
        image = image.flip(2) if flip else image
    else:
        image = sampled(image, (x, y, width, height), flip, rotation)
    for name, factor in colours:
        grey = (image * image.new_tensor([0.2989, 0.587, 0.114])[:, None, None]).sum(0)
        other = {"brightness": 0, "contrast": grey.mean(), "saturation": grey}[name]
        image = (factor * image + (1 - factor) * other).clamp(0, 1)
    mean, std = (image.new_tensor(CONFIG[name])[:, None, None] for name in ("mean", "std"))
    return (image - mean) / std


def sampled(image, crop, flip, rotation):
    """The crop, turned about its middle: each pixel is the mean of as many bilinear samples as it covers pixels."""
    side, size = image.shape[1], CONFIG["size"]
    x, y, width, height = crop
    across, down = (min(16, max(1, math.ceil(length / size))) for length in (width, height))
    columns = ((torch.arange(size * across, device=image.device) + 0.5) / across - size / 2) * (width / size)
    rows = ((torch.arange(size * down, device=image.device) + 0.5) / down - size / 2) * (height / size)
    rows, columns = torch.meshgrid(rows, -columns if flip else columns, indexing="ij")
    at_x = x + width / 2 - 0.5 + math.cos(rotation) * columns + math.sin(rotation) * rows
    at_y = y + height / 2 - 0.5 - math.sin(rotation) * columns + math.cos(rotation) * rows
    grid = torch.stack([at_x, at_y], 2) * (2 / (side - 1)) - 1
    samples = F.grid_sample(image[None], grid[None], padding_mode="border", align_corners=True)
    return F.avg_pool2d(samples, (down, across))[0]
`;
