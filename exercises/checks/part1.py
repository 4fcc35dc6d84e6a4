"""The checks of Part 1, Tensors."""

import math
import operator

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from exercises.compare import (
    Calls,
    assert_no_loop,
    assert_not_called,
    assert_predictions,
    assert_same,
    assert_values,
    is_same,
    shares_memory,
)
from exercises.judge import exercise

# What several checks share


def judge(function, text, cases, right, mistakes, atol=1e-5, shows_values=False):
    """Judge a function of tensors on several inputs.

    Parameters
    ----------
    function : callable
        The reader's function.
    text : str
        The call as it stands in the hints: "layer(x, W, b)".
    cases : list of tuple
        The inputs of each call.
    right : callable
        Gives the right result.
    mistakes : callable
        Gives what mistakes lead to for these inputs: hint -> value, or hint -> tuple, a shape of the result.
    atol : float
        The difference that is allowed.
    shows_values : bool
        Whether the hints show short inputs themselves, not their shapes.
    """
    names = text.partition("(")[2].removesuffix(")").split(", ")
    earlier = []
    again = tuple(value / 2 for value in cases[0])  # the sizes of an earlier call, and other numbers
    for inputs in [*cases, again]:
        given = [_as_given(name, value, shows_values) for name, value in zip(names, inputs, strict=True)]
        name = f"For {', '.join(given)}: {text}"
        assert_result(function(*inputs), right(*inputs), name, mistakes(*inputs), earlier, atol)


def _as_given(name, value, shows_values):
    """Return an input as the hints name it: by its shape, or by its values."""
    if shows_values and value.ndim < 2 and 0 < value.numel() < 10:
        return f"{name} = {value.tolist()}"
    return f"{name} of shape {tuple(value.shape)}"


def assert_result(result, want, name, mistakes, earlier, atol=1e-5):
    """Assert that a result is right; if not, say which mistake was made (see `judge`).

    `earlier` holds the right results of earlier calls, and this one is added.
    """
    hints = {hint: value for hint, value in mistakes.items() if not isinstance(value, tuple)}
    is_plain = isinstance(result, torch.Tensor) and not result.is_nested
    if is_plain and result.shape != want.shape:
        for hint, shape in mistakes.items():
            is_it = isinstance(shape, tuple) and result.shape == shape
            assert not is_it, f"{name} should have the shape {tuple(want.shape)}, but it has {shape}. {hint}"
    stale = next((value for value in earlier if is_same(result, value, atol)), None)
    hints["This is what an earlier call should return. Compute with the arguments of each call."] = stale
    if has_nan(result):
        where = "" if result.isnan().all() else " in places"
        hints[f"{name} is nan{where}: inf / inf, 0 / 0, inf - inf or the root of a negative number."] = result
    # A single number always is a multiple of the right one: the factor that assert_values tells would mean nothing
    assert_right = assert_values if want.ndim else assert_same
    assert_right(result, want, name, hints, atol=atol)
    earlier.append(want)


