"""Make the head that tells cats from dogs on the course's ResNet-18: python -m tools.make_assets.make_head [FILE]

A linear layer learns from the features of the frozen network, for the training pictures of the practice set. It begins
at zero and sees all pictures in every step, so nothing is left to chance: each run ends with the same head. Part 1
opens with it.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from tools.make_assets import measure_resnet

HEAD = measure_resnet.WEIGHTS.with_name("cats_dogs_head.safetensors")
STEPS = 100  # at most: it has arrived long before
DECAY = 0.1  # the best of 0.003 to 1 on fifths of the training pictures; the test had no say


def train(features, labels):
    """Return a linear layer that has learned to tell two classes apart.

    Parameters
    ----------
    features : torch.Tensor
        [N, 512], as the network gives them.
    labels : torch.Tensor
        [N], 0 or 1.

    Returns
    -------
    torch.nn.Linear
    """
    mean, std = features.mean(dim=0), features.std(dim=0) + 1e-3
    head = nn.Linear(features.shape[1], 2)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        penalty = DECAY / 2 * head.weight.square().sum()
        total = F.cross_entropy(head((features - mean) / std), labels) + penalty
        total.backward()
        return total

    optimizer.step(loss)
    with torch.no_grad():  # take the features as they are: the scale moves into the weights
        head.weight /= std
        head.bias -= head.weight @ mean
    return head


@torch.inference_mode()
def accuracy(head, features, labels):
    """Return the share of pictures for which the larger of the two logits is that of their class."""
    return (head(features).argmax(dim=1) == labels).float().mean().item()


def main(arguments=None):
    """Write the head in half precision, under the names that it has in the network, and print its accuracy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=HEAD)
    options = parser.parse_args(arguments)
    network = measure_resnet.backbone()
    seen, labels = _features_of(network, "train")
    head = train(seen, labels).half()
    save_file({"fc.weight": head.weight.detach(), "fc.bias": head.bias.detach()}, options.file)
    new, truth = _features_of(network, "test")
    print(f"accuracy on {len(truth)} test pictures: {accuracy(head.float(), new, truth):.1%}")


def _features_of(network, part):
    """Return the features and labels of the practice pictures: of "train" or of "test"."""
    pictures, labels = measure_resnet.load(measure_resnet.PETS / part)
    return measure_resnet.features(network, pictures), labels


if __name__ == "__main__":
    main()
