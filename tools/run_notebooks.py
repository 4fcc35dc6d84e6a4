"""Run lessons from top to bottom without a browser, and store their outputs so that a second run changes nothing.

    python -m tools.run_notebooks            run every lesson
    python -m tools.run_notebooks 1 B2       run Part 1 and bonus notebook 2 (a path of a notebook works too)
    python -m tools.run_notebooks --check    write nothing; fail when a stored output is stale
    python -m tools.run_notebooks --fresh    renew every output, also those that differ from run to run (timings, logs)
                                             and pictures that look the same; run it with --jobs 1, so that no lesson
                                             is timed while another one runs, to store all lessons by one version

A table shows each lesson's cells, seconds, peak memory and verdict. The exit status is 1 when one failed.
"""

import argparse
import base64
import contextlib
import hashlib
import io
import json
import os
import re
import signal
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from textwrap import shorten

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image, ImageChops
from tqdm.auto import tqdm

from tools import parts, writing
from tools.figure_sketches import KEY, shrunk
from tools.parts import part_of

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {  # the same numbers each time, no progress bars, and no trace in the reader's record
    "COURSE_HEADLESS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "946684800",  # 2000: a ZIP file holds no year before 1980, in no time zone
}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
NO_NOTEBOOK = (  # what nbformat raises where a file holds something else: no JSON, or JSON of another kind
    nbformat.reader.NotJSONError,
    nbformat.ValidationError,
    UnicodeDecodeError,
    AttributeError,
    KeyError,
    TypeError,
)
KEPT = ("editable", "jupyter", "slideshow", "tags")  # of a cell's metadata
COLOR_CODE = re.compile(r"\x1b\[[0-9;]*m")
NOISE = {
    "a memory address": re.compile(r"\b0x[0-9a-f]{6,}"),
    "a path of this machine": re.compile(r"/root/|/home/\w|/tmp/|[A-Z]:\\Users|" + re.escape(str(ROOT))),
    "a speed": re.compile(r"\d ?(it/s|s/it)\b"),
}
WARNING = re.compile(r"^(?P<file>\S.*?):\d+: (?P<text>\w*Warning: .+)$", re.MULTILINE)  # as Python prints one
LIBRARIES = ("site-packages", "dist-packages", sysconfig.get_path("stdlib"))
UNREADABLE = (OSError, SyntaxError, ValueError, KeyError, AttributeError, TypeError)  # a broken picture or sketch
PICTURE_LIMIT, SKETCH_LIMIT = 16, 32  # of 255: see same_picture
SKETCHES = f"__import__('runpy').run_path({str(ROOT / 'tools' / 'figure_sketches.py')!r})['install']()"
PEAK = "__import__('resource').getrusage(__import__('resource').RUSAGE_SELF).ru_maxrss"


CLAIMS = ROOT / "tests" / "claims"


class LessonError(Exception):
    """A lesson cannot be run or stored; the text says which cell and why."""


def find(names, root=ROOT):
    """Return the paths of the lessons that are named by number or by path; all of them without names."""
    if not names:
        return parts.notebooks(root)
    found = []
    for name in names:
        paths = parts.find(name, root) or [Path(name)]
        if not paths[0].is_file():
            raise LessonError(f"There is no lesson {name!r}. Name a part, such as 1 or B1, or a path of a notebook.")
        found += paths
    return found


