"""Makes the fixtures and goldens of src/data in test/golden/data: tiny images in many codings, and what PIL and torchvision
make of them.

    python3 test/golden/make_data.py        (Pillow 9.4, torchvision 0.14, avifenc 0.11; Debian: python3-pil python3-torchvision libavif-bin)

NAME.jpg or NAME.png is a fixture; NAME.ppm beside it is the upright RGB image that PIL reads from it. resize.json lists the
resize goldens: an operation, and the .ppm that it makes of photo.ppm.
"""

import io
import json
import os
import struct
import subprocess
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps
from torchvision import transforms

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


def scene(height, width):
    """A smooth picture with an edge and a little texture, different in all channels and under all symmetries."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / max(width - 1, 1)
    green = 255 * y / max(height - 1, 1)
    blue = 127 + 90 * np.sin(x / 3.0) * np.cos(y / 4.0)
    image = np.stack([red, green, blue], -1)
    image[: height // 3, : width // 4] = [250, 20, 40]
    return np.clip(np.round(image), 0, 255).astype(np.uint8)


def path(name):
    return os.path.join(HERE, name)


def save(name, data, expected=None):
    with open(path(name), "wb") as file:
        file.write(data)
    if expected is None:
        image = Image.open(io.BytesIO(data))
        expected = ImageOps.exif_transpose(image).convert("RGB")
    expected.save(path(os.path.splitext(name)[0] + ".ppm"))


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 90, "subsampling": 0, **options})
    return out.getvalue()


def adobe(transform):
    return b"\xff\xee" + struct.pack(">H5sHHHB", 14, b"Adobe", 100, 0, 0, transform)


def exif(orientation, order):
    """An EXIF block with the orientation as its second tag."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    return (
        b"Exif\0\0" + head + struct.pack(order + "IH", 8, 2)
        + struct.pack(order + "HHIHH", 0x0103, 3, 1, 6, 0)
        + struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
        + struct.pack(order + "I", 0)
    )


