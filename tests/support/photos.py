"""Folders of photos as readers bring them, made for a test."""

import shutil

import numpy as np
from PIL import Image

# the beginning of a HEIC file, as an iPhone writes it
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)


def make_photo(path, label=0, size=(96, 80), **options):
    """Save a photo of noise whose brightness tells its class; the suffix says the format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = np.random.default_rng(sum(map(ord, path.name)) + label)
    pixels = source.integers(0, 120, (size[1], size[0], 3)) + 12 * (label % 10)
    suffix_format = {".jfif": "JPEG", ".jpe": "JPEG"}.get(path.suffix.lower())
    Image.fromarray(pixels.astype(np.uint8)).save(path, suffix_format, **options)
    return path


def make_folder(root, classes=2, train=6, test=2, suffixes=(".jpg",)):
    """Make train and test with so many photos of each class; the suffixes take turns. Return the root."""
    for part, count in {"train": train, "test": test}.items():
        for label in range(classes):
            for number in range(count):
                suffix = suffixes[number % len(suffixes)]
                make_photo(root / part / f"kind {label:02}" / f"photo {number}{suffix}", label, (90 + 7 * number, 80))
    return root


def first_photos(folder, root, train, test):
    """Copy the first so many photos of each class, so that a test need not wait for all of them. Return the root."""
    for part, count in {"train": train, "test": test}.items():
        for kind in sorted((folder / part).iterdir()):
            (root / part / kind.name).mkdir(parents=True)
            for path in sorted(kind.iterdir())[:count]:
                shutil.copy(path, root / part / kind.name)
    return root


def add_rubbish(root):
    """Put among the photos of a folder what computers and telephones leave there; return the names of what is bad."""
    kind = root / "train" / "kind 00"
    whole = next(path for path in sorted(kind.iterdir()) if path.suffix.lower() in (".jpg", ".jpeg"))
    (kind / "torn.jpg").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (kind / "phone.jpg").write_bytes(HEIC)
    (kind / "IMG_1.HEIC").write_bytes(HEIC)
    (kind / "empty.png").write_bytes(b"")
    (kind / "page.jpg").write_text("<html>please log in</html>", "utf-8")
    (kind / "notes.txt").write_text("Bella, Rex", "utf-8")
    (kind / f"._{whole.name}").write_bytes(b"\x00\x05\x16\x07" + bytes(50))
    (kind / ".DS_Store").write_bytes(bytes(50))
    make_photo(root / "train" / ".ipynb_checkpoints" / "a-checkpoint.jpg")
    make_photo(root / "test" / "kind 01" / ".ipynb_checkpoints" / "b-checkpoint.jpg")
    make_photo(root / "__MACOSX" / "train" / "c.jpg")
    return ["IMG_1.HEIC", "empty.png", "notes.txt", "page.jpg", "phone.jpg", "torn.jpg"]
