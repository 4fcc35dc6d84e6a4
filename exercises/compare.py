"""What checks share: comparing values, naming the mistake that was made, and watching what a piece of code does.

A check asserts; the text of the assertion is the hint that the reader sees. These functions never raise anything but
an AssertionError with such a text, whatever they are given; only `call` lets an error of the reader's own line through.
"""

import contextlib
import math
import sys
from collections import Counter

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from exercises import errors
from exercises.surroundings import fingerprint


def is_same(got, want, atol=1e-5, rtol=1e-4):
    """Whether a tensor has the shape, device, layout and, within a tolerance, the values of another one; never raises.

    Parameters
    ----------
    got : object
        Anything; what is not a tensor, or is complex, quantized, nested or lazy, is never the same.
    want : torch.Tensor
        The right value. The dtype does not count (see `assert_same`), nan equals nan.
    atol, rtol : float
        The difference that is allowed, absolute and relative to `want`. Whole numbers and booleans must be equal.
    """
    if not isinstance(got, torch.Tensor) or got.is_nested or _is_lazy(got) or got.shape != want.shape:
        return False
    if got.device != want.device or got.layout != want.layout or got.is_complex() or got.is_quantized:
        return False
    if got.is_meta:
        return got.dtype == want.dtype
    rtol = rtol if want.dtype.is_floating_point else 0  # a count of 100,005 is not 100,000
    try:
        if not want.dtype.is_floating_point and not got.dtype.is_floating_point:
            return torch.equal(_dense(got, torch.int64), _dense(want, torch.int64))
        one = _dense(got, torch.float64)
        two = _dense(want, torch.float64)
        return torch.allclose(one, two, rtol=rtol, atol=atol, equal_nan=True)
    except (RuntimeError, TypeError):  # PyTorch has kinds of tensors that it cannot compare, such as masked ones
        return False


def _is_lazy(tensor):
    """Whether it belongs to a lazy layer, and has no shape yet."""
    return torch.nn.parameter.is_lazy(tensor)


def _dense(tensor, dtype):
    """Return the values of a tensor of any layout, on the CPU: a Mac's GPU has no float64."""
    return tensor.detach().cpu().to_dense().to(dtype)


def assert_same(got, want, name="your answer", mistakes=None, dtype=None, atol=1e-5, rtol=1e-4):
    """Assert that a value is what it should be; if not, say which mistake it comes from, or what differs.

    Parameters
    ----------
    got : object
        What the reader's code gave.
    want : torch.Tensor
        What it should be: shape, device, layout and values (see `is_same`).
    name : str
        How the reader knows it: "layer(x, W, b)".
    mistakes : dict, optional
        Hint -> the value that this mistake leads to, a tensor or a function without arguments that makes it. Looked at
        in order, and only if `got` is not right, so a mistake that makes no difference here blames nobody.
    dtype : torch.dtype, optional
        The dtype, where the card names it.
    """
    if is_same(got, want, atol, rtol):
        assert dtype is None or got.dtype == dtype, f"{name} should be of dtype {dtype}, but it is {got.dtype}."
        return
    assert got is not None, f"{name} is None. Does your function end with `return`?"
    assert got is not ..., f"{name} is still `...`."
    assert isinstance(got, torch.Tensor), f"{name} should be a tensor, but it is of type {type(got).__name__}."
    assert not got.is_nested, f"{name} should be an ordinary tensor, but it is a nested one, of several sizes."
    assert not _is_lazy(got), f"{name} has no shape yet: it belongs to a lazy layer that has not seen an input."
    for hint, wrong in (mistakes or {}).items():
        value = _value_of(wrong)
        assert not (isinstance(value, torch.Tensor) and is_same(got, value, atol, rtol)), hint
    assert got.shape == want.shape, f"{name} should have the shape {tuple(want.shape)}, but it has {tuple(got.shape)}."
    assert got.device == want.device, f"{name} should be on the device {want.device}, but it is on {got.device}."
    assert got.layout == want.layout, f"{name} should have the layout {want.layout}, but it has {got.layout}."
    raise AssertionError(difference(got, want, name, atol, rtol))


def _value_of(wrong):
    """Return the value of a mistake; None where making it fails for these inputs."""
    if not callable(wrong) or isinstance(wrong, torch.nn.Module):
        return wrong
    try:
        return wrong()
    except (RuntimeError, ValueError, IndexError, TypeError):  # the mistake is not possible with these shapes
        return None


