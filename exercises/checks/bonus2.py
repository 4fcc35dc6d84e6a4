"""The checks of bonus notebook 2, Several GPUs."""

import copy
import numbers
import weakref

import torch
import torch.nn.functional as F
from torch import nn

from exercises.checks.shared import call
from exercises.compare import assert_same, assert_values, describe, is_same
from exercises.judge import exercise

# B2.1


@exercise("B2.1")
def average_gradients(average):
    for shapes, counts in (
        ([(2, 3), (3,), (1, 2)], [6, 2]),
        ([(2, 2), (2,)], [4, 4]),
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
    text = f"{name} should return a list with a tensor for each parameter. What it returns is {describe(result)}."
    assert isinstance(result, list | tuple), text
    text = f"{name}: there are {parameters} parameters and {workers} workers, so there should be {parameters} tensors,"
    assert len(result) == parameters, f"{text} one for each parameter. What it returns is {describe(result)}."
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
            "The weights add up to 1 already: do not divide by the number of workers, too.": weighted(
                own, [count / sum(counts) / workers for count in counts]
            ),
            "The first worker's count is used for all: each worker has its own.": weighted(
                own, [counts[0] / sum(counts)] * workers
            ),
            "Only the first two workers count here: there may be more.": lambda own=own: weighted(
                own[:2], [count / sum(counts[:2]) for count in counts[:2]]
            ),
            "All gradients come out as 0. (`//` divides into whole numbers, and a share is below 1.)": 0 * want,
            "What comes back is the gradient of the first worker alone.": own[0],
            "What comes back is the gradient of the last worker alone.": own[-1],
            "The more pictures a worker has, the more it counts: do not divide by its count.": weighted(
                own, [1 / count for count in counts]
            ),
        }
        assert_values(result[index], want, f"{name}, parameter {index}", mistakes)


def weighted(tensors, weights):
    """Return a weighted sum of tensors."""
    return sum(tensor * weight for tensor, weight in zip(tensors, weights, strict=True))


# B2.2


class Kept:
    """What a graph keeps for its backward pass: a tensor, in a box whose end can be seen."""

    def __init__(self, tensor):
        self.tensor = tensor


class Watched(nn.Module):
    """A small network that notes how many pictures it is asked about at once, and whether an earlier graph is alive."""

    def __init__(self, classes):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(12, 7), nn.Tanh(), nn.Linear(7, classes))
        self.asked = []
        self.boxes = weakref.WeakSet()  # what `backward()` frees goes out of it
        self.overlaps = False

    def forward(self, x):
        self.asked.append(len(x))
        self.overlaps = self.overlaps or len(self.boxes) > 0
        if not isinstance(self.layers[1].weight, nn.Parameter):  # torch.func takes other weights, and no such hooks
            return self.layers(x)
        with torch.autograd.graph.saved_tensors_hooks(self.pack, lambda box: box.tensor):
            return self.layers(x)

    def pack(self, tensor):
        """Put a tensor that is kept for the backward pass into a box."""
        box = Kept(tensor)
        self.boxes.add(box)
        return box


def new_network(classes, training=True):
    """Return a Watched network and a plain copy of it."""
    network = Watched(classes).train(training)
    return network, copy.deepcopy(network.layers)


ACCUMULATE_ERRORS = {
    "'NoneType' object has no attribute": "In a new network `.grad` is None, which zero_grad() can deal with.",
    "backward through the graph a second time": (
        "backward() has run through the graph of this part before. Call it once for each part, on the loss of that "
        "part, and not on a sum that grows."
    ),
    "does not require grad": (
        "No graph leads from this loss to the weights. Is the network run within no_grad(), or does item() turn the "
        "loss into a number?"
    ),
}


@exercise("B2.2", may_change_inputs=True)
def accumulate_gradients(accumulate):
    for pictures, size, classes in ((10, 4, 3), (10, 5, 3), (7, 2, 5), (6, 6, 2), (5, 8, 2), (4, 1, 3)):
        network, plain = new_network(classes)
        for p in network.parameters():
            p.grad = torch.randn(p.shape)  # of a step before
        judge_accumulated(
            accumulate, network, plain, torch.randn(pictures, 3, 4), torch.randint(classes, (pictures,)), size
        )
    network, plain = new_network(2, training=False)  # and it has no gradients yet
    judge_accumulated(accumulate, network, plain, torch.randn(5, 3, 4), torch.randint(2, (5,)), 2)


