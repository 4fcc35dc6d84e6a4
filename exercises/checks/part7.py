"""The checks of Part 7, Loading images."""

import csv
import itertools
import math
import numbers
import random
import struct
import tempfile
import warnings
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFile, ImageOps
from torch.utils.data import Dataset, default_collate
from torchvision.transforms import v2

from exercises.compare import assert_predictions, assert_same, assert_values, describe, is_same, shares_memory
from exercises.errors import add_note, is_of_a_cell
from exercises.judge import Hint, exercise


def attempt(what, action, *args):
    """Return what a call gives. An error in a line of the reader goes through; any other is said in a hint."""
    try:
        return action(*args)
    except Hint:
        raise
    except Exception as error:
        if is_of_a_cell(error):
            raise
        message = str(error).strip().splitlines() or [""]
        text = f"{what} stops with {type(error).__name__}: {message[0][:200]}"
        raise AssertionError(text) from None


def pair_of(result, name, wanted):
    """Return the two parts of a result; `wanted` says what they should be."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    if isinstance(result, torch.Tensor):
        is_pair = result.ndim > 0 and len(result) == 2
    assert is_pair, f"{name} should return two {wanted}, but it returns {describe(result)}."
    return result[0], result[1]


def as_indices(things):
    """Return whole numbers (of Python, NumPy or zero-dimensional tensors) as a list of int; None for anything else."""
    indices = []
    for thing in things:
        if isinstance(thing, torch.Tensor):
            is_whole = thing.ndim == 0 and not thing.is_floating_point() and not thing.is_complex()
            if not is_whole or thing.is_meta or thing.dtype == torch.bool:
                return None
            thing = thing.item()
        if isinstance(thing, bool) or not isinstance(thing, numbers.Integral):
            return None
        indices.append(int(thing))
    return indices


@exercise("7.1")
def predict_sizes(shapes):
    steps = {
        "v2.Resize(64)": v2.Resize(64),
        "v2.Resize((64, 64))": v2.Resize((64, 64)),
        "v2.CenterCrop(64)": v2.CenterCrop(64),
        "v2.CenterCrop(250)": v2.CenterCrop(250),
        "v2.RandomResizedCrop(48)": v2.RandomResizedCrop(48),
        "v2.RandomRotation(30)": v2.RandomRotation(30),
        "v2.Grayscale()": v2.Grayscale(),
    }
    picture = Image.new("RGB", (300, 200))
    truth = {code: tuple(v2.functional.to_image(step(picture)).shape) for code, step in steps.items()}
    hints = {
        "v2.Resize(64)": "the shorter side becomes 64, and the ratio of 3 to 2 stays.",
        "v2.Resize((64, 64))": "two numbers are the new height and width, whatever the ratio was.",
        "v2.CenterCrop(64)": "a crop cuts, it does not scale. Which piece is left?",
        "v2.CenterCrop(250)": "200 is too low for a crop of 250. What is put around the picture?",
        "v2.RandomResizedCrop(48)": "a random piece of the picture is cut out, then scaled to a square.",
        "v2.RandomRotation(30)": "the picture turns within its frame: the corners are lost, the frame stays.",
        "v2.Grayscale()": "how many channels does a gray picture have?",
    }

    def hint(code, shape, right):
        if len(shape) != 3:
            return "write three numbers: channels, height and width."
        if shape[2] in (1, 3) and shape[0] not in (1, 3):
            return "in a tensor, the channels come first."
        if shape == (right[0], right[2], right[1]):
            return "the height comes before the width. The picture is 200 high and 300 wide."
        if shape[0] != right[0] and shape[1:] == right[1:] and code != "v2.Grayscale()":
            return "height and width are right. How many channels does an RGB picture have?"
        return hints[code]

    def read(shape):
        if not isinstance(shape, tuple | list) or not all(isinstance(size, numbers.Integral) for size in shape):
            raise TypeError
        return tuple(int(size) for size in shape)

    assert_predictions(shapes, truth, hint, read, "a tuple of three whole numbers, such as (3, 200, 300)")


@exercise("7.2")
def channel_statistics(channel_stats):
    shades = torch.tensor([1, 0.8, 1.2])[:, None, None]
    differing = []
    for i, size in enumerate([(4, 6), (9, 5), (20, 30)], start=1):
        differing.append(((0.2 * i + 0.05 * i * torch.randn(3, *size)) * shades, i))
    _judge_statistics(channel_stats, differing)
    negative = [[torch.rand(3, n, 8 - n) * 40 * n - 90 * shades, n % 2] for n in range(1, 6)]
    _judge_statistics(channel_stats, negative, before=differing)
    _judge_statistics(channel_stats, [(torch.rand(3, 2, 7) * shades, 0)], before=negative)
    even = torch.tensor([0.5, 0.25, 1.0])[:, None, None].expand(3, 4, 4).clone()
    _judge_statistics(
        channel_stats, [(even, 1), (even.clone(), 1)], where="for pictures of one color each, ", atol=2e-3
    )


def _judge_statistics(channel_stats, pictures, before=(), where="", atol=1e-5):
    """Judge mean and standard deviation of a list of (picture, label); `before` is the list of an earlier call."""
    result = attempt("channel_stats(pictures)", channel_stats, list(pictures))
    mean, std = pair_of(result, "channel_stats", "tensors, mean and standard deviation")
    for name, value in (("mean", mean), ("standard deviation", std)):
        kind = describe(value)
        assert isinstance(value, torch.Tensor), f"Return two tensors: the {name} is {kind}."
        assert value.shape != (), f"The {name} is one number for all channels. Keep red, green and blue apart."
        assert value.shape == (3,), f"The {name} should have the shape (3,), but it has {tuple(value.shape)}."
    flat = [picture.flatten(1) for picture, _ in pictures]
    whole = torch.cat(flat, dim=1).double()
    wrong_means, wrong_deviations = _wrong_means(flat), _wrong_deviations(flat)
    if before:
        earlier = torch.cat([picture.flatten(1) for picture, _ in before], dim=1).double()
        wrong_means["The mean is that of a list given before. Use the parameter, keep nothing from call to call."] = (
            earlier.mean(1)
        )
        together = torch.cat([earlier, whole], dim=1).mean(1)
        wrong_means["The sums of an earlier call go on. Start them anew in each call."] = together
        wrong_deviations["The standard deviation is that of a list given before."] = earlier.std(1, correction=0)
    name = f"{where}the mean"
    assert_values(mean, whole.mean(1), name[0].upper() + name[1:], wrong_means, atol)
    name = f"{where}the standard deviation"
    if not is_same(std, whole.std(1), atol):  # dividing by the count or by one less is both right
        want = whole.std(1, correction=0)
        assert_values(std, want, name[0].upper() + name[1:], wrong_deviations, atol)


def _wrong_means(flat):
    """Return what mistakes make of the mean: hint -> value. `flat` are pictures [3, H * W]."""
    whole = torch.cat(flat, dim=1).double()
    means = torch.stack([x.double().mean(1) for x in flat])
    return {
        "Return the mean first, then the standard deviation.": whole.std(1),
        "Return the mean first, and then the standard deviation.": whole.std(1, correction=0),
        "A small picture counts as much as a large one, as in the mean of the means. Take all pixels.": means.mean(0),
        "reshape(-1, 3) mixes the channels: a row of it is no pixel. flatten(1) keeps them apart.": (
            torch.cat([x.reshape(-1, 3) for x in flat]).double().mean(0)
        ),
        "The last picture is left out of the mean.": lambda: torch.cat(flat[:-1], dim=1).mean(1),
        "The first picture is left out of the mean.": lambda: torch.cat(flat[1:], dim=1).mean(1),
        "Only the first picture counts in the mean.": flat[0].mean(1),
        "Only the last picture counts in the mean.": flat[-1].mean(1),
        "The sums of the channels are divided by the pixels of all three: the mean is a third.": whole.mean(1) / 3,
        "That is the sum. Divide it by the number of pixels.": whole.sum(1),
        "The sums are divided by the number of pictures. Divide by the number of pixels.": whole.sum(1) / len(flat),
        "The count takes each picture to be as large as the first one.": whole.sum(1) / (len(flat) * flat[0].shape[1]),
        "The count takes each picture to be 64 x 64.": whole.sum(1) / (len(flat) * 64 * 64),
        "The channels of the mean are in reverse order.": whole.mean(1).flip(0),
        "The channels are not kept apart: all three have the mean of all values.": whole.mean().expand(3),
        "The sum is that of all three channels. Sum each channel by itself.": whole.mean(1).sum().expand(3),
        "The count adds up the channels, 3 for each picture. Count the pixels.": (whole.sum(1) / (3 * len(flat))),
        "The result is upside down: divide the sums by the counts.": 1 / whole.mean(1),
        "The counts are wrong by one: divide by the number of pixels.": whole.sum(1) / (whole.shape[1] + 1),
        "The counts are wrong by one. Divide by the number of pixels.": whole.sum(1) / (whole.shape[1] - 1),
        "The sums start at 1. Start them at 0.": (whole.sum(1) + 1) / whole.shape[1],
        "The mean is rounded.": whole.mean(1).mul(10).round().div(10),
        "The mean is rounded: return it as it is.": whole.mean(1).mul(100).round().div(100),
        "The mean is clamped to 0 … 1: return it as it is.": whole.mean(1).clamp(0, 1),
    }


def _wrong_deviations(flat):
    """Return what mistakes make of the standard deviation: hint -> value. `flat` are pictures [3, H * W]."""
    whole = torch.cat(flat, dim=1).double()
    sizes = torch.tensor([[x.shape[1]] for x in flat]) / whole.shape[1]
    wrong = {}
    for correction, mark in ((1, "."), (0, ":")):  # two ways to divide, one hint: the texts must differ
        means = torch.stack([x.double().mean(1) for x in flat])
        deviations = torch.stack([x.double().std(1, correction=correction) for x in flat])
        dark = f"leaves out that one picture is darker than another{mark}"
        dark += "" if correction else " take the deviations from the mean of all."
        end = "Take its square root." if correction else "Take the square root."
        wrong |= {
            f"That is the variance. {end}": whole.var(1, correction=correction),
            f"That is the variance, squared. {end}": whole.var(1, correction=correction) ** 2,
            f"A mean of standard deviations {dark}": deviations.mean(0),
            f"A weighted mean of standard deviations {dark}": (deviations * sizes).sum(0),
            f"A mean of variances {dark}": (deviations**2).mean(0).sqrt(),
            f"A weighted mean of variances {dark}": (deviations**2 * sizes).sum(0).sqrt(),
        }
        if len(flat) > 1:
            spread = means.std(0, correction=correction)
            within = "The standard deviation of the means leaves out the differences within a picture"
            wrong[f"{within}{mark}" if correction else f"{within}: take all pixels."] = spread
    wrong |= {
        "That is the root of the mean square. Subtract the square of the mean from the mean of the squares first.": (
            (whole**2).mean(1).sqrt()
        ),
        "The mean is not squared before it is subtracted.": ((whole**2).mean(1) - whole.mean(1)).sqrt(),
        "The square of the mean is added. Subtract it.": ((whole**2).mean(1) + whole.mean(1) ** 2).sqrt(),
        "The mean is cubed. Square it.": ((whole**2).mean(1) - whole.mean(1) ** 3).sqrt(),
        "Twice the mean is subtracted. Subtract its square.": ((whole**2).mean(1) - whole.mean(1) * 2).sqrt(),
        "The values are not squared.": (whole.mean(1) - whole.mean(1) ** 2).sqrt(),
        "The values are doubled. Square them.": (2 * whole.mean(1) - whole.mean(1) ** 2).sqrt(),
        "The squares are those of all three channels. Sum each channel by itself.": (
            ((whole**2).mean(1).sum() - whole.mean(1) ** 2).sqrt()
        ),
        "The sum of the squares is not divided by the number of pixels.": (
            ((whole**2).sum(1) - whole.mean(1) ** 2).sqrt()
        ),
        "The sum of the squares starts at 1. Start it at 0.": (
            (((whole**2).sum(1) + 1) / whole.shape[1] - whole.mean(1) ** 2).sqrt()
        ),
        "The last picture is left out of the standard deviation.": lambda: torch.cat(flat[:-1], dim=1).std(1),
        "Only the first picture counts in the standard deviation.": flat[0].std(1),
        "Only the last picture counts in the standard deviation.": flat[-1].std(1),
        "The second tensor is the mean again. The standard deviation is wanted.": whole.mean(1),
        "The channels of the standard deviation are in reverse order.": whole.std(1).flip(0),
        "The standard deviation is rounded.": whole.std(1).mul(10).round().div(10),
        "The standard deviation is rounded: return it as it is.": whole.std(1).mul(100).round().div(100),
        "The standard deviation is clamped to 0 … 1: return it as it is.": whole.std(1).clamp(0, 1),
    }
    return wrong


@exercise("7.3")
def undo_normalization(denormalize):
    first = torch.tensor([0.5, 0.3, 0.6]), torch.tensor([0.2, 0.1, 0.3])
    second = torch.tensor([0.1, 0.9, 0.45]), torch.tensor([0.7, 0.25, 0.05])
    none = torch.zeros(3), torch.ones(3)
    cases = [((3, 3, 3, 3), first), ((3, 5, 4), first), ((3, 3, 4, 6), second), ((1, 3, 2, 5), second)]
    faint = torch.tensor([0.1, 0.9, 0.45]), torch.tensor([0.001, 0.002, 0.005])  # makes x large
    for shape, (mean, std) in [*cases, ((3, 3, 3), second), ((2, 3, 2, 4), faint), ((3, 4, 4), none)]:
        image = torch.rand(shape)
        image.view(-1)[:2] = torch.tensor([0.0, 1.0])
        M, S = mean[:, None, None], std[:, None, None]
        x = (image - M) / S
        mistakes = {
            "That normalizes once more: undo each step.": (x - M) / S,
            "The order is wrong: the division came last, so undo it first.": (x + M) * S,
            "mean and std are swapped.": x * M + S,
            "std is added. Multiply by it, then add the mean.": x + S + M,
            "The mean of the first case is used for all. Use the parameter.": x * S + first[0][:, None, None],
            "The std of the first case is used for all. Use the parameter.": x * first[1][:, None, None] + M,
            "mean goes along the width. Give it the shape (3, 1, 1).": lambda: x * S + mean,
            "mean goes along the height. Give it the shape (3, 1, 1).": lambda: x * S + mean[:, None],
            "std goes along the width. Give it the shape (3, 1, 1).": lambda: x * std + M,
            "std goes along the height. Give it the shape (3, 1, 1).": lambda: x * std[:, None] + M,
            "mean goes along the batch. Give it the shape (3, 1, 1).": lambda: x * S + mean[:, None, None, None],
            "std goes along the batch. Give it the shape (3, 1, 1).": lambda: x * std[:, None, None, None] + M,
            "The division by std is not undone.": x + M,
            "The mean is not added.": x * S,
            "The mean is subtracted once more. Add it.": x * S - M,
            "The values are divided by std once more. Multiply by it.": x / S + M,
            "The three numbers go along the width. Give mean and std the shape (3, 1, 1).": lambda: x * std + mean,
            "The three numbers go along the height. Give mean and std the shape (3, 1, 1).": lambda: (
                x * std[:, None] + mean[:, None]
            ),
            "The three numbers go along the batch. Give mean and std the shape (3, 1, 1).": lambda: (
                x * std[:, None, None, None] + mean[:, None, None, None]
            ),
            "That stretches to 0 … 1: these are not the colors of before.": (x - x.min()) / (x.max() - x.min()),
            "The result is still normalized.": x,
            "The result is clamped before the mean is added.": (x * S).clamp(0, 1) + M,
            "The result is rounded.": image.mul(10).round().div(10),
            "The values go from 0 to 255. From 0 to 1 is wanted.": image * 255,
            "Red and blue are swapped.": image.flip(-3),
            "Only the first picture of the batch is changed.": lambda: torch.cat([image[:1], x[1:]]),
            "The last picture of the batch is left as it was.": lambda: torch.cat([image[:-1], x[-1:]]),
        }
        kind = "a picture" if len(shape) == 3 else "a batch"
        result = attempt("denormalize(x, mean, std)", denormalize, x, mean, std)
        mistakes |= _other_numbers(result, x)
        assert_values(result, image, f"For {kind} of shape {shape}, the result", mistakes)
        shared = shares_memory(result, x)
        assert not shared, "The result shares its memory with x: it changes when x does. Return a new tensor."


def _other_numbers(result, x):
    """Return what a result is that multiplies each channel by a number and adds one: hint -> value."""
    if not isinstance(result, torch.Tensor) or result.is_nested or result.shape != x.shape:
        return {}
    if result.layout != x.layout or result.device != x.device or not result.is_floating_point():
        return {}
    before, after = (y.detach().double().transpose(0, -3).flatten(1) for y in (x, result))  # [3, all of a channel]
    far = before - before.mean(1, keepdim=True)
    factor = (far * after).sum(1) / (far**2).sum(1)
    offset = after.mean(1) - factor * before.mean(1)
    used = [[round(number, 3) for number in numbers.tolist()] for numbers in (factor, offset)]
    told = f"The three channels are multiplied by {used[0]}, then {used[1]} is added."
    return {f"{told} Use the parameters, std and mean.": x * factor[:, None, None] + offset[:, None, None]}


@exercise("7.4")
def draw_classes_evenly(balanced_sampler):
    three = [2, 0] * 6 + [0] * 84 + [1] * 4  # 90 of class 0, 4 of 1, 6 of 2, in no order
    four = [0] * 60 + [3] * 6 + [1] * 25 + [2] * 9
    rare = [0] * 14 + [1] + [0] * 15
    _judge_sampler(attempt("balanced_sampler(labels)", balanced_sampler, list(three)), three)
    for labels in (four, rare, [1, 0, 2] * 8):
        try:
            sampler = attempt("balanced_sampler(labels)", balanced_sampler, list(labels))
        except (LookupError, ZeroDivisionError) as error:
            told = f"It works for 3 classes, but with {len(set(labels))} classes of {len(labels)} pictures"
            raise AssertionError(f"{told} it stops with {type(error).__name__}: {error}.") from None
        _judge_sampler(sampler, labels)


def _judge_sampler(sampler, labels):
    """Judge a sampler by its draws, over so many epochs that chance hardly counts."""
    count, kinds = len(labels), len(set(labels))
    told = f"With {count} pictures of {kinds} classes"
    is_fixed = isinstance(sampler, list | tuple | set | dict | str | torch.Tensor | np.ndarray)
    assert not is_fixed, f"Return the sampler itself, WeightedRandomSampler(...), not {describe(sampler)}."
    assert hasattr(sampler, "__iter__"), f"Return a sampler, not an object {describe(sampler)}."
    weights = getattr(sampler, "weights", None)
    if isinstance(weights, torch.Tensor) and weights.ndim == 1:
        a_class = f"{told}, there is one weight for each class. The sampler wants one for each picture."
        assert len(weights) != kinds, a_class
        assert len(weights) == count, f"{told}, there are {len(weights)} weights. Give one for each picture."
    epochs = [_draws(sampler, count, told, epoch == 0) for epoch in range(max(20, 10_000 // count))]
    once = all(len(set(drawn)) == count for drawn in epochs)
    assert not once, "Every picture comes exactly once. A rare one must come again, so draw with replacement."
    different = len({tuple(drawn) for drawn in epochs})
    sorts = len({tuple(sorted(drawn)) for drawn in epochs})
    assert sorts > 1, "Every epoch brings the same pictures. Draw anew in each epoch."
    assert different > len(epochs) / 2, (
        f"{len(epochs)} epochs bring only {different} different draws. Draw anew in each."
    )
    counts = Counter(index for drawn in epochs for index in drawn)
    are_classes = set(counts) <= set(labels)
    assert not are_classes, (
        f"{told}, only {sorted(counts)} are drawn: class numbers. A sampler gives indices of pictures."
    )
    _judge_within_classes(counts, labels)
    _judge_shares(counts, labels)


def _draws(sampler, count, told, is_first):
    """Return the indices that one epoch draws."""
    drawn = attempt("Going through the sampler", lambda: list(itertools.islice(sampler, count + 1)))
    indices = as_indices(drawn)
    found = describe(drawn[0]) if drawn else ""
    assert indices is not None, f"A sampler gives indices, one whole number at a time. This one gives {found}."
    empty = "The second epoch is empty: an iterator or a generator runs only once. Return an object that starts anew."
    assert indices or is_first or iter(sampler) is not sampler, empty
    number = f"more than {count}" if len(indices) > count else len(indices)
    assert len(indices) == count, f"{told}, an epoch draws {number} pictures. Draw as many as there are: {count}."
    outside = [index for index in indices if not 0 <= index < count]
    assert not outside, f"{told}, index {next(iter(outside), 0)} is drawn: the indices go from 0 to {count - 1}."
    if hasattr(sampler, "__len__"):
        length = attempt("len(sampler)", len, sampler)
        assert length == count, f"The length of the sampler is {length}, and it draws {count} pictures."
    return indices


def _judge_within_classes(counts, labels):
    """Judge whether the pictures of a class were drawn equally often."""
    sizes, drawn = Counter(labels), Counter()
    for index, times in counts.items():
        drawn[labels[index]] += times
    for index, kind in enumerate(labels):
        fair = drawn[kind] / sizes[kind]
        if fair < 20:  # too few draws of the class to tell
            continue
        never = f"Picture {index} is never drawn, and others of class {kind} are. Draw them equally often."
        assert counts[index], never
        far = abs(counts[index] - fair) > 6 * math.sqrt(fair) + 1
        often = f"Picture {index} is drawn {counts[index]} times, and those of its class {fair:.0f} times on average."
        assert not far, f"{often} Give all pictures of a class the same weight."


def _judge_shares(counts, labels):
    """Judge how often each class was drawn."""
    sizes, total = Counter(labels), sum(counts.values())
    kinds = sorted(sizes)
    shares = {kind: 0.0 for kind in kinds}
    for index, drawn in counts.items():
        shares[labels[index]] += drawn / total
    fair = 1 / len(kinds)
    margin = 6 * math.sqrt(fair * (1 - fair) / total)

    def agrees(weight):
        """Whether the shares are those that a weight for each class leads to."""
        summed = sum(sizes[kind] * weight(kind) for kind in kinds)
        return summed > 0 and all(abs(sizes[kind] * weight(kind) / summed - shares[kind]) < margin for kind in kinds)

    seen = list(dict.fromkeys(labels))  # in the order in which they appear
    order = f"{[sizes[kind] for kind in kinds]} pictures of each class"
    told = f"Of {order}, the shares in the draws are {[round(share, 2) for share in shares.values()]}"
    if not agrees(lambda kind: 1 / sizes[kind]):
        mistakes = {
            "as in the folder, because all weights are equal.": lambda kind: 1,
            "the frequent class comes even more often. Weigh with one over the count.": lambda kind: sizes[kind],
            "the counts stand in the order in which the classes appear, not in the order of their numbers.": (
                lambda kind: 1 / sizes[seen[kind]]
            ),
            "the frequent class nearly disappears. Weigh with one over the count, not its square.": (
                lambda kind: 1 / sizes[kind] ** 2
            ),
            "the frequent class nearly disappears: weigh with one over the count, not a power of it.": (
                lambda kind: 1 / sizes[kind] ** 3
            ),
            "one over the root of the count is not enough. Weigh with one over the count.": (
                lambda kind: 1 / math.sqrt(sizes[kind])
            ),
            "the weights are whole numbers. Divide with /, not with //.": lambda kind: len(labels) // sizes[kind],
            "the last class is never drawn.": lambda kind: (kind != kinds[-1]) / sizes[kind],
            "the first class is never drawn.": lambda kind: (kind != kinds[0]) / sizes[kind],
        }
        for hint, weight in mistakes.items():
            assert not agrees(weight), f"{told}: {hint}"
        raise AssertionError(f"{told}. Each should be 1 / {len(kinds)}.")


@exercise("7.5")
def keeps_the_label(verdicts):
    truth = dict.fromkeys("ABCDEFGH", "keeps") | dict.fromkeys("BDEF", "changes")
    hints = {
        "A": "is a cat that looks to the right another animal than one that looks to the left?",
        "B": "think of the worst angle. What does a 6 look like then?",
        "C": "does a digit mean something else a little further to the right?",
        "D": "hue=0.5 may turn any hue into any other. How do you tell a ripe tomato from a green one?",
        "E": "what does an arrow to the left look like in a mirror?",
        "F": "one or two hundredths of the area are left. Is the animal always in it?",
        "G": "would you call the animal by another name in the evening?",
        "H": "which way is up, seen from a satellite?",
    }

    def read(word):
        if word.strip().lower() not in ("keeps", "changes"):
            raise ValueError
        return word.strip().lower()

    assert_predictions(verdicts, truth, hints, read, '"keeps" or "changes"')


@exercise("7.6", seconds=120)
def two_pipelines(train_transform, test_transform, *, SIZE, mean, std):
    pipelines = {}
    for name, transform in (("train_transform", train_transform), ("test_transform", test_transform)):
        assert callable(transform), (
            f"{name} should be callable, such as v2.Compose([...]); it is {describe(transform)}."
        )
        pipelines[name] = _Pipeline(name, transform, SIZE, mean, std)
        _judge_numbers(pipelines[name])
    training, testing = pipelines.values()
    tested, trained = (pipeline.colors(_ramp(120, 90), 8) for pipeline in (testing, training))
    swapped = (tested - tested[0]).abs().max() > 1e-3 and (trained - trained[0]).abs().max() < 1e-6
    assert not swapped, "test_transform draws and train_transform does not: the two are swapped."
    for width, height in ((200, 100), (90, 150), (40, 50), (64, 64), (301, 77)):
        _judge_testing(testing, _ramp(width, height))
    _judge_training(training)


class _Pipeline:
    """A transform of the reader: says what is wrong with what it returns, and gives the colors of before."""

    def __init__(self, name, transform, size, mean, std):
        self.name, self.transform, self.size = name, transform, size
        self.mean, self.std = mean[:, None, None], std[:, None, None]

    def numbers(self, image, count):
        """Return `count` results for a picture: [count, 3, SIZE, SIZE], normalized."""
        return torch.stack([self._one(image) for _ in range(count)])

    def colors(self, image, count):
        """Return `count` results for a picture, with the normalization undone."""
        return self.numbers(image, count) * self.std + self.mean

    def _one(self, image):
        what = f"{self.name} of a picture {image.width} wide and {image.height} high"
        x = attempt(what, self.transform, image.copy())
        assert not isinstance(x, Image.Image), f"{self.name} returns a Pillow image: is v2.ToImage() missing?"
        assert isinstance(x, torch.Tensor), f"{self.name} should return a tensor, but it returns {describe(x)}."
        wanted, found = [3, self.size, self.size], list(x.shape)
        assert found == wanted, f"{what} should have the shape {wanted}, but it has {found}."
        missing = "" if x.is_floating_point() else " Is v2.ToDtype missing?"
        assert x.dtype == torch.float32, f"{self.name} should return float32, but it returns {x.dtype}.{missing}"
        assert x.device.type == "cpu", f"{self.name} should return a tensor on the CPU, but it is on {x.device}."
        return x.detach().as_subclass(torch.Tensor)


def _judge_numbers(pipeline):
    """Judge what becomes of black and of white: are they scaled and normalized?"""
    name, mean, std = pipeline.name, pipeline.mean.flatten(), pipeline.std.flatten()
    black, white = (pipeline.numbers(Image.new("RGB", (45, 60), color), 25) for color in ("black", "white"))
    black = black.transpose(0, 1).flatten(1).median(dim=1).values  # some pixels may be covered or noisy
    white = white.flatten(2).median(dim=2).values.max(dim=0).values  # the lightest of several draws
    want = [round(x, 2) for x in (-mean / std).tolist()]
    assert black.any(), f"{name}: black becomes 0. Normalize should make it (0 - mean) / std = {want}."
    unscaled = f"{name}: white becomes {white.max():.0f}. Scale to 0 … 1 before Normalize, with scale=True."
    assert not white.max() > 20, unscaled
    margin = 2e-3 if name == "test_transform" else 0.05
    for color, found, value in (("black", black, 0), ("white", white, 1)):
        want = (value - mean) / std
        if is_same(found, want, atol=margin):
            continue
        told = f"{name}: {color} should become ({value} - mean) / std = {[round(x, 2) for x in want.tolist()]}"
        swapped = is_same(found, (value - std) / mean, atol=margin)
        assert not swapped, f"{told}. mean and std are swapped."
        raise AssertionError(f"{told}, but it becomes {[round(x, 2) for x in found.tolist()]}.")


def _ramp(width, height):
    """Return a picture that gets redder to the right and greener to the bottom."""
    red = torch.linspace(0, 1, width).expand(height, width)
    green = torch.linspace(0, 1, height)[:, None].expand(height, width)
    return v2.functional.to_pil_image(torch.stack([red, green, torch.full((height, width), 0.6)]))


def _judge_testing(pipeline, image):
    """Judge whether a picture is scaled, its middle cut out, and nothing drawn."""
    size = pipeline.size
    scale = v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])
    middle = v2.CenterCrop(size)
    want = scale(middle(v2.Resize(size)(image)))
    squeezed = scale(v2.Resize((size, size))(image))
    draws = pipeline.colors(image, 12)
    x = draws[0]

    def is_near(one, other):
        return bool((one - other).abs().max() < 0.025)  # as near as the ways to resize are

    told = f"test_transform, for a picture {image.width} wide and {image.height} high,"
    fixed = (draws - x).abs().max() < 1e-3
    assert fixed, "test_transform draws: the same file must always give the same tensor."
    if is_near(x, want):
        return
    assert not is_near(x, want.flip(2)), f"{told} mirrors the picture."
    assert not is_near(x, want.flip(1)), f"{told} turns the picture upside down."
    assert not is_near(x, want.flip(1, 2)), f"{told} turns the picture upside down."
    assert not is_near(x, want.transpose(1, 2)), f"{told} swaps height and width."
    assert not is_near(x, squeezed), f"{told} squeezes it: scale the shorter side, then cut out the middle."
    assert not is_near(x[0], x[1]), f"{told} makes it gray. Keep all colors."
    assert not is_near(x, want.flip(0)), f"{told} swaps red and blue."
    assert x.mean(0).min() > 0.15, f"{told} puts black around it: the shorter side should become exactly SIZE."
    spans = [y[:2].amax((1, 2)) - y[:2].amin((1, 2)) for y in (x, want)]
    small = bool((spans[0] < spans[1] - 0.02).all())
    assert not small, f"{told} cuts too small a piece: scale the shorter side to exactly SIZE, then cut."
    assert not is_near(*spans), f"{told} does not cut out the middle."
    raise AssertionError(f"{told} returns other pixels than scaling and cutting out the middle give.")


def _spots(width, height):
    """Return a black picture with three spots around its middle: red, lime to the right of it, blue below it."""
    image = Image.new("RGB", (width, height))
    for color, right, down in (("red", -1, -1), ("lime", 1, -1), ("blue", -1, 1)):
        x, y = width // 2 + right * round(0.07 * width), height // 2 + down * round(0.07 * height)
        dx, dy = round(0.045 * width), round(0.045 * height)
        image.paste(color, (x - dx, y - dy, x + dx, y + dy))
    return image


def _views(pipeline, width, height, count):
    """Return how a transform shows the three spots, one row a draw: middle, steps to the right and down, in pixels."""
    x = pipeline.colors(_spots(width, height), count)
    colored = x.amax(1) - x.amin(1)  # black, white and gray do not count
    top = colored.amax((1, 2), keepdim=True).clamp(min=0.2)
    strength = (colored / top - 0.4).clamp(min=0)  # noise does not count either
    strongest = x.amax(1)
    places = torch.arange(pipeline.size, dtype=torch.float32)
    centers = []
    for channel in range(3):
        weight = strength * (x[:, channel] == strongest)
        total = weight.sum((1, 2))  # 0 where a spot is not to be seen: its center is nan
        centers.append(torch.stack([(weight.sum(1) @ places) / total, (weight.sum(2) @ places) / total], dim=1))
    red, lime, blue = centers
    views = torch.stack([(lime + blue) / 2, lime - red, blue - red], dim=1)  # [count, 3, 2]
    return views[~views.isnan().any(2).any(1)]


def _judge_training(pipeline):
    """Judge the piece that is taken for training, and how often it is mirrored."""
    draws = pipeline.colors(_ramp(120, 90), 8)
    assert (draws - draws[0]).abs().max() > 1e-6, "train_transform draws nothing: every epoch sees the same pictures."
    _judge_hues(pipeline)  # first, since other colors make the spots change places
    count, mirrored, turned, angles = 110, [], [], []
    sizes = (300, 300), (300, 200), (200, 300)
    for width, height in sizes:
        views = _views(pipeline, width, height, count)
        assert len(views) > count / 5, (
            "train_transform hardly ever shows the middle: its pieces are too small, or at the rim."
        )
        middle, right, down = views.unbind(1)
        area = right[:, 0] * down[:, 1] - right[:, 1] * down[:, 0]  # of the parallelogram; negative when mirrored
        mirrored += (area < 0).tolist()
        turned += (right[:, 0] < 0).tolist()
        steps = 4 * round(0.07 * width) * round(0.07 * height)  # the parallelogram in the file
        share = (steps / (width * height)) * pipeline.size**2 / area.abs()  # of the picture that is taken
        _judge_piece(share, middle, (width, height))
        straight = (right * down).sum(1).abs() < 0.1 * right.norm(dim=1) * down.norm(dim=1)  # not slanted
        squeezed = (right.norm(dim=1) / width) / (down.norm(dim=1) / height)
        _judge_ratio(squeezed[straight], (width, height))
        angles += torch.atan2(down[:, 0], down[:, 1]).rad2deg().abs().tolist()
    if not 0.43 < sum(mirrored) / len(mirrored) < 0.57:  # by chance? More draws tell
        for size in sizes:
            _, right, down = _views(pipeline, *size, count).unbind(1)
            mirrored += (right[:, 0] * down[:, 1] < right[:, 1] * down[:, 0]).tolist()
            turned += (right[:, 0] < 0).tolist()
    _judge_mirror(mirrored, turned)
    _judge_turns(torch.tensor(angles))


def _judge_piece(share, middle, size):
    """Judge the share of the area that the pieces take, and whether they differ."""
    told = f"train_transform, for a picture {size[0]} wide and {size[1]} high,"
    middle_half = [value.quantile(0.85) - value.quantile(0.15) for value in (share * 10, *middle.unbind(1))]
    if size[0] == size[1]:
        assert max(middle_half) > 1.5, f"{told} takes no random piece: RandomResizedCrop does."
    low = share.quantile(0.05)  # a few are measured wrongly, where something covers a spot
    is_square = size[0] == size[1]  # the square comes first: when it passes, the scale is right
    cure = ": scale=(0.5, 1.0)." if is_square else ". Does another step cut something off?"
    assert low > 0.48, f"{told} may take a piece of {low:.0%} of the area. At least half is wanted{cure}"
    high = share.median()
    assert high < 1.15, f"{told} makes the picture smaller, with something around it. Take a piece of it."


def _judge_ratio(ratios, size):
    """Judge how much wider or narrower things become."""
    if len(ratios) == 0:
        return
    told = f"train_transform, for a picture {size[0]} wide and {size[1]} high,"
    middle = max(ratios.median(), 1 / ratios.median())
    assert middle < 1.4, f"{told} squeezes it before it cuts. Keep its ratio."
    widest = torch.maximum(ratios, 1 / ratios).quantile(0.9)
    limit = "At most 4 to 3 is wanted, as RandomResizedCrop does by itself"
    assert widest < 1.42, f"{told} squeezes pieces by {widest:.2f} to 1. {limit}."


def _judge_mirror(mirrored, turned):
    """Judge how often the picture is mirrored left to right; a picture that is turned is not mirrored."""
    shares = [sum(found) / len(found) for found in (mirrored, turned)]
    never = "train_transform never mirrors left and right: RandomHorizontalFlip(0.5) does."
    assert min(shares) > 0.03, never
    is_half = min(shares) > 0.39 and max(shares) < 0.61
    share = shares[0] if abs(shares[0] - 0.5) > abs(shares[1] - 0.5) else shares[1]
    assert is_half, f"train_transform mirrors {share:.0%} of the pictures left to right. Half of the time is wanted."


def _judge_turns(angles):
    """Judge how far the pictures are turned, by the angles between what was down and what is, in degrees."""
    over = (angles > 90).float().mean()  # a few are measured wrongly, where a draw changes the colors of the spots
    assert over < 0.15, f"train_transform turns {over:.0%} of the pictures upside down. A slight change is wanted."
    usual = angles.quantile(0.8)  # the strongest draws may be stronger, as those of TrivialAugmentWide are
    assert usual < 32, f"One training picture in five is turned by {usual:.0f}° or more. At most 30° is wanted."


def _judge_hues(pipeline):
    """Judge how far the colors move around the color circle: 360° are a hue of 1."""
    x = pipeline.colors(Image.new("RGB", (60, 60), (120, 70, 30)), 150).flatten(2).median(dim=2).values
    red, green, blue = x.T
    found = torch.atan2(3**0.5 * (green - blue), 2 * red - green - blue).rad2deg()
    is_colored = x.amax(1) - x.amin(1) > 0.03  # gray has no hue
    gray = 1 - is_colored.float().mean()
    assert gray < 0.8, f"train_transform makes {gray:.0%} of the pictures gray. Keep the colors in most of them."
    hue = math.degrees(math.atan2(3**0.5 * (70 - 30), 2 * 120 - 70 - 30))
    far = ((found - hue + 180) % 360 - 180).abs() / 360
    usual = torch.where(is_colored, far, torch.zeros(())).quantile(0.8)
    told = f"In one training picture in five, the hue is shifted by {usual:.2f} or more"
    assert usual < 0.12, f"{told}, so that other colors come out. At most 0.1 is wanted."


@exercise("7.7")
def pictures_of_a_table(CsvPictures):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        fruit, pets, single = (Path(place) / name for name in ("fruit", "pets", "single"))
        rows = [("a/1.png", "pear"), ("2.png", "apple"), ("3.png", "pear"), ("lost.png", "fig")]
        others = [(f"{i},5.png", label) for i, label in enumerate(["dog", "cat", "Zebra", "cat", "ant", "dog", "emu"])]
        others.append(("lost.png", "ant"))
        one = [("only.png", "thing"), ("lost.png", "thing")]
        tables = [(fruit, rows, _whole), (pets, others, _corner), (single, one, _whole)]
        columns = ["file", "label"], ["label", "size", "file"], ["size", "file", "label"]
        made = []
        for (folder, lines, transform), names in zip(tables, columns, strict=True):
            _write_table(folder, names, lines)
            _write_pictures(folder, lines, seed=1)
            made.append(_make_data_set(CsvPictures, folder, names, transform))
        same = "CsvPictures(...) gives the same object each time. Let each call make one of its own."
        assert len({id(dataset) for dataset in made}) == len(made), same
        for (folder, lines, transform), dataset in zip(tables, made, strict=True):
            early = _pictures(folder, lines, transform)
            _write_pictures(folder, lines, seed=2)  # only now come the real ones
            before = {path: path.read_bytes() for path in sorted(Path(place).rglob("*.*"))}
            pictures = _pictures(folder, lines, transform)
            _judge_data_set(dataset, lines, early, pictures)
            after = {path: path.read_bytes() for path in sorted(Path(place).rglob("*.*"))}
            assert after == before, "The data set changes a file. It should only read them."
            _write_pictures(folder, lines, seed=3)
            kept = "the picture is kept from an earlier time. Read and transform it each time: a transform may draw."
            _judge_item(dataset, 0, lines, {kept: pictures[0]}, _pictures(folder, lines, transform))


def _whole(image):
    """A transform: the picture as a tensor."""
    return _as_tensor(image)


def _corner(image):
    """Another transform: a part of the picture, upside down."""
    return _as_tensor(image)[:, :5, 2:].flip(1)


def _as_tensor(image):
    """Return a picture as a tensor; say what is wrong with what the transform was given."""
    given = f"The transform gets {describe(image)}, in place of a Pillow image."
    assert isinstance(image, Image.Image), given
    mode = f'The transform gets a picture of mode {image.mode}: convert it with image.convert("RGB") first.'
    assert image.mode == "RGB", mode
    return torch.tensor(np.asarray(image)).permute(2, 0, 1)


_SIZE = "30 x 20"  # what stands in the third column of a table


def _table_of(folder):
    """Return the path of the table, which lies elsewhere: pictures are to be looked for in the folder."""
    return folder.with_suffix(".csv")


def _write_table(folder, columns, lines):
    folder.mkdir()
    with _table_of(folder).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for name, label in lines:
            writer.writerow({"file": name, "label": label, "size": _SIZE})


def _write_pictures(folder, lines, seed):
    """Write a picture for each line but the last, in several modes."""
    for i, (name, _) in enumerate(lines[:-1]):
        mode = ("RGB", "RGBA", "L", "P")[i % 4]
        pixels = np.random.default_rng(10 * seed + i).integers(0, 255, (20, 30, 3), dtype=np.uint8)
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)  # so that a file which is still open shows its old colors
        Image.fromarray(pixels).convert(mode).save(folder / name)


def _pictures(folder, lines, transform):
    """Return what the transform makes of each file as RGB."""
    pictures = []
    for name, _ in lines[:-1]:
        with Image.open(folder / name) as image:
            pictures.append(transform(image.convert("RGB")))
    return pictures


def _make_data_set(CsvPictures, folder, columns, transform):
    try:
        return attempt("CsvPictures(table, folder, transform)", CsvPictures, _table_of(folder), folder, transform)
    except FileNotFoundError as error:
        early = "A picture is opened or looked for in __init__. Keep the names there, open a file in __getitem__."
        assert "lost" not in str(error), early
        raise
    except (LookupError, TypeError, ValueError) as error:
        told = f"For a table with the columns {', '.join(columns)}, CsvPictures stops"
        hint = f"{told} with {type(error).__name__}: {error}. Go by the names of the columns: csv.DictReader does."
        assert len(columns) == 2, hint
        raise


def _judge_data_set(dataset, lines, early, pictures):
    """Judge the length, the classes and the items of a data set; the file of its last line is missing."""
    told = f"For a table with {len(lines)} lines after the first,"
    base = "CsvPictures should be a class with the base Dataset: class CsvPictures(Dataset)."
    assert isinstance(dataset, Dataset), base
    length = attempt("len(dataset)", len, dataset)
    first = f"{told} the length is {length}: the first line of the table holds the names of the columns."
    assert length != len(lines) + 1, first
    assert length == len(lines), f"{told} the length should be {len(lines)}, but it is {length}."
    classes = sorted({label for _, label in lines})
    found = attempt("dataset.classes", getattr, dataset, "classes", None)
    assert found is not None, "classes is missing: set self.classes in __init__."
    assert isinstance(found, list | tuple), f"classes should be a list of the names, but it is {describe(found)}."
    names = {name for name, _ in lines}
    column = f"{told} classes holds {found[:1]}, from another column. Columns come in any order: go by their names."
    assert not set(map(str, found)) & {*names, _SIZE}, column
    in_order = [label for _, label in lines]
    assert list(found) != in_order, f"{told} each name should stand in classes once, but it is {list(found)}."
    is_set = all(isinstance(name, str) for name in found) and sorted(found) == classes
    assert list(found) == classes or not is_set, f"classes should be sorted, {classes}, but it is {list(found)}."
    assert list(found) == classes, f"{told} classes should be {classes}, but it is {list(found)}."
    labels = []
    for index in (*range(len(lines) - 1), 0):
        opened = "the picture was opened before its item was asked for. Keep names, open in __getitem__."
        labels.append(_judge_item(dataset, index, lines, {opened: early[index]}, pictures))
    together = default_collate(labels)
    assert together.dtype == torch.int64, f"In a batch, the labels should become int64, but they are {together.dtype}."
    comes = f"The file of item {len(lines) - 1} is missing, but no error comes. Let the error through."
    assert _raises(dataset, len(lines) - 1), comes


def _raises(dataset, index):
    """Whether asking for an item ends with an error."""
    try:
        dataset[index]
    except Exception:
        return True
    return False


def _judge_item(dataset, index, lines, old, pictures):
    """Judge an item of a data set; return its label. `old` are pictures of earlier files: hint -> picture."""
    name, label = lines[index]
    told = f"Item {index} ({name}, {label})"
    other = f"{told} opens lost.png, the file of another line. Open only the file of the item."
    try:
        item = attempt(told, lambda: dataset[index])
    except OSError as error:
        assert "lost" not in str(error), other
        asked = Path(str(error.filename)).name
        quoted = f"{told} looks for `{asked}`: a value with a comma stands in quotes. Use csv.DictReader."
        assert not asked.startswith('"'), quoted
        column = f"{told} looks for {asked}, from another column. Columns come in any order: go by their names."
        assert asked not in {_SIZE, *(label for _, label in lines)}, column
        if asked in {Path(name).name for name, _ in lines}:
            add_note(error, "The `folder` that CsvPictures was given holds such a file: look for it there.")
        raise
    except AssertionError as error:
        assert "lost" not in str(error), other
        raise
    is_pair = isinstance(item, tuple | list) and len(item) == 2
    assert is_pair, f"{told} should be a pair (picture, number), but it is {describe(item)}."
    picture, number = item
    swapped = isinstance(number, torch.Tensor) and number.ndim == 3
    assert not swapped, f"{told} is (number, picture). Put the picture first."
    assert not isinstance(picture, Image.Image), f"{told}: the picture did not go through the transform."
    shape = tuple(pictures[index].shape)
    if isinstance(picture, torch.Tensor):
        other = f"{told}: the given transform returns the shape {shape}, but the picture has {tuple(picture.shape)}."
        assert picture.shape == shape, f"{other} Return what self.transform gives."
    mistakes = {f"{told}: {hint}": picture for hint, picture in old.items()}
    mistakes |= {
        f"{told}: the picture is mirrored. Return what the transform gives.": pictures[index].flip(2),
        f"{told}: the picture is upside down. Return what the transform gives.": pictures[index].flip(1),
        f"{told}: the picture is changed after the transform. Return what the transform gives.": (
            pictures[index].float() / 255
        ),
    }
    for i, (other_name, _) in enumerate(lines[:-1]):
        mistakes[f"{told} shows the picture of {other_name}."] = pictures[i]
    assert_same(picture, pictures[index], f"The picture of item {index}", mistakes)
    classes = sorted({label for _, label in lines})
    wanted = classes.index(label)
    assert not isinstance(number, str), f"{told}: the label is a text. Its index in classes is wanted, {wanted}."
    found = as_indices([number])
    assert found is not None, f"{told}: the label should be a whole number, but it is {describe(number)}."
    order = list(dict.fromkeys(label for _, label in lines))
    unsorted = f"{told}: the label is counted in the order of the table. Use the order of classes: {wanted}."
    assert found[0] == wanted or found[0] != order.index(label), unsorted
    assert found[0] == wanted, f"{told}: the label should be {wanted}, its index in classes, but it is {found[0]}."
    return number


@exercise("7.8")
def read_or_skip(read_pictures):
    for thing, name, default in _LIMITS:
        now = getattr(thing, name)
        setattr(thing, name, default)
        assert now == default, f"Your cell leaves {name} at {now} for the whole notebook; it is {default} again."
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _judge_reading(read_pictures, Path(place))
        for thing, name, default in _LIMITS:
            now = getattr(thing, name)
            assert now == default, f"read_pictures leaves {name} at {now}, for the whole notebook. It was {default}."
    finally:
        for thing, name, default in _LIMITS:
            setattr(thing, name, default)


_LIMITS = [  # switches of Pillow that hold for the whole notebook: where, name, value
    (Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS),
    (ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES),
]


def _judge_reading(read_pictures, folder):
    """Judge what is read and what is skipped in a folder with good files and bad ones."""
    good, bad = _write_files(folder)
    paths = [folder / name for name in sorted([*good, *bad])]
    pictures, messages = _read(read_pictures, paths, 200_000, 16)
    started = len(pictures) + len(messages) > 1
    assert started, "The loop ended at the first bad file: put `try` inside the loop."
    _judge_messages(messages, good, bad)
    _judge_pictures(pictures, [path for path in paths if path.name in good])
    backward = [path for path in reversed(paths) if path.name in good]
    _judge_pictures(_read(read_pictures, backward, 200_000, 16)[0], backward)
    _judge_warned(read_pictures, folder)
    _judge_limits(read_pictures, folder)
    nothing = _read(read_pictures, [], 200_000, 16)
    assert nothing == ([], []), f"For an empty list of paths, return two empty lists, not {nothing}."
    only_bad = _read(read_pictures, [folder / "text.jpg"], 200_000, 16)
    assert len(only_bad[0]) == 0, "For one file that cannot be read, a picture is returned."
    _judge_messages(only_bad[1], [], ["text.jpg"])


def _write_files(folder):
    """Write files into a folder; return the names of the good and of the bad ones."""
    pixels = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).resize((64, 48))
    clear = picture.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    sideways = picture.getexif()
    sideways[0x0112] = 6  # the camera was turned
    picture.save(folder / "plain.png")
    picture.convert("L").save(folder / "grey.jpg")
    picture.convert("CMYK").save(folder / "cmyk.jpg")
    picture.convert("P").save(folder / "palette.png")
    clear.save(folder / "clear.png")
    picture.save(folder / "sideways.jpg", exif=sideways)
    Image.linear_gradient("L").resize((1000, 20)).save(folder / "wide.png")
    Image.linear_gradient("L").resize((16, 40)).save(folder / "narrow.png")
    whole = (folder / "sideways.jpg").read_bytes()
    (folder / "half.jpg").write_bytes(whole[: len(whole) * 2 // 3])
    whole = (folder / "clear.png").read_bytes()
    (folder / "torn.png").write_bytes(whole[: len(whole) // 2])
    whole = (folder / "plain.png").read_bytes()
    (folder / "mixed.png").write_bytes(_with_a_broken_part(whole))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("no picture", encoding="utf-8")
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    Image.new("RGB", (200, 9)).save(folder / "low.png")
    Image.new("RGB", (9, 200)).save(folder / "thin.png")
    Image.new("RGB", (640, 480)).save(folder / "large.png")
    (folder / "strip.png").write_bytes(_head_of_png(60_000, 5))
    (folder / "bomb.png").write_bytes(_head_of_png(20_000, 20_000))
    (folder / "warned.png").write_bytes(_head_of_png(10_000, 10_000))
    good = ["plain.png", "grey.jpg", "cmyk.jpg", "palette.png", "clear.png", "sideways.jpg", "wide.png", "narrow.png"]
    return good, list(_SKIPPED)


_ALLOWED = {
    "narrow.png": "a side of exactly min_side, 16 here, is allowed.",
    "wide.png": "its 1000 x 20 pixels are fewer than max_pixels, 200,000 here.",
}
_SKIPPED = {
    "half.jpg": "a third of the file is missing",
    "torn.png": "half of the file is missing",
    "mixed.png": "a part of the file is overwritten",
    "empty.jpg": "the file is empty",
    "text.jpg": "the file holds a text",
    "dot.png": "one single pixel",
    "low.png": "200 wide, 9 high, and min_side is 16",
    "thin.png": "9 wide, 200 high, and min_side is 16",
    "large.png": "640 x 480 pixels, and max_pixels is 200,000",
    "strip.png": "60,000 x 5 pixels: too many, and a side too short",
    "bomb.png": "20,000 x 20,000 pixels: Pillow raises an error",
    "warned.png": "10,000 x 10,000 pixels: Pillow only warns",
    "lost.png": "there is no such file",
}


def _with_a_broken_part(data):
    """Return a PNG file whose pixels end in the middle, before a part without a name: Pillow raises SyntaxError."""
    at = data.index(b"IDAT")
    half = struct.unpack(">I", data[at - 4 : at])[0] // 2
    pixels = b"IDAT" + data[at + 4 : at + 4 + half]
    return data[: at - 4] + struct.pack(">I", half) + pixels + struct.pack(">I", zlib.crc32(pixels)) + bytes(100)


def _head_of_png(width, height):
    """Return a PNG file, in gray, that claims a size and has hardly a pixel."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n"
    for kind, content in parts:
        data += struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data


