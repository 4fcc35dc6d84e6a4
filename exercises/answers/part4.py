"""The course's answers to the exercises of Part 4, one section each: the instructor's key."""

import torch
import torch.nn.functional as F
from torch import nn

import helper


# %% 4.1 A batch
def batches(x, y, batch_size):
    """Yield batches of pictures [B, 1, 28, 28] and labels [B] in random order: every picture once."""
    for picked in torch.randperm(len(x)).split(batch_size):
        yield x[picked], y[picked]


# %% 4.2 The network
def make_mlp():
    """Return a new network: pictures [N, 1, 28, 28] -> logits [N, 10]."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


# %% 4.3 Memorize one batch
def memorize(model, x, y):
    """Train on one batch until it is memorized; return the list of losses."""
    optimizer, losses = torch.optim.Adam(model.parameters()), []
    for _ in range(200):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# %% 4.4 The training loop
def train(model, x, y, epochs, lr=0.001, batch_size=32):
    """Train with Adam and a falling learning rate; return the mean loss of each epoch, a list of floats."""
    optimizer, history = torch.optim.Adam(model.parameters(), lr=lr, fused=True), []
    step, steps = 0, epochs * -(-len(x) // batch_size)
    for _ in helper.track(range(epochs), "epochs"):
        total = 0.0
        for images, labels in batches(x, y, batch_size):
            optimizer.param_groups[0]["lr"] = lr * (1 - step / steps)  # falls from batch to batch
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(images)
            step += 1
        history.append(total / len(x))
    return history


# %% 4.5 Reach 80%
torch.manual_seed(0)
mlp = make_mlp()
train(mlp, x_train, y_train, EPOCHS)


def accuracy(model, x, y):
    """Return the fraction of the pictures x whose largest logit is at index y, their label."""
    with torch.inference_mode():
        hits = sum((model(a).argmax(dim=1) == b).sum().item() for a, b in zip(x.split(250), y.split(250), strict=True))
    return hits / len(x)


# %% 4.6 The confusion matrix
def confusion(truth, predictions, num_classes=10):
    """Return counts [num_classes, num_classes]: a row for each true class, a column for each predicted class."""
    pairs = truth * num_classes + predictions  # each pair of truth and prediction as one number
    return torch.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


# %% 4.7 Predict what a filter sees
seen = {"uniform": 0, "dark left": 3, "dark right": -3, "dark top": 0}


# %% 4.8 Predict shapes through conv and pool
flow = {
    "after the first conv": (5, 8, 24, 24),  # 28 - 5 + 1
    "after the first pool": (5, 8, 12, 12),
    "after the second conv": (5, 12, 12, 12),  # 12 + 2 - 3 + 1
    "after the second pool": (5, 12, 6, 6),
    "after flatten": (5, 432),
    "parameters of the first conv": 8 * 1 * 5 * 5 + 8,
    "parameters of the second conv": 12 * 8 * 3 * 3 + 12,
}


# %% 4.9 A network of convolutions
def make_cnn():
    """Return a new network of two convolutions and a linear layer: pictures [N, 1, 28, 28] -> logits [N, 10]."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),  # [N, 1, 28, 28] -> [N, 16, 28, 28]
        nn.ReLU(),
        nn.MaxPool2d(2),  # -> [N, 16, 14, 14]
        nn.Conv2d(16, 32, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),  # -> [N, 32, 7, 7]
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )


# %% 4.10 An experiment of your own
change = {"lr": 0.003}


def make_row(run, change, reference):
    """Run a change with three seeds; return accuracies, mean, spread and conclusion against the reference."""
    accuracies = [run(seed, **change) for seed in SEEDS]
    mean = sum(accuracies) / len(accuracies)
    spread = max(accuracies) - min(accuracies)
    difference = mean - sum(reference) / len(reference)
    threshold = max(spread, max(reference) - min(reference))
    conclusion = "within the spread"
    if abs(difference) > threshold:
        conclusion = "better" if difference > 0 else "worse"
    return {"accuracies": accuracies, "mean": mean, "spread": spread, "conclusion": conclusion}


# %% 4.11 Beat the CNN on its own budget
def train_best(x, y):
    """Return a new network, trained on the pictures x and their labels y and on nothing else."""
    network = nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=3, padding=1),  # [N, 1, 28, 28] -> [N, 16, 28, 28]
        nn.BatchNorm2d(16),
        nn.MaxPool2d(2),
        nn.ReLU(),  # after the pool: the same numbers, and a quarter of the pixels
        nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1),  # -> [N, 32, 7, 7], at a quarter of the cost
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )
    epochs, batch_size = 9, 64  # three times as many epochs, since each costs a third
    optimizer = torch.optim.Adam(network.parameters(), fused=True)
    steps = epochs * len(list(batches(x, y, batch_size)))
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)
    for _ in helper.track(range(epochs), "epochs"):
        for images, labels in batches(x, y, batch_size):
            is_flipped = torch.rand(len(images)) < 0.5
            images[is_flipped] = images[is_flipped].flip(3)  # from left to right
            optimizer.zero_grad()
            F.cross_entropy(network(images), labels, label_smoothing=0.1).backward()
            optimizer.step()
            scheduler.step()
    return network


# %% 4.12 A convolution by hand
def convolve(picture, kernel):
    """Return the feature map [H - h + 1, W - w + 1] of a picture [H, W] for a kernel [h, w]."""
    rows, columns = picture.shape[0] - kernel.shape[0] + 1, picture.shape[1] - kernel.shape[1] + 1
    result = torch.zeros(rows, columns)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            result += kernel[i, j] * picture[i : i + rows, j : j + columns]
    return result
