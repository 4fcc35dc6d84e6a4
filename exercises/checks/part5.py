"""The checks of Part 5, Inference and validation."""

import copy
import itertools
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from exercises.compare import (
    as_number,
    assert_number,
    assert_predictions,
    assert_same,
    describe,
    is_same,
    unchanged,
)
from exercises.errors import is_of_a_cell, told_of_errors
from exercises.judge import exercise
from exercises.surroundings import fingerprint

WHOLE_NUMBERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


# What several checks share


def assert_scalar(got, name):
    """Assert that a value is a number or a tensor of shape (); return it as a float."""
    dimensions = getattr(got, "ndim", 0)
    if isinstance(dimensions, int) and dimensions > 0:
        raise AssertionError(f"{name} should be one number, but it has the shape {tuple(got.shape)}.")
    number = as_number(got)
    assert number is not None, f"{name} should be a number, but it is {describe(got)}."
    return number


def assert_share(got, want, name, mistakes, count, earlier):
    """Assert that a share is right; name what was done to it if it is rounded, a percentage and so on.

    The values of `mistakes` are numbers, or lists of numbers where one hint fits several; `count` is what the right
    share is a share of; `earlier` holds the right shares of earlier calls, and this one is added.
    """
    number = assert_scalar(got, name)
    first = {
        f"{name} is a percentage, or 100 times too large: it should be a number from 0 to 1.": 100 * want,
        f"{name} is the share of wrong predictions, not of right ones.": 1 - want if 0 < want < 1 else None,
    }
    last = {
        f"{name} is rounded: it should be {want:.6g}, not {number:.6g}.": _rounded_like(number, want),
        f"{name} is negative: add the hits and the pictures, don't subtract them.": -want if want else None,
        f"{name} is a product of hits and {count}. Divide the hits by the number of predictions.": want * count * count,
        f"{name} is what an earlier call with other arguments should return. Is something kept between calls?": (
            list(earlier) or None
        ),
        f"{name} is nan: a sum or a count in it is nan, or 0 is divided by 0.": math.nan,
        **_other_counts(want, count),
    }
    mistakes = {hint: _nearest(number, _value(wrong)) for hint, wrong in mistakes.items()}
    fitting = [hint for hint, wrong in mistakes.items() if wrong is not None and abs(wrong - number) < 1e-6]
    if len(fitting) > 1:  # several mistakes lead to this number: none is blamed
        mistakes = {}
    last = {hint: _nearest(number, wrong) for hint, wrong in last.items()}
    earlier.append(want)
    assert_number(number, want, name, {**first, **mistakes, **last})


def _other_counts(want, count):
    """Return hint -> share, for hits divided by another count, and other numbers of hits divided by the right one."""
    hits = round(want * count)
    shares = {}
    for other in (*range(1, 30), *range(30, 210, 10)):
        if other != count and hits:
            shares[f"The {hits} hits are divided by {other}, but there are {count} predictions."] = hits / other
    for other in range(count + 1):
        if other != hits:
            shares[f"{other} of {count} predictions count as hits, but {hits} should."] = other / count
    return shares


def _value(wrong):
    """Return the value of a mistake; None where it can't be made with these inputs."""
    if not callable(wrong):
        return wrong
    try:
        return wrong()
    except (RuntimeError, ValueError, IndexError):
        return None


def _nearest(number, wrong):
    """Return the number of a list that is nearest to a number; what is no list is returned as it is."""
    if not isinstance(wrong, list):
        return wrong
    return min((float(value) for value in wrong), key=lambda value: abs(value - number))


def _rounded_like(number, want):
    """Return the rounded form of a number that another one equals, or the number in half precision, else None.

    All or nothing says little about rounding: there are other ways to come to 0 and 1.
    """
    if number in (0, 1):
        return None
    for digits in range(4):
        if abs(number - round(want, digits)) < 1e-9:
            return number
    half = torch.tensor(want).half().item()
    return half if abs(number - half) < 1e-9 else None


def assert_pair(result, name):
    """Assert that a result is a pair of index tensors; return them as lists of whole numbers."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    assert is_pair, f"{name} should be two tensors, train and valid, but it is {describe(result)}."
    train, valid = result
    return read_indices(train, f"The train part of {name}"), read_indices(valid, f"The valid part of {name}")


def read_indices(part, name):
    """Return the whole numbers of a tensor as a list."""
    assert isinstance(part, torch.Tensor), f"{name} should be a tensor of indices, but it is {describe(part)}."
    try:
        values = part.tolist()
    except Exception:  # a tensor without values
        raise AssertionError(f"{name} should be a tensor of indices, one whole number for each picture.") from None
    shape = tuple(part.shape)
    assert len(shape) == 1, f"{name} should have one dimension, an index for each picture, but its shape is {shape}."
    if values:
        assert part.dtype in WHOLE_NUMBERS, f"{name} should hold whole numbers, but its dtype is {part.dtype}."
    return values


def assert_every_index_once(train, valid, n, name):
    """Assert that the indices 0 to n - 1 are dealt to two lists, each index to one of them."""
    both = sorted(set(train) & set(valid))
    assert not both, f"{name}: the index {both[0] if both else 0} is in both parts. That is the leak itself."
    found = sorted(train + valid)
    outside = [index for index in found if not 0 <= index < n]
    assert not outside, f"{name} holds the index {outside[0]}, but the indices go from 0 to {n - 1}."
    assert len(set(found)) == len(found), f"{name}: an index occurs more than once."
    missing = sorted(set(range(n)) - set(found))
    if missing:
        count = "index is" if len(missing) == 1 else "indices are"
        raise AssertionError(f"{name}: {len(missing)} {count} missing, such as {missing[0]}: each should be in a part.")


def is_regular(indices):
    """Whether indices lie at equal distances once they are sorted (a remainder may add one more distance)."""
    ordered = sorted(indices)
    gaps = {after - before for before, after in itertools.pairwise(ordered)}
    return len(gaps) <= 2


def call(function, how, *args, **kwargs):
    """Call what the engine does not watch (a class, its methods); an error outside of the reader's lines is a hint."""
    try:
        return function(*args, **kwargs)
    except Exception as error:
        if is_of_a_cell(error):
            raise
        raise AssertionError(f"{how} stopped with {type(error).__name__}: {error}") from None


# 5.1 and 5.10: dealing indices


@exercise("5.1")
def split_indices(split):
    for n, share, seed in [(200, 0.2, 1), (50, 0.3, 2), (45, 0.1, 3), (120, 0.75, 4), (7, 0.5, 5), (3, 0.1, 6)]:
        _split(split, n, share, seed)
    for n, share, seed in [(200, 0.2, 1), (1000, 0.25, 7)]:
        train, valid = _split(split, n, share, seed)
        _assert_shuffled(train, valid, n, f"split({n}, {share}, {seed})")
    _assert_seeded(split)


def _split(split, n, share, seed):
    """Return the two parts of the reader's split, as lists; assert that they are a split of this size."""
    name = f"split({n}, {share}, {seed})"
    whole = told_of_errors("n * share is a float. int(...) or round(...) makes a number of indices of it.", "integer")
    made = "torch.Generator() takes a device, not a seed: torch.Generator().manual_seed(seed) makes a seeded generator."
    with whole, told_of_errors(made, "CUDA", "Generator", "generator"):
        parts = split(n, share, seed)
    train, valid = assert_pair(parts, name)
    exact = round(n * share, 6)  # 0.3 * 50 is 15 but for the last bits
    sizes = sorted({math.floor(exact), math.ceil(exact)})
    swapped = min(sizes) > 0 and len(train) in sizes and len(valid) not in sizes and len(train) + len(valid) == n
    hint = f"{name}: return the indices for training first, those for validation second. `share` is for validation."
    assert not swapped, hint
    assert_every_index_once(train, valid, n, name)
    wanted = " or ".join(map(str, sizes))
    hint = f"{name} should keep {wanted} of {n} indices for validation, not {len(valid)}."
    if not train and 0 in sizes:
        hint += " Mind a slice such as order[-0:]: it is not empty, it is all of order."
    assert len(valid) in sizes, hint
    return train, valid


