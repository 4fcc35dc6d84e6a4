"""The check on a graphics card, as far as it can be tested without one: its processes, its table, its stand-ins."""

import contextlib
import inspect
import io
import os
import subprocess
import sys
import time

import claims
import gpu_check
import nbformat
import psutil
import pytest
import torch
from lessons import ROOT

from tools import run_notebooks

HIDE = """# Hide what a bare computer does not have.
import importlib.machinery
import sys

NAMES = {"IPython", "ipykernel", "ipywidgets", "anywidget", "traitlets", "tqdm", "nbformat", "nbclient", "pytest"}


class Bare(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.partition(".")[0] in NAMES:
            return None
        return importlib.machinery.PathFinder.find_spec(name, path, target)


sys.meta_path[:] = [Bare if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]
"""


PART_6 = nbformat.read(ROOT / "Part6_SaveLoad.ipynb", 4)
TAGS_OF_PART_6 = {cell.id: cell.metadata.get("tags", ()) for cell in PART_6.cells}


@pytest.fixture
def report(tmp_path):
    return gpu_check.Report(tmp_path / "report")


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A function that makes a lesson of cells, id -> (code, tags), and runs it; it returns the Outcome."""

    def run(cells):
        notebook = nbformat.v4.new_notebook()
        for name, (code, *tags) in cells.items():
            notebook.cells.append(nbformat.v4.new_code_cell(code, id=name, metadata={"tags": tags}))
        path = tmp_path / "Part9_Test.ipynb"
        nbformat.write(notebook, path)
        report = gpu_check.Report(tmp_path / "lesson")
        gpu_check.Lesson(path, report).run()
        return report.read()

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # it is put back
    monkeypatch.setitem(claims.CLAIMS, "part9", {})
    return run


def test_lessons_run_as_by_the_runner_of_notebooks():
    assert gpu_check.ENVIRONMENT.items() >= run_notebooks.ENVIRONMENT.items()


def test_a_whole_lesson_on_a_bare_computer(tmp_path):
    """Without Jupyter, IPython, tqdm and ipywidgets: each claim holds, and each answer passes its check."""
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    table = tmp_path / "build" / "table.md"
    result = subprocess.run(
        [sys.executable, "tests/gpu_check.py", "--device", "cpu", "--parts", "1", "--out", table],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout == table.read_text("utf-8")
    assert "| Part 1, s |" in result.stdout and "Failures: 0" in result.stdout
    assert "5 of 5 claims, 11 of 11 answers pass" in result.stdout


def test_the_value_of_the_last_line_is_shown():
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        gpu_check.run_cell("x = 3\nx + 1", "a", names)
        gpu_check.run_cell("x + 2;", "b", names)
        gpu_check.run_cell("def f():\n    return 7\n\n\nf()", "c", names)
        gpu_check.run_cell("None", "d", names)
    assert printed.getvalue() == "4\n7\n"
    assert inspect.getsource(names["f"]) == "def f():\n    return 7\n"


def test_figures_and_pictures_are_drawn():
    class Figure:
        drawn = 0

        def savefig(self, file, format):
            self.drawn += 1

    figure = Figure()
    gpu_check.run_cell("figure", "a", {"figure": figure})
    assert figure.drawn == 1


def test_a_failure_is_one_line_and_ends_the_lesson_but_for_its_part_about_gpus(lesson):
    outcome = lesson(
        {
            "meant": ("1 / 0", "raises-exception"),
            "fails": ("raise ValueError('two\\nlines')",),
            "after": ("print('not reached')\nopen('/nowhere')",),
            "gpu-table": ("import math\nmath.sqrt(-1)",),
        }
    )
    assert outcome.failures == [
        "cell fails: ValueError: two lines",
        "cell gpu-table: ValueError: math domain error",
    ]
    assert list(outcome.rows) == ["Part 9, s"]


def test_an_error_that_does_not_come_and_a_claim_that_does_not_hold(lesson):
    def it_is_large(x):
        if x <= 5:
            raise AssertionError(f"x should be above 5, and is {x}")

    claims.CLAIMS["part9"]["small"] = [it_is_large]
    outcome = lesson({"meant": ("1 / 1", "raises-exception"), "small": ("x = 3",), "last": ("y = x",)})
    assert outcome.failures == [
        "cell meant: it should raise an error, and did not",
        "cell small, its claim: AssertionError: small, it_is_large: x should be above 5, and is 3",
    ]
    assert outcome.rows["Part 9, s"]["note"] == "0 of 1 claims, 0 of 0 answers pass"


@pytest.mark.parametrize("has_card", [True, False])
def test_a_file_from_a_gpu_can_be_loaded_where_there_is_one(lesson, monkeypatch, has_card):
    assert "raises-exception" in TAGS_OF_PART_6["device-raises"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_card)
    monkeypatch.setattr(gpu_check, "peak_on_the_card", lambda: None)
    failures = lesson({"device-raises": ("1 / 1", "raises-exception")}).failures
    assert failures == ([] if has_card else ["cell device-raises: it should raise an error, and did not"])


def test_an_answer_that_its_check_refuses_is_told_and_the_lesson_goes_on(lesson):
    outcome = lesson({"ex-9-1-check": ("assert False, 'try again'", "check"), "last": ("1 / 0",)})
    assert outcome.failures == [
        "cell ex-9-1-check: AssertionError: try again",
        "cell last: ZeroDivisionError: division by zero",
    ]


def test_a_report_that_was_cut_off_is_read(report):
    report.row("one", 1.5, "a note", card=None)
    report.failure("cell a", KeyError("b"))
    with report.path.open("a") as file:
        file.write('{"row": "tw')
    outcome = report.read()
    assert outcome.rows == {"one": {"value": 1.5, "note": "a note", "card": None}}
    assert outcome.failures == ["cell a: KeyError: 'b'"] and not outcome.ended


SCRIPT = """import json, subprocess, sys, time

