"""A lesson in this process: its cells run one by one, its exercises answered and judged, without a kernel.

A lesson is run once from the top, with the course's answers; before each exercise the names that stand in the notebook
are copied, so that many answers can be tried there, each on the same ground.
"""

import ast
import builtins
import contextlib
import copy
import io
import linecache
import os
import random
import re
import symtable
from itertools import count
from pathlib import Path

import nbformat
import numpy as np
import torch

from exercises.answers import answers_of
from exercises.cells import names_set
from exercises.judge import Session, Verdict, find
from tools.parts import part_of

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = re.compile(r"X|Y|[XYxy]_\w+")  # how lessons call their pictures and labels, which no call changes
_numbers = count(1)
BUILTIN = set(dir(builtins))
COMPREHENSIONS = ("listcomp", "dictcomp", "setcomp", "genexpr")  # as `symtable` names them


class Bench:
    """A lesson whose exercises are tried.

    Parameters
    ----------
    path : Path
        The notebook.
    answers : dict
        Exercise -> the codes of the answers that will be tried. The cells that neither these nor a check needs are left
        out, since they may train for long; without answers, all cells are run.
    """

    def __init__(self, path, answers=None):
        self.path = path
        self.cells = nbformat.read(path, 4).cells
        self.part = part_of(path)
        self.namespace = {"__name__": "__main__", "display": lambda *things, **options: None}
        self.session = Session(self.namespace)
        self._at = 0
        self._needed = None if answers is None else self._needed_cells(answers)

    def _needed_cells(self, answers):
        """Return the ids of the cells that the answers, the checks and each other need.

        The lesson is read from its end: what a cell or an answer reads, cells above it have to give, and a cell that
        sets a name anew frees those above it. What a function reads may stand anywhere, since it is called later.
        """
        cells = [cell for cell in self.cells if cell.cell_type == "code"]
        cells = [cell for cell in cells if not {"check", "solution"} & set(cell.metadata.get("tags", []))]
        called = set()  # a cell that calls a function, a class or something of a module does not change it
        for own in answers_of(self.part).values():
            called |= {*own.definitions, *own.classes}
        for cell in cells:
            called |= names_imported(cell.source) | names_defined(cell.source)
        needed, before, in_functions = set(), None, set()
        while needed != before:  # a function may stand below the one that calls it
            before, wanted = set(needed), set()
            for cell in reversed(cells):
                if "exercise" in cell.metadata.get("tags", []):
                    own = answers_of(self.part)[self._number(cell)].source
                    in_functions |= names_in_functions(own)
                    wanted |= names_read_first(own) | self._wanted_of(self._number(cell), answers)
                    continue
                gives = set(names_set(cell.source)) | names_imported(cell.source)
                gives |= names_touched(cell.source) - called
                if gives & (wanted | in_functions):
                    needed.add(cell.id)
                    wanted -= names_set_anew(cell.source)
                    wanted |= names_read_first(cell.source)
                    in_functions |= names_in_functions(cell.source)
        return needed

    def _number(self, cell):
        """Return the number of the exercise that a cell belongs to."""
        return f"{self.part}.{cell.id.split('-')[2]}"

    def _wanted_of(self, number, answers):
        """Return the names of the lesson that the check of an exercise is given or one of the answers reads."""
        wanted = set()
        with contextlib.suppress(ValueError):  # its check is still to be written
            wanted |= set(find(number).given)
        for code in answers.get(number, []):
            wanted |= names_used(code) - set(names_set(code))
        return wanted

    def run(self, source, session=None):
        """Run a piece of code as a cell; return the exception that ended it, or None. What it prints is dropped."""
        session = session or self.session
        file = f"<cell {next(_numbers)}>"
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
        error = None
        session.cells.begin(source)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                exec(compile(source, file, "exec"), session.namespace)
            except Exception as raised:
                error = raised
        session.cells.note(source, error, file)
        return error

    def go_to(self, number):
        """Run the lesson up to the answer of an exercise, with the course's answers to those before it."""
        stub = f"ex-{number.lower().replace('.', '-')}-answer"
        index = next(i for i, cell in enumerate(self.cells) if cell.id == stub)
        before = Path.cwd()
        os.chdir(ROOT)
        try:
            for cell in self.cells[self._at : index]:
                tags = set(cell.metadata.get("tags", []))
                if cell.cell_type != "code" or {"check", "solution"} & tags:
                    continue
                if self._needed is None or cell.id in self._needed or "exercise" in tags:
                    self._run_cell(cell)
        finally:
            os.chdir(before)
        self._at = max(self._at, index)
        return self.cells[index].source

    def _run_cell(self, cell):
        source = cell.source
        if "exercise" in cell.metadata.get("tags", []):
            source = answers_of(self.part)[self._number(cell)].source
        error = self.run(source)
        if error is not None and "raises-exception" not in cell.metadata.get("tags", []):
            raise AssertionError(f"{self.path.name}, cell {cell.id}: {type(error).__name__}: {error}") from error

    def judge(self, number, code, seconds=None):
        """Return the Verdict on an answer to the exercise that the lesson stands at; the lesson stays as it was."""
        states = random.getstate(), np.random.get_state(), torch.get_rng_state(), torch.is_grad_enabled()
        namespace = dict(self.namespace)
        for name in find(number).given:
            with contextlib.suppress(Exception):  # what cannot be copied is given as it is
                namespace[name] = copy.deepcopy(namespace[name])
        session = Session(namespace)
        session.cells.files.update(self.session.cells.files)
        files = self._files()
        try:
            self.run(code, session)
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return session.judge(number, seconds)
        except BaseException as error:  # the engine must never let one through
            if isinstance(error, KeyboardInterrupt):
                raise
            return Verdict("the engine failed", f"{type(error).__name__}: {error}")
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
            torch.set_rng_state(states[2])
            torch.set_grad_enabled(states[3])
            for path, content in files.items():
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)

    def _files(self):
        """Return the files that the lesson has written so far: path -> content. An answer may overwrite one."""
        folder = self.namespace.get("FOLDER")
        if not isinstance(folder, Path) or not folder.is_dir():
            return {}
        return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names_used(source):
    """Return the global names that a piece of code reads, at any depth; none where it is not valid Python."""
    at_once, later = _names_read(source)
    return at_once | later


