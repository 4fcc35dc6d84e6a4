"""The checks of Part 3, Training."""

import copy
import math
import weakref
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader

from exercises.compare import (
    Calls,
    as_number,
    assert_number,
    assert_predictions,
    assert_same,
    assert_values,
    call,
    describe,
    is_same,
    relations,
)
from exercises.judge import exercise

# What several checks share


def assert_scalar(got, name):
    """Assert that a value is a number or a tensor of shape (); return it as a float."""
    dimensions = getattr(got, "ndim", 0)
    if isinstance(dimensions, int) and dimensions > 0:
        shape = tuple(got.shape)
        assert math.prod(shape) == 1, f"{name} should be one number, but it has the shape {shape}: take the mean."
        raise AssertionError(f"{name} should be a number or a tensor of shape (), but it has the shape {shape}.")
    number = as_number(got)
    assert number is not None, f"{name} should be a number, but it is {describe(got)}."
    return number


def read_number(value):
    """Return a prediction as a float, for `assert_predictions`."""
    number = as_number(value)
    if number is None:
        raise TypeError("not a number")
    return number


# 3.1


@exercise("3.1")
def cross_entropy_by_hand(cross_entropy):
    earlier = []
    batches = [
        (torch.randn(6, 4) * 2, torch.tensor([0, 3, 1, 1, 2, 0])),
        (torch.randn(3, 7) - 5, torch.tensor([6, 0, 2])),
        (torch.randn(4, 4), torch.tensor([3, 2, 2, 0])),
        (torch.randn(1, 3), torch.tensor([1])),
        (torch.zeros(5, 10), torch.arange(5)),
        (torch.tensor([[9.0, -9.0], [-12.0, 9.0]]), torch.tensor([1, 0])),
    ]
    for logits, labels in batches:
        _judge_loss(cross_entropy, logits, labels, earlier)
    _judge_slopes(cross_entropy, torch.randn(5, 3), torch.tensor([2, 0, 1, 1, 0]))
    for logits, labels in [([[1000.0, 0.0]], [1]), ([[-800.0, 0.0, 900.0], [700.0, 0.0, -1.0]], [0, 0])]:
        _judge_large(cross_entropy, torch.tensor(logits), torch.tensor(labels))


def _judge_loss(cross_entropy, logits, labels, earlier):
    """Judge the loss of one batch; `earlier` holds the losses of the batches before."""
    n, k = logits.shape
    name = f"cross_entropy(logits, labels) for logits of shape ({n}, {k})"
    with Calls() as calls:
        result = cross_entropy(logits.clone(), labels.clone())
    used = calls.used("cross_entropy", "nll_loss", "cross_entropy_loss", "nll_loss_nd")
    if used:
        raise AssertionError(
            f"You call PyTorch's own loss, `{used}`: compute the loss by hand, with `log_softmax` or simpler functions."
        )
    assert not isinstance(result, float | int), f"{name} should be a tensor, but it is a number: leave out `.item()`."
    rows = torch.arange(n)
    logs = logits.log_softmax(-1)
    picked = logs[rows, labels]
    want = -picked.mean()
    last = -logs[rows[:-1], labels[:-1]]
    over_batch = logits.log_softmax(0)
    fixed = -(logs[0, 0] + logs[1, 1]) / 2 if n > 1 else picked[0]  # close to the next one for the first batch
    twice = -logits.softmax(-1).log_softmax(-1)[rows, labels].mean()
    bounded = []
    for small in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6):
        bounded += [-(picked.exp() + small).log().mean(), -picked.exp().clamp(min=small).log().mean()]
    mistakes = {
        "Rows and classes are fixed, as for the lesson's two pictures. Take from each row the entry of its label.": (
            fixed if is_same(result, fixed, atol=1e-6, rtol=1e-5) else None
        ),
        "There is one loss for each picture: take the mean.": -picked,
        "The sign is wrong: the loss is minus the mean of the log-probabilities.": picked.mean(),
        "This is the sum over the batch. Take the mean.": -picked.sum(),
        "This is the mean over all classes. Pick the log-probability of the true class in each row.": -logs.mean(),
        "These are raw logits: take log_softmax first.": -logits[rows, labels].mean(),
        "The logarithm is missing: these are probabilities.": -picked.exp().mean(),
        "These are probabilities without the minus and the logarithm.": picked.exp().mean(),
        "The mean is taken before the logarithm: take the logarithm of each probability, then the mean.": (
            -picked.exp().mean().log()
        ),
        "Softmax runs over the batch (dim=0). It should run over the classes: dim=-1.": -over_batch[
            rows, labels
        ].mean(),
        "Softmax is taken twice.": twice if is_same(result, twice, atol=1e-6, rtol=1e-5) else None,
        "A tiny number is added to the probabilities, or bounds them. Take log_softmax, which needs neither.": (
            lambda: _one_of(result, torch.stack(bounded))
        ),
        "Only the first two pictures are used.": -picked[:2].mean() if n > 2 else None,
        "The last picture of the batch is left out.": last.mean() if n > 1 else None,
        "The last picture is missing from the sum, though it counts in the mean.": last.sum() / n if n > 1 else None,
        "This is the median of the losses. Take the mean.": -picked.median(),
        "This is the loss of the first picture alone.": -picked[0],
        "This is the loss of the last picture alone.": -picked[-1],
        "This is the loss of one picture, not the mean over the batch.": lambda: _one_of(result, -picked),
        "The sum is divided by the number of classes. Divide by the number of pictures.": -picked.sum() / k,
        "The sum is divided by pictures times classes. Divide by the number of pictures.": -picked.sum() / (n * k),
        "This is the largest loss of the batch. Take the mean.": -picked.min(),
        "This is the smallest loss of the batch. Take the mean.": -picked.max(),
        "The logarithm has base 10. The natural logarithm is wanted: `log`.": want / math.log(10),
        "The logarithm has base 2. The natural logarithm is wanted: `log`.": want / math.log(2),
        "All labels are taken for 0: pick the entry of the true class.": -logs[:, 0].mean(),
        "This is the loss for the predicted classes. Take that of the true ones, `labels`.": -logs.amax(1).mean(),
        "This is the loss for the least likely classes. Take that of the true ones, `labels`.": -logs.amin(1).mean(),
        "The log-probabilities of all classes are added up. Pick that of the true class in each row.": -logs.sum() / n,
        "Whole rows are picked, one for each label. Index with a row and a column for each picture.": (
            lambda: -logs[labels].mean()
        ),
        "All entries are picked from the first row. Each picture has a row of its own.": -logs[0, labels].mean(),
        "The classes that are picked are one too high or one too low.": (
            lambda: _one_of(result, torch.stack([-logs[rows, (labels + by) % k].mean() for by in (-1, 1)]))
        ),
        "Whole columns are picked, not one entry from each row: index with a row and a column for each picture.": (
            -logs[:, labels].mean()
        ),
        "This is nan. The logarithm of a negative logit is nan: take log_softmax, not the log of logits.": (
            torch.tensor(math.nan) if (logits[rows, labels] < 0).any() else None
        ),
        "This is what an earlier call with another batch should return.": lambda: _one_of(result, torch.stack(earlier)),
    }
    assert_values(result, want, name, mistakes)
    earlier.append(want)


def _one_of(result, values):
    """Return the entry of a tensor that a result equals, or None."""
    for value in values:
        if is_same(result, value):
            return value
    return None