def _assert_shuffled(train, valid, n, name):
    """Assert that both parts of a split are in shuffled order, and that validation gets indices from everywhere."""
    ordered = sorted(valid)
    assert ordered[0] != n - len(valid), f"{name} is not shuffled: validation gets the last indices."
    assert ordered[-1] != len(valid) - 1, f"{name} is not shuffled: validation gets the first indices."
    assert not is_regular(valid), f"{name} is not shuffled: validation gets indices at equal distances."
    is_even = abs(np.mean(valid) / n - 0.5) < 0.2
    assert is_even, f"{name} is not well shuffled: validation gets mostly small or mostly large indices."
    for part, indices in {"train": train, "valid": valid}.items():
        assert indices != sorted(indices), f"{name}: the {part} part is in ascending order. Both should be shuffled."
        assert indices[::-1] != sorted(indices), f"{name}: the {part} part is in descending order. Shuffle both."
        order = np.corrcoef(np.arange(len(indices)), indices)[0, 1]
        assert abs(order) < 0.7, f"{name}: the {part} part is nearly in order. Both should be shuffled."


def _assert_seeded(split):
    """Assert that the seed, and nothing else, decides about the split."""
    by_seed = {}
    for seed in (1, 2, 0, 11, 1000):
        valid = [sorted(_split(split, 200, 0.2, seed)[1]) for _ in range(2)]
        assert valid[0] == valid[1], f"Two calls of split(200, 0.2, {seed}) give two splits: use the seed."
        for other, theirs in by_seed.items():
            assert theirs != valid[0], f"The seeds {other} and {seed} give the same split: does it use the seed?"
        by_seed[seed] = valid[0]


@exercise("5.10")
def deal_folds(folds):
    for n, k, seed in [(23, 5, 1), (12, 3, 2), (20, 2, 3), (6, 6, 4), (7, 4, 5), (103, 10, 6), (9, 8, 7)]:
        _folds(folds, n, k, seed)
    for n, k, seed in [(60, 4, 1), (103, 5, 8)]:
        name = f"folds({n}, {k}, {seed})"
        parts = [sorted(valid) for _, valid in _folds(folds, n, k, seed)]
        stretches = [part for part in parts if part[-1] - part[0] == len(part) - 1]
        assert not stretches, f"{name} is not shuffled: some valid part is a stretch of neighboring indices."
        steps = [part for part in parts if is_regular(part)]
        assert not steps, f"{name} is not shuffled: some valid part holds indices at equal distances."
    by_seed = {}
    for seed in (1, 2, 0, 11, 1000):
        first, second = ([sorted(valid) for _, valid in _folds(folds, 40, 4, seed)] for _ in range(2))
        assert first == second, f"Two calls of folds(40, 4, {seed}) give different folds: use the seed."
        for other, theirs in by_seed.items():
            same = sorted(theirs) == sorted(first)
            assert not same, f"The seeds {other} and {seed} give the same folds: does it use the seed?"
        by_seed[seed] = first


def _folds(folds, n, k, seed):
    """Return the reader's folds as pairs of lists; assert that they are folds of n indices."""
    name = f"folds({n}, {k}, {seed})"
    result = folds(n, k, seed)
    assert isinstance(result, list | tuple), f"{name} should be a list of pairs, but it is {describe(result)}."
    early = f"{name} should be a list of {k} pairs, but it has one alone. Does `return` stand inside the loop?"
    assert len(result) != 1 or k == 1, early
    assert len(result) == k, f"{name} should be a list of {k} pairs, but it has {len(result)} entries."
    pairs = [assert_pair(pair, f"{name}[{i}]") for i, pair in enumerate(result)]
    most = math.ceil(n / k)
    if k > 2 and all(len(train) <= most < len(valid) for train, valid in pairs):
        raise AssertionError(f"{name}: in each pair the indices for training come first, then those for validation.")
    judged = sorted(index for _, valid in pairs for index in valid)
    for i, (train, valid) in enumerate(pairs):
        both = set(train) & set(valid)
        assert not both, f"{name}[{i}]: the index {min(both, default=0)} is in both parts of a pair."
    twice = sorted({index for index in judged if judged.count(index) > 1})
    if twice:
        raise AssertionError(f"{name}: the index {twice[0]} is in valid more than once over all pairs, not once.")
    never = sorted(set(range(n)) - set(judged))
    if never:
        raise AssertionError(
            f"{name}: the index {never[0]} is in no valid part. Each of 0 to {n - 1} should be in one."
        )
    for i, (train, valid) in enumerate(pairs):
        assert_every_index_once(train, valid, n, f"{name}[{i}]")
    sizes = sorted(len(valid) for _, valid in pairs)
    assert sizes[-1] - sizes[0] <= 1, (
        f"{name}: the valid parts have the sizes {sizes}. They should differ by at most 1."
    )
    return pairs


# 5.2, 5.5 and 5.6: predictions


@exercise("5.2")
def find_the_leak(leaks):
    truth = {"A": "chosen", "B": "copies", "C": "fine"}
    words = ("chosen", "copies", "statistics", "labels", "fine")

    def hint(letter, word, right):
        if letter == "A" and word == "fine":
            return "there is a leak. One of several scores is printed: what became of the others?"
        if letter == "A":
            return "the two sets are kept apart, and `fit` sees nothing of `test`. By what is the learning rate chosen?"
        if letter == "B" and word == "fine":
            return "there is a leak. What does the first line do, and does it come before or after `make_sets`?"
        if letter == "B":
            return "no choice is made, and no mean or label is used. Where may the two versions of one coat end up?"
        if word in ("statistics", "chosen"):
            return "follow `test` through the lines. Which of them uses it, and is anything decided after that?"
        return "follow each picture: in how many sets does it stand, and what does `fit` see of `test`?"

    def read(word):
        word = word.strip().lower()
        if word not in words:
            raise ValueError
        return word

    form = "one of the words " + ", ".join(f'"{word}"' for word in words)
    assert_predictions(leaks, truth, hint, read, form)


@exercise("5.5")
def predict_detectors(guess):
    is_bag = torch.arange(100) < 10
    calls = {
        "never": torch.zeros(100, dtype=torch.bool),
        "always": torch.ones(100, dtype=torch.bool),
        "careful": (torch.arange(100) >= 6) & (torch.arange(100) < 11),  # five calls: four bags and another picture
    }
    scores = {}
    for name, called in calls.items():
        found = (called & is_bag).sum().item()
        scores[f"accuracy of {name}"] = (called == is_bag).sum().item() / 100
        scores[f"recall of {name}"] = found / 10
        scores[f"precision of {name}"] = found / max(1, called.sum().item())
    questions = (
        *("accuracy of never", "recall of never", "precision of always"),
        *("recall of always", "precision of careful", "recall of careful"),
    )
    truth = {question: round(scores[question], 4) for question in questions}
    asked = {
        "accuracy": "which share of all 100 pictures is judged rightly, those that are no bags included?",
        "precision": "look only at the pictures that it calls a bag. Which share of them is one?",
        "recall": "look only at the 10 bags. Which share of them does it find?",
    }

    def hint(question, value, right):
        kind, _, name = question.partition(" of ")
        if 1 < value <= 100 and abs(value / 100 - right) < 1e-3:
            return "a number from 0 to 1 is wanted, neither a percentage nor a count."
        if not 0 <= value <= 1:
            return "a share lies between 0 and 1."
        other = {"precision": "recall", "recall": "precision"}.get(kind)
        if other and abs(value - scores[f"{other} of {name}"]) < 1e-3:
            return f"this is the {other}. For the {kind}, {asked[kind]}"
        return asked[kind]

    def read(value):
        number = as_number(value)
        if number is None:
            raise ValueError
        return round(number, 4)

    assert_predictions(guess, truth, hint, read, "a number from 0 to 1")


