"""The course's answers to the exercises of Part 7, one section each: the instructor's key."""

import csv
import random
from collections import Counter
from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import Dataset, WeightedRandomSampler
from torchvision.transforms import v2

# %% 7.1 Predict the sizes
shapes = {
    "v2.Resize(64)": (3, 64, 96),  # the shorter side, and the ratio stays
    "v2.Resize((64, 64))": (3, 64, 64),  # squeezed
    "v2.CenterCrop(64)": (3, 64, 64),
    "v2.CenterCrop(250)": (3, 250, 250),  # black above and below
    "v2.RandomResizedCrop(48)": (3, 48, 48),
    "v2.RandomRotation(30)": (3, 200, 300),  # the frame stays
    "v2.Grayscale()": (1, 200, 300),
}


# %% 7.2 Mean and standard deviation
def channel_stats(pictures):
    """Return mean and standard deviation, [3] each, over all pixels of a list of (picture, label)."""
    count, total, squares = 0, torch.zeros(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    for image, _ in pictures:
        pixels = image.flatten(1).double()  # [3, H, W] -> [3, H * W]
        count += pixels.shape[1]
        total += pixels.sum(dim=1)
        squares += (pixels**2).sum(dim=1)
    mean = total / count
    return mean.float(), (squares / count - mean**2).sqrt().float()


# %% 7.3 Undo the normalization
def denormalize(x, mean, std):
    """Return the picture [3, H, W], or the batch [N, 3, H, W], as it was before Normalize(mean, std)."""
    return x * std[:, None, None] + mean[:, None, None]


# %% 7.4 A balanced sampler
def balanced_sampler(labels):
    """Return a sampler that draws each class equally often on average."""
    counts = Counter(labels)
    weights = [1 / counts[label] for label in labels]  # each class adds up to 1
    return WeightedRandomSampler(weights, len(labels), replacement=True)


# %% 7.5 Does the label stay true?
verdicts = {
    "A": "keeps",
    "B": "changes",  # 6 becomes 9
    "C": "keeps",
    "D": "changes",  # the color is the label
    "E": "changes",  # left becomes right
    "F": "changes",  # the piece may show grass alone
    "G": "keeps",
    "H": "keeps",  # there is no up and down
}

# %% 7.6 Two pipelines
finish = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(mean.tolist(), std.tolist())]
train_transform = v2.Compose(
    [v2.RandomResizedCrop(SIZE, scale=(0.5, 1.0)), v2.RandomHorizontalFlip(0.5), v2.ColorJitter(0.2, 0.2, 0.2), *finish]
)
test_transform = v2.Compose([v2.Resize(SIZE), v2.CenterCrop(SIZE), *finish])


# %% 7.7 A data set from a table
class CsvPictures(Dataset):
    """Pictures whose names and labels stand in a CSV file, as (picture, index of the label)."""

    def __init__(self, table, folder, transform):
        with Path(table).open(newline="", encoding="utf-8") as file:
            self.rows = [(row["file"], row["label"]) for row in csv.DictReader(file)]
        self.classes = sorted({label for _, label in self.rows})
        self.folder, self.transform = Path(folder), transform

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        name, label = self.rows[index]
        with Image.open(self.folder / name) as image:
            return self.transform(image.convert("RGB")), self.classes.index(label)


# %% 7.8 Read or skip
def read_pictures(paths, max_pixels=50_000_000, min_side=16):
    """Return the pictures that can be read, as RGB, and a message for each file that is skipped."""
    pictures, messages = [], []
    for path in paths:
        try:
            with Image.open(path) as image:  # reads the header only
                if image.width * image.height > max_pixels:
                    messages.append(f"{path.name}: {image.width} x {image.height} are too many pixels")
                elif min(image.size) < min_side:
                    messages.append(f"{path.name}: {image.width} x {image.height} are too few pixels")
                else:
                    pictures.append(to_rgb(image))
        except Exception as error:  # no picture, torn, a bomb, ...
            messages.append(f"{path.name}: {type(error).__name__}")
    return pictures, messages


# %% 7.9 Mixup
def mixup(x, targets, share, order):
    """Return a batch and its targets, each mixed with those of another picture."""
    for_pictures, for_targets = share[:, None, None, None], share[:, None]
    new = for_pictures * x + (1 - for_pictures) * x[order]
    return new, for_targets * targets + (1 - for_targets) * targets[order]


# %% 7.10 A stratified split
def split(labels, share, seed):
    """Return two lists of indices, for training and validation, with the same share of each class."""
    chance, train, valid = random.Random(seed), [], []
    for label in sorted(set(labels)):
        indices = [i for i, other in enumerate(labels) if other == label]
        chance.shuffle(indices)
        cut = round(share * len(indices))
        valid += indices[:cut]
        train += indices[cut:]
    return train, valid