def _judge_slopes(cross_entropy, logits, labels):
    """Judge that `backward` can start from the loss."""
    logits.requires_grad_()
    result = cross_entropy(logits, labels)
    assert isinstance(result, torch.Tensor) and result.requires_grad, (
        "The loss is cut off from the logits, so `backward` could not train with it: no `.item()`, `.detach()`, "
        "`torch.tensor(...)` or `no_grad`."
    )
    assert_values(result, F.cross_entropy(logits, labels), "cross_entropy(logits, labels)")
    slopes = torch.autograd.grad(result, logits, allow_unused=True)[0]
    want = (logits.softmax(-1) - F.one_hot(labels, logits.shape[1])).detach() / len(labels)
    assert slopes is not None and is_same(slopes, want), (
        "The loss is right, but its gradient is not: a part of it is cut off from the logits."
    )


def _judge_large(cross_entropy, logits, labels):
    """Judge logits of which softmax gives exactly 0 for some classes."""
    result = cross_entropy(logits, labels)
    want = F.cross_entropy(logits, labels)
    name = f"The loss of the large logits {logits.tolist()}"
    number = as_number(result)
    if number is not None and not math.isfinite(number):
        raise AssertionError(
            f"{name} is {number:g}, but it should be {want:g}. `exp` overflows, or softmax gives exactly 0, whose "
            "logarithm is -inf; log_softmax does both steps without either."
        )
    cut = "A bound keeps the logarithm finite, but the value is wrong: log_softmax needs no bound."
    assert is_same(result, want), f"{name} should be {want:g}, but it is {describe_number(result)}. {cut}"


def describe_number(value):
    """Return a value as a number where it is one, else what it is."""
    number = as_number(value)
    return describe(value) if number is None else f"{number:g}"


# 3.2


@exercise("3.2")
def derivative_by_hand(gradient):
    points = [
        (0.7, -0.4, [1.0, -2.0, 0.5, 3.0], [0.0, 1.0, 1.5, -1.0]),
        (-1.5, 2.0, [0.5, 4.0, -1.0, 2.5, -3.0, 1.0, 0.3], [1.0, 0.0, 2.0, -1.0, 3.0, 0.5, -2.0]),
        (2.0, 0.5, [3.0], [1.0]),
        (0.3, 0.1, [0.0, 2.0], [4.0, -1.0]),
        (-40.0, 300.0, [100.0, -250.0, 70.0], [90.0, 0.0, -400.0]),
        (1.2, 0.8, torch.randn(33).tolist(), torch.randn(33).tolist()),
    ]
    earlier = []
    _judge_formula(gradient, earlier)
    for w, b, x, y in points:
        _judge_gradient(gradient, *map(torch.tensor, (w, b, x, y)), earlier)
    w, b, x = torch.tensor(2.0), torch.tensor(1.0), torch.tensor([1.0, 2.0, 3.0])
    result = gradient(w, b, x, w * x + b)
    name = "gradient(w, b, x, y) for points that lie exactly on the line"
    assert is_same(result, torch.zeros(2)), f"{name} should be [0, 0], but it is {_listed(result)}."


def _judge_formula(gradient, earlier):
    """Judge that the slopes are not measured: where losses are huge, their differences keep no digit."""
    w, b, x = torch.tensor(0.6), torch.tensor(-0.3), torch.tensor([1.0, -2.0, 0.5])
    targets = [torch.tensor([0.5, 2.0, -1.0]), torch.tensor([3e16, -1e17, 2e17])]
    wants = [_slopes_of(w * x + b - y, x) for y in targets]
    near, far = (gradient(w.clone(), b.clone(), x.clone(), y) for y in targets)
    earlier.append((w, b, wants[0]))
    are_pairs = all(isinstance(pair, torch.Tensor) and pair.shape == (2,) for pair in (near, far))
    if not are_pairs or not far.isfinite().all() or is_same(far, near):
        return  # whatever is wrong, if anything, the other points show it
    if is_same(far, wants[1], rtol=0.05):
        return
    off_w, off_b = (near - wants[0]).tolist()
    is_near = is_same(near, wants[0], atol=0.05, rtol=0.05)
    is_one_sided = math.isclose(off_w, off_b * x.square().mean().item(), rel_tol=0.05)  # by a step in one direction
    assert not is_near and not is_one_sided, (
        "You measure the slopes: you compare losses at nearby values of w and b. Where the losses are huge, that keeps "
        "no digit. Work out the two formulas on paper."
    )


def _listed(value):
    """Return the values of a tensor as text, else what it is."""
    is_readable = isinstance(value, torch.Tensor) and not value.is_meta and value.numel() < 10
    return str(value.tolist()) if is_readable else describe(value)


def _judge_gradient(gradient, w, b, x, y, earlier):
    """Judge the slopes for one set of points; `earlier` holds w, b and the slopes of those before."""
    n = len(x)
    name = f"For {n} points, gradient(w, b, x, y)" if n > 1 else "For one point, gradient(w, b, x, y)"
    with Calls() as calls:
        result = gradient(w.clone(), b.clone(), x.clone(), y.clone())
    used = calls.used("backward", "grad", "requires_grad_", "_make_dual")
    assert not used, "Autograd computes the slopes in your function: write the formula of the derivative."
    is_pair = isinstance(result, tuple | list)
    assert not is_pair, f"{name} should be one tensor, not a {type(result).__name__}: torch.stack([slope_w, slope_b])."
    error = w * x + b - y
    slopes_w, slopes_b = 2 * error * x, 2 * error
    want = torch.stack([slopes_w.mean(), slopes_b.mean()])
    for_all = torch.stack([slopes_w, slopes_b])
    without_b, without_y, with_plus = w * x - y, w * x + b, w * x + b + y
    mistakes = {
        "This is one slope for each point: the mean over the points is missing.": for_all,
        "This is one slope for each point: the mean over the points is missing, and the shape is turned.": for_all.T,
        "The shape should be (2,), not (2, 1).": want[:, None],
        "The shape should be (2,), not (1, 2).": want[None],
        "The factor 2 of the square is missing.": want / 2,
        "The factor 2 is missing from the slope for w.": want * torch.tensor([0.5, 1]),
        "The factor 2 is missing from the slope for b.": want * torch.tensor([1, 0.5]),
        "The sign is turned: the error is prediction minus target.": -want,
        "The slope for w has the wrong sign.": want * torch.tensor([-1, 1]),
        "The slope for b has the wrong sign.": want * torch.tensor([1, -1]),
        "This is the sum over the points. Take the mean.": for_all.sum(1),
        "The slope for w is a sum. Take the mean over the points.": torch.stack([slopes_w.sum(), slopes_b.mean()]),
        "The slope for b is a sum. Take the mean over the points.": torch.stack([slopes_w.mean(), slopes_b.sum()]),
        "The sum is divided by n - 1. Divide by the number of points, n.": lambda: for_all.sum(1) / (n - 1),
        "The slope for w comes first, then the one for b.": want.flip(0),
        "For w, the slope of the error is x: multiply each error by its x.": torch.stack(
            [slopes_b.mean(), slopes_b.mean()]
        ),
        "For b, the slope of the error is 1, not x.": torch.stack([slopes_w.mean(), slopes_w.mean()]),
        "Multiply each error by its x before the mean: a product of two means is something else.": (
            torch.stack([slopes_b.mean() * x.mean(), slopes_b.mean()])
        ),
        "For w, the slope of the error is x, not w.": torch.stack([(2 * error * w).mean(), slopes_b.mean()]),
        "For w, the error is divided by x. Multiply it by x.": torch.stack([(2 * error / x).mean(), slopes_b.mean()]),
        "For w, x is added to the error. Multiply the error by x.": (
            torch.stack([(2 * error + x).mean(), slopes_b.mean()])
        ),
        "In the slope for w, 2 is added. It should be a factor.": torch.stack(
            [((2 + error) * x).mean(), slopes_b.mean()]
        ),
        "In the slope for b, 2 is added. It should be a factor.": torch.stack([slopes_w.mean(), (2 + error).mean()]),
        "In the slope for w, 2 is divided by the error.": torch.stack([(2 / error * x).mean(), slopes_b.mean()]),
        "In the slope for b, 2 is divided by the error.": torch.stack([slopes_w.mean(), (2 / error).mean()]),
        "The derivative of a square is not the square: 2 * error.": torch.stack(
            [(error**2 * x).mean(), (error**2).mean()]
        ),
        "The bias b is missing from the prediction.": _slopes_of(without_b, x),
        "The target y is not subtracted.": _slopes_of(without_y, x),
        "The target y is added. The error is prediction minus target.": _slopes_of(with_plus, x),
        "The bias b is subtracted. The prediction is w * x + b.": _slopes_of(w * x - b - y, x),
        "The prediction is w * x + b: you add w to x.": _slopes_of(w + x + b - y, x),
        "The prediction is w * x + b: you divide by x.": _slopes_of(w / x + b - y, x),
        "The last point is left out.": lambda: for_all[:, : n - 1].mean(1) if n > 1 else None,
        "This is the slope of one point alone. Take the mean over all.": lambda: _one_of(result, for_all.T),
        "This is what an earlier call with other points should return.": (
            lambda: _one_of(result, torch.stack([slopes for *_, slopes in earlier]))
        ),
    }
    errors = {
        "The bias b is missing from the prediction.": without_b,
        "The target y is not subtracted.": without_y,
        "The target y is added. The error is prediction minus target.": with_plus,
        "The error is squared. The slope of error² has the error itself, times 2.": error**2,
        "The error has lost its sign.": error.abs(),
    }
    for hint, wrong in errors.items():
        slope_w, slope_b = _slopes_of(wrong, x)
        mistakes[f"In the slope for w: {hint}"] = torch.stack([slope_w, want[1]])
        mistakes[f"In the slope for b: {hint}"] = torch.stack([want[0], slope_b])
        mistakes[f"In both slopes: {hint}"] = torch.stack([slope_w, slope_b])
    for other in (1, 2, 4, 7, 20):  # numbers of points that stand in the lesson or in this check
        if other != n:
            mistakes[f"The sum is divided by {other}, but there are {n} points."] = for_all.sum(1) / other
    for old_w, old_b, _ in earlier[:1]:
        mistakes["The slopes are computed with the `w` of an earlier call."] = _slopes_of(old_w * x + b - y, x)
        mistakes["The slopes are computed with the `b` of an earlier call."] = _slopes_of(w * x + old_b - y, x)
    mistakes |= relations(result, want, name)
    mistakes |= _one_slope_off(result, want)
    assert_same(result, want, name, mistakes)
    earlier.append((w, b, want))