@exercise("5.6")
def predict_modes(changes):
    layers = nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 2)
    net, x = nn.Sequential(*layers), torch.randn(8, 4)
    seen = []
    for mode in (True, False):
        net.train(mode)
        before = net[1].running_mean.clone()
        first = net[0](x)
        norm = net[1](first)
        output = net[2:](norm)
        facts = {"first": first.tolist(), "norm": norm.tolist()}
        facts["moved"] = (net[1].running_mean - before).abs().sum().item()
        facts["output"] = output.tolist()
        facts["recorded"] = output.requires_grad
        facts["parameters"] = sum(parameter.requires_grad for parameter in net.parameters())
        seen.append(facts)
    truth = {name: "yes" if seen[0][name] != seen[1][name] else "no" for name in seen[0]}
    hints = {
        "first": "a linear layer does not look at the flag `training`: it computes the same in both modes.",
        "norm": "whose mean does it subtract in train(), and whose in eval()?",
        "moved": "when does batch norm collect its running averages?",
        "output": "it comes after the batch norm and the dropout.",
        "recorded": "eval() changes what layers compute. What decides whether operations are recorded?",
        "parameters": "eval() freezes nothing: requires_grad is another flag.",
    }

    def read(word):
        word = word.strip().lower()
        if word not in ("yes", "no"):
            raise ValueError
        return word

    assert_predictions(changes, truth, hints, read, '"yes" or "no"')


# 5.3 and 5.4: shares of right predictions


@exercise("5.3", may_change_inputs=True)  # model.eval() is allowed; what else may not change is judged here
def accuracy_over_batches(accuracy):
    earlier = []
    flat = nn.Linear(7, 6)
    pairs = _batches(flat, (40, 40, 17), (30, 21, 6), (7,))
    _assert_accuracy(accuracy, flat.eval(), pairs, pairs, earlier)

    deep = nn.Sequential(nn.Flatten(), nn.Linear(24, 10))
    with torch.no_grad():
        deep[1].bias.sub_(1000)  # all logits far below 0
    pairs = _batches(deep, (8, 8, 1), (3, 7, 0), (1, 4, 6))
    _assert_accuracy(accuracy, deep.eval(), pairs, _loader(pairs, batch_size=8), earlier)

    two = nn.Linear(5, 2)
    two.bias.data.add_(3)  # both logits above 0.5
    pairs = _batches(two, (6, 7), (2, 6), (5,))
    _assert_accuracy(accuracy, two.train(), pairs, tuple(pairs), earlier)

    layers = nn.Linear(4, 20), nn.BatchNorm1d(20), nn.Dropout(0.5), nn.Linear(20, 5)
    odd = nn.Sequential(*layers)
    pairs = _batches(odd.eval(), (3, 5, 5, 2), (3, 1, 2, 2), (4,))
    _assert_accuracy(accuracy, odd, pairs, (pair for pair in pairs), earlier)

    pairs = _batches(flat, (1,), (1,), (7,))
    _assert_accuracy(accuracy, flat.eval(), pairs, pairs, earlier)

    unsure = nn.Linear(7, 9)
    unsure.weight.data.mul_(0.01)  # the largest probability is below 0.5
    pairs = _batches(unsure, (6, 6, 3), (5, 2, 3), (7,))
    _assert_accuracy(accuracy, unsure.eval(), pairs, pairs, earlier)


def _batches(model, sizes, hits, shape):
    """Return pairs of pictures and labels; so many predictions of each batch are right."""
    pairs = []
    for size, right in zip(sizes, hits, strict=True):
        images = 100 * torch.randn(size, *shape)
        with torch.no_grad():
            logits = model(images)
        labels = logits.argmax(dim=1)
        wrong = torch.randperm(size)[right:]
        labels[wrong] = (labels[wrong] + 1) % logits.shape[1]
        pairs.append((images, labels))
    return pairs


def _loader(pairs, batch_size):
    """Return a DataLoader that yields the same batches."""
    images = torch.cat([x for x, _ in pairs])
    labels = torch.cat([y for _, y in pairs])
    return DataLoader(list(zip(images, labels, strict=True)), batch_size=batch_size)


def _assert_accuracy(accuracy, model, pairs, batches, earlier):
    """Assert that the reader's accuracy is right for a model and batches, and leaves both as they were."""
    sizes = [len(labels) for _, labels in pairs]
    name = f"accuracy(model, batches) for batches of {', '.join(map(str, sizes))} pictures"
    was_training = model.training
    tensors = [pairs, *model.parameters(), *model.buffers()]
    before = [fingerprint(tensor) for tensor in tensors]
    mistakes = _mistakes_of_accuracy(copy.deepcopy(model), pairs)
    result = accuracy(model, batches)
    after = [fingerprint(tensor) for tensor in tensors]
    assert after[0] == before[0], "Your function changes the pictures or labels of the batches."
    modes = {module.training for module in model.modules()}
    hint = "The model comes in eval() mode and is in train() mode afterwards. Leave its mode, or call model.eval()."
    assert was_training or modes == {False}, hint
    hint = "Some layers of the model are in train() mode afterwards and some in eval() mode. Leave the modes."
    assert len(modes) == 1, hint
    hint = "The parameters or running averages of the model change in your function. Only call the model, in its mode."
    assert after[1:] == before[1:], hint
    graded = [parameter for parameter in model.parameters() if parameter.grad is not None]
    assert not graded, "Your function leaves gradients in the model: nothing here needs backward()."
    if not isinstance(batches, list | tuple | DataLoader):
        twice = "A generator can be gone through only once: count hits and pictures in the same loop."
        assert as_number(result) != 0, twice
    none = (
        "No prediction counts as a hit. Compare labels with the index of the largest logit of each row, argmax(dim=1)."
    )
    assert as_number(result) != 0, none
    with torch.no_grad():
        hits = sum((model(x).argmax(dim=1) == y).sum().item() for x, y in pairs)
    assert_share(result, hits / sum(sizes), name, mistakes, sum(sizes), earlier)


def _mistakes_of_accuracy(model, pairs):
    """Return hint -> the number that this mistake leads to."""
    with torch.no_grad():
        logits = [model(x) for x, _ in pairs]
    labels = [y for _, y in pairs]
    hits = [(z.argmax(dim=1) == y).sum().item() for z, y in zip(logits, labels, strict=True)]
    sizes = [len(y) for y in labels]
    total, count, batches = sum(hits), sum(sizes), len(sizes)
    if count == 1:
        return {}
    every_logit, every_label = torch.cat(logits), torch.cat(labels)
    one_hot = F.one_hot(every_label, every_logit.shape[1]).bool()
    shares = [hit / size for hit, size in zip(hits, sizes, strict=True)]
    mistakes = {}
    if pairs[0][0].ndim == 2:
        inputs = torch.cat([x for x, _ in pairs])
        mistakes["The largest input was taken, not the largest logit: call the model."] = (
            (inputs.argmax(dim=1) == every_label).double().mean()
        )
    mistakes |= {
        "That is the first batch alone. Does `return` stand inside the loop?": shares[0],
        "That is the mean of the accuracies of the batches, but the last batch is smaller. Divide once, at the end.": (
            sum(shares) / batches
        ),
        "That is the sum of the accuracies of the batches.": sum(shares),
        "That is the last batch alone. Add to the counters, don't overwrite them.": shares[-1],
        "The hits of the last batch alone are counted. Add to the counters, don't overwrite them.": hits[-1] / count,
        "The pictures of the last batch alone are counted. Add to the counters, don't overwrite them.": (
            total / sizes[-1]
        ),
        "The last batch is left out.": sum(hits[:-1]) / max(1, sum(sizes[:-1])),
        "The first batch is left out.": sum(hits[1:]) / max(1, sum(sizes[1:])),
        "That is the number of hits. Divide it by the number of pictures.": total,
        "Divide by the number of pictures, not by the number of batches.": total / batches,
        f"There are {count} pictures, not {batches} times {sizes[0]}: the last batch is smaller.": (
            total / (batches * sizes[0])
        ),
        f"There are {count} pictures. One picture too many was counted.": total / (count + 1),
        f"There are {count} pictures. One picture too few was counted.": total / (count - 1),
        f"There are {count} pictures. One more was counted in each batch.": total / (count + batches),
        f"There are {count} pictures. One less was counted in each batch.": total / (count - batches),
        "There is one hit too many.": (total + 1) / count,
        "There is one hit too few.": (total - 1) / count,
        "That is pictures divided by hits. Divide the hits by the pictures.": count / max(1, total),
        "The smallest logit was taken. The prediction is the class of the largest one.": (
            (every_logit.argmin(dim=1) == every_label).double().mean()
        ),
        "argmax() without dim looks for one largest logit in the whole batch. Use dim=1.": (
            sum((z.argmax() == y).sum().item() for z, y in zip(logits, labels, strict=True)) / count
        ),
    }
    mistakes["Logits are rounded or compared with a threshold. The prediction is the index of the largest one."] = (
        _by_threshold(every_logit, every_label, one_hot)
    )
    return mistakes


