"""What changes in Part 4 when checks and claims leave the notebook."""

# ruff: noqa: E501

REMOVE = [
    "heart-check",
    "result-check",
    "matrix-check",
    "pairs-check",
    "conv-shift-check",
    "cnn-check",
    "learned-shift-check",
    "experiments-check",
    "test-check",
]

REPLACE = {
    "setup": """\
import time
from itertools import pairwise

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import datasets

import helper

helper.seed(0)
DATA = helper.data_dir()""",
}

TEXT = {
    "ex-4-1": [
        (
            "pairs of pictures `(B, 1, 28, 28)` and their labels `(B,)`. Every picture comes once,",
            "pairs of pictures `(B, 1, 28, 28)` and their labels `(B,)`, as they are in `x` and `y`, with `batch_size` of "
            "them in each pair. Every picture comes once,",
        ),
        (
            "so that other pictures share a batch; the last batch may be smaller.",
            "so that other pictures share a batch; only the last batch may be smaller.",
        ),
    ],
    "ex-4-2": [
        (
            "it returns a *new* network on every call, for pictures",
            "it returns a *new* network, an `nn.Module` with new random weights, on every call, for pictures",
        ),
        (
            "At least one hidden layer with 64 or more units.",
            "At least one hidden layer with 64 or more units, and an activation after it.",
        ),
    ],
    "ex-4-3": [
        (
            "it trains `model` on this one batch, with as many steps as it takes to bring the loss below 0.05, and returns the "
            "list of losses, floats, from the one before the first step on.",
            "it trains all of `model` on this one batch, with as many steps as it takes to bring the loss, the cross-entropy, "
            "below 0.05, and returns the list of losses: one float for each step, from the one before the first step on. "
            "The model keeps its mode.",
        ),
    ],
    "ex-4-4": [
        (
            "It trains `model` with Adam on all pictures, in shuffled batches, and returns a list with one float for each "
            "epoch: the mean loss over all *pictures*. The learning rate begins at `lr` and falls, to half of it or less in "
            "the last epoch.",
            "It trains `model` with `torch.optim.Adam` (or `AdamW`) on all pictures, in batches that are shuffled anew in "
            "every epoch, one step for each batch, and returns a list with one float for each epoch: the mean cross-entropy "
            "over all *pictures*. The model keeps its mode. The learning rate begins at `lr` and never rises; in the last "
            "epoch it is half of it or less, unless there is only one epoch.",
        ),
    ],
    "ex-4-5": [
        (
            "computed in `torch.inference_mode()`.",
            "computed in `torch.inference_mode()`, without a change of the model or of its mode.",
        ),
    ],
    "ex-4-6": [
        (
            "a tensor of counts `(num_classes, num_classes)`: row = truth, column = answer.",
            "a tensor of counts `(num_classes, num_classes)`: row = truth, column = answer. Without any pair, all counts are 0.",
        ),
    ],
    "ex-4-9": [
        (
            "it returns a new **convolutional neural network** (CNN) on every call.",
            "it returns a new **convolutional neural network** (CNN), with new random weights, on every call.",
        ),
        (
            "3. flatten; one linear layer to 10",
            "3. flatten; one linear layer to 10; nothing else, and every layer with its bias",
        ),
    ],
    "ex-4-10": [
        (
            "It calls `run(seed, **change)` for each of the `SEEDS`",
            "It calls `run(seed, **change)` once for each of the `SEEDS`",
        ),
        (
            '- `"accuracies"`: the list of three, `"mean"`',
            '- `"accuracies"`: the list of three, in the order of the `SEEDS`, `"mean"`',
        ),
        ("The check passes a `run` of its own, which trains nothing.", "The check passes a `run` that trains nothing."),
    ],
    "ex-4-11": [
        (
            "its training must not take longer than the run of section 4. The check measures how long both networks take for "
            "one batch, and multiplies by the epochs; their number is taken on trust. The test pictures play no part.",
            "its training must not take more computation than the run of section 4. The check counts the multiplications "
            "that each network needs for one batch, and multiplies by the epochs; their number is taken on trust. No "
            "validation and no test pictures are trained on.",
        ),
        (
            "ReLU *after* the pool gives the same numbers, and has only a quarter of the pixels to look at.",
            "ReLU *after* the pool gives the same numbers, and has only a quarter of the pixels to look at, so it saves time.",
        ),
    ],
    "ex-4-12": [
        (
            "the feature map, shape `(H - h + 1, W - w + 1)`, without `conv2d`.",
            "the feature map, shape `(H - h + 1, W - w + 1)`, without `conv2d` or another convolution of PyTorch.",
        ),
    ],
}