def _slopes_of(error, x):
    """Return the two slopes that follow from the errors of some points."""
    return torch.stack([(2 * error * x).mean(), (2 * error).mean()])


def _one_slope_off(result, want):
    """Return hint -> value for results of which only one of the two slopes is right."""
    if not isinstance(result, torch.Tensor) or result.shape != (2,) or result.is_meta or result.is_complex():
        return {}
    hints = {}
    for index, (wrong, right) in enumerate([("w", "b"), ("b", "w")]):
        value = want.clone()
        value[index] = result[index].item()
        hint = f"The slope for {right} is right. The slope for {wrong} should be {want[index]:.6g}, "
        hints[f"{hint}but it is {value[index]:.6g}: it is the mean of 2 * error * (slope of the error)."] = value
    return hints


# 3.3


@exercise("3.3")
def predict_grad(grads):
    p = torch.tensor(3.0, requires_grad=True)
    truth = {}
    (p**2).backward()
    truth["after the first backward"] = p.grad.item()
    (p**2).backward()
    truth["after a second backward"] = p.grad.item()
    p.grad.zero_()
    truth["after p.grad.zero_()"] = p.grad.item()
    (p**2).backward()
    truth["after a third backward"] = p.grad.item()

    def hint(question, value, right):
        if question == "after the first backward":
            return "the slope of p ** 2 is 2 p, at p = 3."
        if question == "after a second backward":
            if value == truth["after the first backward"]:
                return "`backward` adds to what is already there."
            return "the second `backward` adds the same slope once more, since p has not changed."
        if question == "after p.grad.zero_()":
            return "`zero_` works in place: it sets the gradient to 0."
        return "after clearing, one `backward` gives one slope."

    assert_predictions(grads, truth, hint, read_number, "a number")


# 3.4 and 3.9: a step


@dataclass
class Given:
    """What a step is given: parameters with gradients, and how they were before the step."""

    parameters: list
    values: list
    slopes: list

    @property
    def moves(self):
        """How far each parameter has moved."""
        return [now.detach() - before for now, before in zip(self.parameters, self.values, strict=True)]


def new_given(shapes, scale=1.0, dtype=torch.float32):
    """Return parameters of these shapes, with a gradient each."""
    parameters = [torch.randn(shape, dtype=dtype).requires_grad_() for shape in shapes]
    return with_new_slopes(parameters, scale)


def with_new_slopes(parameters, scale=1.0):
    """Give each parameter a new gradient; return them as they are before a step."""
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter.detach()) * scale
    values = [parameter.detach().clone() for parameter in parameters]
    slopes = [parameter.grad.clone() for parameter in parameters]
    return Given(parameters, values, slopes)


def parameter_name(index, count):
    """Return how a parameter is called in a hint."""
    return "The parameter" if count == 1 else f"parameters[{index}] of {count}"


def assert_kept(given, passed, name):
    """Assert that the list of parameters, and what is not to move of them, are as before a step."""
    same = len(passed) == len(given.parameters)
    same = same and all(one is two for one, two in zip(passed, given.parameters, strict=True))
    assert same, (
        f"{name} changes the list `parameters`. Change the tensors in it, in place, and leave the list as it is."
    )
    for index, (parameter, slope) in enumerate(zip(given.parameters, given.slopes, strict=True)):
        which = parameter_name(index, len(given.parameters))
        assert parameter.is_leaf, f"{which} is no longer a leaf: PyTorch has recorded the step. Use `torch.no_grad()`."
        assert parameter.requires_grad, f"{which} no longer requires gradients after the step."
        assert parameter.grad is not None, f"{which} has lost its gradient: leave `.grad` as it is."
        assert is_same(parameter.grad, slope, 0, 0), f"The gradient of {which} has changed: leave `.grad` as it is."
        shape = tuple(parameter.shape)
        assert parameter.shape == slope.shape, f"{which} has the shape {shape}, but it had {tuple(slope.shape)}."


@exercise("3.4", may_change_inputs=True)
def step_by_hand(sgd_step):
    cases = [
        (new_given([(2, 3), (2,)]), 0.1),
        (new_given([(4,), (3, 3), (2, 1), ()], scale=3.0), 0.5),
        (new_given([(5, 2)]), 1.0),
        (new_given([(3,), (2, 2)], scale=200.0), 0.02),
        (new_given([(1,), (6,)], dtype=torch.float64), 2.5),
        (new_given([(2, 3), (3,)]), 0.0),
    ]
    for given, lr in cases:
        _judge_step(sgd_step, given, lr)
    layer = nn.Linear(3, 2)
    parameters = list(layer.parameters())
    for lr in (0.1, 0.3):  # the same network again, with new gradients
        _judge_step(sgd_step, with_new_slopes(parameters), lr, " (a second step of a network)" if lr == 0.3 else "")