def has_nan(value):
    """Whether a value is a tensor that holds nan."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return False
    if value.is_meta or value.is_nested or value.layout != torch.strided:
        return False
    return bool(value.detach().double().isnan().any())


# 1.1 to 1.3: what comes out


@exercise("1.1")
def predict_shapes(shapes):
    x = torch.zeros(2, 3, 4)
    tensors = {
        "x[0]": x[0],
        "x[:, 1]": x[:, 1],
        "x[..., -1:]": x[..., -1:],
        "x.reshape(6, -1)": x.reshape(6, -1),
        "x.flatten()": x.flatten(),
        "x.permute(2, 0, 1)": x.permute(2, 0, 1),
        "x.unsqueeze(0)": x.unsqueeze(0),
        "x[:, 0, :2].unsqueeze(-1)": x[:, 0, :2].unsqueeze(-1),
    }
    truth = {code: tuple(tensor.shape) for code, tensor in tensors.items()}

    dimensions = {
        "x.reshape(6, -1)": "reshape makes one for each size that it is given, and -1 counts as one.",
        "x.flatten()": "flatten leaves a single one.",
        "x.permute(2, 0, 1)": "permute reorders them and keeps them all.",
        "x.unsqueeze(0)": "unsqueeze adds one.",
        "x[:, 0, :2].unsqueeze(-1)": "an index removes one, a slice keeps it, unsqueeze adds one.",
    }

    def hint(code, shape, right):
        if len(shape) != len(right):
            return f"count the dimensions again: {dimensions.get(code, 'an index removes one, a slice keeps it.')}"
        if sorted(shape) == sorted(right):
            return "these are the right sizes in the wrong order."
        if math.prod(shape) == math.prod(right):
            return "the number of elements is right, the sizes are not."
        return f"the number of dimensions is right, but the sizes should multiply to {math.prod(right)}."

    def read(shape):
        if not isinstance(shape, tuple | list):
            raise TypeError("not a shape")
        return tuple(operator.index(size) for size in shape)

    assert_predictions(shapes, truth, hint, read, "a tuple of whole numbers such as (2, 3); with one size: (5,)")


@exercise("1.2")
def view_or_copy(memory):
    a = torch.arange(12.0).reshape(3, 4)
    results = {
        "a[1:]": a[1:],
        "a[[0, 2]]": a[[0, 2]],
        "a.T": a.T,
        "a.reshape(12)": a.reshape(12),
        "a.T.reshape(12)": a.T.reshape(12),
        "a[a > 5]": a[a > 5],
    }
    steps = "a starting point and a fixed step along each dimension are enough to read it from the memory of `a`."
    listed = "a list or a mask may pick anything, so PyTorch always copies."
    jumps = "in one line, the transposed order has no fixed step, so reshape must copy."
    hints = dict(zip(results, [steps, listed, steps, steps, jumps, listed], strict=True))
    truth = {code: "view" if shares_memory(result, a) else "copy" for code, result in results.items()}

    def read(word):
        if word.strip().lower() not in ("view", "copy"):
            raise ValueError("another word")
        return word.strip().lower()

    assert_predictions(memory, truth, hints, read, '"view" or "copy"')


@exercise("1.3")
def checkerboard(board):
    want = (torch.arange(8).reshape(8, 1) + torch.arange(8)).remainder(2).float()
    kind = type(board).__name__
    assert isinstance(board, torch.Tensor), (
        f"`board` should be a tensor, but it is of type {kind}: give torch.zeros(8, 8) a line of its own."
    )
    assert board.shape == (8, 8), f"`board` should have the shape (8, 8), but it has {tuple(board.shape)}."
    columns = torch.arange(8).remainder(2).float().expand(8, 8)
    even, odd = want.clone(), want.clone()
    even[1::2] = 0
    odd[::2] = 0
    rows_twice = torch.zeros(8, 8)
    rows_twice[[1, 2, 5, 6]] = 1
    mistakes = {
        "All elements are 0: assign 1 to slices of the board.": torch.zeros(8, 8),
        "In [...][...], both slices take rows. Put them into one pair of brackets, with a comma between.": (rows_twice),
        "All elements are 1: every second one should be 0.": torch.ones(8, 8),
        "Black and white are swapped: the top-left element should be 0.": 1 - want,
        "All rows are alike: shift the ones by one column in every other row.": columns,
        "All columns are alike: shift the ones by one row in every other column.": columns.T,
        "The even rows are right, but the odd rows hold no ones yet.": even,
        "The odd rows are right, but the even rows hold no ones yet.": odd,
    }
    assert_same(board, want, "board", mistakes, dtype=torch.float32)


# 1.4 and 1.5: batches and pictures


@exercise("1.4")
def standardize_rows(standardize):
    cases = [
        (torch.rand(5, 5) * 10 + torch.arange(5.0).reshape(5, 1) * 3, 1e-4),
        (torch.rand(5, 5) * 9 - 4, 1e-4),
        (torch.rand(3, 8) * 2000 - 1000, 1e-4),
        (torch.randn(2, 200) * 3 + 7, 1e-4),
        (torch.randn(1, 6) * 4, 1e-4),
        (torch.tensor([[-8.0, -2.0], [1.0, 9.0], [0.0, 30.0]]), 1e-4),
        (torch.rand(4, 9), 1e-3),
        (torch.rand(3, 40) * 0.1, 0.03),  # a tiny number added to the variance, as layer_norm does, is right
    ]
    earlier = []
    for batch, atol in cases:
        result = standardize(batch)
        mean = batch.mean(dim=1, keepdim=True)
        sample, population = (batch.std(dim=1, keepdim=True, correction=c) for c in (1, 0))
        want = (batch - mean) / sample
        std = sample
        if is_same(result, (batch - mean) / population, atol):  # to divide by N in place of N - 1 is right as well
            want = (batch - mean) / population
            std = population
        name = f"For a batch of shape {tuple(batch.shape)}: standardize(batch)"
        assert_result(result, want, name, _mistakes_of_standardize(batch, mean, std), earlier, atol)
    assert_no_loop(standardize, (torch.rand(4, 6),), (torch.rand(20, 30),))


def _mistakes_of_standardize(batch, mean, std):
    """Return hint -> what this mistake makes of a batch."""
    with_means = batch.mean(0)
    guards = {}
    for least in (1, 0.5, 0.1):
        guards[f"A standard deviation below {least} is replaced by {least}. Divide by it, however small it is."] = (
            batch - mean
        ) / std.clamp(min=least)
    for small in (1, 0.5, 0.1, 0.01, 0.001):
        guards[f"{small} is added to the standard deviation, so the rows don't get the standard deviation 1."] = (
            batch - mean
        ) / (std + small)
    return guards | {
        "One mean and one standard deviation are used for the whole batch. Take one for each row: dim=1.": (
            (batch - batch.mean()) / batch.std()
        ),
        "One mean is used for the whole batch. Take one for each row: dim=1.": (batch - batch.mean()) / std,
        "One standard deviation is used for the whole batch. Take one for each row: dim=1.": (
            (batch - mean) / batch.std()
        ),
        "One standard deviation is used for all differences. Take one for each row: dim=1.": (
            (batch - mean) / (batch - mean).std()
        ),
        "The means of rows are subtracted from columns: keepdim=True is missing.": lambda: (batch - mean.T) / std.T,
        "The means of rows are subtracted from columns: keepdim=True is missing at the mean.": (
            lambda: (batch - mean.T) / std
        ),
        "Columns are divided by the standard deviations of rows: keepdim=True is missing at the standard deviation.": (
            lambda: (batch - mean) / std.T
        ),
        "Every column is standardized, not every row: use dim=1.": lambda: (batch - with_means) / batch.std(0),
        "The mean is that of each column. Take the mean of each row: dim=1.": (batch - with_means) / std,
        "The standard deviation is that of each column. Take that of each row: dim=1.": (batch - mean) / batch.std(0),
        "The mean is right. Now divide by the standard deviation of each row.": batch - mean,
        "The standard deviation is right, but no mean is subtracted.": batch / std,
        "Only the mean is divided: put parentheses around the difference.": batch - mean / std,
        "The mean is subtracted after the division. Subtract it first.": batch / std - mean,
        "The mean is added. Subtract it.": (batch + mean) / std,
        "The difference is multiplied by the standard deviation. Divide by it.": (batch - mean) * std,
        "Divide by the standard deviation, not by the variance.": (batch - mean) / std**2,
        "Divide by the standard deviation, not by its root.": (batch - mean) / std.sqrt(),
        "The sum of each row is subtracted. Subtract the mean.": (batch - batch.sum(1, keepdim=True)) / std,
        "The median of each row is subtracted. Subtract the mean.": (
            (batch - batch.median(dim=1, keepdim=True).values) / std
        ),
        "The rows are stretched from 0 to 1. Use mean and standard deviation.": (
            (batch - batch.amin(1, keepdim=True)) / (batch.amax(1, keepdim=True) - batch.amin(1, keepdim=True))
        ),
        "The rows and columns are swapped: the result should have the shape of `batch`.": (batch.shape[1], len(batch)),
        "The batch dimension is lost: keep it, even for a batch of one row.": (batch.shape[1],),
    }


@exercise("1.5")
def picture_to_tensor(to_chw):
    draw = np.random.default_rng(3)  # of its own: no other random number depends on it
    full = draw.integers(0, 256, (4, 6, 3), dtype=np.uint8)
    full[0, 0], full[0, 1] = 0, 255
    cases = [
        full,
        draw.integers(40, 90, (5, 5, 3), dtype=np.uint8),  # dark, and without black
        draw.integers(0, 2, (7, 2, 3), dtype=np.uint8),
        draw.integers(0, 256, (4, 6, 3), dtype=np.uint8),
        np.zeros((2, 9, 3), np.uint8),
        np.full((1, 1, 3), 200, np.uint8),
    ]
    earlier = []
    for array in cases:
        name = f"For an array of shape {array.shape} with values from {array.min()} to {array.max()}: to_chw(array)"
        hwc = torch.tensor(array / 255).float()
        want = hwc.permute(2, 0, 1)
        result = to_chw(array)
        assert_result(result, want, name, _mistakes_of_picture(array, hwc), earlier, atol=1e-6)
        assert result.dtype == torch.float32, f"{name} should be of dtype torch.float32, but it is {result.dtype}."


def _mistakes_of_picture(array, hwc):
    """Return hint -> what this mistake makes of a picture."""
    height, width, _ = array.shape
    chw = hwc.permute(2, 0, 1)
    values = torch.tensor(array).permute(2, 0, 1).float()
    low, high = values.min(), values.max()
    return {
        "The channel still comes last: permute the dimensions.": (height, width, 3),
        "Height comes before width: the picture lies on its side.": (3, width, height),
        "The channels are at the wrong place: the order should be channel, height, width.": (width, height, 3),
        "The height comes first: the order should be channel, height, width.": (height, 3, width),
        "reshape mixes rows and colors: use permute.": hwc.reshape(3, height, width),
        "The picture lies on its side: height comes before width.": hwc.permute(2, 1, 0),
        f"The values, here up to {array.max()}, are not divided by 255. Divide those of every picture.": values,
        "Values above 127 became negative: int8 ends at 127.": (
            torch.tensor(array.astype(np.int8)).permute(2, 0, 1) / 255
        ),
        "255 should become exactly 1: divide by 255, not by 256.": values / 256,
        "All values are whole numbers: convert to float before you divide.": (values / 255).floor(),
        "The picture is divided by its own largest value. Divide by 255, so that a dark picture stays dark.": (
            values / high
        ),
        "The picture is stretched from its own smallest to its largest value. Divide by 255.": (
            (values - low) / (high - low)
        ),
        "The values run from -1 to 1: they should run from 0 to 1.": chw * 2 - 1,
        "Light and dark are swapped.": 1 - chw,
        "The channels are in reverse order: red should stay first.": chw.flip(0),
        "The values are rounded: keep the decimals.": chw.round(),
    }


# 1.6 to 1.9 and 1.11: neurons


@exercise("1.6")
def sigmoid_by_hand(sigmoid):
    cases = [
        torch.linspace(-4, 4, 9),
        torch.randn(3, 3) * 3,
        torch.tensor(1.5),
        torch.randn(2, 1, 4),
        torch.randn(1, 5),
        torch.zeros(0, 3),
        torch.tensor([-1000.0, -90.0, -70.0, 0.0, 20.0, 70.0, 80.0]),
        torch.tensor([[100.0, 1000.0], [88.0, -89.0]]),
    ]
    with Calls() as calls:
        sigmoid(cases[0])
    ready_made = ("sigmoid", "sigmoid_", "special_expit", "log_sigmoid", "logsigmoid")
    assert_not_called(calls, ready_made, "You call PyTorch's own `{name}`. Build it from torch.exp.")

    def right(z):
        return torch.sigmoid(z)

    def mistakes(z):
        e = torch.exp(-z)
        return {
            "exp(z) / (1 + exp(z)) is inf / inf, so nan, for large z. Write 1 / (1 + exp(-z)).": (
                torch.exp(z) / (1 + torch.exp(z))
            ),
            "The sign is wrong: the sigmoid is never below 0.": -torch.sigmoid(z),
            "The curve runs the wrong way: compare it with 1 / (1 + exp(-z)).": torch.sigmoid(-z),
            "This is a power of 2. Write the power of e: torch.exp.": 1 / (1 + 2**-z),
            "This is 1 + exp(-z): 1 divided by all of it is wanted, and 1 / 1 + a is not 1 / (1 + a).": 1 + e,
            "This is the exponential alone, exp(z). Divide 1 by 1 + exp(-z).": torch.exp(z),
            "This is exp(-z) alone. Divide 1 by 1 + exp(-z).": e,
            "The sign within the parentheses is wrong: 1 + exp(-z), not 1 - exp(-z).": 1 / (1 - e),
            "This is the hyperbolic tangent, from -1 to 1. The sigmoid runs from 0 to 1.": torch.tanh(z),
            "Only 0 and 1 come out: this is a step, not a curve.": (z > 0).float(),
            "The number in the parentheses should be 1, not 2.": 1 / (2 + e),
            "The result should have the shape of z: one value for each element.": () if z.ndim else (1,),
            "This is softmax, whose values depend on each other. Compute each element by itself.": (
                lambda: z.softmax(-1)
            ),
        }

    judge(sigmoid, "sigmoid(z)", [(z,) for z in cases], right, mistakes, shows_values=True)


@exercise("1.7")
def one_neuron(neuron):
    cases = [
        (torch.tensor([1.5, -0.5, 2.0, 0.25]), torch.tensor([0.2, -0.6, 0.15, 1.0]), torch.tensor(-0.4)),
        (torch.randn(7), torch.randn(7), torch.tensor(-1.3)),
        (torch.randn(1), torch.randn(1), torch.tensor(0.4)),
        (torch.randn(30) * 100, torch.randn(30) * 0.002, torch.tensor(-0.2)),
        (torch.rand(784), torch.randn(784) * 0.05, torch.tensor(0.5)),
        (torch.ones(3), torch.full((3,), 60.0), torch.tensor(-110.0)),
        (torch.rand(784) * 255, torch.full((784,), 0.1), torch.tensor(1.0)),  # a sum of thousands
    ]
    first_bias = cases[0][2]
    below = neuron(torch.tensor([1.0, 2.0]), torch.tensor([-1.0, 0.25]), first_bias)  # the sum is -0.9, its ReLU 0
    is_cut = is_same(below, torch.zeros(()))
    without_sigmoid = "Sums below 0 become 0, as with ReLU. Use the sigmoid."
    if not is_cut:
        without_sigmoid = "This is the sum itself: send it through the sigmoid."

    def right(x, w, b):
        return torch.sigmoid(x @ w + b)

    def mistakes(x, w, b):
        n, total = len(x), x @ w
        output = torch.sigmoid(total + b)
        return {
            "There is one number for each input. Add the products up before the activation.": (n,),
            "A neuron returns a single number, of shape (), not a list of one.": (1,),
            "The bias is missing.": torch.sigmoid(total),
            without_sigmoid: total + b,
            "The activation is ReLU, not the sigmoid.": torch.relu(total + b),
            "The bias is added for every input. Add it once, after the sum.": torch.sigmoid(total + n * b),
            "The bias is added to every input. Add it once, after the sum.": torch.sigmoid((x + b) @ w),
            "The bias goes into the activation, not after it.": torch.sigmoid(total) + b,
            "The bias is subtracted. Add it.": torch.sigmoid(total - b),
            "The sum is multiplied by the bias. Add the bias.": torch.sigmoid(total * b),
            "The whole sum has the wrong sign.": torch.sigmoid(-total - b),
            "Multiply each input with its own weight first.": torch.sigmoid(x.sum() * w.sum() + b),
            "The weights are missing: this is the sum of the inputs.": torch.sigmoid(x.sum() + b),
            "The inputs are missing: this is the sum of the weights.": torch.sigmoid(w.sum() + b),
            "Each product is sent through the sigmoid. Add them up first.": torch.sigmoid(x * w).sum() + b,
            "Each product gets the bias and a sigmoid of its own. Add the products up first.": (
                torch.sigmoid(x * w + b).sum()
            ),
            "The inputs are sent through the sigmoid. Send the sum through it.": torch.sigmoid(x) @ w + b,
            "The products are multiplied. Add them up.": torch.sigmoid((x * w).prod() + b),
            "This is the mean of the products. Take their sum.": torch.sigmoid((x * w).mean() + b),
            "The weights meet the inputs in reverse order.": torch.sigmoid(x @ w.flip(0) + b),
            f"The last of the {n} inputs is left out.": torch.sigmoid(x[:-1] @ w[:-1] + b),
            f"The first of the {n} inputs is left out.": torch.sigmoid(x[1:] @ w[1:] + b),
            f"Only the first of the {n} inputs is used. Add up the products of all.": torch.sigmoid(x[0] * w[0] + b),
            "The bias is that of an earlier call. Compute with the arguments of each call.": (
                torch.sigmoid(total + first_bias)
            ),
            "The activation is tanh. Use the sigmoid.": torch.tanh(total + b),
            "The sigmoid is applied twice.": torch.sigmoid(output),
            "The answer is rounded to 0 or 1. Return the number itself.": output.round(),
            "The answer is rounded to one decimal. Return the number itself.": output.round(decimals=1),
            "The answer is rounded to two decimals. Return the number itself.": output.round(decimals=2),
        }

    is_number = isinstance(neuron(*cases[0]), float)
    assert not is_number, "The result is a Python number. It should be a tensor: leave out `.item()` or `float()`."
    judge(neuron, "neuron(x, w, b)", cases, right, mistakes)


def _layer_cases():
    """Return inputs of a layer: x, W and b of several sizes."""
    return [
        (torch.randn(3, 3), torch.randn(3, 3), torch.randn(3)),
        (torch.randn(5, 4), torch.randn(4, 2), torch.randn(2)),
        (torch.randn(4, 2), torch.randn(2, 4), torch.randn(4)),
        (torch.randn(1, 6), torch.randn(6, 3), torch.randn(3)),
        (torch.randn(6, 3), torch.randn(3, 1), torch.randn(1)),
        (torch.randn(2, 5) * 100, torch.randn(5, 7) * 0.01, torch.randn(7)),
        (torch.randn(3, 4) * 255, torch.randn(4, 5), torch.randn(5)),  # sums of hundreds
    ]


def _right_layer(x, W, b):
    """Return the outputs of a layer of sigmoid neurons."""
    return torch.sigmoid(x @ W + b)


def _mistakes_of_layer(x, W, b):
    """Return hint -> what this mistake makes of the inputs of a layer."""
    sums = x @ W
    return {
        "The bias is missing.": torch.sigmoid(sums),
        "The activation is missing: send the sums through the sigmoid.": sums + b,
        "The activation and the bias are missing.": sums,
        "The bias goes into the activation, not after it.": torch.sigmoid(sums) + b,
        "The bias is subtracted. Add it.": torch.sigmoid(sums - b),
        "The sums are multiplied by the bias. Add it.": torch.sigmoid(sums * b),
        "The sums have the wrong sign.": torch.sigmoid(-sums - b),
        "* multiplies element by element. A layer needs @.": lambda: torch.sigmoid(x * W + b),
        "W is transposed: its columns are the neurons.": lambda: torch.sigmoid(x @ W.T + b),
        "x is transposed: its rows are the pictures.": lambda: torch.sigmoid(x.T @ W + b),
        "The order is x @ W, even if `neuron` has w @ x: rows of x meet columns of W.": (
            lambda: torch.sigmoid(W @ x + b)
        ),
        "The product is transposed before the bias is added: one row for each picture.": (
            lambda: torch.sigmoid(sums.T + b)
        ),
        "The result is transposed: one row for each picture, one column for each neuron.": torch.sigmoid(sums + b).T,
        "b belongs to the columns, one for each neuron.": lambda: torch.sigmoid(sums + b[:, None]),
        "x is sent through the sigmoid before the product. Leave it as it is.": torch.sigmoid(x.sigmoid() @ W + b),
        "The bias is added to W. Add it to the sums, after the product.": torch.sigmoid(x @ (W + b)),
        "The activation is tanh. Use the sigmoid.": torch.tanh(sums + b),
        "The activation is ReLU. Use the sigmoid.": torch.relu(sums + b),
        "This is softmax. Use the sigmoid.": torch.softmax(sums + b, 1),
        "The sigmoid is applied twice.": torch.sigmoid(torch.sigmoid(sums + b)),
        "Each neuron sees only one bias: b has one element for each neuron.": torch.sigmoid(sums + b[0]),
        "All neurons get the sum of the biases. Add to each neuron its own.": torch.sigmoid(sums + b.sum()),
        "All neurons get the mean of the biases. Add to each neuron its own.": torch.sigmoid(sums + b.mean()),
        "The bias is added for every input. Add it once, after the sum.": torch.sigmoid(sums + len(W) * b),
        "These are means over the inputs. Take their sums.": torch.sigmoid(sums / len(W) + b),
        "The outputs are rounded to 0 or 1. Return the numbers themselves.": torch.sigmoid(sums + b).round(),
        "There should be one row for each picture.": (W.shape[1],),
    }


@exercise("1.8")
def layer_of_neurons(layer):
    judge(layer, "layer(x, W, b)", _layer_cases(), _right_layer, _mistakes_of_layer)
    small = torch.randn(2, 3), torch.randn(3, 2), torch.randn(2)
    large = torch.randn(9, 8), torch.randn(8, 7), torch.randn(7)
    assert_no_loop(layer, small, large)


@exercise("1.9")
def network_of_two_layers(network):
    cases = []
    for n, inputs, hidden, outputs in [(3, 3, 3, 3), (5, 3, 6, 4), (3, 4, 4, 2), (1, 2, 5, 1), (4, 7, 1, 3)]:
        weights = torch.randn(inputs, hidden), torch.randn(hidden), torch.randn(hidden, outputs), torch.randn(outputs)
        cases.append((torch.randn(n, inputs), *weights))
    x, W1, *others = cases[1]
    cases.append((x * 100, W1 / 100, *others))
    cases.append((x * 255, W1, *others))  # sums of hundreds

    def right(x, W1, b1, W2, b2):
        return torch.sigmoid(torch.sigmoid(x @ W1 + b1) @ W2 + b2)

    def mistakes(x, W1, b1, W2, b2):
        s = torch.sigmoid
        hidden = s(x @ W1 + b1)
        sums = hidden @ W2
        return {
            "This is the output of the hidden layer. Feed it to the second one.": hidden,
            "x is sent through the sigmoid before the hidden layer. Leave it as it is.": s(s(s(x) @ W1 + b1) @ W2 + b2),
            "The hidden layer is not used: feed its output to the second.": lambda: s(x @ W2 + b2),
            "The hidden layer has no activation.": s((x @ W1 + b1) @ W2 + b2),
            "The output layer has no activation.": sums + b2,
            "Neither layer has an activation.": (x @ W1 + b1) @ W2 + b2,
            "The output layer has no bias.": s(sums),
            "The hidden layer has no bias.": s(s(x @ W1) @ W2 + b2),
            "Neither layer has a bias.": s(s(x @ W1) @ W2),
            "The bias of the hidden layer is subtracted. Add it.": s(s(x @ W1 - b1) @ W2 + b2),
            "The bias of the output layer is subtracted. Add it.": s(sums - b2),
            "The bias of the hidden layer goes into its activation, not after it.": s((s(x @ W1) + b1) @ W2 + b2),
            "The bias of the output layer goes into its activation, not after it.": s(sums) + b2,
            "The hidden layer uses tanh. Use the sigmoid.": s(torch.tanh(x @ W1 + b1) @ W2 + b2),
            "The hidden layer uses ReLU. Use the sigmoid.": s(torch.relu(x @ W1 + b1) @ W2 + b2),
            "The output layer uses tanh. Use the sigmoid.": torch.tanh(sums + b2),
            "Both layers use tanh. Use the sigmoid.": torch.tanh(torch.tanh(x @ W1 + b1) @ W2 + b2),
            "The output layer uses ReLU. Use the sigmoid.": torch.relu(sums + b2),
            "The output layer uses softmax. Use the sigmoid.": torch.softmax(sums + b2, 1),
            "The layers are swapped: W1 and b1 come first.": lambda: s(s(x @ W2 + b2) @ W1 + b1),
            "The biases are swapped: b1 belongs to the hidden layer.": lambda: s(s(x @ W1 + b2) @ W2 + b1),
            "Both layers use b1. The output layer has b2.": lambda: s(sums + b1),
            "Both layers use b2. The hidden layer has b1.": lambda: s(s(x @ W1 + b2) @ W2 + b2),
            "Both layers use W1. The output layer has W2.": lambda: s(hidden @ W1 + b2),
            "Both layers use the parameters of the first one.": lambda: s(hidden @ W1 + b1),
            "The hidden layer runs twice.": lambda: s(s(hidden @ W1 + b1) @ W2 + b2),
            "* multiplies element by element. The output layer needs @.": lambda: s(hidden * W2 + b2),
            "* multiplies element by element. The hidden layer needs @.": lambda: s(s(x * W1 + b1) @ W2 + b2),
            "The sides of @ are swapped in the hidden layer.": lambda: s(s(W1 @ x + b1) @ W2 + b2),
            "The sides of @ are swapped in the output layer.": lambda: s(W2 @ hidden + b2),
            "W1 is transposed.": lambda: s(s(x @ W1.T + b1) @ W2 + b2),
            "W2 is transposed.": lambda: s(hidden @ W2.T + b2),
            "The result is transposed: one row for each picture.": s(sums + b2).T,
            "The sigmoid is applied twice in the hidden layer.": s(s(hidden) @ W2 + b2),
            "The sigmoid is applied twice to the output.": s(s(sums + b2)),
            "This is the output of the hidden layer, not of the network.": tuple(hidden.shape),
        }

    judge(network, "network(x, W1, b1, W2, b2)", cases, right, mistakes)


class WithoutEinsum(TorchFunctionMode):
    """Within it, torch.einsum gives zeros: tells whether a result depends on it."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        return torch.zeros_like(result) if function is torch.einsum else result