name, path = sys.argv[2], sys.argv[6]
with open(path, "a") as file:
    file.write(json.dumps({"row": "first", "value": 1, "note": ""}) + "\\n")
if name == "slow":
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open("CHILD", "w") as file:
        file.write(str(child.pid))
    time.sleep(60)
raise SystemError("the card has\\nfallen out")
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "stage.py"
    path.write_text(SCRIPT.replace("CHILD", str(tmp_path / "child")))
    return path


@pytest.mark.skipif(os.name == "nt", reason="Windows has no groups of processes")
def test_a_process_is_ended_with_all_that_it_started(script, tmp_path):
    started = time.monotonic()
    outcome = gpu_check.start(gpu_check.Stage("slow", None), "cpu", 5, script)
    assert time.monotonic() - started < 20
    assert list(outcome.rows) == ["first"], "what was found before is kept"
    assert outcome.failures == ["ended after 5 seconds, its time was over"]
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    pytest.fail("what it started lives on")


def test_a_process_that_dies_is_told(script):
    outcome = gpu_check.start(gpu_check.Stage("dies", None), "cpu", 60, script)
    assert outcome.failures == ["the process ended with status 1: fallen out"]


def test_when_the_time_is_over_nothing_more_is_started(monkeypatch):
    monkeypatch.setattr(gpu_check, "start", lambda *given: pytest.fail("it was started"))
    stages = [gpu_check.Stage("a", None), gpu_check.Stage("b", None)]
    found = gpu_check.run_lane("cpu", stages, time.monotonic() + 1, lambda text: None)
    assert [outcome.failures for outcome in found.values()] == [["not run, the time is over"]] * 2


def test_beside_the_card_the_cpu_runs_the_lessons_and_the_measurements(monkeypatch):
    started = []

    def start(stage, device, seconds):
        started.append((device, stage.name))
        return gpu_check.Outcome(ended=True)

    monkeypatch.setattr(gpu_check, "start", start)
    stages = list(gpu_check.stages().values())
    gpu_check.run_lanes(["cuda", "cpu"], stages, 100, lambda text: None)
    lessons = [f"Part {number}" for number in (8, 1, 2, 3, 4, 5, 6, 7)]
    assert [name for device, name in started if device == "cpu"] == [*lessons, "speed", "busyness"]
    own = [name for device, name in started if device == "cuda"]
    assert own[:8] == lessons and own == [stage.name for stage in stages]
    assert {"card and CPU", "two processes", "torch.compile", "all three"} <= set(own)


