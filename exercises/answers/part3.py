"""The course's answers to the exercises of Part 3, one section each: the instructor's key."""

import torch
from torch import nn
from torchvision.transforms import v2


# %% 3.1 Cross-entropy by hand
def cross_entropy(logits, labels):
    """Return the mean cross-entropy, a tensor of shape (), of logits [N, K] for the true classes labels [N]."""
    log_probs = logits.log_softmax(dim=-1)  # [N, K]
    true_log_probs = log_probs[torch.arange(len(labels)), labels]  # [N]
    return -true_log_probs.mean()


# %% 3.2 A derivative by hand
def gradient(w, b, x, y):
    """Return the slopes of mean((w * x + b - y)^2) for w and for b, a tensor of shape (2,)."""
    error = w * x + b - y
    return torch.stack([(2 * error * x).mean(), (2 * error).mean()])


# %% 3.3 Predict `.grad`
grads = {
    "after the first backward": 6,
    "after a second backward": 12,  # added to what was there
    "after p.grad.zero_()": 0,
    "after a third backward": 6,
}


# %% 3.4 A step by hand
def sgd_step(parameters, lr):
    """Take one step of gradient descent: subtract from each parameter lr times its gradient, in place."""
    with torch.no_grad():
        for parameter in parameters:
            parameter -= lr * parameter.grad


# %% 3.5 Find the bug in four loops
bugs = {
    "A": "adds up",  # zero_grad is missing
    "B": "too early",  # step comes before backward
    "C": "twice",  # CrossEntropyLoss applies softmax itself
    "D": "no record",  # no_grad around the forward pass
}


# %% 3.6 The accuracy of a batch
def accuracy(logits, labels):
    """Return the share of the rows of logits [N, K] whose largest entry is that of the true class."""
    return (logits.argmax(dim=1) == labels).float().mean()


# %% 3.7 The whole loop
def train_epoch(model, loader, loss_fn, optimizer):
    """Train for one epoch; return the mean loss over all pictures, a float."""
    total, pictures = 0.0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
        pictures += len(images)
    return total / pictures


# %% 3.8 Choose the learning rate
choice = {"learning rate": 0.1}


# %% 3.9 Momentum by hand
def momentum_step(parameters, velocities, lr, momentum):
    """Take one step of SGD with momentum; update the tensors of both lists in place."""
    with torch.no_grad():
        for parameter, velocity in zip(parameters, velocities, strict=True):
            velocity.mul_(momentum).add_(parameter.grad)
            parameter.sub_(lr * velocity)


# %% 3.10 97.5% of unseen digits
torch.manual_seed(0)
best = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
vary = v2.RandomAffine(degrees=12, translate=(0.08, 0.08), scale=(0.85, 1.15), shear=10, fill=X.min().item())
optimizer = torch.optim.Adam(best.parameters(), fused=True)
for epoch in range(30):
    optimizer.param_groups[0]["lr"] = 0.003 * (1 - epoch / 30)  # ever smaller steps toward the end
    for images, labels in make_batches(X_fit, Y_fit):
        loss = nn.functional.cross_entropy(best(vary(images)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
