"""Try the course on a graphics card (GPU): the eight lessons with their claims, and how fast PyTorch computes there.

    python tests/gpu_check.py                    everything on the card, and the same on the CPU beside it
    python tests/gpu_check.py --device cpu       the same path on a computer without a card
    python tests/gpu_check.py --parts 1 8        these lessons alone, without the measurements
    python tests/gpu_check.py --out table.md     keep the table

It takes at most eight minutes, and needs Python, PyTorch, torchvision, NumPy, matplotlib, Pillow and safetensors: no
network, and nothing of Jupyter. The cells of a lesson run one after the other in a plain process, with small stand-ins
for what a notebook would bring. The course's answers stand in place of the reader's and are checked, the claims of the
lesson are judged (tests/claims), and every process is ended when its time is over. Each failure is one line that names
the lesson, the cell and the error; the exit status is 1 if there is one.
"""

import argparse
import ast
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import linecache
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import types
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torchvision
from torchvision.models import resnet18

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tools import parts  # noqa: E402

ENVIRONMENT = {  # as tools/run_notebooks.py runs lessons, which needs Jupyter
    "COURSE_HEADLESS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "946684800",
    "COURSE_STRICT": "1",  # an answer that its check refuses raises an error
    "MPLBACKEND": "agg",
}
IN_ALL, FOR_ONE = 465, 150  # seconds; the start and the table take some, too
LEAST = 5  # seconds that are worth a start
MEBIBYTE = 2**20
WORKS_ON_A_CARD = {"device-raises"}  # a cell of Part 6 that loads a file from a GPU: it fails where there is none


# What the processes report


@dataclass
class Outcome:
    """What a stage has found on one device."""

    rows: dict = field(default_factory=dict)  # title -> {"value": number, "card": MiB, "memory": MiB, "note": text}
    failures: list = field(default_factory=list)  # one line each
    ended: bool = False  # whether the stage came to its end


class Report:
    """A file to which a stage writes at once what it finds, so that nothing is lost when it is ended."""

    def __init__(self, path):
        self.path = Path(path)

    def _write(self, **entry):
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def row(self, title, value, note="", **more):
        """Note a row of the table: a number (seconds or milliseconds, as the title says) and a remark."""
        self._write(row=title, value=value, note=note, **more)

    def failure(self, where, error):
        """Note a failure in one line: the cell or step, and the error."""
        self._write(failure=f"{where}: {in_one_line(error)}")

    def end(self):
        """Note that the stage came to its end."""
        self._write(ended=True)

    def read(self):
        """Return the Outcome so far."""
        outcome = Outcome()
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:  # the process was ended while it wrote
                continue
            if "row" in entry:
                outcome.rows[entry.pop("row")] = entry
            elif "failure" in entry:
                outcome.failures.append(entry["failure"])
            else:
                outcome.ended = True
        return outcome


def in_one_line(error):
    """Return an error, or a text, as one line of at most 300 letters."""
    text = str(error)
    if isinstance(error, BaseException):
        text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:300]


# A lesson in a plain process


def stand_in(name, **members):
    """Put a module in the place of one that is not installed; return it."""
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__path__ = []
    vars(module).update(members)
    sys.modules[name] = module
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, module)
    return module


class Bar:
    """A progress bar that shows nothing, in place of tqdm."""

    def __init__(self, steps=(), *given, **options):
        self.steps = steps

    def __iter__(self):
        return iter(self.steps)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def update(self, count=1):
        """Show nothing."""

    def close(self):
        """Nothing is open."""


def show(*things, **options):
    """Draw figures and pictures as a notebook does, and write out what else a cell shows."""
    for thing in things:
        if hasattr(thing, "savefig"):
            thing.savefig(io.BytesIO(), format="png")
        elif hasattr(thing, "save") and hasattr(thing, "getpixel"):
            thing.save(io.BytesIO(), "PNG")
        elif options.get("raw"):
            print(thing.get("text/plain", ""))
        else:
            print(repr(thing))