def _judge_step(sgd_step, given, lr, when=""):
    """Judge one step."""
    passed = list(given.parameters)
    with Calls() as calls:
        sgd_step(passed, lr)
    assert_kept(given, passed, "sgd_step")
    want = [value - lr * slope for value, slope in zip(given.values, given.slopes, strict=True)]
    moved = [bool(move.any()) for move in given.moves]
    if lr and not any(moved):
        new = "`p - ...` makes a new tensor, and the parameter stays as it was: use -= or sub_."
        hint = new if calls.used("sub", "__sub__", "rsub", "__rsub__") else "They should change in place."
        raise AssertionError(f"No parameter has moved in sgd_step(parameters, lr={lr}){when}. {hint}")
    for index, (value, slope, right) in enumerate(zip(given.values, given.slopes, want, strict=True)):
        which = parameter_name(index, len(want))
        name = f"After sgd_step(parameters, lr={lr}){when}, parameters[{index}]"
        if lr and not moved[index]:
            raise AssertionError(f"{which} has not moved in sgd_step(parameters, lr={lr}){when}: each should.")
        now = given.parameters[index].detach()
        assert now.dtype == right.dtype, f"{which} was of dtype {right.dtype}, but it is {now.dtype} after the step."
        mistakes = {
            "The step went uphill: subtract the gradient.": value + lr * slope,
            "The learning rate is missing: the whole gradient was subtracted.": value - slope if lr != 1 else None,
            "The whole gradient was added: multiply it by the learning rate and subtract it.": value + slope,
            "lr and the gradient are added to each other. Multiply them.": value - (lr + slope),
            "lr is divided by the gradient. Multiply them.": lambda v=value, s=slope: v - lr / s,
            "The gradient is divided by lr. Multiply them.": value - slope / lr if lr else None,
            "The parameter was replaced by the step. Subtract the step from it.": lr * slope,
            "The parameter was replaced by minus the step.": -lr * slope,
            "Only the sign of the gradient was used.": value - lr * slope.sign(),
            "The gradient was brought to length 1 first: subtract lr times the gradient itself.": (
                value - lr * slope / slope.norm()
            ),
            "The gradient was clipped between -1 and 1.": value - lr * slope.clamp(-1, 1),
            "The parameter was multiplied by the step. Subtract the step.": value * (lr * slope),
            "The parameter was divided by the step. Subtract the step.": value / (lr * slope),
            "Step and parameter are swapped in the subtraction.": lr * slope - value,
        }
        rate = _rate(given.moves[index], slope)
        if math.isfinite(rate):
            length = f"{which} has moved by {rate:.4g} times its gradient, downhill, but lr is {lr}."
            mistakes[length] = value - rate * slope
        assert_values(now, right, name, mistakes)


def _rate(move, slope):
    """Return which multiple of the gradient a parameter has moved by, against it."""
    square = slope.double().square().sum().item()
    return -(move.double() * slope.double()).sum().item() / square


@exercise("3.9", may_change_inputs=True)
def momentum_by_hand(momentum_step):
    cases = [
        ([(2, 3), (2,)], 0.05, 0.9, 0.0),
        ([(4,), (3, 3), (2, 1), ()], 0.3, 0.5, 1.0),
        ([(5, 2)], 0.03, 0.0, 2.0),
        ([(3,), (1,)], 0.2, 0.99, -100.0),
    ]
    for shapes, lr, momentum, scale in cases:
        given = new_given(shapes)
        velocities = [torch.randn(shape) * scale for shape in shapes]
        for step in range(3):
            start = "zero" if not scale and not step else "what it is"
            _judge_momentum(momentum_step, given, velocities, lr, momentum, start)
            given = with_new_slopes(given.parameters, scale=abs(scale) or 1.0)


def _judge_momentum(momentum_step, given, velocities, lr, momentum, start):
    """Judge one step with momentum."""
    passed, passed_velocities = list(given.parameters), list(velocities)
    before = [velocity.clone() for velocity in velocities]
    with Calls() as calls:
        momentum_step(passed, passed_velocities, lr, momentum)
    assert_kept(given, passed, "momentum_step")
    same = len(passed_velocities) == len(velocities)
    same = same and all(one is two for one, two in zip(passed_velocities, velocities, strict=True))
    assert same, (
        "momentum_step puts other tensors into the list `velocities`. Change the tensors that are in it, in place: "
        "v.mul_(...) and v.add_(...)."
    )
    call_text = f"momentum_step(parameters, velocities, lr={lr}, momentum={momentum})"
    changed = [not torch.equal(now, old) for now, old in zip(velocities, before, strict=True)]
    if not any(changed):
        makes_new = calls.used("mul", "__mul__", "__rmul__", "add", "__add__", "__radd__")
        hint = "`momentum * v + ...` makes a new tensor: update v in place, as v.mul_(...)." if makes_new else ""
        raise AssertionError(f"The velocities are still {start} after {call_text}. {hint}".strip())
    for index, (old, velocity) in enumerate(zip(before, velocities, strict=True)):
        which = f"velocities[{index}] of {len(velocities)}"
        assert changed[index], f"{which} has not changed in {call_text}: each velocity should."
        dtype = velocity.dtype
        assert dtype == old.dtype, f"{which} was of dtype {old.dtype}, but it is {dtype} after {call_text}."
        assert not velocity.requires_grad, f"{which} requires gradients after {call_text}. Use `torch.no_grad()`."
        name = f"After {call_text}, velocities[{index}]"
        _judge_velocity(velocity, old, given.slopes[index], lr, momentum, name)
        is_replaced = bool(calls.used("sub", "__sub__", "rsub", "__rsub__"))
        _judge_moved(given, index, old, velocity, lr, momentum, call_text, is_replaced)


def _judge_velocity(velocity, old, slope, lr, momentum, name):
    """Judge a velocity after a step."""
    mistakes = {
        "The velocity is the gradient alone: `momentum` times the old velocity belongs to it.": slope,
        "The velocity is only momentum times the old one: the gradient is missing.": momentum * old,
        "The gradient is multiplied by 1 - momentum. Add it as it is.": momentum * old + (1 - momentum) * slope,
        "The gradient is subtracted from the velocity. Add it.": momentum * old - slope,
        "The old velocity is not multiplied by `momentum`.": old + slope,
        "The learning rate stands in the velocity. It belongs to the step of the parameter.": momentum * old
        + lr * slope,
        "The learning rate stands in the velocity, with a minus. It belongs to the step of the parameter.": (
            momentum * old - lr * slope
        ),
        "`lr` and `momentum` are swapped: the velocity is multiplied by `momentum`.": lr * old + slope,
        "The velocity is multiplied by `momentum` after the gradient is added: multiply first.": momentum
        * (old + slope),
        "`momentum` multiplies the gradient. It should multiply the old velocity.": old + momentum * slope,
        "The old velocity is divided by `momentum`. Multiply it.": lambda: old / momentum + slope,
        "The velocity is multiplied by the gradient. Add the gradient.": momentum * old * slope,
        "The velocity was updated twice.": momentum * (momentum * old + slope) + slope,
        "The velocity is multiplied by 1 - momentum. Multiply it by `momentum`.": (1 - momentum) * old + slope,
    }
    for other in (0.9, 0.5, 0.1):
        if other != momentum:
            hint = f"The velocity is multiplied by {other}, but `momentum` is {momentum}."
            mistakes[hint] = other * old + slope
    assert_values(velocity, momentum * old + slope, name, mistakes)


