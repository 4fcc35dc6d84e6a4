"""Part 5: the table of fast answers on other machines, the sealed test set, and numbers checked in another way."""

import re
import shutil

import nbformat
import numpy as np
import pytest
from lessons import ROOT, Notebook

from tools.run_notebooks import claim_code

LESSON = ROOT / "Part5_InferenceValidation.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}
DATA = ["setup", "opening-data", "opening-pixels", "opening-network", "opening-epoch", "opening-measure"]
SPEED = [name for name in CELLS if name.startswith("speed-") and not name.startswith("speed-batches")]


def run(lesson, *names):
    """Run cells of the lesson by their ids; return what they show."""
    shown = [lesson.run(CELLS[name]) for name in names if "markdown" not in lesson.cells[name].cell_type]
    return "\n".join(shown)


def table(lesson, change=""):
    """Run section 7 up to its table, with some code run before the table is made; return what it shows."""
    run(lesson, *DATA, "inference-clock")
    at = SPEED.index("speed-tried")
    run(lesson, *SPEED[:at])
    assert "Error" not in (said := lesson.run(change or "pass")), said
    return run(lesson, *SPEED[at:])


def opened(tmp_path, **environment):
    """Return the lesson, not yet started, with a cache of compiled code of its own."""
    return Notebook(LESSON, environment={"TORCHINDUCTOR_CACHE_DIR": str(tmp_path), **environment})


def test_without_a_compiler_and_without_bfloat16_the_rows_say_so(tmp_path):
    with opened(tmp_path, CXX="no-such-compiler") as lesson:
        shown = table(lesson, "COMPILE = True\ntorch.cpu.get_capabilities = lambda: {'avx2': True}")
        wrong = lesson.run(claim_code(LESSON, "speed-table"))
    assert re.search(r"^bfloat16, channels_last +not on this machine: the processor has no bfloat16$", shown, re.M)
    assert re.search(r"^torch\.compile +not on this machine: InvalidCxxCompiler", shown, re.M), shown
    assert len(re.findall(r"times as fast", shown)) == 3
    assert wrong == "", "every row that ran gives the same probabilities"


def test_torch_compile_is_not_run_unasked_and_an_old_pytorch_tries_bfloat16(tmp_path):
    with opened(tmp_path) as lesson:
        change = "if hasattr(torch.cpu, 'get_capabilities'):\n    del torch.cpu.get_capabilities"
        shown = table(lesson, change)
    assert re.search(r"^torch\.compile +switched off: COMPILE is False above$", shown, re.M)
    assert re.search(r"^bfloat16, channels_last +[\d.]+ times as fast", shown, re.M)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not shutil.which("g++"), reason="there is no C++ compiler on this computer")
def test_with_a_compiler_torch_compile_gives_the_same_answers(tmp_path):
    with opened(tmp_path) as lesson:
        shown = table(lesson, "COMPILE = True")
        wrong = lesson.run(claim_code(LESSON, "speed-table"))
    row = re.search(r"^torch\.compile +([\d.]+) times as fast +off by (\S+), allowed (\S+)$", shown, re.M)
    assert row and float(row[2]) <= float(row[3]), shown
    assert wrong == "", "every row that ran gives the same probabilities"


def test_a_row_with_other_answers_is_caught(tmp_path):
    spoiled = "makers['channels_last'] = lambda: lambda: cnn(batch.flip(3)), 1e-4"
    with opened(tmp_path) as lesson:
        table(lesson, spoiled)
        assert "AssertionError" in lesson.run(claim_code(LESSON, "speed-table"))


def test_the_test_set_stays_shut_until_the_last_section():
    sealed = [name for name, source in CELLS.items() if "FashionMNIST(DATA, train=False" in source]
    assert sealed == ["final-test"]
    names = list(CELLS)
    users = [name for name, source in CELLS.items() if re.search(r"\bXT\b|\bYT\b|\bsealed\b", source)]
    assert all(names.index(name) >= names.index("final") for name in users), users


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_piles_are_apart_and_the_leak_shows_with_other_shuffles_too(seed):
    with Notebook(LESSON) as lesson:
        lesson.run(CELLS["setup"])
        lesson.run(CELLS["opening-data"].replace("manual_seed(1)", f"manual_seed({seed})"))
        run(lesson, *DATA[2:])
        piles = lesson.run("torch.equal(torch.cat([train, valid, mock]).sort().values, torch.arange(len(clothes)))")
        assert piles == "True" and lesson.run("set(few.tolist()) <= set(train.tolist())") == "True"
        run(lesson, "leak-networks", "leak-exam", "leak-one", "leak-show", "leak-shares")
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
        run(lesson, "setup", "confidence-bins", "confidence-ece")
        sure, right, error = (eval(part) for part in lesson.run(make).strip().split("|"))
        perfect = lesson.run("print(calibration_error(torch.eye(3), torch.arange(3)))")
    assert error == pytest.approx(expected_calibration_error(np.array(sure), np.array(right)), abs=1e-4)
    assert float(perfect) == 0
