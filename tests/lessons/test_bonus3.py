"""Bonus 3: the table of ratios on other machines, with and without a compiler."""

import re
import shutil

import nbformat
import pytest
import torch
from lessons import ROOT, Notebook

from tools.run_notebooks import claim_code

LESSON = ROOT / "bonus" / "3_SmallerAndFaster.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells if cell.cell_type == "code"}


def compiles():
    """Whether this PyTorch has torch.compile for this Python."""
    try:
        torch.compile(torch.nn.Identity())
    except RuntimeError:
        return False
    return True


COMPILES = compiles()


def open_lesson(folder, **environment):
    """Return the notebook, not yet started, with a cache of compiled code of its own."""
    return Notebook(LESSON, environment={"TORCHINDUCTOR_CACHE_DIR": str(folder), **environment})


def go_to_ways(lesson):
    """Run what section 2 needs up to its ways of running a network, with a network that has hardly learned."""
    lesson.run(CELLS["find-course"])
    lesson.run(CELLS["setup"])
    for name in ("opening-data", "opening-fit-make", "opening-accuracy-make", "opening-large", "measure-clock"):
        lesson.run(CELLS[name].replace("lr=0.005)", "lr=0.005, steps=2)"))


def table(lesson, change="pass"):
    """Make the table of section 2, with some code run before the runs are made; return what it shows."""
    lesson.run(CELLS["ways-make"] + "\n\n" + CELLS["ways-bfloat16"])
    assert "Error" not in (said := lesson.run(change)), said
    return "\n".join(lesson.run(CELLS[name]) for name in ("ways-runs", "compile-run", "table-show"))


@pytest.fixture(scope="module")
def without_compiler(tmp_path_factory):
    """The lesson before its table, on a machine without a compiler."""
    with open_lesson(tmp_path_factory.mktemp("compiled"), CXX="no-such-compiler") as lesson:
        go_to_ways(lesson)
        yield lesson


def test_without_a_compiler_and_without_bfloat16_the_other_rows_remain(without_compiler):
    without_compiler.run("capabilities = getattr(torch.cpu, 'get_capabilities', dict)")
    shown = table(without_compiler, "torch.cpu.get_capabilities = lambda: {'avx2': True}")
    wrong = without_compiler.run(claim_code(LESSON, "table-show"))
    without_compiler.run("torch.cpu.get_capabilities = capabilities")
    reason = r"No working C\+\+ compiler" if COMPILES else "torch.compile is not supported"
    assert re.search(rf"^not on this machine: .*{reason}", shown, re.M), shown
    assert "bfloat16" not in shown and len(re.findall(r"times as fast", shown)) == 3
    assert wrong == "", "every row that ran gives the same probabilities"


def test_on_a_python_that_is_too_new_for_torch_compile_the_other_rows_remain(without_compiler):
    refuse = "raise RuntimeError('torch.compile is not supported on Python 3.15+')"
    shown = table(without_compiler, f"compile = torch.compile\ndef refuse(_):\n    {refuse}\ntorch.compile = refuse")
    without_compiler.run("torch.compile = compile")
    assert re.search(r"^not on this machine: torch.compile is not supported on Python 3.15\+", shown, re.M), shown
    assert len(re.findall(r"times as fast", shown)) >= 3


@pytest.mark.skipif(not COMPILES, reason="this PyTorch has no torch.compile for this Python")
@pytest.mark.skipif(not shutil.which("g++"), reason="there is no C++ compiler on this computer")
def test_with_a_compiler_torch_compile_gives_the_same_probabilities(tmp_path):
    with open_lesson(tmp_path) as lesson:
        go_to_ways(lesson)
        shown = table(lesson)
        wrong = lesson.run(claim_code(LESSON, "table-show"))
    assert re.search(r"^torch\.compile +[\d.]+ times as fast +off by \S+$", shown, re.M), shown
    assert wrong == "", "every row that ran gives the same probabilities"


def test_a_row_with_other_probabilities_is_caught(without_compiler):
    spoiled = "def with_channels_last():\n    return torch.inference_mode()(lambda: large(batch.flip(3)))"
    table(without_compiler, spoiled)
    assert "AssertionError" in without_compiler.run(claim_code(LESSON, "table-show"))