def _judge_moved(given, index, old, velocity, lr, momentum, call_text, is_replaced):
    """Judge a parameter after a step; its velocity is right. `is_replaced`: whether something was subtracted anew."""
    which = parameter_name(index, len(given.values))
    value, slope = given.values[index], given.slopes[index]
    now, right = given.parameters[index].detach(), value - lr * velocity
    assert now.dtype == right.dtype, f"{which} was of dtype {right.dtype}, but it is {now.dtype} after the step."
    why = ""
    if is_replaced:
        why = " `p - ...` makes a new tensor, and the parameter stays as it was: use -= or sub_."
    elif not old.any():
        why = " The old velocity was zero: did the step use it? Update the velocity first."
    assert not torch.equal(now, value), f"{which} has not moved in {call_text}.{why}"
    rate = _rate(given.moves[index], velocity)
    mistakes = {
        "That is plain SGD: step with the velocity, not with the gradient.": (
            value - lr * slope if old.any() and momentum else None
        ),
        "The parameter stepped with the old velocity. Update the velocity first.": value - lr * old,
        "The step went uphill: subtract lr times the velocity.": value + lr * velocity,
        "The learning rate is missing from the step of the parameter.": value - velocity,
        "This is Nesterov's momentum: step with the velocity alone.": value - lr * (slope + momentum * velocity),
        "lr is added to the velocity. Multiply them.": value - (lr + velocity),
        "lr is divided by the velocity. Multiply them.": value - lr / velocity,
        "The velocity is divided by lr. Multiply them.": value - velocity / lr,
        "The parameter was replaced by the step. Subtract the step from it.": lr * velocity,
    }
    if math.isfinite(rate):
        length = f"{which} has moved by {rate:.4g} times its velocity, downhill, but lr is {lr}."
        mistakes[length] = value - rate * velocity
    assert_values(now, right, f"After {call_text}, parameters[{index}]", mistakes)


# 3.5


@exercise("3.5")
def find_the_bug(bugs):
    truth = {"A": "adds up", "B": "too early", "C": "twice", "D": "no record"}
    words = ("adds up", "too early", "twice", "no record", "fine", "sign")
    looks = {
        "A": "which of the four jobs of a step is not done at all?",
        "B": "all four jobs are there. What does `step` find in `.grad` when it is called?",
        "C": "follow the logits. What does the loss function do with its input first?",
        "D": "what does `backward` need that the block prevents?",
    }

    def hint(letter, word, right):
        if word == "fine":
            return f"it has a mistake. To find it: {looks[letter]}"
        if word == "sign":
            return f"no sign is turned. To find the mistake: {looks[letter]}"
        return looks[letter]

    def read(word):
        word = word.strip().lower()
        if word not in words:
            raise ValueError
        return word

    assert_predictions(bugs, truth, hint, read, "one of the strings " + ", ".join(f'"{word}"' for word in words))


# 3.6


@exercise("3.6")
def accuracy_of_a_batch(accuracy):
    logits, labels = _telling_batch(197)
    want = (logits.argmax(dim=1) == labels).double().mean().item()
    name = "accuracy(logits, labels) for logits of shape (197, 197)"
    number = assert_scalar(accuracy(logits.clone(), labels.clone()), name)
    assert_number(number, want, name, _mistakes_of_accuracy(number, logits, labels, name), atol=1e-6, rtol=1e-6)
    earlier = [want]
    for n, k, hits in [(5, 5, 2), (7, 3, 4), (4, 10, 3), (1, 4, 1), (1, 3, 0), (300, 6, 137), (11, 2, 6)]:
        _judge_accuracy(accuracy, *_batch(n, k, hits), f"logits of shape ({n}, {k})", earlier)
    logits, labels = _batch(7, 3, 2)
    _judge_accuracy(accuracy, logits - 20, labels, "negative logits", earlier)
    _judge_accuracy(accuracy, logits + 20, labels, "positive logits", earlier)
    _judge_accuracy(accuracy, logits * 0.01, labels, "small logits", earlier)
    logits, labels = _batch(9, 4, 5)
    _judge_accuracy(accuracy, logits * 400 + 1500, labels, "large logits", earlier)
    _judge_accuracy(accuracy, *_batch(4, 3, 4), "predictions that are all right", earlier)
    _judge_accuracy(accuracy, *_batch(4, 3, 0), "predictions that are all wrong", earlier)
    _judge_accuracy(accuracy, *_batch(6, 1, 6), "logits of one class", earlier)


def _batch(n, k, hits):
    """Return logits and labels of which so many are right."""
    logits = torch.randn(n, k)
    labels = logits.argmax(dim=1)
    wrong = torch.randperm(n)[: n - hits]
    labels[wrong] = (labels[wrong] + torch.randint(1, max(2, k), (n - hits,))) % k
    return logits, labels


def _telling_batch(n):
    """Return n logits for n classes and labels with which each mistake leads to another number."""
    logits = torch.randn(n, n) * 3
    best, worst, best_in_column = logits.argmax(dim=1), logits.argmin(dim=1), logits.argmax(dim=0)
    labels = (best + 1) % n
    labels[:61] = best[:61]
    labels[61:98] = worst[61:98]
    labels[98:151] = best_in_column[98:151]
    labels[-1] = best[-1]
    return logits, labels


def _mistakes_of_accuracy(number, logits, labels, name):
    """Return hint -> the number that this mistake leads to."""
    n, k = logits.shape
    right = logits.argmax(dim=1) == labels
    hits = int(right.sum())
    want = hits / n
    of_labels = F.one_hot(labels, k).bool()
    probs = logits.softmax(dim=1)
    return {
        f"{name} is the number of right predictions. Divide it by the number of pictures.": hits,
        f"{name} is the share of wrong predictions.": 1 - want,
        f"{name} is the number of wrong predictions, not the share of right ones.": n - hits,
        f"{name} is a percentage: it should be a number from 0 to 1.": 100 * want,
        f"{name} is rounded: it should be {want:.6g}, not {number:.6g}.": _rounded(number, want),
        "`argmax` runs over the batch. It should run over the classes: dim=1, not dim=0.": (
            (logits.argmax(dim=0) == labels).double().mean()
        ),
        "The smallest logit was taken for the prediction. Take the largest: `argmax`.": (
            (logits.argmin(dim=1) == labels).double().mean()
        ),
        "A picture counts as right when its probability is above 0.5. The largest logit decides, whatever its size.": (
            (probs[of_labels] > 0.5).double().mean()
        ),
        "A picture counts as right when its logit is above 0.5. The largest logit decides, whatever its size.": (
            (logits[of_labels] > 0.5).double().mean()
        ),
        "A picture counts as right when its logit is above 0. The largest logit decides, whatever its size.": (
            (logits[of_labels] > 0).double().mean()
        ),
        "Each probability is compared on its own with 0.5. Compare the index of the largest one with the label.": (
            ((probs > 0.5) == of_labels).double().mean()
        ),
        "Each logit is compared on its own with 0. Compare the index of the largest one with the label.": (
            ((logits > 0) == of_labels).double().mean()
        ),
        "Each prediction is compared with all labels, since one side of == is a column: leave out `keepdim`.": (
            (logits.argmax(dim=1)[:, None] == labels).double().mean()
        ),
        "The hits are divided by the number of logits. Divide by the number of pictures.": hits / (n * k),
        "This is the mean difference of the class numbers. Compare them with ==, and take the mean of that.": (
            (logits.argmax(dim=1) - labels).double().mean()
        ),
        "The last picture of the batch is left out.": right[:-1].double().mean(),
        "The last picture is not counted, though it is divided by.": right[:-1].sum() / n,
        "This is the mean of the largest probabilities. Count the right predictions.": probs.amax(1).mean(),
        "This is the mean probability of the true class. Count the right predictions.": probs[of_labels].mean(),
        f"{name} is 0, as if no prediction were right: it should be {want:.6g}. Compare with the label the index of "
        "the largest logit in each row: argmax with dim=1.": 0.0,
        f"{name} is 1, as if every prediction were right: it should be {want:.6g}.": 1.0,
        **_other_divisors(hits, n),
        **_other_hits(hits, n),
        f"{name} is {number / want:.4g} times what it should be.": number,
    }