def difference(got, want, name, atol=1e-5, rtol=1e-4):
    """Return where two tensors of one shape differ first, as a sentence."""
    if got.is_complex() or got.is_quantized or got.is_meta:
        return f"{name} should hold {want.dtype} numbers, but it holds {got.dtype}."
    try:
        one = _dense(got, torch.float64)
        two = _dense(want, torch.float64)
        rtol = rtol if want.dtype.is_floating_point else 0
        wrong = ~torch.isclose(one, two, rtol=rtol, atol=atol, equal_nan=True)
        if not want.dtype.is_floating_point and not got.dtype.is_floating_point:
            wrong = _dense(got, torch.int64) != _dense(want, torch.int64)
        is_any_wrong = bool(wrong.any())
    except (RuntimeError, TypeError):  # a kind of tensor that PyTorch cannot compare
        return f"{name} should be an ordinary tensor of {want.dtype}, but it is a {type(got).__name__} of {got.dtype}."
    if not is_any_wrong:
        return f"{name} does not have the values that it should have."
    index = tuple(wrong.nonzero()[0].tolist())
    place = f"[{', '.join(map(str, index))}]" if index else ""
    if name.endswith("`"):
        name, place = name[:-1], f"{place}`"
    is_flag = want.dtype == torch.bool
    right = str(bool(two[index])) if is_flag else _shown(two[index].item())
    found = str(bool(one[index])) if is_flag and got.dtype == torch.bool else _shown(one[index].item())
    if right == found:  # all digits, from the tensors themselves: float64 has not enough for a large int64
        right, found = repr(_dense(want, want.dtype)[index].item()), repr(_dense(got, got.dtype)[index].item())
    return f"{name}{place} should be {right}, but it is {found}."


def assert_values(got, want, name, mistakes=None, atol=1e-5, rtol=1e-4):
    """Assert that a tensor is what it should be (see `assert_same`); say also how its values relate to the right ones.

    "It is 1.01 times what it should be" tells more than one value that differs.
    """
    hints = dict(mistakes or {})
    if not is_same(got, want, atol, rtol):
        hints |= relations(got, want, name)
    assert_same(got, want, name, hints, atol=atol, rtol=rtol)


def relations(got, want, name):
    """Return what the values of a tensor may be in relation to the right ones: sentence -> those values."""
    if not isinstance(got, torch.Tensor) or not is_same(got, got) or got.is_meta:  # of a kind that has no relations
        return {}
    if got.shape != want.shape or got.device != want.device or not got.layout == want.layout == torch.strided:
        return {}
    if not want.numel():
        return {}
    one, two = got.detach().double(), want.detach().double()
    square = two.square().sum().item()
    factor = (one * two).sum().item() / square if square else math.nan
    offset = (one - two).mean().item()
    whole = f"{name}: all values are" if two.ndim else f"{name} is"
    found = {
        f"{whole} nan.": torch.full_like(two, math.nan),
        f"{whole} 0, but {'they' if two.ndim else 'it'} should not be.": torch.zeros_like(two),
        f"{name} has the wrong sign: it should be positive and negative the other way round.": -two,
        f"{name} is rounded{_why_rounded(got)}.": rounded_like(one, two),
    }
    if not math.isnan(factor) and f"{factor:.4g}" != "1":
        found[_times(name, one, two, factor)] = two * factor
    found[f"{whole} {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."] = two + offset
    found[f"{name}: no value is below 0, though some should be."] = two.clamp(min=0)
    found[f"{name}: no value is beyond 1, though some should be."] = two.clamp(-1, 1)
    if two.ndim:
        found[f"{name}: the right values stand in reverse order."] = two.flip(0)
        found[f"{name}: the last entry is the first one again."] = torch.cat([two[:-1], two[:1]])
    if two.ndim == 2 and two.shape[0] == two.shape[1]:
        found[f"{name}: rows and columns are swapped."] = two.T
    return found


def _why_rounded(got):
    """Return why a tensor may be rounded, as the end of a sentence."""
    return f", as its dtype is {got.dtype}" if got.dtype in (torch.float16, torch.bfloat16) else ""


def _times(name, got, want, factor):
    """Return that values are a multiple of the right ones; of a single number, which always is one, both numbers."""
    if want.numel() > 1:
        return f"{name}: all values are {factor:.4g} times what they should be."
    right, found = want.flatten()[0].item(), got.flatten()[0].item()
    return f"{name} should be {right:.6g}, but it is {found:.6g}, {factor:.4g} times what it should be."


