"""Measure how hard the drawn cats and dogs are: python -m tools.make_assets.measure_pets (a minute or two on one core).

What must not give the class away (sizes, colors, thumbnails) is measured by linear models: on the stored split, and
on others drawn at random. Then a small network learns from scratch on the stored training set, from several seeds.
"""

import argparse
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

PETS = Path(__file__).resolve().parents[2] / "assets" / "practice" / "Cat_Dog_data"
STRENGTHS = (1, 10, 100, 1000, 10_000)


def load(folder=PETS):
    """Return all pictures: bytes of the files, RGB images, labels (1 is a dog), whether they are for training."""
    paths = [path for part in ("train", "test") for path in sorted((folder / part).glob("*/*.jpg"))]
    files = [path.read_bytes() for path in paths]
    images = [Image.open(io.BytesIO(data)).convert("RGB") for data in files]
    labels = np.array([path.parent.name == "dog" for path in paths]).astype(int)
    return files, images, labels, np.array([path.parent.parent.name == "train" for path in paths])


def thumbnails(images, size):
    """Return all pictures, squeezed into squares, as an array [pictures, size, size, 3] of numbers from 0 to 1."""
    return np.stack([np.asarray(image.resize((size, size), Image.Resampling.BOX)) for image in images]) / 255


def histograms(images):
    """Return how often each of 4 × 4 × 4 colors occurs in each picture."""
    counts = []
    for image in images:
        r, g, b = (np.asarray(image) // 64).reshape(-1, 3).T
        counts.append(np.bincount(r.astype(int) * 16 + g * 4 + b, minlength=64) / len(r))
    return np.sqrt(np.stack(counts))


def borders(images):
    """Return the colors at the border of each picture, 16 points on a side."""
    small = thumbnails(images, 16)
    return np.concatenate([small[:, 0], small[:, -1], small[:, :, 0], small[:, :, -1]], axis=1)


def statistics(images):
    """Return mean and spread of each color in each picture."""
    pixels = [np.asarray(image).reshape(-1, 3) / 255 for image in images]
    return np.stack([np.concatenate([p.mean(axis=0), p.std(axis=0)]) for p in pixels])


def sizes(files, images):
    """Return what a folder listing tells of each picture: width, height, area, bytes, bytes per pixel."""
    shape = np.array([image.size for image in images], float)
    area, size = shape.prod(axis=1), np.array([len(data) for data in files], float)
    return np.log(np.stack([*shape.T, area, size, size / area, shape[:, 0] / shape[:, 1]], axis=1))


def linear(features, labels, train):
    """Return the test accuracy of a linear model (ridge regression), with the penalty that happens to be best."""
    x = features.reshape(len(features), -1)
    x = (x - x[train].mean(axis=0)) / (x[train].std(axis=0) + 1e-6)
    y = labels * 2.0 - 1
    kernel = x @ x[train].T
    best = 0.0
    for strength in STRENGTHS:
        weights = np.linalg.solve(kernel[train] + strength * np.eye(train.sum()), y[train] - y[train].mean())
        best = max(best, ((kernel[~train] @ weights > 0) == labels[~train].astype(bool)).mean())
    return float(best)


def splits(train, count=3):
    """Return the stored split and others, drawn at random, into as many pictures for training and for the test."""
    return [train, *(np.random.RandomState(seed).permutation(train) for seed in range(1, count))]


def small_network():
    """Return a small convolutional network, not trained, for pictures of 64 × 64."""
    layers, before = [], 3
    for after in (16, 32, 64, 64):
        layers += [
            nn.Conv2d(before, after, 3, padding=1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
        before = after
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(64, 2))


def scratch(small, labels, train, seed, epochs=10, mirror=False):
    """Return the test accuracy of a small network that learns from scratch, if wanted from mirrored pictures too."""
    torch.manual_seed(seed)
    x = torch.tensor(small, dtype=torch.float32).permute(0, 3, 1, 2) * 4 - 2
    y, train = torch.tensor(labels), torch.tensor(train)
    train_x, train_y = x[train], y[train]
    model = small_network()
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, epochs * -(-len(train_x) // 32))
    for _ in range(epochs):
        for rows in torch.randperm(len(train_x)).split(32):
            batch = train_x[rows]
            if mirror:
                batch = torch.where(torch.rand(len(rows), 1, 1, 1) < 0.5, batch.flip(3), batch)
            optimizer.zero_grad()
            F.cross_entropy(model(batch), train_y[rows]).backward()
            optimizer.step()
            schedule.step()
    model.eval()
    with torch.inference_mode():
        return (model(x[~train]).argmax(dim=1) == y[~train]).float().mean().item()


def leaks(files, images):
    """Return what must not give the class away: name and features."""
    return {
        "width, height, file size": sizes(files, images),
        "mean and spread of colors": statistics(images),
        "histogram of 64 colors": histograms(images),
        "colors at the border": borders(images),
        "thumbnail of 16 x 16": thumbnails(images, 16),
    }


def main(arguments=None):
    """Print the accuracies of all models."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pets", type=Path, default=PETS, help="the folder with train/ and test/")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10, help="of the network that learns from scratch")
    options = parser.parse_args(arguments)
    files, images, labels, train = load(options.pets)
    print(f"{train.sum()} + {(~train).sum()} pictures, {sum(map(len, files)) / 1e6:.2f} MB. Test accuracy in percent:")
    for name, features in leaks(files, images).items():
        found = [linear(features, labels, split) for split in splits(train, options.seeds)]
        print(f"{name:30}", *(f"{100 * accuracy:5.1f}" for accuracy in found), flush=True)
    small = thumbnails(images, 64)
    print(f"{'small network, from scratch':30}", end="", flush=True)
    for seed in range(options.seeds):
        print(f" {100 * scratch(small, labels, train, seed, options.epochs):5.1f}", end="", flush=True)
    print()


if __name__ == "__main__":
    main()
