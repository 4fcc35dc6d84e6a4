"""What the lessons share: where the data is, the device, feedback on exercises, and views (plots and pictures).

A view returns what it draws, is shown by being the last line of a cell, and carries a sentence that describes it. It
leaves tensors, random numbers and matplotlib's settings as they were.
"""

import ast
import contextlib
import faulthandler
import functools
import gzip
import hashlib
import html
import inspect
import io
import json
import linecache
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import textwrap
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
SOLUTIONS = HERE / "assets" / "solutions"
RECORD = HERE / ".course_progress.json"  # what this reader has solved; git ignores it
HEADLESS = bool(os.environ.get("COURSE_HEADLESS"))  # no progress bars, no record: tests and stored outputs
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]  # of Okabe and Ito
GRAY = "#767676"
FASHION = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
DIGITS = list("0123456789")


# Data, device, random numbers, progress


def data_dir(edition=None, name=""):
    """Return the folder of the data.

    Parameters
    ----------
    edition : str or Path, optional
        "practice" (the data that come with the course), "full" (after `make data`), or the path of a folder of your
        own. Without it, what the environment variable COURSE_DATA says, or else "practice".
    name : str, optional
        A data set in it, such as "Cat_Dog_data". Your own pictures may stand in your folder right away.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is no such folder; the text says what to do.
    """
    edition = edition or os.environ.get("COURSE_DATA") or "practice"
    if edition == "practice":
        folder = _practice()
        expected = folder
    elif edition == "full":
        folder = HERE / "data"
        expected = folder / (name or "FashionMNIST")
    else:
        folder = Path(edition).expanduser()
        expected = folder
    if not expected.is_dir() and edition == "practice":
        cure = "The folder assets/ is missing beside helper.py: run the first cell of the lesson, which fetches it"
        raise FileNotFoundError(f"There is no data in {expected}. {cure}.")
    if not expected.is_dir():
        cure = "Run `make data` once to fetch it" if edition == "full" else "Check the spelling"
        raise FileNotFoundError(f'There is no data in {folder / name}. {cure}, or use helper.data_dir("practice").')
    if (folder / name).is_dir():
        return folder / name
    return folder


@functools.cache
def _practice():
    """Return the folder of the practice data, unpacked: beside the packed files or, if that is read-only, elsewhere."""
    source = HERE / "assets" / "practice"
    target = source
    packed = sorted(source.glob("*/raw/*.gz"))
    is_unpacked = all(path.with_suffix("").exists() for path in packed)
    if not is_unpacked and not os.access(source, os.W_OK):
        _practice.kept = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)  # until Python ends
        target = Path(_practice.kept.name)
        shutil.copytree(source / "Cat_Dog_data", target / "Cat_Dog_data")
    for path in packed:
        whole = target / path.relative_to(source).with_suffix("")
        if not whole.exists():
            whole.parent.mkdir(parents=True, exist_ok=True)
            beside = whole.with_suffix(f".{os.getpid()}")
            beside.write_bytes(gzip.decompress(path.read_bytes()))  # checks the checksum that is in the file
            beside.replace(whole)
    return target


def device():
    """Return the `torch.device` to compute on: the accelerator (CUDA, MPS, …) if there is one, else the CPU."""
    if torch.accelerator.is_available():
        return torch.accelerator.current_accelerator()
    return torch.device("cpu")


def track(steps, label=""):
    """Return the steps of a loop with a bar that shows how far it has come; in a headless run without one."""
    from tqdm.auto import tqdm  # here, since few lessons need it

    return tqdm(steps, desc=label, leave=False, disable=HEADLESS)


def seed(number=0):
    """Start the random numbers of Python, NumPy and PyTorch anew, so that the next run draws the same ones."""
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


# Feedback on exercises

_verdicts = {}  # the record of exercises: number -> "done", "course's answer", "not yet" or "try again"
_shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None  # the notebook that we run in
_given = {}  # number -> what the course's answer put into the notebook, by name
_ended = {}  # number -> what happened when its check ended the kernel before this one


