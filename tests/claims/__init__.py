"""What the lessons claim about their own results, by cell: judged in the kernel right after that cell has run.

    @claim("train-show")
    def the_loss_falls(history):
        assert history["train loss"][-1] < 0.3, "the loss should fall below 0.3"

The parameters are names of the notebook. A claim is judged whenever the tests, or `python course.py run --check`,
execute a lesson; it never stops or burdens a reader. (tests/conftest.py does it for nbval, tools/run_notebooks.py for
the command.) No claim is about time: on a busy machine everything takes longer.
"""

import importlib
import inspect
from collections import defaultdict

CLAIMS = defaultdict(lambda: defaultdict(list))  # file, such as "part3" -> cell -> functions


def claim(cell):
    """Register a function as a claim about what the notebook holds once the cell of this id has run."""

    def register(function):
        CLAIMS[function.__module__.partition(".")[2]][cell].append(function)
        return function

    return register


def claims_of(part):
    """Return the claims of a lesson ("3" or "B1"): id of a cell -> functions. A lesson without a file has none."""
    stem = f"bonus{part[1:]}" if part.startswith("B") else f"part{part}"
    try:
        importlib.import_module(f"claims.{stem}")
    except ModuleNotFoundError as error:
        if error.name != f"claims.{stem}":
            raise
    return CLAIMS[stem]


def judge(part, cell, namespace):
    """Judge the claims about a cell; raise an AssertionError that names the claim that does not hold."""
    for function in claims_of(part).get(cell, []):
        names = inspect.signature(function).parameters
        missing = [name for name in names if name not in namespace]
        assert not missing, f"{cell}, {function.__name__}: the notebook has no {missing[0]}"
        try:
            function(**{name: namespace[name] for name in names})
        except AssertionError as error:
            raise AssertionError(f"{cell}, {function.__name__}: {error}") from error
