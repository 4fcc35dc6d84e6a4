"""Part 5: the sealed test set, other splits, and numbers checked in another way."""

import re

import numpy as np
import pytest
import torch
from claims import judge
from lessons import ROOT, cell_runner

LESSON = ROOT / "Part5_InferenceValidation.ipynb"
CELLS, run = cell_runner(LESSON)
AFTER_THE_SPLIT = ["opening-network", "opening-epoch", "opening-measure"]


def test_the_test_set_stays_shut_until_the_last_section():
    sealed = [name for name, source in CELLS.items() if "FashionMNIST(DATA, train=False" in source]
    assert sealed == ["final-test"]
    names = list(CELLS)
    users = [name for name, source in CELLS.items() if re.search(r"\bx_test\b|\by_test\b|\btest_set\b", source)]
    assert all(names.index(name) >= names.index("final") for name in users), users


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sets_are_apart_and_the_leak_shows_with_other_shuffles_too(seed):
    lesson = {}
    run(lesson, "setup")
    shuffle = "manual_seed(1)"
    assert shuffle in CELLS["opening-data"]
    exec(CELLS["opening-data"].replace(shuffle, f"manual_seed({seed})"), lesson)
    run(lesson, *AFTER_THE_SPLIT)
    pixels, labels = lesson["pixels"], lesson["labels"]
    assert torch.equal(lesson["order"].sort().values, torch.arange(len(lesson["clothes"])))
    assert torch.equal(torch.cat([lesson["x_valid"], lesson["x_mock"], lesson["x_train"]]), pixels)
    assert torch.equal(torch.cat([lesson["y_valid"], lesson["y_mock"], lesson["y_train"]]), labels)
    assert torch.equal(lesson["x_few"], lesson["x_train"][:1000])
    assert torch.equal(lesson["y_few"], lesson["y_train"][:1000])
    run(lesson, "leak-networks", "leak-one", "leak-shares")
    judge("5", "leak-shares", lesson)


def expected_calibration_error(sure, right, bins=10):
    """The textbook's way, a loop over the bins."""
    total = 0.0
    for low in np.arange(bins) / bins:
        inside = (sure >= low) & (sure < low + 1 / bins) | (low == (bins - 1) / bins) & (sure >= 1)
        if inside.any():
            total += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return total


def test_the_calibration_error_is_that_of_the_textbook():
    lesson = {}
    run(lesson, "setup", "confidence-bins")
    torch.manual_seed(4)
    probs, labels = (3 * torch.randn(500, 4)).softmax(dim=1), torch.randint(0, 4, (500,))
    sure, answers = probs.max(dim=1)
    error = lesson["calibration_error"](probs, labels)
    assert error == pytest.approx(expected_calibration_error(sure.numpy(), (answers == labels).numpy()), abs=1e-4)
    assert lesson["calibration_error"](torch.eye(3), torch.arange(3)) == 0