@exercise("1.11")
def layer_by_einsum(einsum_layer):
    def mistakes(x, W, b):
        def summed_wrong(after):
            return lambda: torch.sigmoid(torch.einsum(f"ij,jk->{after}", x, W) + b)

        keep = "Keep the first letter of x and the second of W, and leave out the one that they share."
        letters = {
            "This is W times x. The first group of letters belongs to the first tensor: give x first, then W.": (
                lambda: torch.sigmoid(W @ x + b)
            ),
            f"After the arrow stand the two letters of x. {keep}": summed_wrong("ij"),
            f"After the arrow stand the two letters of x, swapped. {keep}": summed_wrong("ji"),
            f"After the arrow stand the two letters of W. {keep}": summed_wrong("jk"),
            f"After the arrow stand the two letters of W, swapped. {keep}": summed_wrong("kj"),
            "A letter is missing after the arrow: one belongs to the pictures and one to the neurons.": (W.shape[1],),
            "No letter is summed away: the shared one must not come back after the arrow.": (
                lambda: torch.sigmoid(x * W + b)
            ),
            "W is read transposed: its rows are the inputs, so its first letter is the one that x shares.": (
                lambda: torch.sigmoid(x @ W.T + b)
            ),
            "x is read transposed: its columns are the inputs, so its second letter is the one that W shares.": (
                lambda: torch.sigmoid(x.T @ W + b)
            ),
            "The letters after the arrow are swapped.": lambda: torch.sigmoid((x @ W).T + b),
            "x has the same letter twice, which reads only its diagonal. Give its two dimensions two letters.": (
                lambda: torch.sigmoid(torch.einsum("nn,nm->nm", x, W) + b)
            ),
            "A letter too many is summed away: x and W share no letter.": (
                lambda: torch.sigmoid(torch.einsum("ij,kl->il", x, W) + b)
            ),
            "The products are still apart: leave out the shared letter after the arrow.": (*x.shape, W.shape[1]),
        }
        return letters | _mistakes_of_layer(x, W, b)

    judge(einsum_layer, "einsum_layer(x, W, b)", _layer_cases(), _right_layer, mistakes)
    with Calls() as calls:
        einsum_layer(*_layer_cases()[1])
    assert calls.used("einsum"), "The result is right, but it is computed without torch.einsum: try it with letters."
    x, W, b = _layer_cases()[1]
    with WithoutEinsum():
        blind = einsum_layer(x, W, b)
    assert not is_same(blind, _right_layer(x, W, b)), (
        "torch.einsum is called, but the result comes from something else."
    )
    alone = "as well: let torch.einsum compute the product alone."
    operator_names = ("matmul", "__matmul__", "__rmatmul__")
    assert_not_called(calls, operator_names, f"You use `@` (or `matmul`, its function) {alone}")
    products = ("mm", "bmm", "addmm", "linear", "tensordot", "mv", "dot")
    assert_not_called(calls, products, "You call `{name}` " + alone)