class TimeLimit:
    """Stop code that runs for longer than it may, whatever it does.

    When the time is up, the code is interrupted as by the stop button, again and again, because a bare ``except:`` may
    swallow an interrupt. Some code cannot be interrupted: a call into C that does not return or, on Python 3.10, a
    loop whose body is a ``try:``, which lets neither signals nor other threads have their turn. If the code still runs
    after `GRACE` more seconds, `faulthandler` ends the process from a thread that needs nothing of Python, and writes
    where the code was into a file.

    Only the main thread can be interrupted; in another thread, the end of the process is the only means. There is one
    timer of `faulthandler` in a process: who else uses it (pytest's ``faulthandler_timeout``) loses it here.

    Parameters
    ----------
    seconds : float
        How long the code may run.
    file : file object, optional
        Where the end of the process is reported; it needs a ``fileno``. The default is the process's own stderr.

    Attributes
    ----------
    late : bool
        Whether the time is up.
    """

    GRACE = 20
    AGAIN = 0.3

    def __init__(self, seconds, file=None):
        self.seconds = seconds
        self.late = False
        self._file = file or sys.__stderr__ or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._interrupt_when_late, name="time limit", daemon=True)
        self._handler_before = None

    def start(self):
        """Begin to count."""
        in_main_thread = threading.current_thread() is threading.main_thread()
        try:
            # Our own handler, since the one that we find may ignore interrupts: nohup and `make test &` arrange that.
            # None is a handler that was not set in Python: it could not be put back, so we leave it.
            if in_main_thread and signal.getsignal(signal.SIGINT) is not None:
                self._handler_before = signal.signal(signal.SIGINT, self._on_interrupt)
                self._watcher.start()
            faulthandler.dump_traceback_later(self.seconds + self.GRACE, exit=True, file=self._file)
        except BaseException:  # the stop button at this very moment: never leave a timer behind
            self.stop()
            raise

    def stop(self):
        """End the count, and put the handler of interrupts back that was there before; may be called twice."""
        faulthandler.cancel_dump_traceback_later()
        self._over.set()
        if self._watcher.is_alive():
            self._watcher.join()
        if self._handler_before is not None:
            signal.signal(signal.SIGINT, self._handler_before)
            self._handler_before = None

    def _interrupt_when_late(self):
        pause = self.seconds
        while not self._over.wait(pause):
            self.late = True
            if hasattr(signal, "pthread_kill"):  # wakes the main thread when it sleeps
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            else:  # Windows
                signal.raise_signal(signal.SIGINT)
            pause = self.AGAIN

    def _on_interrupt(self, number, frame):
        if self._over.is_set() and self.late:
            return  # ours, and it comes too late
        if self.late or self._handler_before == signal.SIG_DFL:
            raise KeyboardInterrupt
        if callable(self._handler_before):
            self._handler_before(number, frame)  # the reader pressed stop


