"""Bonus 2 with several processes: they equal one, a killed one is named, and the resumed run ends as if nothing was."""

import contextlib
import inspect
import io
import linecache
import subprocess
import time
from types import SimpleNamespace

import nbformat
import pytest
import torch
from claims import judge
from claims.bonus2 import tolerance
from lessons import ROOT
from torch.utils.data import DataLoader, DistributedSampler

LESSON = ROOT / "bonus" / "2_SeveralGPUs.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(LESSON, 4).cells}


def code_cells():
    """Return the ids of the code cells of sections 3 and 4, in order."""
    cells = [cell for cell in nbformat.read(LESSON, 4).cells if cell.cell_type == "code"]
    return [cell.id for cell in cells if cell.id.startswith(("several-", "kill-"))]


class Lesson:
    """What the notebook's cells define, run here one by one, so that `inspect.getsource` finds it as in a notebook."""

    def __init__(self, count):
        chance = torch.Generator().manual_seed(0)
        y = torch.randint(0, 10, (count,), generator=chance)
        x = torch.randn(count, 1, 28, 28, generator=chance) + y[:, None, None, None] / 5  # there is something to learn
        self.space = {"__name__": "lesson"}
        self.run("setup", "opening-network")
        self.space |= {"x": x, "y": y}

    def run(self, *names):
        """Run cells; return what they print."""
        with contextlib.redirect_stdout(io.StringIO()) as shown:
            for name in names:
                source = CELLS[name]
                linecache.cache[f"<{name}>"] = len(source), None, source.splitlines(keepends=True), f"<{name}>"
                exec(compile(source, f"<{name}>", "exec"), self.space)
        return shown.getvalue()

    def until(self, name):
        """Run the code cells of sections 3 and 4 that come before one of them."""
        names = code_cells()
        return self.run(*names[: names.index(name)])

    def load(self, name):
        return torch.load(self.space["folder"] / name, map_location="cpu")


@pytest.fixture(scope="module")
def runs():
    """The notebook's experiment, with 99 pictures: not a multiple of 2 or of 32. What every step printed is kept."""
    lesson, told = Lesson(99), {}
    lesson.until("several-run")
    for name in code_cells()[code_cells().index("several-run") :]:
        told[name] = lesson.run(name)
        told[f"{name} report"] = lesson.space.get("printed", "")
    return SimpleNamespace(lesson=lesson, told=told, load=lesson.load)


def allowed(runs):
    """Return how far the weights of two runs may differ: more where they were trained on GPUs."""
    return tolerance(runs.lesson.space["place_of"])


def test_two_processes_equal_one(runs):
    one, two = runs.load("one.pt"), runs.load("two.pt")
    assert runs.lesson.space["together"], runs.told["several-run"]
    for part in ("network", "optimizer", "history"):
        torch.testing.assert_close(two[part], one[part], rtol=0, atol=allowed(runs))
    begun = runs.lesson.space["begin"](runs.lesson.space["folder"] / "none.pt", torch.device("cpu"))[0].state_dict()
    assert max((begun[name] - two["network"][name]).abs().max() for name in begun) > 100 * allowed(runs), (
        "it did not train"
    )


def test_a_killed_process_is_named_and_leaves_a_whole_checkpoint(runs):
    assert runs.told["kill-why-show"].startswith("worker 1 was ended by SIG"), runs.told["kill-why-show"]
    assert "epochs in the checkpoint: 2" in runs.told["kill-why-show"]
    assert len(runs.told["kill-run report"].splitlines()) > 20, "the report itself was meant to be long"
    assert "epoch 3" not in runs.told["kill-run report"]


def test_the_resumed_run_ends_as_the_uninterrupted_one(runs):
    assert [line.split()[1] for line in runs.told["kill-resume"].splitlines()] == ["3:", "4:"]
    cut, two = runs.load("cut.pt"), runs.load("two.pt")
    for part in ("network", "optimizer", "history"):
        torch.testing.assert_close(cut[part], two[part], rtol=0, atol=allowed(runs))
    assert not list(runs.lesson.space["folder"].glob("*.part"))


