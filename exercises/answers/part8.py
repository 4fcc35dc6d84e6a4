"""The course's answers to the exercises of Part 8, one section each: the instructor's key."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

# %% 8.1 Predict what moves
moves = {
    "A": ["weights", "statistics", "head"],
    "B": ["statistics", "head"],  # no gradient for the weights, but train() mode
    "C": ["head"],
    "D": ["statistics", "head"],  # the optimizer holds only the head, but train() mode
    "E": ["weights"],  # the optimizer holds the old head; the new one is never moved
}


# %% 8.2 Swap the head
def swap_head(network, classes):
    """Return a copy with a new head, all else frozen, and an optimizer for the head."""
    model = copy.deepcopy(network).requires_grad_(False).eval()
    model.fc = nn.Linear(network.fc.in_features, classes)
    return model, torch.optim.AdamW(model.fc.parameters(), lr=0.01)


# %% 8.3 Cache the features
def cache_features(backbone, pictures):
    """Return the features of all pictures, float32 [N, 512], on the CPU."""
    backbone.eval()
    with torch.no_grad():
        return torch.cat([backbone(to_input(batch)).cpu() for batch in pictures.split(25)])


# %% 8.4 Two learning rates
def two_groups(model, lr, factor):
    """Return two groups: the backbone with lr / factor, then the head with lr."""
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    head = [p for name, p in learning if name.startswith("fc.")]
    rest = [p for name, p in learning if not name.startswith("fc.")]
    return [{"params": rest, "lr": lr / factor}, {"params": head, "lr": lr}]


# %% 8.5 Move everything to the device
def batch_loss(model, pictures, labels, device):
    """Return the weighted loss of a batch, computed on the device."""
    model.to(device)
    x = pictures.to(device).float() / 127.5 - 1  # to returns the moved tensor
    weight = torch.tensor([1.0, 3.0], device=device)  # made there
    return F.cross_entropy(model(x), labels.to(device), weight=weight)


# %% 8.6 Write the evaluation
def evaluate(model, x, y, classes):
    """Return counts [classes, classes], a row for each true class, and the loss of each picture [N]."""
    was_training, logits = model.training, []
    model.eval()
    with torch.no_grad():
        for batch in x.split(25):
            logits.append(model(to_input(batch)).cpu())
    model.train(was_training)
    logits = torch.cat(logits)
    pairs = y * classes + logits.argmax(dim=1)  # each pair of a true and a predicted class has its own number
    counts = torch.bincount(pairs, minlength=classes**2).reshape(classes, classes)
    return counts, F.cross_entropy(logits, y, reduction="none")


# %% 8.7 Weight decay for weights alone
def decay_groups(model, weight_decay):
    """Return two groups: weights that decay, then biases and norms that do not."""
    learning = [p for p in model.parameters() if p.requires_grad]
    weights = [p for p in learning if p.ndim >= 2]
    others = [p for p in learning if p.ndim < 2]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


# %% 8.8 Nearly the same picture
def most_similar(features, others):
    """Return for each row the index of the most similar row of the others, and their cosine similarity."""
    similarities = F.normalize(features, dim=1) @ F.normalize(others, dim=1).T  # [N, D] @ [D, M] -> [N, M]
    similarity, nearest = similarities.max(dim=1)
    return nearest, similarity