def _judge_accuracy(accuracy, logits, labels, what, earlier):
    """Judge the accuracy of one more batch; `earlier` holds those of the batches before."""
    n, k = logits.shape
    name = f"accuracy(logits, labels) for {what}"
    number = assert_scalar(accuracy(logits.clone(), labels.clone()), name)
    hits = int((logits.argmax(dim=1) == labels).sum())
    want = hits / n
    mistakes = {
        f"{name} is what an earlier call with another batch should return.": _nearest(number, earlier),
        "The hits are divided by the number of classes. Divide by the number of pictures.": hits / k,
        f"{name} is nan: large logits overflow in `exp`, or 0 is divided by 0.": math.nan,
        **_other_hits(hits, n),
        f"{name} is rounded: it should be {want:.6g}, not {number:.6g}.": _rounded(number, want),
    }
    if want and number:
        mistakes[f"{name} is {number / want:.4g} times what it should be."] = number
    assert_number(number, want, name, mistakes, atol=1e-6, rtol=1e-6)
    earlier.append(want)


def _rounded(number, want):
    """Return the number if it is the rounded form of the right one, or this in half precision; else None."""
    for digits in range(1, 4):
        if abs(number - round(want, digits)) < 1e-7:
            return number
    for dtype in (torch.float16, torch.bfloat16):
        if abs(number - torch.tensor(want, dtype=dtype).item()) < 1e-7:
            return number
    return None


def _nearest(number, values):
    """Return the value of a list that is nearest to a number; None if the list is empty."""
    return min(values, key=lambda value: abs(value - number), default=None)


def _other_divisors(hits, n):
    """Return hint -> share, for the right hits divided by another count."""
    shares = {}
    for other in (*range(1, 20), 32, 64, 100, 250, 1000):
        if other != n:
            shares[f"The {hits} hits are divided by {other}, but there are {n} pictures."] = hits / other
    return shares


def _other_hits(hits, n):
    """Return hint -> share, for another number of hits."""
    shares = {}
    for other in range(n + 1):
        if other != hits:
            words = f"1 of {n} pictures counts as a hit" if other == 1 else f"{other} of {n} pictures count as hits"
            loop = " Does a loop end after the first picture?" if other == 1 and n > 1 else ""
            shares[f"{words}, but {hits} should.{loop}"] = other / n
    return shares


# 3.7


@dataclass
class Setting:
    """What `train_epoch` is given in one trial; each call of `make` gives a new model in the same state."""

    name: str
    model: nn.Module
    x: torch.Tensor
    y: torch.Tensor
    batch_size: int
    loss_fn: object
    new_optimizer: object
    is_list: bool = False  # whether the loader is a list of batches

    def make(self):
        """Return a model, a loader and an optimizer."""
        model = copy.deepcopy(self.model)
        pairs = list(zip(self.x, self.y, strict=True))
        loader = DataLoader(pairs, batch_size=self.batch_size)
        return model, list(loader) if self.is_list else loader, self.new_optimizer(model.parameters())


class Token:
    """Something that lives as long as the record of a forward pass does."""


class Mark(torch.autograd.Function):
    """Passes a tensor on, and leaves a Token in the record."""

    @staticmethod
    def forward(ctx, x, tokens):
        ctx.token = Token()
        tokens.append(weakref.ref(ctx.token))
        return x.view_as(x)

    @staticmethod
    def backward(ctx, slope):
        return slope, None


class Marked(nn.Module):
    """A network that notes how many of its records are alive, at most, when a new one begins."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(3, 2)
        self.tokens, self.alive = [], 0

    def __deepcopy__(self, memo):
        twin = Marked()
        twin.load_state_dict(self.state_dict())
        return twin

    def forward(self, x):
        self.alive = max(self.alive, sum(token() is not None for token in self.tokens))
        return Mark.apply(self.inner(x), self.tokens)


def gain(outputs, targets):
    """Return a loss that can be negative, a mean over the batch."""
    return -(outputs[:, 0] * targets).mean()


def settings():
    """Return the Settings that `train_epoch` is tried in."""

    def sgd(lr, momentum=0.0):
        return lambda parameters: torch.optim.SGD(parameters, lr=lr, momentum=momentum)

    def adam(parameters):
        return torch.optim.Adam(parameters, lr=0.05)

    small = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 2))
    norm = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
    pictures = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    classes, entropy = torch.randint(0, 3, (10,)), nn.CrossEntropyLoss()
    return [
        Setting("10 pictures in batches of 4", nn.Linear(4, 3), torch.randn(10, 4), classes, 4, entropy, sgd(0.5)),
        Setting("7 numbers and nn.MSELoss", small, torch.randn(7, 3), torch.randn(7, 2) * 3, 3, nn.MSELoss(), adam),
        Setting("a network with batch norm", norm, torch.randn(8, 4), classes[:8], 3, F.cross_entropy, sgd(0.2, 0.9)),
        Setting(
            "a list of batches", nn.Linear(4, 3), torch.randn(7, 4), classes[:7], 3, entropy, sgd(0.3), is_list=True
        ),
        Setting("one batch", pictures, torch.randn(3, 1, 2, 2), classes[:3] % 2, 5, entropy, sgd(0.1)),
        Setting("a loss below 0", Marked(), torch.randn(13, 3), torch.rand(13) + 1, 2, gain, sgd(0.1)),
        Setting("large inputs", nn.Linear(2, 3), torch.randn(5, 2) * 90, torch.arange(5) % 3, 2, entropy, sgd(0.01)),
    ]


@exercise("3.7", may_change_inputs=True)
def whole_loop(train_epoch):
    for setting in settings():
        _judge_epochs(train_epoch, setting)


def _judge_epochs(train_epoch, setting):
    """Judge two epochs, one after the other, of one model."""
    model, loader, optimizer = setting.make()
    steps = []  # for each step whether it found gradients

    def note(optimizer, args, kwargs):
        slopes = [parameter.grad for parameter in model.parameters()]
        steps.append(any(slope is not None and bool(slope.any()) for slope in slopes))

    optimizer.register_step_pre_hook(note)
    rates = [group["lr"] for group in optimizer.param_groups]
    for epochs in (1, 2):
        before = flat(model)
        name = f"train_epoch for {setting.name}{', second epoch' if epochs == 2 else ''}"
        result = train_epoch(model, loader, setting.loss_fn, optimizer)
        right = train(setting, epochs=epochs)
        _judge_parameters(model, before, right, setting, epochs, steps, name)
        assert model.training, f"{name} leaves the model in `eval` mode, and it was in `train` mode."
        assert all(parameter.requires_grad for parameter in model.parameters()), (
            f"{name} leaves parameters that no longer require gradients."
        )
        assert [group["lr"] for group in optimizer.param_groups] == rates, f"{name} changes the learning rate."
        _judge_mean(result, right, setting, epochs, name)
        assert getattr(model, "alive", 0) <= 2, (
            "Your loop keeps the records of all batches until the end: add up `loss.item()`, not `loss`."
        )


@dataclass
class Training:
    """What came out of the training of a model: its parameters, and of the last epoch the losses and batch sizes."""

    model: nn.Module
    losses: list
    after: list  # the loss of each batch after its step
    sizes: list


def flat(model):
    """Return all parameters of a model as one vector."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def train(setting, epochs=1, mistake=""):
    """Train a new model of a setting, rightly or with one mistake; return its Training."""
    model, loader, optimizer = setting.make()
    result = None
    for _ in range(epochs):
        result = Training(model, [], [], [])
        batches = list(loader)
        if mistake == "no last batch":
            batches = batches[:-1]
        if mistake == "first batch only":
            batches = batches[:1]
        if mistake == "same batch":
            batches = batches[:1] * len(batches)
        if mistake == "reverse":
            batches = batches[::-1]
        if mistake == "two epochs":
            batches = batches * 2
        if mistake == "eval":
            model.eval()
        optimizer.zero_grad()
        for x, y in batches:
            _train_batch(model, optimizer, setting.loss_fn, x, y, result, mistake)
        if mistake == "one step":
            optimizer.step()
    return result