def _read(read_pictures, paths, *limits):
    """Call the reader's function; return its two lists, and say what else it did."""
    given = list(paths)
    before = {path: path.read_bytes() for path in sorted(paths[0].parent.iterdir())} if paths else {}
    with _Decoded() as seen:
        try:
            result = attempt("read_pictures", read_pictures, given, *limits)
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            add_note(error, "No error of a file should end the loop: catch every Exception, and skip the file.")
            raise
    pictures, messages = pair_of(result, "read_pictures", "lists, pictures and messages")
    for part in (pictures, messages):
        assert isinstance(part, tuple | list), f"Return two lists: one of the parts is {describe(part)}."
    swapped = any(isinstance(message, Image.Image) for message in messages)
    assert not swapped, "The pictures come second. Return the pictures first, then the messages."
    odd = [picture for picture in pictures if not isinstance(picture, Image.Image)]
    skipped = "None. Leave out of it what is skipped" if odd[:1] == [None] else describe(odd[0] if odd else 0)
    assert not odd, f"The first list should hold Pillow images, but one of its entries is {skipped}."
    odd = [message for message in messages if not isinstance(message, str)]
    assert not odd, f"The second list should hold texts, but one of its entries is {describe(odd[0] if odd else 0)}."
    assert given == list(paths), "The list of paths is changed. Leave it as it is."
    after = {path: path.read_bytes() for path in sorted(paths[0].parent.iterdir())} if paths else {}
    assert after == before, "A file is changed, removed or added. Only read the files."
    max_pixels = limits[0] if limits else 50_000_000
    for width, height in seen.sizes:
        told = f"With max_pixels={max_pixels}, a picture of {width} x {height} pixels is unpacked"
        assert width * height <= max_pixels, f"{told}. Skip it by its width times height, before its pixels are read."
    return list(pictures), list(messages)


