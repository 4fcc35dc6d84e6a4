"""Measure how good the course's pre-trained ResNet-18 is: python -m tools.make_assets.measure_resnet [FOLDER...]

A linear layer learns to tell the classes of a folder (train/ and test/, a folder for each class in both) from the
features of the frozen network: from all training pictures, and from few, drawn at random several times. With --scratch,
a ResNet-18 without pre-training learns from all of them beside it.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F
from torchvision.datasets import ImageFolder
from torchvision.models import resnet18
from torchvision.transforms import v2
from tqdm.auto import tqdm

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "assets" / "weights" / "resnet18.safetensors"
PETS = ROOT / "assets" / "practice" / "Cat_Dog_data"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]  # of ImageNet, as torchvision's weights expect
SIZE = 128  # pixels


def backbone(weights=WEIGHTS):
    """Return ResNet-18 with the course's weights, ready to give features [N, 512] in place of logits."""
    model = resnet18()
    model.load_state_dict(load_file(weights))
    model.fc = nn.Identity()
    return model.eval()


def load(folder, size=SIZE):
    """Return all pictures of a folder, squares from their middle: uint8 [N, 3, size, size], and labels [N]."""
    square = v2.Compose([v2.Resize(size), v2.CenterCrop(size), v2.PILToTensor()])
    pictures = [(square(image), label) for image, label in tqdm(ImageFolder(folder), desc="read", leave=False)]
    return torch.stack([x for x, _ in pictures]), torch.tensor([y for _, y in pictures])


def normalized(x):
    """Return `uint8` pictures as the network wants them, in the order in which a CPU convolves fastest."""
    return v2.functional.normalize(x.float() / 255, MEAN, STD).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def features(model, x):
    """Return what a model in eval mode makes of `uint8` pictures."""
    return torch.cat([model(normalized(batch)) for batch in tqdm(x.split(50), desc="features", leave=False)])


def head(train_x, train_y, test_x, test_y, seed=0, steps=300, decay=0.3):
    """Return the test accuracy of a linear layer that learns from features; they are brought to one scale first."""
    torch.manual_seed(seed)
    mean, std = train_x.mean(0), train_x.std(0) + 1e-3
    train_x, test_x = ((x - mean) / std for x in (train_x, test_x))
    layer = nn.Linear(train_x.shape[1], int(train_y.max()) + 1)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=1e-3, weight_decay=decay)
    for _ in range(steps):
        rows = torch.randint(len(train_x), (64,))
        optimizer.zero_grad()
        F.cross_entropy(layer(train_x[rows]), train_y[rows]).backward()
        optimizer.step()
    with torch.inference_mode():
        return (layer(test_x).argmax(1) == test_y).float().mean().item()


def few(y, count, seed):
    """Return the rows of `count` pictures, the same number of each class, drawn at random."""
    torch.manual_seed(seed)
    classes = y.unique()
    return torch.cat(
        [(y == c).nonzero().flatten()[torch.randperm(int((y == c).sum()))][: count // len(classes)] for c in classes]
    )


def scratch(train_x, train_y, test_x, test_y, seed=0, epochs=15, size=96):
    """Return the test accuracy of a ResNet-18 that learns from random weights, with random crops and mirroring."""
    torch.manual_seed(seed)
    model = resnet18(num_classes=int(train_y.max()) + 1).to(memory_format=torch.channels_last)
    change = v2.Compose([v2.RandomResizedCrop(size, scale=(0.4, 1)), v2.RandomHorizontalFlip()])
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.05, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, epochs * -(-len(train_x) // 32))
    for _ in tqdm(range(epochs), desc="scratch", leave=False):
        for rows in torch.randperm(len(train_x)).split(32):
            batch = torch.stack([change(train_x[row]) for row in rows.tolist()])
            with torch.autocast("cpu", torch.bfloat16):
                loss = F.cross_entropy(model(normalized(batch)).float(), train_y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return (features(model.eval(), test_x).argmax(1) == test_y).float().mean().item()


def main(arguments=None):
    """Print the accuracies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[PETS])
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--scratch", action="store_true", help="train without pre-training as well: that takes long")
    options = parser.parse_args(arguments)
    model = backbone(options.weights)
    for folder in options.folders:
        (train_x, train_y), (test_x, test_y) = load(folder / "train"), load(folder / "test")
        seen, new = features(model, train_x), features(model, test_x)
        print(f"{folder.name}: {len(train_y):,} pictures to learn from, {len(test_y):,} for the test", flush=True)
        for count in (10, 40, 160, len(train_y)):
            found = []
            for seed in range(10 if count < len(train_y) else 3):
                rows = few(train_y, count, seed)
                found.append(head(seen[rows], train_y[rows], new, test_y, seed))
            mean, spread = torch.tensor(found).mean(), torch.tensor(found).std()
            print(f"head on frozen features, from {count:5,}: {mean:.1%} ± {spread:.1%}", flush=True)
        if options.scratch:
            print(f"ResNet-18 from scratch, from {len(train_y):5,}: {scratch(train_x, train_y, test_x, test_y):.1%}")


if __name__ == "__main__":
    main()
