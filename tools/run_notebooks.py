"""Run lessons from top to bottom without a browser, and store their outputs so that a second run changes nothing.

    python tools/run_notebooks.py            run every lesson
    python tools/run_notebooks.py 1 3        run Part 1 and Part 3 (a path of a notebook works too)
    python tools/run_notebooks.py --check    write nothing; fail when a stored output is stale
    python tools/run_notebooks.py --fresh    also renew outputs that differ from run to run (timings, logs); use it
                                             with --jobs 1, so that no lesson is timed while another one runs

A table shows each lesson's cells, seconds, peak memory and verdict. The exit status is 1 when one failed.
"""

import argparse
import base64
import hashlib
import io
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image, ImageChops
from tqdm.auto import tqdm

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
KEPT = ("editable", "jupyter", "slideshow", "tags")  # of a cell's metadata
COLOR_CODE = re.compile(r"\x1b\[[0-9;]*m")
NOISE = {
    "a memory address": re.compile(r"\b0x[0-9a-f]{6,}"),
    "a path of this machine": re.compile(r"/root/|/home/\w|/tmp/|[A-Z]:\\Users|" + re.escape(str(ROOT))),
    "a speed": re.compile(r"\d ?(it/s|s/it)\b"),
}
PEAK = "__import__('resource').getrusage(__import__('resource').RUSAGE_SELF).ru_maxrss"


class LessonError(Exception):
    """A lesson cannot be run or stored; the text says which cell and why."""


def find(names, root=ROOT):
    """Return the paths of the lessons that are named by number or by path; all of them without names."""
    if not names:
        return sorted(root.glob("Part*.ipynb"))
    found = []
    for name in names:
        paths = sorted(root.glob(f"Part{name}_*.ipynb")) if name.isdigit() else [Path(name)]
        if not paths or not paths[0].is_file():
            raise LessonError(f"There is no lesson {name!r}. Name a part, such as 1, or the path of a notebook.")
        found += paths
    return found


def execute(path, on_cell=lambda: None):
    """Run a notebook in a kernel of its own; return it with its new outputs, and the kernel's peak memory in MB."""
    notebook = nbformat.read(path, 4)
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
    memory = None
    try:
        with client.setup_kernel(env=os.environ | {"OMP_NUM_THREADS": "1"} | dict(os.environ) | ENVIRONMENT):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            memory = _peak_memory(client)
    except CellExecutionError as error:
        raise LessonError(f"{path.name}, cell {cell.id}: {error.ename}: {error.evalue}\n{cell.source}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise LessonError(f"{path.name}, cell {cell.id}: {str(error).splitlines()[0]}") from None
    return notebook, memory


def _peak_memory(client):
    """Return the kernel's peak memory in MB; None where the system does not count it (Windows)."""
    cell = nbformat.v4.new_code_cell(PEAK)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
        return int(cell.outputs[0].data["text/plain"]) / (2**20 if sys.platform == "darwin" else 2**10)
    except CellExecutionError:
        return None
    finally:
        client.nb.cells.pop()


def normalize(notebook, stored, name, fresh=False):
    """Make the outputs of a notebook that has run comparable with those stored before, in place.

    What differs from run to run by its nature keeps its stored form: cells tagged nbval-ignore-output, while no code of
    the lesson has changed since they were stored, and pictures whose pixels are the same.
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
            if not fresh and _same_picture(output, old_output):
                output.data["image/png"] = old_output.data["image/png"]


def _merged_streams(outputs):
    merged = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _clean(output):
    """Take colour codes, and all but the frame of the notebook's own cell, out of a traceback."""
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


def _same_picture(new, old):
    """Whether two outputs show the same picture, pixel for pixel but for rounding."""
    one, two = (output.get("data", {}).get("image/png") for output in (new, old))
    if not one or not two or one == two:
        return False
    one, two = (Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB") for data in (one, two))
    return one.size == two.size and max(high for _, high in ImageChops.difference(one, two).getextrema()) <= 3


def save(text, path):
    """Write a file beside its place and rename it, so that an interrupted run leaves the old one whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, "utf-8", newline="\n")
    beside.replace(path)


def first_difference(new, old):
    """Return the id of the first cell in which two notebooks differ, or "" when all cells are the same."""
    for one, two in zip(new.cells, old.cells, strict=False):
        if one != two:
            return one.id
    return ""


def run(path, check=False, fresh=False, on_cell=lambda: None):
    """Run one lesson and store it; return its row of the table: part, cells, seconds, MB, verdict."""
    started, memory, cells = time.perf_counter(), None, 0
    try:
        stored = nbformat.read(path, 4)
        cells = len(stored.cells)
        notebook, memory = execute(path, on_cell)
        normalize(notebook, stored, path.name, fresh)
        text = nbformat.writes(notebook) + "\n"
        verdict = "ok"
        if text != path.read_text("utf-8"):
            if check:
                verdict = f"stale: cell {first_difference(notebook, stored) or 'metadata'}"
            else:
                save(text, path)
                verdict = "ok, stored anew"
    except LessonError as error:
        verdict = f"failed: {error}"
    return path.stem, cells, time.perf_counter() - started, memory, verdict


def table(rows, elapsed):
    """Return the table of results as text; the last line says how many seconds all of it took."""
    lines = [f"{'part':28} {'cells':>5} {'seconds':>8} {'peak MB':>8}  verdict"]
    for part, cells, seconds, memory, verdict in rows:
        shown = f"{memory:8.0f}" if memory else f"{'-':>8}"
        lines.append(f"{part:28} {cells:5} {seconds:8.1f} {shown}  {verdict.splitlines()[0]}")
    total = f"{'all':28} {sum(row[1] for row in rows):5} {elapsed:8.1f}"
    details = [verdict for *_, verdict in rows if verdict.startswith("failed")]
    return "\n".join([*lines, total, *details])


def main(arguments=None):
    """Run the lessons that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="part numbers or notebooks (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a stored output is stale")
    parser.add_argument("--fresh", action="store_true", help="also renew outputs that differ from run to run")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="lessons at a time (default: 2)")
    options = parser.parse_args(arguments)
    try:
        paths = find(options.lessons)
    except LessonError as error:
        print(error)
        return 1
    cells, started = sum(len(nbformat.read(path, 4).cells) for path in paths), time.perf_counter()
    with (
        tqdm(total=cells, unit="cell", leave=False, disable=not sys.stderr.isatty()) as bar,
        ThreadPoolExecutor(options.jobs) as pool,  # each lesson has a kernel, a process, of its own
    ):

        def run_one(path):
            row = run(path, options.check, options.fresh, lambda: bar.update(1))
            tqdm.write(f"{path.stem}: {row[-1].splitlines()[0]}")
            return row

        rows = list(pool.map(run_one, reversed(paths)))[::-1]  # the last lessons compute longest: they start first
    print(table(rows, time.perf_counter() - started))
    return int(not all(row[-1].startswith("ok") for row in rows))


if __name__ == "__main__":
    sys.exit(main())
