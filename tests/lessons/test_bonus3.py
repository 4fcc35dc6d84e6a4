"""Bonus 3: the table of ratios on other machines, with and without a compiler."""

import re
import shutil

import nbformat
import pytest
from lessons import ROOT, Notebook

from tools.run_notebooks import claim_code

LESSON = ROOT / "bonus" / "3_SmallerAndFaster.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells if cell.cell_type == "code"}


def table(lesson, change="pass"):
    """Run what section 2 needs up to its table, with some code run before the runs are made; return what it shows."""
    lesson.run(CELLS["find-course"])
    lesson.run(CELLS["setup"])
    for name in ("opening-data", "opening-fit-make", "opening-large", "measure-clock"):
        lesson.run(CELLS[name].replace("lr=0.005)", "lr=0.005, steps=2)"))
    lesson.run(CELLS["ways-make"] + "\n\n" + CELLS["ways-bfloat16"])
    assert "Error" not in (said := lesson.run(change)), said
    return "\n".join(lesson.run(CELLS[name]) for name in ("ways-runs", "compile-run", "table-show"))


def opened(tmp_path, **environment):
    """Return the notebook, not yet started, with a cache of compiled code of its own."""
    return Notebook(LESSON, environment={"TORCHINDUCTOR_CACHE_DIR": str(tmp_path), **environment})


def test_without_a_compiler_and_without_bfloat16_the_other_rows_remain(tmp_path):
    with opened(tmp_path, CXX="no-such-compiler") as lesson:
        shown = table(lesson, "torch.cpu.get_capabilities = lambda: {'avx2': True}")
        wrong = lesson.run(claim_code(LESSON, "table-show"))
    assert re.search(r"^not on this machine: .*No working C\+\+ compiler", shown, re.M), shown
    assert "bfloat16" not in shown and len(re.findall(r"times as fast", shown)) == 3
    assert wrong == "", "every row that ran gives the same probabilities"


@pytest.mark.skipif(not shutil.which("g++"), reason="there is no C++ compiler on this computer")
def test_with_a_compiler_torch_compile_gives_the_same_probabilities(tmp_path):
    with opened(tmp_path) as lesson:
        shown = table(lesson)
        wrong = lesson.run(claim_code(LESSON, "table-show"))
    assert re.search(r"^torch\.compile +[\d.]+ times as fast +off by \S+$", shown, re.M), shown
    assert wrong == "", "every row that ran gives the same probabilities"


def test_a_row_with_other_probabilities_is_caught(tmp_path):
    spoiled = "def with_channels_last():\n    return torch.inference_mode()(lambda: large(batch.flip(3)))"
    with opened(tmp_path, CXX="no-such-compiler") as lesson:
        table(lesson, spoiled)
        assert "AssertionError" in lesson.run(claim_code(LESSON, "table-show"))