def content_of(path):
    """Return what a file holds, as bytes."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise LessonError(f"{path.name} cannot be read: {error.strerror or error}.") from None


def read(path):
    """Return the notebook at a path, whose cells all have ids; raise a LessonError if there is none."""
    content = content_of(path)
    try:
        notebook = nbformat.reads(content.decode("utf-8"), 4)
    except nbformat.NBFormatError as error:
        raise LessonError(f"{path.name} cannot be read: {error}. Save it in version 4 of the format.") from None
    except NO_NOTEBOOK:
        raise LessonError(f"{path.name} is not a notebook. Get it anew, for example by: git checkout {path}") from None
    if not all("id" in cell for cell in notebook.cells):
        raise LessonError(f"{path.name} has cells without ids. Open it in JupyterLab and save it: that gives them ids.")
    return notebook


class Kernels:
    """The kernels of the lessons that are running, so that all of them can be ended at once."""

    def __init__(self):
        self.stopped = False
        self._clients = []

    def add(self, client):
        """Take note of a client of nbclient before it starts its kernel."""
        self._clients.append(client)
        self.check()

    def check(self):
        """Raise a LessonError if the lessons were stopped."""
        if self.stopped:
            raise LessonError("stopped, so nothing is stored.")

    def stop(self):
        """End all kernels at once, with the processes that their cells have started."""
        self.stopped = True
        for client in self._clients:
            _kill(client)


def _kill(client):
    """End the kernel of a client at once, if it has one. A kernel does not hear Ctrl+C: its session is its own."""
    process = getattr(getattr(client.km, "provisioner", None), "process", None)
    if process is None or process.poll() is not None:
        return
    with contextlib.suppress(OSError):  # it has ended meanwhile
        if os.name == "posix" and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


@contextlib.contextmanager
def _started_kernel(client, path, kernels):
    """Start the kernel of a client for the lesson at a path; it ends with the block."""
    environment = {"OMP_NUM_THREADS": "1"} | dict(os.environ) | ENVIRONMENT
    with contextlib.ExitStack() as stack:
        kernels.add(client)
        try:
            stack.enter_context(client.setup_kernel(env=environment))
        except (RuntimeError, KeyError, OSError) as error:  # it is silent or dies; no such kernel; no process is left
            kernels.check()
            advice = "Run it again with --jobs 1. If that fails too, install the course anew."
            raise LessonError(f"{path.name} did not start, because its kernel failed: {error}. {advice}") from None
        kernels.check()  # it may have been stopped while the kernel started
        yield


def execute(path, on_cell=lambda: None, judge_claims=False, kernels=None):
    """Run a notebook in a kernel of its own; return it with its new outputs, and the kernel's peak memory in MB.

    Parameters
    ----------
    path : Path
        The notebook.
    on_cell : callable, optional
        It is called after each cell.
    judge_claims : bool, optional
        Whether what a lesson claims about its own results is judged, right after the cell that it is about
        (tests/claims).
    kernels : Kernels, optional
        By these, another thread can stop the lesson.
    """
    kernels = kernels or Kernels()
    notebook = read(path)
    claimed = cells_with_claims(path) if judge_claims else set()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        extra_arguments=["--log-level=40"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_executed=lambda **_: on_cell(),
    )
    memory, place = None, "before its first cell"
    try:
        with _started_kernel(client, path, kernels):
            _evaluate(client, SKETCHES)
            for index, cell in enumerate(notebook.cells):
                place = f"cell {cell.id}"
                client.execute_cell(cell, index)
                if cell.id in claimed:
                    _judge_claims(client, path, cell.id)
            place = "after its last cell"
            peak = _evaluate(client, PEAK)  # in bytes on macOS, else in KB
            memory = int(peak) / (2**20 if sys.platform == "darwin" else 2**10) if peak else None
    except CellExecutionError as error:
        raise LessonError(f"{path.name}, {place}: {error.ename}: {error.evalue}\n{cell.source}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        kernels.check()
        raise LessonError(f"{path.name}, {place}: {str(error).splitlines()[0]}") from None
    return notebook, memory


def cells_with_claims(path):
    """Return the ids of the cells that a lesson claims something about."""
    claims = CLAIMS / f"{parts.stem_of(part_of(path))}.py"
    if not claims.exists():
        return set()
    return set(re.findall(r'^@claim\("([\w-]+)"\)', claims.read_text("utf-8"), re.M))


def claim_code(path, cell):
    """Return code that judges the claims about a cell in its kernel; it leaves no name behind."""
    find = f"__import__('sys').path.append({str(CLAIMS.parent)!r})"
    return f"{find}\n__import__('claims').judge({part_of(path)!r}, {cell!r}, globals())"


def _judge_claims(client, path, name):
    """Judge the claims about a cell that has run; raise a LessonError that names the one that does not hold."""
    cell = nbformat.v4.new_code_cell(claim_code(path, name))
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    except CellExecutionError as error:
        raise LessonError(f"{path.name}, a claim does not hold: {error.evalue}") from None
    finally:
        client.nb.cells.pop()


def _evaluate(client, expression):
    """Return the value of an expression in the kernel, as text; None where it has none or fails. It leaves no trace."""
    cell = nbformat.v4.new_code_cell(expression)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
        return cell.outputs[0].data["text/plain"] if cell.outputs else None
    except CellExecutionError:  # no peak memory on Windows, which has no module `resource`
        return None
    finally:
        client.nb.cells.pop()


def take_warnings(notebook):
    """Take the warnings of libraries out of the outputs of a notebook, in place; return each as "cell: warning".

    A version of a library may warn about its own code where another one does not. No lesson can mend that, so such a
    warning is neither stored nor compared. A warning about the lesson's own code stays, and is a fault of the lesson.
    """
    found = []
    for cell in notebook.cells:
        kept = []
        for output in _merged_streams(cell.get("outputs", [])):
            texts = _library_warnings(output.text) if output.get("name") == "stderr" else []
            found += [f"{cell.id}: {text}" for text in texts]
            if not texts:
                kept.append(output)
        if cell.cell_type == "code":
            cell.outputs = kept
    return found


def _library_warnings(text):
    """Return the warnings in a text of stderr, if it holds warnings of libraries and nothing else; else []."""
    matches = list(WARNING.finditer(text))
    own = [match for match in matches if not any(folder in match["file"] for folder in LIBRARIES)]
    rest = WARNING.sub("", text).splitlines()
    other = [line for line in rest if line.strip() and not line.startswith("  ")]  # the line of code below is indented
    return [] if own or other else [match["text"] for match in matches]


def normalize(notebook, stored, name, fresh=False):
    """Make the outputs of a notebook that has run comparable with those stored before, in place.

    What differs from run to run by its nature keeps its stored form: cells tagged nbval-ignore-output, while no code of
    the lesson has changed since they were stored, and pictures that show the same (see same_picture).
    """
    before = {cell.id: cell for cell in stored.cells}
    code = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    course = {"code": hashlib.sha256(code.encode()).hexdigest()}
    unchanged = not fresh and stored.metadata.get("course") == course
    notebook.metadata = nbformat.from_dict(METADATA | {"course": course})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({key: value for key, value in cell.metadata.items() if key in KEPT})
        if cell.cell_type != "code":
            continue
        old = before.get(cell.id, {})
        volatile = "nbval-ignore-output" in cell.metadata.get("tags", [])
        cell.outputs = _merged_streams(cell.outputs)
        for output in cell.outputs:
            _clean(output)
            if reason := _fault(output, volatile):
                raise LessonError(f"{name}, cell {cell.id}: its output holds {reason}, which must not be stored.")
        if unchanged and volatile and _form(cell.outputs) == _form(old.get("outputs", [])):
            cell.outputs = old.outputs
        for output, old_output in zip(cell.outputs, old.get("outputs", []), strict=False):
            if not fresh and same_picture(output, old_output):
                _keep_picture(output, old_output)


def _merged_streams(outputs):
    merged = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _clean(output):
    """Take color codes, and all but the frame of the notebook's own cell, out of a traceback."""
    if output.output_type == "error":
        lines = COLOR_CODE.sub("", "\n".join(output.traceback)).splitlines()
        arrow = [line for line in lines if line.startswith("---->")][:1]
        output.traceback = [*arrow, "", f"{output.ename}: {output.evalue}"]
    for mime, value in output.get("data", {}).items():
        if mime == "image/png":
            output.data[mime] = value.strip()


