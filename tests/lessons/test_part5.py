"""Part 5: the sealed test set, other splits, and numbers checked in another way."""

import re

import nbformat
import numpy as np
import pytest
from lessons import ROOT, Notebook

from tools.run_notebooks import claim_code

LESSON = ROOT / "Part5_InferenceValidation.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}
AFTER_THE_SPLIT = ["opening-network", "opening-epoch", "opening-measure"]


def run(lesson, *names):
    """Run cells of the lesson by their ids; return what they show."""
    shown = [lesson.run(CELLS[name]) for name in names if "markdown" not in lesson.cells[name].cell_type]
    return "\n".join(shown)


def test_the_test_set_stays_shut_until_the_last_section():
    sealed = [name for name, source in CELLS.items() if "FashionMNIST(DATA, train=False" in source]
    assert sealed == ["final-test"]
    names = list(CELLS)
    users = [name for name, source in CELLS.items() if re.search(r"\bx_test\b|\by_test\b|\btest_set\b", source)]
    assert all(names.index(name) >= names.index("final") for name in users), users


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sets_are_apart_and_the_leak_shows_with_other_shuffles_too(seed):
    with Notebook(LESSON) as lesson:
        lesson.run(CELLS["setup"])
        lesson.run(CELLS["opening-data"].replace("manual_seed(1)", f"manual_seed({seed})"))
        run(lesson, *AFTER_THE_SPLIT)
        assert lesson.run("torch.equal(order.sort().values, torch.arange(len(clothes)))") == "True"
        assert lesson.run("torch.equal(torch.cat([x_valid, x_mock, x_train]), pixels)") == "True"
        assert lesson.run("torch.equal(torch.cat([y_valid, y_mock, y_train]), labels)") == "True"
        assert lesson.run("torch.equal(x_few, x_train[:1000]) and torch.equal(y_few, y_train[:1000])") == "True"
        run(lesson, "leak-networks", "leak-one", "leak-shares")
        assert lesson.run(claim_code(LESSON, "leak-shares")) == ""


def expected_calibration_error(sure, right, bins=10):
    """The textbook's way, a loop over the bins."""
    total = 0.0
    for low in np.arange(bins) / bins:
        inside = (sure >= low) & (sure < low + 1 / bins) | (low == (bins - 1) / bins) & (sure >= 1)
        if inside.any():
            total += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return total


def test_the_calibration_error_is_that_of_the_textbook():
    make = """
torch.manual_seed(4)
probs, labels = (3 * torch.randn(500, 4)).softmax(dim=1), torch.randint(0, 4, (500,))
sure, answers = probs.max(dim=1)
right = (answers == labels).int().tolist()
print([round(p, 6) for p in sure.tolist()], right, calibration_error(probs, labels), sep="|")
"""
    with Notebook(LESSON) as lesson:
        lesson.run(CELLS["setup"])
        lesson.run(CELLS["confidence-bins"])
        sure, right, error = (eval(part) for part in lesson.run(make).strip().split("|"))
        perfect = lesson.run("print(calibration_error(torch.eye(3), torch.arange(3)))")
    assert error == pytest.approx(expected_calibration_error(np.array(sure), np.array(right)), abs=1e-4)
    assert float(perfect) == 0