def names_in_functions(source):
    """Return the global names that the functions and classes of a piece of code read."""
    return _names_read(source)[1]


class _Generators(ast.NodeTransformer):
    """Puts generators in the place of comprehensions: these have a scope of their own on every Python."""

    def visit_ListComp(self, node):
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node):
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value], ast.Load()), node.generators)


def _names_read(source):
    """Return the global names that a piece of code reads when it runs, and those that its functions read later."""
    try:
        alike = ast.unparse(_Generators().visit(ast.parse(source)))
        tables = [symtable.symtable(alike, "<cell>", "exec")]
    except (SyntaxError, ValueError):
        return set(), set()
    at_once, later = set(), set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_outermost = table.get_type() == "module"
        read = at_once if is_outermost or table.get_name() in COMPREHENSIONS else later
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (is_outermost or symbol.is_global()):
                read.add(symbol.get_name())
    return at_once - BUILTIN, later - BUILTIN


def names_read_first(source):
    """Return the names that a cell reads before it sets them, at any depth: other cells have to give these."""
    return _read_and_set(ast.parse(source).body)[0]


def names_set_anew(source):
    """Return the names that a cell sets, whatever they were before: every loop of a lesson runs at least once."""
    return _read_and_set(ast.parse(source).body)[1]


def _read_and_set(statements, known=()):
    """Return the names that statements read before they set them, and those that they set; `known` are set before."""
    read, known = set(), set(known)
    for statement in statements:
        heads, targets, body = [statement], [], []
        if isinstance(statement, ast.For):
            heads, targets, body = [statement.iter], [statement.target], statement.body
        elif isinstance(statement, ast.With):
            heads, body = [item.context_expr for item in statement.items], statement.body
            targets = [item.optional_vars for item in statement.items if item.optional_vars is not None]
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            known |= names_imported(ast.unparse(statement)) | names_defined(ast.unparse(statement))
        for head in heads:
            read |= names_used(ast.unparse(head)) - known
        for node in (node for target in targets for node in ast.walk(target)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known.add(node.id)
        more, known = _read_and_set(body, known)
        read |= more
    return read, known


def names_imported(source):
    """Return the names that a cell imports at its outermost level."""
    imported = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imported |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    return imported


def names_defined(source):
    """Return the names of the functions and classes that a cell defines at its outermost level."""
    kinds = ast.FunctionDef | ast.ClassDef
    return {statement.name for statement in ast.parse(source).body if isinstance(statement, kinds)}


def names_touched(source):
    """Return the names that a piece of code may change without an assignment: it calls something with or of them."""
    touched = set()
    for statement in ast.parse(source).body:
        blocks = ast.Expr | ast.For | ast.While | ast.With | ast.If | ast.Try
        if isinstance(statement, blocks) and not _only_shows(statement):
            nodes = list(ast.walk(statement))
            names = {node.id for node in nodes if isinstance(node, ast.Name)}
            touched |= names - {name for node in nodes for name in _names_of_devices(node)}
    return {name for name in touched if not PICTURES.fullmatch(name)}


def _names_of_devices(node):
    """Return the names that stand in a call of `to`: it changes no device."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "to":
        return set()
    return {part.id for argument in node.args for part in ast.walk(argument) if isinstance(part, ast.Name)}


def _only_shows(statement):
    """Whether a statement is a call that prints or draws."""
    call = getattr(statement, "value", None)
    if not isinstance(call, ast.Call):
        return isinstance(statement, ast.Expr)
    start = call.func
    while isinstance(start, ast.Attribute | ast.Call):
        start = start.value if isinstance(start, ast.Attribute) else start.func
    return isinstance(start, ast.Name) and start.id in ("print", "display", "helper", "plt")