def _by_threshold(logits, labels, one_hot):
    """Return the shares that come out if logits or probabilities are rounded or compared with a threshold."""
    chosen = [logits > 0.5, logits > 0, logits.sigmoid() > 0.5, logits.softmax(dim=1) > 0.5, logits.round() == 1]
    shares = [((logits[:, -1] > 0.5) == labels).double().mean(), ((logits[:, -1] > 0) == labels).double().mean()]
    for flags in chosen:
        right = flags == one_hot
        shares += [right.all(dim=1).double().mean(), right.double().mean()]
    return shares


@exercise("5.4")
def top_k_accuracy(top_k):
    earlier = []
    sizes = [(200, 9, 4), (90, 7, 2), (7, 4, 2), (30, 5, 1), (5, 5, 3), (12, 3, 3), (1, 6, 2), (1, 6, 5), (64, 10, 7)]
    sizes.append((120, 12, 4))  # more classes than clothes
    for number, (n, classes, k) in enumerate(sizes):
        logits = 3 * torch.randn(n, classes) - 100 * (number % 2)  # in every other case all are below 0
        labels = torch.randint(0, classes, (n,))
        if n == 1:
            labels = logits.argsort(dim=1, descending=True)[:, k - 1]  # the right class is the last that counts
        _assert_top_k(top_k, logits, labels, k, earlier)


def _assert_top_k(top_k, logits, labels, k, earlier):
    """Assert that the reader's top-k accuracy is right for these logits."""
    n, classes = logits.shape
    name = f"top_k(logits, labels, {k}) for logits of shape {(n, classes)}"
    rank = (logits > logits.gather(1, labels[:, None])).sum(dim=1)  # how many logits are larger than the right one
    hits = (rank < k).double()
    want = hits.mean().item()
    with told_of_errors("The mean of True and False needs numbers: float() comes first.", "Bool"):
        result = top_k(logits, labels, k)
    if isinstance(result, torch.Tensor) and result.ndim:
        shape = tuple(result.shape)
        raise AssertionError(f"{name} should be one number for all rows, but it has the shape {shape}. Take the mean.")
    mistakes = {}
    if n > 1:
        mistakes = {
            "That is the number of hits. Divide it by the number of rows.": want * n,
            "That is k times too small. Ask each row whether any of its entries fits, then average over rows.": (
                want / k if k > 1 else None
            ),
            "No row counts as a hit. Compare the indices of the k largest logits of each row with its label, and ask "
            "whether any of them fits.": 0.0 if k > 1 else None,
            "Divide by the number of rows, not by k.": want * n / k if k > 1 else None,
            "Divide by the number of rows, not by the number of classes.": want * n / classes,
            "Divide by the number of rows: those of all rows and classes are too many.": want / classes,
            **_without_a_row(hits),
        }
        if classes > 10:
            few = (hits * (labels < 10)).mean()
            mistakes["Labels of 10 and more never count as hits. The number of classes is K, logits.shape[1]."] = few
        for other in range(1, classes):
            if other != k:
                plural = f"the {other} largest logits" if other > 1 else "the largest logit alone"
                mistakes[f"That is the share for {plural}, and k is {k}."] = (rank < other).double().mean()
        mistakes["That looks at the k-th largest logit alone. All from the first to the k-th count."] = (
            (rank == k - 1).double().mean()
        )
        mistakes["That looks at the k smallest logits. The largest ones are wanted."] = (
            (rank >= classes - k).double().mean()
        )
        mistakes["That asks whether any row is a hit. Ask it of each row: any(dim=1), then the mean."] = (
            float(hits.any()) if want < 1 else None
        )
        mistakes["The k largest of each column are taken. Each row is a picture: use dim=1."] = lambda: _by_columns(
            logits, labels, k
        )
    else:
        mistakes["The right class is among the k largest logits here: the last of them counts as well."] = 0.0
    assert_share(result, want, name, mistakes, n, earlier)


def _without_a_row(hits):
    """Return hint -> share, for the last or the first row left out."""
    last, first = hits[:-1].mean(), hits[1:].mean()
    if last == first:
        return {"A row is left out, the first or the last.": last}
    return {"The last row is left out.": last, "The first row is left out.": first}


def _by_columns(logits, labels, k):
    """Return what comes out if the largest of each column are taken for those of each row."""
    best = logits.topk(k, dim=0).indices.T  # [K, k]
    return (best == labels[:, None]).any(dim=1).double().mean()


# 5.7 Dropout by hand


@exercise("5.7")
def dropout_by_hand(dropout):
    shapes = [((200, 100), 0.25), ((4000,), 0.5), ((70, 70), 0.4), ((6, 40, 90), 0.1), ((30, 3, 10, 20), 0.9)]
    for number, (shape, p) in enumerate(shapes):
        x = (torch.rand(shape) + 1) * (100 if number == 1 else 1)
        x *= (-1) ** torch.arange(shape[-1])  # negative entries as well
        _assert_no_training(dropout, x, p)
        _assert_drops(dropout, x.double() if number == 4 else x, p)
    for x in (torch.tensor(3.0), torch.empty(0, 4), torch.full((1, 1), -2.0)):
        _assert_no_training(dropout, x, 0.5)
        kept, dropped = x * 2, x * 0
        name = f"dropout(x, 0.5, True) for x of shape {tuple(x.shape)}"
        result = dropout(x, 0.5, True)
        if not is_same(result, dropped):
            assert_same(result, kept, name, dtype=x.dtype)
    x = torch.randn(50, 7)
    assert_same(dropout(x, 0.0, True), x, "dropout(x, 0, True), where nothing is dropped,")
    _assert_differentiable(dropout)


def _assert_no_training(dropout, x, p):
    """Assert that x comes back as it is outside of training."""
    name = f"dropout(x, {p}, False)"
    result = dropout(x, p, False)
    comparable = isinstance(result, torch.Tensor) and result.shape == x.shape and result.device == x.device
    comparable = comparable and result.layout == x.layout
    if comparable and not is_same(result, x):
        assert result.dtype == x.dtype, f"{name} should have the dtype of x, {x.dtype}, but it has {result.dtype}."
        assert not (result == 0).any(), f"{name} drops entries, though this is not training: it should return x."
    mistakes = {
        f"{name} scales x, though this is not training: it should return x as it is.": x / (1 - p),
        f"{name} multiplies x by 1 - p. The factor belongs to training; here x comes back as it is.": x * (1 - p),
        f"{name} multiplies x by p. Here x comes back as it is.": x * p,
        f"{name} is rounded: it should be x as it is.": (x * 10).round() / 10,
        f"{name} is cut off at 1 or 0: it should be x as it is.": [x.clamp(-1, 1), x.clamp(min=0)],
        f"{name} has the entries of x in another order. It should be x as it is.": _in_other_orders(x),
        f"{name} multiplies x by {_factor(result, x):.4g}. It should return x as it is.": x * _factor(result, x),
    }
    mistakes = {hint: _same_one(result, wrong) for hint, wrong in mistakes.items()}
    assert_same(result, x, name, mistakes, dtype=x.dtype)


def _in_other_orders(x):
    """Return a tensor with its entries in other orders."""
    orders = [x.flip(0)] if x.ndim else []
    if x.ndim and len(x) > 1:
        orders.append(torch.cat([x[:-1], x[:1]]))
    if x.ndim == 2 and x.shape[0] == x.shape[1]:
        orders.append(x.T)
    return orders


