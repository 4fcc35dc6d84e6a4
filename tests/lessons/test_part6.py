"""Part 6 keeps its promises: kills, full disks, pickles that run code, files from a GPU, and exact resuming."""

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest
import torch
from lessons import ROOT, Notebook, cell_runner, solutions

LESSON = ROOT / "Part6_SaveLoad.ipynb"
CELLS, run_cells = cell_runner(LESSON)
ANSWERS = {number: source for number, (_, source) in solutions("6").items()}
DEFINITIONS = [  # from the top to a run that can be trained
    *("opening-data", "opening-network", "opening-run", "opening-epoch", "opening-train"),
    "resume-random-both",
]


def lesson(*names):
    """Return a program that holds the lesson's setup and some of its cells, and answers to exercises by number."""
    return "\n\n".join([CELLS["setup"], *(ANSWERS[name] if name in ANSWERS else CELLS[name] for name in names)])


def run(code, *arguments, before=()):
    """Run a program in a process of its own, in the course's folder; return what it prints."""
    command = [*before, sys.executable, "-c", code, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stdout


NURSERY = """
# PyTorch is imported once; then each line of input starts a process (a copy of this one) that saves over and over.
import os, sys
from pathlib import Path
import torch

{save}

path = Path(sys.argv[1])
for line in sys.stdin:
    torch.save({{"turn": 0, "x": torch.zeros(200_000)}}, path)
    if not (child := os.fork()):
        for turn in range(1, 10**6):
            {name}({{"turn": turn, "x": torch.full((200_000,), float(turn))}}, path)
            os.write(1, b"saved %d\\n" % turn)
    os.write(1, b"child %d\\n" % child)
    os.write(1, b"ended by %d\\n" % os.WTERMSIG(os.waitpid(child, 0)[1]))
"""


def heard(process):
    """Return the next line of a process; fail when it has ended and there is none."""
    line = process.stdout.readline()
    assert line, f"the program ended with exit status {process.poll()}"
    return line


def kills(save, name, path, times):
    """Kill a program that saves, at random moments; return for each time (what is at the path, how many saves ended,
    whether a save was in progress)."""
    chance, found = random.Random(6), []
    code = NURSERY.format(save=save, name=name)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:
        for _ in range(times):
            print(file=nursery.stdin, flush=True)
            lines = []
            while not any(line.startswith("child") for line in lines):  # the child may be heard first
                lines.append(heard(nursery))
            child = int(next(line for line in lines if line.startswith("child")).split()[1])
            time.sleep(chance.uniform(0.0, 0.06))
            os.kill(child, signal.SIGKILL)
            while not lines[-1].startswith("ended by"):
                lines.append(heard(nursery))
            assert lines[-1] == f"ended by {signal.SIGKILL:d}\n"
            done = max((int(line.split()[1]) for line in lines if line.startswith("saved")), default=0)
            beside = path.with_name(path.name + ".part")
            try:
                content = torch.load(path)
            except (OSError, EOFError, RuntimeError, pickle.UnpicklingError):
                content = None
            found.append((content, done, beside.exists()))
            beside.unlink(missing_ok=True)
        nursery.stdin.close()
    return found


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot copy a process that has PyTorch loaded")


@needs_fork
def test_fifty_kills_leave_the_old_checkpoint_or_the_new_one(tmp_path, record_property):
    found = kills(ANSWERS["6.7"], "atomic_save", tmp_path / "checkpoint.pt", 50)
    for content, done, _ in found:
        assert content is not None, "a checkpoint does not load"
        assert (content["x"] == content["turn"]).all() and len(content["x"]) == 200_000
        assert content["turn"] in (done, done + 1), "neither the old nor the new one"
    hits = sum(busy for *_, busy in found)
    print(f"{hits} of {len(found)} kills hit a save in progress; {sum(done for _, done, _ in found)} saves were whole")
    assert hits >= 5, "the kills came between the saves: this test says little"


@needs_fork
def test_the_same_kills_tear_files_that_are_written_in_place(tmp_path):
    found = kills("def in_place(what, path):\n    torch.save(what, path)", "in_place", tmp_path / "checkpoint.pt", 20)
    torn = sum(content is None for content, *_ in found)
    print(f"{torn} of {len(found)} files are torn")
    assert torn >= 3


FULL_DISK = """
import json, os, shutil, sys, torch
from pathlib import Path

{save}

def load(path):
    try:
        return torch.load(path)
    except Exception:
        return None

def save_too_much(folder, way):
    path = folder / "checkpoint.pt"
    folder.mkdir()
    atomic_save({{"x": torch.zeros(50_000)}}, path)
    if folder.parent.name == "limit":
        import resource
        most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, most))
    try:
        (torch.save if way == "in place" else atomic_save)({{"x": torch.ones(500_000)}}, path)
        told = ""
    except Exception as error:
        told = f"{{type(error).__name__}}: {{error}}"
    old = load(path)
    whole = old is not None and bool((old["x"] == 0).all()) and len(old["x"])
    if way == "beside":
        atomic_save({{"x": torch.zeros(60_000)}}, path)  # what was left beside is no obstacle
        assert len(load(path)["x"]) == 60_000
    if folder.parent.name == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    shutil.rmtree(folder)
    return {{"told": told, "old": whole}}

said = {{}}
for disk in sys.argv[1:]:
    said[disk] = {{way: save_too_much(Path(disk, way), way) for way in ("beside", "in place")}}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def full_disks(tmp_path_factory):
    """What is told and what is left where too much is saved: by the kind of disk, then by the way of saving.

    One process tries all of them. A kind that this system does not have is missing.
    """
    disks = {kind: tmp_path_factory.mktemp("disks") / kind for kind in ("limit", "tmpfs")}
    for disk in disks.values():
        disk.mkdir()
    mount = 'mount -t tmpfs -o size=900k tmpfs "$0"'
    in_namespace = ["unshare", "-rm", "sh", "-c"]
    before = ()
    tried = shutil.which("unshare") and subprocess.run([*in_namespace, mount, disks["tmpfs"]], capture_output=True)
    if tried and tried.returncode == 0:
        before = (*in_namespace, f'{mount} && exec "$@"', str(disks["tmpfs"]))
    else:
        del disks["tmpfs"]
    if os.name == "nt":
        del disks["limit"]
    if not disks:
        return {}
    said = json.loads(run(FULL_DISK.format(save=ANSWERS["6.7"]), *disks.values(), before=before))
    return {kind: said[str(disk)] for kind, disk in disks.items()}


@pytest.mark.parametrize("way", ["beside", "in place"])
@pytest.mark.parametrize("kind", ["tmpfs", "limit"])
def test_a_full_disk_leaves_the_old_file_and_is_told(kind, way, full_disks):
    """2 MB onto a disk of 0.9 MB, or with files limited to 0.6 MB."""
    if kind not in full_disks:
        missing = {"tmpfs": "a small disk of its own cannot be mounted here", "limit": "Windows has no limit on files"}
        pytest.skip(missing[kind])
    said = full_disks[kind][way]
    print(said)
    assert said["told"]
    assert said["old"] == (50_000 if way == "beside" else False)


def test_a_pickle_that_would_run_code_is_refused():
    """The lesson's own file. Without weights_only, and in plain pickle, the code runs: so the refusal is no luck."""
    names = {}
    assert run_cells(names, "setup", "pickle-make") == "marker there: False\n"
    gift, marker = names["FOLDER"] / "gift.pt", names["FOLDER"] / "marker"
    with pytest.raises(pickle.UnpicklingError):
        torch.load(gift)
    assert not marker.exists()
    torch.load(gift, weights_only=False)
    assert marker.exists()
    marker.rmdir()
    assert run_cells(names, "pickle-plain") == "marker there: True\n"


TAG = CELLS["device-tag-make"].split("\n\n\nwith_place")[0]


def test_a_file_with_tags_of_a_gpu(tmp_path, monkeypatch):
    """No GPU is needed: PyTorch itself, with its hook for other devices, writes the same tags as the lesson's file."""
    names = {}
    run_cells(names, "setup")
    exec(TAG, names)
    torch.save(torch.nn.Linear(3, 2).state_dict(), tmp_path / "plain.pt")
    names["with_place"](tmp_path / "plain.pt", tmp_path / "ours.pt", "cuda:0")
    plain = torch.load(tmp_path / "plain.pt")
    with monkeypatch.context() as patched:  # PyTorch has no way to take a hook off again
        patched.setattr(torch.serialization, "_package_registry", [*torch.serialization._package_registry])
        torch.serialization.register_package(0, lambda storage: "cuda:0", lambda storage, location: None)
        torch.save(plain, tmp_path / "hooked.pt")
    told = [zipfile.ZipFile(tmp_path / f"{name}.pt").read(f"{name}/data.pkl") for name in ("plain", "hooked")]
    with zipfile.ZipFile(tmp_path / "ours.pt") as archive:
        ours = archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl")))
    assert ours == told[1] != told[0] and b"cuda:0" in ours
    for name in ("ours", "hooked"):
        if not torch.cuda.is_available():
            with pytest.raises(RuntimeError, match="map_location=torch.device..cpu"):
                torch.load(tmp_path / f"{name}.pt")
        loaded = torch.load(tmp_path / f"{name}.pt", map_location="cpu")
        assert all(torch.equal(loaded[key], plain[key]) and loaded[key].device.type == "cpu" for key in plain)


SEGMENT = """
def segment(target, start, until, draws):
    torch.rand(draws), np.random.rand(draws), [random.random() for _ in range(draws)]  # another past
    run = Run()
    torch.rand(draws), np.random.rand(draws), [random.random() for _ in range(draws)]
    if start:
        resume(run, torch.load(start))
    else:
        helper.seed(0)
    train(run, until)
    torch.save(snapshot(run), target)
"""


def test_two_processes_end_as_one(tmp_path):
    """Four epochs in this process, and two in it and two in another: the same to the last bit."""
    names = {}
    run_cells(names, "setup", *DEFINITIONS, "6.5")
    exec(SEGMENT, names)
    names["segment"](tmp_path / "whole.pt", None, 4, 0)
    names["segment"](tmp_path / "half.pt", None, 2, 0)
    code = lesson(*DEFINITIONS, "6.5") + SEGMENT + "segment(sys.argv[1], sys.argv[2], 4, 5)"
    run(code, tmp_path / "resumed.pt", tmp_path / "half.pt")
    whole, resumed = torch.load(tmp_path / "whole.pt"), torch.load(tmp_path / "resumed.pt")
    assert resumed["epoch"] == 4 and resumed["history"] == whole["history"]
    for part in ("model", "optimizer", "scheduler", "order", "random"):
        assert_equal(resumed[part], whole[part], part)
    half = torch.load(tmp_path / "half.pt")
    assert half["history"] == whole["history"][:2] and not torch.equal(half["order"], whole["order"])
    with pytest.raises(AssertionError):
        assert_equal(half["model"], whole["model"], "model")


def assert_equal(one, other, where):
    """Assert that two nested structures are equal to the last bit."""
    if isinstance(one, dict):
        assert list(one) == list(other), where
        for key in one:
            assert_equal(one[key], other[key], f"{where}[{key!r}]")
    elif torch.is_tensor(one):
        assert one.dtype == other.dtype and torch.equal(one, other), where
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_equal(a, b, f"{where}[{index}]")
    else:
        assert one == other, where


CASES = """
run = Run()
train(run, 1)
path = FOLDER / "run.pt"
torch.save(snapshot(run), path)
try:
    make_network().load_state_dict(torch.load(path))
except RuntimeError as error:
    print("A", "Missing key" in str(error) and "size mismatch" not in str(error))
best, old = run.model.state_dict(), run.model.hidden.weight.detach().clone()
train(run, 2)
latest = run.model.hidden.weight.detach().clone()
run.model.load_state_dict(best)
print("B", torch.equal(run.model.hidden.weight, latest) and not torch.equal(latest, old))
model = make_network()
model.load_state_dict(torch.load(path)["model"])
print("C", not torch.equal(model(x_valid).argmax(dim=1), model(x_valid).argmax(dim=1)))
run = Run()
first = [random.random(), np.random.rand()]
run = Run()
resume(run, torch.load(path))
helper.seed(0)
print("D", [random.random(), np.random.rand()] == first)
with_place(path, FOLDER / "gpu.pt", "cuda:0")
try:
    make_network().load_state_dict(torch.load(FOLDER / "gpu.pt"))
    print("E", torch.cuda.is_available())
except RuntimeError as error:
    print("E", "device" in str(error))
"""


def test_the_five_cases_break_as_the_key_says(capsys):
    names = {}
    run_cells(names, "setup", *DEFINITIONS, "6.5")
    exec(TAG + CASES, names)
    assert capsys.readouterr().out.split() == ["A", "True", "B", "True", "C", "True", "D", "True", "E", "True"]


KEEPS = """
EPOCHS = 2
run = Run()
train(run, 1)
run.history = [0.0]  # never so good again
torch.save(snapshot(run), FOLDER / "epoch-8.pt")
early = run.model.hidden.weight.detach().clone()
"""


def test_a_best_checkpoint_is_kept_even_if_no_later_epoch_is_better():
    names = {}
    run_cells(names, "setup", *DEFINITIONS, "6.5", "6.7")
    exec(KEEPS, names)
    run_cells(names, "keep-loop")
    kept, last = (torch.load(names["FOLDER"] / name) for name in ("best.pt", "last.pt"))
    assert (kept["epoch"], last["epoch"]) == (1, 2)
    assert torch.equal(kept["model"]["hidden.weight"], names["early"])


def test_letters_such_as_umlauts_in_the_temporary_folder_do_no_harm(tmp_path, monkeypatch):
    """PyTorch writes such a path in another way: the first folder within the file has another name then."""
    place = tmp_path / "Jörg"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    space = {}
    run_cells(space, "setup", *DEFINITIONS[:2])
    torch.save(space["make_network"]().state_dict(), space["FOLDER"] / "weights.pt")
    assert space["FOLDER"].parent == place
    said = run_cells(space, "device-tag-make", "pickle-words-show")
    assert "collections OrderedDict" in said and "cuda:0" in said


def test_an_exported_program_needs_no_class(tmp_path):
    """It runs in a process that knows nothing of the lesson, with equal outputs."""
    names = {}
    run_cells(names, "setup", "opening-data", "opening-network")
    torch.save({"model": names["make_network"]().state_dict()}, names["FOLDER"] / "best.pt")
    run_cells(names, "export-make")
    x = names["x_valid"][:9].clone()
    torch.export.save(names["program"], tmp_path / "program.pt2")
    torch.save([x, names["network"](x).detach()], tmp_path / "wanted.pt")
    look = "import sys, torch\nx, y = torch.load(sys.argv[2])\n"
    look += "print(torch.equal(torch.export.load(sys.argv[1]).module()(x), y))"
    assert run(look, tmp_path / "program.pt2", tmp_path / "wanted.pt") == "True\n"


def test_the_lesson_leaves_nothing_behind(tmp_path):
    def left():
        return [path.name for path in tmp_path.iterdir() if not path.name.startswith("torchinductor")]  # PyTorch's own

    with Notebook(LESSON, environment={"TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}) as opened:
        opened.run_until("opening")
        assert opened.run("(FOLDER / 'a.pt').write_bytes(b'1'); print(FOLDER.exists())") == "True\n"
        assert left()
    for _ in range(50):  # the kernel tidies up while it ends
        if not left():
            break
        time.sleep(0.1)
    assert left() == []
