"""The checks of bonus notebook 2, Several GPUs."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from exercises.checks.shared import call
from exercises.compare import assert_same, describe, is_same
from exercises.judge import exercise

# B2.1


@exercise("B2.1")
def average_gradients(average):
    for shapes, counts in (
        ([(2, 3), (3,)], [4, 4]),
        ([(2, 2), (2,), (1, 2)], [1, 7]),
        ([(5,)], [3, 2, 5]),
        ([(2, 3), (2, 3)], [6]),
    ):
        gradients = [[torch.randn(shape) for shape in shapes] for _ in counts]
        judge_average(average, gradients, counts)
    judge_average(average, [[100 * torch.randn(2, 3)], [100 * torch.randn(2, 3)]], [5, 3])  # large gradients


def judge_average(average, gradients, counts):
    """Judge the averaged gradients of some workers."""
    workers, parameters = len(counts), len(gradients[0])
    name = f"average(gradients, {counts})"
    result = call(name, average, gradients, counts)
    is_list = isinstance(result, list | tuple)
    assert is_list, f"{name} should return a list with a tensor for each parameter, but it returns {describe(result)}."
    text = f"{name}: there are {parameters} parameters and {workers} workers, so there should be {parameters} tensors,"
    assert len(result) == parameters, f"{text} one for each parameter, but there are {len(result)}."
    for index in range(parameters):
        own = [worker[index] for worker in gradients]
        want = weighted(own, [count / sum(counts) for count in counts])
        turned = [count / sum(counts) for count in reversed(counts)]
        mistakes = {
            "That is the plain mean. A worker with more pictures counts more: weigh each by its count.": weighted(
                own, [1 / workers] * workers
            ),
            "That is the sum of the gradients: it should be their mean.": weighted(own, [1] * workers),
            "The weights should add up to 1: divide by the number of all pictures.": weighted(own, counts),
            "Divide by the number of all pictures, not by the number of workers.": weighted(
                own, [count / workers for count in counts]
            ),
            "The counts belong to the workers in their order.": weighted(own, turned),
            "What comes back is the gradient of the first worker alone.": own[0],
            "What comes back is the gradient of the last worker alone.": own[-1],
            "The more pictures a worker has, the more it counts: do not divide by its count.": weighted(
                own, [1 / count for count in counts]
            ),
        }
        assert_same(result[index], want, f"{name}, parameter {index}", mistakes)


def weighted(tensors, weights):
    """Return a weighted sum of tensors."""
    return sum(tensor * weight for tensor, weight in zip(tensors, weights, strict=True))


# B2.2


class Watched(nn.Module):
    """A small network that notes how many pictures it is asked about at once, and which of its graphs are alive."""

    def __init__(self, classes):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(12, 7), nn.Tanh(), nn.Linear(7, classes))
        self.asked = []

    def forward(self, x):
        self.asked.append(len(x))
        return self.layers(x)


@exercise("B2.2", may_change_inputs=True)
def accumulate_gradients(accumulate):
    for pictures, size, classes in ((10, 5, 3), (10, 4, 3), (7, 2, 5), (6, 6, 2), (5, 8, 2), (4, 1, 3)):
        network = Watched(classes)
        for p in network.parameters():
            p.grad = torch.randn(p.shape)  # of a step before
        judge_accumulated(accumulate, network, torch.randn(pictures, 3, 4), torch.randint(classes, (pictures,)), size)


def judge_accumulated(accumulate, network, x, y, size):
    """Judge the gradients that are left in a network."""
    name = f"accumulate(network, x, y, {size}), for {len(x)} pictures,"
    before, kept_x, kept_y = copy.deepcopy(network), x.clone(), y.clone()
    old = [p.grad.clone() for p in network.parameters()]
    call(name, accumulate, network, x, y, size)
    assert is_same(x, kept_x, 0, 0) and is_same(y, kept_y, 0, 0), f"{name} changes the pictures or the labels."
    largest = max(network.asked, default=0)
    assert largest, f"{name} never runs the network."
    text = f"{name} runs {largest} pictures through the network at once: {size} are allowed."
    assert largest <= size, f"{text} Cut the batch with x.split(size)."
    seen = sum(network.asked)
    assert seen >= len(x), f"{name} runs only {seen} of the pictures through the network: the last part may be smaller."
    assert seen == len(x), f"{name} runs {seen} pictures through the network: each should go through it once."
    same = all(is_same(p, q, 0, 0) for p, q in zip(network.parameters(), before.parameters(), strict=True))
    assert same, "The weights have changed: only gradients are computed here, and the optimizer takes its step later."
    assert network.training == before.training, (
        f"{name} leaves the network in another mode: do not call eval() or train()."
    )
    frozen = [key for key, p in network.named_parameters() if not p.requires_grad]
    assert not frozen, f"{name} leaves {frozen and frozen[0]} frozen, so that later steps cannot train it."
    missing = [key for key, p in network.named_parameters() if p.grad is None]
    assert not missing, f"{name} leaves no gradient in {missing and missing[0]}."
    parts = [slopes(before, x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]
    counts = [len(x[i : i + size]) for i in range(0, len(x), size)]
    for index, (key, p) in enumerate(network.named_parameters()):
        own = [part[index] for part in parts]
        want = weighted(own, [count / len(x) for count in counts])
        total, mean = weighted(own, [1] * len(own)), weighted(own, [1 / len(own)] * len(own))
        mistakes = {
            "That is the mean of the parts, and the last one is smaller: weigh each part by its pictures.": mean,
            "The gradients of the parts are added: divide, so that it is the gradient of the mean.": total,
            "Each part should count by its pictures, divided by those of the whole batch.": weighted(own, counts),
            "The gradients of the step before are still there: begin with zero_grad().": want + old[index],
            "The gradients of the step before are still there, and the parts are not weighed.": total + old[index],
            "The gradients are cleared inside the loop: only those of the last part are left.": own[-1],
            "The gradients are cleared inside the loop: only the last part is left, weighed.": own[-1]
            * (counts[-1] / len(x)),
            "Only the first part is left.": own[0],
            "Divide by the number of pictures, not by size.": weighted(own, [count / size for count in counts]),
        }
        assert_same(p.grad, want, f"{name} the gradient of {key}", mistakes, atol=1e-5, rtol=1e-3)


def slopes(network, x, y):
    """Return the gradients of the mean cross-entropy of some pictures."""
    network = copy.deepcopy(network)
    return torch.autograd.grad(F.cross_entropy(network(x), y), list(network.parameters()))


# B2.3


@exercise("B2.3")
def every_picture_once(share):
    for count, world in ((10, 2), (9, 2), (11, 4), (3, 5), (1, 1), (0, 3), (100, 7)):
        judge_shares(share, count, world)


def judge_shares(share, count, world):
    """Judge how some pictures are dealt out to some workers."""
    shares = []
    for rank in range(world):
        name = f"share({count}, {rank}, {world})"
        result = call(name, share, count, rank, world)
        is_list = isinstance(result, list | tuple | range)
        assert is_list, f"{name} should return a list of indices, but it returns {describe(result)}."
        are_whole = all(isinstance(index, int) and not isinstance(index, bool) for index in result)
        assert are_whole, f"{name} should hold whole numbers, but it holds {list(result)[:5]}."
        shares.append(list(result))
    together = [index for own in shares for index in own]
    name = f"The shares of {count} pictures for {world} workers"
    outside = [index for index in together if not 0 <= index < count]
    assert not outside, (
        f"{name} hold the index {outside and outside[0]}, and there is none: they go from 0 to {count - 1}."
    )
    twice = len(together) - len(set(together))
    assert not twice, f"{name} hold {twice} of them more than once, so they would be counted more than once."
    left = count - len(set(together))
    assert not left, f"{name} leave out {left} of them: also what cannot be divided evenly belongs to somebody."
    sizes = [len(own) for own in shares]
    text = f"{name} have the sizes {sizes}: they should differ by one at most, or some workers wait for the others."
    assert max(sizes) - min(sizes) <= 1, text