class _Decoded:
    """Looks on, and notes the sizes of the pictures whose pixels are read."""

    def __enter__(self):
        self.sizes, self.real = [], ImageFile.ImageFile.load

        def load(image):
            self.sizes.append(image.size)
            return self.real(image)

        ImageFile.ImageFile.load = load
        return self

    def __exit__(self, *error):
        ImageFile.ImageFile.load = self.real


def _judge_messages(messages, good, bad):
    """Judge whether each bad file, and no good one, is named in a message."""
    for name in good:
        named = [message for message in messages if name in message]
        reason = _ALLOWED.get(name, "it can be read, and its size is allowed.")
        quoted = f'Your message: "{named[0][:120]}".' if named else ""
        assert not named, f"{name} is skipped, but {reason} {quoted}"
    empty = f"The second list is empty. Append a message for each file that is skipped, such as {next(iter(bad), '')}."
    assert messages or not bad, empty
    stems = [Path(name).stem for name in bad]
    are_short = all(any(stem in message for message in messages) for stem in stems)
    nameless = [message for message in messages if not any(name in message for name in bad)]
    told = "Each message should contain the name of its file, path.name. One does not"
    assert are_short or not nameless, f'{told}: "{nameless[0][:120]}".'
    for name in bad:
        times = sum(name in message for message in messages)
        suffix = f" The whole name is wanted, {name}, not {Path(name).stem}." if are_short else ""
        assert times, f"No message names {name}, which should be skipped: {_SKIPPED[name]}.{suffix}"
        assert times == 1, f"{times} messages name {name}: {_SKIPPED[name]}. One for each file is wanted."
    count = f"{len(bad)} files are bad, so {len(bad)} messages are wanted, one for each, not {len(messages)}."
    assert len(messages) == len(bad), count