def replace_jupyter():
    """Put stand-ins in the place of IPython, and of what else is not installed of a notebook's packages."""
    stand_in("IPython", get_ipython=lambda: None, version_info=(9, 0, 0, ""), __version__="9.0.0")
    stand_in("IPython.display", display=show, clear_output=lambda wait=False: None)
    stand_in("IPython.core")
    stand_in("IPython.core.error", UsageError=type("UsageError", (Exception,), {}))
    if importlib.util.find_spec("tqdm") is None:
        stand_in("tqdm", tqdm=Bar)
        stand_in("tqdm.auto", tqdm=Bar)
    if importlib.util.find_spec("ipywidgets") is None:  # a lesson asks whether it is there; headless, none is made
        stand_in("ipywidgets")


def run_cell(source, name, namespace):
    """Run the code of a cell as a notebook does: the value of its last line is shown.

    Parameters
    ----------
    source : str
        The code.
    name : str
        The id of the cell; tracebacks and `inspect.getsource` find the code by it.
    namespace : dict
        The names of the notebook.
    """
    file = f"<cell {name}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    tree = ast.parse(source, file)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, file, "exec"), namespace)
    if last is not None:
        value = eval(compile(last, file, "eval"), namespace)
        if value is not None:
            show(value)


def code_cells(path):
    """Return the code cells of a notebook: lists of id, tags and source."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [
        (cell["id"], cell["metadata"].get("tags", []), "".join(cell["source"]))
        for cell in cells
        if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
    ]


def new_main():
    """Return the names of a new main module: what is defined in them can be pickled, as in a notebook."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    return vars(module)


class Lesson:
    """A lesson that runs cell by cell in this process.

    Parameters
    ----------
    path : Path
        The notebook.
    report : Report
        What is found goes there.
    """

    def __init__(self, path, report):
        self.path, self.report = path, report
        self.part = parts.part_of(path)
        self.namespace = new_main()  # before exercises is imported, which looks there for the reader's objects
        from claims import claims_of, judge

        from exercises.answers import answers_of

        self.judge, self.claims = judge, claims_of(self.part)
        self.answers = answers_of(self.part)
        self.seconds = {}  # id of a cell -> seconds, checks and solutions left out
        self.printed = {}  # id of a cell -> what it prints
        self.held = self.judged = self.passed = self.checked = 0  # of claims and of exercises
        self.failed = False

    def run(self):
        """Run all cells. After an error that is not meant, only what is about GPUs still runs."""
        for name, tags, source in code_cells(self.path):
            if self.failed and not name.startswith("gpu-"):
                continue
            if "exercise" in tags:
                source = self.answers[exercise_of(name)].source
            if "check" in tags:
                self._check(name, source)
            else:
                self._run_one(name, tags, source)
            if not self.failed:
                self._judge(name)
        self.report.row(
            f"{title_of(self.path)}, s",
            sum(self.seconds.values()),
            f"{self.held} of {self.judged} claims, {self.passed} of {self.checked} answers pass",
            card=peak_on_the_card(),
            memory=peak_memory(),
        )

    def _run_one(self, name, tags, source):
        """Run a cell and note its time; report an error that is not meant, or one that is meant and does not come."""
        started, error = time.perf_counter(), None
        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
            try:
                run_cell(source, name, self.namespace)
            except (Exception, SystemExit) as problem:
                error = problem
            close_figures()
        if "solution" not in tags:
            self.seconds[name] = time.perf_counter() - started
        self.printed[name] = printed.getvalue()
        if "raises-exception" in tags and error is None and not (name in WORKS_ON_A_CARD and torch.cuda.is_available()):
            self.report.failure(f"cell {name}", "it should raise an error, and did not")
        elif "raises-exception" not in tags and error is not None:
            self.report.failure(f"cell {name}", error)
            self.failed = True

    def _check(self, name, source):
        """Run the check of an exercise; the course's answer, which stands in the reader's cell, has to pass."""
        self.checked += 1
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                run_cell(source, name, self.namespace)
            self.passed += 1
        except (Exception, SystemExit) as error:
            self.report.failure(f"cell {name}", error)

    def _judge(self, name):
        """Judge what the lesson claims about a cell that has run."""
        count = len(self.claims.get(name, []))
        self.judged += count
        try:
            self.judge(self.part, name, self.namespace)
            self.held += count
        except Exception as error:
            self.report.failure(f"cell {name}, its claim", error)


