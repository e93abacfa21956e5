"""Makes test/golden/photos: tiny files as cameras, phones, web cams and editors write them, whole and a little damaged, and what Pillow
shows of each.

    python3 test/golden/make_photos.py        (Pillow 9.4, libjpeg-turbo 2.1; Debian: python3-pil libjpeg-turbo-progs)

NAME.ppm is the upright RGB image that Pillow reads from the file NAME; where there is none, Pillow refuses the file.
"""

import io
import os
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps, PngImagePlugin

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "photos")

HEIGHT, WIDTH = 19, 29
y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
PIXELS = np.stack([x * 255 // WIDTH, y * 255 // HEIGHT, (x // 5 + y // 4) % 2 * 180], -1).astype(np.uint8)
PIXELS[4:9, 3:12] = [230, 30, 20]
RGB = Image.fromarray(PIXELS)
INDEXED = RGB.quantize(16)


def save(name, data, expected=None):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)
    if expected is None:
        try:
            expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
        except Exception as error:
            print(f"{name}: Pillow refuses it ({error})")
            return
    expected.save(os.path.join(HERE, name + ".ppm"))


def written(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(image=RGB, **options):
    return written(image, "JPEG", **{"quality": 92, "subsampling": 0, **options})


def cjpeg(*options):
    command = ["cjpeg", "-quality", "92", *options]
    return subprocess.run(command, input=written(RGB, "PPM"), capture_output=True, check=True).stdout


def without(data, marker):
    """A JPEG without its segments of this kind."""
    kept, at = data[:2], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if data[at + 1] != marker:
            kept += data[at:end]
        at = end
    return kept + data[at:]


def exif(orientation, kind=3):
    """A block whose one entry is the orientation, of 16 bits (3) or 32 (4)."""
    value = struct.pack(">HH", orientation, 0) if kind == 3 else struct.pack(">I", orientation)
    return b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHI", 0x0112, kind, 1) + value + b"\0\0\0\0"


XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def make_jpegs():
    for name, sampling in [("440", "1x2"), ("411", "4x1"), ("410", "4x2"), ("441", "1x4"), ("31", "3x1")]:
        save(f"sampling-{name}.jpg", cjpeg("-sample", sampling))
    save("arithmetic.jpg", cjpeg("-arithmetic"))
    save("rgb-components.jpg", cjpeg("-rgb"))
    save("progressive-restart.jpg", cjpeg("-progressive", "-restart", "4B"))
    save("cmyk-no-adobe.jpg", without(jpeg(RGB.convert("CMYK")), 0xEE))

    whole = jpeg()
    start = 4 + struct.unpack(">H", whole[4:6])[0]  # behind JFIF's segment
    save("junk-between-segments.jpg", whole[:start] + b"\0\0" + whole[start:])
    save("fill-bytes.jpg", whole[:start] + b"\xff\xff\xff" + whole[start:])
    save("no-huffman-tables.jpg", without(jpeg(), 0xC4))
    save("trailing-garbage.jpg", whole + b"\0garbage" * 20)
    save("zeros-before-end.jpg", whole[:-2] + b"\0" * 500 + whole[-2:])
    save("no-end-marker.jpg", whole[:-2])
    save("half.jpg", whole[: len(whole) // 2])
    restarts = cjpeg("-sample", "1x1", "-restart", "1")
    at = restarts.index(b"\xff\xd1")
    save("junk-before-restart.jpg", restarts[:at] + b"\0" * 16 + restarts[at:])

    save("orientation-long.jpg", jpeg(exif=exif(6, 4)))
    save("orientation-0.jpg", jpeg(exif=exif(0)))
    save("orientation-9.jpg", jpeg(exif=exif(9)))
    segment = b"http://ns.adobe.com/xap/1.0/\0" + XMP.encode()
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(segment)) + segment
    # Pillow 9.4 looks into a PNG's XMP, later versions into a JPEG's too.
    upright = Image.open(io.BytesIO(whole)).convert("RGB")
    turned = upright.transpose(Image.Transpose.ROTATE_270)
    save("orientation-in-xmp.jpg", whole[:start] + segment + whole[start:], turned)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_pngs():
    whole = written(RGB, "PNG")
    save("no-end.png", whole[:-12])
    save("half.png", whole[: len(whole) // 2])
    save("trailing-garbage.png", whole + b"garbage" * 9)
    at = whole.index(b"IDAT")
    end = at + 4 + struct.unpack(">I", whole[at - 4 : at])[0]
    save("wrong-checksum.png", whole[:end] + b"\0\0\0\0" + whole[end + 4 :])
    header = struct.pack(">IIBBBBB", 4, 2, 8, 3, 0, 0, 0)
    colours = bytes([255, 0, 0, 0, 255, 0, 0, 0, 255])
    rows = zlib.compress(b"\0\0\1\2\x64" + b"\0\3\xff\0\1")
    parts = chunk(b"IHDR", header) + chunk(b"PLTE", colours) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    save("colour-beyond-palette.png", b"\x89PNG\r\n\x1a\n" + parts)

    info = PngImagePlugin.PngInfo()
    block = exif(6)
    info.add_text("Raw profile type exif", f"\nexif\n{len(block):8}\n{block.hex()}\n", zip=True)
    save("orientation-in-raw-profile.png", written(RGB, "PNG", pnginfo=info))
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP)
    save("orientation-in-xmp.png", written(RGB, "PNG", pnginfo=info))


def make_tiffs():
    grey, inks = RGB.convert("L"), RGB.convert("CMYK")
    save("plain.tif", written(RGB, "TIFF"))
    save("lzw.tif", written(RGB, "TIFF", compression="tiff_lzw"))
    save("deflate.tif", written(RGB, "TIFF", compression="tiff_adobe_deflate"))
    save("grey.tif", written(grey, "TIFF"))
    save("bits.tif", written(RGB.convert("1"), "TIFF", compression="group4"))
    save("palette.tif", written(INDEXED, "TIFF"))
    save("cmyk.tif", written(inks, "TIFF"))
    save("pages.tif", written(RGB, "TIFF", save_all=True, append_images=[grey]))
    # Pillow 9.4 turns a TIFF as it is loaded, and once more after that; later versions once.
    save("turned.tiff", written(RGB, "TIFF", tiffinfo={0x0112: 6}), RGB.transpose(Image.Transpose.ROTATE_270))


def make_webps():
    save("turned.webp", written(RGB, "WEBP", lossless=True, exif=exif(8)))


def bmp(depth, rows, *, coding=0, palette=b"", masks=b"", height=HEIGHT, info=40, more=b"", colours=0):
    """A BMP of these stored bytes; `masks` stand behind the header, `more` makes it longer."""
    header = struct.pack("<IiiHHIIiiII", info, WIDTH, height, 1, depth, coding, len(rows), 0, 0, colours, 0) + more
    start = 14 + len(header) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + masks + palette + rows


def stored(rows):
    """Rows from below, each filled up to 4 bytes."""
    return b"".join(row + b"\0" * (-len(row) % 4) for row in reversed(rows))


def words(kind, values):
    return stored([row.astype(kind).tobytes() for row in values])


def make_bmps():
    red, green, blue = (PIXELS[..., i].astype(np.uint32) for i in range(3))
    index = np.array(INDEXED)
    colours = np.array(INDEXED.getpalette()[:48], np.uint8).reshape(16, 3)
    table = np.insert(colours[:, ::-1], 3, 0, 1).tobytes()
    nibbles = np.pad(index, ((0, 0), (0, 1)))
    packed = [bytes(row[0::2] << 4 | row[1::2]) for row in nibbles]
    bits = [np.packbits(row).tobytes() for row in index > 7]

    save("plain.bmp", written(RGB, "BMP"))
    save("top-down.bmp", bmp(24, stored([row.tobytes() for row in PIXELS[::-1, :, ::-1]]), height=-HEIGHT))
    save("palette-1.bmp", bmp(1, stored(bits), palette=table[:8]))
    save("palette-4.bmp", bmp(4, stored(packed), palette=table))
    save("palette-8-of-16.bmp", bmp(8, stored([row.tobytes() for row in index]), palette=table, colours=16))
    save("runs-8.bmp", bmp(8, runs(index), coding=1, palette=table, colours=16))
    save("runs-4.bmp", bmp(4, runs(index, 4), coding=2, palette=table))
    save("555.bmp", bmp(16, words("<u2", red >> 3 << 10 | green >> 3 << 5 | blue >> 3)))
    masks = struct.pack("<III", 0xF800, 0x07E0, 0x001F)
    save("565.bmp", bmp(16, words("<u2", red >> 3 << 11 | green >> 2 << 5 | blue >> 3), coding=3, masks=masks))
    save("32.bmp", bmp(32, words("<u4", red << 16 | green << 8 | blue)))
    # Version 4, with a mask for opacity, which Pillow drops.
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"\0" * 52
    opaque = words("<u4", x.astype(np.uint32) << 24 | red << 16 | green << 8 | blue)
    save("version-4.bmp", bmp(32, opaque, coding=3, info=108, more=masks))
    rows = stored([row.tobytes() for row in index])
    header = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, 8)
    table = np.pad(colours[:, ::-1], ((0, 240), (0, 0))).tobytes()
    start = 14 + len(header) + len(table)
    save("os2.bmp", b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + table + rows)
    save("half.bmp", written(RGB, "BMP")[:900])


def runs(index, depth=8):
    """Rows in turns as runs of one pixel, and as pixels as they are: an even number, as Pillow loses the last of an odd one of 4 bits."""
    def run(value):
        return bytes([1, value if depth == 8 else value << 4])

    out = b""
    for at, row in enumerate(index[::-1]):
        *values, last = (int(value) for value in row)
        if at % 2 == 0:
            out += b"".join(map(run, values))
        else:
            pixels = values if depth == 8 else [a << 4 | b for a, b in zip(values[0::2], values[1::2])]
            out += bytes([0, len(values), *pixels]) + b"\0" * (len(pixels) % 2)
        out += run(last) + b"\0\0"
    return out + b"\0\1"


os.makedirs(HERE, exist_ok=True)
make_jpegs()
make_pngs()
make_tiffs()
make_webps()
make_bmps()