def _judge_pictures(pictures, paths):
    """Judge whether the pictures are those of the files, upright and RGB."""
    wanted = [_upright(path) for path in paths]
    count = f"{len(paths)} files can be read, but there are {len(pictures)} pictures."
    assert len(pictures) <= len(paths), f"{count} Start with new lists in each call."
    assert len(pictures) == len(paths), count
    sizes = [picture.size for picture in pictures]
    upright = [picture.size for picture in wanted]
    mixed = sizes != upright and sorted(sizes) == sorted(upright)
    assert not mixed, "The pictures should come in the order of the paths."
    far = []
    for path, picture, want in zip(paths, pictures, wanted, strict=True):
        assert picture.mode == "RGB", f"The picture of {path.name} is {picture.mode}, not RGB. Use to_rgb."
        if picture.size != want.size or _distance(path, picture, want) > 2:
            far.append(path.name)
    changed = "None of the pictures is that of its file. Do not scale, cut or change them."
    assert len(far) < len(paths), changed
    name = next(iter(far), "")
    assert not far, f"The picture of {name} does not look as to_rgb shows it. Use to_rgb on the image as opened."


def _upright(path):
    """Return a file as an upright RGB image, on white."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return image.convert("RGB")


def _distance(path, picture, want):
    """Return the largest difference between the pixels of two pictures of one size."""
    found = attempt(f"Looking at the picture of {path.name}", np.asarray, picture)
    return np.abs(found.astype(int) - np.asarray(want).astype(int)).max()


def _judge_limits(read_pictures, folder):
    """Judge the limits at a picture of 40 x 30 pixels, and those that hold when none is given."""
    exact = folder / "exact.png"
    Image.new("RGB", (40, 30)).save(exact)
    limits = {
        (1200, 30): (
            1,
            "A picture of exactly max_pixels, with a side of exactly min_side, is allowed, but is skipped.",
        ),
        (1201, 29): (1, "A picture of less than max_pixels, with sides longer than min_side, is skipped."),
        (1199, 30): (0, "With max_pixels=1199, a picture of 1200 pixels comes through. Is max_pixels used?"),
        (1200, 31): (0, "With min_side=31, a picture with a side of 30 comes through. Is min_side used?"),
    }
    for (max_pixels, min_side), (count, hint) in limits.items():
        assert len(_read(read_pictures, [exact], max_pixels, min_side)[0]) == count, hint
    Image.new("RGB", (15, 40)).save(folder / "close.png")
    (folder / "near.png").write_bytes(_head_of_png(8_000, 6_250))  # exactly the limit of the stub
    (folder / "over.png").write_bytes(_head_of_png(877_193, 57))  # one pixel more
    names = ("narrow.png", "exact.png", "large.png", "close.png", "near.png", "over.png", "warned.png")
    with _Decoded() as seen:
        pictures, messages = _read(read_pictures, [folder / name for name in names])
    kept = "Without limits given, the default values hold: max_pixels=50_000_000, min_side=16."
    assert [picture.size for picture in pictures] == [(16, 40), (40, 30), (640, 480)] and len(messages) == 4, kept
    assert (8_000, 6_250) in seen.sizes, f"{kept} A picture of 50,000,000 pixels is skipped unread."


def _judge_warned(read_pictures, folder):
    """Judge whether a picture is read that is allowed, but of which Pillow warns."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, 2_000  # Pillow warns above, and refuses above 4,000
    pictures, _ = _read(read_pictures, [folder / "plain.png"], 200_000, 16)
    Image.MAX_IMAGE_PIXELS = before
    skipped = "A picture that max_pixels allows is skipped, since Pillow warns of its size. A warning is no error."
    assert len(pictures) == 1, skipped


