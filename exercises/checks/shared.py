"""What checks of several lessons share: how they call what a reader wrote, and how they compare rows."""

import re

import torch

from exercises import compare
from exercises.compare import describe
from exercises.errors import is_of_a_cell
from exercises.judge import Hint


def call(what, function, *arguments, hints=None):
    """Call something of the reader's, so that whatever goes wrong in it is told as an error of the reader.

    An error in a line of the reader passes on, since the engine shows that line. One without such a line (a class of
    PyTorch in place of a function, a module without `forward`) becomes a hint.

    Parameters
    ----------
    what : str
        What is called, as the reader knows it: "Block(4, 8)".
    function : callable
        What to call with the arguments.
    hints : dict, optional
        Regular expression -> hint, for messages of PyTorch that leave one cause only.
    """
    try:
        result = function(*arguments)
    except Hint:
        raise
    except Exception as error:
        text = first_line(error)
        for pattern, hint in (hints or {}).items():
            assert not re.search(pattern, str(error)), f"{hint} PyTorch says: {text}"
        if is_of_a_cell(error):
            raise
        raise AssertionError(f"{what} stops with {type(error).__name__}: {text}") from None
    finally:
        gradients, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
    text = "Your code leaves gradients switched off for all cells to come: use `with torch.no_grad():`."
    assert gradients, text
    assert dtype == torch.float32, f"Your code leaves {dtype} as PyTorch's default dtype: the next cells would suffer."
    for part in result if isinstance(result, tuple | list) else [result]:
        if isinstance(part, torch.Tensor):
            is_plain = part.layout == torch.strided and not part.is_quantized and not part.is_complex()
            assert is_plain, f"{what} gives a sparse, quantized or complex tensor. Return an ordinary one."
    return result


def first_line(error):
    """Return the first line of what an error says."""
    return str(error).strip().partition("\n")[0] or "no message"


def assert_values(got, want, name, mistakes=None, atol=1e-5, rtol=1e-4):
    """Assert as `compare.assert_values` does, and say also where the right values stand in other rows."""
    hints = dict(mistakes or {})
    hints[f"{name}: the right values stand in other rows."] = lambda: want[one_by_one_order(got, want)]
    compare.assert_values(got, want, name, hints, atol, rtol)


def one_by_one_order(one, two):
    """Return for each row of a tensor the row of another one that is closest, so that another order can be told."""
    distances = torch.cdist(one.detach().double().reshape(len(one), -1), two.double().reshape(len(two), -1))
    order = distances.argmin(dim=1)
    is_order = len(order.unique()) == len(order)
    return order if is_order else torch.arange(len(order))


def as_pair(result, what):
    """Return the two parts of a result; say so where there are not two."""
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    assert is_pair, f"Return two things, {what}. What comes back is {describe(result)}."
    return result