def _fault(output, volatile):
    """Return what an output holds that must not be stored, or None."""
    if output.get("name") == "stderr":
        return f"an error message ({output.text.strip()[:200]})"
    if "application/vnd.jupyter.widget-view+json" in output.get("data", {}):
        return "a widget"
    data = {mime: value for mime, value in output.get("data", {}).items() if mime != "image/png"}
    text = COLOR_CODE.sub("", f"{output.get('text', '')}{data}{output.get('traceback', '')}")
    for reason, pattern in NOISE.items():
        if pattern.search(text) and not (volatile and reason == "a speed"):
            return f"{reason} ({pattern.search(text)[0]})"
    return None


def _form(outputs):
    return [(output.output_type, output.get("name"), sorted(output.get("data", {}))) for output in outputs]


def same_picture(new, old):
    """Whether two outputs show the same picture, but for what an eye cannot see.

    Pictures drawn by the same versions of matplotlib and FreeType, and those that matplotlib did not draw, are the same
    if they are of the same size and, averaged over spots of about 4 × 4 pixels, differ by at most 16 of 255 anywhere.

    Pictures drawn by different versions cannot be compared so, since letters differ and push everything else aside. Of
    these the sketches (tools/figure_sketches.py) are compared. They show the same if all texts, with their colors, are
    the same letter for letter, if all lines and shapes have the same colors and styles, and if the drawings without
    lettering, at 24 pixels to the inch, differ by at most 32 of 255 anywhere. A dark curve that moves by its own width
    of 1.5 points changes a pixel of them by 40 or more, one that moves by a quarter of it by 20.
    """
    data = [output.get("data", {}).get("image/png") for output in (new, old)]
    if not all(data):
        return False
    if data[0] == data[1]:
        return True
    try:
        return _show_the_same(*map(_decoded, data))
    except UNREADABLE:  # such as what a merge has left in the place of a picture
        return False