@exercise("7.9")
def mix_two_pictures(mixup):
    four = torch.tensor([2, 0, 3, 1])
    five = torch.tensor([1, 2, 3, 4, 0])
    cases = [  # shape of the batch, targets, share, order
        ((4, 3, 4, 4), torch.eye(4)[[0, 2, 3, 2]], torch.tensor([0.9, 0.2, 0.5, 0.7]), four),
        ((5, 3, 6, 2), torch.rand(5, 3).softmax(1), torch.rand(5), five),
        ((3, 1, 3, 3), torch.eye(3), torch.tensor([0.0, 1.0, 0.25]), torch.tensor([1, 2, 0])),
        ((1, 3, 2, 5), torch.tensor([[0.3, 0.7]]), torch.tensor([0.4]), torch.tensor([0])),
        ((5, 2, 5, 5), torch.eye(5), torch.rand(5), five),
        ((4, 3, 2, 2), torch.eye(4), torch.ones(4), torch.arange(4)),
    ]
    for shape, targets, share, order in cases:
        x = torch.randn(shape) * len(targets) ** 4  # some of them are large
        result = attempt("mixup(x, targets, share, order)", mixup, x, targets, share, order)
        new, soft = pair_of(result, "mixup", "tensors, the batch and its targets")
        wide = share[:, None, None, None]
        told = f"For a batch of shape {shape}, "
        assert_values(new, wide * x + (1 - wide) * x[order], f"{told}the new batch", _wrong_mixes(x, share, order))
        wrong_targets = _wrong_mixes(targets, share, order).items()
        wrong = {f"In the targets, {hint[0].lower()}{hint[1:]}": value for hint, value in wrong_targets}
        high = share[:, None]
        assert_values(soft, high * targets + (1 - high) * targets[order], f"{told}the new targets", wrong)
        for made, given in ((new, x), (soft, targets)):
            shared = shares_memory(made, given)
            assert not shared, "A result shares its memory with what was given. Return new tensors."