def rounded_like(got, want):
    """Return the rounded form of the right values that these equal, or None."""
    for digits in range(4):
        rounded = want.round(decimals=digits)
        if is_same(got, rounded, atol=1e-7):
            return rounded
    half = want.half().double()
    return half if is_same(got, half, atol=1e-9, rtol=1e-7) else None


def assert_number(got, want, name="your answer", mistakes=None, atol=1e-5, rtol=1e-4):
    """Assert that a value is a number, or a tensor or array that holds one, and that it is right.

    The parameters are those of `assert_same`; `want` and the values of `mistakes` are numbers.
    """
    number = as_number(got)
    assert got is not ..., f"{name} is still `...`."
    assert number is not None, f"{name} should be a number, but it is {describe(got)}."
    rtol = 0 if isinstance(want, int) else rtol  # of 203,530 parameters, none may be missing
    if _is_close(number, want, atol, rtol):
        return
    for hint, wrong in (mistakes or {}).items():
        value = as_number(_value_of(wrong))
        assert value is None or not _is_close(number, value, atol, rtol), hint
    right, found = _shown(want), _shown(number)
    if right == found:
        right, found = repr(float(want)), repr(number)
    raise AssertionError(f"{name} should be {right}, but it is {found}.")


def _shown(number):
    """Return a number as text: a whole number with all its digits, another one with six."""
    is_whole = math.isfinite(number) and abs(number) < 1e15 and number == int(number)
    return str(int(number)) if is_whole else f"{number:.6g}"


def _is_close(one, two, atol, rtol):
    return one == two or (one != one and two != two) or abs(one - two) <= atol + rtol * abs(two)


def as_number(value):
    """Return a number, or what a tensor or array of one element holds, as a float; None for anything else."""
    if isinstance(value, bool | str | np.bool_ | complex | np.complexfloating):
        return None
    try:
        if isinstance(value, torch.Tensor) and (value.is_meta or value.is_quantized or value.is_complex()):
            return None
        if getattr(value, "dtype", None) in (torch.bool, np.bool_):
            return None
        return float(value) if hasattr(value, "__float__") else None
    except Exception:  # an object of the reader's may refuse anything
        return None


def describe(value):
    """Return what a value is, in a few words: "a tensor of shape (3, 4)", "the text 'abc'"."""
    if value is None:
        return "None (does the function end with `return`?)"
    if isinstance(value, torch.Tensor) and value.is_nested:
        return "a nested tensor"
    if isinstance(value, torch.Tensor) and _is_lazy(value):
        return "a tensor of a lazy layer, without a shape"
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, list | tuple | dict | set):
        kind, count = type(value).__name__, len(value)
        article = "an" if kind[0].lower() in "aeiou" else "a"
        return f"{article} {kind} with {count} {'entry' if count == 1 else 'entries'}"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a whole number of more than 60 digits"
    if isinstance(value, int | float | bool):
        return f"{value!r}"
    return f"of type {type(value).__name__}"


def assert_predictions(made, truth, hints=None, read=lambda value: value, form=""):
    """Assert that each line of a dict of predictions is right; lines that are still `...` are passed over.

    The engine says "not yet" for open lines and shows the hint of a wrong line beside it.

    Parameters
    ----------
    made : dict
        What the reader predicts, by question.
    truth : dict
        What is right, by question.
    hints : dict or callable, optional
        Question -> hint, or a function of the question, the prediction and the truth that returns one.
    read : callable, optional
        Brings a prediction into the form of the truth (a list into a tuple); a prediction for which it raises a
        TypeError or ValueError is told the `form`.
    form : str, optional
        What a prediction should look like: "a tuple such as (2, 3)".
    """
    assert isinstance(made, dict), (
        f"Keep the dict of the stub, with a line for each question. What stands in its place is {describe(made)}."
    )
    missing = [question for question in truth if question not in made]
    assert not missing, f"The line {missing[0]!r} is missing: keep all {len(truth)} lines of the stub."
    for question, right in truth.items():
        prediction = made[question]
        if prediction is ...:
            continue
        try:
            value = read(prediction)
        except (TypeError, ValueError, AttributeError):
            raise AssertionError(f"{question}: write {form}.") from None
        if type(value) is type(right) and value == right:
            continue
        hint = hints(question, value, right) if callable(hints) else (hints or {}).get(question, "")
        raise AssertionError(f"{question}: {hint}" if hint else f"{question}: this is not what comes out.")