def exercise_of(name):
    """Return the exercise that a cell belongs to: "3.4" of ex-3-4-answer, "B1.2" of ex-b1-2-answer."""
    _, part, number, *_ = name.split("-")
    return f"{part.upper()}.{number}"


def title_of(path):
    """Return what a notebook is called in the table: "Part 8"."""
    return parts.title_of(parts.part_of(path))


def close_figures():
    """Close what a cell has drawn, as a notebook does."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def peak_on_the_card():
    """Return the most memory of the card since `forget_peak`, or since the begin, in MiB; None without a card."""
    return torch.cuda.max_memory_allocated() / MEBIBYTE if torch.cuda.is_available() else None


def forget_peak():
    """Let `peak_on_the_card` begin anew."""
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def peak_memory():
    """Return the most memory that this process has used, in MiB; None on Windows, which does not tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEBIBYTE if sys.platform == "darwin" else peak / 1024


def run_lesson(report, device, path):
    """Run a lesson; of Part 8, what its section about GPUs prints is reported as well."""
    os.chdir(path.parent)
    lesson = Lesson(path, report)
    lesson.run()
    own = lesson.namespace.get("device")
    if getattr(own, "type", device) != device:
        report.failure("cell setup-course", f"its device is {own}, and not {device}")
    for line in lesson.printed.get("gpu-table", "").splitlines():
        place, _, rest = line.partition(" ")
        milliseconds = re.match(r"\s*([\d.]+) ms a step, (.*)", rest)
        if milliseconds and place == device:
            report.row("Part 8, a step of ResNet-18 (cell gpu-table), ms", float(milliseconds[1]), milliseconds[2])


def run_two_processes(report, device, path):
    """Run Bonus 2: two processes train one network, by nccl where there are two cards, else by gloo on the CPU."""
    os.chdir(path.parent)
    lesson = Lesson(path, report)
    lesson.run()
    if lesson.failed:
        return
    cards = torch.cuda.device_count() if device == "cuda" else 0
    place = str(lesson.namespace["place_of"](0, 2))
    if not lesson.namespace["together"]:
        report.failure("cell several-run", f"two processes did not train: {lesson.printed['several-run']}")
    by = "nccl" if place.startswith("cuda") else "gloo"
    report.row("two processes (Bonus 2), s", lesson.seconds["several-run"], f"by {by} on {place}; cards here: {cards}")


# How fast PyTorch computes


VARIANTS = {  # name -> switches; all are compared with float32
    "channels_last": {"channels_last": True},
    "bfloat16": {"bfloat16": True},
    "bfloat16 and channels_last": {"bfloat16": True, "channels_last": True},
}
COMPILED = {
    "torch.compile": {"compiled": True},
    "all three": {"compiled": True, "bfloat16": True, "channels_last": True},
}
TOLERANCE = {False: 0.01, True: 0.05}  # bfloat16 -> largest difference from float32, as a share of the largest value
SIZES = {"cuda": (64, 128), "cpu": (4, 128)}  # pictures in a batch, and their side, which is the same


def time_of(step, device, seconds=1.5, most=30):
    """Return the median time of a step in milliseconds, of three steps at least; the first ones do not count."""
    for _ in range(1 if device == "cpu" else 3):
        step()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or (len(times) < most and time.perf_counter() < end):
        started = time.perf_counter()
        step()
        if device != "cpu":
            torch.accelerator.synchronize()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