def _wrong_mixes(x, share, order):
    """Return what mistakes make of a batch or of targets: hint -> value."""
    s = share.reshape(-1, *[1] * (x.ndim - 1))
    other = x[order]
    own = torch.maximum(s, 1 - s)
    in_place = x.clone()
    for i, partner in enumerate(order):
        in_place[i] = share[i] * in_place[i] + (1 - share[i]) * in_place[partner]
    shape = "[N, 1, 1, 1]" if x.ndim == 4 else "[N, 1]"
    return {
        "share belongs to the picture itself, 1 - share to the other one: they are swapped.": (1 - s) * x + s * other,
        "Nothing is mixed: what was given comes back.": x,
        "Nothing is mixed: what comes back is that of the other pictures.": other,
        f"share goes along the last dimension. Give it the shape {shape}.": lambda: share * x + (1 - share) * other,
        "The partner of picture i is x[order][i], not the one from the other end.": s * x + (1 - s) * x.flip(0),
        "The partner is the next picture. Use x[order].": s * x + (1 - s) * x.roll(-1, 0),
        "The partner is the picture before. Use x[order].": s * x + (1 - s) * x.roll(1, 0),
        "The permutation is used backward. The partner of picture i is x[order[i]].": (
            s * x + (1 - s) * x[order.argsort()]
        ),
        "share goes along the first dimension but one. Give it one dimension for each of x.": lambda: (
            share[:, None] * x + (1 - share[:, None]) * other
        ),
        "share goes along the channels or rows. It belongs to dimension 0.": lambda: (
            share[:, None, None] * x + (1 - share[:, None, None]) * other
        ),
        "The own part is divided by share. Multiply.": x / s + (1 - s) * other,
        "share is added to the own part. Multiply.": x + s + (1 - s) * other,
        "The other part is divided by 1 - share. Multiply.": s * x + other / (1 - s),
        "1 - share is added to the other part. Multiply.": s * x + (1 - s) + other,
        "The other part is weighed with 2 - share. Use 1 - share.": s * x + (2 - s) * other,
        "The other part is weighed with -share. Use 1 - share.": s * x - s * other,
        "The permuted share is used. share[i] belongs to picture i.": s[order] * x + (1 - s[order]) * other,
        "The other picture is weighed with its own share. Weigh it with 1 - share[i].": s * x + s[order] * other,
        "The other picture is weighed with 1 - its own share. share[i] belongs to both parts of picture i.": (
            s * x + (1 - s[order]) * other
        ),
        "A picture is mixed with one that is mixed already. Take both from x as it was given.": in_place,
        "The larger part is always the own one. share may be below one half.": own * x + (1 - own) * other,
        "The larger share takes all. Add up both parts.": torch.where(s >= 0.5, x, other),
        "0.7 and 0.3 are used for all pictures. Use share.": 0.7 * x + 0.3 * other,
        "The other picture comes in whole: weigh it with 1 - share.": s * x + other,
        "The own picture comes in whole: weigh it with share.": x + (1 - s) * other,
        "The parts are subtracted. Add them.": s * x - (1 - s) * other,
        "The other picture is weighed with 1 + share. Use 1 - share.": s * x + (1 + s) * other,
        "Both pictures are weighed with share. Weigh the other one with 1 - share.": s * x + s * other,
        "One share, the first, is used for the whole batch.": share[0] * x + (1 - share[0]) * other,
        "One share, the mean, is used for the whole batch.": share.mean() * x + (1 - share.mean()) * other,
        "Half of each is taken. Use share.": (x + other) / 2,
        "The last picture is not mixed.": lambda: torch.cat([(s * x + (1 - s) * other)[:-1], x[-1:]]),
        "The values are rounded.": (s * x + (1 - s) * other).mul(10).round().div(10),
        "The values are clamped to 0 … 1.": (s * x + (1 - s) * other).clamp(0, 1),
    }


