"""The course's answers to the exercises of bonus notebook 3, one section each: the instructor's key."""

import torch
import torch.nn.functional as F


# %% B3.1 Distill a large network into a small one
def distill_loss(student, teacher, T):
    """Return how far the student's softened predictions are from the teacher's, times T squared."""
    log_q = F.log_softmax(student / T, dim=1)
    log_p = F.log_softmax(teacher.detach() / T, dim=1)
    return F.kl_div(log_q, log_p, log_target=True, reduction="batchmean") * T**2


# %% B3.2 Quantize the weights
def quantize(weight):
    """Return whole numbers, int8, and a scale for each output channel."""
    scale = weight.detach().flatten(1).abs().amax(dim=1).clamp(min=1e-12) / 127
    steps = weight.detach() / scale.view(-1, *[1] * (weight.ndim - 1))
    return steps.round().to(torch.int8), scale


# %% B3.3 Prune
def prune(weight, share):
    """Return a copy of a tensor whose smallest entries by absolute value are 0, so large a share of them."""
    flat = weight.flatten().clone()
    order = flat.abs().argsort()
    flat[order[: int(share * weight.numel())]] = 0
    return flat.view_as(weight)