def judge_accumulated(accumulate, network, plain, x, y, size):
    """Judge the gradients that are left in a network; `plain` is an unwatched copy of its layers."""
    name = f"accumulate(network, x, y, {size}), for {len(x)} pictures,"
    kept_x, kept_y, training = x.clone(), y.clone(), network.training
    old = [torch.zeros_like(p) if p.grad is None else p.grad.clone() for p in network.parameters()]
    call(name, accumulate, network, x, y, size, hints=ACCUMULATE_ERRORS)
    assert is_same(x, kept_x, 0, 0) and is_same(y, kept_y, 0, 0), f"{name} changes the pictures or the labels."
    is_as_before = not x.requires_grad and x.grad is None
    assert is_as_before, f"{name} makes x require a gradient, too. Only the parameters need one: leave x as it is."
    judge_runs(network, name, len(x), size)
    same = all(is_same(p, q, 0, 0) for p, q in zip(network.parameters(), plain.parameters(), strict=True))
    assert same, "The weights have changed: only gradients are computed here, and the optimizer takes its step later."
    mode = "train()" if training else "eval()"
    assert network.training == training, f"The network was in {mode} mode, and {name} leaves it in the other one."
    frozen = [key for key, p in network.named_parameters() if not p.requires_grad]
    assert not frozen, f"{name} leaves {frozen and frozen[0]} frozen, so that later steps cannot train it."
    missing = [key for key, p in network.named_parameters() if p.grad is None]
    assert not missing, f"{name} leaves no gradient in {missing and missing[0]}."
    text = (
        f"{name} still keeps the graph of one part when it runs the next. In the loop, backward() frees it each time, "
        "unless retain_graph=True keeps it."
    )
    assert not network.overlaps, text
    judge_slopes(network, plain, x, y, size, old, name)


def judge_runs(network, name, pictures, size):
    """Judge which parts of the batch have gone through the network."""
    largest, seen = max(network.asked, default=0), sum(network.asked)
    assert largest, f"{name} never runs the network."
    text = f"{name} runs {largest} pictures through the network at once: {size} are allowed."
    assert largest <= size, f"{text} Cut the batch with x.split(size)."
    assert seen >= pictures, (
        f"{name} runs only {seen} of the pictures through the network: the last part may be smaller."
    )
    assert seen == pictures, f"{name} runs {seen} pictures through the network: each should go through it once."


def judge_slopes(network, plain, x, y, size, old, name):
    """Judge the gradients themselves."""
    parts = [slopes(plain, x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]
    counts = [len(x[i : i + size]) for i in range(0, len(x), size)]
    whole, last, whole_parts = len(x), counts[-1], max(1, len(x) // size)
    softened = slopes(nn.Sequential(*plain, nn.Softmax(dim=1)), x, y)
    for index, (key, p) in enumerate(network.named_parameters()):
        own = [part[index] for part in parts]
        want = weighted(own, [count / whole for count in counts])
        total, mean = weighted(own, [1] * len(own)), weighted(own, [1 / len(own)] * len(own))
        mistakes = {
            "`.grad` is as it was before the call: set it, by backward() or by p.grad = ...": old[index],
            "That is the mean of the parts, and the last one is smaller: weigh each part by its pictures.": mean,
            "The gradients of the parts are added: weigh each part by its share of the pictures.": total,
            "Each part should count by its pictures, divided by those of the whole batch.": weighted(own, counts),
            f"The last part has {last} pictures and counts as if it had {size}: take len(part), not size.": (
                weighted(own, [size / whole] * len(own))
            ),
            f"Every part counts as 1 / {whole_parts}: weigh each by its share of the pictures.": (
                weighted(own, [1 / whole_parts] * len(own))
            ),
            "Divide by the number of all pictures, len(x), not by size.": weighted(
                own, [count / size for count in counts]
            ),
            f"Every part counts as 1 / {whole}. Its loss is a mean already: multiply by its number of pictures.": (
                weighted(own, [1 / whole] * len(own))
            ),
            "The loss of a part is a mean already: do not divide it by the number of its pictures.": weighted(
                own, [1 / count for count in counts]
            ),
            "The gradients of the step before are still there: begin with zero_grad().": want + old[index],
            "The gradients of the step before are still there, and the parts are not weighed.": total + old[index],
            "Only the gradients of the last part are left. Is zero_grad() inside the loop?": own[-1] * (last / whole),
            "Only the gradients of the last part are left, not weighed. Is zero_grad() inside the loop?": own[-1],
            "Only the first part is left.": own[0],
            "F.cross_entropy takes logits: no softmax before it.": softened[index],
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
        text = f"{name} should return a list of indices. What it returns is {describe(result)}."
        assert isinstance(result, list | tuple | range), text
        text = f"{name} should hold whole numbers, but it holds {list(result)[:5]}."
        are_tensors = any(isinstance(index, torch.Tensor) for index in result)
        assert not are_tensors, f"{text} tolist() makes a list of numbers of a tensor."
        are_whole = all(isinstance(index, numbers.Integral) and not isinstance(index, bool) for index in result)
        assert are_whole, text
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
    rest = " Also what cannot be divided evenly belongs to a worker." if count % world else ""
    assert not left, f"{name} leave out {left} of them: each belongs to one worker.{rest}"
    sizes = [len(own) for own in shares]
    text = f"{name} have the sizes {sizes}: they should differ by one at most, or some workers wait for the others."
    assert max(sizes) - min(sizes) <= 1, text