@exercise("7.10")
def stratified_split(split):
    labels = [0, 1, 0, 2, 0] * 19 + [0] * 6 + [2] * 2  # 63, 19 and 21
    states, torch_seed = (random.getstate(), np.random.get_state()), torch.initial_seed()
    for given, share, seed in (
        (labels, 0.25, 0),
        ([0] * 10 + [1] * 2 + [2] * 4 + [3] + [4] * 8, 0.25, 1),
        ([1, 0] * 15, 0.1, 2),
        ([0] * 14, 0.25, 3),
        ([i % 12 for i in range(70)], 0.5, 4),
        ([2, 1, 0] * 5, 0.0, 5),
        ([0, 1] * 3, 1.0, 6),
        ([1] * 40 + [0] * 6, 0.8, 7),
    ):
        _judge_parts(_split(split, given, share, seed), given, share)
    valid = _split(split, labels, 0.25, 0)[1]
    random.seed(1)
    np.random.seed(1)
    torch.rand(3)
    assert _split(split, labels, 0.25, 0)[1] == valid, (
        "The same seed gives another split. Draw with a generator that starts from it, such as random.Random(seed)."
    )
    others = [_split(split, labels, 0.25, seed)[1] for seed in range(100)]
    _judge_ends(others[:30], labels)
    different = len({tuple(part) for part in others[:30]})
    assert different > 1, "Another seed gives the same split: is the seed used?"
    assert different > 25, f"Thirty seeds give only {different} different splits. Draw the pictures at random."
    _judge_chance(others, labels)
    own = "Use a generator of its own"
    told = "`split` seeds PyTorch's random numbers for the whole notebook."
    assert torch.initial_seed() == torch_seed, f"{told} {own}: torch.Generator().manual_seed(seed)."
    for source, seed in (("Python", random.seed), ("NumPy", np.random.seed)):
        seed(3)
        split(list(labels), 0.25, 0)
        first = _next_number(source)
        seed(4)
        split(list(labels), 0.25, 0)
        kept = f"`split` seeds {source}'s random numbers for the whole notebook. {own}."
        assert _next_number(source) != first, kept
    random.setstate(states[0])
    np.random.set_state(states[1])