def _same_one(result, wrong):
    """Return the tensor of a list that a result equals, else None; what is no list is returned as it is."""
    if not isinstance(wrong, list):
        return wrong
    return next((one for one in wrong if is_same(result, one)), None)


def _factor(result, x):
    """Return the one number by which the entries of x that remain are multiplied; nan if there is none."""
    comparable = isinstance(result, torch.Tensor) and result.shape == x.shape and result.dtype == x.dtype
    if not comparable or result.device != x.device or result.layout != x.layout:
        return math.nan
    remains = result.detach() != 0
    factors = (result.detach() / x.detach())[remains]
    if not len(factors) or not factors.isfinite().all() or factors.max() - factors.min() > 1e-3 * factors.abs().max():
        return math.nan
    return factors.mean().item()


def _assert_like(result, x, name):
    """Assert that a result is a tensor of the shape, dtype and device of x."""
    assert isinstance(result, torch.Tensor), f"{name} should be a tensor, but it is {describe(result)}."
    same_shape = result.shape == x.shape
    assert same_shape, f"{name} should have the shape of x, {tuple(x.shape)}, but it has {tuple(result.shape)}."
    assert result.dtype == x.dtype, f"{name} should have the dtype of x, {x.dtype}, but it has {result.dtype}."
    assert result.device == x.device, f"{name} should be on the device of x, {x.device}, not on {result.device}."
    assert result.layout == x.layout, f"{name} should be an ordinary tensor, but it is of layout {result.layout}."


def _assert_drops(dropout, x, p):
    """Assert that entries are dropped in training, each on its own, and the rest is scaled."""
    name = f"dropout(x, {p}, True)"
    result = dropout(x, p, True)
    _assert_like(result, x, name)
    assert not result.isnan().any(), f"{name} holds nan."
    dropped = result == 0
    share = dropped.double().mean().item()
    if share in (0, 1):
        shares = {(dropout(x, p, True) == 0).double().mean().item() for _ in range(60)}
        all_or_none = f"{name} drops all entries in some calls and none in others: one random number decides for all."
        assert shares != {0, 1}, f"{all_or_none} Each entry should be dropped on its own."
    assert share > 0, f"{name} sets no entry to 0."
    assert not dropped[x < 0].all(), f"{name} sets all negative entries of x to 0. The sign should not matter."
    assert not dropped[x > 0].all(), f"{name} sets all positive entries of x to 0. The sign should not matter."
    for dim in range(x.ndim):
        first = dropped.select(dim, 0).unsqueeze(dim)
        hint = f"{name} drops the same entries all along dimension {dim}. Each entry should be dropped on its own."
        assert not (dropped == first).all(), hint
    swapped = abs(share - p) > 0.05 and abs(share - (1 - p)) < 0.05
    assert not swapped, f"{name} keeps a share of {p} and drops the rest: it should be the other way round."
    hint = f"{name} should set about {p:.0%} of the entries to 0, but it sets {share:.0%} to 0."
    assert abs(share - p) < 0.04, hint
    counts = set()
    for _ in range(6):
        again = dropout(x, p, True)
        _assert_like(again, x, name)
        hint = f"{name} drops the same entries in each call: draw anew each time."
        assert not torch.equal(again == 0, dropped), hint
        counts.add(int((again == 0).sum()))
    hint = f"{name} drops exactly the same number of entries each time. Each entry should be dropped on its own."
    assert len(counts) > 1, hint
    mean_of_rest = dropped.sum().item() / dropped.numel()
    mistakes = {
        "The entries that remain are not scaled: the factor 1 / (1 - p) is missing.": x,
        "The factor is 1 / (1 - p), not 1 / p.": x / p,
        "Multiply what remains by 1 / (1 - p), not by 1 - p.": x * (1 - p),
        "Multiply what remains by 1 / (1 - p), not by p.": x * p,
        "The factor is 1 / (1 - p), with a minus.": x / (1 + p),
        "The factor is applied twice.": x / (1 - p) ** 2,
        "The sign of what remains is wrong.": x / (p - 1),
        "What remains lost its sign.": x.abs() / (1 - p),
        "The factor depends on how many entries happened to be dropped. It should be 1 / (1 - p) each time.": (
            x / (1 - mean_of_rest)
        ),
        "What remains is rounded.": (x / (1 - p) * 10).round() / 10,
        "What remains is cut off at 1: the scaled entries may be larger.": (x / (1 - p)).clamp(-1, 1),
    }
    factor = _factor(result, x)
    hint = f"What remains is multiplied by {factor:.4g}. The factor should be 1 / (1 - p), here {1 / (1 - p):.4g}."
    mistakes[hint] = x * factor
    mistakes = {hint: wrong.masked_fill(dropped, 0) for hint, wrong in mistakes.items()}
    in_order = torch.where(dropped, x, result).sign()
    hint = "The entries that remain do not belong to the entries of x at the same index."
    mistakes[hint] = result if not torch.equal(in_order, x.sign()) else None
    assert_same(result, (x / (1 - p)).masked_fill(dropped, 0), name, mistakes)


def _assert_differentiable(dropout):
    """Assert that gradients flow back through the entries that remain."""
    for p, training in ((0.4, True), (0.4, False)):
        x = (torch.rand(40, 30) + 1).requires_grad_()
        result = dropout(x, p, training)
        name = f"dropout(x, {p}, {training})"
        hint = f"{name} is cut off from the graph: no gradient flows back to x, so a network could not learn."
        _assert_like(result, x, name)
        assert result.requires_grad, hint
        try:
            (gradient,) = torch.autograd.grad(result.sum(), x, allow_unused=True)
        except RuntimeError as error:
            raise AssertionError(f"backward() through {name} fails: {error}") from None
        assert gradient is not None, hint
        want = (result / x).detach()
        assert is_same(gradient, want), f"The gradient of {name} is wrong where x is dropped or scaled."


# 5.8 Early stopping


@exercise("5.8")
def early_stopping(EarlyStopping):
    _assert_stops_in_time(EarlyStopping)
    _assert_restores(EarlyStopping)
    _assert_apart(EarlyStopping)


class Stopper:
    """The reader's EarlyStopping, with hints where it is not what the card says."""

    def __init__(self, early_stopping, patience):
        self.how = f"EarlyStopping(patience={patience})"
        self.object = call(early_stopping, self.how, patience=patience)

    def _method(self, name):
        method = getattr(self.object, name, None)
        assert callable(method), f"{self.how} has no method `{name}`."
        return method

    def update(self, loss, model):
        """Return what update returns, a bool; assert that it leaves the model as it is."""
        graded = [parameter.grad is None for parameter in model.parameters()]
        with unchanged(model, what="the model in update"):
            stop = call(self._method("update"), "update(loss, model)", loss, model)
        assert graded == [parameter.grad is None for parameter in model.parameters()], "update changed gradients."
        assert stop is not None, "update returns nothing: it should return True or False in every epoch."
        is_flag = isinstance(stop, bool | np.bool_) or (
            isinstance(stop, torch.Tensor) and stop.dtype == torch.bool and stop.numel() == 1 and not stop.is_meta
        )
        assert is_flag, f"update should return True or False, but it returns {describe(stop)}."
        return bool(stop)

    def restore(self, model):
        """Restore a model; assert that its parameters, its mode and what is trained of it stay."""
        parameters = list(model.parameters())
        flags = [[module.training for module in model.modules()], [p.requires_grad for p in model.parameters()]]
        kept = "Nothing was kept, though losses came: update should keep a copy at each new low, not when it stops."
        with told_of_errors(kept, "NoneType"):
            call(self._method("restore"), "restore(model)", model)
        same = all(one is two for one, two in zip(parameters, model.parameters(), strict=True))
        hint = "restore puts new parameters into the model, and an optimizer would go on with the old ones. Copy into "
        assert same, f"{hint}those of the model, as load_state_dict does."
        now = [[module.training for module in model.modules()], [p.requires_grad for p in model.parameters()]]
        assert now[0] == flags[0], "restore changed the mode (train or eval) of the model."
        assert now[1] == flags[1], "restore changed requires_grad of parameters of the model."


