"""Draw the practice pictures of cats and dogs anew: python -m tools.make_assets.draw_pets (half a minute).

Each picture has its own seed, made of its name: it stays the same whatever else is drawn. Cats and dogs differ in what
they are (draw_pet_bodies.py) and in nothing else: place, light, size, coat and clutter come from the same chances.
"""

import argparse
import hashlib
import io
import random
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageChops, ImageFilter

from tools.make_assets.brush import Brush, between, chance, pick, ring
from tools.make_assets.draw_pet_bodies import BOXES, HEADS, POSES, make_look
from tools.make_assets.draw_pet_scenes import backdrop, clutter, foreground, lit, shadow

OUT = Path(__file__).resolve().parents[2] / "assets" / "practice" / "Cat_Dog_data"
PARTS = {"train": range(200), "test": range(200, 300)}
FINER = 3  # drawn at three times the size, then scaled down: smooth edges
SEED = "2026"
SPECIES = ("cat", "dog")
HEIGHTS = {"face": (0.55, 1.05), "sitting": (0.5, 0.86), "standing": (0.46, 0.74), "lying": (0.38, 0.6)}


def draw_pet(species, number):
    """Return one picture, an RGB `Image`, and the quality to store it with."""
    rng, body = (random.Random(f"{SEED}/{species}/{number}/{kind}") for kind in ("scene", "body"))
    long, ratio = between(rng, 172, 288), pick(rng, [3 / 4, 4 / 5, 1, 1, 5 / 4, 4 / 3, 4 / 3, 3 / 2])
    width, height = (round(long * min(1, r)) for r in (ratio, 1 / ratio))
    image, ground = backdrop((width * FINER, height * FINER), rng)
    clutter(image, ground, rng)
    image = image.filter(ImageFilter.GaussianBlur(FINER * pick(rng, [0, 0.6, 1.2, 2.0])))
    head = place(image, ground, make_look(species, body), rng)
    cover(image, head, rng)
    image = image.resize((width, height), Image.Resampling.BOX)
    image = lit(image, rng).filter(ImageFilter.GaussianBlur(pick(rng, [0, 0, 0, 0.3, 0.5])))
    return grainy(image, pick(rng, [0, 0, 0, 0, 1.5]), rng), round(between(rng, 75, 84))


def place(image, ground, look, rng):
    """Paint the animal into the picture, on the ground, and its shadow under it; return the outline of its head."""
    pose = pick(rng, ["face", "face", "sitting", "sitting", "sitting", "standing", "lying"])
    left, top, right, bottom = BOXES[pose][look.species]
    tall = between(rng, *HEIGHTS[pose]) * image.height
    scale = min(tall / (bottom - top), between(rng, 0.9, 1.1) * image.width / (right - left))
    flip, angle, light = chance(rng, 0.5), between(rng, -4, 4), pick(rng, [-1.0, -0.5, 0.5, 1.0])
    low = image.height * (between(rng, 0.9, 1.15) if pose == "face" else between(rng, max(0.8, ground + 0.1), 1.02))
    head_x, head_y, radius = HEADS[pose]
    ahead, reach = (-head_x if flip else head_x) * scale, 0.37 * min(image.size)
    x = near(between(rng, 0.25, 0.75) * image.width + ahead, image.width / 2, reach) - ahead
    rise = (bottom - head_y) * scale
    low = near(low - rise, image.height / 2, reach) + rise  # whoever cuts a square from the middle finds the head in it
    if pose != "face":
        shadow(image, ring(x, low - 0.12 * scale, (right - left) * 0.42 * scale, 0.22 * scale))
    brush = Brush(image, x, low - bottom * scale, scale, flip, angle, light)
    POSES[pose](brush, look)
    return brush.at(ring(head_x, head_y, radius, radius * 0.85))


def near(value, middle, reach):
    """Return the number nearest to `value` that is no farther than `reach` from the middle."""
    return min(max(value, middle - reach), middle + reach)