def call(function, how, *args):
    """Call what the engine does not watch, such as a module; an error outside of the reader's lines is a hint."""
    try:
        return function(*args)
    except Exception as error:
        if errors.is_of_a_cell(error):
            raise
        known = errors.meaning(str(error))
        behind = f"\n{known}" if known else ""
        raise AssertionError(f"{how} stopped with {type(error).__name__}: {error}{behind}") from None


@contextlib.contextmanager
def unchanged(*things, what="what it was given"):
    """Assert that a piece of code changes none of these tensors, modules or containers.

    `what` is said of them: "Your code changed {what}."
    """
    before = [fingerprint(thing) for thing in things]
    yield
    after = [fingerprint(thing) for thing in things]
    assert after == before, f"Your code changed {what}. Work on a copy, and leave modes and gradients as they were."


class Calls(TorchFunctionMode):
    """Counts the functions of PyTorch that a piece of code calls, under whatever name: `with Calls() as calls:`.

    Attributes
    ----------
    names : collections.Counter
        The name of the function ("einsum", "softmax", "__matmul__") -> how often it was called.
    """

    def __init__(self):
        super().__init__()
        self.names = Counter()

    def __torch_function__(self, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name == "__get__":  # of an attribute: x.T, x.data
            name = getattr(getattr(function, "__self__", None), "__name__", name)
        self.names[name] += 1
        return function(*args, **(kwargs or {}))

    def used(self, *names):
        """Return the first of these names that was called, or ""."""
        return next((name for name in names if self.names[name]), "")


def assert_not_called(calls, names, hint):
    """Assert that none of these functions of PyTorch was called, whether as function, method or module."""
    used = calls.used(*names).replace("special_", "torch.special.")
    assert not used, hint.replace("{name}", used)


class Lines:
    """Counts how many lines of the notebook run, each as often as it runs: `with Lines() as lines:`.

    Attributes
    ----------
    count : int
        The lines so far, in this thread. A loop counts whatever it loops over, the values of NumPy too.
    """

    def __init__(self):
        self.count = 0

    def __enter__(self):
        self._before = sys.gettrace()  # a debugger's, or that of a measure of coverage
        sys.settrace(self._entered)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)

    def _entered(self, frame, event, argument):
        return self._runs if errors.is_cell_file(frame.f_code.co_filename) else None

    def _runs(self, frame, event, argument):
        self.count += event == "line"
        return self._runs


def assert_no_loop(run, small, large, hint="Your code takes more steps for a larger input: do it without a loop."):
    """Assert that a function has no loop over its input: for a larger one it takes no more steps.

    Parameters
    ----------
    run : callable
        The reader's function.
    small, large : tuple
        Arguments of different sizes. Reading values out one by one (`tolist`, `item`, iteration) counts as a loop, and
        so does a loop over the values of an array or of a list.
    """
    counts, lines = [], []
    for arguments in (small, large):
        with Calls() as calls, Lines() as seen:
            run(*arguments)
        assert not calls.used("tolist", "__iter__", "unbind"), hint
        counts.append(sum(calls.names.values()))
        lines.append(seen.count)
    assert counts[1] <= counts[0] + 2, hint
    assert lines[1] <= lines[0], hint


def assert_on_device(state, before, which):
    """Assert that the tensors of a network lie on the devices that they should be on.

    Parameters
    ----------
    state : dict[str, torch.Tensor]
        The state_dict of the network.
    before : dict[str, torch.Tensor]
        The same tensors on the right devices; what only one of the two has is left to other checks.
    which : str
        The network, as the begin of a sentence.
    """
    for name, value in before.items():
        found = state[name].device if name in state else value.device
        assert found == value.device, f"{which} should be on the device {value.device}, but it is on {found}."


def shares_memory(one, two):
    """Whether two tensors lie in the same block of memory."""
    if not (isinstance(one, torch.Tensor) and isinstance(two, torch.Tensor)):
        return False
    try:
        return one.untyped_storage().data_ptr() == two.untyped_storage().data_ptr() != 0
    except (RuntimeError, NotImplementedError, ValueError):  # ValueError: a lazy layer has no weights yet
        return False
