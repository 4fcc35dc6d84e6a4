"""What is said about frequent errors: each sentence is reached by code that raises the error in this PyTorch."""

import collections
import math
import re
from operator import setitem

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from exercises.errors import add_note, arguments_told, meaning, notes_of


class NoForward(nn.Module):
    """A module whose `forward` is spelled wrong."""

    def foward(self, x):
        return x


class NoSuper(nn.Module):
    """A module whose `__init__` does not call that of nn.Module first."""

    def __init__(self):
        self.layer = nn.Linear(2, 2)


def call_itself(x):
    return call_itself(x)


def set_parameter():
    nn.Linear(2, 3).weight = torch.zeros(3, 2)


def change_parameter():
    nn.Linear(2, 3).weight.zero_()


def enter_class():
    with torch.no_grad:
        pass


@pytest.mark.parametrize(
    ("raises", "words"),
    [
        (lambda: torch.zeros(3, 2, 4, 5).reshape(-1, 784), "Is a size fixed in your code"),
        (lambda: torch.zeros(3, 4).T.view(12), "`reshape` takes them in any order"),
        (lambda: torch.zeros(3, 4) @ torch.zeros(5, 2), "left have 4 numbers, .* takes rows of 5"),
        (lambda: nn.Linear(784, 10)(torch.zeros(280, 28)), "left have 28 numbers, .* takes rows of 784"),
        (lambda: nn.Linear(2, 2)(nn.ReLU(torch.zeros(1, 2))), r"`nn.ReLU\(...\)` makes a layer"),
        (lambda: F.relu(nn.Linear(2, 2)), "use the layer `nn.ReLU"),
        (lambda: torch.sqrt(2.0), r"number \*\* 0.5"),
        (lambda: nn.Sequential({"one": nn.ReLU()}), "OrderedDict"),
        (lambda: nn.Sequential([nn.ReLU()]), r"nn.Sequential\(\*layers\)"),
        (lambda: nn.Sequential(F.relu), r"The layer is `nn.ReLU\(\)`"),
        (lambda: nn.Sequential(nn.Flatten), r"made with parentheses: `nn.Flatten\("),
        (lambda: nn.Sequential(collections.OrderedDict(flatten=nn.Flatten)), r"made with parentheses: `nn.Flatten\("),
        (lambda: nn.Sequential(one=nn.ReLU()), "OrderedDict"),
        (lambda: NoForward()(torch.zeros(1)), "Is `forward` spelled so"),
        (NoSuper, "first line of `__init__`"),
        (enter_class, r"as in `torch.no_grad\(\)`"),
        (change_parameter, r"with torch.no_grad\(\)"),
        (set_parameter, "in the place of the parameter `weight`"),
        (lambda: torch.zeros(2, 3) - torch.zeros(2, 3).max(dim=1), "take `.values`, or use `amax`"),
        (lambda: 1 if torch.zeros(3) >= 0 else 2, "A single True or False"),
        (lambda: math.exp(torch.zeros(3)), "such as `torch.exp`"),
        (lambda: torch.zeros(3).item(), "take a single number"),
        (lambda: call_itself(1), "calls itself"),
        (lambda: torch.einsum("ni im -> nm", torch.zeros(2, 3), torch.zeros(3, 2)), "one group of letters"),
        (lambda: len([].dataset), "Count the pictures in the loop"),
        (lambda: setitem(..., 0, 1), "still holds the `...`"),
        (lambda: torch.ones(2, dtype=torch.uint8).div_(255), "Convert to float first"),
        (lambda: np.divide(np.ones(2, np.uint8), 255, out=np.ones(2, np.uint8)), "Convert to float first"),
        (lambda: torch.ones(2).float / 255, "parentheses are missing"),
        (lambda: torch.ones(2).float.mean, "parentheses are missing"),
        (lambda: torch.ones(2).size[0], "parentheses are missing"),
        (lambda: nn.ReLU().parameters + 1, "parentheses are missing"),
        (lambda: np.ones((2, 2)).permute(1, 0), "Make a tensor of it first"),
    ],
)
def test_an_error_is_explained(raises, words):
    with pytest.raises(Exception) as caught:
        raises()
    assert re.search(words, meaning(str(caught.value))), str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((torch.ones(2, 3), torch.ones(3, 2), "ij,jk->ik"), "torch.einsum(x, W, 'ij,jk->ik')"),
        ((torch.ones(2, 3), "ij,jk->ik", torch.ones(3, 2)), "torch.einsum(x, 'ij,jk->ik', W)"),
    ],
)
def test_letters_behind_the_tensors_are_explained_by_the_line(arguments, line):
    with pytest.raises(Exception) as caught:
        torch.einsum(*arguments)
    assert "takes the letters first" in meaning(str(caught.value), line)
    assert "letters first" not in meaning(str(caught.value), "if torch.einsum('i,i->i', x, w) >= y:")


def test_an_unknown_error_is_not_explained():
    assert meaning("name 'exp' is not defined") == ""
    assert meaning("") == ""


def test_the_arguments_of_a_call_are_told_in_short():
    arguments = {"x": torch.zeros(2, 3), "array": np.zeros(4), "lr": 0.1, "widths": [4, 2], "model": nn.ReLU()}
    told = arguments_told("f", arguments)
    assert told == "`f` was called with x of shape (2, 3), array of shape (4,), lr = 0.1, widths = [4, 2]."
    assert arguments_told("f", {"model": nn.ReLU(), "words": "long " * 20}) == ""


def test_a_sentence_that_is_added_to_an_error_is_kept_beside_those_before():
    error = ValueError("no")
    assert list(notes_of(error)) == []
    add_note(error, "first")
    add_note(error, "second")
    assert list(notes_of(error)) == ["first", "second"]