def _show_the_same(*pictures):
    """Whether two Pillow images show the same, as `same_picture` says."""
    sketches = [json.loads(picture.info.get(KEY, "{}")) for picture in pictures]
    if sketches[0].get("by") == sketches[1].get("by"):
        same_size = pictures[0].size == pictures[1].size
        return same_size and _difference(*(shrunk(picture, 2) for picture in pictures)) <= PICTURE_LIMIT
    if any(sketches[0].get(part) != sketches[1].get(part) for part in ("lettering", "inks")):
        return False
    return _difference(*(_decoded(sketch["drawing"]) for sketch in sketches)) <= SKETCH_LIMIT


def _decoded(data):
    return Image.open(io.BytesIO(base64.b64decode(data)))


def _difference(one, two):
    """Return the largest difference of two Pillow images in any pixel and color; 255 if their sizes differ."""
    if one.size != two.size:
        return 255
    return max(high for _, high in ImageChops.difference(one.convert("RGB"), two.convert("RGB")).getextrema())


def _keep_picture(output, old):
    """Give an output the picture that was stored, and the size at which that is shown; the alt text stays new."""
    output.data["image/png"] = old.data["image/png"]
    new_facts, old_facts = (part.get("metadata", {}).get("image/png", {}) for part in (output, old))
    for name in ("width", "height"):
        if name in new_facts and name in old_facts:
            new_facts[name] = old_facts[name]


def save(text, path, before):
    """Store a lesson that has run, unless it is no longer what it was before; raise a LessonError if that fails.

    Parameters
    ----------
    text : str
        The notebook with its new outputs.
    path : Path
        Where it goes.
    before : bytes
        What the file held before the lesson ran. What somebody has saved there meanwhile is not overwritten.
    """
    try:
        if path.read_bytes() != before:
            raise LessonError(f"{path.name} was changed while it ran, so nothing is stored. Run it again.")
        writing.write(path, text)
    except OSError as error:
        reason = error.strerror or error
        raise LessonError(f"{path.name} has run, but cannot be stored in {path.resolve().parent}: {reason}.") from None