def _train_batch(model, optimizer, loss_fn, x, y, result, mistake):
    """Train on one batch, rightly or with one mistake."""
    if mistake not in ("not cleared", "one step", "step first"):
        optimizer.zero_grad()
    logits = model(x)
    if mistake == "softmax":
        logits = logits.softmax(-1)
    if mistake == "log_softmax":
        logits = logits.log_softmax(-1)
    loss = loss_fn(logits, y)
    factor = {"uphill": -1, "times pictures": len(x), "by pictures": 1 / len(x)}.get(mistake, 1)
    if mistake == "step first":
        optimizer.step()
        optimizer.zero_grad()
    (loss * factor).backward()
    if mistake == "backward twice":
        (loss_fn(model(x), y)).backward()
    if mistake not in ("one step", "step first"):
        optimizer.step()
    if mistake == "step twice":
        optimizer.step()
    result.losses.append(loss.item())
    result.sizes.append(len(x))
    was_training = model.training
    with torch.no_grad():
        result.after.append(loss_fn(copy.deepcopy(model)(x), y).item())
    model.train(was_training)


def _judge_parameters(model, before, right, setting, epochs, steps, name):
    """Judge how an epoch has moved the parameters."""
    for parameter in model.parameters():
        device, dtype = parameter.device, parameter.dtype
        assert device == before.device, f"{name} leaves parameters on the device {device}."
        assert dtype == before.dtype, f"{name} leaves parameters of dtype {dtype}, and they were {before.dtype}."
    now, want = flat(model), flat(right.model)
    if is_same(now, want, atol=2e-5):
        return
    if torch.equal(now, before):
        why = "`optimizer.step()` was never called."
        if steps:
            why = "Every step found no gradients: `backward` has to come between `zero_grad` and `step`."
            why = "The steps of the optimizer had no effect." if any(steps) else why
        raise AssertionError(f"{name}: the parameters did not move. {why}")
    hints = {
        "not cleared": "The gradients of earlier batches are added up: clear them for each batch.",
        "step first": "The step comes before `backward`, so it uses the gradients of the batch before.",
        "one step": "There is one step for the whole epoch: take one for each batch.",
        "no last batch": "The last batch was not trained on.",
        "first batch only": "Only the first batch was trained on. Is there a `return` or `break` inside of the loop?",
        "same batch": "Every step saw the first batch.",
        "reverse": "The batches came in reverse order.",
        "two epochs": "The loader was gone through twice: one epoch is one pass.",
        "eval": "The model was in `eval` mode during training.",
        "softmax": "The loss got probabilities: it wants logits, without softmax.",
        "log_softmax": "The loss got the logarithms of probabilities: it wants logits.",
        "uphill": "The training went uphill: `backward` started from minus the loss.",
        "times pictures": "`backward` started from the loss times the number of pictures. Start from the loss itself.",
        "by pictures": "`backward` started from the loss divided by the number of pictures. Start from the loss.",
        "backward twice": "`backward` was called twice for each batch, so each gradient is twice as large.",
        "step twice": "`step` was called twice for each batch.",
    }
    for mistake, hint in hints.items():
        if mistake == "backward twice" and len(steps) != epochs * len(right.losses):
            continue  # with plain SGD, two steps come to the same
        try:
            wrong = flat(train(setting, epochs, mistake).model)
        except (RuntimeError, ValueError, IndexError):  # not possible in this setting
            continue
        if is_same(now, wrong, atol=2e-5) and not is_same(wrong, want, atol=2e-5):
            raise AssertionError(f"{name}: {hint[0].lower()}{hint[1:]}")
    if now.isnan().any():
        raise AssertionError(f"{name}: the parameters have become nan.")
    count = f"the optimizer took {len(steps)} {'step' if len(steps) == 1 else 'steps'}"
    wanted = epochs * len(right.losses)
    if len(steps) != wanted:
        raise AssertionError(f"{name}: {count} instead of {wanted}, one for each batch.")
    if not all(steps):
        raise AssertionError(f"{name}: {count}, and some found no gradients: `backward` comes before `step`.")
    raise AssertionError(
        f"{name}: the parameters moved, but not as these four lines move them for each batch: clear the gradients, "
        "compute the loss of the model's logits with `loss_fn`, `backward`, `optimizer.step()`."
    )