@pytest.mark.parametrize("left_out", ["optimizer.load_state_dict", "sampler.set_epoch"])
def test_these_comparisons_can_fail(left_out, runs, tmp_path):
    """A resumed run without the optimizer's state, or without the number of the epoch, ends elsewhere (one process)."""
    space, stored = dict(runs.lesson.space), runs.lesson.space["folder"] / "digits.pt"
    (tmp_path / "digits.pt").write_bytes(stored.read_bytes())
    source = "\n\n".join(CELLS[name] for name in ("several-begin", "several-train"))
    assert left_out in source
    lines = [line for line in source.splitlines() if left_out not in line]
    exec("\n".join(lines), space)
    with contextlib.redirect_stdout(io.StringIO()):
        for epochs in (2, space["EPOCHS"]):
            space["train"](tmp_path, "cut.pt", epochs, torch.device("cpu"))
    other, one = torch.load(tmp_path / "cut.pt")["network"], runs.load("one.pt")["network"]
    assert max((other[name] - one[name]).abs().max() for name in one) > 10 * allowed(runs)


@pytest.mark.parametrize("count", range(64, 72))
def test_the_shares_of_a_batch_make_up_the_batch_of_one_process(count):
    """Whatever is left over at the end: the pictures of each batch are the same, dealt out."""

    def batches(world, rank):
        sampler = DistributedSampler(range(count), world, rank, drop_last=True)
        sampler.set_epoch(3)
        return [batch.tolist() for batch in DataLoader(range(count), 32 // world, sampler=sampler, drop_last=True)]

    assert "DistributedSampler(data, world, rank, drop_last=True)" in CELLS["several-train"]
    assert "DataLoader(data, batch_size=32 // world, sampler=sampler, drop_last=True)" in CELLS["several-train"]
    together = [sorted(a + b) for a, b in zip(batches(2, 0), batches(2, 1), strict=True)]
    assert together == [sorted(batch) for batch in batches(1, 0)]


def test_a_run_that_hangs_is_ended(runs):
    space, started = runs.lesson.space, time.monotonic()
    script = space["folder"] / "train.py"
    source = script.read_text("utf-8")
    try:
        script.write_text("import time\nprint('here', flush=True)\ntime.sleep(600)\n", "utf-8")
        code, _ = space["launch"]("hang.pt", seconds=8)
    finally:
        script.write_text(source, "utf-8")
    assert code and time.monotonic() - started < 60


def test_where_processes_are_forbidden_the_notebook_says_so_and_goes_on(monkeypatch):
    def refuse(*given, **named):
        raise PermissionError(1, "Operation not permitted")

    lesson = Lesson(40)
    lesson.until("several-run")
    monkeypatch.setattr(subprocess, "Popen", refuse)
    names = code_cells()
    shown = lesson.run(*(name for name in names[names.index("several-run") :]))
    assert "not on this computer" in shown and "Operation not permitted" in shown
    assert "Error: " not in shown.replace("PermissionError: ", "")
    for cell in names:
        judge("B2", cell, lesson.space)
    assert len(lesson.load("one.pt")["history"]) == lesson.space["EPOCHS"]


def entry(rank, code, name=""):
    return f"  rank      : {rank} (local_rank: {rank})\n  exitcode  : {code} (pid: 7){name}\n  error_file: <N/A>\n"


KILLED = "worker 1 was ended by SIGKILL"


@pytest.mark.parametrize(
    "entries, says",
    [
        ([entry(0, -15, "  (SIGTERM)"), entry(1, -9, "  (SIGKILL)")], KILLED),
        ([entry(1, -9, "  (SIGKILL)"), entry(0, 1)], KILLED),  # 0 was seen first: it lost its partner
        ([entry(0, 1), entry(1, -9, "  (SIGKILL)")], KILLED),
        ([entry(3, -15, "  (SIGTERM)"), entry(0, 1)], "worker 0 ended with code 1"),
        ([], "torchrun does not say which worker failed"),
    ],
)
def test_the_cause_is_read_from_the_report(entries, says):
    lesson = Lesson(40)
    lesson.run("kill-why")
    assert lesson.space["cause_of_death"]("Failures:\n" + "------\nRoot Cause:\n".join(entries)) == says


def test_the_script_is_what_the_reader_sees():
    lesson = Lesson(40)
    lesson.until("several-launch")
    for name in ("make_network", "train_epoch", "begin", "atomic_save", "train", "place_of", "main"):
        assert inspect.getsource(lesson.space[name]) in lesson.space["script"]
    assert lesson.space["script"].rstrip().endswith("main()")