def first_difference(new, old):
    """Return the id of the first cell in which two notebooks differ, or "" when all cells are the same."""
    for one, two in zip(new.cells, old.cells, strict=False):
        if one != two:
            return one.id
    return ""


def run(path, check=False, fresh=False, on_cell=lambda: None, kernels=None):
    """Run one lesson and store it; return its row of the table: part, cells, seconds, MB, verdict."""
    kernels = kernels or Kernels()
    started, memory, cells = time.perf_counter(), None, 0
    try:
        before, stored = content_of(path), read(path)
        cells = len(stored.cells)
        notebook, memory = execute(path, on_cell, judge_claims=check, kernels=kernels)
        warned = take_warnings(notebook)
        normalize(notebook, stored, path.name, fresh)
        text = nbformat.writes(notebook) + "\n"
        kernels.check()
        verdict = "ok"
        if text != _lines(before):
            if check:
                verdict = f"stale: cell {first_difference(notebook, stored) or 'metadata'}"
            else:
                save(text, path, before)
                verdict = "ok, stored anew"
        if warned:
            verdict += f" (a library warns, not stored: {shorten(', '.join(warned), 120)})"
    except LessonError as error:
        verdict = f"failed: {error}"
    return parts.page_of(path), cells, time.perf_counter() - started, memory, verdict


def _lines(content):
    """Return what a file holds as text; lines that end as on Windows are the same as others."""
    return content.decode("utf-8").replace("\r\n", "\n")


def table(rows, elapsed):
    """Return the table of results as text; the last line says how many seconds all of it took."""
    lines = [f"{'part':28} {'cells':>5} {'seconds':>8} {'peak MB':>8}  verdict"]
    for part, cells, seconds, memory, verdict in rows:
        shown = f"{memory:8.0f}" if memory else f"{'-':>8}"
        lines.append(f"{part:28} {cells:5} {seconds:8.1f} {shown}  {verdict.splitlines()[0]}")
    total = f"{'all':28} {sum(row[1] for row in rows):5} {elapsed:8.1f}"
    details = [verdict for *_, verdict in rows if verdict.startswith("failed")]
    return "\n".join([*lines, total, *details])


def _count(text):
    """Return the number of lessons at a time that somebody has typed."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lessons: type 1 or more")
    return int(text)


def _run_all(paths, options, cells):
    """Run several lessons at a time; return their rows of the table. Ctrl+C ends those that are running at once."""
    kernels = Kernels()
    with (
        tqdm(total=cells, unit="cell", leave=False, disable=not sys.stderr.isatty()) as bar,
        ThreadPoolExecutor(options.jobs) as pool,  # each lesson has a kernel, a process, of its own
    ):

        def run_one(path):
            row = run(path, options.check, options.fresh, lambda: bar.update(1), kernels)
            tqdm.write(f"{parts.page_of(path)}: {row[-1].splitlines()[0]}")
            return row

        # the last lessons compute longest: they start first
        futures = [pool.submit(run_one, path) for path in reversed(paths)]
        try:
            while wait(futures, timeout=0.5).not_done:  # without a limit, Windows would not let Ctrl+C through
                pass
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
            raise
        return [future.result() for future in reversed(futures)]


def main(arguments=None):
    """Run the lessons that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="part numbers or notebooks (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a stored output is stale")
    parser.add_argument("--fresh", action="store_true", help="renew all outputs, also those that differ in each run")
    parser.add_argument(
        "--jobs", type=_count, default=min(2, os.cpu_count() or 1), help="lessons at a time (default: 2)"
    )
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark instead
    try:
        paths = find(options.lessons)
        cells, started = sum(len(read(path).cells) for path in paths), time.perf_counter()
    except LessonError as error:
        print(error)
        return 1
    rows = _run_all(paths, options, cells)
    print(table(rows, time.perf_counter() - started))
    return int(not all(row[-1].startswith("ok") for row in rows))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped. Lessons that had not ended keep their stored outputs.")
        sys.exit(130)
