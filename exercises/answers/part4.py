"""The course's answers to the exercises of Part 4, one section each: the instructor's key."""

import torch
import torch.nn.functional as F
from torch import nn

import helper


# %% 4.1 A batch
def batches(x, y, batch_size):
    """Give shuffled pairs of pictures [B, 1, 28, 28] and labels [B]: every picture once."""
    for picked in torch.randperm(len(x)).split(batch_size):
        yield x[picked], y[picked]


# %% 4.2 The network
def make_mlp():
    """Return a new network: pictures [N, 1, 28, 28] -> logits [N, 10]."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


# %% 4.3 One batch by heart
def memorize(model, x, y):
    """Train on one batch until it is learned by heart; return the list of losses."""
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
    """Train with Adam and a falling rate; return the mean loss of each epoch, a list of floats."""
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


# %% 4.5 80%
torch.manual_seed(0)
mlp = make_mlp()
train(mlp, x_train, y_train, EPOCHS)


def accuracy(model, x, y):
    """Return the share of the pictures x whose largest logit stands at their label y."""
    with torch.inference_mode():
        hits = sum((model(a).argmax(dim=1) == b).sum().item() for a, b in zip(x.split(250), y.split(250), strict=True))
    return hits / len(x)


# %% 4.6 The confusion matrix
def confusion(truth, answers, num_classes=10):
    """Return counts [num_classes, num_classes]: a row for each true class, a column for each answer."""
    pairs = truth * num_classes + answers  # each pair of truth and answer as one number
    return torch.bincount(pairs, minlength=num_classes**2).reshape(num_classes, num_classes)


# %% 4.7 Predict what a filter sees
seen = {"even": 0, "dark left": 3, "dark right": -3, "dark top": 0}


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


# %% 4.11 88%, and no slower
torch.manual_seed(0)
best = nn.Sequential(
    nn.Conv2d(1, 16, kernel_size=3, padding=1),  # [N, 1, 28, 28] -> [N, 16, 28, 28]
    nn.MaxPool2d(2),
    nn.ReLU(),  # after the pool: the same numbers, and a quarter of the pixels
    nn.Conv2d(16, 32, kernel_size=3, padding=1),
    nn.MaxPool2d(2),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(32 * 7 * 7, 10),
)
best_epochs, top = 6, 0.0
optimizer = torch.optim.Adam(best.parameters(), fused=True)
steps = best_epochs * -(-len(x_train) // 32)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.004, total_steps=steps)
for _ in helper.track(range(best_epochs), "epochs"):
    for images, names in batches(x_train, y_train, 32):
        optimizer.zero_grad()
        F.cross_entropy(best(images), names, label_smoothing=0.1).backward()
        optimizer.step()
        scheduler.step()
    if (reached := accuracy(best, x_valid, y_valid)) > top:  # keep the weights of the best epoch
        top, kept = reached, {name: value.clone() for name, value in best.state_dict().items()}
best.load_state_dict(kept)


# %% 4.12 A convolution by hand
def convolve(picture, kernel):
    """Return the feature map [H - h + 1, W - w + 1] of a picture [H, W] for a kernel [h, w]."""
    rows, columns = picture.shape[0] - kernel.shape[0] + 1, picture.shape[1] - kernel.shape[1] + 1
    result = torch.zeros(rows, columns)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            result += kernel[i, j] * picture[i : i + rows, j : j + columns]
    return result