def _network(number):
    """Return a network whose state is filled with one number."""
    return _fill(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 1)), number)


def _fill(model, number):
    """Fill everything in a model with one number, in place, as training would."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.fill_(number)
    return model


def _stops_after(early_stopping, patience, losses):
    """Return the index of the epoch at which update returns True, or None."""
    stopper, model = Stopper(early_stopping, patience), _network(0)
    for epoch, loss in enumerate(losses):
        if stopper.update(loss, _fill(model, epoch)):
            return epoch
    return None


def _assert_stops_in_time(early_stopping):
    """Assert that training stops after the right epoch for many courses of the validation loss."""
    falling = [7.0, 6.0, 5.0, 4.0, 3.0, 2.0]
    slowly = [0.5 - 1e-5 * epoch for epoch in range(9)]
    courses = [  # what it is about, patience, losses, the epoch that should stop
        ("falling losses", 2, falling, None),
        ("large losses that fall", 3, [1e30 * loss for loss in falling], None),
        ("negative losses that fall", 2, [-loss for loss in reversed(falling)], None),
        ("losses that fall slowly", 2, slowly, None),
        ("a rise", 3, [3.0, 2.0, 2.5, 2.6, 2.7, 2.8], 4),
        ("a rise", 1, [3.0, 2.0, 2.5, 2.6], 2),
        ("a rise", 2, [3.0, 3.5, 3.6, 3.7], 2),
        ("a rise", 5, [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0], 5),
        ("losses equal to the lowest", 3, [2.0, 2.0, 2.0, 2.0, 2.0], 3),
        ("losses of nan", 2, [2.0, math.nan, math.nan, math.nan], 2),
        ("a loss of 0, then a rise", 2, [1.0, 0.0, 0.5, 0.6], 3),
        ("nan between others", 3, [2.0, math.nan, 2.5, math.nan, 1.0], 3),
        ("losses below the one before, but not below the lowest", 3, [1.0, 5.0, 4.0, 3.0, 2.0], 3),
        ("a new low after two epochs without one", 3, [4.0, 5.0, 5.0, 3.0, 4.0, 4.0, 2.0, 3.0, 3.0, 1.0], None),
        ("a new low, then a rise", 2, [4.0, 5.0, 3.0, 4.0, 2.0, 3.0, 3.0, 3.0], 6),
        ("nan, then losses that fall", 2, [math.nan, 3.0, 2.0, 1.0], None),
    ]
    for about, patience, losses, want in courses:
        got = _stops_after(early_stopping, patience, losses)
        if got == want:
            continue
        rounded = [float(f"{loss:.6g}") for loss in losses]
        text = f"With patience={patience} and the losses {rounded} ({about})"
        if want is None:
            raise AssertionError(f"{text} it stops at index {got}. It should go on: {_why_on(about)}")
        waits = f"The last of {patience} epochs in a row without a new low is at index {want}"
        if patience == 1:
            waits = f"The first epoch without a new low is at index {want}"
        if got is None and about == "a rise":
            raise AssertionError(f"{text} it never stops. {waits}: {_why_stop(about)} Keep the lowest loss in self.")
        if got is None:
            raise AssertionError(f"{text} it never stops. {waits}: {_why_stop(about)}")
        raise AssertionError(f"{text} it stops at index {got}. {waits}: {_why_stop(about)}")


def _why_on(about):
    """Return the rule because of which training goes on."""
    if about.startswith("a new low"):
        return "a new low sets the count of epochs back to 0."
    if "nan" in about:
        return "nan does not become the lowest loss, and each of the others is lower than all before."
    if "slowly" in about:
        return "each loss is lower than all before, if only by a little."
    return "each loss is lower than all before, and before the first the lowest is math.inf."


def _why_stop(about):
    """Return the rule because of which training stops."""
    if about == "losses equal to the lowest":
        return "an equal loss is not lower, so it is no new low."
    if "nan" in about:
        return "a loss of nan is no new low, and counts as an epoch without one."
    if about.startswith("losses below"):
        return "compare with the lowest loss so far, not with the one before."
    return "count the epochs since the lowest loss, and compare the count with patience."


def _assert_restores(early_stopping):
    """Assert that restore brings back everything of the epoch with the lowest loss, into any model."""
    for losses, best in (
        ([3.0, 2.0, 1.0, 4.0, 5.0], 2),
        ([2.0, 3.0, 4.0], 0),
        ([5.0, 4.0, 3.0], 2),
        ([1e9, -4.0, 1.0], 1),
    ):
        stopper, model = Stopper(early_stopping, 9), _network(0)
        model.train()
        model[0].bias.requires_grad_(False)
        for epoch, loss in enumerate(losses):
            stopper.update(loss, _fill(model, epoch + 10))
        _fill(model, 50)  # training goes on
        fresh = _network(99).eval()
        fresh[2].bias.requires_grad_(False)
        stopper.restore(fresh)
        _assert_holds(fresh, best, losses)
        with told_of_errors("That is a second call of restore: it should work as often as it is called.", ""):
            stopper.restore(_fill(fresh, 98))
        hint = (
            "restore works only once: the weights that were kept moved along with the restored model. Copy the numbers."
        )
        assert fresh[0].weight.eq(best + 10).all() and fresh[2].bias.eq(best + 10).all(), hint
        stopper.restore(model)
        _assert_holds(model, best, losses)
        moved = "restore should change only the model that it is given."
        assert fresh[0].weight.eq(best + 10).all(), moved
        _fill(model, 77)
        assert fresh[0].weight.eq(best + 10).all(), "Two restored models share their weights: copy the numbers."
        _assert_goes_on(stopper, model, losses)


def _assert_holds(model, best, losses):
    """Assert that a model holds the state of an epoch."""
    reached = model[0].weight.flatten()[0].item()
    nothing = "restore changes nothing in the model that it is given. Use model.load_state_dict(...)."
    assert reached not in (98, 99), nothing
    moved = "What was kept moved along with the training: state_dict() hands out the living tensors. Keep a copy."
    assert reached != 50, moved
    where = f"After the losses {losses} restore should bring back the epoch of index {best}, with the lowest loss"
    assert reached == best + 10, f"{where}, but it brings back index {reached - 10:.0f}. Copy at each new low only."
    for name, tensor in model.state_dict().items():
        is_back = tensor.eq(best + 10).all()
        assert is_back, f"restore does not bring back `{name}`. Keep all of the state_dict()."


def _assert_goes_on(stopper, model, losses):
    """Assert that a stopper that has restored a model still knows its lowest loss."""
    lower = min(losses) - 1
    assert not stopper.update(lower, _fill(model, 33)), "A new low after restore should not stop the training."
    stopper.restore(_fill(model, 60))
    assert model[0].weight.eq(33).all(), "A new low after restore should be kept like any other."


def _assert_apart(early_stopping):
    """Assert that two stoppers at a time know nothing of each other."""
    one, model = Stopper(early_stopping, 2), _network(1)
    assert not one.update(5.0, model), "The first epoch should not stop the training."
    other, second = Stopper(early_stopping, 1), _network(2)
    hint = "Two stoppers share something, such as the lowest loss. Keep everything in self, and set it in __init__."
    assert not other.update(9.0, second), hint
    assert not one.update(6.0, _fill(model, 3)), hint
    assert not other.update(8.0, _fill(second, 4)), hint
    assert other.update(8.5, _fill(second, 5)), hint
    assert one.update(7.0, _fill(model, 6)), hint
    one.restore(model)
    assert model[0].weight.eq(1).all(), hint
    other.restore(second)
    assert second[0].weight.eq(4).all(), hint


# 5.9 Find the temperature


@exercise("5.9")
def find_temperature(best_temperature, *, calibration_error):
    cases = _temperature_cases()
    results = []
    for logits, labels, candidates in cases:
        shapes = f"logits of shape {tuple(logits.shape)} and {len(candidates)} candidates"
        order = "F.cross_entropy takes the logits first, then the labels."
        with told_of_errors(f"That is for {shapes}.", ""), told_of_errors(order, "'Long'"):
            result = best_temperature(logits, labels, candidates)
        results.append(assert_scalar(result, f"best_temperature(logits, labels, candidates) for {shapes}"))
    _assert_temperatures(results, cases, calibration_error)


def _temperature_cases():
    """Return triples of logits, labels and candidates."""
    cases = []
    for n, classes, scale, highest in ((400, 4, 4.0, 9.1), (150, 10, 0.7, 7.3), (60, 2, 8.0, 14.9)):
        labels = torch.randint(0, classes, (n,))
        logits = scale * (torch.randn(n, classes) + 1.2 * F.one_hot(labels, classes)) + classes * (classes > 4) * 8
        grid = torch.linspace(0.053, highest, 31).roll(5 + n % 7)
        cases.append((logits, labels, grid))
    sure = torch.tensor([4.0, 0.0, -1.0]).repeat(6, 1)  # six predictions of class 0
    grid = torch.tensor([1.37, 3.7, 2.2, 8.42, 0.37, 0.1])
    for wrong, order in ((0, 1), (5, 1), (2, -1)):  # one of them is wrong: the first, the last, or another
        labels = torch.zeros(6, dtype=torch.long)
        labels[wrong] = 1
        cases.append((sure, labels, grid[::order] if order > 0 else grid.flip(0)))
    cases.append((sure, torch.zeros(6, dtype=torch.long), grid.sort(descending=True).values))  # all right: the last
    cases.append((sure, torch.full((6,), 2), grid.sort(descending=True).values))  # all wrong: the first
    cases.append((sure[:1], torch.tensor([1]), torch.tensor([0.9, 2.15])))
    cases.append((sure[:, :2], torch.ones(6, dtype=torch.long), torch.tensor([1.7])))
    # A loss above 300, in double precision: even there log(softmax) has no log(0).
    cases.append((300 * sure[:1].double(), torch.tensor([1]), torch.tensor([2.15, 3.9, 3.1])))
    return cases


def _assert_temperatures(results, cases, calibration_error):
    """Assert that the candidate with the lowest cross-entropy is found in each case.

    A mistake is named only if it explains what came in all cases: in one of them, two criteria often meet by chance.
    """
    losses = [_scores(F.cross_entropy, *case) for case in cases]
    wants = [candidates[loss.argmin()].item() for (_, _, candidates), loss in zip(cases, losses, strict=True)]
    is_right = []
    for result, (_, _, candidates), loss in zip(results, cases, losses, strict=True):
        equally_good = candidates[loss <= loss.min() * (1 + 1e-5)].tolist()  # but for rounding
        is_right.append(any(_is_near(result, T) for T in equally_good))
    if all(is_right):
        return
    mistakes = [
        _mistakes_of_temperature(*case, loss, result, calibration_error)
        for case, loss, result in zip(cases, losses, results, strict=True)
    ]
    for hint in mistakes[0]:
        values = [_value(mistake[hint]) for mistake in mistakes]
        explained = [v is not None and _is_near(result, float(v)) for result, v in zip(results, values, strict=True)]
        assert not all(explained), hint
    searched = [  # a search that never begins is right where the first candidate is the best
        (loss.min().item(), right)
        for (_, _, candidates), loss, want, right in zip(cases, losses, wants, is_right, strict=True)
        if want != candidates[0]
    ]
    missed = [case for case, right in enumerate(is_right) if not right]
    if all(_is_near(results[case], cases[case][2][0].item()) for case in missed):  # the first candidate stays
        _assert_start(searched)
    first = is_right.index(False)
    logits, _, candidates = cases[first]
    result, want = results[first], wants[first]
    shapes = f"logits of shape {tuple(logits.shape)} and {len(candidates)} candidates"
    name = f"best_temperature(logits, labels, candidates) for {shapes} is {result:.6g}"
    if any(_is_near(result, T) for T in candidates.tolist()):
        best = f"the candidate with the lowest cross-entropy for these logits and labels is {want:.6g}"
        raise AssertionError(f"{name}, but {best}.")
    of_earlier = "That is the temperature for the arguments of an earlier call. Is something kept between calls?"
    assert not any(_is_near(result, other) for other in wants[:first]), of_earlier
    raise AssertionError(f"{name}, which is none of the candidates. It should be {want:.6g}.")


def _is_near(result, value):
    """Whether two numbers are equal but for rounding."""
    return math.isclose(result, value, rel_tol=1e-5, abs_tol=1e-9)


def _scores(score, logits, labels, candidates):
    """Return what a score of scaled logits and labels is for each candidate."""
    return torch.stack([score(logits / T, labels) for T in candidates])


def _assert_start(searched):
    """Assert, for pairs (lowest loss, found?), that the search does not fail where and only where the loss is high."""
    found = [loss for loss, right in searched if right]
    missed = [loss for loss, right in searched if not right]
    assert not found or not missed or max(found) > min(missed), (
        f"The best candidate is found where its loss is at most {max(found):.3g}, but not where it is "
        f"{min(missed):.3g} or more. Does the lowest loss start too low? Start with math.inf."
    )


def _mistakes_of_temperature(logits, labels, candidates, losses, result, calibration_error):
    """Return hint -> the temperature that this mistake leads to in one case."""

    def choose(score, rows=slice(None)):
        return candidates[_scores(score, logits[rows], labels[rows], candidates).argmin()]

    def distance(z, y):
        confidence, predictions = z.softmax(dim=1).max(dim=1)
        return (confidence.mean() - (predictions == y).double().mean()).abs()

    index = losses.argmin().item()
    rest = len(candidates) > 1
    rises = (losses[1:] > losses[:-1]).nonzero().flatten().tolist()  # where the next candidate is worse
    want = candidates[index].item()
    return {
        "That is the index of the best candidate. Return the candidate itself.": index,
        "That is the lowest loss. Return the temperature that belongs to it.": losses.min(),
        "Log is missing: F.nll_loss takes the logarithms of probabilities. (F.cross_entropy takes the logits.)": (
            lambda: choose(lambda z, y: F.nll_loss(z.softmax(dim=1), y))
        ),
        "Divide the logits by T. They were multiplied by it.": lambda: candidates[
            torch.stack([F.cross_entropy(logits * T, labels) for T in candidates]).argmin()
        ],
        "That is the candidate with the highest loss. The lowest is wanted.": candidates[losses.argmax()],
        "That is the first candidate. Does `return` stand inside the loop, or is something compared that T does not "
        "change, such as the accuracy?": candidates[0],
        "The search ends where the loss first rises. The candidates are in no order: try all of them.": (
            candidates[rises[0] if rises else -1]
        ),
        "That is the last candidate. Keep the one with the lowest loss of all.": candidates[-1],
        "That is the largest candidate. Choose by the loss.": candidates.max(),
        "That is the smallest candidate. Choose by the loss.": candidates.min(),
        "F.cross_entropy takes logits: it applies the softmax itself, and here it was applied twice.": (
            lambda: choose(lambda z, y: F.cross_entropy(z.softmax(dim=1), y))
        ),
        "That would be the best candidate without the last row of the logits. Are all rows used?": (
            lambda: choose(F.cross_entropy, slice(-1))
        ),
        "That would be the best candidate without the first row of the logits. Are all rows used?": (
            lambda: choose(F.cross_entropy, slice(1, None))
        ),
        "The first candidate is left out of the search.": candidates[losses[1:].argmin() + 1] if rest else want,
        "The last candidate is left out of the search.": candidates[losses[:-1].argmin()] if rest else want,
        "That is the neighbor of the best candidate, one index later.": candidates[(index + 1) % len(candidates)],
        "That is the neighbor of the best candidate, one index earlier.": candidates[index - 1],
        "That is the candidate with the least calibration error. The lowest cross-entropy is wanted.": (
            lambda: choose(lambda z, y: torch.tensor(calibration_error(z.softmax(dim=1), y)))
        ),
        "That is the candidate whose mean confidence is closest to the accuracy. The lowest cross-entropy is wanted.": (
            lambda: choose(distance)
        ),
        "The best temperature is rounded. Return the candidate as it is.": (_rounded_like(result, want) or want),
    }


# 5.11 An ensemble


@exercise("5.11", may_change_inputs=True)  # model.eval() is allowed; what else may not change is judged here
def average_probabilities(ensemble):
    cases = [  # networks, rows, features, classes; in train() mode?
        (3, 6, 4, 3, True),
        (2, 5, 3, 7, False),
        (4, 4, 4, 4, True),
        (1, 8, 2, 5, True),
        (5, 1, 6, 2, False),
        (2, 2, 3, 2, True),
    ]
    for count, rows, features, classes, training in cases:
        models = [_member(features, classes) for _ in range(count)]
        for model in models:
            model.train(training)
        _assert_ensemble(ensemble, models, torch.randn(rows, features))
    mixed = [_member(4, 3).train(number % 2 == 0) for number in range(4)]
    _assert_ensemble(ensemble, mixed, 30 * torch.randn(5, 4))
    plain = [nn.Sequential(nn.Flatten(), nn.Linear(12, 3)) for _ in range(2)]
    _assert_ensemble(ensemble, plain, torch.randn(4, 1, 3, 4))


def _member(features, classes):
    """Return a network whose two modes differ: it has dropout and a batch norm with a history."""
    model = nn.Sequential(nn.Linear(features, 9), nn.BatchNorm1d(9), nn.Dropout(0.5), nn.Linear(9, classes))
    with torch.no_grad():
        model[1].running_mean.uniform_(-1, 1)
        model[3].weight.mul_(6)
    return model


def _assert_ensemble(ensemble, models, x):
    """Assert that the probabilities are averaged, and that networks and pictures are left as they were."""
    count = len(models)
    name = f"For {count} network{'s' if count > 1 else ''} and x of shape {tuple(x.shape)}, ensemble(models, x)"
    twins = copy.deepcopy(models)
    with torch.no_grad():
        lively = torch.stack([_without_memory(copy.deepcopy(twin).train(), x) for twin in twins])
        logits = torch.stack([twin.eval()(x) for twin in twins])
    probabilities = logits.softmax(dim=-1)
    came, kept = list(models), x.clone()
    modes = [[module.training for module in model.modules()] for model in models]
    tensors = [tensor for model in models for tensor in (*model.parameters(), *model.buffers())]
    before = [fingerprint(tensor) for tensor in tensors]
    trained = [tensor.requires_grad for tensor in tensors]
    result = ensemble(models, x)
    assert torch.equal(x, kept), "Your function changes x. Work on a copy, or make something new."
    same = len(models) == count and all(one is two for one, two in zip(models, came, strict=True))
    assert same, "Your function changes the list of models."
    hint = "requires_grad of parameters changes in your function. To record nothing, use torch.inference_mode()."
    assert trained == [tensor.requires_grad for tensor in tensors], hint
    after = [fingerprint(tensor) for tensor in tensors]
    hint = (
        "Parameters or running averages of the networks change in your function. Are they in eval() mode when called?"
    )
    assert after == before, hint
    graded = [parameter for model in models for parameter in model.parameters() if parameter.grad is not None]
    assert not graded, "Your function leaves gradients in the networks."
    _assert_modes(models, modes)
    want = probabilities.mean(dim=0)
    if isinstance(result, torch.Tensor) and result.requires_grad:
        raise AssertionError(f"{name} still records for backward: use torch.inference_mode() or torch.no_grad().")
    mistakes = _mistakes_of_ensemble(logits, lively)
    if isinstance(result, torch.Tensor) and result.shape == want.shape and result.is_floating_point():
        sums = result.sum(dim=-1).tolist() if not result.is_meta else []
        wrong = [total for total in sums if not abs(total - 1) < 1e-3]
        if wrong:
            mistakes[f"{name}: each row should add up to 1, but a row adds up to {wrong[0]:.4g}."] = result.detach()
    assert_same(result, want, name, mistakes)


def _without_memory(model, x):
    """Return what a network in train() mode computes; a batch norm needs two rows for that."""
    return model(x) if len(x) > 1 else model.eval()(x)


def _assert_modes(models, modes):
    """Assert that each network is in the mode in which it came, or in eval() mode."""
    now = [[module.training for module in model.modules()] for model in models]
    kept = all(one == two for one, two in zip(now, modes, strict=True))
    in_eval = not any(any(flags) for flags in now)
    each = all(one == two or not any(one) for one, two in zip(now, modes, strict=True))
    hint = "A network is left in train() mode, though it came in eval() mode. Leave them in eval(), or as they came."
    assert kept or in_eval or each, hint


def _mistakes_of_ensemble(logits, lively):
    """Return hint -> what this mistake leads to, for logits [M, N, K]."""
    probabilities, classes, count = logits.softmax(dim=-1), logits.shape[-1], len(logits)
    votes = F.one_hot(logits.argmax(dim=-1), classes).double().mean(dim=0)
    total = probabilities.sum(dim=0)
    geometric = logits.log_softmax(dim=-1).mean(dim=0).exp()
    steps = probabilities[0]
    for one in probabilities[1:]:
        steps = (steps + one) / 2
    mistakes = {
        "That is one table for each network. Take the mean over the networks: dim=0.": probabilities,
        "Those are the predicted classes. Return the mean probabilities.": probabilities.mean(dim=0).argmax(dim=-1),
        "That is the mean of the logits. Apply the softmax to each network's logits first.": logits.mean(dim=0),
        "The softmax is applied to the mean of the logits. Softmax first, then the mean.": (
            logits.mean(dim=0).softmax(dim=-1)
        ),
        "That is the sum of the logits.": logits.sum(dim=0),
        "The softmax is applied to the sum of the logits. Softmax first, then the mean.": logits.sum(0).softmax(-1),
        "That is the sum of the probabilities. Take the mean.": total,
        "Those are the shares of votes. Average the probabilities, they tell more.": votes,
        "Those are the logarithms of the mean probabilities.": probabilities.mean(dim=0).log(),
        "That is the mean of log probabilities. Average the probabilities themselves.": (
            logits.log_softmax(dim=-1).mean(dim=0)
        ),
        "Log probabilities are averaged. Average the probabilities themselves.": geometric,
        "The softmax goes over the rows of the batch. Each row should add up to 1: dim=-1.": (
            logits.softmax(dim=1).mean(dim=0)
        ),
        "The softmax goes over the networks. Each row should add up to 1: dim=-1.": logits.softmax(dim=0).mean(dim=0),
        "The mean goes over the rows of the batch. Take it over the networks.": lambda: probabilities.mean(dim=1),
        "The mean goes over the classes. Take it over the networks.": lambda: probabilities.mean(dim=2),
        "The softmax is applied twice.": probabilities.softmax(dim=-1).mean(dim=0),
        "The softmax is applied twice, before the mean and after it.": probabilities.mean(dim=0).softmax(dim=-1),
        "The networks are called in train() mode. Use eval().": lively.softmax(dim=-1).mean(dim=0),
        "The result is rounded.": (probabilities.mean(dim=0) * 10).round() / 10,
        "The result is in half precision, with three digits left.": probabilities.mean(dim=0).half(),
        "The result is transposed: a row for each picture, a column for each class.": probabilities.mean(dim=0).T,
        "The rows of the batch are in reverse order.": probabilities.mean(dim=0).flip(0),
        "The last row is that of the first picture.": torch.cat(
            [probabilities.mean(dim=0)[:-1], probabilities.mean(dim=0)[:1]]
        ),
    }
    if count > 1:
        mistakes |= {
            "That is the first network alone. Does `return` stand inside the loop?": probabilities[0],
            "That is the last network alone. Add up all of them.": probabilities[-1],
            "The last network is left out.": probabilities[:-1].mean(dim=0),
            "The first network is left out.": probabilities[1:].mean(dim=0),
            "The networks don't count alike: halving after each one gives the last one half of the weight.": steps,
            "That is the median over the networks. Take the mean.": probabilities.median(dim=0).values,
            "That is the largest probability of any network. Take the mean.": probabilities.amax(dim=0),
        }
    for other in range(1, 7):
        if other != count:
            hint = f"The sum is divided by {other}, but there are {count} networks: divide by len(models)."
            mistakes[hint] = total / other
    return mistakes