def make_jpegs():
    rgb = Image.fromarray(scene(27, 37))
    save("rgb-444.jpg", jpeg(rgb))
    save("rgb-420.jpg", jpeg(rgb, subsampling=2))
    save("rgb-422.jpg", jpeg(rgb, subsampling=1))
    save("progressive.jpg", jpeg(rgb, progressive=True))
    grey = jpeg(rgb.convert("L"))
    save("grey.jpg", grey)
    # A restart interval that the number of blocks is no multiple of: here one longer than the image.
    save("grey-restart.jpg", grey.replace(b"\xff\xda", b"\xff\xdd\0\x04\0\x40\xff\xda"))
    # PIL writes CMYK with Adobe's marker and inverted; setting the marker's transform to 2 makes the same bytes YCCK.
    cmyk = jpeg(Image.fromarray(np.dstack([scene(27, 37), scene(27, 37)[..., 2] // 2]), "CMYK"))
    save("cmyk.jpg", cmyk)
    save("ycck.jpg", cmyk.replace(adobe(0), adobe(2)))
    # Without JFIF's marker, Adobe's transform 0 says that three components are RGB already.
    ycc = jpeg(rgb)
    jfif = 4 + struct.unpack(">H", ycc[4:6])[0]
    save("adobe-rgb.jpg", b"\xff\xd8" + adobe(0) + ycc[jfif:])
    for orientation in range(1, 9):
        order = "<" if orientation % 2 else ">"
        save(f"exif-{orientation}.jpg", jpeg(Image.fromarray(scene(8, 16)), exif=exif(orientation, order)))


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def filtered(rows, distance):
    """Filters each scanline with the next of PNG's five filters in turn."""
    out, previous = bytearray(), bytes(len(rows[0]))
    for y, row in enumerate(rows):
        kind = y % 5
        out.append(kind)
        for i, value in enumerate(row):
            left = row[i - distance] if i >= distance else 0
            up = previous[i]
            corner = previous[i - distance] if i >= distance else 0
            estimate = left + up - corner
            paeth = min((left, up, corner), key=lambda v: abs(estimate - v))
            out.append((value - [0, left, up, (left + up) // 2, paeth][kind]) & 255)
        previous = row
    return bytes(out)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, colour_type, depth, interlaced=False, extra=b""):
    """Writes samples [H, W, C] of `depth` bits; PIL itself writes neither interlacing nor 16-bit colour."""
    height, width, channels = samples.shape
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size == 0:
            continue
        flat = part.reshape(part.shape[0], -1)
        bits = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
        rows = [bytes(np.packbits(row.reshape(-1))) for row in bits]
        data += filtered(rows, max(1, channels * depth // 8))
    packed = zlib.compress(data, 9)
    half = len(packed) // 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced)))
        + extra + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")
    )


def make_pngs():
    rgb = scene(9, 13).astype(np.uint32)
    grey, alpha = rgb[..., 2:], 255 - rgb[..., :1]
    wide = lambda image: image * 256 + (image * 7) % 256  # 16 bits whose low byte is not the high one

    for interlaced in (False, True):
        suffix = "-interlaced" if interlaced else ""
        for depth in (1, 2, 4, 8):
            save(f"grey-{depth}{suffix}.png", png(grey >> (8 - depth), 0, depth, interlaced))
            entries = 1 << depth
            colours = np.stack([np.arange(entries) * 5 % 256, 255 - np.arange(entries), np.arange(entries) * 91 % 256], -1)
            palette = chunk(b"PLTE", bytes(colours.astype(np.uint8).reshape(-1)))
            save(f"palette-{depth}{suffix}.png", png(grey >> (8 - depth), 3, depth, interlaced, palette))
        save(f"rgb-8{suffix}.png", png(rgb, 2, 8, interlaced))
        save(f"rgb-16{suffix}.png", png(wide(rgb), 2, 16, interlaced))
        save(f"rgba-8{suffix}.png", png(np.dstack([rgb, alpha]), 6, 8, interlaced))

    save("rgba-16.png", png(wide(np.dstack([rgb, alpha])), 6, 16))
    save("grey-alpha-8.png", png(np.dstack([grey, alpha]), 4, 8))
    save("grey-alpha-16.png", png(wide(np.dstack([grey, alpha])), 4, 16))
    # PIL clips 16-bit grey at 255, which turns the picture white; the high byte is the sensible reading.
    save("grey-16.png", png(wide(grey), 0, 16), Image.fromarray(grey[..., 0].astype(np.uint8)).convert("RGB"))
    save("grey-trns.png", png(grey, 0, 8, extra=chunk(b"tRNS", struct.pack(">H", int(grey[0, 0, 0])))))
    save("rgb-trns.png", png(rgb, 2, 8, extra=chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[0, 0])))))
    palette = chunk(b"PLTE", bytes(range(0, 48))) + chunk(b"tRNS", bytes([0, 128, 255]))
    save("palette-trns.png", png(grey >> 4, 3, 4, extra=palette))
    save("one-pixel-interlaced.png", png(rgb[:1, :1], 2, 8, True))
    save("png-exif-6.png", png(rgb, 2, 8, extra=chunk(b"eXIf", exif(6, "<")[6:])))


def make_profiles():
    """Files whose colours would change if their profile counted: in PIL's pixels it does not."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"-XYZ").replace(b"bXYZ", b"rXYZ").replace(b"-XYZ", b"bXYZ")
    save("rgb-profile.jpg", jpeg(Image.fromarray(scene(27, 37)), icc_profile=swapped))
    linear = chunk(b"gAMA", struct.pack(">I", 100000))
    save("rgb-gamma.png", png(scene(9, 13).astype(np.uint32), 2, 8, extra=linear))


def make_other_formats():
    """Formats that only browsers read: all but one lossless, so that their decoders have nothing to choose."""
    rgb = Image.fromarray(scene(9, 13))
    alpha = Image.fromarray(255 - scene(9, 13)[..., 0])
    rgba = Image.merge("RGBA", (*rgb.split(), alpha))
    palette = rgb.quantize(16)
    turned = rgb.transpose(Image.Transpose.ROTATE_180)

    def other(name, image, expected=None, **options):
        out = io.BytesIO()
        image.save(out, name.split(".")[-1], **options)
        save(name, out.getvalue(), expected)

    other("webp-lossless.webp", rgb, lossless=True)
    other("webp-lossy.webp", rgb, quality=90)
    other("webp-alpha.webp", rgba, rgb, lossless=True, exact=True)
    other("webp-animated.webp", rgb, rgb, save_all=True, append_images=[turned], lossless=True)
    other("gif-plain.gif", palette)
    other("gif-animated.gif", palette, save_all=True, append_images=[turned.quantize(16)], duration=50)
    # What is transparent in a GIF has no colour to a browser.
    seen = np.array(palette.convert("RGB"))
    seen[np.array(palette) == 3] = 0
    other("gif-transparent.gif", palette, Image.fromarray(seen), transparency=3)
    other("bmp-rgb.bmp", rgb)
    other("bmp-palette.bmp", palette)
    for name, image in (("avif-rgb.avif", rgb), ("avif-alpha.avif", rgba)):
        with tempfile.TemporaryDirectory() as folder:
            image.save(f"{folder}/in.png")
            subprocess.run(["avifenc", "--lossless", f"{folder}/in.png", f"{folder}/out.avif"], check=True, capture_output=True)
            with open(f"{folder}/out.avif", "rb") as file:
                save(name, file.read(), rgb)


def make_resizes():
    photo = Image.fromarray(scene(31, 47))
    photo.save(path("photo.ppm"))
    cases = []

    def case(operation, transform):
        name = "-".join(str(v) for v in ("resize", *operation.values()))
        transform(photo).save(path(name + ".ppm"))
        cases.append({**operation, "golden": name + ".ppm"})

    bilinear = transforms.InterpolationMode.BILINEAR
    for width, height in [(16, 16), (47, 12), (20, 31), (60, 70), (1, 1), (46, 30), (5, 90)]:
        case({"kind": "to", "width": width, "height": height}, transforms.Resize((height, width), bilinear))
    for size in [10, 31, 40]:
        case({"kind": "short", "size": size}, transforms.Resize(size, bilinear))
    for size in [20, 24, 30, 31, 40, 64]:
        case({"kind": "crop", "size": size}, transforms.CenterCrop(size))
    with open(path("resize.json"), "w") as file:
        json.dump(cases, file, indent=2)
        file.write("\n")

    norm = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, -1)
    values = norm(transforms.ToTensor()(ramp)).permute(1, 2, 0).contiguous().numpy()
    values.astype("<f4").tofile(path("normalized-ramp.f32"))


os.makedirs(HERE, exist_ok=True)
make_jpegs()
make_pngs()
make_profiles()
make_other_formats()
make_resizes()
