"""The course's answers to the exercises of Part 5, one section each: the instructor's key."""

import copy
import math

import torch
import torch.nn.functional as F


# %% 5.1 Split the indices
def split(n, share, seed):
    """Return the indices 0 ... n-1, shuffled and cut in two: for training, and a share of them for validation."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    held_out = round(n * share)
    return order[held_out:], order[:held_out]


# %% 5.2 Find the leak
leaks = {
    "A": "chosen",  # the largest score on the test set is reported
    "B": "copies",  # a picture in one set, its shifted copy in the other
    "C": "fine",  # chosen by validation; the mean is that of the training set
}


# %% 5.3 Accuracy over unequal batches
def accuracy(model, batches):
    """Return the share of all pictures in the batches that the model puts into the right class."""
    hits, pictures = 0, 0
    with torch.inference_mode():
        for images, labels in batches:
            hits += (model(images).argmax(dim=1) == labels).sum().item()
            pictures += len(labels)
    return hits / pictures


# %% 5.4 Top-k accuracy
def top_k(logits, labels, k):
    """Return the share of the rows of logits [N, K] whose right class is among the k largest."""
    best = logits.topk(k, dim=1).indices  # [N, k]
    return (best == labels[:, None]).any(dim=1).float().mean()


# %% 5.5 Predict three detectors
guess = {
    "accuracy of never": 0.9,  # right on the 90 that are no bags
    "recall of never": 0.0,
    "precision of always": 0.1,
    "recall of always": 1.0,
    "precision of careful": 0.8,  # 4 of 5
    "recall of careful": 0.4,  # 4 of 10
}


# %% 5.6 Predict what changes
changes = {
    "first": "no",
    "norm": "yes",  # the batch's mean or the running mean
    "moved": "yes",  # only in train()
    "output": "yes",
    "recorded": "no",  # that is what inference_mode is for
    "parameters": "no",
}


# %% 5.7 Dropout by hand
def dropout(x, p, training):
    """In training, set each entry of x to 0 with probability p and scale the rest; otherwise return x."""
    if not training:
        return x
    keep = torch.rand_like(x) >= p
    return x * keep / (1 - p)


# %% 5.8 Early stopping
class EarlyStopping:
    """Tells when training should stop, and keeps the best weights."""

    def __init__(self, patience):
        self.patience, self.best, self.fruitless, self.state = patience, math.inf, 0, None

    def update(self, loss, model):
        """Note the validation loss of an epoch; return True when it is time to stop."""
        if loss < self.best:
            self.best, self.fruitless = loss, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.fruitless += 1
        return self.fruitless >= self.patience

    def restore(self, model):
        """Put the best weights back into the model."""
        model.load_state_dict(self.state)


# %% 5.9 Find the temperature
def best_temperature(logits, labels, candidates):
    """Return the candidate T for which the cross-entropy of logits / T is lowest."""
    losses = torch.stack([F.cross_entropy(logits / T, labels) for T in candidates])
    return candidates[losses.argmin()]


# %% 5.10 Folds
def folds(n, k, seed):
    """Return k pairs (train, valid) of index tensors; each index is for validation in exactly one of them."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts = [order[i::k] for i in range(k)]
    return [(torch.cat(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


# %% 5.11 An ensemble
def ensemble(models, x):
    """Return the mean of the probabilities [N, K] that the models give for a batch."""
    with torch.inference_mode():
        return torch.stack([model.eval()(x).softmax(dim=-1) for model in models]).mean(dim=0)
