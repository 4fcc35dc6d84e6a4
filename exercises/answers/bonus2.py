"""The course's answers to the exercises of bonus notebook 2, one section each: the instructor's key."""

import torch.nn.functional as F


# %% B2.1 Average the gradients
def average(gradients, counts):
    """Return the gradients of the mean loss over all pictures, one tensor for each parameter."""
    total = sum(counts)
    averaged = []
    for of_one_parameter in zip(*gradients, strict=True):  # the gradients of all workers
        parts = [gradient * (count / total) for gradient, count in zip(of_one_parameter, counts, strict=True)]
        averaged.append(sum(parts))
    return averaged


# %% B2.2 Accumulate gradients
def accumulate(network, x, y, size):
    """Leave the gradient of the mean loss over the whole batch in .grad, with size pictures at a time."""
    network.zero_grad()
    for part, labels in zip(x.split(size), y.split(size), strict=True):
        loss = F.cross_entropy(network(part), labels)
        (loss * len(part) / len(x)).backward()


# %% B2.3 Every picture once
def share(count, rank, world):
    """Return the indices, from 0 to count - 1, that worker `rank` of `world` predicts."""
    return list(range(rank, count, world))