class Network:
    """A ResNet-18 with random weights in one of the variants, and a batch for it."""

    def __init__(self, device, bfloat16=False, channels_last=False, compiled=False):
        self.device, self.bfloat16 = device, bfloat16
        torch.manual_seed(0)
        count, side = SIZES[device]
        self.order = torch.channels_last if channels_last else torch.contiguous_format
        self.model = resnet18(num_classes=10).to(device, memory_format=self.order)
        x = torch.randn(count, 3, side, side)
        self.x = x.to(device, memory_format=self.order)
        self.y = torch.randint(0, 10, (count,)).to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)
        self.forward = torch.compile(self.model) if compiled else self.model

    def predict(self):
        """Return the logits of the batch."""
        self.model.eval()
        with torch.inference_mode(), torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16):
            return self.forward(self.x)

    def train(self):
        """Take a training step; return the loss before it, still on the device."""
        self.model.train()
        with torch.autocast(self.device, torch.bfloat16, enabled=self.bfloat16):
            loss = torch.nn.functional.cross_entropy(self.forward(self.x), self.y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def results(self):
        """Return the logits before any training, and the losses before and after a step."""
        logits = self.predict().float().cpu()
        losses = [self.train().item() for _ in range(2)]
        return logits, losses


def difference(values, wanted):
    """Return the largest difference between two tensors, as a share of the largest value."""
    return ((values - wanted).abs().max() / wanted.abs().max()).item()


def measure_speed(report, device, variants=VARIANTS):
    """Compare training and inference in several variants with float32: their speed, and whether the results agree."""
    count, side = SIZES[device]
    reference = Network(device)
    logits, losses = reference.results()
    base = times_a_picture(reference)
    if variants is VARIANTS:  # the others compare with the same, and would write these rows once more
        for what, milliseconds in base.items():
            report.row(f"{what}, float32, ms a picture", milliseconds, f"ResNet-18, {side} × {side}, {count} at a time")
    network = reference = None  # what one network takes is not counted with the next one
    for name, switches in variants.items():
        network = None
        forget_peak()
        try:
            network = Network(device, **switches)
            own_logits, own_losses = network.results()
            times = times_a_picture(network)
        except Exception as error:
            report.failure(name, error)
            continue
        off = {
            "training": difference(torch.tensor(own_losses), torch.tensor(losses)),
            "inference": difference(own_logits, logits),
        }
        allowed = TOLERANCE[switches.get("bfloat16", False)]
        for what, milliseconds in times.items():
            note = f"{base[what] / milliseconds:.2f} times as fast as float32, off by {off[what]:.1%} of {allowed:.0%}"
            report.row(f"{what}, {name}, ms a picture", milliseconds, note, card=peak_on_the_card())
            if not off[what] <= allowed:  # also where it is nan
                report.failure(f"{what}, {name}", f"its results differ by {off[what]:.1%}, allowed are {allowed:.0%}")


def times_a_picture(network):
    """Return the milliseconds that training and inference take for each picture."""
    count, _ = SIZES[network.device]
    steps = {"training": network.train, "inference": network.predict}
    return {what: time_of(step, network.device) / count for what, step in steps.items()}


def missing_for_compiling():
    """Return what `torch.compile` needs and this computer lacks; "" if everything is there."""
    if not any(map(shutil.which, ("c++", "g++", "clang++", "cl"))):
        return "a C++ compiler"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python.h"
    try:
        torch.compile(torch.nn.Identity())
    except RuntimeError:
        return "a PyTorch that compiles on this Python"
    return ""


def measure_compiled(report, device, name):
    """Measure what torch.compile brings, in one variant."""
    missing = missing_for_compiling()
    if missing:
        report.row(f"{name}", None, f"not here: {missing} is missing")
    else:
        measure_speed(report, device, {name: COMPILED[name]})


def compare_with_cpu(report, device):
    """Compare the predictions of a device with those of the CPU."""
    network = Network(device)
    logits = network.predict().float().cpu()
    network.model.cpu()
    network.x, network.device = network.x.cpu(), "cpu"
    off = difference(logits, network.predict())
    report.row("logits against the CPU, %", 100 * off, f"off by {off:.2%}, allowed are {TOLERANCE[False]:.0%}")
    if not off <= TOLERANCE[False]:
        report.failure("logits against the CPU", f"they differ by {off:.1%}")


# How busy the lesson's loop keeps the card


LOOP = ["setup", "setup-course", "scratch-network", "scratch-input-do", "scratch-loop-do", "scratch-fit"]


class Busy(threading.Thread):
    """Ask nvidia-smi again and again how busy the card is, until it is told to end."""

    def __init__(self):
        super().__init__(daemon=True)
        self.shares, self.over = [], threading.Event()

    def run(self):
        """Collect shares in percent."""
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]
        while not self.over.is_set():
            try:
                said = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
                self.shares.append(max(map(int, said.stdout.split())))
            except (OSError, ValueError, subprocess.SubprocessError):  # there is none: nothing is known
                return
            self.over.wait(0.2)

    def end(self):
        """Return the mean share; None if nothing is known."""
        self.over.set()
        self.join(10)
        return statistics.mean(self.shares) if self.shares else None