# 1.10


@exercise("1.10")
def all_distances(distances):
    points = torch.randn(20, 7)
    cases = [
        (torch.randn(3, 5), torch.randn(4, 5)),
        (torch.randn(4, 2), torch.randn(4, 2)),
        (torch.randn(1, 3), torch.randn(6, 3)),
        (torch.randn(5, 1), torch.randn(1, 1)),
        (torch.randn(2, 4) * 100, torch.randn(3, 4) * 100),
    ]

    def right(a, b):
        return (a[:, None] - b).square().sum(-1).sqrt()

    def mistakes(a, b):
        n, m, d = len(a), len(b), a.shape[1]
        differences = a[:, None] - b
        want = right(a, b)
        return {
            "The coordinates are still apart: sum the squares over the last dimension.": (n, m, d),
            "The result is transposed: a gives the rows, b the columns.": (m, n),
            "This is one distance for each row of a only. Each of these should meet each row of b.": (n,),
            "The rows of a are summed up: sum over the coordinates, the last dimension.": (m, d),
            "The rows of b are summed up: sum over the coordinates, the last dimension.": (n, d),
            "A dimension of size 1 is left: sum without keepdim.": (n, m, 1),
            "These are squared distances: take the root.": want**2,
            "The distance is the root of a sum of squares: square, sum, then take the root.": differences.abs().sum(-1),
            "Square the differences before you add them.": differences.sum(-1),
            "Square the differences before you add them, not afterwards.": differences.sum(-1).abs(),
            "Add the squares up; this is the root of their mean.": differences.square().mean(-1).sqrt(),
            "Add the squares up; this is the largest difference.": differences.abs().amax(-1),
            "Subtract the points; this is the length of their sum.": (a[:, None] + b).square().sum(-1).sqrt(),
            "Square the differences; these are cubes or another power.": differences.pow(3).sum(-1).sqrt(),
            "The root is taken twice.": want.sqrt(),
            f"Only two of the {d} coordinates are used.": differences[..., :2].square().sum(-1).sqrt(),
        }

    as_many = getattr(distances(*cases[1]), "shape", ())  # 4 points and 4 others
    assert as_many != (4,), (
        "Row i of a meets only row i of b, so there is one distance for each row. Each row of a should meet each row "
        "of b: give both a dimension more."
    )
    assert as_many not in [(1, 4), (4, 1)], (
        "The new dimensions of a and b are at the same place, so row i of a meets only row i of b. Put that of a after "
        "its rows and that of b before its rows."
    )
    judge(distances, "distances(a, b)", cases, right, mistakes)
    result = distances(points, points.clone())
    assert not has_nan(result), (
        "Where two points are equal, the distance is nan. Rounding leaves a tiny negative number under the root: "
        "subtract the points before you square."
    )
    assert_result(result, right(points, points), "For 20 points and the same 20: distances(a, b)", {}, [], atol=5e-3)
    small = torch.randn(2, 3), torch.randn(3, 3)
    large = torch.randn(8, 12), torch.randn(9, 12)
    assert_no_loop(distances, small, large)