def _judge_mean(result, right, setting, epochs, name):
    """Judge the mean loss that an epoch returns; the parameters are right."""
    is_tensor = isinstance(result, torch.Tensor)
    assert not is_tensor, f"{name} returns a tensor. Return a float: `.item()` keeps the number and drops the record."
    is_number = isinstance(result, float) or (isinstance(result, int) and not isinstance(result, bool))
    assert is_number, f"{name} should return a float, but it is {describe(result)}."
    losses, sizes = right.losses, right.sizes
    count, batches = sum(sizes), len(sizes)
    weighted = [loss * size for loss, size in zip(losses, sizes, strict=True)]
    after = sum(loss * size for loss, size in zip(right.after, sizes, strict=True)) / count
    with torch.no_grad():
        trained = copy.deepcopy(right.model)
        at_the_end = float(setting.loss_fn(trained(setting.x), setting.y))
        at_the_start = float(setting.loss_fn(copy.deepcopy(setting.model)(setting.x), setting.y))
    want = sum(weighted) / count
    mistakes = {
        "This is the loss of the last batch alone.": losses[-1],
        "This is the loss of the first batch alone.": losses[0],
        "This is the sum of the losses. Weight each by the size of its batch, and divide by the number of pictures.": (
            sum(losses)
        ),
        "This is the sum over the pictures. Divide by their number.": sum(weighted),
        "The last batch is smaller: weight the loss of each batch by the number of its pictures.": sum(losses)
        / batches,
        "The weighted sum is divided by the number of batches. Divide by the number of pictures.": (
            sum(weighted) / batches
        ),
        "The sum of the losses of the batches is divided by the number of pictures. Weight each loss by its batch.": (
            sum(losses) / count
        ),
        "All batches are weighted as if they had the full size: the last one is smaller.": (
            sum(losses) * setting.batch_size / count
        ),
        "The weighted sum is divided by the size of a batch. Divide by the number of pictures.": (
            sum(weighted) / setting.batch_size
        ),
        "The weighted sum is divided by the size of the last batch. Divide by the number of all pictures.": (
            sum(weighted) / sizes[-1]
        ),
        "Only the last batch is in the sum: add up, `+=`.": weighted[-1] / count,
        "The last batch is missing from the mean.": (
            lambda: sum(weighted[:-1]) / (count - sizes[-1]) if batches > 1 else None
        ),
        "The last batch is missing from the sum.": sum(weighted[:-1]) / count,
        "The first batch is missing from the sum.": sum(weighted[1:]) / count,
        "Each loss was computed after the step. Take the one that the step started from.": after,
        "This is the loss after the epoch. Take the losses of the batches as they were trained on.": at_the_end,
        "This is the loss before the epoch. Take the losses of the batches as they were trained on.": (
            at_the_start if epochs == 1 else None
        ),
        "The number of pictures is one too high: start the count at 0.": sum(weighted) / (count + 1),
        "The number of pictures is one too low: start the count at 0.": sum(weighted) / (count - 1),
        "The sum is one too high: start it at 0.": (sum(weighted) + 1) / count,
        "The sum is one too low: start it at 0.": (sum(weighted) - 1) / count,
        "Each loss is divided by the number of its pictures. Multiply it.": (
            sum(loss / size for loss, size in zip(losses, sizes, strict=True)) / count
        ),
        "The number of pictures is added to each loss. Multiply them.": (sum(losses) + count) / count,
        "The mean loss is negative, and it should be positive: a sum is subtracted.": -want if want > 0 else None,
        "The sum is multiplied by the number of pictures. Divide.": sum(weighted) * count,
        "The number of pictures is divided by the sum. Divide the sum by it.": lambda: count / sum(weighted),
        "The sum of an earlier epoch is still in it: begin with 0 in each call.": (
            _sum_of_two(setting, count) if epochs == 2 else None
        ),
        "The mean loss is rounded.": _rounded(result, want),
        f"{name}: the mean loss is 0, and it should be {want:.6g}.": 0.0,
        f"{name}: the mean loss is nan.": math.nan,
        f"{name}: a loss below 0 has become 0.": 0.0 if want < 0 else None,
        f"{name}: a loss above 1 has become 1.": 1.0 if want > 1 else None,
        f"{name}: a loss below -1 has become -1.": -1.0 if want < -1 else None,
    }
    if want and result and math.isfinite(result):
        mistakes[f"{name}: the mean loss is {result / want:.4g} times what it should be."] = result
    assert_number(result, want, f"The mean loss of {name}", mistakes, atol=2e-6, rtol=2e-5)
    assert isinstance(result, float), f"{name} should return a float, but it is the whole number {result}."


def _sum_of_two(setting, count):
    """Return the mean of two epochs' sums, divided by the pictures of one."""
    total = 0.0
    for epochs in (1, 2):
        right = train(setting, epochs)
        total += sum(loss * size for loss, size in zip(right.losses, right.sizes, strict=True))
    return total / count


# 3.8


@exercise("3.8")
def choose_the_learning_rate(choice, *, sweep, rates):
    losses = _finite(sweep)
    assert losses, "The lesson's `sweep` holds no losses: run the cell above that fills it once more."
    tried_rates = {as_number(rate) for rate in rates} if isinstance(rates, list | tuple) else set()
    same = tried_rates == set(sweep)
    assert same, "`sweep` holds other rates than `rates`: run the cell above that fills it once more."
    assert isinstance(choice, dict), (
        f"Keep the dict of the stub, with one line. What stands in `choice` is {describe(choice)}."
    )
    assert "learning rate" in choice, 'The line "learning rate" is missing: keep it as it stands in the stub.'
    rate = as_number(choice["learning rate"])
    listed = ", ".join(f"{tried:g}" for tried in sweep)
    assert rate is not None, f"The learning rate should be a number, but it is {describe(choice['learning rate'])}."
    tried = next((key for key in sweep if math.isclose(key, rate, rel_tol=1e-6)), None)
    if tried is None:
        raise AssertionError(f"{rate:g} was not tried. Choose one of the rates that were: {listed}.")
    assert tried in losses, f"With the rate {tried:g} the loss became nan or infinite: it is far too large."
    best = min(losses, key=losses.get)
    side = "too large" if tried > best else "too small"
    step = "a smaller" if tried > best else "a larger"
    if losses[tried] >= 1.2 * losses[best]:
        raise AssertionError(
            f"{tried:g} is {side}: its loss in the second epoch is {losses[tried]:.2f}, and {step} rate has a clearly "
            "lower one."
        )


def _finite(sweep):
    """Return rate -> loss for the rates of a sweep whose loss is a number; {} if it is no sweep."""
    if not isinstance(sweep, dict):
        return {}
    numbers = {rate: as_number(loss) for rate, loss in sweep.items() if type(rate) in (float, int)}
    if len(numbers) < len(sweep):
        return {}
    return {rate: loss for rate, loss in numbers.items() if loss is not None and math.isfinite(loss)}


# 3.10


@exercise(
    "3.10", seconds=30, takes_long="It trains for some seconds, and then predicts 98% of the held-out digits correctly."
)
def best_network(best, *, X_valid, Y_valid, test_set, as_tensors):
    assert isinstance(best, nn.Module), f"`best` should be a trained nn.Module, but it is {describe(best)}."
    modes = [(module, module.training) for module in best.modules()]
    try:
        best.eval()
        reached, loss = _score(best, X_valid, Y_valid)
        _, test_loss = _score(best, *as_tensors(test_set))
        _judge_single(best, X_valid)
    finally:
        for module, mode in modes:
            module.training = mode
    assert reached > 0.3, (
        f"{reached:.1%} of the held-out digits is near chance: was `best` trained, with pictures like those in X_fit?"
    )
    assert reached >= 0.975, f"`best` reads {reached:.1%} of the held-out digits so far, and 97.5% are wanted."
    # A network that was trained on the held-out digits knows them better than digits that it has never seen.
    assert reached < 1 and loss > 0.75 * test_loss, (
        f"`best` knows the held-out digits too well: its loss on them is {loss:.3f}, and {test_loss:.3f} on the test "
        "digits. It looks as if it had trained on the held-out digits: train on X_fit and Y_fit only."
    )


def _score(best, x, y):
    """Return the share of the digits that a network reads, and its mean loss on them."""
    logits = torch.cat([_logits_of(best, part) for part in x.split(250)])
    share = (logits.argmax(dim=1) == y).double().mean().item()
    return share, F.cross_entropy(logits, y).item()


def _logits_of(best, x):
    """Return the logits of a network for a batch of pictures."""
    with torch.inference_mode():
        logits = call(best, f"`best` for pictures of shape {tuple(x.shape)}", x.clone())
    assert isinstance(logits, torch.Tensor), f"`best` should return logits, a tensor, but it is {describe(logits)}."
    assert logits.is_floating_point() and logits.device == x.device, (
        f"`best` should return logits, floats on the device {x.device}, but it returns {logits.dtype} on "
        f"{logits.device}."
    )
    want, got = (len(x), 10), tuple(logits.shape)
    assert got == want, f"For {len(x)} pictures `best` should return logits of the shape {want}, not {got}."
    return logits


def _judge_single(best, x):
    """Judge that a network reads a picture alone as it does in a batch."""
    together = _logits_of(best, x[:40]).argmax(dim=1)
    alone = torch.cat([_logits_of(best, x[i : i + 1]).argmax(dim=1) for i in range(40)])
    same = int((together == alone).sum())
    assert same >= 36, (
        f"`best` predicts another digit for {40 - same} of 40 pictures when each is given alone, in a batch of one."
    )
