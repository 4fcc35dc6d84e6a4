"""Our way to train, against the loop that most courses print, on the complete Fashion-MNIST: `make bench`."""

import statistics
import time

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

EPOCHS, SEEDS, BATCH = 3, (0, 1, 2), 64


def make_network(seed):
    """Return the multi-layer network of Part 4's size, the same one for each seed."""
    torch.manual_seed(seed)
    layers = [nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)]
    return nn.Sequential(*layers)


def plain(folder, model):
    """Train as most courses do: every picture on its own through the transforms, on every pass; default Adam."""
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5], [0.5])])
    train_set = datasets.FashionMNIST(folder, train=True, download=True, transform=transform)
    loader = DataLoader(train_set, batch_size=BATCH, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for _ in range(EPOCHS):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()


def ours(folder, model):
    """Train as Part 3, Going deeper: all pictures transformed once, batches cut from one tensor; fused Adam."""
    train_set = datasets.FashionMNIST(folder, train=True, download=True)
    x, y = train_set.data[:, None] / 127.5 - 1, train_set.targets
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    for _ in range(EPOCHS):
        for picked in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[picked]), y[picked])
            loss.backward()
            optimizer.step()


def accuracy(folder, model):
    """Return the share of the test pictures that a model recognizes."""
    test_set = datasets.FashionMNIST(folder, train=False, download=True)
    with torch.inference_mode():
        return (model(test_set.data[:, None] / 127.5 - 1).argmax(dim=1) == test_set.targets).double().mean().item()


def test_the_same_training_is_three_times_as_fast(complete_fashion):
    """The two ways take turns; the accuracies are means over the seeds."""
    seconds, reached = {plain: [], ours: []}, {plain: [], ours: []}
    for seed in SEEDS:
        for way in (plain, ours):
            model, start = make_network(seed), time.perf_counter()
            way(complete_fashion, model)
            seconds[way].append(time.perf_counter() - start)
            reached[way].append(accuracy(complete_fashion, model))
    ratio = statistics.median(a / b for a, b in zip(seconds[plain], seconds[ours], strict=True))
    mean = {way: statistics.mean(values) for way, values in reached.items()}
    for way in (plain, ours):
        shown = ", ".join(f"{value:.1f} s {hits:.2%}" for value, hits in zip(seconds[way], reached[way], strict=True))
        print(f"{way.__name__}: {shown}; mean {mean[way]:.2%}")
    print(f"{EPOCHS} epochs of the complete Fashion-MNIST: {ratio:.1f} times as fast")
    assert abs(mean[ours] - mean[plain]) <= 0.005
    assert ratio >= 3