def lesson_loop():
    """Return the names of Part 8 that its training loop needs, with pictures of noise."""
    path = parts.find("8", ROOT)[0]
    cells = {name: source for name, _, source in code_cells(path)}
    namespace = new_main()
    noise = torch.randint(0, 256, (320, 3, 128, 128), dtype=torch.uint8)
    namespace |= {"class_names": ["cat", "dog"], "x_train": noise, "x_valid": noise[:10]}
    namespace["y_train"] = torch.randint(0, 2, (320,))
    for name in LOOP:
        with contextlib.redirect_stdout(io.StringIO()):
            run_cell(cells[name], name, namespace)
    return namespace


def measure_busyness(report, device):
    """Compare a step of Part 8's training loop with the bare computation of the same step."""
    names = lesson_loop()
    networks = {
        "small CNN, 64 × 64": (names["small_cnn"], names["x_train_small"]),
        "ResNet-18, 128 × 128": (lambda: resnet18(num_classes=2), names["x_train"]),
    }
    for title, (make, x) in networks.items():
        torch.manual_seed(0)
        model = make().to(device, memory_format=torch.channels_last).train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.001, fused=True)
        compare_loop_with_step(report, device, title, model, optimizer, x, names)


def compare_loop_with_step(report, device, title, model, optimizer, x, names):
    """Time Part 8's `fit` for some steps, and the same number of steps on a batch that lies on the device."""
    y, batch_size = names["y_train"], 32
    steps = 60 if device == "cuda" else 1

    def loop():
        names["fit"](model, x, y, optimizer, steps * batch_size, names["to_augmented_input"], batch_size)

    batch, targets = names["to_input"](x[:batch_size]), y[:batch_size].to(device)

    def bare():
        for _ in range(steps):
            loss = torch.nn.functional.cross_entropy(model(batch), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    bare_time = time_of(bare, device, seconds=3, most=20) / steps
    watch = Busy()
    forget_peak()
    if device == "cuda":
        watch.start()
    loop_time = time_of(loop, device, seconds=3, most=20) / steps
    busy = watch.end() if device == "cuda" else None
    note = f"bare computation {bare_time:.2f} ms: {bare_time / loop_time:.0%} of the loop"
    if busy is not None:
        note += f"; nvidia-smi: {busy:.0f}% busy"
    report.row(f"a step of Part 8's loop, {title}, ms", loop_time, note, card=peak_on_the_card())


# The stages and their processes


@dataclass(frozen=True)
class Stage:
    """A process of its own: what it does, with which further arguments, and how long it may take."""

    name: str
    work: object
    given: tuple = ()
    seconds: float = FOR_ONE

    def run(self, report, device):
        """Do the work in this process."""
        self.work(report, device, *self.given)


def stages(root=ROOT):
    """Return all stages by their names, what matters most first."""
    lessons = parts.lessons(root)
    found = [Stage(title_of(path), run_lesson, (path,)) for path in [*lessons[-1:], *lessons[:-1]]]
    found += [
        Stage("speed", measure_speed, seconds=90),
        Stage("card and CPU", compare_with_cpu, seconds=40),
        Stage("busyness", measure_busyness, seconds=60),
        Stage("two processes", run_two_processes, tuple(parts.find("B2", root)), seconds=90),
        *[Stage(name, measure_compiled, (name,), seconds=120) for name in COMPILED],
    ]
    return {stage.name: stage for stage in found}


def work_in_this_process(name, device, path):
    """Run one stage here, as a process that `start` has started; return its exit status."""
    report = Report(path)
    replace_jupyter()
    try:
        stages()[name].run(report, device)
    except Exception as error:
        report.failure("the stage itself", error)
        return 1
    report.end()
    return 0


def environment_of(device):
    """Return the environment of a process that computes on a device; for the CPU no card is there."""
    environment = os.environ | {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")} | ENVIRONMENT
    environment.pop("COURSE_DATA", None)
    if device == "cpu":
        environment["CUDA_VISIBLE_DEVICES"] = ""
    return environment


def start(stage, device, seconds, script=__file__):
    """Run a stage in a process of its own, and end that when its time is over; return the Outcome."""
    with tempfile.TemporaryDirectory(prefix="gpu-check-") as folder:
        path, errors = Path(folder, "report"), Path(folder, "stderr")
        command = [sys.executable, script, "--stage", stage.name, "--device", device, "--report", path]
        with errors.open("w") as file:
            process = subprocess.Popen(
                [*map(str, command)],
                env=environment_of(device),
                stdout=subprocess.DEVNULL,
                stderr=file,
                start_new_session=True,
            )
            try:
                process.wait(seconds)
                late = False
            except subprocess.TimeoutExpired:
                late = True
            finally:
                end(process)
        outcome = Report(path).read()
        if late:
            outcome.failures.append(f"ended after {seconds:.0f} seconds, its time was over")
        elif not outcome.ended and not outcome.failures:
            last = (errors.read_text("utf-8", "replace").strip().splitlines() or ["no word"])[-1]
            outcome.failures.append(f"the process ended with status {process.returncode}: {in_one_line(last)}")
        return outcome


def end(process):
    """End a process and all that it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def run_lane(device, chosen, until, told):
    """Run stages one after the other on a device until the time is over; return name of the stage -> Outcome."""
    found = {}
    for stage in chosen:
        left = until - time.monotonic()
        if left < LEAST:
            found[stage.name] = Outcome(failures=["not run, the time is over"])
        else:
            started = time.monotonic()
            found[stage.name] = start(stage, device, min(stage.seconds, left))
            told(f"{device}: {stage.name} after {time.monotonic() - started:.0f} s")
    return found


def run_lanes(devices, chosen, seconds, told):
    """Run the stages on each device, at the same time where there are cores enough; return device -> results."""
    until = time.monotonic() + seconds
    at_once = len(devices) if (os.cpu_count() or 1) >= 4 else 1
    with ThreadPoolExecutor(at_once) as pool:
        futures = {}
        for device in devices:
            own = [stage for stage in chosen if device == devices[0] or runs_beside(stage)]
            futures[device] = pool.submit(run_lane, device, own, until, told)
        return {device: future.result() for device, future in futures.items()}


def runs_beside(stage):
    """Whether the CPU runs a stage, too, where another device is what is tried."""
    return stage.work in (run_lesson, measure_speed, measure_busyness)


# The table


def format_number(value):
    """Return a number with three digits or so; "" for None."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table_of(results):
    """Return the table as Markdown, and below it each failure as a line.

    Parameters
    ----------
    results : dict
        device -> name of a stage -> Outcome; the device that is tried comes first.
    """
    device, *beside = results
    rows = merged_rows(results[device])
    other = merged_rows(results[beside[0]]) if beside else {}
    head = [
        "",
        device,
        *beside,
        *[f"{name} / {device}" for name in beside],
        "peak on the card, MiB",
        "peak memory, MiB",
    ]
    lines = [row_of([*head, "remark"]), row_of(["---"] * (len(head) + 1))]
    for title, entry in rows.items():
        cells = [title, format_number(entry["value"])]
        if beside:
            against = other.get(title, {}).get("value")
            ratio = against / entry["value"] if against and entry["value"] else None
            cells += [format_number(against), format_number(ratio)]
        cells += [format_number(entry.get("card")), format_number(entry.get("memory")), entry["note"]]
        lines.append(row_of(cells))
    failures = failures_of(results)
    lines += ["", f"Failures: {len(failures)}", *[f"- {text}" for text in failures]]
    return "\n".join(lines)


def row_of(cells):
    """Return a row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def merged_rows(outcomes):
    """Return the rows of all stages: title -> entry."""
    rows = {}
    for outcome in outcomes.values():
        rows |= outcome.rows
    return rows


def failures_of(results):
    """Return all failures, each as a line that begins with the stage and the device."""
    return [
        f"{name}, {device}: {text}"
        for device, outcomes in results.items()
        for name, outcome in outcomes.items()
        for text in outcome.failures
    ]


def describe(device):
    """Return on what this runs, in one line."""
    cards = torch.cuda.device_count() if device == "cuda" else 0
    card = f"{cards} × {torch.cuda.get_device_name()}, CUDA {torch.version.cuda}" if cards else "no card"
    threads = environment_of("cpu")["OMP_NUM_THREADS"]
    versions = f"Python {platform.python_version()}, PyTorch {torch.__version__}, torchvision {torchvision.__version__}"
    return f"{card}; {os.cpu_count()} cores, {threads} thread(s) a process; {versions}; {time.strftime('%Y-%m-%d')}"


def main(arguments=None):
    """Do what the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="what is tried (default: cuda)")
    parser.add_argument("--parts", nargs="*", default=[], help="numbers of lessons (default: all, and measurements)")
    parser.add_argument("--seconds", type=float, default=IN_ALL, help=f"for all together (default: {IN_ALL})")
    parser.add_argument("--out", type=Path, help="a file for the table")
    parser.add_argument("--stage", help=argparse.SUPPRESS)
    parser.add_argument("--report", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.stage:
        return work_in_this_process(given.stage, given.device, given.report)

    if given.device == "cuda" and not torch.cuda.is_available():
        print("PyTorch finds no card with CUDA here. --device cpu tries the same path without one.")
        return 2
    known = [parts.part_of(path) for path in parts.lessons(ROOT)]
    if strange := set(given.parts) - set(known):
        parser.error(f"there is no lesson {min(strange)}; there are: {' '.join(known)}")
    wanted = [f"Part {part}" for part in given.parts]
    chosen = [stage for stage in stages().values() if not wanted or stage.name in wanted]
    devices = [given.device] if given.device == "cpu" else [given.device, "cpu"]
    started = time.monotonic()
    results = run_lanes(devices, chosen, given.seconds, lambda text: print(text, file=sys.stderr, flush=True))
    text = f"{describe(given.device)}; {time.monotonic() - started:.0f} s in all\n\n{table_of(results)}"
    print(text)
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text + "\n", "utf-8")
    return int(bool(failures_of(results)))


if __name__ == "__main__":
    sys.exit(main())