def _next_number(source):
    return random.random() if source == "Python" else np.random.rand()


def _split(split, labels, share, seed):
    """Return the two parts that the reader's function makes, sorted."""
    result = attempt("split(labels, share, seed)", split, list(labels), share, seed)
    parts = []
    for name, part in zip(("training", "validation"), pair_of(result, "split", "lists of indices"), strict=True):
        told = f"The {name} part should be a list of indices, but it is"
        is_list = isinstance(part, list | tuple | range | np.ndarray | torch.Tensor) and getattr(part, "ndim", 1) == 1
        assert is_list, f"{told} {describe(part)}."
        found = as_indices(part)
        assert found is not None, f"The {name} part should hold whole numbers, the indices of pictures."
        parts.append(sorted(found))
    return parts


def _judge_parts(parts, labels, share):
    """Judge whether each picture stands in one part, and whether each class has its share in validation."""
    train, valid = parts
    count = len(labels)
    sizes = [labels.count(kind) for kind in sorted(set(labels))]
    told = f"For {sizes} pictures of each class and a share of {share}"
    are_labels = sorted(train + valid) == sorted(labels)
    assert not are_labels, f"{told}, the parts hold class numbers. The indices of the pictures are wanted."
    double = sorted(set(train) & set(valid))
    assert not double, f"{told}, picture {next(iter(double), 0)} stands in both parts: that is a leak (Part 5)."
    repeated = [index for part in parts for index, times in Counter(part).items() if times > 1]
    assert not repeated, f"{told}, picture {next(iter(repeated), 0)} stands in a part more than once."
    outside = [index for index in train + valid if not 0 <= index < count]
    assert not outside, f"{told}, the parts hold {next(iter(outside), 0)}. The indices go from 0 to {count - 1}."
    missing = sorted(set(range(count)) - set(train + valid))
    found = [sum(labels[i] == kind for i in valid) for kind in sorted(set(labels))]
    want = [round(share * size) for size in sizes]
    swapped = found != want and [size - n for size, n in zip(sizes, found, strict=True)] == want
    assert not swapped, f"{told}, the parts are swapped: share is that of validation, and validation comes second."
    assert not missing, f"{told}, picture {missing[0]} of class {labels[missing[0]]} is in neither part."
    whole = [k for k, n in enumerate(found) if n == sizes[k] > 1 and want[k] == 0]
    none = f"{told}, all of class number {next(iter(whole), 0)} goes to validation, and nothing of it should."
    assert not whole, f"{none} A slice such as indices[-n:] is the whole list where n is 0."
    ways = {
        "round(share * n) is wanted, not the number rounded down": [int(share * size) for size in sizes],
        "round(share * n) is wanted, not the number rounded up": [math.ceil(share * size) for size in sizes],
        "round(share * n) takes a half to the even number": [int(share * size + 0.5) for size in sizes],
        "a class may have none in validation": [max(1, n) for n in want],
    }
    for hint, wrong in ways.items():
        assert found == want or found != wrong, f"{told}, {wrong} are in validation, not {want}: {hint}."
    inside = " The number in all is right: split each class by itself." if sum(found) == sum(want) else ""
    assert found == want, f"{told}, {want} of each class should be in validation, but {found} are.{inside}"


def _drawn(others, labels):
    """Return, for each class, what several splits take of it: positions within the class, one sorted list a split."""
    drawn = {}
    for kind in sorted(set(labels)):
        places = [i for i, label in enumerate(labels) if label == kind]
        position = {place: n for n, place in enumerate(places)}
        drawn[kind] = [sorted(position[i] for i in part if labels[i] == kind) for part in others]
    return drawn


def _judge_ends(others, labels):
    """Judge whether the first or the last of each class are taken."""
    for kind, drawn in _drawn(others, labels).items():
        size = labels.count(kind)
        firsts = sum(chosen == list(range(len(chosen))) for chosen in drawn)
        lasts = sum(chosen == list(range(size - len(chosen), size)) for chosen in drawn)
        told = f"Of class {kind}, the {'first' if firsts > lasts else 'last'} pictures go to validation."
        assert max(firsts, lasts) < 3, f"{told} Shuffle them before you cut."


def _judge_chance(others, labels):
    """Judge whether the pictures of validation are drawn at random, by the splits of several seeds."""
    for kind, drawn in _drawn(others, labels).items():
        size = labels.count(kind)
        told = f"Of class {kind}, with {size} pictures,"
        gaps = {tuple(b - a for a, b in itertools.pairwise(chosen)) for chosen in drawn}
        assert len(gaps) > 10, f"{told} neighbors go to validation together. Draw each picture at random."
        never = set(range(size)) - {position for chosen in drawn for position in chosen}
        assert not never, f"{told} number {min(never, default=0)} is never in validation, in a hundred splits."