class Note:
    """A note in a temporary file, from a kernel that a check has to end to the next kernel of the same notebook.

    It is written before the check begins, since nothing can be written once Python is stuck, and removed when the check
    has ended. `TimeLimit` adds where the code was (`faulthandler` writes into the same file), so a note that says that
    is one of a kernel that was ended.

    Parameters
    ----------
    number : str
        The number of the exercise.
    seconds : float
        How long the check may take until the kernel is ended.
    check_file : str
        The file of the cell with the check, as tracebacks call it.
    """

    def __init__(self, number, seconds, check_file):
        self.file = None
        sources = {}  # what the cells of the notebook say: the next kernel does not know them any more
        for path, entry in list(linecache.cache.items()):
            if len(entry) == 4 and entry[1] is None:  # no file on disk
                name = path.encode("ascii", "backslashreplace").decode()  # as faulthandler writes it
                sources[name] = "".join(entry[2])
        note = {"number": number, "seconds": seconds, "check_file": check_file, "sources": sources}
        with contextlib.suppress(OSError):  # nowhere to write: then the kernel is ended without a word
            self.file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (open until the check has ended)
                "w", encoding="utf-8", prefix=self._prefix(), suffix=".note", delete=False
            )
            self.file.write(json.dumps(note) + "\n")
            self.file.flush()

    @staticmethod
    def _prefix():
        """Return how the names of all notes of this notebook in this checkout begin."""
        notebook = f"{HERE} {os.environ.get('JPY_SESSION_NAME', '')}"  # Jupyter's name of the notebook
        return f"course-{hashlib.sha256(notebook.encode()).hexdigest()[:16]}-"

    def remove(self):
        """Remove the note: the check has ended."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.close()
                Path(self.file.name).unlink()

    @classmethod
    def read_all(cls):
        """Return what the notes of kernels that were ended say, by the number of the exercise; remove these notes."""
        texts = {}
        for path in sorted(Path(tempfile.gettempdir()).glob(f"{cls._prefix()}*.note")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # not ours, or not whole
                head, _, dump = path.read_text("utf-8", "replace").partition("\n")
                day_old = time.time() - path.stat().st_mtime > 24 * 60 * 60
                if dump or day_old:  # else its check may be running now
                    path.unlink()
                if dump:
                    note = json.loads(head)
                    texts[note["number"]] = cls._text(note, dump)
        return texts

    @staticmethod
    def _text(note, dump):
        """Return the sentences that a reader gets to see."""
        text = f"Its check did not end within {note['seconds']:g} seconds and could not be stopped in any other way, "
        text += "so the kernel was ended. Everything that the notebook had computed is gone.\n"
        in_check = ""
        for path, line, function in re.findall(r'^  File "(.*)", line (\d+) in (.*)$', dump, re.M):
            lines = note["sources"].get(path, "").splitlines()
            if not 0 < int(line) <= len(lines):
                continue  # a line of a library
            held = f"line {line} of your cell"
            if function != "<module>":
                held += f", in {function}"
            held = f"The kernel was held by {held}: {lines[int(line) - 1].strip()}\n"
            if path != note["check_file"]:
                text += held
                break
            in_check = in_check or held.replace("your cell", "the check")
        else:
            text += in_check
        return text + "Does a loop never end? Correct your cell, and run all cells again from the top."


class check:
    """Judge an exercise: `with helper.check("1.2"):` around asserts whose messages are hints.

    Shows "done", "not yet" (a blank stub, or still the course's answer) or "try again" with the hint, no traceback.
    The asserts run from a fixed seed, and the random state is put back. COURSE_STRICT=1 raises on all but "done".
    An endless loop is stopped after some `seconds`; where nothing stops it, the kernel is ended (see `TimeLimit`), and
    the next one says so.
    """

    def __init__(self, number, seconds=10):
        self.number, self.seconds, (_, self.names) = number, seconds, _answer(number)

    def __enter__(self):
        if self.number in _ended:
            _show("✘", f"Exercise {self.number}: the kernel was ended", _ended.pop(self.number))
            sys.stdout.flush()  # sent before the code runs, which may hold this kernel as well
        self.state = random.getstate(), np.random.get_state(), torch.get_rng_state()
        seed(0)
        self.note, file = None, None
        if not HEADLESS:
            check_file = inspect.currentframe().f_back.f_code.co_filename
            self.note = Note(self.number, self.seconds + TimeLimit.GRACE, check_file)
            file = self.note.file
        self.limit = TimeLimit(self.seconds, file)
        if not _is_debugging():
            self.limit.start()

    def __exit__(self, kind, error, trace):
        try:
            self.limit.stop()
        except KeyboardInterrupt:  # one more was on its way
            self.limit.stop()
        self.late = self.limit.late
        if self.note:
            self.note.remove()
        for put, state in zip((random.setstate, np.random.set_state, torch.set_rng_state), self.state, strict=True):
            put(state)
        if isinstance(error, KeyboardInterrupt) and not self.late:
            return False  # the reader pressed stop
        verdict, text = self._judge(error, trace, inspect.currentframe().f_back)
        _remember(self.number, verdict)
        _show({"done": "✔", "try again": "✘"}.get(verdict, "…"), f"Exercise {self.number}: {verdict}", text)
        if os.environ.get("COURSE_STRICT") and verdict != "done":
            raise AssertionError(f"Exercise {self.number}: {verdict}. {text}") from error
        return True

    def _judge(self, error, trace, cell):
        names = sorted({*self.names} & {*cell.f_code.co_names}) or self.names  # none: they stand in a comprehension
        values = {name: cell.f_globals.get(name, ...) for name in names}
        if syntax_error := _syntax_error(values):
            return "try again", f"Your cell is not valid Python and did not run. {syntax_error}"
        if values and all(_given.get(self.number, {}).get(name) is value for name, value in values.items()):
            return "not yet", "This is still the course's answer. Run your own cell first, then this one."
        if error is None:
            return "done", ""
        if self.late:
            return "try again", f"Stopped after {self.seconds:g} seconds. Does a loop never end?"
        if blank := [name for name, value in values.items() if _is_blank(value)]:
            ask = "If you have, is the name spelt so, and did your cell end without an error?"
            return "not yet", f"Replace the ... in {' and '.join(blank)}, and run your cell. {ask}"
        return "try again", _reason(error, trace, cell)


def solution(number):
    """Show the course's answer, folded, and run it in the notebook unless the reader's own answer has passed."""
    (source, names), kept = _answer(number), _verdicts.get(number) == "done"
    if not kept:
        path, lines = f"<the course's answer to {number}>", source.splitlines(keepends=True)
        linecache.cache[path] = len(source), None, lines, path  # so that a traceback can show them
        exec(compile(source, path, "exec"), namespace := inspect.currentframe().f_back.f_globals)
        _given[number] = {name: namespace[name] for name in names if name in namespace}
        _remember(number, "course's answer")
    head = "your answer is right and is kept" if kept else "the course's answer is used from here on"
    folded = f"<details><summary>Show the course's answer</summary><pre>{html.escape(source)}</pre></details>"
    _show("✔" if kept else "…", f"Exercise {number}: {head}", "", folded)


def progress():
    """Show for every lesson how many exercises this reader has solved, today and before."""
    record, rows = _record(), []
    for path in sorted(SOLUTIONS.glob("part*.py")):
        verdicts = [record.get(number) for number in re.findall(r"^# %% (\S+)", path.read_text("utf-8"), re.M)]
        own, shown = verdicts.count("done"), verdicts.count("course's answer")
        squares = ("■" * own + "▪" * shown).ljust(len(verdicts), "□")
        rows.append(f"Part {path.stem[4:]}  {squares}  {own} of {len(verdicts)} solved, {shown} by the course's answer")
    _show("…", "Your exercises", "\n".join(rows))


def is_same(got, want, atol=1e-5):
    """Whether `got` is a tensor of the shape and values (to 4 digits, or within `atol`) of `want`; never raises."""
    same_shape = isinstance(got, torch.Tensor) and got.shape == want.shape
    return same_shape and torch.allclose(got.double(), want.double(), 1e-4 * want.is_floating_point(), atol)


def assert_same(got, want, name="your answer"):
    """Assert that `got` is a tensor of the shape, dtype and values (to 4 digits) of `want`; say what differs."""
    assert isinstance(got, torch.Tensor), f"{name} should be a tensor, but it is of type {type(got).__name__}."
    assert got.shape == want.shape, f"{name} should have the shape {tuple(want.shape)}, but it has {tuple(got.shape)}."
    assert got.dtype == want.dtype, f"{name} should hold {want.dtype}, but it holds {got.dtype}."
    wrong = ~torch.isclose(got.detach(), want.detach(), 1e-4 * want.is_floating_point(), 1e-5, equal_nan=True)
    if wrong.any():
        at = tuple(wrong.nonzero()[0].tolist())
        raise AssertionError(f"{name}{list(at) or ''} should be {want[at].item():.6g}, but it is {got[at].item():.6g}.")


def _answer(number):
    """Return the course's answer to an exercise, and the names that it sets at its outermost level."""
    path = SOLUTIONS / f"part{number.split('.')[0]}.py"
    for section in re.split(r"^# %% ", path.read_text("utf-8") if path.exists() else "", flags=re.M)[1:]:
        title, _, source = section.partition("\n")
        if title.split()[0] == number:
            source = source.strip() + "\n"
            return source, _names_set(source)
    raise ValueError(f"There is no exercise {number!r}: {path.name} in assets/solutions has no answer to it.")


def _names_set(source):
    """Return the names that a piece of code sets at its outermost level, but for what it imports.

    Not by `symtable`: since Python 3.12 it counts the variables of comprehensions in.
    """
    names = []

    def visit(node, in_comprehension=False):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
            return  # what stands in it has a namespace of its own
        if isinstance(node, ast.Lambda) or (isinstance(node, ast.AnnAssign) and node.value is None):
            return
        if isinstance(node, ast.NamedExpr):  # := sets a name outside, even in a comprehension
            names.append(node.target.id)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not in_comprehension:
            names.append(node.id)
        own_variables = isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        for child in ast.iter_child_nodes(node):
            visit(child, in_comprehension or own_variables)

    visit(ast.parse(source))
    return list(dict.fromkeys(names))


def _is_debugging():
    """Whether the reader has switched on JupyterLab's debugger: she may stay at a breakpoint for long."""
    debugger = getattr(getattr(_shell, "kernel", None), "debugger", None)
    return bool(getattr(debugger, "is_started", False))


def _syntax_error(names):
    """Return what is wrong with the cell before this one, if it is no valid Python and holds one of the names."""
    source = _shell.user_ns["In"][-2] if _shell else ""
    try:
        compile(source, "", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        text = f"{error.msg} in line {error.lineno}: {source.splitlines()[error.lineno - 1].strip()}"
        return text if any(name in source for name in names) else ""


def _is_blank(value):
    """Whether a value is `...`, holds one, or is a function or class of the notebook with a `...` left in its code."""
    if isinstance(value, tuple | list | dict):
        return any(_is_blank(part) for part in (value.values() if isinstance(value, dict) else value))
    if inspect.isclass(value) and value.__module__ == "__main__":
        return any(_is_blank(part) for part in vars(value).values())
    if not inspect.isfunction(value) or value.__module__ != "__main__":
        return value is ...
    try:
        nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(value)))))
    except (OSError, SyntaxError):  # its cell is gone, or it is a lambda in the middle of something
        return False
    indexed = {id(part) for node in nodes if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    return any(isinstance(node, ast.Constant) and node.value is ... and id(node) not in indexed for node in nodes)


def _reason(error, trace, cell):
    """Return the hint of the assert that failed, or the error and the line of the reader's code that it comes from."""
    while trace:  # down to the last line that stands in the notebook
        own, trace = (trace if trace.tb_frame.f_globals is cell.f_globals else own), trace.tb_next  # noqa: F821
    path = own.tb_frame.f_code.co_filename
    line, in_check = linecache.getline(path, own.tb_lineno).strip(), path == cell.f_code.co_filename
    if in_check and isinstance(error, AssertionError):
        return f"{error}\nWhat failed: ".lstrip() + re.sub(r', (f?"[^"]*"|[(])$', "", line)
    return f"{type(error).__name__}: {error}\nin {'the line' if in_check else 'your line'}: {line}"


def _record():
    """Return the verdicts on this reader, of this session and (unless the run is headless) before; "done" stays."""
    saved = {}
    with contextlib.suppress(OSError, ValueError, TypeError):  # none yet, or spoiled: begin anew
        saved = {} if HEADLESS else dict(json.loads(RECORD.read_text("utf-8")))
    return saved | {number: "done" if saved.get(number) == "done" else _verdicts[number] for number in _verdicts}


def _remember(number, verdict):
    """Note a verdict, also in the reader's file; where that cannot be written, this session must do."""
    _verdicts[number] = verdict
    beside = RECORD.with_suffix(f".{os.getpid()}")
    if not HEADLESS:
        with contextlib.suppress(OSError):
            beside.write_text(json.dumps(_record(), indent=1, sort_keys=True), "utf-8")
            beside.replace(RECORD)


def _show(sign, head, text, more=""):
    from IPython.display import display

    color = {"✔": COLORS[2], "✘": COLORS[1]}.get(sign, "#767676")
    text_box = f'<pre style="white-space: pre-wrap; margin: 0">{html.escape(text)}</pre>' if text else ""
    edge = f'<div role="status" style="border-left: 5px solid {color}; padding-left: 12px">'
    box = f"{edge}<b>{sign} {head}</b>{text_box}{more}</div>"
    display({"text/plain": f"{sign} {head}\n{text}".strip(), "text/html": box}, raw=True)


# Pictures


def imshow(image, ax=None, title=None):
    """Show one picture.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        A tensor [H, W], [1, H, W] or [3, H, W], an array [H, W] or [H, W, 3], or a Pillow image: uint8 from 0 to 255
        or float from 0 to 1. Other floats (normalized pictures, weights) are stretched to fill the range.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    title : str, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if ax is None:
        _, (ax,) = _figure(title or "A picture", 2.6, 2.6)
    ax.imshow(_pixels(image), cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
    ax.set_title(title or "")
    return ax


def view_classify(image, probs, classes=None, version="MNIST"):
    """Show a picture and a bar with the probability of each class.

    Parameters
    ----------
    image : torch.Tensor, np.ndarray or PIL.Image.Image
        As for `imshow`.
    probs : torch.Tensor or sequence of float
        A probability for each class; they add up to 1.
    classes : sequence of str, optional
        Their names; without it, those of `version`.
    version : str
        "MNIST" (digits) or "Fashion" (clothes).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many probabilities as classes, or they do not add up to 1.
    """
    probs = torch.as_tensor(_array(probs)).flatten()
    if classes is None:
        classes = FASHION if "fashion" in version.lower() else DIGITS
    classes = [str(name) for name in classes]
    are_probabilities = len(probs) == len(classes) and probs.min() >= 0 and abs(probs.sum() - 1) < 0.01
    if not are_probabilities:
        found = f"{len(probs)} numbers that add up to {probs.sum():.2f}"
        raise ValueError(f"Expected {len(classes)} probabilities, but got {found}. Try logits.softmax(dim=-1).")
    best = int(probs.argmax())
    title = f"Most probable: {classes[best]} ({probs[best]:.0%})"
    fig, (left, right) = _figure(f"A picture and a bar for each class. {title}", 6, 3, 2)
    imshow(image, left)
    colors = [COLORS[index == best] for index in range(len(classes))]
    bars = right.barh(classes, probs.tolist(), color=colors)
    right.bar_label(bars, [f"{p:.0%}" for p in probs], padding=2)
    right.set(xlim=(0, 1.2), xticks=[0, 0.5, 1], xlabel="probability", title=title)
    right.invert_yaxis()
    return fig


def view_batch(images, captions=None, columns=8, size=72):
    """Show pictures as a contact sheet.

    Parameters
    ----------
    images : torch.Tensor or list
        A tensor [N, C, H, W] or [N, H, W], or a list of what `imshow` takes.
    captions : list, optional
        N texts or numbers, one for each picture.
    columns : int
        Pictures in a row.
    size : int
        The width of each picture, in pixels; its height follows.

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    ValueError
        If there is no picture, or not a caption for each.
    """
    captions = [] if captions is None else [_caption(caption) for caption in captions]
    if len(images) == 0 or len(captions) not in (0, len(images)):
        raise ValueError(f"{len(images)} pictures and {len(captions)} captions: there should be one for each.")
    tiles = []
    for image in images:
        tile = Image.fromarray((_pixels(image) * 255).round().astype(np.uint8))
        height = round(size * tile.height / tile.width)
        tiles.append(tile.resize((size, height), Image.Resampling.NEAREST))
    columns = min(columns, len(tiles))
    gap, line = 6, 18 if captions else 0  # between pictures, and above each for its caption
    step = max(tile.height for tile in tiles) + gap + line
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * (size + gap) + gap, rows * step + gap), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for index, tile in enumerate(tiles):
        x = gap + index % columns * (size + gap)
        y = gap + index // columns * step
        sheet.paste(tile, (x, y + line))
        if captions:
            draw.text((x + size / 2, y + line / 2), captions[index], "black", font, "mm")
    sheet.alt = f"Contact sheet of {len(tiles)} pictures: {', '.join(captions) or 'without captions'}"
    return sheet


def _caption(value):
    """Return a caption as text; of a tensor or array, the number in it."""
    return str(value.tolist() if hasattr(value, "tolist") else value)


def view_recon(image, recon):
    """Show a picture beside its reconstruction, with their mean squared error; return a Pillow image."""
    one, two = _pixels(image, stretch=False), _pixels(recon, stretch=False)
    if one.shape != two.shape:
        found = f"The picture {list(one.shape)} and its reconstruction {list(two.shape)}"
        raise ValueError(f"{found} should have one shape.")
    error = np.mean((one - two) ** 2)
    return view_batch([image, recon], ["picture", f"error {error:.4f}"], size=200)


# Curves and numbers


def view_history(history, title="Training"):
    """Plot what was noted in every epoch, losses and accuracies apart.

    Parameters
    ----------
    history : dict
        Name -> values, such as {"train loss": [...], "test accuracy": [...]}.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    ends = []
    for name, values in history.items():
        ends.append(f"{name} from {values[0]:.3g} to {values[-1]:.3g}")
    kinds = sorted({"acc" in name for name in history})  # losses first
    fig, axes = _figure(f"{title}: {', '.join(ends)}", 4 * len(kinds), 3, len(kinds))
    for ax, is_accuracy in zip(axes, kinds, strict=True):
        curves = {name: values for name, values in history.items() if ("acc" in name) == is_accuracy}
        epochs = range(1, 1 + len(next(iter(curves.values()))))
        view_lines(epochs, curves, title, "epoch", "accuracy" if is_accuracy else "loss", ax=ax)
        ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def view_lines(x, curves, title="", xlabel="x", ylabel="", points=None, ax=None, **settings):
    """Plot curves, and points if there are any.

    Parameters
    ----------
    x : sequence of float or torch.Tensor
    curves : dict
        Label -> values over `x`.
    title, xlabel, ylabel : str
    points : tuple, optional
        Data to draw as dots: (x, y).
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    **settings
        Of the axes, such as `xscale="log"`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if ax is None:
        _, (ax,) = _figure(f"{title or 'Curves'}: {', '.join(curves)} over {xlabel}", 6, 3.2)
    if points:
        ax.scatter(_array(points[0]), _array(points[1]), s=14, color=GRAY, label="data")
    markers, dashes = "osD^vPX", ["-", "--", ":", "-."]
    for index, (name, y) in enumerate(curves.items()):
        # told apart without color: by markers where there is room for them, else by dashes
        if len(y) <= 30:
            style = {"marker": markers[index % len(markers)]}
        else:
            style = {"linestyle": dashes[index % len(dashes)]}
        ax.plot(_array(x), _array(y), color=COLORS[index % len(COLORS)], label=name, **style)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, **settings)
    ax.grid(alpha=0.3)
    ax.legend()
    return ax.figure


def view_tensor(x, title=None, ax=None, copies=None):
    """Show a tensor as a grid of numbers.

    Parameters
    ----------
    x : torch.Tensor or np.ndarray
        [W] or [H, W], at most 32 numbers a side.
    title : str, optional
        Without it, the shape.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new one without it.
    copies : array of bool, optional
        Cells to hatch, since they are copies of others.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the tensor has another shape.
    """
    grid = np.atleast_2d(_array(x))
    if grid.ndim > 2 or max(grid.shape) > 32 or not grid.size:
        raise ValueError(f"A grid of numbers needs one or two dimensions of at most 32; the shape is {tuple(x.shape)}.")
    title = title or f"shape {list(x.shape)}"
    rows, columns = grid.shape
    if ax is None:
        side = min(0.5, 7.5 / columns, 3.6 / rows)  # of a cell, in inches
        _, (ax,) = _figure(f"Grid of numbers, {title}", 0.5 + columns * side, 0.4 + rows * side)
    # only the light half of the blues, so that black numbers can be read
    ax.imshow(grid, cmap="Blues", vmin=grid.min(), vmax=grid.min() + 2 * np.ptp(grid) + 1e-9)
    font_size = 10 if max(grid.shape) <= 12 else 6
    for (row, column), value in np.ndenumerate(grid):
        digits = 5 if value.is_integer() else 3
        ax.text(column, row, f"{value:.{digits}g}", size=font_size, ha="center", va="center")
        if copies is not None and np.atleast_2d(copies)[row, column]:
            sides = [column - 0.5, column + 0.5]
            hatched = {"facecolor": "none", "edgecolor": "#00000050", "hatch": "///", "linewidth": 0}
            ax.fill_between(sides, row - 0.5, row + 0.5, **hatched)
    ax.set(xticks=[], yticks=[], title=title)
    return ax.figure


def view_confusion(counts, classes=FASHION):
    """Show a confusion matrix; only the mistakes are colored.

    Parameters
    ----------
    counts : torch.Tensor
        [K, K], a row for each true class, a column for each prediction.
    classes : sequence of str
        The K names.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are not as many names as rows and columns.
    """
    if list(counts.shape) != [len(classes)] * 2:
        raise ValueError(f"{len(classes)} classes need as many rows and columns; the shape is {tuple(counts.shape)}.")
    mistakes = _array(counts) * (1 - np.eye(len(classes)))
    truth, answer = divmod(int(mistakes.argmax()), len(classes))
    title = f"Most often: {classes[truth]} taken for {classes[answer]} ({mistakes.max():.0f} times)"
    fig, (ax,) = _figure(f"Confusion matrix. {title}", 6.4, 4)
    view_tensor(counts, title, ax)
    ax.images[0].set(data=mistakes, cmap="Oranges", clim=(0, 2 * mistakes.max() + 1e-9))
    ax.set(aspect="auto", xlabel="answer", ylabel="truth")
    ax.set_xticks(range(len(classes)), classes, rotation=30)
    ax.set_yticks(range(len(classes)), classes)
    return fig


def view_broadcast(a, b):
    """Show how two tensors of one or two dimensions are stretched to one shape and added.

    Parameters
    ----------
    a, b : torch.Tensor

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If the shapes do not broadcast; the text says the rule.
    """
    try:
        shape = torch.broadcast_shapes(a.shape, b.shape)
    except RuntimeError:
        rule = "counted from the right, two sizes must be equal, or one of them 1 or missing"
        raise ValueError(f"{tuple(a.shape)} and {tuple(b.shape)} do not broadcast: {rule}.") from None
    fig, axes = _figure(f"{list(a.shape)} + {list(b.shape)} = {list(shape)}; hatched cells are copies", 8, 2.6, 3)
    for ax, x, sign in zip(axes, (a, b, a + b), ("", "+ ", "= "), strict=True):
        origin = torch.arange(x.numel()).reshape(x.shape).expand(shape).numpy()  # which element each cell shows
        _, first_of_each = np.unique(origin, return_index=True)
        is_copy = ~np.isin(np.arange(origin.size), first_of_each).reshape(shape)
        view_tensor(x.expand(shape), f"{sign}{list(x.shape)}", ax, is_copy)
    return fig


# Networks


def view_network(network):
    """Draw the linear layers of a network to scale, with their numbers of parameters.

    Parameters
    ----------
    network : torch.nn.Module or list of int
        A module with linear layers, or the widths, such as [784, 256, 10].

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there is no linear layer.
    """
    if not isinstance(network, torch.nn.Module):
        layers = [torch.nn.Linear(*widths, device="meta") for widths in pairwise(network)]
        network = torch.nn.Sequential(*layers)
    layers = [module for module in network.modules() if isinstance(module, torch.nn.Linear)]
    if not layers:
        raise ValueError("There is no linear layer to draw: pass a module with nn.Linear layers, or a list of widths.")
    widths = [layers[0].in_features] + [layer.out_features for layer in layers]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    title = f"{' - '.join(map(str, widths))}: {sum(counts):,} parameters"
    fig, (ax,) = _figure(f"The layers of a network, {title}", 7, 3)
    for i, (before, after) in enumerate(pairwise(widths)):
        corners = [before / 2, after / 2, -after / 2, -before / 2]
        ax.fill([i, i + 1, i + 1, i], corners, color=COLORS[5], alpha=0.35)
        ax.text(i + 0.5, 0, f"{counts[i]:,}\nparameters", ha="center", va="center")
    for i, width in enumerate(widths):
        ax.bar(i, width, 0.12, -width / 2, color=COLORS[0])
        ax.text(i, -width / 2 - max(widths) * 0.03, f"{width:,}", ha="center", va="top")
    ax.set(title=title, xticks=[], yticks=[], frame_on=False)
    return fig


def view_graph(result, **names):
    """Draw the graph of `grad_fn` that autograd recorded for a tensor.

    Parameters
    ----------
    result : torch.Tensor
        What was computed, such as a loss.
    **names : torch.Tensor
        Leaves by the name that they shall have in the drawing: `view_graph(loss, w=w)`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If autograd recorded nothing.
    """
    if result.grad_fn is None:
        raise ValueError("This tensor has no graph (no grad_fn): nothing that it comes from has requires_grad=True.")
    depth, edges = _graph_of(result.grad_fn)
    labels = {id(tensor): name for name, tensor in names.items()}
    fig, (ax,) = _figure("", 8, 3.2)
    place, boxes, said = {}, {}, []
    for node in depth:
        row = [other for other in depth if depth[other] == depth[node]]
        place[node] = -depth[node], (row.index(node) - (len(row) - 1) / 2) * min(1, 3 / len(row))
        leaf = getattr(node, "variable", None)
        if leaf is None:
            text, color = node.name().removesuffix("Backward0"), "white"
        else:
            text, color = f"{labels.get(id(leaf), 'leaf')} {list(leaf.shape)}", "#cfe8f7"
        said.append(text)
        box = {"boxstyle": "round", "fc": color}
        boxes[node] = ax.text(*place[node], text.replace(" ", "\n", 1), ha="center", va="center", bbox=box)
    for node, child in edges:
        ends = {"patchA": boxes[child].get_bbox_patch(), "patchB": boxes[node].get_bbox_patch()}
        ax.annotate("", place[node], place[child], arrowprops={"arrowstyle": "->", **ends})
    tall = 0.6 + max(abs(y) for _, y in place.values())
    fig.set_figheight(2.1 * tall)
    ax.set(xlim=(-max(depth.values()) - 0.5, 0.5), ylim=(-tall, tall), xticks=[], yticks=[], frame_on=False)
    fig.alt = f"The graph of {len(depth)} steps, from the result back to the leaves: {', '.join(said)}"
    return fig


def _graph_of(start):
    """Return the nodes of a graph with the longest way to each from the start, and its edges (node, child)."""
    depth, edges, queue = {start: 0}, set(), [start]
    for node in queue:  # a node comes up again when a longer way leads to it
        for child, _ in node.next_functions:
            if child is None:
                continue
            edges.add((node, child))
            if depth.get(child, 0) <= depth[node]:
                depth[child] = depth[node] + 1
                queue.append(child)
    return depth, edges


# How values become pictures, and pictures become outputs


def _figure(alt, width, height, columns=1):
    """Return a new Figure with alt text and its Axes. It is not pyplot's: nobody has to close it."""
    from matplotlib.figure import Figure  # here, since it takes a third of a second

    fig = Figure((width, height), layout="constrained")
    fig.alt = alt
    return fig, fig.subplots(1, columns, squeeze=False)[0]


def _array(x):
    """Return a tensor, array or sequence as an array of floats."""
    if isinstance(x, torch.Tensor):
        return x.detach().cpu().float().numpy()
    return np.asarray(x, dtype=float)


def _pixels(image, stretch=True):
    """Return a picture as an array [H, W] or [H, W, 3] of floats from 0 to 1."""
    is_tensor = isinstance(image, torch.Tensor)
    if is_tensor:
        x = image.detach().cpu()
    else:
        if getattr(image, "mode", "") in ("P", "PA", "LA", "CMYK", "YCbCr", "HSV"):
            image = image.convert("RGB")
        x = torch.from_numpy(np.array(image, order="C"))
    if x.ndim == 4 and len(x) == 1:  # a batch of one
        x = x[0]
    is_channels_last = x.ndim == 3 and x.shape[-1] in (3, 4) and not is_tensor
    if x.ndim == 3 and not is_channels_last:
        x = x.permute(1, 2, 0)
    is_picture = x.ndim == 2 or (x.ndim == 3 and x.shape[2] in (1, 3, 4))
    if not is_picture or not x.numel():
        cure = "Try reshape, permute(2, 0, 1) or one picture of the batch."
        raise ValueError(f"The shape {list(np.shape(image))} is not [H, W], [1, H, W] or [3, H, W]. {cure}")
    x = x.float() / (255 if x.dtype == torch.uint8 else 1)
    if not x.isfinite().all():
        raise ValueError(f"{(~x.isfinite()).sum()} pixels are nan or infinite. Was something divided by 0 before?")
    if stretch and (x.min() < 0 or x.max() > 1):
        x = (x - x.min()) / (x.max() - x.min()).clamp(min=1e-9)
    return x.squeeze(-1).numpy()


def _bundle(picture):
    """Return what a notebook shows for a Figure, Axes or Pillow image: a PNG that carries its alt text."""
    picture = getattr(picture, "figure", None) or picture  # Axes are shown as their Figure
    file = io.BytesIO()
    if isinstance(picture, Image.Image):
        alt = getattr(picture, "alt", "A picture")
        width, height = picture.size
        if picture.mode not in ("1", "L", "P", "RGB", "RGBA"):
            picture = picture.convert("RGB")
        picture.save(file, "PNG")
    else:
        titles = [ax.get_title() for ax in picture.axes if ax.get_title()]
        alt = getattr(picture, "alt", ", ".join(titles) or "A plot")
        picture.savefig(file, dpi=144, bbox_inches=None if picture.get_layout_engine() else "tight")
        width, height = (round(side * 96 / 144) for side in Image.open(file).size)
    data = {"image/png": file.getvalue(), "text/plain": alt}
    return data, {"image/png": {"alt": alt, "width": width, "height": height}}


def _show_pictures_with_alt_text(shell):
    """Let a notebook show figures and pictures by `_bundle`."""
    shell.config.InlineBackend.figure_formats = set()  # else pyplot's backend takes over, and crops
    kinds = [("matplotlib.figure", "Figure"), ("matplotlib.axes._axes", "Axes"), ("PIL.Image", "Image")]
    for module, kind in kinds:
        shell.display_formatter.mimebundle_formatter.for_type_by_name(module, kind, _bundle)
    jpeg = shell.display_formatter.formatters["image/jpeg"]
    jpeg.for_type_by_name("PIL.Image", "Image", lambda image: None)  # one picture is enough


if "IPython" in sys.modules and sys.modules["IPython"].get_ipython():
    _show_pictures_with_alt_text(sys.modules["IPython"].get_ipython())

if _shell and not HEADLESS:
    _ended.update(Note.read_all())
    for _number, _text in _ended.items():
        _show("✘", f"Exercise {_number}: the kernel was ended", _text)
