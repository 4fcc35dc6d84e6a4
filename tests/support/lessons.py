"""What the tests of lessons share: answers to exercises, and a notebook whose cells can be run one by one."""

import ast
import contextlib
import functools
import importlib.metadata
import io
import os
import re
import shutil
import sys
import textwrap
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from exercises.answers import answers_of as answers_of_course
from tools import parts
from tools.parts import part_of

ROOT = Path(__file__).resolve().parents[2]
LESSONS = parts.lessons(ROOT)
BONUS = parts.bonus(ROOT)
NOTEBOOKS = parts.notebooks(ROOT)
LONG = {"3.10", "4.11"}  # exercises whose right answers train a network to the end, which takes half a minute
WIDGET = "application/vnd.jupyter.widget-view+json"
COLOR_CODE = re.compile(r"\x1b\[[0-9;]*m")


def solutions(part):
    """Return the course's answers of a part: number -> (title, source)."""
    return {number: (found.title, found.source.strip()) for number, found in answers_of_course(part).items()}


def answers_of(part):
    """Return the answers that are listed for a part: exercise -> list of Wrong and Right."""
    return importlib.import_module(f"answers.{parts.stem_of(part)}").ANSWERS


def exercise_of(cell):
    """Return the exercise that a cell belongs to: "3.4" of ex-3-4-answer, "B1.2" of ex-b1-2."""
    _, part, number, *_ = cell.id.split("-")
    return f"{part.upper()}.{number}"


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def shown(cell):
    """Return all text that a cell shows: printed, displayed and raised."""
    parts = [""]
    for output in cell.get("outputs", []):
        if output.output_type == "stream":  # what is printed may arrive in several pieces
            parts[-1] += output.text
        elif WIDGET not in output.get("data", {}):
            parts += [output.get("data", {}).get("text/plain", ""), *output.get("traceback", []), ""]
    return COLOR_CODE.sub("", "\n".join(filter(None, parts)))


@functools.cache
def stored_by_this_version():
    """Whether the stored outputs were made with the PyTorch and on the kind of system that run the tests.

    The lessons also say for which GPUs that PyTorch was built, as in 2.14.1+cu130.
    """
    versions = next(cell for cell in nbformat.read(LESSONS[0], 4).cells if cell.id == "versions")
    stored = re.search(r"PyTorch ([\d.]+)", shown(versions))[1]
    return importlib.metadata.version("torch").partition("+")[0] == stored and sys.platform == "linux"


def write_answers(notebook, part, but=()):
    """Write the course's answers into the stubs of a lesson, in place, but for some exercises."""
    answers = solutions(part)
    for cell in notebook.cells:
        if "exercise" in tags(cell):
            number = exercise_of(cell)
            if number not in but:
                cell.source = answers[number][1]


def names(folder):
    """Return the names of what lies in a folder, but for what Python and JupyterLab keep there."""
    return sorted({path.name for path in folder.iterdir()} - {"__pycache__", ".ipynb_checkpoints"})


def differs_from_stored(cells, stored):
    """Return the ids of the cells that show another text than is stored.

    The cells about the reader's exercises show another one by their nature, and so do logs and timings. Progress bars,
    which are drawn for a person only, are left out.
    """
    free = {"exercise", "check", "solution", "nbval-ignore-output", "raises-exception"}
    texts = {cell.id: shown(cell) for cell in cells}
    compared = [cell for cell in stored if cell.cell_type == "code" and not set(tags(cell)) & free]
    return [cell.id for cell in compared if cell.id != "progress" and texts[cell.id] != shown(cell)]


NEEDED = ["helper.py", "exercises", "assets"]


def copy_course(target, lessons=NOTEBOOKS):
    """Copy what a lesson needs into a folder, as a clone holds it: nothing that git ignores; return the folder."""
    target.mkdir(parents=True)
    for path in lessons:
        place = target / path.relative_to(ROOT)
        place.parent.mkdir(exist_ok=True)
        shutil.copy(path, place)
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("*-ubyte", "__pycache__")
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copy(source, target)
    return target


def renamed(code, names):
    """Return a piece of code in which the outermost definitions of some names are misspelled (an x is added)."""
    tree = ast.parse(textwrap.dedent(code))
    for node in tree.body:
        for part in ast.walk(node):
            if isinstance(part, ast.FunctionDef | ast.ClassDef) and part.name in names:
                part.name += "x"
            if isinstance(part, ast.Name) and part.id in names:
                part.id += "x"
    return ast.unparse(tree)


def cell_runner(path):
    """Return a lesson's code by cell id, and a function that runs cells (by id) and course's answers (by number).

    `run(namespace, *names)` runs them in this process and returns what they print.
    """
    cells = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}
    answers = {number: source for number, (_, source) in solutions(part_of(path)).items()}

    def run(namespace, *names):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for name in names:
                exec(compile(answers.get(name) or cells[name], f"<{name}>", "exec"), namespace)
        return printed.getvalue()

    return cells, run


class Notebook:
    """A lesson with a kernel of its own, led forward cell by cell."""

    def __init__(self, path, folder=None, environment=None):
        self.path = path
        self.notebook = nbformat.read(path, 4)
        self.cells = {cell.id: cell for cell in self.notebook.cells}
        self.client = NotebookClient(
            self.notebook,
            timeout=300,
            kernel_name="python3",
            allow_errors=True,
            extra_arguments=["--log-level=50"],
            resources={"metadata": {"path": str(folder or path.parent)}},
        )
        self.environment = os.environ | (environment or {})
        self.at = 0

    def __enter__(self):
        self.started = self.client.setup_kernel(env=self.environment)
        self.started.__enter__()
        return self

    def __exit__(self, *error):
        self.started.__exit__(*error)

    def run(self, source):
        """Run a piece of code in the kernel, as a cell of its own; return what it shows."""
        cell = nbformat.v4.new_code_cell(source)
        self.notebook.cells.append(cell)
        try:
            self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        finally:
            self.notebook.cells.pop()
        return shown(cell)

    def run_until(self, name):
        """Run the code cells from where it stands up to (not with) the cell of this id; stop at an unmeant error."""
        index = next(i for i, cell in enumerate(self.notebook.cells) if cell.id == name)
        for cell in self.notebook.cells[self.at : index]:
            if cell.cell_type == "code":
                self.run(cell.source)
        self.at = max(self.at, index)
