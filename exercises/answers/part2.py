"""The course's answers to the exercises of Part 2, one section each: the instructor's key."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn


# %% 2.1 Flatten a batch
def flatten_batch(images):
    """Return a batch [N, C, H, W] as [N, C * H * W]: one row for each picture."""
    return images.flatten(start_dim=1)


# %% 2.2 Predict shapes through the network
shapes = {
    "one picture from train_set": (1, 28, 28),
    "batch of 32 pictures": (32, 1, 28, 28),
    "the batch, flattened": (32, 784),
    "W1": (784, 256),
    "b1": (256,),
    "hidden, for the batch of 32": (32, 256),
    "logits, for the batch of 32": (32, 10),
    "logits, for a batch of one picture": (1, 10),
}


# %% 2.3 Stable softmax
def softmax(logits):
    """Return the probabilities [N, K] of logits [N, K]; every row adds up to 1."""
    exps = torch.exp(logits - logits.amax(dim=-1, keepdim=True))  # the largest exponent of each row is 0
    return exps / exps.sum(dim=-1, keepdim=True)


# %% 2.4 Write the module
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def forward(self, x):
        """Return logits [N, 10] for pictures [N, 1, 28, 28]."""
        x = x.flatten(start_dim=1)  # [N, 1, 28, 28] -> [N, 784]
        x = F.relu(self.fc1(x))  # [N, 784] -> [N, 128]
        x = F.relu(self.fc2(x))  # [N, 128] -> [N, 64]
        return self.fc3(x)  # [N, 64] -> [N, 10]


# %% 2.5 A network with named layers
named = nn.Sequential(
    OrderedDict(
        flatten=nn.Flatten(),
        fc1=nn.Linear(784, 128),
        relu=nn.ReLU(),
        dropout=nn.Dropout(0.2),
        fc2=nn.Linear(128, 10),
    )
)


# %% 2.6 Count the parameters
def count_parameters(widths):
    """Return the number of parameters of the linear layers between neighboring widths, such as [784, 256, 10]."""
    total = 0
    for inputs, outputs in zip(widths[:-1], widths[1:], strict=True):
        total += inputs * outputs + outputs
    return total


# %% 2.7 Set one layer's parameters
def set_layer(layer, weight, bias):
    """Copy weight and bias into the parameters of a linear layer, in place."""
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


# %% 2.8 Which of them cannot learn?
learns = {
    "plain": "yes",
    "zeros": "no",  # all neurons do the same and are changed in the same way
    "listed": "no",  # its parameters are not registered: training gets an empty list
    "linear": "yes",  # no better than a single layer, but that one learns
}


# %% 2.9 A network of any depth
def deep_network(widths):
    """Return a network of linear layers between the widths, with ReLU between them, for pictures [N, 1, H, W]."""
    layers = [nn.Flatten()]
    for inputs, outputs in zip(widths[:-1], widths[1:], strict=True):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # without the last ReLU


# %% 2.10 He initialization by hand
def he_init(layer):
    """Draw the weights of a linear layer with mean 0 and standard deviation sqrt(2 / inputs); set its biases to 0."""
    with torch.no_grad():
        layer.weight.normal_(0, (2 / layer.in_features) ** 0.5)
        layer.bias.zero_()