def test_the_table():
    results = {
        "cuda": {
            "Part 1": gpu_check.Outcome({"Part 1, s": {"value": 2.0, "card": 1234.5, "memory": 800, "note": "fine"}}),
            "speed": gpu_check.Outcome(failures=["bfloat16: RuntimeError: no"]),
        },
        "cpu": {"Part 1": gpu_check.Outcome({"Part 1, s": {"value": 7.0, "card": None, "memory": 700, "note": "x"}})},
    }
    assert gpu_check.table_of(results).splitlines() == [
        "|  | cuda | cpu | cpu / cuda | peak on the card, MiB | peak memory, MiB | remark |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| Part 1, s | 2 | 7 | 3.5 | 1,234 | 800 | fine |",
        "",
        "Failures: 1",
        "- speed, cuda: bfloat16: RuntimeError: no",
    ]


def test_without_a_card_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu_check.main([]) == 2
    assert "no card with CUDA here. --device cpu tries" in capsys.readouterr().out


def test_for_the_cpu_every_card_is_hidden(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    assert gpu_check.environment_of("cpu")["CUDA_VISIBLE_DEVICES"] == ""
    assert gpu_check.environment_of("cuda")["CUDA_VISIBLE_DEVICES"] == "0,1"


@pytest.fixture
def quick(monkeypatch):
    """Networks for small pictures, each step timed once."""
    monkeypatch.setattr(gpu_check, "SIZES", {"cpu": (8, 64)})

    def time_of(step, device):
        step()
        return 8.0

    monkeypatch.setattr(gpu_check, "time_of", time_of)


def test_all_variants_agree_with_float32(quick, report):
    gpu_check.measure_speed(report, "cpu")
    outcome = report.read()
    assert outcome.failures == [] and len(outcome.rows) == 2 + 2 * len(gpu_check.VARIANTS)
    assert outcome.rows["training, float32, ms a picture"]["value"] == 1.0
    assert outcome.rows["inference, bfloat16, ms a picture"]["note"].startswith(
        "1.00 times as fast as float32, off by 0."
    )


def test_a_variant_that_computes_something_else_or_nothing_is_found(quick, report, monkeypatch):
    predict = gpu_check.Network.predict

    def spoiled(network):
        if network.order == torch.channels_last:
            raise RuntimeError("no such program on the card")
        return predict(network) * (1.2 if network.bfloat16 else 1)

    monkeypatch.setattr(gpu_check.Network, "predict", spoiled)
    gpu_check.measure_speed(report, "cpu")
    assert [text.partition(" differ by")[0] for text in report.read().failures] == [
        "channels_last: RuntimeError: no such program on the card",
        "inference, bfloat16: its results",
        "bfloat16 and channels_last: RuntimeError: no such program on the card",
    ]


def test_the_cpu_agrees_with_itself(quick, report):
    gpu_check.compare_with_cpu(report, "cpu")
    outcome = report.read()
    assert outcome.failures == [] and outcome.rows["logits against the CPU, %"]["value"] == 0


def test_what_is_compiled_is_compared_and_leaves_the_other_rows_alone(quick, report, monkeypatch):
    monkeypatch.setattr(gpu_check, "missing_for_compiling", lambda: "")
    monkeypatch.setattr(torch, "compile", lambda model: model)  # compiling takes a minute
    gpu_check.measure_compiled(report, "cpu", "torch.compile")
    outcome = report.read()
    assert list(outcome.rows) == [f"{what}, torch.compile, ms a picture" for what in ("training", "inference")]
    assert outcome.failures == []


def test_without_a_compiler_nothing_is_compiled(report, monkeypatch):
    monkeypatch.setattr(gpu_check.shutil, "which", lambda name: None)
    gpu_check.measure_compiled(report, "cpu", "torch.compile")
    assert report.read().rows["torch.compile"]["note"] == "not here: a C++ compiler is missing"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for nvidia-smi is a script for a Unix shell")
def test_how_busy_the_card_is(tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 20\necho 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    watch = gpu_check.Busy()
    watch.start()
    time.sleep(0.5)
    assert watch.end() == 60
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    watch = gpu_check.Busy()
    watch.start()
    assert watch.end() is None


def test_the_loop_of_part_8_is_timed_against_bare_computation(quick, report, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    names = gpu_check.lesson_loop()
    model = names["small_cnn"]()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    monkeypatch.setattr(gpu_check, "time_of", lambda step, device, **options: step() or 1.0)
    gpu_check.compare_loop_with_step(report, "cpu", "small CNN", model, optimizer, names["x_train_small"], names)
    rows = report.read().rows
    note = rows["a step of Part 8's loop, small CNN, ms"]["note"]
    assert note == "bare computation 1.00 ms: 100% of the loop"