def cover(image, head, rng):
    """Put something before the animal, unless it hides more than a third of the head: that would be no fair picture."""
    front, mask = Image.new("RGBA", image.size), Image.new("L", image.size)
    foreground(front, rng)
    Brush(mask, 0, 0, 1).fill(head, 255)
    whole, hidden = (np.asarray(m, float).sum() for m in (mask, ImageChops.darker(mask, front.getchannel("A"))))
    if hidden < 0.34 * whole:
        image.paste(front, (0, 0), front)


def grainy(image, noise, rng):
    """Return the picture with the grain of a camera."""
    if not noise:
        return image
    grain = np.random.RandomState(int(rng.random() * 2**32)).normal(0, noise, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.rint(np.asarray(image, float) + grain), 0, 255).astype(np.uint8))


def jpeg(image, quality):
    """Return a picture as the bytes of a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def save(path, data):
    """Write a file, which appears under its name only when it is whole; return its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_bytes(data)
    beside.replace(path)
    return len(data)


def pet_path(out, part, species, number):
    """Return where a picture belongs."""
    return out / part / species / f"{species}.{number}.jpg"


def digest(folder):
    """Return one checksum of all files in a folder, the same as `sha256sum * | sha256sum` prints there."""
    files = sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.name)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def encoded(image, kind, **options):
    """Return a picture as the bytes of a file of this kind."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sideways(image):
    """Return a JPEG as a telephone stores it that was held upright: lying, with a note in its EXIF data to turn it."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    return encoded(image.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=82, exif=exif)


def transparent(image):
    """Return a PNG that fades out towards its corners."""
    y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    alpha = np.clip(255 * (2.6 - 2 * (x**2 + y**2)), 0, 255).astype(np.uint8)
    image = image.convert("RGBA")
    image.putalpha(Image.fromarray(alpha))
    return encoded(image, "PNG", optimize=True)


def messy_files():
    """Return the awkward files that a folder of real photos holds: names and bytes."""
    pets = [draw_pet(species, number)[0] for number in range(300, 303) for species in SPECIES]
    for pet in pets:
        pet.thumbnail((180, 180))
    whole = jpeg(pets[5], 85)
    return {
        "grey.jpg": encoded(pets[0].convert("L"), "JPEG", quality=82),
        "cmyk.jpg": encoded(pets[1].convert("CMYK"), "JPEG", quality=82),
        "palette.png": encoded(pets[2].convert("P", palette=Image.Palette.ADAPTIVE, colors=32), "PNG", optimize=True),
        "transparent.png": transparent(pets[3]),
        "sideways.jpg": sideways(pets[4]),
        "truncated.jpg": whole[: len(whole) // 2],
        "empty.jpg": b"",
        "text.jpg": b"This is not a picture. Somebody gave a text file the wrong name.\n",
        "dot.png": encoded(Image.new("RGB", (1, 1), (222, 142, 66)), "PNG"),
    }


def make_bomb(path, size=(12_000, 9_000)):
    """Write a small JPEG file that fills more than 100 MB when it is unpacked; Pillow warns of it."""
    Image.new("L", size, 128).save(path, "JPEG", quality=20)


def main(arguments=None):
    """Draw all pictures and awkward files, and print the checksums for assets/practice/README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=OUT, help="folder to write to (default: assets/practice/Cat_Dog_data)"
    )
    parser.add_argument("--each", type=int, help="draw only so many of each class, to have a look")
    options = parser.parse_args(arguments)
    size = sum(save(options.out / "messy" / name, data) for name, data in messy_files().items())
    for part, numbers in PARTS.items():
        for species in SPECIES:
            for number in numbers[: options.each]:
                size += save(pet_path(options.out, part, species, number), jpeg(*draw_pet(species, number)))
    for folder in (*(f"{part}/{species}" for part in PARTS for species in SPECIES), "messy"):
        print(f"{digest(options.out / folder)}  Cat_Dog_data/{folder}/")
    print(f"{size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
